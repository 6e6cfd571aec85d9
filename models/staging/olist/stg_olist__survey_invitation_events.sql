-- A review is asked for once, whatever number of orders it speaks of; the order with the smallest key stands for it.
with reviews as (
    select * from {{ loaded_rows(ref('base_olist__order_reviews')) }}
),

orders as (
    select * from {{ ref('stg_olist__orders') }}
),

requests as (
    select
        review_id,
        min(source_order_id) as source_order_id,
        min(requested_at) as requested_at,
        min(answered_at) as answered_at,
        min(loaded_at) as loaded_at
    from reviews
    group by review_id
),

steps as (
    select review_id, source_order_id, 'sent' as event_type, requested_at as occurred_at, loaded_at from requests
    union all
    select review_id, source_order_id, 'completed', answered_at, loaded_at from requests
)

select
    'olist:' || steps.review_id || ':' || steps.event_type as survey_invitation_event_id,
    'olist:' || steps.review_id as invitation_id,
    'olist' as source_system,
    steps.review_id || ':' || steps.event_type as source_record_id,
    orders.customer_namespace,
    orders.source_customer_id,
    steps.occurred_at,
    steps.loaded_at,
    'olist_review' as instrument,
    'delivery' as touchpoint,
    'email' as channel,
    'olist:' || steps.source_order_id as order_id,
    steps.event_type,
    cast(null as string) as currency,
    cast(null as decimal(18, 4)) as original_incentive_amount
from steps
left join orders on steps.source_order_id = orders.source_record_id
