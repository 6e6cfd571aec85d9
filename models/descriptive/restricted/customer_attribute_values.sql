with staged as (
    {{ union_staging('customer_attribute_values') }}
)

select
    customer_attribute_change_id,
    source_system,
    loaded_at,
    attribute,
    old_value,
    new_value
from staged
