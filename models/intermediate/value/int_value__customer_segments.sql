-- Whose purchase behaviour a customer's is likened to: those who first bought at the same source, and were won alike.
-- The oldest record that says a thing says it here, unlike in `customers`: the past must not change with a newer one.
with customer_records as (
    select * from {{ ref('customer_records') }}
    where customer_id is not null and (occurred_at is null or occurred_at < {{ as_of() }})
),

orders as (
    select * from {{ ref('orders') }}
    where is_purchase and customer_id is not null and occurred_at < {{ as_of() }}
),

described as (
    select
        {% for attribute in ['acquisition_channel', 'country', 'customer_kind'] %}
        min_by({{ attribute }}, case when {{ attribute }} is not null then age end) as {{ attribute }},
        {% endfor %}
        min(occurred_at) as first_recorded_at,
        customer_id
    from (
        select
            *,
            row_number() over (
                partition by customer_id order by occurred_at asc nulls last, customer_record_id asc
            ) as age
        from customer_records
    ) as ranked
    group by customer_id
),

first_orders as (
    select customer_id, source_system, occurred_at as first_purchase_at
    from (
        select
            customer_id,
            source_system,
            occurred_at,
            row_number() over (partition by customer_id order by occurred_at asc, order_id asc) as place
        from orders
    ) as ranked
    where place = 1
),

customers as (
    select customer_id from described
    union
    select customer_id from first_orders
)

select
    customers.customer_id,
    first_orders.first_purchase_at,
    least(
        coalesce(described.first_recorded_at, first_orders.first_purchase_at),
        coalesce(first_orders.first_purchase_at, described.first_recorded_at)
    ) as won_at,
    first_orders.source_system,
    described.acquisition_channel,
    first_orders.source_system
    {%- for attribute in var('value_segment_by') %}
    || ' / ' || coalesce(described.{{ attribute }}, 'unknown')
    {%- endfor %} as segment
from customers
left join first_orders on customers.customer_id = first_orders.customer_id
left join described on customers.customer_id = described.customer_id
