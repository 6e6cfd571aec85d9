-- The days on which a source has amounts in another currency than the base one, each with its rate. An amount without a
-- rate would become null: a test refuses such days before the amounts are converted.
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
{# What is booked for a day, or from a day on, has no other. #}
{% set own_days = {'ad_campaign_days': 'campaign_date', 'fixed_costs': 'month_date'} %}

with orders as (
    {{ staged_columns('orders', {'order_id': 'string', 'business_date': 'date'}) }}
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
    -- Only a customer record may lack a time, and then its cost has no rate; elsewhere the contract asks for the time.
    {% for entity, amount in amounts.items() %}
    {% set date_column = own_days.get(entity, 'business_date') %}
    select source_system, currency, {{ date_column }} as amount_date
    from (
        {{ staged_columns(entity, {'source_system': 'string', 'currency': 'string', date_column: 'date',
                                   amount: 'decimal(18, 4)'}) }}
    ) as {{ entity }}
    where {{ amount }} is not null {{- ' and ' ~ date_column ~ ' is not null' if entity != 'customer_records' }}
    union all
    {% endfor %}
    -- A line happened when its order did; without one it is another test's.
    select order_lines.source_system, order_lines.currency, orders.business_date as amount_date
    from order_lines
    inner join orders on order_lines.order_id = orders.order_id
    union all
    -- What was sold costs what the product does, in the product's currency, on the day of the order.
    select order_lines.source_system, products.currency, orders.business_date as amount_date
    from order_lines
    inner join orders on order_lines.order_id = orders.order_id
    inner join products on order_lines.product_id = products.product_id
    where products.original_unit_cost_amount is not null
),

amount_days as (
    select source_system, currency, amount_date, cast(count(*) as bigint) as amount_count
    from amounts
    where currency is distinct from '{{ var("base_currency") }}'
    group by source_system, currency, amount_date
),

rates as (
    select * from {{ ref('int_money__daily_rates') }}
)

select
    amount_days.source_system,
    amount_days.currency,
    amount_days.amount_date,
    amount_days.amount_count,
    rates.quoted_date,
    rates.rate
from amount_days
left join rates on amount_days.currency = rates.currency and amount_days.amount_date = rates.rate_date
