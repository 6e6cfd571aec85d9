-- What a personal attribute was changed from and to; who and when is in `customer_attribute_changes`.
with customer_changes as (
    select * from {{ loaded_rows(ref('base_crm__customer_changes')) }}
)

select
    'crm:' || change_id as customer_attribute_change_id,
    'crm' as source_system,
    loaded_at,
    attribute,
    old_value,
    new_value
from {{ with_attribute_rules('customer_changes') }}
where not is_public_attribute
