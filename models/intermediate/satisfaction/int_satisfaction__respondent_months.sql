-- What each person answered in a month, in each cut.
with occasions as (
    select * from {{ ref('int_satisfaction__occasions') }}
    where measure is not null
),

dimensions as (
    select * from {{ ref('int_satisfaction__occasion_dimensions') }}
)

select
    occasions.questionnaire,
    occasions.measure,
    dimensions.dimension,
    dimensions.dimension_value,
    occasions.respondent_id,
    occasions.month_date,
    cast(count(*) as bigint) as answer_count,
    cast(sum(occasions.superseded_count) as bigint) as superseded_answer_count,
    cast(count(case when occasions.response_value > 0 then 1 end) as bigint) as above_zero_count,
    cast(count(case when occasions.response_value < 0 then 1 end) as bigint) as below_zero_count,
    -- Sums of decimals are exact, so that two runs agree to the last digit.
    cast(sum(occasions.response_value) as decimal(15, 6)) as value_sum,
    cast(
        sum(cast(occasions.response_value * occasions.response_value as decimal(26, 12))) as decimal(26, 12)
    ) as square_sum
from occasions
inner join dimensions on occasions.occasion_id = dimensions.occasion_id
group by
    occasions.questionnaire,
    occasions.measure,
    dimensions.dimension,
    dimensions.dimension_value,
    occasions.respondent_id,
    occasions.month_date
