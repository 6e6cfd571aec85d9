-- The values that `customer_attributes` leaves out, under the same key.
select
    md5(concat_ws(
        ':', source_system, customer_namespace, source_customer_id, attribute, cast(valid_from as string)
    )) as customer_attribute_id,
    source_system,
    loaded_at,
    attribute,
    attribute_value,
    valid_from,
    valid_to
from {{ ref('int_attributes__intervals') }}
where not has_public_value
