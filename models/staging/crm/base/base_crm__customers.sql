-- One row a row of the CRM's customers.
{% set row_rules = [
    required('customer_number'),
    a_known_key('customer_number'),
    required('created_at'),
    a_time('created_at'),
    not_before_the_company('created_at', 'crm'),
    not_in_the_future('created_at', 'crm'),
    a_time('updated_at'),
    a_boolean('is_email_verified'),
    a_time('birth_date'),
    row_rule('birth_date', try_timestamp('birth_date') ~ " < '1900-01-01'", 'is before 1900'),
    row_rule('birth_date', try_timestamp('birth_date') ~ ' > ' ~ try_timestamp('created_at'), 'is after created_at'),
    a_known_channel('preferred_channel'),
    one_of('acquisition_channel', [
        'search', 'social', 'display', 'affiliate', 'referral', 'direct', 'store', 'email'
    ]),
    a_number('acquisition_cost'),
    at_least('acquisition_cost', 0),
    row_rule('currency', 'acquisition_cost is not null and currency is null', 'is missing'),
    a_currency('currency'),
] %}

select
    customer_number,
    {{ source_time('created_at', 'crm') }} as created_at,
    {{ source_time('updated_at', 'crm') }} as updated_at,
    first_name,
    last_name,
    {{ known_key('email') }} as email,
    {{ try_boolean('is_email_verified') }} as is_email_verified,
    phone,
    cast({{ try_timestamp('birth_date') }} as date) as birth_date,
    street,
    postal_code,
    city,
    region,
    country_code,
    {{ known_key('loyalty_number') }} as loyalty_number,
    {{ known_key('social_handle') }} as social_handle,
    known_channel as preferred_channel,
    acquisition_channel,
    {{ try_money('acquisition_cost') }} as acquisition_cost,
    currency,
    {{ known_key('referred_by') }} as referred_by,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_known_channel(source('crm', 'customers'), 'crm', column='preferred_channel'), row_rules
) }} as raw_row
