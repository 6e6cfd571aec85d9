-- One row a row of Klaviyo's events, of every kind.
{% set row_rules = [
    required('id'),
    required('metric_id'),
    required('profile_id'),
    required('datetime'),
    an_offset_time('datetime'),
    not_before_the_company('datetime', 'klaviyo'),
    not_in_the_future('datetime', 'klaviyo'),
] %}

with events as (
    select
        raw_row.*,
        {{ json_field('relationships', ['metric', 'data', 'id']) }} as metric_id,
        {{ json_field('relationships', ['profile', 'data', 'id']) }} as profile_id
    from {{ source('klaviyo', 'events') }} as raw_row
)

select
    id as source_event_id,
    metric_id,
    profile_id as source_customer_id,
    {{ json_field('event_properties', ['$message']) }} as source_message_id,
    {{ json_field('event_properties', ['Campaign Name']) }} as campaign,
    coalesce({{ try_boolean(json_field('event_properties', ['machine_open'])) }}, false) as is_by_machine,
    {{ try_offset_time('datetime') }} as occurred_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules('events', row_rules) }} as raw_row
