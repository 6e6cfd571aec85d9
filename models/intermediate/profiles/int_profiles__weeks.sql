-- What the rows of each week look like, source by source and part by part, told from the contracts of the four types:
-- how many rows there are and of how many customers, how many customers have which class of value in each column, and
-- how many rows repeat the content of another under a key of their own. A customer's rows come together, so that it is
-- customers who are independent of each other. Weeks are counted back from the as-of day: each has all its days.
{% for profiled in profiled_entities() %}
{% set classes = profiled_columns(profiled) if execute else {'occurred_at': 'null'} %}
{% set content = content_columns(profiled) if execute else ['occurred_at'] %}
{% set rows %}
    select
        *,
        {{ profiled.get('part', "'all'") }} as part,
        coalesce({{ profiled.get('customer', 'customer_id') }}, source_record_id) as customer,
        cast(floor({{ days_between('business_date', as_of_date()) }} / 7.0) as bigint) as weeks_ago
    from {{ ref(profiled.entity) }}
    where business_date <= {{ as_of_date() }}
{% endset %}
select
    source_system,
    '{{ profiled.entity }}' as entity,
    part,
    weeks_ago,
    coalesce({% for name in classes %}{{ name }}_class, {% endfor %}'customers') as value_class,
    cast(count(distinct customer) as bigint) as unit_count
from (
    select
        source_system,
        part,
        weeks_ago,
        {% for name, class in classes.items() %}
        '{{ name }}=' || {{ class }} as {{ name }}_class,
        {% endfor %}
        customer
    from ({{ rows }}) as {{ profiled.entity }}
) as classed
group by
    grouping sets (
        (source_system, part, weeks_ago)
        {%- for name in classes %},
        (source_system, part, weeks_ago, {{ name }}_class)
        {%- endfor %}
    )
union all
select
    source_system,
    '{{ profiled.entity }}' as entity,
    part,
    weeks_ago,
    'rows' as value_class,
    cast(count(*) as bigint) as unit_count
from ({{ rows }}) as {{ profiled.entity }}
group by source_system, part, weeks_ago
union all
select
    source_system,
    '{{ profiled.entity }}' as entity,
    part,
    weeks_ago,
    'content=repeated' as value_class,
    cast(sum(row_count - 1) as bigint) as unit_count
from (
    select
        source_system,
        part,
        weeks_ago,
        count(*) as row_count
    from ({{ rows }}) as {{ profiled.entity }}
    group by source_system, part, weeks_ago, {{ content | join(', ') }}
) as repeated
where row_count > 1
group by source_system, part, weeks_ago
{{ 'union all' if not loop.last }}
{% endfor %}
