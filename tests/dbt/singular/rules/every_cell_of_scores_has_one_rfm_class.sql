-- Each of the 5 x 5 x 5 cells of scores lies in exactly one block of the seed.
with scores as (
    {% for score in range(1, 6) %}
    select {{ score }} as score
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    recency.score as recency_score,
    frequency.score as frequency_score,
    monetary.score as monetary_score,
    count(classes.rfm_class) as class_count
from scores as recency
cross join scores as frequency
cross join scores as monetary
left join {{ ref('rfm_classes') }} as classes
    on recency.score between classes.recency_score_from and classes.recency_score_to
    and frequency.score between classes.frequency_score_from and classes.frequency_score_to
    and monetary.score between classes.monetary_score_from and classes.monetary_score_to
group by recency.score, frequency.score, monetary.score
having count(classes.rfm_class) <> 1
