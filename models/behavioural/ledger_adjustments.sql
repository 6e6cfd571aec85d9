with staged as (
    {{ union_staging('ledger_adjustments', computed=['amount']) }}
)

select
    staged.ledger_adjustment_id,
    staged.source_system,
    staged.source_record_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.adjustment_type,
    staged.product_id,
    staged.quantity,
    staged.currency,
    staged.original_amount,
    {{ in_base_currency('staged.original_amount', 'staged.currency') }} as amount
from staged
{{ exchange_rate_join('staged') }}
