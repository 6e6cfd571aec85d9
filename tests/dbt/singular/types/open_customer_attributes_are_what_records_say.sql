-- The open interval of an attribute holds what the newest record under that key says, and what no record says anything
-- of has none.
{% set key = 'source_system, customer_namespace, source_customer_id' %}
{% set of_records = [
    'customer_type', 'country', 'region', 'city', 'birth_year', 'segment', 'preferred_channel', 'acquisition_channel'
] %}
{% set of_identifiers = [
    'first_name', 'last_name', 'email', 'is_email_verified', 'phone', 'birth_date', 'street', 'postal_code',
    'loyalty_number', 'social_handle'
] %}

with newest_records as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by {{ key }} order by occurred_at desc nulls last, source_record_id desc
            ) as place
        from {{ ref('customer_records') }}
        where source_customer_id is not null
    ) as records
    where place = 1
),

identifiers as (
    select identifiers.*
    from {{ ref('customer_identifiers') }} as identifiers
    inner join newest_records
        on identifiers.source_system = newest_records.source_system
        and identifiers.customer_namespace = newest_records.customer_namespace
        and identifiers.source_record_id = newest_records.source_record_id
),

said as (
    {% for relation, attributes in {'newest_records': of_records, 'identifiers': of_identifiers}.items() %}
    {%- set is_last = loop.last -%}
    {% for attribute in attributes %}
    select {{ key }}, '{{ attribute }}' as attribute, cast({{ attribute }} as string) as value
    from {{ relation }}
    {{ 'union all' if not (loop.last and is_last) }}
    {% endfor %}
    {% endfor %}
),

held as (
    select
        attributes.source_system,
        attributes.customer_namespace,
        attributes.source_customer_id,
        attributes.attribute,
        coalesce(attributes.attribute_value, personal.attribute_value) as value
    from {{ ref('customer_attributes') }} as attributes
    left join {{ ref('customer_attribute_intervals') }} as personal
        on attributes.customer_attribute_id = personal.customer_attribute_id
    where attributes.is_current
)

select
    said.source_system,
    said.customer_namespace,
    said.source_customer_id,
    said.attribute
from said
left join held
    on said.source_system = held.source_system
    and said.customer_namespace = held.customer_namespace
    and said.source_customer_id = held.source_customer_id
    and said.attribute = held.attribute
where said.value is distinct from held.value
