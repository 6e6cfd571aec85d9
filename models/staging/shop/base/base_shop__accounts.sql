-- One row a row of the shop's accounts.
{% set row_rules = [
    required('account_id'),
    a_known_key('account_id'),
    a_boolean('is_email_verified'),
    required('created_at'),
    a_time('created_at'),
    not_before_the_company('created_at', 'shop'),
    not_in_the_future('created_at', 'shop'),
] %}

select
    account_id,
    {{ known_key('customer_number') }} as customer_number,
    {{ known_key('email') }} as email,
    {{ try_boolean('is_email_verified') }} as is_email_verified,
    phone,
    first_name,
    last_name,
    {{ known_key('loyalty_number') }} as loyalty_number,
    {{ source_time('created_at', 'shop') }} as created_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('shop', 'accounts'), row_rules) }} as raw_row
