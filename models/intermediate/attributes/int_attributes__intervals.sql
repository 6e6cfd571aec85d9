-- What held from when to when. A record begins with the first old value of each attribute that its source logs, then
-- each logged change counts. Where nothing is logged, a source that keeps several records under one key says with each
-- what held from then on. What a record says now and its log does not explain counts from when it was learned.
{% set key = 'source_system, customer_namespace, source_customer_id' %}

with statements as (
    select
        *,
        row_number() over (
            partition by {{ key }}, attribute order by occurred_at nulls first, source_record_id
        ) as statement_number,
        row_number() over (
            partition by {{ key }}, attribute order by occurred_at desc nulls last, source_record_id desc
        ) = 1 as is_present
    from {{ ref('int_attributes__statements') }}
),

-- Numbered in the order of time, then of the log's own key: a key of digits counts 9 before 10.
changes as (
    select
        *,
        row_number() over (
            partition by {{ key }}, attribute order by occurred_at, char_length(source_record_id), source_record_id
        ) as change_number,
        row_number() over (
            partition by {{ key }}, attribute
            order by occurred_at desc, char_length(source_record_id) desc, source_record_id desc
        ) = 1 as is_last
    from {{ ref('int_attributes__changes') }}
),

-- Log rows can be older than the day on which a record was created, where records were moved into another system.
known_since as (
    select
        statements.source_system,
        statements.customer_namespace,
        statements.source_customer_id,
        coalesce(
            least(min(statements.occurred_at), min(changes.occurred_at)), min(statements.loaded_at)
        ) as known_since,
        min(statements.source_record_id) as source_record_id,
        min(statements.loaded_at) as loaded_at
    from statements
    left join changes
        on statements.source_system = changes.source_system
        and statements.customer_namespace = changes.customer_namespace
        and statements.source_customer_id = changes.source_customer_id
    group by statements.source_system, statements.customer_namespace, statements.source_customer_id
),

-- A log left behind by a record that is no more tells of nobody, and is not joined.
logged as (
    select
        changes.*,
        known_since.known_since,
        known_since.source_record_id as record_id,
        known_since.loaded_at as record_loaded_at
    from changes
    inner join known_since
        on changes.source_system = known_since.source_system
        and changes.customer_namespace = known_since.customer_namespace
        and changes.source_customer_id = known_since.source_customer_id
),

stated as (
    select
        statements.*,
        known_since.known_since,
        logged.new_value as last_logged_value,
        logged.occurred_at as last_logged_at,
        logged.attribute is not null as is_logged
    from statements
    inner join known_since
        on statements.source_system = known_since.source_system
        and statements.customer_namespace = known_since.customer_namespace
        and statements.source_customer_id = known_since.source_customer_id
    left join logged
        on statements.source_system = logged.source_system
        and statements.customer_namespace = logged.customer_namespace
        and statements.source_customer_id = logged.source_customer_id
        and statements.attribute = logged.attribute
        and logged.is_last
),

-- Of moments that fall together the highest step counts, and within it the highest number.
moments as (
    select
        {{ key }},
        attribute,
        record_id as source_record_id,
        record_loaded_at as loaded_at,
        known_since as valid_from,
        0 as step,
        cast(0 as bigint) as step_number,
        old_value as attribute_value
    from logged
    where change_number = 1

    union all

    select
        {{ key }},
        attribute,
        source_record_id,
        loaded_at,
        occurred_at,
        1,
        change_number,
        new_value
    from logged

    union all

    select
        {{ key }},
        attribute,
        source_record_id,
        loaded_at,
        case when statement_number = 1 then known_since else coalesce(occurred_at, known_since) end,
        1,
        statement_number,
        attribute_value
    from stated
    where not is_logged

    union all

    select
        {{ key }},
        attribute,
        source_record_id,
        loaded_at,
        case when loaded_at > last_logged_at then loaded_at else last_logged_at end,
        2,
        cast(0 as bigint),
        attribute_value
    from stated
    where is_logged and is_present and attribute_value is distinct from last_logged_value
),

decided as (
    select
        *,
        row_number() over (
            partition by {{ key }}, attribute, valid_from order by step desc, step_number desc
        ) as place,
        -- What nobody ever knew of a customer is no part of the profile.
        max(attribute_value) over (partition by {{ key }}, attribute) as any_value
    from moments
),

compared as (
    select
        *,
        row_number() over (partition by {{ key }}, attribute order by valid_from) as moment_number,
        lag(attribute_value) over (partition by {{ key }}, attribute order by valid_from) as previous_value
    from decided
    where place = 1 and any_value is not null
)

select
    source_system,
    customer_namespace,
    source_customer_id,
    source_record_id,
    loaded_at,
    attribute,
    is_public_attribute as has_public_value,
    attribute_value,
    valid_from,
    lead(valid_from) over (partition by {{ key }}, attribute order by valid_from) as valid_to
from {{ with_attribute_rules('compared') }}
where moment_number = 1 or attribute_value is distinct from previous_value
