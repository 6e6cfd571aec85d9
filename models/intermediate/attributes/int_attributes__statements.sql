-- What each record says of a customer, attribute by attribute: the columns of the types, turned into rows.
{% set of_records = [
    'customer_type', 'country', 'region', 'city', 'birth_year', 'segment', 'preferred_channel', 'acquisition_channel'
] %}
{% set of_identifiers = [
    'first_name', 'last_name', 'email', 'is_email_verified', 'phone', 'birth_date', 'street', 'postal_code',
    'loyalty_number', 'social_handle'
] %}
{% set keys = {
    'source_system': 'string',
    'customer_namespace': 'string',
    'source_customer_id': 'string',
    'source_record_id': 'string',
} %}

with records as (
    {{ staged_columns('customer_records', dict(
        keys, occurred_at='timestamp', loaded_at='timestamp', **dict.fromkeys(of_records, 'string')
    )) }}
),

identifiers as (
    {{ staged_columns('customer_identifiers', dict(keys, **dict.fromkeys(of_identifiers, 'string'))) }}
),

-- Of keys that are no records (an address that somebody wrote from) there is no profile.
identified_records as (
    select
        {% for attribute in of_identifiers -%}
        identifiers.{{ attribute }},
        {% endfor -%}
        records.source_system,
        records.customer_namespace,
        records.source_customer_id,
        records.source_record_id,
        records.occurred_at,
        records.loaded_at
    from records
    inner join identifiers
        on records.source_system = identifiers.source_system
        and records.customer_namespace = identifiers.customer_namespace
        and records.source_customer_id = identifiers.source_customer_id
        and records.source_record_id = identifiers.source_record_id
)

{% for relation, attributes in {'records': of_records, 'identified_records': of_identifiers}.items() %}
{%- set is_last = loop.last -%}
{% for attribute in attributes %}
select
    source_system,
    customer_namespace,
    source_customer_id,
    source_record_id,
    occurred_at,
    loaded_at,
    '{{ attribute }}' as attribute,
    {{ attribute }} as attribute_value
from {{ relation }}
where source_customer_id is not null
{{ 'union all' if not (loop.last and is_last) }}
{% endfor %}
{% endfor %}
