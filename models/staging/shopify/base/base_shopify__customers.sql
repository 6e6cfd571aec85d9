-- One row a row of Shopify's customers. Times come with their offset.
{% set row_rules = [
    required('id'),
    a_known_key('id'),
    a_boolean('verified_email'),
    required('created_at'),
    an_offset_time('created_at'),
    not_before_the_company('created_at', 'shopify'),
    not_in_the_future('created_at', 'shopify'),
] %}

select
    id as source_customer_id,
    {{ known_key('email') }} as email,
    {{ try_boolean('verified_email') }} as is_email_verified,
    phone,
    first_name,
    last_name,
    {{ json_field('default_address', ['address1']) }} as street,
    {{ json_field('default_address', ['zip']) }} as postal_code,
    {{ json_field('default_address', ['city']) }} as city,
    {{ json_field('default_address', ['province']) }} as region,
    {{ json_field('default_address', ['country_code']) }} as country,
    {{ json_field('email_marketing_consent', ['state']) }} as email_consent_state,
    {{ try_offset_time(json_field('email_marketing_consent', ['consent_updated_at'])) }} as email_consent_updated_at,
    {{ json_field('sms_marketing_consent', ['state']) }} as sms_consent_state,
    {{ try_offset_time(json_field('sms_marketing_consent', ['consent_updated_at'])) }} as sms_consent_updated_at,
    {{ try_offset_time('created_at') }} as created_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('shopify', 'customers'), row_rules) }} as raw_row
