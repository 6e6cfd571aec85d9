-- One row a row of Olist's marketing qualified leads.
{% set row_rules = [
    required('mql_id'),
    a_known_key('mql_id'),
    required('first_contact_date'),
    a_time('first_contact_date'),
    not_before_the_company('first_contact_date', 'olist'),
    not_in_the_future('first_contact_date', 'olist'),
] %}

select
    mql_id as lead_id,
    {{ source_time('first_contact_date', 'olist') }} as first_contact_at,
    origin as acquisition_channel,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('olist', 'leads'), row_rules) }} as raw_row
