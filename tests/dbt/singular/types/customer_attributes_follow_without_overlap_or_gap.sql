-- Intervals of a record's attribute follow each other, the last alone is open, a value that did not change begins
-- none, and all of them begin together. Personal values are where they belong, and only there.
{% set key = 'source_system, customer_namespace, source_customer_id' %}

with intervals as (
    select
        attributes.*,
        coalesce(attributes.attribute_value, personal.attribute_value) as any_value,
        personal.customer_attribute_id is not null as is_in_restricted
    from {{ ref('customer_attributes') }} as attributes
    left join {{ ref('customer_attribute_intervals') }} as personal
        on attributes.customer_attribute_id = personal.customer_attribute_id
),

compared as (
    select
        *,
        row_number() over (partition by {{ key }}, attribute order by valid_from) as interval_number,
        lag(any_value) over (partition by {{ key }}, attribute order by valid_from) as value_before,
        lead(valid_from) over (partition by {{ key }}, attribute order by valid_from) as next_from,
        min(valid_from) over (partition by {{ key }}, attribute) as attribute_from,
        min(valid_from) over (partition by {{ key }}) as record_from
    from intervals
)

select
    customer_attribute_id,
    attribute,
    valid_from,
    valid_to,
    case
        when (valid_to is distinct from next_from) then 'does not end where the next begins'
        when valid_to <= valid_from then 'has no length'
        when is_current <> (valid_to is null) then 'is open and yet not current, or the other way round'
        when interval_number > 1 and (any_value is not distinct from value_before) then 'is the one before, gone on'
        when attribute_from <> record_from then 'does not begin with its record'
        when has_public_value = is_in_restricted then 'is not where values of its kind belong'
        else 'shows a personal value'
    end as problem
from compared
where valid_to is distinct from next_from
    or valid_to <= valid_from
    or is_current <> (valid_to is null)
    or (interval_number > 1 and any_value is not distinct from value_before)
    or attribute_from <> record_from
    or has_public_value = is_in_restricted
    or (not has_public_value and attribute_value is not null)
