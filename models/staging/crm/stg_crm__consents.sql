with consents as (
    select * from {{ loaded_rows(ref('base_crm__consents')) }}
)

select
    'crm:' || consent_id as consent_id,
    'crm' as source_system,
    consent_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    recorded_at as occurred_at,
    loaded_at,
    purpose,
    is_granted,
    document_version,
    channel
from consents
