-- One row a row of the CRM's log of changed fields.
{% set row_rules = [
    required('change_id'),
    required('customer_number'),
    required('field'),
    required('changed_at'),
    a_time('changed_at'),
    not_in_the_future('changed_at'),
] %}

select
    change_id,
    customer_number,
    -- By the name that the type gives the column.
    case field when 'country_code' then 'country' else field end as attribute,
    old_value,
    new_value,
    {{ source_time('changed_at', 'crm') }} as changed_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('crm', 'customer_changes') }}
