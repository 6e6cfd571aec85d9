-- Who first bought when, and was won by which channel. A month that has begun would look worse than it is: who first
-- bought in it has not bought by the end of the last closed one.
select
    segments.customer_id,
    coalesce(segments.acquisition_channel, 'unknown') as acquisition_channel,
    case
        when segments.first_purchase_date < clock.open_month_date
            then cast(date_trunc('month', segments.first_purchase_date) as date)
    end as cohort_month_date
from {{ ref('int_value__customer_segments') }} as segments
cross join {{ ref('int_clock__as_of') }} as clock
