-- What was not allowed to join records into one customer, and why: identifiers as a whole, and single pairs.
with identifier_use as (
    select * from {{ ref('int_identity__identifier_use') }}
),

pairs as (
    select * from {{ ref('int_identity__decided_pairs') }}
),

refused as (
    select
        'identifier' as refusal_scope,
        namespace as first_namespace,
        identifier_id as first_customer_id,
        cast(null as string) as second_namespace,
        cast(null as string) as second_customer_id,
        cast(null as string) as link_type,
        refusal_reason,
        record_count
    from identifier_use
    where refusal_reason is not null
    union all
    -- Two records can share several identifiers; each that was refused for one reason is told once.
    select distinct
        'pair' as refusal_scope,
        first_namespace,
        first_customer_id,
        second_namespace,
        second_customer_id,
        link_type,
        refusal_reason,
        cast(2 as bigint) as record_count
    from pairs
    where refusal_reason is not null
)

select
    md5(concat_ws(
        '|', refusal_scope, first_namespace, first_customer_id, second_namespace, second_customer_id, link_type,
        refusal_reason
    )) as identity_refusal_id,
    refusal_scope,
    first_namespace,
    first_customer_id,
    second_namespace,
    second_customer_id,
    link_type,
    refusal_reason,
    record_count
from refused
