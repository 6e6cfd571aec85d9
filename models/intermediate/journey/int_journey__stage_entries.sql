-- Every moment at which a rule of seeds/journey/journey_stage_rules.csv puts a customer into a stage. A row of the seed
-- is a stage, what leads into it (`entered_by`), and from which threshold on. What speaks of buying looks at purchases.
-- For an organisation, whose purchases are not ours to see, the deal won stands for the first, and silence afterwards
-- means nothing. A rule looks at nothing that came later, so a stage of the past stays what it was.
with rules as (
    select
        axis,
        stage,
        position,
        entered_by,
        cast(threshold as double) as threshold,
        cast(lead(threshold) over (partition by axis, entered_by order by threshold) as double) as next_threshold,
        entered_by in ('own_rhythm', 'probability_alive') as is_of_rhythm
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
    select customer_id, occurred_at, business_date, true as is_observed
    from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
    union all
    select opportunities.customer_id, opportunities.occurred_at, opportunities.business_date, false as is_observed
    from opportunities
    inner join organisations on opportunities.customer_id = organisations.customer_id
    where opportunities.stage = 'won'
),

-- Orders placed at one moment are one step: whoever comes back with two of them has come back once.
moments as (
    select
        customer_id,
        occurred_at,
        max(business_date) as purchase_date,
        count(*) as purchase_count,
        max(is_observed) as is_observed
    from purchases
    group by customer_id, occurred_at
),

