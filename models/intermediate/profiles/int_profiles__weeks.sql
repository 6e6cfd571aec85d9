-- What the rows of each week look like, source by source and part by part, told from the contracts of the four types:
-- how many rows there are and of how many customers, how many customers have which class of value in each column, and
-- how many rows repeat the content of another under a key of their own. A customer's rows come together, so that it is
-- customers who are independent of each other. Weeks are counted back from the as-of day: each has all its days.

with classed as (
    {% for profiled in profiled_entities() %}
    {% set value_classes = ["'customers'"] %}
    {% for name, class in (profiled_columns(profiled) if execute else {}).items() %}
    {% do value_classes.append("'" ~ name ~ "=' || " ~ class) %}
    {% endfor %}
    select
        source_system,
        '{{ profiled.entity }}' as entity,
        {{ profiled.get('part', "'all'") }} as part,
        cast(floor({{ days_between('business_date', as_of_date()) }} / 7.0) as bigint) as weeks_ago,
        coalesce({{ profiled.get('customer', 'customer_id') }}, source_record_id) as customer,
        {{ each_of(value_classes) }} as value_class
    from {{ ref(profiled.entity) }}
    where business_date <= {{ as_of_date() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

contents as (
    {% for profiled in profiled_entities() %}
    {% set content = content_columns(profiled) if execute else ['occurred_at'] %}
    select
        source_system,
        '{{ profiled.entity }}' as entity,
        part,
        weeks_ago,
        count(*) as row_count
    from (
        select
            *,
            {{ profiled.get('part', "'all'") }} as part,
            cast(floor({{ days_between('business_date', as_of_date()) }} / 7.0) as bigint) as weeks_ago
        from {{ ref(profiled.entity) }}
        where business_date <= {{ as_of_date() }}
    ) as {{ profiled.entity }}
    group by source_system, part, weeks_ago, {{ content | join(', ') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

summed as (
    select
        source_system,
        entity,
        part,
        weeks_ago,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(row_count - 1) as bigint) as repeated_row_count
    from contents
    group by source_system, entity, part, weeks_ago
)

select
    source_system,
    entity,
    part,
    weeks_ago,
    value_class,
    cast(count(distinct customer) as bigint) as unit_count
from classed
group by source_system, entity, part, weeks_ago, value_class
union all
select
    source_system,
    entity,
    part,
    weeks_ago,
    'rows' as value_class,
    row_count as unit_count
from summed
union all
select
    source_system,
    entity,
    part,
    weeks_ago,
    'content=repeated' as value_class,
    repeated_row_count as unit_count
from summed
where repeated_row_count > 0
