with staged as (
    {{ union_staging('mentions', computed=['customer_id']) }}
)

select
    staged.mention_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.channel,
    staged.platform,
    staged.product_id,
    staged.language,
    staged.text_length,
    staged.replied_at
from staged
{{ customer_join('staged') }}
