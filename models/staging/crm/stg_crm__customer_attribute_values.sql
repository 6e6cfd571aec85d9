-- What a personal attribute was changed from and to; who and when is in `customer_attribute_changes`.
with customer_changes as (
    select * from {{ loaded_rows(ref('base_crm__customer_changes')) }}
    where not {{ attribute_is_public('attribute') }}
)

select
    'crm:' || change_id as customer_attribute_change_id,
    'crm' as source_system,
    loaded_at,
    attribute,
    old_value,
    new_value
from customer_changes
