-- Whatever it is cut by, the parts of a measure of a month are the cases of the whole, and as many were met.
with sums as (
    select * from {{ ref('int_service__month_sums') }}
),

wholes as (
    select * from sums
    where dimension = 'none'
),

parts as (
    select
        month_date,
        measure,
        dimension,
        sum(ticket_count) as ticket_count,
        sum(ended_ticket_count) as ended_ticket_count,
        sum(judged_ticket_count) as judged_ticket_count,
        sum(met_ticket_count) as met_ticket_count
    from sums
    where dimension <> 'none'
    group by month_date, measure, dimension
)

select parts.*
from parts
left join wholes on parts.month_date = wholes.month_date and parts.measure = wholes.measure
where parts.ticket_count is distinct from wholes.ticket_count
    or parts.ended_ticket_count is distinct from wholes.ended_ticket_count
    or parts.judged_ticket_count is distinct from wholes.judged_ticket_count
    or parts.met_ticket_count is distinct from wholes.met_ticket_count
