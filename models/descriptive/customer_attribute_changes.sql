with staged as (
    {{ union_staging('customer_attribute_changes', computed=['customer_id']) }}
)

select
    staged.customer_attribute_change_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.attribute,
    staged.has_public_values,
    staged.old_value,
    staged.new_value
from staged
{{ customer_join('staged') }}
