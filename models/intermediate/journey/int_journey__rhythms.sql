-- How each customer buys, as it could be known at each day of purchase: the purchases so far and the newest model of
-- repeat buying that had been fitted to those alike. Of a customer who still buys, the rate is gamma distributed with
-- shape r + x and scale alpha + t_x (Fader, Hardie, Lee 2005), so a one-time buyer has the rhythm of the segment.
with purchase_days as (
    select
        customer_id,
        purchase_date,
        row_number() over (partition by customer_id order by purchase_date) - 1 as frequency,
        {{ days_between('min(purchase_date) over (partition by customer_id)', 'purchase_date') }} as recency_days,
        {{ days_between('lag(purchase_date) over (partition by customer_id order by purchase_date)', 'purchase_date') }}
            as gap_days
    from {{ ref('int_value__purchase_days') }}
),

segments as (
    select * from {{ ref('int_value__customer_segments') }}
    where source_system is not null
),

fits as (
    select
        fit_id,
        window_to_date,
        source_system,
        segment,
        model,
        max(case when parameter = 'r' then estimate end) as r,
        max(case when parameter = 'alpha' then estimate end) as alpha,
        max(case when parameter = 'a' then estimate end) as a,
        max(case when parameter = 'b' then estimate end) as b
    from {{ ref('int_valuation__model_fits') }}
    where purpose = 'month_end' and status in ('fitted', 'kept') and model <> 'gamma_gamma'
    group by fit_id, window_to_date, source_system, segment, model
),

-- A segment that is too small for a fit of its own has that of all customers of its source.
of_segments as (
    select
        fits.*,
        named.segment as segment_fitted,
        row_number() over (
            partition by named.source_system, named.segment, fits.window_to_date
            order by case when fits.segment is null then 1 else 0 end
        ) as place
    from (select distinct source_system, segment from segments) as named
    inner join fits
        on named.source_system = fits.source_system
        and (named.segment = fits.segment or fits.segment is null)
),

-- Before anything was fitted the first fit stands in, which nobody knew then.
dated as (
    select
        *,
        lag(window_to_date) over (partition by source_system, segment_fitted order by window_to_date) is null
            as is_first,
        lead(window_to_date) over (partition by source_system, segment_fitted order by window_to_date)
            as next_window_to_date
    from of_segments
    where place = 1
)

select
    purchase_days.customer_id,
    purchase_days.purchase_date,
    dated.fit_id,
    purchase_days.purchase_date > dated.window_to_date as is_known_then,
    dated.r + purchase_days.frequency as rate_shape,
    dated.alpha + purchase_days.recency_days as rate_scale_days,
    -- Odds of having left with this purchase. Under BG/NBD nobody leaves with the first; of Pareto/NBD there are none
    -- in closed form.
    case
        when dated.model = 'mbg_nbd' then dated.a / (dated.b + purchase_days.frequency)
        when dated.model = 'bg_nbd' and purchase_days.frequency = 0 then cast(0 as double)
        when dated.model = 'bg_nbd' then dated.a / (dated.b + purchase_days.frequency - 1)
    end as dropout_odds,
    coalesce(max(purchase_days.gap_days) over (
        partition by purchase_days.customer_id order by purchase_days.purchase_date
        rows between unbounded preceding and current row
    ), 0) as longest_gap_days
from purchase_days
inner join segments on purchase_days.customer_id = segments.customer_id
inner join dated
    on segments.source_system = dated.source_system
    and segments.segment = dated.segment_fitted
    and (purchase_days.purchase_date > dated.window_to_date or dated.is_first)
    and (purchase_days.purchase_date <= dated.next_window_to_date or dated.next_window_to_date is null)
