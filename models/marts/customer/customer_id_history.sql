-- Every id a customer ever had here, and the customer it stands for now.
with key_history as (
    select * from {{ ref('int_identity__key_history') }}
),

steps as (
    select
        key,
        generation,
        known_at,
        customer_id,
        lag(customer_id) over (partition by key order by generation) as previous_customer_id,
        lead(generation) over (partition by key order by generation) as next_generation,
        lead(known_at) over (partition by key order by generation) as next_known_at,
        min(generation) over (partition by key) as key_generation
    from key_history
),

present as (
    select key, customer_id from steps
    where next_generation is null
),

-- Of the keys that had an id, those which had it last say where it went: they left it together, or had it to now.
stays as (
    select
        *,
        rank() over (partition by customer_id order by next_generation desc nulls first) as leaving,
        row_number() over (partition by customer_id order by generation asc, key_generation asc, key asc) as coming
    from steps
    where customer_id is not null
),

last_keys as (
    select
        stays.customer_id,
        stays.next_known_at,
        stays.next_generation,
        present.customer_id as current_customer_id,
        row_number() over (
            partition by stays.customer_id
            order by
                case when present.customer_id is null then 1 else 0 end asc, stays.key_generation asc, stays.key asc
        ) as oldest
    from stays
    inner join present on stays.key = present.key
    where stays.leaving = 1
)

select
    last_keys.customer_id,
    last_keys.current_customer_id,
    case
        when last_keys.next_generation is null then 'current'
        when last_keys.current_customer_id is null then 'gone'
        else 'merged'
    end as status,
    first_keys.known_at as first_known_at,
    last_keys.next_known_at as ended_at,
    first_keys.previous_customer_id as split_from_customer_id
from last_keys
inner join stays as first_keys
    on last_keys.customer_id = first_keys.customer_id and first_keys.coming = 1
where last_keys.oldest = 1
