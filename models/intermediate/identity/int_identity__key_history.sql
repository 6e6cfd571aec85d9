-- Which customer each key has been, since the warehouse knows it: a row is added when that changes, and none is ever
-- changed. This memory keeps customer ids. Of the ids that a component's keys have it takes the oldest that is
-- its own: an id is that component's which holds the key it was made of or, where that key is gone, the oldest key
-- that has it. So a merge keeps the older id, and what a split takes away gets one of its own.
-- A full refresh is refused by configuration: it would give customers new ids.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=false,
) }}

with keys as (
    select customer_namespace || ':' || source_customer_id as key, component_key
    from {{ ref('int_identity__resolved_keys') }}
    where component_key is not null and is_customer_alone
),

learned as (
    select known_at from {{ ref('int_clock__known_at') }}
),

history as (
    {% if is_incremental() -%}
    select key, customer_id, generation from {{ this }}
    {%- else -%}
    select cast(null as string) as key, cast(null as string) as customer_id, cast(null as bigint) as generation
    where false
    {%- endif %}
),

remembered as (
    select key, customer_id, first_generation
    from (
        select
            key,
            customer_id,
            min(generation) over (partition by key) as first_generation,
            row_number() over (partition by key order by generation desc) as newest
        from history
    ) as numbered
    where newest = 1
),

births as (
    select customer_id, min(generation) as born_generation
    from history
    where customer_id is not null
    group by customer_id
),

holders as (
    select
        keys.component_key,
        remembered.customer_id,
        max(case when md5(keys.key) = remembered.customer_id then 1 else 0 end) as has_founding_key,
        min(remembered.first_generation) as oldest_generation,
        min(keys.key) as smallest_key
    from keys
    inner join remembered on keys.key = remembered.key
    where remembered.customer_id is not null
    group by keys.component_key, remembered.customer_id
),

keepers as (
    select
        *,
        row_number() over (
            partition by customer_id order by has_founding_key desc, oldest_generation asc, smallest_key asc
        ) as keeper
    from holders
),

kept as (
    select component_key, customer_id
    from (
        select
            keepers.component_key,
            keepers.customer_id,
            row_number() over (
                partition by keepers.component_key order by births.born_generation asc, keepers.smallest_key asc
            ) as oldest
        from keepers
        inner join births on keepers.customer_id = births.customer_id
        where keepers.keeper = 1
    ) as numbered
    where oldest = 1
),

founding_keys as (
    select component_key, key
    from (
        select
            keys.component_key,
            keys.key,
            row_number() over (
                partition by keys.component_key
                order by
                    remembered.first_generation asc nulls last,
                    case when keys.key = keys.component_key then 0 else 1 end asc,
                    keys.key asc
            ) as oldest
        from keys
        left join remembered on keys.key = remembered.key
    ) as numbered
    where oldest = 1
),

next_generation as (
    select coalesce(max(generation), 0) + 1 as generation from history
),

-- A key that was gone and comes back finds its old id taken where other keys had it, too.
ids as (
    select
        founding_keys.component_key,
        case
            when kept.customer_id is not null then kept.customer_id
            when taken.customer_id is null then md5(founding_keys.key)
            else md5(founding_keys.key || ':' || cast(next_generation.generation as string))
        end as customer_id
    from founding_keys
    cross join next_generation
    left join kept on founding_keys.component_key = kept.component_key
    left join kept as taken on md5(founding_keys.key) = taken.customer_id
),

changes as (
    select keys.key, ids.customer_id
    from keys
    inner join ids on keys.component_key = ids.component_key
    left join remembered on keys.key = remembered.key
    where ids.customer_id <> coalesce(remembered.customer_id, '')
    union all
    select remembered.key, cast(null as string) as customer_id
    from remembered
    left join keys on remembered.key = keys.key
    where keys.key is null and remembered.customer_id is not null
)

select
    changes.key,
    cast(next_generation.generation as bigint) as generation,
    changes.customer_id,
    learned.known_at
from changes
cross join next_generation
cross join learned
