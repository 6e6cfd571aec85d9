"""How long a dashboard's twelve queries take on a published version: the median, and what 95 of 100 do not exceed.

    python benchmarks/query/run.py .cem/published/current [RUNS]

A dashboard asks all of them each time that somebody opens it. So they are asked in turns, each as often as RUNS says
(50), after one round that reads the file's pages. The goal is at most 100 ms for 95 of 100, of a company of factor 1.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import duckdb

RUNS = 50

# A parameter is a customer.
QUERIES = {
    "customers and residual value by value tier": """
        select value_tier, count(*), sum(residual_clv_amount), sum(net_revenue_amount)
        from marts.customer_value group by all order by all""",
    "equity by month, with its interval": """
        select month_date, value_basis, equity_amount, equity_lower_95_amount, equity_upper_95_amount,
            return_on_customer
        from marts.customer_equity_monthly order by all""",
    "cohorts by age in months": """
        select cohort_month_date, month_number, customer_count, cumulative_margin_after_service_and_retention_amount
        from marts.cohort_value where not is_suppressed order by all""",
    "satisfaction by month, each measure": """
        select period_end_date, questionnaire, measure, score, lower_95, upper_95, answer_count
        from marts.satisfaction where dimension = 'none' and period_type = '1 month' order by all""",
    "the newest half year by every cut": """
        select questionnaire, measure, dimension, dimension_value, score, lower_95, upper_95, answer_count
        from marts.satisfaction where period_type = '6 months'
        qualify period_end_date = max(period_end_date) over () order by all""",
    "falls beyond noise": """
        select period_end_date, measure, dimension, dimension_value, score_change, adjusted_p_value
        from marts.satisfaction_trends where is_beyond_noise and score_change < 0
        order by period_end_date desc, adjusted_p_value limit 20""",
    "customers by stage, today and a year ago": """
        select axis, stage, count(*) filter (valid_to is null),
            count(*) filter (valid_from < as_of_at - interval 1 year
                and (valid_to is null or valid_to >= as_of_at - interval 1 year))
        from marts.journey_stages cross join publication.version group by all order by all""",
    "how far cohorts have come in ninety days": """
        select cohort_month_date, stage, reached_share, lower_95, upper_95
        from marts.journey_funnel where dimension = 'none' and within_days = 90 order by all""",
    "contact pressure by month and channel": """
        select date_trunc('month', contact_date), channel_family, sum(pressing_contact_count),
            count(distinct customer_id), count(*) filter (pressure_class_28_days = 'saturated')
        from marts.contact_pressure_daily group by all order by all""",
    "what campaigns brought about": """
        select campaign, outcome, difference, difference_lower_95, difference_upper_95, verdict
        from marts.campaign_uplift where dimension = 'none' and verdict is not null order by all""",
    "service by month, each measure": """
        select month_date, measure, median_minutes, p90_minutes, met_share, lower_95, upper_95
        from marts.service_monthly where dimension = 'none' order by all""",
    "one customer, and all that happened": """
        select * from marts.customer_timeline inner join marts.customer_360 using (customer_id)
        where customer_id = ? order by occurred_at""",
}


def main(version: Path, runs: int) -> None:
    """Ask all of them in turns, and print milliseconds."""
    with duckdb.connect(str(version.resolve() / "cem.duckdb"), read_only=True) as connection:
        customers = connection.execute(
            "select customer_id from marts.customer_timeline where customer_id is not null"
            " group by 1 order by count(*), 1"
        ).fetchall()
        (typical,) = customers[len(customers) // 2]
        taken: dict[str, list[float]] = {name: [] for name in QUERIES}
        rows: dict[str, int] = {}
        for _ in range(runs + 1):
            for name, query in QUERIES.items():
                began = time.perf_counter()
                rows[name] = len(connection.execute(query, [typical] if "?" in query else []).fetchall())
                taken[name].append(1000 * (time.perf_counter() - began))
    print(f"{version.resolve().name}, {len(customers):,} customers, each query {runs} times, milliseconds")
    for name in QUERIES:
        print(f"  {name:45} {_summed(taken[name][1:])}  {rows[name]:6,} rows")
    print(f"  {'all of them':45} {_summed([one for times in taken.values() for one in times[1:]])}")


def _summed(times: list[float]) -> str:
    return f"median {statistics.median(times):7.1f}  p95 {statistics.quantiles(times, n=20)[-1]:7.1f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else RUNS)
