with staged as (
    {{ union_staging('stated_needs', computed=['customer_id']) }}
)

select
    staged.stated_need_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.category,
    staged.need,
    staged.channel
from staged
{{ customer_join('staged') }}
