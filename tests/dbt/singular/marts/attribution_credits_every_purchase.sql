-- Every model credits each purchase and its goods once, whatever its channels, and nothing below zero.
with purchases as (
    select
        count(*) as purchase_count,
        sum(goods_amount) as goods_amount
    from {{ ref('int_value__purchase_days') }}
),

credited as (
    select
        attribution_model,
        sum(case when conversion_type <> 'all' then conversion_credit end) as of_types,
        sum(case when conversion_type = 'all' then conversion_credit end) as of_all,
        sum(case when conversion_type <> 'all' then revenue_amount end) as revenue_of_types,
        sum(case when conversion_type = 'all' then revenue_amount end) as revenue_of_all,
        min(conversion_credit) as least_credit
    from {{ ref('attribution') }}
    group by attribution_model
)

select credited.*
from credited
cross join purchases
where credited.of_types <> purchases.purchase_count
    or credited.of_all <> purchases.purchase_count
    or credited.revenue_of_types <> purchases.goods_amount
    or credited.revenue_of_all <> purchases.goods_amount
    or credited.least_credit < 0
