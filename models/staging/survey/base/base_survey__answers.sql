-- One row a row of the survey tool's answers.
{% set row_rules = [
    required('answer_id'),
    required('invitation_id'),
    required('instrument'),
    required('question'),
    required('score'),
    a_number('score'),
    on_its_scale('score'),
    required('answered_at'),
    a_time('answered_at'),
    not_before_the_company('answered_at', 'survey'),
    not_in_the_future('answered_at', 'survey'),
    belongs_to('invitation_id', 'invitation'),
] %}

select
    answer_id,
    invitation_id,
    instrument,
    question,
    {{ try_money('score') }} as score,
    comment,
    {{ source_time('answered_at', 'survey') }} as answered_at,
    {{ utc_offset('answered_at') }} as utc_offset,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_scale(
        with_parent_validation(source('survey', 'answers'), ref('base_survey__invitations'), 'invitation_id')
    ),
    row_rules
) }} as raw_row
