-- Whether a customer may be written to, as decided last. Who was never asked, or has not confirmed, decided nothing.
with customers as (
    select * from {{ loaded_rows(ref('base_shopify__customers')) }}
),

decisions as (
    select *, 'marketing_email' as purpose, email_consent_state as state, email_consent_updated_at as decided_at
    from customers
    union all
    select *, 'marketing_sms' as purpose, sms_consent_state as state, sms_consent_updated_at as decided_at
    from customers
)

select
    'shopify:' || source_customer_id || ':' || purpose as consent_id,
    'shopify' as source_system,
    source_customer_id || ':' || purpose as source_record_id,
    'shopify' as customer_namespace,
    source_customer_id,
    -- A decision without its time is as old as the customer: any other one is newer.
    coalesce(decided_at, created_at) as occurred_at,
    loaded_at,
    purpose,
    state = 'subscribed' as is_granted,
    cast(null as string) as document_version,
    cast(null as string) as channel
from decisions
where state in ('subscribed', 'unsubscribed')
