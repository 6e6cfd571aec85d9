-- The models are shown the past up to a day, and have to predict what came after: by how often customers had bought
-- until then, and by decile of what was predicted.
with valuations as (
    select * from {{ ref('int_value__valuations') }}
    where purpose = 'calibration'
),

predictions as (
    select
        predictions.*,
        valuations.last_date,
        cast({{ add_days('cast(valuations.last_date as timestamp)', 'valuations.holdout_days') }} as date)
            as holdout_end_date
    from {{ ref('int_value__predictions') }} as predictions
    inner join valuations on predictions.valuation_id = valuations.valuation_id
    where predictions.holdout_purchases is not null
),

refunds as (
    select customer_id, purchase_date, sum(amount) as amount
    from {{ ref('int_value__netted_refunds') }}
    group by customer_id, purchase_date
),

made as (
    select
        predictions.customer_id,
        count(*) as purchase_count,
        sum(purchase_days.goods_amount - coalesce(refunds.amount, 0)) as spend_amount
    from predictions
    inner join {{ ref('int_value__purchase_days') }} as purchase_days
        on predictions.customer_id = purchase_days.customer_id
        and predictions.last_date < purchase_days.purchase_date
    left join refunds
        on purchase_days.customer_id = refunds.customer_id
        and purchase_days.purchase_date = refunds.purchase_date
    where purchase_days.goods_amount - coalesce(refunds.amount, 0) > 0
    group by predictions.customer_id
),

customers as (
    select
        predictions.source_system,
        predictions.last_date,
        predictions.holdout_end_date,
        predictions.frequency,
        cast(predictions.holdout_purchases as decimal(28, 12)) as predicted,
        cast(predictions.holdout_purchases * predictions.expected_spend as decimal(28, 4)) as predicted_spend,
        coalesce(made.purchase_count, 0) as actual,
        -- Spend is held against spend: of customers for whom none is predicted, none counts.
        case when predictions.expected_spend is not null then coalesce(made.spend_amount, 0) end as actual_spend,
        ntile(10) over (
            partition by predictions.source_system
            order by predictions.holdout_purchases asc, predictions.customer_id asc
        ) as decile
    from predictions
    left join made on predictions.customer_id = made.customer_id
),

grouped as (
    select *, 'all' as dimension, 0 as dimension_value
    from customers
    union all
    select *, 'frequency', least(frequency, 7)
    from customers
    union all
    select *, 'decile', decile
    from customers
),

sums as (
    select
        source_system,
        last_date,
        holdout_end_date,
        dimension,
        dimension_value,
        count(*) as customer_count,
        sum(predicted) as predicted,
        sum(actual) as actual,
        cast(sum(predicted - actual) as double) / count(*) as mean_error,
        cast(
            sum(cast(predicted - actual as decimal(19, 3)) * cast(predicted - actual as decimal(19, 3))) as double
        ) / count(*) as mean_square_error,
        sum(predicted_spend) as predicted_spend,
        sum(actual_spend) as actual_spend,
        -- Of those of whom a spend is predicted.
        count(predicted_spend) as spend_count,
        cast(sum(predicted_spend - actual_spend) as double) / nullif(count(predicted_spend), 0) as mean_spend_error,
        cast(
            sum(
                cast(predicted_spend - actual_spend as decimal(19, 2))
                * cast(predicted_spend - actual_spend as decimal(19, 2))
            ) as double
        ) / nullif(count(predicted_spend), 0) as mean_square_spend_error
    from grouped
    group by source_system, last_date, holdout_end_date, dimension, dimension_value
),

errors as (
    select
        *,
        sqrt(greatest(mean_square_error - mean_error * mean_error, 0) / nullif(customer_count - 1, 0))
            as standard_error,
        sqrt(greatest(mean_square_spend_error - mean_spend_error * mean_spend_error, 0) / nullif(spend_count - 1, 0))
            as spend_standard_error
    from sums
)

select
    source_system || ':' || dimension || ':' || cast(dimension_value as string) as clv_calibration_id,
    source_system,
    last_date as calibration_end_date,
    holdout_end_date,
    dimension,
    cast(dimension_value as bigint) as dimension_value,
    cast(customer_count as bigint) as customer_count,
    cast(predicted as decimal(18, 4)) as predicted_purchases,
    cast(actual as bigint) as actual_purchase_count,
    cast(cast(predicted as double) / nullif(actual, 0) - 1 as decimal(18, 6)) as bias,
    cast(cast(predicted as double) / customer_count as decimal(18, 6)) as mean_predicted_purchases,
    cast(cast(actual as double) / customer_count as decimal(18, 6)) as mean_actual_purchases,
    cast(mean_error - {{ half_width_95('standard_error') }} as decimal(18, 6)) as mean_error_lower_95,
    cast(mean_error + {{ half_width_95('standard_error') }} as decimal(18, 6)) as mean_error_upper_95,
    cast(predicted_spend as decimal(28, 4)) as predicted_spend_amount,
    cast(actual_spend as decimal(28, 4)) as actual_spend_amount,
    cast(cast(predicted_spend as double) / nullif(cast(actual_spend as double), 0) - 1 as decimal(28, 6)) as spend_bias,
    cast(mean_spend_error - {{ half_width_95('spend_standard_error') }} as decimal(28, 4))
        as mean_spend_error_lower_95_amount,
    cast(mean_spend_error + {{ half_width_95('spend_standard_error') }} as decimal(28, 4))
        as mean_spend_error_upper_95_amount
from errors
