with staged as (
    {{ union_staging('survey_answers', computed=['customer_id', 'construct', 'scale_min',
        'scale_max', 'scale_direction', 'phase']) }}
),

survey_items as (
    select * from {{ ref('survey_items') }}
)

select
    staged.survey_answer_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.invitation_id,
    staged.instrument,
    staged.question,
    survey_items.construct,
    cast(survey_items.scale_min as decimal(9, 2)) as scale_min,
    cast(survey_items.scale_max as decimal(9, 2)) as scale_max,
    cast(survey_items.scale_direction as bigint) as scale_direction,
    coalesce(survey_items.touchpoint, staged.touchpoint) as touchpoint,
    survey_items.phase,
    staged.channel,
    staged.order_id,
    staged.ticket_id,
    staged.score,
    staged.has_comment
from staged
{{ customer_join('staged') }}
left join survey_items on staged.instrument = survey_items.instrument and staged.question = survey_items.question