numbered as (
    select
        customer_id,
        occurred_at,
        purchase_date,
        is_observed,
        cast(sum(purchase_count) over (
            partition by customer_id order by occurred_at rows between unbounded preceding and current row
        ) as bigint) as purchase_number,
        lag(occurred_at) over (partition by customer_id order by occurred_at) as previous_at,
        lead(occurred_at) over (partition by customer_id order by occurred_at) as next_at,
        lead(is_observed) over (partition by customer_id order by occurred_at) as is_next_observed
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

-- How many talks go on after each event of one.
talks as (
    select
        opportunities.customer_id,
        opportunities.occurred_at,
        opportunities.stage,
        first_purchases.first_purchase_at,
        sum(case opportunities.stage when 'opened' then 1 when 'won' then -1 when 'lost' then -1 else 0 end) over (
            partition by opportunities.customer_id order by opportunities.occurred_at
        ) as open_count
    from opportunities
    left join first_purchases on opportunities.customer_id = first_purchases.customer_id
),

public_reviews as (
    select distinct instrument, review_id
    from {{ ref('reviews') }}
    where platform is not null
),

-- What customers said of recommending the company, and what they wrote of it where others read it: an answer that was
-- changed, as it is now.
statements as (
    select
        responses.customer_id,
        responses.answered_at,
        case
            when responses.measure = 'nps' and responses.response_value > 0 then 'promoting_statement'
            when responses.measure = 'nps' and responses.response_value = 0 then 'passive_statement'
            when responses.measure = 'nps' then 'detracting_statement'
            when responses.response_value > 100 * {{ var('rated_positive_above') }} then 'public_praise'
            when responses.response_value < 100 * {{ var('rated_negative_below') }} then 'detracting_statement'
            else 'passive_statement'
        end as entered_by
    from {{ ref('int_satisfaction__measured_responses') }} as responses
    left join public_reviews
        on responses.instrument = public_reviews.instrument and responses.response_id = public_reviews.review_id
    where responses.customer_id is not null
        and (
            responses.measure = 'nps'
            or (responses.measure = 'satisfaction_index' and public_reviews.review_id is not null)
        )
),

-- What leads into a stage unless something comes before it. Who loses the last talk is what they were before it.
beginnings as (
    select customer_id, 'first_touch' as entered_by, first_touch_at as began_at, cast(null as timestamp) as ended_at
    from first_touches
    union all
    select customer_id, 'anonymous_touch', first_touch_at, first_identified_at
    from first_touches
    union all
    select customer_id, 'identified_touch', first_identified_at, first_purchase_at
    from first_touches
    union all
    select customer_id, 'opportunity_opened', occurred_at, first_purchase_at
    from talks
    where stage = 'opened'
    union all
    select customer_id, 'identified_touch', occurred_at, first_purchase_at
    from talks
    where stage = 'lost' and open_count <= 0
    union all
    select customer_id, entered_by, answered_at, cast(null as timestamp)
    from statements
),

begun as (
    select beginnings.customer_id, rules.axis, rules.stage, rules.position, beginnings.began_at as valid_from
    from beginnings
    inner join rules on beginnings.entered_by = rules.entered_by
    where beginnings.began_at < coalesce(beginnings.ended_at, {{ as_of() }})
),

bought as (
    select numbered.customer_id, rules.axis, rules.stage, rules.position, numbered.occurred_at as valid_from
    from numbered
    inner join rules
        on rules.entered_by = 'purchase_count'
        and numbered.purchase_number >= rules.threshold
        and numbered.purchase_number < coalesce(rules.next_threshold, numbered.purchase_number + 1)
),

-- Days of silence after each purchase until a rule takes hold: until so many of the own gaps would have ended, or until
-- the customer has as likely left as not, past the longest gap so far; never where nothing says so.
silences as (
    select
        numbered.customer_id,
        numbered.occurred_at,
        numbered.next_at,
        numbered.is_next_observed,
        rules.axis,
        rules.stage,
        rules.position,
        rules.is_of_rhythm,
        case
            when rules.entered_by = 'own_rhythm' then rhythms.rate_shape is not null
            when rules.entered_by = 'probability_alive' then rhythms.dropout_odds is not null
            else true
        end as is_applicable,
        not rules.is_of_rhythm or rhythms.is_known_then as is_known_then,
        case
            when rules.entered_by = 'days_without_purchase' then rules.threshold
            when rules.entered_by = 'own_rhythm'
                then rhythms.rate_scale_days * (power(1 - rules.threshold, -1 / rhythms.rate_shape) - 1)
            when rhythms.dropout_odds > 0
                then greatest(
                        rhythms.longest_gap_days,
                        rhythms.rate_scale_days * (
                            power((1 / rules.threshold - 1) / rhythms.dropout_odds, 1 / rhythms.rate_shape) - 1
                        )
                    )
        end as silent_days
    from numbered
    inner join rules
        on rules.entered_by in ('days_without_purchase', 'own_rhythm', 'probability_alive')
    left join {{ ref('int_journey__rhythms') }} as rhythms
        on numbered.customer_id = rhythms.customer_id and numbered.purchase_date = rhythms.purchase_date
    where numbered.is_observed
),

-- Of whom a rhythm is known, a number of days for everybody says nothing.
counted as (
    select
        *,
        is_of_rhythm = max(is_of_rhythm) over (partition by customer_id, occurred_at, axis, stage) as is_counted
    from silences
    where is_applicable
),

-- A stage further on begins no sooner; and the furthest is the one from which a purchase wins back. Whole days, a
-- century at most; less a millionth, so that the last digit of a double adds no day on one engine alone.
fallen_silent as (
    select
        customer_id,
        axis,
        stage,
        position,
        is_known_then,
        next_at,
        is_next_observed,
        position = max(position) over (partition by axis) as is_furthest,
        case
            when silent_days is not null
                then {{ add_days('occurred_at', 'ceil(least(36500, max(silent_days) over ('
                    ~ 'partition by customer_id, occurred_at, axis order by position)) - 1e-6)') }}
        end as valid_from
    from counted
    where is_counted
),

won_back as (
    select
        fallen_silent.customer_id,
        rules.axis,
        rules.stage,
        rules.position,
        fallen_silent.next_at as valid_from,
        fallen_silent.is_known_then
    from fallen_silent
    inner join rules on fallen_silent.axis = rules.axis and rules.entered_by = 'purchase_after_silence'
    where fallen_silent.is_furthest and fallen_silent.is_next_observed
        and fallen_silent.next_at > fallen_silent.valid_from
),

-- What was said once is not believed for ever.
faded as (
    select
        stated.customer_id,
        rules.axis,
        rules.stage,
        rules.position,
        {{ add_days('stated.answered_at', 'rules.threshold') }} as valid_from
    from (
        select
            customer_id,
            answered_at,
            lead(answered_at) over (partition by customer_id order by answered_at) as next_at
        from statements
    ) as stated
    inner join rules on rules.entered_by = 'days_without_statement'
    where {{ add_days('stated.answered_at', 'rules.threshold') }} < coalesce(stated.next_at, {{ as_of() }})
)

select customer_id, axis, stage, position, valid_from, true as is_known_then
from begun
union all
select customer_id, axis, stage, position, valid_from, true
from bought
union all
select customer_id, axis, stage, position, valid_from, is_known_then
from fallen_silent
where valid_from < coalesce(next_at, {{ as_of() }})
union all
select customer_id, axis, stage, position, valid_from, is_known_then
from won_back
union all
select customer_id, axis, stage, position, valid_from, true
from faded
