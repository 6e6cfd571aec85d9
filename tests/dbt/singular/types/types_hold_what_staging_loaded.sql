-- Every row that broke no row rule is in its type, once, with its amount and quantity: by entity and source. Values are
-- cast, because a union of decimals of several scales may round them to the smallest. Rows are united before they are
-- summed: Spark takes its time for each aggregate, not for a row.
{% set figures = {
    'customer_records': ['original_acquisition_cost_amount', none],
    'customer_identifiers': [none, none],
    'customer_attribute_changes': [none, none],
    'customer_attribute_values': [none, none],
    'consents': [none, none],
    'life_events': [none, none],
    'stated_needs': [none, none],
    'products': ['original_unit_cost_amount', none],
    'orders': ['original_freight_amount', none],
    'order_lines': ['original_amount', 'quantity'],
    'payments': ['original_amount', 'installment_count'],
    'refunds': ['original_amount', 'quantity'],
    'ledger_adjustments': ['original_amount', 'quantity'],
    'subscriptions': ['original_monthly_amount', none],
    'product_usage': [none, 'quantity'],
    'survey_answers': ['score', none],
    'survey_comments': [none, none],
    'reviews': ['rating', 'comment_length'],
    'review_comments': [none, none],
    'mentions': [none, 'text_length'],
    'mention_texts': [none, none],
    'survey_invitation_events': ['original_incentive_amount', none],
    'message_events': ['original_cost_amount', none],
    'opportunity_events': ['original_expected_amount', none],
    'agent_activities': ['duration_minutes', none],
    'tickets': ['satisfaction_score', none],
    'ticket_events': [none, none],
    'ticket_comments': [none, 'text_length'],
    'ticket_comment_texts': [none, none],
    'ad_campaign_days': ['original_spend_amount', 'click_count'],
    'web_events': [none, none],
    'search_terms': [none, none],
} %}

with united as (
    {% for entity, (amount, quantity) in figures.items() %}
    {%- set columns = {'source_system': 'string'} -%}
    {%- if amount %}{% do columns.update({amount: 'decimal(18, 4)'}) %}{% endif -%}
    {%- if quantity %}{% do columns.update({quantity: 'bigint'}) %}{% endif -%}
    {%- set is_last = loop.last -%}
    {% for side, relation in [('staged', '(' ~ staged_columns(entity, columns) ~ ')'), ('typed', ref(entity))] %}
    select
        '{{ entity }}' as entity,
        '{{ side }}' as side,
        source_system,
        cast({{ amount or 'null' }} as decimal(18, 4)) as amount,
        cast({{ quantity or 'null' }} as bigint) as quantity
    from {{ relation }} as {{ entity }}
    {{ 'union all' if not (loop.last and is_last) }}
    {% endfor %}
    {% endfor %}
),

summed as (
    select
        {% for side in ['staged', 'typed'] -%}
        count(case when side = '{{ side }}' then 1 end) as {{ side }}_row_count,
        sum(case when side = '{{ side }}' then amount end) as {{ side }}_amount,
        sum(case when side = '{{ side }}' then quantity end) as {{ side }}_quantity,
        {% endfor -%}
        entity,
        source_system
    from united
    group by entity, source_system
)

select * from summed
where staged_row_count <> typed_row_count
    or staged_amount is distinct from typed_amount
    or staged_quantity is distinct from typed_quantity
