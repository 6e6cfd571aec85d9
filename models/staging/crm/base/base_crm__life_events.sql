-- One row a row of the CRM's life events.
{% set row_rules = [
    required('life_event_id'),
    required('customer_number'),
    a_known_key('customer_number'),
    required('kind'),
    one_of('kind', ['marriage', 'birth', 'mortgage', 'move', 'retirement']),
    required('occurred_on'),
    a_time('occurred_on'),
    required('reported_at'),
    a_time('reported_at'),
    not_before_the_company('reported_at', 'crm'),
    not_in_the_future('reported_at', 'crm'),
] %}

select
    life_event_id,
    customer_number,
    kind,
    cast({{ try_timestamp('occurred_on') }} as date) as occurred_date,
    {{ source_time('reported_at', 'crm') }} as reported_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('crm', 'life_events'), row_rules) }} as raw_row
