-- What advertising cost beyond what records say of the customers it won: the bills of a month and channel, less the
-- acquisition costs recorded of those who were won in it by that channel, in equal shares. So nothing counts twice, and
-- where no record says a cost, the whole bill is shared out. What a channel billed in a month in which it won nobody
-- is nobody's; its cohort bears it (int_value__cohort_months).
select
    segments.customer_id,
    bills.month_date,
    cast(cast(bills.spend_amount - bills.recorded_amount as double) / bills.won_customer_count as decimal(28, 4))
        as advertising_amount
from {{ ref('int_value__customer_segments') }} as segments
inner join {{ ref('int_value__advertising_bills') }} as bills
    on segments.acquisition_channel = bills.acquisition_channel
    and cast(date_trunc('month', segments.won_date) as date) = bills.month_date
where segments.won_date <= {{ as_of_date() }} and bills.spend_amount > bills.recorded_amount
