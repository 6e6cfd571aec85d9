-- What the timeline said before and no longer says: events as they were known until they were told differently, given
-- to another customer, or gone. With the timeline it answers what was known on any date (macro events_as_of).
-- Its functions read the timeline as well, which has to be there. depends_on: {{ ref('customer_timeline') }}
{{ config(
    post_hook="{{ create_as_of_functions() }}",
    meta={'incremental': {
        'key': ['event_id'],
        'inputs': {'int_timeline__versions': ['event_id']},
        'as_of': 'coalesce(business_date, cast(occurred_at as date))',
    }},
) }}

with versions as (
    select
        *,
        -- Before this version the warehouse knew no business days; then a day was one of UTC.
        coalesce(business_date, cast(occurred_at as date)) as business_day,
        lead(known_from) over (partition by event_id order by generation) as known_to
    from {{ ref('int_timeline__versions') }}
)

select
    event_id || ':' || cast(generation as string) as customer_timeline_correction_id,
    event_id,
    customer_id,
    data_type,
    entity,
    event_type,
    occurred_at,
    business_day as business_date,
    loaded_at,
    known_from,
    known_to,
    source_system,
    source_record_id,
    channel,
    touchpoint,
    description,
    event_value
from versions
-- What was told differently at the moment it was learned was never known.
where content_md5 <> '' and known_to > known_from and business_day <= {{ as_of_date() }}
order by customer_id nulls last, occurred_at, event_id
