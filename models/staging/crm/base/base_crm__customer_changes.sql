-- One row a row of the CRM's log of changed fields.
{% set row_rules = [
    required('change_id'),
    required('customer_number'),
    a_known_key('customer_number'),
    required('field'),
    required('changed_at'),
    a_time('changed_at'),
    not_before_the_company('changed_at', 'crm'),
    not_in_the_future('changed_at', 'crm'),
] %}
{#- Fields of a record by which people are known: here as in the record itself, a placeholder is none. #}
{% set keys = "'email', 'loyalty_number', 'social_handle', 'referred_by'" %}

select
    change_id,
    customer_number,
    -- By the name that the type gives the column.
    case field when 'country_code' then 'country' else field end as attribute,
    case when field in ({{ keys }}) then {{ known_key('old_value') }} else old_value end as old_value,
    case when field in ({{ keys }}) then {{ known_key('new_value') }} else new_value end as new_value,
    {{ source_time('changed_at', 'crm') }} as changed_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('crm', 'customer_changes'), row_rules) }} as raw_row
