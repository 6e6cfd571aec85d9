-- One row a row of the messaging system's events.
{% set row_rules = [
    required('event_id'),
    required('message_id'),
    required('customer_number'),
    one_of('event', ['sent', 'delivered', 'opened', 'clicked', 'unsubscribed']),
    required('occurred_at'),
    a_time('occurred_at'),
    a_number('cost_amount'),
    at_least('cost_amount', 0),
] %}

select
    event_id,
    message_id,
    customer_number,
    campaign,
    channel,
    event,
    {{ source_time('occurred_at', 'messaging') }} as occurred_at,
    offer_category,
    {{ try_money('cost_amount') }} as cost,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('messaging', 'message_events') }}
