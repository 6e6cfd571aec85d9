-- One row a row of Klaviyo's profiles.
{% set row_rules = [
    required('id'),
    required('created'),
    an_offset_time('created'),
    not_before_the_company('created', 'klaviyo'),
    not_in_the_future('created', 'klaviyo'),
] %}

select
    id as source_customer_id,
    {{ known_key('email') }} as email,
    phone_number as phone,
    first_name,
    last_name,
    {{ json_field('location', ['city']) }} as city,
    {{ json_field('location', ['region']) }} as region,
    {{ try_offset_time('created') }} as created_at,
    {%- for channel in ['email', 'sms'] %}
    {{ json_field('subscriptions', [channel, 'marketing', 'consent']) }} as {{ channel }}_consent_state,
    coalesce(
        {{ try_offset_time(json_field('subscriptions', [channel, 'marketing', 'last_updated'])) }},
        {{ try_offset_time(json_field('subscriptions', [channel, 'marketing', 'consent_timestamp'])) }}
    ) as {{ channel }}_consent_updated_at,
    {%- endfor %}
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('klaviyo', 'profiles'), row_rules) }} as raw_row
