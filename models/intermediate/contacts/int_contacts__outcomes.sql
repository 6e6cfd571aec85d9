-- What came of each assignment to an arm within its days: visits to site or app, orders, and what is left of these.
-- Only assignments whose days are over, so that all have had as long.
with assignments as (
    select * from {{ ref('int_contacts__assignments') }}
    where is_over
),

purchases as (
    select * from {{ ref('int_value__purchase_margins') }}
),

sessions as (
    select customer_id, started_date from {{ ref('sessions') }}
    where customer_id is not null
),

-- Of a customer who bought nothing the margin is 0; of one who bought at a source that knows no cost it is not known.
bought as (
    select
        assignments.assignment_id,
        sum(case when purchases.purchase_date < assignments.assigned_date then purchases.order_count else 0 end)
            as earlier_order_count,
        {%- for measure in ['order_count', 'revenue_amount', 'margin_amount'] %}
        sum(case when purchases.purchase_date >= assignments.assigned_date then purchases.{{ measure }} else 0 end)
            as {{ measure }},
        {%- endfor %}
        max(
            case
                when purchases.purchase_date >= assignments.assigned_date and purchases.margin_amount is null then 1
                else 0
            end
        ) as has_unknown_margin
    from assignments
    inner join purchases
        on assignments.customer_id = purchases.customer_id
        and assignments.last_outcome_date >= purchases.purchase_date
    group by assignments.assignment_id
),

visited as (
    select distinct assignments.assignment_id
    from assignments
    inner join sessions
        on assignments.customer_id = sessions.customer_id
        and assignments.assigned_date <= sessions.started_date
        and assignments.last_outcome_date >= sessions.started_date
)

select
    assignments.assignment_id,
    assignments.source_system,
    assignments.campaign,
    assignments.customer_id,
    assignments.experiment_arm,
    assignments.offer_category,
    assignments.assigned_date,
    assignments.has_both_arms,
    assignments.cost_amount,
    case
        when coalesce(bought.earlier_order_count, 0) = 0 then 'none'
        when bought.earlier_order_count = 1 then 'one'
        else 'several'
    end as earlier_orders,
    visited.assignment_id is not null as has_visited,
    cast(coalesce(bought.order_count, 0) as bigint) as order_count,
    cast(coalesce(bought.revenue_amount, 0) as decimal(28, 4)) as revenue_amount,
    cast(
        case when coalesce(bought.has_unknown_margin, 0) = 0 then coalesce(bought.margin_amount, 0) end
        as decimal(28, 4)
    ) as margin_amount
from assignments
left join bought on assignments.assignment_id = bought.assignment_id
left join visited on assignments.assignment_id = visited.assignment_id
