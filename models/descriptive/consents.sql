with staged as (
    {{ union_staging('consents', computed=['customer_id']) }}
)

select
    staged.consent_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.purpose,
    staged.is_granted,
    staged.document_version,
    staged.channel
from staged
{{ customer_join('staged') }}
