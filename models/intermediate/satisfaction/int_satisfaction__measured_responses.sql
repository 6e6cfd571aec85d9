-- What each response counts for in each measure: its index on 0-100, or, where the instrument asks for a
-- recommendation on 0-10, +100 (promoter, 9-10), -100 (detractor, 0-6) or 0 (passive) for the NPS. How a contact was
-- handled counts for the CSAT as well: 100 where the rating is a satisfied one, else 0. What was expected, and what was
-- perceived of it, is no satisfaction: only the gap between them says something, and that is another question.
with responses as (
    select * from {{ ref('int_satisfaction__responses') }}
),

measures as (
    {% for construct, measure in var('survey_constructs').items() if measure != 'none' -%}
    select '{{ construct }}' as construct, '{{ measure }}' as measure
    union all
    {% endfor -%}
    select 'contact_satisfaction' as construct, 'csat' as measure
)

select
    responses.questionnaire,
    responses.instrument,
    measures.measure,
    responses.response_id,
    responses.customer_id,
    responses.respondent_id,
    responses.touchpoint,
    responses.channel,
    responses.phase,
    responses.order_id,
    responses.ticket_id,
    responses.product_id,
    responses.answered_at,
    responses.answered_date,
    responses.superseded_count,
    cast(
        case
            when measures.measure = 'nps' and responses.lowest_score >= 9 then 100
            when measures.measure = 'nps' and responses.lowest_score <= 6 then -100
            when measures.measure = 'nps' then 0
            when measures.measure = 'csat' and responses.response_index > 100 * {{ var('rated_positive_above') }}
                then 100
            when measures.measure = 'csat' then 0
            else responses.response_index
        end as decimal(18, 6)
    ) as response_value
from responses
inner join measures on responses.construct = measures.construct
