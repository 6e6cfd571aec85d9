-- Frozen month-ends. Rows are added and never changed: a month whose rows would come out differently today gets all of
-- them once more, as a new version. A full refresh is refused by configuration: it would forget what was reported.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook=[
        "{{ rename_columns_of_before({
            'contribution_amount': 'margin_amount', 'lifetime_contribution_amount': 'lifetime_margin_amount',
            'recency_busy_days': 'recency_seasonally_adjusted_days', 'age_busy_days': 'age_seasonally_adjusted_days',
        }) }}",
        "{{ widen_columns_of_before() }}",
    ],
) }}

-- A month whose customers have not all been valued yet (dbt run alone, say) waits: what is frozen must be whole.
with waiting as (
    select distinct month_date
    from {{ ref('int_value__customer_months') }}
    where prediction_note = '{{ not_valued_yet() }}'
),

computed as (
    select months.*
    from {{ ref('int_value__customer_months') }} as months
    left join waiting on months.month_date = waiting.month_date
    where waiting.month_date is null
),

learned as (
    select max(loaded_at) as known_at
    from (
        select max(loaded_at) as loaded_at from {{ ref('orders') }}
        union all
        select max(loaded_at) from {{ ref('order_lines') }}
        union all
        select max(loaded_at) from {{ ref('refunds') }}
    ) as loads
),

{% if is_incremental() -%}
stored as (
    select customer_id, month_date, snapshot_version, content_md5
    from (
        select
            customer_id,
            month_date,
            snapshot_version,
            content_md5,
            max(snapshot_version) over (partition by month_date) as newest_version
        from {{ this }}
    ) as versions
    where snapshot_version = newest_version
),

computed_months as (
    select distinct month_date from computed
),

stored_versions as (
    select month_date, max(snapshot_version) as snapshot_version
    from stored
    group by month_date
),

-- A month changes with any row that is new, gone or different. Months that are no longer computed rest.
changed_months as (
    select distinct coalesce(computed.month_date, stored.month_date) as month_date
    from computed
    full outer join stored
        on computed.month_date = stored.month_date and computed.customer_id = stored.customer_id
    where coalesce(computed.content_md5, '') <> coalesce(stored.content_md5, '')
),

new_versions as (
    select
        computed_months.month_date,
        coalesce(stored_versions.snapshot_version, 0) + 1 as snapshot_version
    from computed_months
    inner join changed_months on computed_months.month_date = changed_months.month_date
    left join stored_versions on computed_months.month_date = stored_versions.month_date
)
{%- else -%}
new_versions as (
    select distinct month_date, 1 as snapshot_version from computed
)
{%- endif %}

select
    {{ snapshot_id('computed.customer_id', 'computed.month_date', 'new_versions.snapshot_version') }}
        as customer_value_monthly_id,
    cast(new_versions.snapshot_version as bigint) as snapshot_version,
    learned.known_at,
    -- All that a row holds is frozen. The contract says which columns that are.
    computed.*  -- noqa: AM04
from computed
inner join new_versions on computed.month_date = new_versions.month_date
cross join learned
