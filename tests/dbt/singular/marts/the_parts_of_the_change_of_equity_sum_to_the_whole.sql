-- To the last digit: acquisition, retention, frequency, margin and model change are the change, and the change leads
-- from one month's equity to the next.
select month_date, equity_change_amount
from {{ ref('customer_equity_monthly') }}
where equity_change_amount
    <> acquisition_amount + retention_amount + frequency_amount + margin_amount + model_change_amount
    or equity_change_amount <> coalesce(equity_amount, 0) - previous_equity_amount
    or (equity_change_amount is null) <> (previous_equity_amount is null)
