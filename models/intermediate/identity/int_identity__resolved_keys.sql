-- Which component each key of a source belongs to. A record belongs to its own. An identifier belongs to that of the
-- records it was seen with, if that is one; seen with several (a shared device), or of a kind that identifies nobody
-- alone (a device without a login), it is nobody's.
with source_keys as (
    select *, customer_namespace || ':' || source_customer_id as key from {{ ref('int_identity__source_keys') }}
),

links as (
    select * from {{ ref('int_identity__links') }}
),

namespaces as (
    select * from {{ ref('identity_namespaces') }}
),

identifier_use as (
    select * from {{ ref('int_identity__identifier_use') }}
),

components as (
    select * from {{ ref('int_identity__components') }}
),

-- A record that nothing joins is a component of its own.
records as (
    select linked.key, coalesce(components.component_key, linked.key) as component_key
    from (select distinct customer_namespace || ':' || source_customer_id as key from links) as linked
    left join components on linked.key = components.key
),

seen_with as (
    select
        links.alias_namespace as namespace,
        links.alias_customer_id as identifier_id,
        count(distinct records.component_key) as customer_count,
        min(records.component_key) as component_key
    from links
    inner join records
        on links.customer_namespace || ':' || links.source_customer_id = records.key
    group by links.alias_namespace, links.alias_customer_id
),

resolved as (
    select
        source_keys.customer_namespace,
        source_keys.source_customer_id,
        case
            when namespaces.namespace is null
                then coalesce(components.component_key, source_keys.key)
            when identifier_use.refusal_reason is not null then null
            when seen_with.customer_count = 1 then seen_with.component_key
            when seen_with.customer_count is null and namespaces.is_customer_alone
                then source_keys.key
        end as component_key,
        coalesce(namespaces.is_customer_alone, true) as is_customer_alone
    from source_keys
    left join namespaces
        on source_keys.customer_namespace = namespaces.namespace
    left join components
        on source_keys.key = components.key
    left join seen_with
        on source_keys.customer_namespace = seen_with.namespace
        and source_keys.source_customer_id = seen_with.identifier_id
    left join identifier_use
        on source_keys.customer_namespace = identifier_use.namespace
        and source_keys.source_customer_id = identifier_use.identifier_id
)

select
    customer_namespace,
    source_customer_id,
    -- Null while anonymous.
    component_key,
    is_customer_alone
from resolved
