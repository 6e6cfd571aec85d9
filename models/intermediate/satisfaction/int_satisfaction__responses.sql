-- What one person answered about one construct at one time: the weighted mean of the items on 0-100. An answer that was
-- changed counts as it is now.
with answers as (
    select * from {{ ref('int_satisfaction__answers') }}
),

changed as (
    select instrument, construct, response_id, count(*) as superseded_count
    from answers
    where is_superseded
    group by instrument, construct, response_id
),

counted as (
    select
        questionnaire,
        instrument,
        construct,
        response_id,
        max(customer_id) as customer_id,
        max(respondent_id) as respondent_id,
        {{ single_values(['touchpoint', 'channel', 'phase', 'order_id', 'ticket_id', 'product_id']) }},
        max(answered_at) as answered_at,
        max(answered_date) as answered_date,
        count(*) as item_count,
        min(score) as lowest_score,
        cast(sum(cast(item_index * item_weight as decimal(26, 8))) as double)
        / cast(sum(item_weight) as double) as response_index
    from answers
    where not is_superseded
    group by questionnaire, instrument, construct, response_id
)

select
    counted.questionnaire,
    counted.instrument,
    counted.construct,
    counted.response_id,
    counted.customer_id,
    counted.respondent_id,
    counted.touchpoint,
    counted.channel,
    counted.phase,
    counted.order_id,
    counted.ticket_id,
    counted.product_id,
    counted.answered_at,
    counted.answered_date,
    cast(counted.item_count as bigint) as item_count,
    cast(coalesce(changed.superseded_count, 0) as bigint) as superseded_count,
    cast(counted.lowest_score as decimal(18, 4)) as lowest_score,
    cast(counted.response_index as decimal(18, 6)) as response_index
from counted
left join changed
    on counted.instrument = changed.instrument
    and counted.construct = changed.construct
    and counted.response_id = changed.response_id
