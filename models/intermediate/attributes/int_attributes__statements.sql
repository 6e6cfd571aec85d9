-- What each record says of a customer, attribute by attribute: the columns of the types, turned into rows, and what
-- sources state beyond them.
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

further_statements as (
    {{ staged_columns('customer_attribute_statements', dict(
        keys, occurred_at='timestamp', loaded_at='timestamp', attribute='string', attribute_value='string'
    )) }}
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
),

stated as (
    {{ attribute_rows('records', of_records) }}
    union all
    {{ attribute_rows('identified_records', of_identifiers) }}
    union all
    select
        source_system,
        customer_namespace,
        source_customer_id,
        source_record_id,
        occurred_at,
        loaded_at,
        attribute,
        attribute_value
    from further_statements
)

select * from stated
where source_customer_id is not null
