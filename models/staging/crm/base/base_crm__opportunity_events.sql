-- One row a row of the CRM's opportunity events.
{% set row_rules = [
    required('event_id'),
    required('opportunity_id'),
    required('customer_number'),
    one_of('stage', ['opened', 'quoted', 'won', 'lost']),
    required('occurred_at'),
    a_time('occurred_at'),
    a_number('expected_amount'),
] %}

select
    event_id,
    opportunity_id,
    customer_number,
    stage,
    {{ source_time('occurred_at', 'crm') }} as occurred_at,
    {{ try_money('expected_amount') }} as expected_amount,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('crm', 'opportunity_events') }}
