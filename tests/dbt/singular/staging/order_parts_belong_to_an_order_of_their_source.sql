-- A line or payment takes its customer and its day from its order, so the order must be there.
-- (Parts of an order in quarantine are in quarantine with it.)
-- Refunds and reviews may name none; the one they name must exist.
{% set columns = {'source_system': 'string', 'source_record_id': 'string', 'order_id': 'string'} %}

with orders as (
    {{ staged_columns('orders', columns) }}
),

parts as (
    {% for entity in ['order_lines', 'payments', 'refunds', 'reviews'] %}
    select '{{ entity }}' as part, source_system, source_record_id, order_id
    from ({{ staged_columns(entity, columns) }}) as {{ entity }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select parts.part, parts.source_system, parts.source_record_id, parts.order_id
from parts
left join orders on parts.order_id = orders.order_id and parts.source_system = orders.source_system
where orders.order_id is null and (parts.order_id is not null or parts.part in ('order_lines', 'payments'))
order by parts.part, parts.source_system, parts.source_record_id
