-- One row a row of the survey tool's questions.
{% set row_rules = [
    required('instrument'),
    required('question'),
    required('construct'),
    one_of('construct', var('survey_constructs') | list),
    required('scale_min'),
    an_integer('scale_min'),
    required('scale_max'),
    an_integer('scale_max'),
    required('scale_direction'),
    an_integer('scale_direction'),
    one_of('scale_direction', ['1', '-1']),
    one_of('phase', ['before', 'during', 'after']),
    a_time('valid_from'),
] %}

select
    instrument,
    question,
    construct,
    {{ try_integer('scale_min') }} as scale_min,
    {{ try_integer('scale_max') }} as scale_max,
    {{ try_integer('scale_direction') }} as scale_direction,
    touchpoint,
    phase,
    {{ source_time('valid_from', 'survey') }} as valid_from_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('survey', 'questions'), row_rules) }} as raw_row
