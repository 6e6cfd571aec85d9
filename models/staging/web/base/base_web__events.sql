-- One row a row of the web site's tracking. The files are typed: a time is one already.
{{ config(meta={'incremental': {'key': ['event_id'], 'inputs': {'events': ['event_id']}}}) }}
{% set row_rules = [
    required('event_id'),
    required('anonymous_id'),
    a_known_key('anonymous_id'),
    required('event'),
    one_of('event', ['page_view', 'search', 'add_to_cart', 'checkout', 'login']),
    one_of('page', ['home', 'category', 'product', 'cart', 'checkout', 'account', 'help', 'search']),
    one_of('device', ['desktop', 'mobile', 'app']),
    required('occurred_at'),
    not_before_the_company('occurred_at', 'web', is_typed=true),
    not_in_the_future('occurred_at', 'web', is_typed=true),
] %}
{% set said = [
    'event_id', 'anonymous_id', 'account_id', 'event', 'occurred_at', 'page', 'product_id', 'category',
    'search_term', 'utm_source', 'utm_medium', 'utm_campaign', 'device', '_new_columns',
] %}
{% set all_rules = row_rules + delivered_once('event_id') %}

select
    event_id,
    anonymous_id,
    {{ known_key('account_id') }} as account_id,
    event,
    occurred_at,
    page,
    product_id as source_product_id,
    category,
    search_term,
    utm_source,
    utm_medium,
    utm_campaign,
    device,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(all_rules) }} as quarantine_value
from {{ with_row_rules(with_deliveries(source('web', 'events'), said, ['event_id'], row_rules), all_rules) }} as raw_row
