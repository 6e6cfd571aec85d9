-- One row a row of Zendesk's users, customers (end-user) and agents.
{% set row_rules = [
    required('id'),
    required('role'),
    a_boolean('verified'),
    required('created_at'),
    an_offset_time('created_at'),
    not_before_the_company('created_at', 'zendesk'),
    not_in_the_future('created_at', 'zendesk'),
] %}

select
    id as source_customer_id,
    role = 'end-user' as is_customer,
    {{ known_key('email') }} as email,
    {{ try_boolean('verified') }} as is_email_verified,
    phone,
    -- Of a name that is one word, nobody can say which it is; an address is none.
    case when name not like '%@%' then nullif(regexp_extract(name, '^(.+) [^ ]+$', 1), '') end as first_name,
    case when name not like '%@%' then nullif(regexp_extract(name, '^.+ ([^ ]+)$', 1), '') end as last_name,
    {{ try_offset_time('created_at') }} as created_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('zendesk', 'users'), row_rules) }} as raw_row
