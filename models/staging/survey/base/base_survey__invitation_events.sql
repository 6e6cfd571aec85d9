-- One row a row of the survey tool's invitation events.
{% set row_rules = [
    required('event_id'),
    required('invitation_id'),
    required('customer_number'),
    required('instrument'),
    one_of('event', ['sent', 'opened', 'started', 'completed']),
    required('occurred_at'),
    a_time('occurred_at'),
] %}

select
    event_id,
    invitation_id,
    customer_number,
    instrument,
    channel,
    event,
    {{ source_time('occurred_at', 'survey') }} as occurred_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('survey', 'invitation_events') }}
