-- Which customer each key of a source stands for. A key is its own customer, unless a source links it, as an alias,
-- to exactly one other key; an alias of several (a shared device) is nobody's. Devices without a login are nobody yet.
with source_keys as (
    select * from {{ ref('int_identity__source_keys') }}
),

links as (
    select * from {{ ref('int_identity__links') }}
),

aliases as (
    select
        alias_namespace,
        alias_customer_id,
        count(distinct customer_namespace || ':' || source_customer_id) as principal_count,
        min(customer_namespace) as principal_namespace,
        min(source_customer_id) as principal_customer_id
    from links
    group by alias_namespace, alias_customer_id
),

resolved as (
    select
        source_keys.customer_namespace,
        source_keys.source_customer_id,
        case
            when aliases.principal_count = 1 then aliases.principal_namespace
            when aliases.principal_count is null and source_keys.customer_namespace <> 'web_device'
                then source_keys.customer_namespace
        end as principal_namespace,
        case
            when aliases.principal_count = 1 then aliases.principal_customer_id
            else source_keys.source_customer_id
        end as principal_customer_id
    from source_keys
    left join aliases
        on source_keys.customer_namespace = aliases.alias_namespace
        and source_keys.source_customer_id = aliases.alias_customer_id
)

select
    customer_namespace,
    source_customer_id,
    -- Null while anonymous, because the namespace then is.
    md5(principal_namespace || ':' || principal_customer_id) as customer_id
from resolved
