-- What speaks against a customer's records being one person: two dates of birth, or more records in one source than a
-- person gathers there. Two records that somebody decided to merge are in no conflict any more.
with records as (
    select
        *,
        customer_namespace || ':' || source_customer_id as record
    from {{ ref('int_identity__compared_records') }}
),

merged as (
    select
        first_namespace || ':' || first_customer_id as first_record,
        second_namespace || ':' || second_customer_id as second_record
    from {{ ref('identity_decisions') }}
    where decision = 'merge'
),

of_two_births as (
    select one.customer_id, one.record
    from records as one
    inner join records as another
        on one.customer_id = another.customer_id and one.birth_date <> another.birth_date
    left join merged
        on (one.record = merged.first_record and another.record = merged.second_record)
        or (one.record = merged.second_record and another.record = merged.first_record)
    where merged.first_record is null
),

of_one_source as (
    select customer_id, customer_namespace, count(*) as record_count
    from records
    group by customer_id, customer_namespace
    having count(*) > {{ var('suspect_records_per_source') }}
)

select customer_id, 'birth_dates_differ' as conflict, cast(count(distinct record) as bigint) as record_count
from of_two_births
group by customer_id

union all

select customer_id, 'many_records_of_one_source' as conflict, cast(max(record_count) as bigint) as record_count
from of_one_source
group by customer_id
