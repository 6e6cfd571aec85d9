"""Costs, refunds and large amounts across currencies."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.python.worlds.company import Company
from tests.python.worlds.world import World, dbt_environment, manifest_of, run_dbt

SOURCES = ("crm", "shop", "finance")


def company_with_rates(**first_and_last: tuple[float, float]) -> Company:
    """A company whose currencies are worth the first rate until June 2024, and the last from then on."""
    company = Company()
    for currency, (first, last) in first_and_last.items():
        for number in range(366):
            day = date(2024, 1, 1) + timedelta(days=number)
            rate = first if day < date(2024, 6, 1) else last
            company.add("finance", "exchange_rates", date=str(day), currency=currency, rate=rate)
    return company


def test_a_product_that_is_bought_in_one_currency_and_sold_in_another_has_a_cost_and_a_margin(tmp_path: Path) -> None:
    company = company_with_rates(GBP=(1.25, 1.5), CHF=(1.0, 1.1))
    company.product("P1", unit_cost=4, currency="EUR")
    company.product("P2", unit_cost=8, currency="CHF")
    for number, (currency, product) in enumerate(
        [("EUR", "P1"), ("GBP", "P1"), ("GBP", "P2"), ("EUR", "P2"), ("CHF", "P2")]
    ):
        company.buyer(f"A{number}")
        company.order(f"O{number}", f"A{number}", "2024-07-01 12:00:00", 20, currency=currency)
        company.rows["shop", "order_lines"][-1]["product_id"] = product

    world = World.of(company, tmp_path, *SOURCES).load().build()

    assert world.failed_tests() == {}
    assert world.query(
        "select order_id, amount, original_cost_amount, cost_currency, cost_amount from behavioural.order_lines"
        " order by order_id"
    ) == [
        ("shop:O0", 20, 4, "EUR", 4),
        ("shop:O1", 30, 4, "EUR", 4),
        ("shop:O2", 30, 8, "CHF", Decimal("8.8")),
        ("shop:O3", 20, 8, "CHF", Decimal("8.8")),
        ("shop:O4", 22, 8, "CHF", Decimal("8.8")),
    ]
    assert world.query("select count(*), count(margin_amount) from marts.customer_value") == [(5, 5)]


# What was bought, and what was paid back after the rates had moved (amount, currency); whether a purchase is left.
REFUNDS = [
    ("whole", [100], "GBP", [(100, "GBP")], False),
    ("of-lines", [33.33, 33.33, 0.07], "GBP", [(66.73, "GBP")], False),
    ("in-parts", [100], "GBP", [(33.33, "GBP"), (33.33, "GBP"), (33.34, "GBP")], False),
    ("in-francs", [100], "CHF", [(100, "CHF")], False),
    ("in-euros", [99.99], "GBP", [(129.99, "EUR")], False),
    ("of-euros", [129.99], "EUR", [(99.99, "GBP")], False),
    ("too-much", [100], "GBP", [(110, "GBP")], False),
    ("a-penny-less", [100], "GBP", [(99.99, "GBP")], True),
    ("a-part", [100], "GBP", [(40, "GBP")], True),
    ("a-euro-less", [99.99], "GBP", [(128.99, "EUR")], True),
]


def test_an_order_that_was_paid_back_whole_is_no_purchase_whichever_way_the_rate_moved(tmp_path: Path) -> None:
    company = company_with_rates(GBP=(1.2421, 1.30), CHF=(1.07, 0.93))
    company.product("P1")
    for name, prices, currency, refunds, _ in REFUNDS:
        company.buyer(name)
        company.order(name, name, "2024-03-01 12:00:00", *prices, currency=currency)
        for number, (amount, refund_currency) in enumerate(refunds):
            company.add(
                *("shop", "refunds"),
                **{"refund_id": f"{name}-{number}", "order_id": name, "amount": amount, "currency": refund_currency},
                **{"refunded_at": f"2024-07-0{number + 1} 12:00:00"},
            )

    world = World.of(company, tmp_path, *SOURCES).load().build()

    assert world.failed_tests() == {}
    bought = world.query(
        "select o.source_record_id, count(h.customer_id) > 0, sum(h.spend_amount) from behavioural.orders o"
        " left join intermediate.int_value__purchase_histories h on h.customer_id = o.customer_id"
        " and h.valuation_id like 'current%' group by 1"
    )
    assert {name: left for name, left, _ in bought} == {name: left for name, *_, left in REFUNDS}
    assert {name: float(spend) for name, _, spend in bought if spend} == {
        "a-penny-less": pytest.approx(0.0124, abs=1e-9),
        "a-part": pytest.approx(74.526, abs=1e-9),
        "a-euro-less": pytest.approx((99.99 - 128.99 / 1.30) * 1.2421, abs=2e-4),
    }
    # In money the gain or loss of the exchange stays.
    assert world.query("select min(amount), max(amount) from behavioural.refunds where refund_id = 'shop:whole-0'") == [
        (130, 130)
    ]


def test_amounts_from_the_smallest_to_a_million_million_pass_every_model_and_test(tmp_path: Path) -> None:
    company = company_with_rates(GBP=(1.25, 1.3), JPY=(0.0061, 0.0058), KWD=(3.0, 3.2))
    amounts = ["0.0001", "0.01", "1000000", "12345678.9012", "1000000000", "1000000000000"]
    for product, price in enumerate(amounts):
        company.product(f"P{product}", unit_cost=price, list_price=price, currency="EUR")
    for number, (product, amount, currency) in enumerate(
        (product, amount, currency)
        for product, amount in enumerate(amounts)
        for currency in ("EUR", "GBP", "JPY", "KWD")
    ):
        company.buyer(f"A{number}")
        for day in ("2024-03-01", "2024-08-01"):
            company.order(f"O{number}-{day}", f"A{number}", f"{day} 12:00:00", amount, currency=currency)
            company.rows["shop", "order_lines"][-1]["product_id"] = f"P{product}"
            company.rows["shop", "payments"][-1]["amount"] = amount
        company.add(
            *("shop", "refunds"),
            **{"refund_id": f"R{number}", "order_id": f"O{number}-2024-08-01", "amount": amount, "currency": currency},
            refunded_at="2024-09-01 12:00:00",
        )

    world = World.of(company, tmp_path, *SOURCES).load().build()

    assert world.failed_tests() == {}
    assert world.query("select min(amount), max(original_amount), count(*) from behavioural.order_lines") == [
        (0, 10**12, 48)
    ]


def company_with_amounts_of_a_million_million() -> Company:
    """Buyers who came again, of tiny and usual amounts, and from June on of huge ones; of one, 150 x 10^12 in all."""
    company = company_with_rates()
    company.product("P1")
    for number in range(36):
        company.buyer(f"A{number}")
        price = ("0.0001", 10 + number, 10**12)[number % 3]
        first = date(2024, 1, 11) if number % 3 < 2 else date(2024, 6, 1)
        for again in range(1 + number % 4):
            day = first + timedelta(days=2 * number + 30 * again)
            company.order(f"O{number}-{again}", f"A{number}", f"{day} 12:00:00", price)
    company.buyer("reseller")
    for number in range(150):
        day = date(2024, 6, 3) + timedelta(days=number)
        company.order(f"R{number}", "reseller", f"{day} 12:00:00", 10**12)
    company.order("last", "A0", "2024-12-30 12:00:00", "0.0001")
    return company


def test_what_amounts_of_a_million_million_come_to_is_summed_up_and_predicted(tmp_path: Path) -> None:
    world = World.of(company_with_amounts_of_a_million_million(), tmp_path, *SOURCES).load().build()

    assert world.failed_tests() == {}
    assert world.query(
        "select order_count, revenue_amount, margin_amount, residual_clv_upper_95_amount > 1e12"
        " from marts.customer_value where order_count = 150"
    ) == [(150, 150 * 10**12, 150 * 10**12 - 150 * 4, True)]
    assert world.query("select min(revenue_amount) from marts.customer_value") == [(Decimal("0.0001"),)]
    assert world.query("select max(equity_upper_95_amount) > 1e14 from marts.customer_equity_monthly") == [(True,)]


def test_what_no_amount_holds_goes_to_quarantine_with_its_order_and_stops_nothing(tmp_path: Path) -> None:
    """Slips of the keyboard: a quantity, a price times it, minutes, uses. A cost beyond all amounts is not known."""
    company = company_with_rates()
    company.product("P1")
    company.product("dear", unit_cost=10**13)
    company.buyer("A", created_at="2024-01-01 00:00:00")
    for order, quantity, price, product in (
        ("right", 10**9, "0.01", "P1"),
        ("quantity", 10**9 + 1, "0.01", "P1"),
        ("product", 10**6, 10**8, "P1"),
        ("cost", 1000, 1, "dear"),
    ):
        company.order(order, "A", "2024-07-01 12:00:00", price)
        company.rows["shop", "order_lines"][-1].update(quantity=quantity, product_id=product)
        company.rows["shop", "payments"][-1]["amount"] = str(quantity * Decimal(price))
    company.order("discount", "A", "2024-07-01 12:00:00", -(10**8))
    company.rows["shop", "order_lines"][-1].update(quantity=9 * 10**5, discount_amount=9 * 10**13)
    company.rows["shop", "payments"][-1]["amount"] = 1
    company.order("sum", "A", "2024-07-01 12:00:00", 9 * 10**13, 9 * 10**13)
    paid = company.rows["shop", "payments"][-1]
    company.add("shop", "payments", **{**paid, "payment_id": "second", "amount": 9 * 10**13})
    paid["amount"] = 9 * 10**13
    began: dict[str, Any] = {"plan": "coffee_box", "status": "active", "monthly_amount": 9, "currency": "EUR"}
    company.add("shop", "subscriptions", subscription_id="S", account_id="A", started_at="2024-02-01 10:00:00", **began)
    used: dict[str, Any] = {"subscription_id": "S", "feature": "app", "used_at": "2024-05-06 12:00:00"}
    company.add("shop", "subscription_uses", use_id="some", quantity=3, **used)
    company.add("shop", "subscription_uses", use_id="many", quantity=10**13, **used)
    company.add("crm", "customers", customer_number="C1", created_at="2024-01-01 00:00:00")
    for activity, minutes in (("short", 10), ("long", 10**13)):
        company.add(
            *("crm", "activities"),
            activity_id=activity,
            customer_number="C1",
            occurred_at="2024-07-01 12:00:00",
            duration_minutes=minutes,
            kind="call",
            direction="inbound",
        )
    world = World.of(company, tmp_path, *SOURCES).load().build()

    assert world.failed_tests() == {}
    assert world.query(
        "select raw_table, quarantine_rule, quarantined_row_count from marts.quarantine_reasons order by all"
    ) == [
        ("activities", "duration_minutes is above 1000000", 1),
        ("order_lines", "quantity is above 1000000000", 1),
        ("order_lines", "quantity times unit_price is 10^14 or more", 2),
        ("orders", "order_id is of an order with a line in quarantine", 3),
        ("payments", "amount is not a number", 1),
        ("payments", "order_id is of no order that was loaded", 2),
        ("subscription_uses", "quantity is above 1000000000", 1),
    ]
    assert world.query("select amount, cost_amount from behavioural.order_lines order by all") == [
        (1000, None),
        (10**7, 4 * 10**9),
        (9 * 10**13, 4),
        (9 * 10**13, 4),
    ]
    assert world.query("select revenue_amount from marts.customer_value") == [(10**7 + 1000 + 18 * 10**13,)]


GATE = "purchases_and_spend_were_forecast_within_the_tolerance"


def test_spend_that_a_few_customers_of_huge_amounts_no_longer_make_stops_no_run(tmp_path: Path) -> None:
    world = World.of(company_held_out(huge_until=date(2024, 7, 1)), tmp_path, *SOURCES).load().build()

    assert world.query(
        "select actual_purchase_count >= 100, abs(bias) < 0.5, spend_bias > 0.75 from marts.clv_calibration"
        " where dimension = 'all'"
    ) == [(True, True, True)]
    assert world.failed_tests() == {}


def test_spend_that_is_another_one_with_everybody_stops_a_run(tmp_path: Path) -> None:
    world = World.of(company_held_out(price_later=500), tmp_path, *SOURCES).load().build()

    assert set(world.failed_tests()) == {GATE}


def company_held_out(huge_until: date | None = None, price_later: int = 20) -> Company:
    """Forty buyers of 20 EUR every three weeks or so; from September 2024, which is held out, of `price_later`.

    Three more buy for 10^12 as often until the day `huge_until`, if any.
    """
    company = company_with_rates()
    company.product("P1")
    ends = {f"A{number}": date(2024, 12, 31) for number in range(40)}
    if huge_until:
        ends |= {f"huge{number}": huge_until for number in range(3)}
    for number, (account, end) in enumerate(ends.items()):
        company.buyer(account)
        day = date(2024, 1, 3) + timedelta(days=number)
        for again in range(20):
            if day < end:
                price = 10**12 if account.startswith("huge") else 20 if day < date(2024, 9, 1) else price_later
                company.order(f"{account}-{again}", account, f"{day} 12:00:00", price + number % 5)
            day += timedelta(days=14 + (number * 7 + again * 5) % 15)
    return company


def test_a_home_whose_frozen_months_were_written_with_fewer_digits_gets_larger_amounts(tmp_path: Path) -> None:
    world = World.of(company_with_amounts_of_a_million_million(), tmp_path, *SOURCES).load().build()
    months = "marts.customer_value_monthly"
    amounts = [
        name
        for (name,) in world.query(
            "select column_name from duckdb_columns() where table_name = 'customer_value_monthly'"
            " and data_type = 'DECIMAL(28,4)'"
        )
    ]
    too_large = " or ".join(f"abs({name}) > 99999999999999" for name in amounts)
    everything = f"select * exclude (known_at) from {months} order by customer_value_monthly_id"
    before = world.query(everything)
    narrow = ", ".join(f"cast({name} as decimal(18, 4)) as {name}" for name in amounts)
    world.query(
        f"create or replace table {months} as select * replace ({narrow}) from {months}"
        f" where month_date not in (select month_date from {months} where {too_large})"
    )
    kept = len(world.query(everything))

    with dbt_environment(world.settings.child_environment()):
        run_dbt(manifest_of(world.settings.sources), "run", "--select", "customer_value_monthly")

    assert 0 < kept < len(before)
    assert world.query(everything) == before
