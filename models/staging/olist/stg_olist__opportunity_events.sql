-- The lead funnel: a company's first contact opens an opportunity, a closed deal wins it.
with leads as (
    select * from {{ loaded_rows(ref('base_olist__leads')) }}
),

deals as (
    select * from {{ loaded_rows(ref('base_olist__closed_deals')) }}
),

steps as (
    select lead_id, 'opened' as stage, first_contact_at as occurred_at, loaded_at from leads
    union all
    select lead_id, 'won', won_at, loaded_at from deals
)

select
    'olist:' || lead_id || ':' || stage as opportunity_event_id,
    'olist:' || lead_id as opportunity_id,
    'olist' as source_system,
    lead_id || ':' || stage as source_record_id,
    'olist_lead' as customer_namespace,
    lead_id as source_customer_id,
    occurred_at,
    loaded_at,
    stage,
    -- Leads leave their contact on a landing page; what led them there is their record's acquisition channel.
    'web' as channel,
    cast(null as string) as category,
    cast(null as string) as agent,
    'BRL' as currency,
    -- The declared monthly revenue is the seller's own turnover, not what the deal is worth to Olist.
    cast(null as decimal(18, 4)) as original_expected_amount
from steps
