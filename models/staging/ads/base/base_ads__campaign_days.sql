-- One row a row of the advertising platforms' days.
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

select
    cast({{ try_timestamp('date') }} as date) as campaign_date,
    campaign,
    channel,
    {{ try_integer('impressions') }} as impression_count,
    {{ try_integer('clicks') }} as click_count,
    {{ try_money('spend') }} as spend,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('ads', 'campaign_days') }}
