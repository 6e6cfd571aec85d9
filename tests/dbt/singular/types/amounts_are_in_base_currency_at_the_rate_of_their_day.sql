-- Each amount, worked out anew from its original and the seed of rates.
{% set amounts = {
    'customer_records': ['original_acquisition_cost_amount', 'acquisition_cost_amount'],
    'orders': ['original_freight_amount', 'freight_amount'],
    'order_lines': ['original_amount', 'amount'],
    'payments': ['original_amount', 'amount'],
    'refunds': ['original_amount', 'amount'],
    'ledger_adjustments': ['original_amount', 'amount'],
    'message_events': ['original_cost_amount', 'cost_amount'],
    'opportunity_events': ['original_expected_amount', 'expected_amount'],
} %}

with amounts as (
    {% for entity, (original, converted) in amounts.items() %}
    select
        '{{ entity }}' as entity,
        source_system,
        source_record_id,
        currency,
        occurred_at,
        {{ original }} as original_amount,
        {{ converted }} as amount
    from {{ ref(entity) }}
    where {{ original }} is not null or {{ converted }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

rates as (
    select currency, valid_from_date, valid_to_date, cast(rate as decimal(18, 8)) as rate
    from {{ ref('exchange_rates') }}
    where base_currency = '{{ var("base_currency") }}'
),

converted as (
    select
        amounts.*,
        case when amounts.currency = '{{ var("base_currency") }}' then cast(1 as decimal(18, 8)) else rates.rate end
            as rate
    from amounts
    left join rates
        on amounts.currency = rates.currency
        and cast(amounts.occurred_at as date) >= cast(rates.valid_from_date as date)
        and cast(amounts.occurred_at as date) < cast(rates.valid_to_date as date)
)

select entity, source_system, source_record_id, currency, occurred_at, original_amount, rate, amount
from converted
where amount is distinct from cast(original_amount * rate as decimal(18, 4))
