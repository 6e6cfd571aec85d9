-- One row a row of the shop's subscription uses. Its time is local, of the zone that the row names.
{% set row_rules = [
    required('use_id'),
    required('subscription_id'),
    required('time_zone'),
    a_known_time_zone(),
    required('used_at'),
    a_time('used_at'),
    not_before_the_company('used_at', 'shop', 'known_time_zone'),
    not_in_the_future('used_at', 'shop', 'known_time_zone'),
    required('feature'),
    required('quantity'),
    an_integer('quantity'),
    at_least('quantity', 1),
    at_most('quantity', 1000000000),
    belongs_to('subscription_id', 'subscription'),
] %}

select
    use_id,
    subscription_id,
    {{ source_time('used_at', 'shop', zone_column='known_time_zone') }} as used_at,
    time_zone,
    feature,
    {{ try_integer('quantity') }} as quantity,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(
        with_known_time_zone(source('shop', 'subscription_uses')), ref('base_shop__subscriptions'), 'subscription_id'
    ),
    row_rules
) }} as raw_row
