-- Every moment at which a rule of seeds/journey/journey_stage_rules.csv puts a customer into a stage. A row of the seed
-- is a stage, what leads into it (`entered_by`), and from which threshold on. What speaks of buying looks at purchases.
-- For an organisation, whose purchases are not ours to see, the deal won stands for the first, and silence afterwards
-- means nothing.
with rules as (
    select
        axis,
        stage,
        position,
        entered_by,
        cast(threshold as bigint) as threshold,
        cast(lead(threshold) over (partition by axis, entered_by order by threshold) as bigint) as next_threshold
    from {{ ref('journey_stage_rules') }}
),

-- A life event happened to the customer, and not between them and us: it is no touch.
touches as (
    select * from {{ ref('int_coverage__customer_events') }}
    where customer_id is not null and event_count > 0 and entity <> 'life_events'
),

opportunities as (
    select * from {{ ref('opportunity_events') }}
    where customer_id is not null and business_date <= {{ as_of_date() }}
),

organisations as (
    select distinct customer_id
    from {{ ref('customer_records') }}
    where customer_type = 'organisation'
),

purchases as (
    select customer_id, occurred_at, true as is_observed
    from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
    union all
    select opportunities.customer_id, opportunities.occurred_at, false as is_observed
    from opportunities
    inner join organisations on opportunities.customer_id = organisations.customer_id
    where opportunities.stage = 'won'
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

first_purchases as (
    select customer_id, occurred_at as first_purchase_at
    from numbered
    where previous_at is null
),

first_touches as (
    select
        touches.customer_id,
        min(touches.first_event_at) as first_touch_at,
        min(touches.first_identified_at) as first_identified_at,
        min(first_purchases.first_purchase_at) as first_purchase_at
    from touches
    left join first_purchases on touches.customer_id = first_purchases.customer_id
    group by touches.customer_id
),

-- What leads into a stage unless something comes before it: a touch at once, silence after the days of its rule.
beginnings as (
    select customer_id, 'anonymous_touch' as entered_by, first_touch_at as began_at, first_identified_at as ended_at
    from first_touches
    union all
    select customer_id, 'identified_touch', first_identified_at, first_purchase_at
    from first_touches
    union all
    select
        opportunities.customer_id,
        'opportunity_opened',
        min(opportunities.occurred_at),
        min(first_purchases.first_purchase_at)
    from opportunities
    left join first_purchases on opportunities.customer_id = first_purchases.customer_id
    where opportunities.stage = 'opened'
    group by opportunities.customer_id
    union all
    select customer_id, 'days_without_purchase', occurred_at, next_at
    from numbered
    where is_observed
),

begun as (
    select
        beginnings.customer_id,
        rules.axis,
        rules.stage,
        rules.position,
        beginnings.ended_at,
        case
            when rules.entered_by = 'days_without_purchase'
                then {{ add_days('beginnings.began_at', 'rules.threshold') }}
            else beginnings.began_at
        end as valid_from
    from beginnings
    inner join rules on beginnings.entered_by = rules.entered_by
),

bought as (
    select
        numbered.customer_id,
        rules.axis,
        rules.stage,
        rules.position,
        numbered.occurred_at as valid_from
    from numbered
    inner join rules
        on (
            rules.entered_by = 'purchase_count'
            and numbered.purchase_number >= rules.threshold
            and numbered.purchase_number < coalesce(rules.next_threshold, numbered.purchase_number + 1)
        )
        or (
            rules.entered_by = 'purchase_after_silence'
            and numbered.is_observed
            and numbered.is_previous_observed
            and numbered.occurred_at > {{ add_days('numbered.previous_at', 'rules.threshold') }}
        )
)

select customer_id, axis, stage, position, valid_from
from begun
where valid_from < coalesce(ended_at, {{ as_of() }})
union all
select customer_id, axis, stage, position, valid_from
from bought
