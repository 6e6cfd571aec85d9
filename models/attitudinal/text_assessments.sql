with texts as (
    select * from {{ ref('int_text__texts') }}
),

scores as (
    select * from {{ ref('int_text__scores') }}
)

select
    texts.text_id,
    texts.text_type,
    texts.customer_id,
    texts.source_system,
    texts.source_record_id,
    texts.customer_namespace,
    texts.source_customer_id,
    texts.occurred_at,
    texts.business_date,
    texts.loaded_at,
    texts.channel,
    texts.character_count,
    texts.stated_language,
    scores.language,
    scores.language_confidence,
    scores.sentiment_score,
    scores.sentiment_class,
    texts.rated_class,
    scores.holdout_sentiment_class,
    scores.model_version,
    scores.assessed_at
from texts
left join scores on texts.text_key = scores.text_key
