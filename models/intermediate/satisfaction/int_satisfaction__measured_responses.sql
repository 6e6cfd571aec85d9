-- What each response counts for in each measure: its index on 0-100, or, where the instrument asks for a
-- recommendation on 0-10, +100 (promoter, 9-10), -100 (detractor, 0-6) or 0 (passive) for the NPS. What was expected,
-- and what was perceived of it, is no satisfaction: only the gap between them says something, and that is another
-- question.
{% set indices = [] %}
{% for construct, measure in var('survey_constructs').items() if measure not in ('nps', 'none') %}
{% do indices.append(construct) %}
{% endfor %}

with responses as (
    select * from {{ ref('int_satisfaction__responses') }}
)

select
    questionnaire,
    instrument,
    case construct
        {% for construct, measure in var('survey_constructs').items() -%}
        when '{{ construct }}' then '{{ measure }}'
        {% endfor %}
    end as measure,
    response_id,
    customer_id,
    answered_at,
    answered_date,
    superseded_count,
    response_index as response_value
from responses
where construct in ('{{ indices | join("', '") }}')

union all

select
    questionnaire,
    instrument,
    'nps' as measure,
    response_id,
    customer_id,
    answered_at,
    answered_date,
    superseded_count,
    cast(case when lowest_score >= 9 then 100 when lowest_score <= 6 then -100 else 0 end as decimal(18, 6))
        as response_value
from responses
where construct = 'recommendation'
