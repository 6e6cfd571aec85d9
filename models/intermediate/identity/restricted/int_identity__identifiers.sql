-- What each record of a customer is reached by, in one spelling, with the key that stands for it downstream: telephone
-- numbers in E.164, the others in lower case. A number without its country's code takes that of the record's country.
with identifiers as (
    {{ staged_columns('customer_identifiers', {
        'customer_namespace': 'string',
        'source_customer_id': 'string',
        'email': 'string',
        'phone': 'string',
        'loyalty_number': 'string',
        'social_handle': 'string',
    }) }}
),

records as (
    {{ staged_columns('customer_records', {
        'customer_namespace': 'string',
        'source_customer_id': 'string',
        'country': 'string',
    }) }}
),

calling_codes as (
    select * from {{ ref('calling_codes') }}
),

phones as (
    select
        identifiers.customer_namespace,
        identifiers.source_customer_id,
        identifiers.phone as typed,
        {{ e164('identifiers.phone', 'calling_codes.calling_code', 'calling_codes.trunk_prefix') }} as identifier
    from identifiers
    left join records
        on identifiers.customer_namespace = records.customer_namespace
        and identifiers.source_customer_id = records.source_customer_id
    left join calling_codes
        on records.country = calling_codes.country_code
),

spelled as (
    select customer_namespace, source_customer_id, 'phone' as namespace, typed, identifier
    from phones
    {% for namespace, column in {'email': 'email', 'loyalty': 'loyalty_number', 'social': 'social_handle'}.items() -%}
    union all
    select
        customer_namespace,
        source_customer_id,
        '{{ namespace }}' as namespace,
        {{ column }} as typed,
        {{ one_spelling(column) }} as identifier
    from identifiers
    {% endfor -%}
)

select distinct
    customer_namespace,
    source_customer_id,
    namespace,
    -- What was written, less its blanks: a placeholder is no longer seen where a country's code stands before it.
    {{ one_spelling('typed') }} as typed_identifier,
    identifier,
    {{ hashed_key('identifier') }} as identifier_id
from spelled
where identifier is not null and identifier <> ''
