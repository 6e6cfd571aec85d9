-- One row a row of Klaviyo's metrics: the kinds of events there are.
{% set row_rules = [
    required('id'),
    required('name'),
] %}

select
    id as metric_id,
    name as metric_name,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('klaviyo', 'metrics'), row_rules) }} as raw_row
