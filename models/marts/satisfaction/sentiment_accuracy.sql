-- How far sentiment can be trusted: what it says of rated texts, by a model that did not learn from them, against what
-- their ratings say. A figure of too few texts is not shown.
{% set classes = ['negative', 'neutral', 'positive'] %}

with rated as (
    select source_system, language, rated_class, holdout_sentiment_class
    from {{ ref('text_assessments') }}
    where rated_class is not null and model_version is not null and business_date <= {{ as_of_date() }}
),

spread as (
    select * from rated
    union all
    select source_system, 'all' as language, rated_class, holdout_sentiment_class
    from rated
),

counted as (
    select
        source_system,
        language,
        {% for rated in classes %}
        {% for found in classes %}
        count(case when rated_class = '{{ rated }}' and holdout_sentiment_class = '{{ found }}' then 1 end)
            as {{ rated }}_as_{{ found }}_count,
        {% endfor %}
        count(case when rated_class = '{{ rated }}' then holdout_sentiment_class end) as rated_{{ rated }}_count,
        count(case when holdout_sentiment_class = '{{ rated }}' then 1 end) as found_{{ rated }}_count,
        {% endfor %}
        count(*) as rated_text_count,
        count(holdout_sentiment_class) as assessed_text_count
    from spread
    group by source_system, language
),

-- Of each class the share that was found (recall), and its F1; there are none of a class that no rating names.
measured as (
    select
        *,
        {% for class in classes %}
        cast({{ class }}_as_{{ class }}_count as double) / nullif(rated_{{ class }}_count, 0) as {{ class }}_recall,
        2 * cast({{ class }}_as_{{ class }}_count as double)
        / (nullif(rated_{{ class }}_count, 0) + found_{{ class }}_count) as {{ class }}_f1,
        case when rated_{{ class }}_count > 0 then 1 else 0 end as has_{{ class }},
        {% endfor %}
        greatest(rated_negative_count, rated_neutral_count, rated_positive_count) as majority_count,
        negative_as_negative_count + neutral_as_neutral_count + positive_as_positive_count as right_count,
        {{ too_few('assessed_text_count') }} as is_suppressed
    from counted
),

averaged as (
    select
        *,
        nullif(has_negative + has_neutral + has_positive, 0) as class_count,
        coalesce(negative_recall, 0) + coalesce(neutral_recall, 0) + coalesce(positive_recall, 0) as recall_sum,
        coalesce(negative_f1, 0) + coalesce(neutral_f1, 0) + coalesce(positive_f1, 0) as f1_sum,
        case when not is_suppressed then cast(assessed_text_count as double) end as shown_count
    from measured
)

select
    source_system || ':' || language as sentiment_accuracy_id,
    source_system,
    language,
    cast(rated_text_count as bigint) as rated_text_count,
    cast(assessed_text_count as bigint) as assessed_text_count,
    cast(right_count / nullif(shown_count, 0) as decimal(18, 6)) as accuracy,
    cast(majority_count / nullif(shown_count, 0) as decimal(18, 6)) as majority_share,
    cast(case when not is_suppressed then recall_sum / class_count end as decimal(18, 6)) as balanced_accuracy,
    cast(case when not is_suppressed then f1_sum / class_count end as decimal(18, 6)) as macro_f1,
    {% for rated in classes %}
    {% for found in classes %}
    cast({{ rated }}_as_{{ found }}_count as bigint) as {{ rated }}_as_{{ found }}_count,
    {% endfor %}
    {% endfor %}
    is_suppressed
from averaged
