-- One row a row of the survey tool's answers.
{% set row_rules = [
    required('answer_id'),
    required('invitation_id'),
    required('customer_number'),
    required('instrument'),
    required('question'),
    required('score'),
    a_number('score'),
    required('answered_at'),
    a_time('answered_at'),
] %}

select
    answer_id,
    invitation_id,
    customer_number,
    instrument,
    question,
    {{ try_money('score') }} as score,
    touchpoint,
    channel,
    {{ source_time('answered_at', 'survey') }} as answered_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('survey', 'answers') }}
