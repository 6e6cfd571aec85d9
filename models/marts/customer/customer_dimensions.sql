-- By what customers are told apart, as it is now: the columns of `customers`, and what sources state beyond them, as
-- far as the seed names them dimensions. A new one is a row of the seed and no new column anywhere.
{% set of_customers = [
    'customer_type', 'country', 'region', 'city', 'age_band', 'segment', 'preferred_channel', 'acquisition_channel'
] %}

with dimensions as (
    select attribute from {{ ref('profile_attributes') }}
    where is_dimension and not is_personal
),

customers as (
    select * from {{ ref('customers') }}
),

columns_of_customers as (
    select
        customers.customer_id,
        dimensions.attribute,
        case dimensions.attribute
            {% for attribute in of_customers -%}
            when '{{ attribute }}' then customers.{{ attribute }}
            {% endfor -%}
        end as attribute_value
    from customers
    cross join dimensions
),

-- The newest statement counts, whichever source's it is. One that says not since when is known since it was loaded,
-- which may be after the as-of moment: it counts, as such records do in `customers`.
stated as (
    select
        stated.customer_id,
        stated.attribute,
        stated.attribute_value,
        row_number() over (
            partition by stated.customer_id, stated.attribute
            order by stated.valid_from desc, stated.customer_attribute_id desc
        ) as recency
    from {{ ref('customer_attributes') }} as stated
    inner join dimensions on stated.attribute = dimensions.attribute
    inner join customers on stated.customer_id = customers.customer_id
    where stated.attribute_value is not null
        and stated.attribute not in (
            {% for attribute in of_customers -%}
            '{{ attribute }}'{{ ',' if not loop.last }}
            {% endfor -%}
        )
        and (stated.valid_from < {{ as_of() }} or stated.valid_from = stated.loaded_at)
        and (stated.valid_to is null or stated.valid_to >= {{ as_of() }})
),

told_apart as (
    select customer_id, attribute, attribute_value
    from columns_of_customers
    where attribute_value is not null
    union all
    select customer_id, attribute, attribute_value
    from stated
    where recency = 1
)

select
    customer_id || ':' || attribute as customer_dimension_id,
    customer_id,
    attribute,
    attribute_value
from told_apart
