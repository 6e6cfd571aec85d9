{% macro customer_states(events) -%}
    {#- What events, as events_as_of gives them, add up to: a row a customer. -#}
    (
        select
            customer_id,
            min(occurred_at) as first_event_at,
            max(occurred_at) as last_event_at,
            {% for data_type in ['descriptive', 'behavioural', 'attitudinal', 'interaction'] -%}
            cast(count(case when data_type = '{{ data_type }}' then 1 end) as bigint) as {{ data_type }}_event_count,
            {% endfor -%}
            cast(count(case when entity = 'orders' then 1 end) as bigint) as order_count,
            max(case when entity = 'orders' then occurred_at end) as last_order_at,
            cast(
                coalesce(sum(case when entity in ('order_lines', 'refunds') then event_value end), 0) as decimal(28, 4)
            ) as ordered_less_refunded_amount,
            max(loaded_at) as last_loaded_at
        from {{ events }} as event_as_of
        where customer_id is not null
        group by customer_id
    )
{%- endmacro %}
