-- One row a part of a ticket event that was loaded: a property that was set or changed, or a comment.
with parts as (
    select
        event.*,
        {{ json_field('item', ['id']) }} as source_part_id,
        coalesce({{ json_field('item', ['event_type']) }}, {{ json_field('item', ['type']) }}) as part_type
    from {{ json_items(loaded_rows(ref('base_zendesk__ticket_events')), 'child_events') }} as event
)

select
    source_part_id,
    ticket_id,
    part_type,
    updater_id,
    occurred_at,
    utc_offset,
    {{ json_field('item', ['status']) }} as status,
    {{ json_field('item', ['priority']) }} as priority,
    {{ json_field('item', ['assignee_id']) }} as agent,
    {{ json_field('item', ['previous_value']) }} as old_value,
    {{ json_field('item', ['author_id']) }} as author_id,
    {{ try_boolean(json_field('item', ['public'])) }} as is_public,
    {{ json_field('item', ['body']) }} as body,
    coalesce({{ json_field('item', ['via', 'source', 'rel']) }} = 'merge', false) as is_of_merge,
    -- The text says it as well (#123), in whatever language.
    coalesce(
        {{ json_field('item', ['via', 'source', 'to', 'ticket_id']) }},
        nullif(regexp_extract({{ json_field('item', ['body']) }}, '#([0-9]+)', 1), '')
    ) as merged_into_ticket_id,
    loaded_at
from parts
