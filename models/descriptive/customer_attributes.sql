with intervals as (
    select * from {{ ref('int_attributes__intervals') }}
)

select
    md5(concat_ws(
        ':',
        intervals.source_system,
        intervals.customer_namespace,
        intervals.source_customer_id,
        intervals.attribute,
        cast(intervals.valid_from as string)
    )) as customer_attribute_id,
    customer_key.customer_id,
    intervals.source_system,
    intervals.source_record_id,
    intervals.customer_namespace,
    intervals.source_customer_id,
    intervals.loaded_at,
    intervals.attribute,
    intervals.has_public_value,
    case when intervals.has_public_value then intervals.attribute_value end as attribute_value,
    intervals.valid_from,
    intervals.valid_to,
    intervals.valid_to is null as is_current
from intervals
{{ customer_join('intervals') }}
