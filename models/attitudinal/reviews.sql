with staged as (
    {{ union_staging('reviews', computed=['customer_id']) }}
)

select
    staged.review_order_id,
    staged.review_id,
    staged.order_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.instrument,
    staged.touchpoint,
    staged.channel,
    staged.platform,
    staged.product_id,
    staged.rating,
    staged.language,
    staged.has_comment,
    staged.comment_length,
    staged.replied_at
from staged
{{ customer_join('staged') }}
