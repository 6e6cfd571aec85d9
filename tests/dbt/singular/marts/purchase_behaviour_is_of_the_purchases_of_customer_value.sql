-- Both marts count the same purchases of the same customers, and add up the same goods.
with behaviour as (
    select customer_id, order_count, goods_amount
    from {{ ref('purchase_behaviour') }}
),

customer_value as (
    select customer_id, order_count, goods_amount
    from {{ ref('customer_value') }}
    where order_count > 0
)

select
    coalesce(behaviour.customer_id, customer_value.customer_id) as customer_id,
    behaviour.order_count as order_count_here,
    customer_value.order_count as order_count_there,
    behaviour.goods_amount as goods_amount_here,
    customer_value.goods_amount as goods_amount_there
from behaviour
full outer join customer_value on behaviour.customer_id = customer_value.customer_id
where behaviour.order_count is distinct from customer_value.order_count
    or behaviour.goods_amount is distinct from customer_value.goods_amount
