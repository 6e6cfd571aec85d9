-- One row a row of the CRM's consents.
{% set row_rules = [
    required('consent_id'),
    required('customer_number'),
    a_known_key('customer_number'),
    required('purpose'),
    one_of('purpose', ['marketing_email', 'marketing_sms', 'marketing_push', 'marketing_letter', 'profiling']),
    required('is_granted'),
    a_boolean('is_granted'),
    a_known_channel(),
    required('recorded_at'),
    a_time('recorded_at'),
    not_before_the_company('recorded_at', 'crm'),
    not_in_the_future('recorded_at', 'crm'),
] %}

select
    consent_id,
    customer_number,
    purpose,
    {{ try_boolean('is_granted') }} as is_granted,
    document_version,
    known_channel as channel,
    {{ source_time('recorded_at', 'crm') }} as recorded_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(with_known_channel(source('crm', 'consents'), 'crm'), row_rules) }} as raw_row
