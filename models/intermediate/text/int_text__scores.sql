-- What the model that counts says of each text. What former models said stays in the lake.
with models as (
    select * from {{ source('texts', 'text_models') }}
),

scores as (
    select * from {{ source('texts', 'text_scores') }}
)

select
    scores.text_key,
    scores.model_version,
    scores.language,
    scores.language_confidence,
    scores.sentiment_score,
    {{ sentiment_class('scores.sentiment_score') }} as sentiment_class,
    {{ sentiment_class(
        'case when scores.is_learned_from then scores.holdout_score else scores.sentiment_score end'
    ) }} as holdout_sentiment_class,
    scores._loaded_at as assessed_at
from scores
inner join models on scores.model_version = models.model_version
