-- Which ways lead to a purchase and which do not. Ways of too few customers are one row, so that all rows add up.
with paths as (
    select
        *,
        case when has_converted then {{ days_between('started_date', 'purchase_date') }} end as conversion_days
    from {{ ref('int_journey__paths') }}
),

variants as (
    select
        conversion_type,
        path,
        {{ too_few('count(distinct customer_id)') }} as is_rare
    from paths
    group by conversion_type, path
),

shown as (
    select
        paths.*,
        case when variants.is_rare then 'other paths' else paths.path end as path_variant
    from paths
    inner join variants on paths.conversion_type = variants.conversion_type and paths.path = variants.path
),

counted as (
    select
        conversion_type,
        path_variant as path,
        case when path_variant <> 'other paths' then max(step_count) end as step_count,
        count(distinct customer_id) as customer_count,
        count(*) as path_count,
        count(purchase_date) as conversion_count,
        sum(goods_amount) as revenue_amount,
        percentile_cont(0.5) within group (order by conversion_days) as median_conversion_days
    from shown
    group by conversion_type, path_variant
),

totals as (
    select
        *,
        {{ too_few('customer_count') }} as is_suppressed,
        sum(conversion_count) over (partition by conversion_type) as all_conversion_count
    from counted
)

select
    conversion_type || ':' || path as journey_path_id,
    conversion_type,
    path,
    cast(step_count as bigint) as step_count,
    is_suppressed,
    cast(case when not is_suppressed then customer_count end as bigint) as customer_count,
    cast(case when not is_suppressed then path_count end as bigint) as path_count,
    cast(case when not is_suppressed then conversion_count end as bigint) as conversion_count,
    cast(
        case when not is_suppressed and path <> 'direct' then cast(conversion_count as double) / path_count end
        as decimal(18, 6)
    ) as conversion_rate,
    cast(
        case when not is_suppressed then cast(conversion_count as double) / nullif(all_conversion_count, 0) end
        as decimal(18, 6)
    ) as conversion_share,
    cast(case when not is_suppressed then revenue_amount end as decimal(28, 4)) as revenue_amount,
    cast(case when not is_suppressed then median_conversion_days end as decimal(18, 1)) as median_conversion_days
from totals
