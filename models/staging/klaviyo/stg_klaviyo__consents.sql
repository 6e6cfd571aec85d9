-- Whether somebody may be written to, as decided last. Who was never subscribed decided nothing.
with profiles as (
    select * from {{ loaded_rows(ref('base_klaviyo__profiles')) }}
),

decisions as (
    select *, 'marketing_email' as purpose, email_consent_state as state, email_consent_updated_at as decided_at
    from profiles
    union all
    select *, 'marketing_sms' as purpose, sms_consent_state as state, sms_consent_updated_at as decided_at
    from profiles
)

select
    'klaviyo:' || source_customer_id || ':' || purpose as consent_id,
    'klaviyo' as source_system,
    source_customer_id || ':' || purpose as source_record_id,
    'klaviyo' as customer_namespace,
    source_customer_id,
    -- A decision without its time is as old as the profile: any other one is newer.
    coalesce(decided_at, created_at) as occurred_at,
    loaded_at,
    purpose,
    state = 'SUBSCRIBED' as is_granted,
    cast(null as string) as document_version,
    cast(null as string) as channel
from decisions
where state in ('SUBSCRIBED', 'UNSUBSCRIBED')
