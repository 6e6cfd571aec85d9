-- Everyone the sources know, resolved: the newest record says who they are, the first how they were won, their events
-- what we hold of them.
with customer_keys as (
    select * from {{ ref('int_identity__customer_keys') }}
    where customer_id is not null
),

customer_records as (
    select * from {{ ref('customer_records') }}
    where {{ is_known_record() }}
),

first_records as (
    select * from {{ ref('int_acquisition__first_records') }}
),

held as (
    select * from {{ ref('int_coverage__customer_events') }}
    where customer_id is not null
),

keys_by_customer as (
    select customer_id, cast(count(*) as bigint) as source_key_count
    from customer_keys
    group by customer_id
),

-- The newest record that says a thing says it; records without a time come last.
described as (
    select
        customer_id,
        {% for attribute in ['country', 'region', 'city', 'birth_year', 'segment', 'preferred_channel'] %}
        max_by({{ attribute }}, case when {{ attribute }} is not null then recency end) as {{ attribute }},
        {% endfor %}
        case
            when max(case when customer_type = 'organisation' then 1 else 0 end) = 1 then 'organisation'
            when max(case when customer_type = 'person' then 1 else 0 end) = 1 then 'person'
            else 'unknown'
        end as customer_type
    from (
        select
            *,
            row_number() over (
                partition by customer_id order by occurred_at asc nulls first, customer_record_id asc
            ) as recency
        from customer_records
    ) as ranked
    group by customer_id
),

lived as (
    select
        customer_id,
        {% for data_type in ['descriptive', 'behavioural', 'attitudinal', 'interaction'] %}
        cast(sum(case when data_type = '{{ data_type }}' then event_count end) as bigint)
            as {{ data_type }}_event_count,
        {% endfor %}
        cast(sum(event_count) as bigint) as event_count,
        min(first_event_at) as first_event_at,
        max(last_event_at) as last_event_at
    from held
    group by customer_id
),

as_of_year as (
    select extract(year from as_of_date) as as_of_year from {{ ref('int_clock__as_of') }}
),

joined as (
    select
        keys_by_customer.customer_id,
        keys_by_customer.source_key_count,
        described.customer_type,
        described.country,
        described.region,
        described.city,
        described.segment,
        described.preferred_channel,
        first_records.acquisition_channel,
        lived.first_event_at,
        lived.last_event_at,
        lived.descriptive_event_count,
        lived.behavioural_event_count,
        lived.attitudinal_event_count,
        lived.interaction_event_count,
        as_of_year.as_of_year - described.birth_year as age
    from keys_by_customer
    cross join as_of_year
    left join described on keys_by_customer.customer_id = described.customer_id
    left join first_records on keys_by_customer.customer_id = first_records.customer_id
    left join lived on keys_by_customer.customer_id = lived.customer_id
    -- Whoever has events, and all of them later, is not met yet.
    where lived.event_count is null or lived.event_count > 0
)

select
    customer_id,
    coalesce(customer_type, 'unknown') as customer_type,
    country,
    region,
    city,
    case
        when age < 18 then 'under 18'
        when age < 30 then '18-29'
        when age < 45 then '30-44'
        when age < 60 then '45-59'
        when age >= 60 then '60 and over'
    end as age_band,
    segment,
    preferred_channel,
    acquisition_channel,
    source_key_count,
    first_event_at,
    last_event_at,
    coalesce(descriptive_event_count, 0) as descriptive_event_count,
    coalesce(behavioural_event_count, 0) as behavioural_event_count,
    coalesce(attitudinal_event_count, 0) as attitudinal_event_count,
    coalesce(interaction_event_count, 0) as interaction_event_count
from joined
