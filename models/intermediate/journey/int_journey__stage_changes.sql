-- Every moment at which a rule of seeds/journey/journey_stage_rules.csv puts a customer into a stage of the
-- relationship. Buying rules look at purchases; for an organisation, whose purchases are not ours to see, the deal won
-- stands for the first, and silence afterwards means nothing.
with rules as (
    select
        max(case when stage = 'active' then threshold end) as active_purchases,
        max(case when stage = 'loyal' then threshold end) as loyal_purchases,
        max(case when stage = 'at_risk' then threshold end) as at_risk_days,
        max(case when stage = 'lapsed' then threshold end) as lapsed_days
    from {{ ref('journey_stage_rules') }}
    where axis = 'relationship'
),

-- A life event happened to the customer, and not between them and us: it is no touch.
events as (
    select * from {{ ref('int_timeline__events') }}
    where customer_id is not null and business_date <= {{ as_of_date() }} and entity <> 'life_events'
),

organisations as (
    select distinct customer_id
    from {{ ref('customer_records') }}
    where customer_type = 'organisation'
),

purchases as (
    select customer_id, occurred_at, true as is_observed
    from {{ ref('orders') }}
    where is_purchase and customer_id is not null and business_date <= {{ as_of_date() }}
    union all
    select events.customer_id, events.occurred_at, false as is_observed
    from events
    inner join organisations on events.customer_id = organisations.customer_id
    where events.entity = 'opportunity_events' and events.event_type = 'won'
),

-- Orders placed at one moment are one step: whoever comes back with two of them has come back once.
moments as (
    select customer_id, occurred_at, count(*) as purchase_count, max(is_observed) as is_observed
    from purchases
    group by customer_id, occurred_at
),

numbered as (
    select
        customer_id,
        occurred_at,
        is_observed,
        cast(sum(purchase_count) over (
            partition by customer_id order by occurred_at rows between unbounded preceding and current row
        ) as bigint) as purchase_number,
        lag(occurred_at) over (partition by customer_id order by occurred_at) as previous_at,
        lag(is_observed) over (partition by customer_id order by occurred_at) as is_previous_observed,
        lead(occurred_at) over (partition by customer_id order by occurred_at) as next_at
    from moments
),

first_touches as (
    select
        events.customer_id,
        min(events.occurred_at) as first_touch_at,
        min(case when events.is_identified then events.occurred_at end) as first_identified_at,
        min(
            case when events.entity = 'opportunity_events' and events.event_type = 'opened' then events.occurred_at end
        ) as first_opportunity_at,
        min(numbered.occurred_at) as first_purchase_at
    from events
    left join numbered on events.customer_id = numbered.customer_id and numbered.previous_at is null
    group by events.customer_id
),

changes as (
    select customer_id, first_touch_at as valid_from, 'anonymous' as stage, 1 as priority
    from first_touches
    where first_touch_at < coalesce(first_identified_at, {{ as_of() }})

    union all

    select customer_id, first_identified_at, 'prospect', 2
    from first_touches
    where first_identified_at < coalesce(first_purchase_at, {{ as_of() }})

    union all

    select customer_id, first_opportunity_at, 'opportunity', 3
    from first_touches
    where first_opportunity_at < coalesce(first_purchase_at, {{ as_of() }})

    union all

    select
        numbered.customer_id,
        numbered.occurred_at,
        case
            when numbered.is_observed
                and numbered.is_previous_observed
                and numbered.occurred_at > {{ add_days('numbered.previous_at', 'rules.lapsed_days') }} then 'won_back'
            when numbered.purchase_number >= rules.loyal_purchases then 'loyal'
            when numbered.purchase_number >= rules.active_purchases then 'active'
            else 'new'
        end,
        3 + numbered.purchase_number
    from numbered
    cross join rules

    union all

    select numbered.customer_id, {{ add_days('numbered.occurred_at', 'rules.at_risk_days') }}, 'at_risk', 0
    from numbered
    cross join rules
    where numbered.is_observed
        and {{ add_days('numbered.occurred_at', 'rules.at_risk_days') }} < coalesce(numbered.next_at, {{ as_of() }})

    union all

    select numbered.customer_id, {{ add_days('numbered.occurred_at', 'rules.lapsed_days') }}, 'lapsed', 0
    from numbered
    cross join rules
    where numbered.is_observed
        and {{ add_days('numbered.occurred_at', 'rules.lapsed_days') }} < coalesce(numbered.next_at, {{ as_of() }})
)

select
    customer_id,
    valid_from,
    stage,
    priority
from changes
