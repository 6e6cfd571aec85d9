"""The demo company: what was ordered, paid and given back, and what finance books, to the cent."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.python.integration.conftest import Project
from tests.python.integration.demo_sources import (
    records,
)


def test_payments_and_refunds_are_the_shop_s_to_the_cent(demo: Project, landing: Path) -> None:
    for table in ("payments", "refunds"):
        in_shop: dict[str, Decimal] = {}
        for currency, amount in records(landing, "shop", f"select currency, cast(amount as text) from {table}"):
            in_shop[str(currency)] = in_shop.get(str(currency), Decimal(0)) + Decimal(str(amount))
        in_warehouse = demo.query(f"select currency, sum(original_amount) from behavioural.{table} group by 1")
        assert dict(in_warehouse) == in_shop
        assert len(in_shop) > 1


def test_a_refund_after_the_currency_moved_is_worth_what_it_is_on_its_own_day(demo: Project, landing: Path) -> None:
    with (landing / "finance" / "exchange_rates.csv").open(encoding="utf-8", newline="") as file:
        rates = {(row["date"], row["currency"]): Decimal(row["rate"]) for row in csv.DictReader(file)}
    refunds = demo.query(
        "select cast(refunds.business_date as text), cast(orders.business_date as text),"
        " refunds.currency, refunds.original_amount, refunds.amount"
        " from behavioural.refunds join behavioural.orders using (order_id) where refunds.currency <> 'EUR'"
    )
    assert len(refunds) > 100
    assert [amount for *_, amount in refunds] == [
        (original * rates[day, currency]).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        for day, _, currency, original, _ in refunds
    ]
    assert sum(rates[day, currency] != rates[ordered, currency] for day, ordered, currency, *_ in refunds) > 100


def test_paid_is_what_was_bought_order_by_order(demo: Project) -> None:
    """An order that is still open may be paid or not; a cancelled one is not."""
    assert demo.query(
        """
        with bought as (
            select
                o.order_id,
                any_value(o.status) as status,
                sum(l.original_amount) + any_value(o.original_freight_amount) as amount
            from behavioural.orders o join behavioural.order_lines l using (order_id)
            where o.status <> 'cancelled' group by 1
        ),
        paid as (select order_id, sum(original_amount) as amount from behavioural.payments group by 1)
        select count(*) from bought full join paid using (order_id)
        where bought.amount is distinct from paid.amount
            and (bought.status is distinct from 'open' or paid.amount is not null)
        """
    ) == [(0,)]


def test_finance_s_rate_and_costs_and_the_platforms_bills_reach_the_customers(demo: Project) -> None:
    """The rate of each last day; fixed cost of a month as booked; of the bills, what records do not say."""
    assert demo.warehouse(
        "select count(*) > 20, bool_and(annual_discount_rate = 0.10) from intermediate.int_value__valuations"
    ) == [(True, True)]
    ((booked,),) = demo.warehouse(
        "select sum(amount) from intermediate.int_money__fixed_costs where month_date = date '2024-06-01'"
    )
    ((shared,),) = demo.query(
        """
        select sum(fixed_cost_amount) from marts.customer_value_monthly
        where month_date = date '2024-06-01' and snapshot_version = 1
        """
    )
    assert float(shared) == pytest.approx(float(booked), rel=0.001)
    ((advertising, recorded, billed),) = demo.warehouse(
        """
        select (select sum(advertising_amount) from intermediate.int_value__advertising_shares),
            (select sum(acquisition_cost_amount) from descriptive.customer_records
                where acquisition_channel in ('search', 'social', 'display', 'affiliate')),
            (select sum(spend_amount) from interaction.ad_campaign_days)
        """
    )
    assert 0.8 < float(advertising + recorded) / float(billed) < 1.05
    assert demo.warehouse("select count(handling_minutes) > 100 from intermediate.int_value__service_contacts") == [
        (True,)
    ]
