-- Everyone Olist keeps a record of: the person behind an order, the company behind a lead, the seller.
with persons as (
    select * from {{ loaded_rows(ref('base_olist__customers')) }}
),

orders as (
    select * from {{ loaded_rows(ref('base_olist__orders')) }}
),

leads as (
    select * from {{ loaded_rows(ref('base_olist__leads')) }}
),

deals as (
    select * from {{ loaded_rows(ref('base_olist__closed_deals')) }}
),

sellers as (
    select * from {{ loaded_rows(ref('base_olist__sellers')) }}
),

person_records as (
    select
        'customers:' || persons.order_customer_id as source_record_id,
        'olist_person' as customer_namespace,
        persons.person_id as source_customer_id,
        orders.ordered_at as occurred_at,
        persons.loaded_at,
        'person' as customer_type,
        persons.region,
        persons.city,
        cast(null as string) as segment,
        cast(null as string) as acquisition_channel
    from persons
    left join orders on persons.order_customer_id = orders.order_customer_id
),

lead_records as (
    select
        'leads:' || leads.lead_id as source_record_id,
        'olist_lead' as customer_namespace,
        leads.lead_id as source_customer_id,
        leads.first_contact_at as occurred_at,
        leads.loaded_at,
        'organisation' as customer_type,
        cast(null as string) as region,
        cast(null as string) as city,
        deals.segment,
        leads.acquisition_channel
    from leads
    left join deals on leads.lead_id = deals.lead_id
),

seller_records as (
    select
        'sellers:' || sellers.seller_id as source_record_id,
        'olist_seller' as customer_namespace,
        sellers.seller_id as source_customer_id,
        -- Olist does not say since when it has known a seller.
        cast(null as timestamp) as occurred_at,
        sellers.loaded_at,
        'organisation' as customer_type,
        sellers.region,
        sellers.city,
        cast(null as string) as segment,
        cast(null as string) as acquisition_channel
    from sellers
),

all_records as (
    select * from person_records
    union all
    select * from lead_records
    union all
    select * from seller_records
)

select
    'olist:' || source_record_id as customer_record_id,
    'olist' as source_system,
    source_record_id,
    customer_namespace,
    source_customer_id,
    occurred_at,
    loaded_at,
    customer_type,
    'BR' as country,
    region,
    city,
    cast(null as bigint) as birth_year,
    segment,
    cast(null as string) as preferred_channel,
    acquisition_channel,
    cast(null as string) as referrer_namespace,
    cast(null as string) as referrer_source_customer_id,
    'BRL' as currency,
    cast(null as decimal(18, 4)) as original_acquisition_cost_amount
from all_records
