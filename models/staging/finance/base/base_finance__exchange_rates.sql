-- One row a row of the finance department's exchange rates.
{% set row_rules = [
    required('date'),
    a_time('date'),
    required('currency'),
    a_currency('currency'),
    required('rate'),
    a_number('rate'),
    row_rule('rate', try_decimal('rate', 8) ~ ' <= 0', 'is not above 0'),
] %}

select
    cast({{ try_timestamp('date') }} as date) as rate_date,
    currency,
    {{ try_decimal('rate', 8) }} as rate,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('finance', 'exchange_rates'), row_rules) }} as raw_row
