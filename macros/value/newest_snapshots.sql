{% macro newest_snapshots() -%}
    {#- The newest version of each month of `customer_value_monthly` that had ended at the as-of moment. -#}
    (
        select snapshot.*
        from {{ ref('customer_value_monthly') }} as snapshot
        inner join (
            select month_date, max(snapshot_version) as snapshot_version
            from {{ ref('customer_value_monthly') }}
            group by month_date
        ) as newest
            on snapshot.month_date = newest.month_date and snapshot.snapshot_version = newest.snapshot_version
        where snapshot.month_date < {{ open_month_date() }}
    )
{%- endmacro %}
