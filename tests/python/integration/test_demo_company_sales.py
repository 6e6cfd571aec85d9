"""The demo company: recurring revenue, against a plain count of the shop's subscriptions."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from tests.python.integration.conftest import Project
from tests.python.integration.demo_sources import records

MONTHS = [f"{year}-{month:02}" for year in (2022, 2023, 2024) for month in range(1, 13)]
MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation")


def test_recurring_revenue_is_what_the_shop_s_subscriptions_come_to(demo: Project, landing: Path) -> None:
    """Month end by month end: who had what then, and what that was at the end before."""
    customers = dict(
        demo.query("select source_record_id, coalesce(customer_id, source_record_id) from behavioural.subscriptions")
    )
    with (landing / "finance" / "exchange_rates.csv").open(encoding="utf-8", newline="") as file:
        rates = {(row["date"], row["currency"]): Decimal(row["rate"]) for row in csv.DictReader(file)}
    subscriptions = records(
        landing,
        "shop",
        "select subscription_id, plan, currency, cast(monthly_amount as text), cast(started_at as text),"
        " coalesce(cast(ended_at as text), '9999') from subscriptions",
    )
    assert len(subscriptions) > 150

    expected: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    closing_in_base: dict[str, Decimal] = defaultdict(Decimal)
    customer_moves: dict[tuple[str, str], int] = defaultdict(int)
    held_before: dict[tuple[str, str, str], Decimal] = {}
    ever: set[str] = set()
    for month in MONTHS:
        held: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for key, plan, currency, amount, started, ended in subscriptions:
            if str(started)[:7] <= month < str(ended)[:7]:
                held[customers[key], str(plan), str(currency)] += Decimal(str(amount))
                rate = rates[str(started)[:10], str(currency)] if currency != "EUR" else Decimal(1)
                closing_in_base[month] += (Decimal(str(amount)) * rate).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        now, before = ({customer for customer, *_ in of} for of in (held, held_before))
        for customer, plan, currency in held.keys() | held_before.keys():
            change = held.get((customer, plan, currency), Decimal(0)) - held_before.get(
                (customer, plan, currency), Decimal(0)
            )
            if customer not in now:
                movement = "churn"
            elif customer in before:
                movement = "expansion" if change > 0 else "contraction"
            else:
                movement = "reactivation" if customer in ever else "new"
            expected[month, currency, movement] += change
        customer_moves[month, "new"] += len(now - before - ever)
        customer_moves[month, "reactivation"] += len((now - before) & ever)
        customer_moves[month, "churn"] += len(before - now)
        ever |= now
        held_before = dict(held)
        for (_, _, currency), amount in held.items():
            expected[month, currency, "closing"] += amount

    found = demo.query(
        f"""
        select strftime(month_date, '%Y-%m'), currency,
            {", ".join(f"sum(original_{movement}_amount)" for movement in (*MOVEMENTS, "closing"))}
        from marts.recurring_revenue_monthly group by 1, 2
        """
    )
    in_mart = {
        (month, currency, movement): amount
        for month, currency, *amounts in found
        for movement, amount in zip((*MOVEMENTS, "closing"), amounts, strict=True)
        if amount != 0
    }
    assert in_mart == {key: amount for key, amount in expected.items() if amount != 0}
    assert {currency for _, currency, _ in in_mart} > {"EUR"}
    assert {movement for *_, movement in in_mart} >= {"new", "churn", "closing"}
    by_month = demo.query(
        """
        select strftime(month_date, '%Y-%m'), sum(closing_amount), sum(new_customer_count),
            sum(reactivated_customer_count), sum(churned_customer_count),
            sum(opening_amount + new_amount + expansion_amount + contraction_amount + churn_amount
                + reactivation_amount + exchange_rate_amount)
        from marts.recurring_revenue_monthly group by 1 order by 1
        """
    )
    assert {month: amount for month, amount, *_ in by_month} == dict(closing_in_base)
    assert [counts for _, _, *counts, _ in by_month] == [
        [customer_moves[month, movement] for movement in ("new", "reactivation", "churn")] for month, *_ in by_month
    ]
    assert all(closing == carried for _, closing, *_, carried in by_month)
