-- Every event as the warehouse has known it, since the first run: a row is added where an event is new, is told
-- differently (corrected at its source, given to another customer), or is gone, and none is ever changed.
-- A full refresh is refused by configuration: it would forget what was known before.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=false,
) }}

with events as (
    select
        *,
        md5(concat_ws(
            '|',
            {% for column in ['customer_id', 'event', 'occurred_at', 'channel', 'touchpoint', 'is_identified',
                              'description', 'event_value'] -%}
            coalesce(cast({{ column }} as string), ''){{ ',' if not loop.last }}
            {% endfor %}
        )) as content_md5
    from {{ ref('int_timeline__events') }}
),

learned as (
    select known_at from {{ ref('int_clock__known_at') }}
),

history as (
    {% if is_incremental() -%}
    select event_id, generation, content_md5 from {{ this }}
    {%- else -%}
    select cast(null as string) as event_id, cast(null as bigint) as generation, cast(null as string) as content_md5
    where false
    {%- endif %}
),

next_generation as (
    select cast(coalesce(max(generation), 0) + 1 as bigint) as generation from history
),

-- What is gone has no content: an empty text, because engines differ in what the newest of nulls is.
remembered as (
    select event_id, max_by(content_md5, generation) as content_md5
    from history
    group by event_id
),

new_or_different as (
    select
        events.*,
        case
            when remembered.event_id is null then events.loaded_at
            else greatest(events.loaded_at, learned.known_at)
        end as known_from
    from events
    cross join learned
    left join remembered on events.event_id = remembered.event_id
    where remembered.event_id is null or remembered.content_md5 <> events.content_md5
),

gone as (
    select remembered.event_id, learned.known_at as known_from
    from remembered
    cross join learned
    left join events on remembered.event_id = events.event_id
    where events.event_id is null and remembered.content_md5 <> ''
),

versions as (
    select
        event_id,
        known_from,
        content_md5,
        customer_id,
        data_type,
        entity,
        event,
        occurred_at,
        loaded_at,
        source_system,
        source_record_id,
        channel,
        touchpoint,
        description,
        event_value
    from new_or_different
    union all
    select
        event_id,
        known_from,
        '' as content_md5,
        cast(null as string) as customer_id,
        cast(null as string) as data_type,
        cast(null as string) as entity,
        cast(null as string) as event,
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as loaded_at,
        cast(null as string) as source_system,
        cast(null as string) as source_record_id,
        cast(null as string) as channel,
        cast(null as string) as touchpoint,
        cast(null as string) as description,
        cast(null as decimal(18, 4)) as event_value
    from gone
)

select versions.*, next_generation.generation
from versions
cross join next_generation
