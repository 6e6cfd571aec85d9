with reviews as (
    select * from {{ loaded_rows(ref('base_olist__order_reviews')) }}
),

orders as (
    select * from {{ ref('stg_olist__orders') }}
)

select
    'olist:' || reviews.review_id || ':' || reviews.source_order_id as review_order_id,
    'olist:' || reviews.review_id as review_id,
    'olist:' || reviews.source_order_id as order_id,
    'olist' as source_system,
    reviews.review_id || ':' || reviews.source_order_id as source_record_id,
    orders.customer_namespace,
    orders.source_customer_id,
    reviews.answered_at as occurred_at,
    reviews.loaded_at,
    'olist_review' as instrument,
    'delivery' as touchpoint,
    'email' as channel,
    cast(null as string) as platform,
    cast(null as string) as product_id,
    cast(reviews.score as decimal(9, 2)) as rating,
    'pt' as language,
    reviews.comment_title is not null or reviews.comment_message is not null as has_comment,
    cast(coalesce(length(reviews.comment_message), 0) as bigint) as comment_length,
    cast(null as timestamp) as replied_at
from reviews
left join orders on reviews.source_order_id = orders.source_record_id
