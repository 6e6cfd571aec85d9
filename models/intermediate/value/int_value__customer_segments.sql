-- Whose purchase behaviour a customer's is likened to: those who first bought at the same source, and were won alike.
with first_records as (
    select * from {{ ref('int_acquisition__first_records') }}
),

orders as (
    select * from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
),

first_orders as (
    select
        customer_id,
        order_id as first_order_id,
        source_system,
        occurred_at as first_purchase_at,
        first_purchase_date
    from (
        select
            customer_id,
            order_id,
            source_system,
            occurred_at,
            min(business_date) over (partition by customer_id) as first_purchase_date,
            row_number() over (partition by customer_id order by occurred_at asc, order_id asc) as place
        from orders
    ) as ranked
    where place = 1
),

customers as (
    select customer_id from first_records
    union
    select customer_id from first_orders
)

select
    customers.customer_id,
    first_orders.first_order_id,
    first_orders.first_purchase_at,
    first_orders.first_purchase_date,
    least(
        coalesce(first_records.first_recorded_date, first_orders.first_purchase_date),
        coalesce(first_orders.first_purchase_date, first_records.first_recorded_date)
    ) as won_date,
    first_orders.source_system,
    first_records.acquisition_channel,
    first_orders.source_system
    {%- for attribute in var('value_segment_by') %}
    || ' / ' || coalesce(first_records.{{ attribute }}, 'unknown')
    {%- endfor %} as segment
from customers
left join first_orders on customers.customer_id = first_orders.customer_id
left join first_records on customers.customer_id = first_records.customer_id
