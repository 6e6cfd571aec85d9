-- Paths to purchases are as many as there are purchases, with their goods.
with purchases as (
    select
        count(*) as purchase_count,
        sum(goods_amount) as goods_amount
    from {{ ref('int_value__purchase_days') }}
),

paths as (
    select
        sum(case when has_converted then 1 else 0 end) as conversion_count,
        sum(goods_amount) as goods_amount
    from {{ ref('int_journey__paths') }}
)

select
    purchases.purchase_count,
    paths.conversion_count
from purchases
cross join paths
where purchases.purchase_count <> coalesce(paths.conversion_count, 0)
    or coalesce(purchases.goods_amount, 0) <> coalesce(paths.goods_amount, 0)
