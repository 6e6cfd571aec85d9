-- One row a row of the CRM's activities.
{% set row_rules = [
    required('activity_id'),
    required('customer_number'),
    a_known_key('customer_number'),
    required('kind'),
    one_of('kind', ['call', 'visit', 'meeting', 'email', 'letter']),
    one_of('direction', ['inbound', 'outbound']),
    a_number('duration_minutes'),
    at_least('duration_minutes', 0),
    at_most('duration_minutes', 1000000),
    required('occurred_at'),
    a_time('occurred_at'),
    not_before_the_company('occurred_at', 'crm'),
    not_in_the_future('occurred_at', 'crm'),
] %}

select
    activity_id,
    customer_number,
    opportunity_id,
    kind,
    known_channel as channel,
    direction,
    agent,
    {{ try_money('duration_minutes') }} as duration_minutes,
    {{ source_time('occurred_at', 'crm') }} as occurred_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(with_known_channel(source('crm', 'activities'), 'crm', column='kind'), row_rules) }} as raw_row
