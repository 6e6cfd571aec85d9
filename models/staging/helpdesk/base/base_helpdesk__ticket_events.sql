-- One row a row of the help desk's changes of tickets. Times come with their offset.
{% set row_rules = [
    required('event_id'),
    required('ticket_id'),
    required('event'),
    one_of('event', ['created', 'assigned', 'status_changed', 'priority_changed', 'reopened', 'solved', 'rated', 'merged']),
    one_of('actor', ['customer', 'agent', 'system']),
    required('occurred_at'),
    an_offset_time('occurred_at'),
    not_before_the_company('occurred_at', 'helpdesk'),
    not_in_the_future('occurred_at', 'helpdesk'),
    belongs_to('ticket_id', 'ticket'),
] %}

select
    event_id,
    ticket_id,
    event,
    old_value,
    new_value,
    actor,
    agent,
    {{ try_offset_time('occurred_at') }} as occurred_at,
    {{ utc_offset('occurred_at') }} as utc_offset,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(
        source('helpdesk', 'ticket_events'), ref('base_helpdesk__tickets'), 'ticket_id'
    ),
    row_rules
) }} as raw_row
