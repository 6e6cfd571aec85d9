-- One row a row of the CRM's stated needs.
{% set row_rules = [
    required('need_id'),
    required('customer_number'),
    a_known_key('customer_number'),
    required('need'),
    one_of('need', [
        'lower_price', 'faster_delivery', 'better_quality', 'more_advice', 'wider_range', 'sustainability'
    ]),
    a_known_channel(),
    required('stated_at'),
    a_time('stated_at'),
    not_before_the_company('stated_at', 'crm'),
    not_in_the_future('stated_at', 'crm'),
] %}

select
    need_id,
    customer_number,
    category,
    need,
    known_channel as channel,
    {{ source_time('stated_at', 'crm') }} as stated_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(with_known_channel(source('crm', 'needs'), 'crm'), row_rules) }} as raw_row
