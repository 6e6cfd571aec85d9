with needs as (
    select * from {{ loaded_rows(ref('base_crm__needs')) }}
)

select
    'crm:' || need_id as stated_need_id,
    'crm' as source_system,
    need_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    stated_at as occurred_at,
    loaded_at,
    category,
    need,
    channel
from needs
