-- One row a row of the CRM's sales opportunities.
{% set row_rules = [
    required('opportunity_id'),
    required('customer_number'),
    a_known_key('customer_number'),
    a_known_channel(),
    a_number('expected_amount'),
    at_least('expected_amount', 0),
    row_rule('currency', 'expected_amount is not null and currency is null', 'is missing'),
    a_currency('currency'),
    required('opened_at'),
    a_time('opened_at'),
    not_before_the_company('opened_at', 'crm'),
    not_in_the_future('opened_at', 'crm'),
    a_time('updated_at'),
] %}

select
    opportunity_id,
    customer_number,
    name as category,
    owner as agent,
    known_channel as channel,
    {{ try_money('expected_amount') }} as expected_amount,
    currency,
    {{ source_time('opened_at', 'crm') }} as opened_at,
    {{ source_time('updated_at', 'crm') }} as updated_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(with_known_channel(source('crm', 'opportunities'), 'crm'), row_rules) }} as raw_row
