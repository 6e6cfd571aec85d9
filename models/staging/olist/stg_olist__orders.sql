with orders as (
    select * from {{ loaded_rows(ref('base_olist__orders')) }}
),

persons as (
    select * from {{ loaded_rows(ref('base_olist__customers')) }}
),

items as (
    select * from {{ loaded_rows(ref('base_olist__order_items')) }}
),

freight_by_order as (
    select source_order_id, sum(freight) as freight
    from items
    group by source_order_id
)

select
    'olist:' || orders.source_order_id as order_id,
    'olist' as source_system,
    orders.source_order_id as source_record_id,
    case when persons.person_id is not null then 'olist_person' end as customer_namespace,
    persons.person_id as source_customer_id,
    orders.ordered_at as occurred_at,
    orders.loaded_at,
    '{{ var("source_time_zones")["olist"] }}' as time_zone,
    case
        when orders.source_status in ('canceled', 'unavailable') then 'cancelled'
        when orders.source_status = 'delivered' then 'completed'
        else 'open'
    end as status,
    'web' as channel,
    persons.region,
    'BRL' as currency,
    coalesce(freight_by_order.freight, 0) as original_freight_amount,
    orders.promised_delivery_at,
    orders.handed_over_at,
    orders.delivered_at
from orders
left join persons on orders.order_customer_id = persons.order_customer_id
left join freight_by_order on orders.source_order_id = freight_by_order.source_order_id
