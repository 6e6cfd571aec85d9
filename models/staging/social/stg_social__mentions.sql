with posts as (
    select * from {{ loaded_rows(ref('base_social__posts')) }}
    where kind = 'mention'
)

select
    'social:' || post_key as mention_id,
    'social' as source_system,
    post_key as source_record_id,
    case when handle is not null then 'social' end as customer_namespace,
    {{ hashed_key('handle') }} as source_customer_id,
    posted_at as occurred_at,
    loaded_at,
    'social' as channel,
    platform,
    'shop:' || source_product_id as product_id,
    language,
    cast(coalesce(length(post_text), 0) as bigint) as text_length,
    replied_at
from posts
