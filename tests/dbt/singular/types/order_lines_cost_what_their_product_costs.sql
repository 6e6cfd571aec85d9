-- The cost of a line of goods is its product's unit cost times its pieces, in the product's currency, and unknown where
-- the product's is; a discount on goods costs none. In base currency it is known wherever it is known at all, whatever
-- the currency of the sale.
with order_lines as (
    select * from {{ ref('order_lines') }}
),

products as (
    select * from {{ ref('products') }}
),

rates as (
    select * from {{ ref('int_money__exchange_rates') }}
),

expected as (
    select
        order_lines.order_line_id,
        order_lines.quantity,
        order_lines.currency,
        order_lines.cost_currency,
        order_lines.original_cost_amount,
        order_lines.cost_amount,
        products.currency as product_currency,
        products.original_unit_cost_amount,
        case
            when order_lines.counts_as = 'revenue' and order_lines.product_type = products.product_type
                then try_cast(
                        cast(products.original_unit_cost_amount as decimal(19, 4)) * order_lines.quantity
                        as decimal(18, 4)
                    )
        end as expected_cost_amount,
        case when products.currency = '{{ var("base_currency") }}' then 1 else rates.rate end as rate
    from order_lines
    left join products on order_lines.product_id = products.product_id
    left join rates
        on products.currency = rates.currency and order_lines.business_date = rates.rate_date
)

select *
from expected
where
    original_cost_amount is distinct from expected_cost_amount
    or (original_cost_amount is not null and cost_currency is distinct from product_currency)
    or cost_amount is distinct from cast(cast(expected_cost_amount as decimal(19, 4)) * rate as decimal(18, 4))
