-- One row a row of Zendesk's ticket events: an update of a ticket, with all that it changed.
{% set row_rules = [
    required('id'),
    required('ticket_id'),
    a_json_list('child_events'),
    required('created_at'),
    an_offset_time('created_at'),
    not_before_the_company('created_at', 'zendesk'),
    not_in_the_future('created_at', 'zendesk'),
    belongs_to('ticket_id', 'ticket'),
] %}

select
    id as source_event_id,
    ticket_id,
    updater_id,
    child_events,
    {{ try_offset_time('created_at') }} as occurred_at,
    {{ utc_offset('created_at') }} as utc_offset,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(source('zendesk', 'ticket_events'), ref('base_zendesk__tickets'), 'ticket_id'),
    row_rules
) }} as raw_row
