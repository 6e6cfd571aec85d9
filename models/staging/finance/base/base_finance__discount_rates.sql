-- One row a row of the finance department's discount rates.
{% set row_rules = [
    required('valid_from'),
    a_time('valid_from'),
    required('annual_rate'),
    a_number('annual_rate'),
    between('annual_rate', 0, 1),
] %}

select
    cast({{ try_timestamp('valid_from') }} as date) as valid_from_date,
    {{ try_decimal('annual_rate', 8) }} as annual_rate,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('finance', 'discount_rates'), row_rules) }} as raw_row
