-- The contacts that led a customer to a purchase, and those that led to none. A contact belongs to the next purchase
-- after it, if that came within the window. All others between two purchases are parted by the window, counted from the
-- first of them: each part is a path that led nowhere. It is told once no purchase can come of it any more, so that a
-- path that may still lead to one is neither, and none is ever told otherwise later.
{% set window = var('attribution_window_days') %}
{% set path_key = 'customer_id, purchase_number, window_number' %}

with purchases as (
    select
        customer_id,
        business_date as purchase_date,
        min(occurred_at) as purchased_at
    from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
    group by customer_id, business_date
),

numbered as (
    select
        *,
        row_number() over (partition by customer_id order by purchased_at, purchase_date) as purchase_number
    from purchases
),

-- At one moment the purchase comes first: what happens as somebody buys did not lead there.
moments as (
    select
        customer_id,
        purchased_at as occurred_at,
        purchase_date as business_date,
        1 as purchase_count,
        '' as channel
    from purchases
    union all
    select
        customer_id,
        occurred_at,
        business_date,
        0 as purchase_count,
        channel
    from {{ ref('int_journey__steps') }}
),

placed as (
    select
        *,
        1 + cast(sum(purchase_count) over (
            partition by customer_id order by occurred_at asc, purchase_count desc, channel asc
            rows between unbounded preceding and current row
        ) as bigint) as purchase_number
    from moments
),

steps as (
    select
        placed.customer_id,
        placed.occurred_at,
        placed.business_date,
        placed.channel,
        placed.purchase_number,
        coalesce({{ days_between('placed.business_date', 'numbered.purchase_date') }} <= {{ window }}, false)
            as has_converted
    from placed
    left join numbered
        on placed.customer_id = numbered.customer_id and placed.purchase_number = numbered.purchase_number
    where placed.purchase_count = 0
),

begun as (
    select
        *,
        min(business_date) over (partition by customer_id, purchase_number, has_converted) as first_date
    from steps
),

-- Window 0 is that of the purchase.
parted as (
    select
        *,
        case
            when has_converted then 0
            else cast(1 + floor({{ days_between('first_date', 'business_date') }} / {{ window }}) as bigint)
        end as window_number
    from begun
),

followed as (
    select
        *,
        lag(channel) over (partition by {{ path_key }} order by occurred_at, channel) as previous_channel
    from parted
    where has_converted
        or {{ days_between('first_date', as_of_date()) }} + 1 >= {{ window }} * (window_number + 1)
),

-- Contacts of one channel in a row are one step: a message and the visit it brought, or five newsletters.
changes as (
    select
        *,
        row_number() over (partition by {{ path_key }} order by occurred_at, channel) as step_number
    from followed
    where previous_channel is null or previous_channel <> channel
),

paths as (
    select
        {{ path_key }},
        {{ joined_in_order('channel', ' > ', 'step_number') }} as path,
        count(*) as step_count,
        min(business_date) as started_date
    from changes
    group by {{ path_key }}
),

conversions as (
    select
        numbered.customer_id,
        numbered.purchase_number,
        paths.path,
        paths.step_count,
        paths.started_date,
        numbered.purchase_date,
        purchase_days.goods_amount
    from numbered
    inner join {{ ref('int_value__purchase_days') }} as purchase_days
        on numbered.customer_id = purchase_days.customer_id and numbered.purchase_date = purchase_days.purchase_date
    left join paths
        on numbered.customer_id = paths.customer_id
        and numbered.purchase_number = paths.purchase_number
        and paths.window_number = 0
),

ended as (
    select * from conversions
    union all
    select
        customer_id,
        purchase_number,
        path,
        step_count,
        started_date,
        cast(null as date) as purchase_date,
        0 as goods_amount
    from paths
    where window_number > 0
)

select
    customer_id,
    case purchase_number when 1 then 'first_purchase' else 'repeat_purchase' end as conversion_type,
    coalesce(path, 'direct') as path,
    coalesce(step_count, 0) as step_count,
    started_date,
    purchase_date,
    purchase_date is not null as has_converted,
    goods_amount
from ended
