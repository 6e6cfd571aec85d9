-- One row a row of Olist's closed deals.
{% set row_rules = [
    required('mql_id'),
    a_known_key('mql_id'),
    required('seller_id'),
    a_known_key('seller_id'),
    required('won_date'),
    a_time('won_date'),
    not_before_the_company('won_date', 'olist'),
    not_in_the_future('won_date', 'olist'),
    a_number('declared_monthly_revenue'),
] %}

select
    mql_id as lead_id,
    seller_id,
    {{ source_time('won_date', 'olist') }} as won_at,
    business_segment as segment,
    lead_type,
    lead_behaviour_profile,
    business_type,
    {{ try_money('declared_monthly_revenue') }} as declared_monthly_revenue,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('olist', 'closed_deals'), row_rules) }} as raw_row
