with posts as (
    select * from {{ loaded_rows(ref('base_social__posts')) }}
    where kind = 'review'
)

select
    'social:' || post_key as review_order_id,
    'social:' || post_key as review_id,
    cast(null as string) as order_id,
    'social' as source_system,
    post_key as source_record_id,
    case when handle is not null then 'social' end as customer_namespace,
    {{ hashed_key('handle') }} as source_customer_id,
    posted_at as occurred_at,
    loaded_at,
    'social_review' as instrument,
    case when source_product_id is not null then 'product' end as touchpoint,
    'social' as channel,
    platform,
    'shop:' || source_product_id as product_id,
    cast(rating as decimal(9, 2)) as rating,
    language,
    post_text is not null as has_comment,
    cast(coalesce(length(post_text), 0) as bigint) as comment_length,
    replied_at
from posts
