-- One row a row of Klaviyo's campaigns by e-mail.
{% set row_rules = [
    required('id'),
] %}

select
    id as source_campaign_id,
    name as campaign,
    {{ json_field('relationships', ['campaign-messages', 'data']) }} as messages,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('klaviyo', 'campaigns'), row_rules) }} as raw_row
