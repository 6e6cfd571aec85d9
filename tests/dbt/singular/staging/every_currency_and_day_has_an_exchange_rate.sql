-- An amount without a rate would become null. What is missing belongs into the finance department's rates, or, before
-- its first quote of a currency, into seeds/finance/exchange_rates.csv.
-- Only a customer record may lack a time, and then its cost has no rate; elsewhere the contract asks for the time.
{% set amounts = {
    'orders': 'original_freight_amount',
    'payments': 'original_amount',
    'refunds': 'original_amount',
    'ledger_adjustments': 'original_amount',
    'customer_records': 'original_acquisition_cost_amount',
    'message_events': 'original_cost_amount',
    'opportunity_events': 'original_expected_amount',
    'survey_invitation_events': 'original_incentive_amount',
    'subscriptions': 'original_monthly_amount',
    'ad_campaign_days': 'original_spend_amount',
    'fixed_costs': 'original_amount',
} %}

with orders as (
    {{ staged_columns('orders', {'order_id': 'string', 'occurred_at': 'timestamp'}) }}
),

order_lines as (
    {{ staged_columns('order_lines', {'source_system': 'string', 'currency': 'string', 'order_id': 'string',
                                      'product_id': 'string'}) }}
),

products as (
    {{ staged_columns('products', {'product_id': 'string', 'currency': 'string',
                                   'original_unit_cost_amount': 'decimal(18, 4)'}) }}
),

amounts as (
    {% for entity, amount in amounts.items() %}
    select '{{ entity }}' as entity, source_system, currency, cast(occurred_at as date) as occurred_date
    from (
        {{ staged_columns(entity, {'source_system': 'string', 'currency': 'string', 'occurred_at': 'timestamp',
                                   amount: 'decimal(18, 4)'}) }}
    ) as {{ entity }}
    where {{ amount }} is not null {{- ' and occurred_at is not null' if entity != 'customer_records' }}
    union all
    {% endfor %}
    -- A line happened when its order did; without one it is another test's.
    select 'order_lines', order_lines.source_system, order_lines.currency, cast(orders.occurred_at as date)
    from order_lines
    inner join orders on order_lines.order_id = orders.order_id
    union all
    -- What was sold costs what the product does, in the product's currency, on the day of the order.
    select 'products', order_lines.source_system, products.currency, cast(orders.occurred_at as date)
    from order_lines
    inner join orders on order_lines.order_id = orders.order_id
    inner join products on order_lines.product_id = products.product_id
    where products.original_unit_cost_amount is not null
),

needed as (
    select
        currency,
        occurred_date,
        count(*) as row_count,
        min(source_system || ' ' || entity) as example
    from amounts
    group by currency, occurred_date
),

rates as (
    select * from {{ ref('int_money__exchange_rates') }}
)

select needed.currency, needed.occurred_date, needed.row_count, needed.example
from needed
left join rates on needed.currency = rates.currency and needed.occurred_date = rates.rate_date
where rates.rate is null and needed.currency is distinct from '{{ var("base_currency") }}'
order by needed.currency nulls first, needed.occurred_date nulls first
