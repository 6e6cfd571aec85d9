-- What is summed over a period of any length: for each cut a month with itself, and with each earlier one in which the
-- same people answered. Sums over the pairs that lie in a period are its answers, its respondents, each counted
-- once, and what its answers share by being one person's: s and n being the sum and the number of a person's answers in
-- a period, the sums over persons of n^2, n s and s^2. So a period costs what its months cost, however many answered.
-- The longest period and the one before it are two such lengths together: what they have in common is summed alike.
with months as (
    select
        *,
        extract(year from month_date) * 12 + extract(month from month_date) as month_number,
        lag(month_date) over (
            partition by questionnaire, measure, dimension, dimension_value, respondent_id order by month_date
        ) as previous_month_date
    from {{ ref('int_satisfaction__respondent_months') }}
),

longest as (
    select max(month_count) as month_count from {{ ref('int_satisfaction__periods') }}
),

pairs as (
    select
        later.questionnaire,
        later.measure,
        later.dimension,
        later.dimension_value,
        later.month_date,
        earlier.month_date as earlier_month_date,
        later.month_date = earlier.month_date as is_same_month,
        earlier.month_date = later.previous_month_date as is_previous_month,
        later.answer_count,
        later.superseded_answer_count,
        later.above_zero_count,
        later.below_zero_count,
        later.value_sum,
        later.square_sum,
        earlier.answer_count as earlier_answer_count,
        earlier.value_sum as earlier_value_sum,
        -- Of two decimals of 18 digits DuckDB makes one of 18, which the sums of who answers often would not fit.
        cast(
            cast(later.value_sum as decimal(19, 6)) * cast(earlier.value_sum as decimal(17, 6)) as decimal(28, 12)
        ) as value_product
    from months as later
    inner join months as earlier
        on later.respondent_id = earlier.respondent_id
        and later.questionnaire = earlier.questionnaire
        and later.measure = earlier.measure
        and later.dimension = earlier.dimension
        and later.dimension_value = earlier.dimension_value
    cross join longest
    where later.month_number - earlier.month_number between 0 and 2 * longest.month_count - 1
)

select
    questionnaire,
    measure,
    dimension,
    dimension_value,
    month_date,
    earlier_month_date,
    -- A person's months in a period follow each other: they are one more than the steps from each to the one before.
    cast(sum(case when is_same_month then 1 when is_previous_month then -1 else 0 end) as bigint) as respondent_count,
    cast(sum(case when is_same_month then answer_count else 0 end) as bigint) as answer_count,
    cast(sum(case when is_same_month then superseded_answer_count else 0 end) as bigint) as superseded_answer_count,
    cast(sum(case when is_same_month then above_zero_count else 0 end) as bigint) as above_zero_count,
    cast(sum(case when is_same_month then below_zero_count else 0 end) as bigint) as below_zero_count,
    cast(sum(case when is_same_month then value_sum else 0 end) as decimal(26, 6)) as value_sum,
    cast(sum(case when is_same_month then square_sum else 0 end) as decimal(30, 12)) as square_sum,
    -- Of a pair of two months each product stands twice in the square of their sum.
    cast(sum(case when is_same_month then 1 else 2 end * answer_count * earlier_answer_count) as bigint)
        as count_square_sum,
    cast(
        sum(
            case
                when is_same_month then answer_count * value_sum
                else answer_count * earlier_value_sum + earlier_answer_count * value_sum
            end
        ) as decimal(30, 6)
    ) as count_value_sum,
    cast(sum(answer_count * earlier_value_sum) as decimal(30, 6)) as count_earlier_value_sum,
    cast(
        sum(
            case when is_same_month then value_product else value_product + value_product end
        ) as decimal(34, 12)
    ) as value_square_sum
from pairs
group by questionnaire, measure, dimension, dimension_value, month_date, earlier_month_date
