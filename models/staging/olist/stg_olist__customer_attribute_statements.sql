-- What a closed deal says of the company behind the lead, as part of the lead's record.
with leads as (
    select * from {{ loaded_rows(ref('base_olist__leads')) }}
),

deals as (
    select * from {{ loaded_rows(ref('base_olist__closed_deals')) }}
),

won_leads as (
    select
        'olist' as source_system,
        'olist_lead' as customer_namespace,
        leads.lead_id as source_customer_id,
        'leads:' || leads.lead_id as source_record_id,
        leads.first_contact_at as occurred_at,
        leads.loaded_at,
        deals.lead_type,
        deals.lead_behaviour_profile,
        deals.business_type
    from leads
    inner join deals on leads.lead_id = deals.lead_id
)

{{ attribute_statements('won_leads', ['lead_type', 'lead_behaviour_profile', 'business_type']) }}
