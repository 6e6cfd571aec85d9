-- The records of a candidate beside each other, for the person who decides.
{{ config(materialized='view') }}

with candidates as (
    select * from {{ ref('int_matching__candidates') }}
),

persons as (
    {{ staged_columns('customer_identifiers', {
        'customer_namespace': 'string',
        'source_customer_id': 'string',
        'first_name': 'string',
        'last_name': 'string',
        'birth_date': 'date',
        'street': 'string',
        'postal_code': 'string',
        'email': 'string',
        'phone': 'string',
    }) }}
),

described as (
    select
        customer_namespace,
        source_customer_id,
        max(first_name) as first_name,
        max(last_name) as last_name,
        max(birth_date) as birth_date,
        max(street) as street,
        max(postal_code) as postal_code,
        max(email) as email,
        max(phone) as phone
    from persons
    group by customer_namespace, source_customer_id
)

select
    candidates.identity_candidate_id,
    candidates.match_probability,
    candidates.agreed,
    candidates.differed,
    candidates.decision,
    candidates.first_namespace,
    candidates.first_customer_id,
    {% for column in ['first_name', 'last_name', 'birth_date', 'street', 'postal_code', 'email', 'phone'] -%}
    one.{{ column }} as first_record_{{ column }},
    another.{{ column }} as second_record_{{ column }},
    {% endfor -%}
    candidates.second_namespace,
    candidates.second_customer_id
from candidates
left join described as one
    on candidates.first_namespace = one.customer_namespace
    and candidates.first_customer_id = one.source_customer_id
left join described as another
    on candidates.second_namespace = another.customer_namespace
    and candidates.second_customer_id = another.source_customer_id
