-- Each amount, worked out anew from its original and the rates as finance quotes them, or the seed holds them. With 19
-- digits, as in `in_base_currency`: the product of two decimals of 18 overflows at a million.
{% set amounts = {
    'customer_records': ['original_acquisition_cost_amount', 'acquisition_cost_amount'],
    'orders': ['original_freight_amount', 'freight_amount'],
    'order_lines': ['original_amount', 'amount'],
    'payments': ['original_amount', 'amount'],
    'refunds': ['original_amount', 'amount'],
    'ledger_adjustments': ['original_amount', 'amount'],
    'message_events': ['original_cost_amount', 'cost_amount'],
    'opportunity_events': ['original_expected_amount', 'expected_amount'],
    'survey_invitation_events': ['original_incentive_amount', 'incentive_amount'],
    'subscriptions': ['original_monthly_amount', 'monthly_amount'],
    'ad_campaign_days': ['original_spend_amount', 'spend_amount'],
} %}

with amounts as (
    {% for entity, (original, converted) in amounts.items() %}
    select
        '{{ entity }}' as entity,
        source_system,
        source_record_id,
        currency,
        {{ 'campaign_date' if entity == 'ad_campaign_days' else 'business_date' }} as business_date,
        {{ original }} as original_amount,
        {{ converted }} as amount
    from {{ ref(entity) }}
    where {{ original }} is not null or {{ converted }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

quoted as (
    {{ staged_columns('exchange_rates', {'currency': 'string', 'rate_date': 'date', 'rate': 'decimal(18, 8)'}) }}
),

first_quotes as (
    select currency, min(rate_date) as first_date
    from quoted
    group by currency
),

seeded as (
    select
        currency,
        cast(valid_from_date as date) as valid_from_date,
        cast(valid_to_date as date) as valid_to_date,
        cast(rate as decimal(18, 8)) as rate
    from {{ ref('exchange_rates') }}
    where base_currency = '{{ var("base_currency") }}'
),

days as (
    select distinct currency, business_date as amount_date
    from amounts
),

last_quotes as (
    select days.currency, days.amount_date, max_by(quoted.rate, quoted.rate_date) as rate
    from days
    inner join quoted
        on days.currency = quoted.currency
        and days.amount_date >= quoted.rate_date
        and {{ days_between('quoted.rate_date', 'days.amount_date') }} <= {{ var('exchange_rate_days_at_most') }}
    group by days.currency, days.amount_date
),

converted as (
    select
        amounts.*,
        case
            when amounts.currency = '{{ var("base_currency") }}' then cast(1 as decimal(18, 8))
            when amounts.business_date >= first_quotes.first_date then last_quotes.rate
            else seeded.rate
        end as rate
    from amounts
    left join first_quotes on amounts.currency = first_quotes.currency
    left join last_quotes
        on amounts.currency = last_quotes.currency and amounts.business_date = last_quotes.amount_date
    left join seeded
        on amounts.currency = seeded.currency
        and amounts.business_date >= seeded.valid_from_date
        and amounts.business_date < seeded.valid_to_date
)

select entity, source_system, source_record_id, currency, business_date, original_amount, rate, amount
from converted
where amount is distinct from cast(cast(original_amount as decimal(19, 4)) * rate as decimal(18, 4))
