-- How many records share an identifier, and whether it may join them: not a value that the seed blocks, and not one
-- that more records share than a person has.
with links as (
    select * from {{ ref('int_identity__links') }}
),

namespaces as (
    select * from {{ ref('identity_namespaces') }}
),

blocked as (
    select identifiers.namespace, identifiers.identifier_id, min(patterns.reason) as reason
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join {{ ref('identity_blocked_identifiers') }} as patterns
        on identifiers.namespace = patterns.identifier
    where {{ matches_column('identifiers.identifier', 'patterns.pattern') }}
        or {{ matches_column('identifiers.typed_identifier', 'patterns.pattern') }}
    group by identifiers.namespace, identifiers.identifier_id
),

shared as (
    select
        links.alias_namespace as namespace,
        links.alias_customer_id as identifier_id,
        count(distinct links.customer_namespace || ':' || links.source_customer_id) as record_count,
        count(distinct links.customer_namespace) as record_namespace_count
    from links
    inner join namespaces
        on links.alias_namespace = namespaces.namespace
    group by links.alias_namespace, links.alias_customer_id
),

named as (
    select namespace, identifier_id from shared
    union
    select namespace, identifier_id from blocked
)

select
    named.namespace,
    named.identifier_id,
    cast(coalesce(shared.record_count, 0) as bigint) as record_count,
    coalesce(shared.record_count = shared.record_namespace_count, true) as has_one_record_a_namespace,
    case
        when blocked.reason is not null then blocked.reason
        when shared.record_count > namespaces.maximum_records then 'shared by more records than a person has'
    end as refusal_reason
from named
inner join namespaces
    on named.namespace = namespaces.namespace
left join shared
    on named.namespace = shared.namespace and named.identifier_id = shared.identifier_id
left join blocked
    on named.namespace = blocked.namespace and named.identifier_id = blocked.identifier_id
