with customer_changes as (
    select * from {{ loaded_rows(ref('base_crm__customer_changes')) }}
)

select
    'crm:' || change_id as customer_attribute_change_id,
    'crm' as source_system,
    change_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    changed_at as occurred_at,
    loaded_at,
    attribute,
    is_public_attribute as has_public_values,
    case when is_public_attribute then old_value end as old_value,
    case when is_public_attribute then new_value end as new_value
from {{ with_attribute_rules('customer_changes') }}
