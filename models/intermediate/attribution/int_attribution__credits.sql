select
    conversion_type,
    channel,
    attribution_model,
    conversion_credit,
    conversion_credit_lower_95,
    conversion_credit_upper_95,
    cast(revenue_ten_thousandths as decimal(19, 0)) * cast(0.0001 as decimal(5, 4)) as revenue_amount,
    removal_effect,
    held_out_log_loss,
    is_best_order,
    _loaded_at as estimated_at
from {{ source('attribution', 'channel_credits') }}
