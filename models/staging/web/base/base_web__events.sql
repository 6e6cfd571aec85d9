-- One row a row of the web tracking's events.
{% set row_rules = [
    required('event_id'),
    required('anonymous_id'),
    one_of('event', ['page_view', 'search', 'add_to_cart', 'login']),
    required('occurred_at'),
    a_time('occurred_at'),
] %}

select
    event_id,
    anonymous_id,
    customer_number,
    event,
    {{ source_time('occurred_at', 'web') }} as occurred_at,
    page,
    product_id as source_product_id,
    campaign_channel,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('web', 'events') }}
