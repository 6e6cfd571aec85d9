-- A seller of a closed deal is the company behind the lead.
with deals as (
    select * from {{ loaded_rows(ref('base_olist__closed_deals')) }}
)

select
    'olist' as source_system,
    'olist_seller' as alias_namespace,
    seller_id as alias_customer_id,
    'olist_lead' as customer_namespace,
    lead_id as source_customer_id,
    'user_id' as link_type
from deals
