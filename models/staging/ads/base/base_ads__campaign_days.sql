-- One row a row of the advertising platforms' days. Platforms correct the days of before: a day counts as it came last.
{% set row_rules = [
    required('date'),
    a_time('date'),
    not_before_the_company('date', 'ads'),
    not_in_the_future('date', 'ads'),
    required('campaign'),
    required('channel'),
    one_of('channel', ['search', 'social', 'display', 'affiliate']),
    an_integer('impressions'),
    at_least('impressions', 0),
    an_integer('clicks'),
    at_least('clicks', 0),
    row_rule('clicks', try_integer('clicks') ~ ' > ' ~ try_integer('impressions'), 'is above impressions'),
    required('spend'),
    a_number('spend'),
    at_least('spend', 0),
    required('currency'),
    a_currency('currency'),
] %}
{% set said = [
    'date', 'campaign', 'channel', 'impressions', 'clicks', 'spend', 'currency', '_new_columns',
] %}
{% set all_rules = row_rules + delivered_once('campaign', newest_counts=true) %}

select
    cast({{ try_timestamp('date') }} as date) as campaign_date,
    campaign,
    channel as acquisition_channel,
    {{ try_integer('impressions') }} as impression_count,
    {{ try_integer('clicks') }} as click_count,
    {{ try_money('spend') }} as spend,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(all_rules) }} as quarantine_value
from {{ with_row_rules(
    with_deliveries(
        source('ads', 'campaign_days'), said,
        [try_timestamp('date'), 'channel', 'campaign'], row_rules, newest_counts=true
    ),
    all_rules
) }} as raw_row
