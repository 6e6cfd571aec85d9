-- One row a row of the messaging system's events. The files are typed: a time is one already.
{{ config(meta={'incremental': {'key': ['event_id'], 'inputs': {'message_events': ['event_id']}}}) }}
{% set row_rules = [
    required('event_id'),
    required('message_id'),
    required('customer_number'),
    a_known_key('customer_number'),
    a_known_channel(),
    required('event'),
    one_of('event', [
        'planned', 'held_out', 'sent', 'delivered', 'bounced', 'opened', 'clicked', 'unsubscribed', 'complained'
    ]),
    required('occurred_at'),
    not_before_the_company('occurred_at', 'messaging', is_typed=true),
    not_in_the_future('occurred_at', 'messaging', is_typed=true),
    a_number('cost'),
    at_least('cost', 0),
    row_rule('currency', 'cost is not null and currency is null', 'is missing'),
    a_currency('currency'),
] %}
{% set said = [
    'event_id', 'message_id', 'customer_number', 'campaign', 'channel', 'offer_category', 'event',
    'occurred_at', 'cost', 'currency', '_new_columns',
] %}
{% set all_rules = row_rules + delivered_once('event_id') %}

select
    event_id,
    message_id,
    customer_number,
    campaign,
    known_channel as channel,
    offer_category,
    event,
    occurred_at,
    {{ try_money('cost') }} as cost,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(all_rules) }} as quarantine_value
from {{ with_row_rules(
    with_deliveries(
        with_known_channel(source('messaging', 'message_events'), 'messaging'), said, ['event_id'], row_rules
    ),
    all_rules
) }} as raw_row
