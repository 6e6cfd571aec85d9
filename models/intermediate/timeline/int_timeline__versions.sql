-- Every event as the warehouse has known it, since the first run: a row is added where an event is new, is told
-- differently (corrected at its source, given to another customer), or is gone, and none is ever changed.
-- A full refresh is refused by configuration: it would forget what was known before.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{{ rename_columns_of_before({'event': 'event_type'}) }}",
    post_hook="{{ keep_what_was_added(event_content(), 'generation') }}",
    meta={'incremental': {
        'key': ['event_id'],
        'inputs': {'int_timeline__events': ['event_id']},
        'beside': ['int_clock__known_at'],
    }},
) }}

with events as (
    select
        *,
        {{ event_content() }} as content_md5
    from {{ of_touched(ref('int_timeline__events'), event_content()) }}
),

learned as (
    select known_at from {{ ref('int_clock__known_at') }}
),

history as (
    {% if is_incremental() -%}
    select event_id, generation, content_md5 from {{ of_touched(this, event_content()) }}
    {%- else -%}
    select cast(null as string) as event_id, cast(null as bigint) as generation, cast(null as string) as content_md5
    where false
    {%- endif %}
),

next_generation as (
    select cast(coalesce(max(generation), 0) + 1 as bigint) as generation
    from {{ this if is_incremental() else 'history' }}
),

-- What is gone has no content: an empty text, because engines differ in what the newest of nulls is.
remembered as (
    select event_id, max_by(content_md5, generation) as content_md5
    from history
    group by event_id
)

select
    coalesce(events.event_id, remembered.event_id) as event_id,
    -- A new event is known since its load; what is told differently, or gone, since the newest load of all.
    case
        when remembered.event_id is null then events.loaded_at
        else greatest(events.loaded_at, learned.known_at)
    end as known_from,
    coalesce(events.content_md5, '') as content_md5,
    events.customer_id,
    events.data_type,
    events.entity,
    events.event_type,
    events.occurred_at,
    events.business_date,
    events.loaded_at,
    events.source_system,
    events.source_record_id,
    events.channel,
    events.touchpoint,
    events.description,
    events.event_value,
    next_generation.generation
from events
full outer join remembered on events.event_id = remembered.event_id
cross join learned
cross join next_generation
where coalesce(events.content_md5, '') <> coalesce(remembered.content_md5, '')
