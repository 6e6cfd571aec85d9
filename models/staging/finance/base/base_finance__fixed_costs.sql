-- One row a row of the finance department's fixed costs.
{% set row_rules = [
    required('month'),
    a_time('month'),
    not_before_the_company('month', 'finance'),
    row_rule('month', 'extract(day from ' ~ try_timestamp('month') ~ ') <> 1', 'is not the first day of a month'),
    required('cost_kind'),
    one_of('cost_kind', ['rent', 'staff', 'systems', 'logistics']),
    required('amount'),
    a_number('amount'),
    required('currency'),
    a_currency('currency'),
] %}

select
    cast({{ try_timestamp('month') }} as date) as month_date,
    cost_kind,
    {{ try_money('amount') }} as amount,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('finance', 'fixed_costs'), row_rules) }} as raw_row
