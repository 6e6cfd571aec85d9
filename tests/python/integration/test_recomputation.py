"""The marts of the demo company, computed a second time from its landing files in plain Python, by nobody's SQL.

Who is one customer is taken from the warehouse (an order's or an answer's `customer_id`): that is checked against the
truth elsewhere. Everything else is counted from the source systems' own rows.
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.python.integration.conftest import Project
from tests.python.integration.demo_sources import records


@dataclass
class Order:
    """A purchase as the shop's own rows tell it, in euros at the rate of its day."""

    customer: str
    at: datetime
    day: date  # where it was bought
    goods: Decimal
    freight: Decimal
    cost: Decimal | None  # of the lines whose product has one


def utc(text: object, zone: object) -> datetime:
    """The second time of an hour that comes twice, as decision 17 says."""
    return (
        datetime.fromisoformat(str(text))
        .replace(tzinfo=ZoneInfo(str(zone)), fold=1)
        .astimezone(UTC)
        .replace(tzinfo=None)
    )


def decimal(value: object) -> Decimal:
    return Decimal(str(value or 0))


class Files:
    """What the landing files say, read once."""

    def __init__(self, landing: Path, customer_of_order: dict[str, str]) -> None:
        self._landing, self._customer_of_order = landing, customer_of_order
        with (landing / "finance" / "exchange_rates.csv").open(encoding="utf-8", newline="") as file:
            self._rates = {(row["date"], row["currency"]): Decimal(row["rate"]) for row in csv.DictReader(file)}

    def euros(self, amount: object, currency: object, day: date) -> Decimal:
        return decimal(amount) * (1 if currency == "EUR" else self._rates[day.isoformat(), str(currency)])

    def orders(self) -> dict[str, Order]:
        """Every purchase of a known customer (a cancelled order is none), by the shop's order id."""
        products = {
            product: (cost, currency)
            for product, cost, currency in records(
                self._landing, "shop", "select product_id, unit_cost, currency from products"
            )
        }
        lines: dict[object, list[tuple[Any, ...]]] = defaultdict(list)
        for order, *line in records(
            self._landing, "shop", "select order_id, product_id, quantity, unit_price, discount_amount from order_lines"
        ):
            lines[order].append(tuple(line))
        found = {}
        for order, at, zone, currency, freight in records(
            self._landing,
            "shop",
            "select order_id, ordered_at, time_zone, currency, freight_amount from orders where status <> 'cancelled'",
        ):
            if order not in self._customer_of_order:
                continue
            day = date.fromisoformat(str(at)[:10])
            goods, costs = Decimal(0), []
            for product, quantity, price, discount in lines[order]:
                goods += self.euros(decimal(quantity) * decimal(price) - decimal(discount), currency, day)
                unit_cost, of_currency = products[product]
                if unit_cost is not None:
                    costs.append(self.euros(decimal(quantity) * decimal(unit_cost), of_currency, day))
            cost = sum(costs, Decimal(0)) if costs else None
            customer = self._customer_of_order[str(order)]
            found[str(order)] = Order(customer, utc(at, zone), day, goods, self.euros(freight, currency, day), cost)
        return found

    def refunds(self) -> dict[str, Decimal]:
        """What was paid back to each customer, each refund at the rate of its own day."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for order, at, amount, currency in records(
            self._landing, "shop", "select order_id, refunded_at, amount, currency from refunds"
        ):
            if order in self._customer_of_order:
                found[self._customer_of_order[str(order)]] += self.euros(
                    amount, currency, date.fromisoformat(str(at)[:10])
                )
        return found


@pytest.fixture(scope="module")
def files(demo: Project, landing: Path) -> Files:
    return Files(
        landing,
        dict(demo.query("select source_record_id, customer_id from behavioural.orders where customer_id is not null")),
    )


@pytest.fixture(scope="module")
def purchases(files: Files) -> dict[str, list[Order]]:
    """The purchases of each customer, in their order."""
    found: dict[str, list[Order]] = defaultdict(list)
    for order in sorted(files.orders().values(), key=lambda order: order.at):
        found[order.customer].append(order)
    return found


def close(one: Decimal | None, other: Decimal, rows: int) -> bool:
    """Equal but for the four decimals that each row was rounded to."""
    return one is not None and abs(Decimal(one) - other) <= Decimal("0.00005") * (rows + 1)


def test_customer_value_is_what_the_shop_s_rows_add_up_to(
    demo: Project, files: Files, purchases: dict[str, list[Order]]
) -> None:
    refunds = files.refunds()
    published = {
        customer: row
        for customer, *row in demo.query(
            "select customer_id, order_count, first_purchase_at, last_purchase_at, goods_amount, freight_amount,"
            " refund_amount, net_revenue_amount, product_cost_amount from marts.customer_value"
        )
    }
    assert published.keys() == purchases.keys() | refunds.keys()
    for customer, (count, first, last, goods, freight, refunded, net, cost) in published.items():
        orders = purchases.get(customer, [])
        assert count == len(orders)
        if orders:
            assert (first, last) == (orders[0].at, orders[-1].at)
        rows = 20 * (len(orders) + 1)
        assert close(goods, sum((order.goods for order in orders), Decimal(0)), rows), customer
        assert close(freight, sum((order.freight for order in orders), Decimal(0)), rows), customer
        assert close(refunded, refunds[customer], rows), customer
        assert close(net, goods + freight - refunded, 1), customer
        costs = [order.cost for order in orders if order.cost is not None]
        assert close(cost, sum(costs, Decimal(0)), rows) if costs else cost is None, customer


def test_stages_of_buyers_follow_from_the_days_they_bought_on(demo: Project, purchases: dict[str, list[Order]]) -> None:
    """From the first purchase on: new, active from the second, loyal from the fifth; silence by the own rhythm.

    The rhythm by Python, from the parameters that the run published for the customers of the shop, all alike.
    """
    ((as_of,),) = demo.query("select as_of_at from publication.version")
    fits: dict[date, dict[str, float]] = defaultdict(dict)
    for window_to, parameter, estimate in demo.query(
        "select window_to_date, parameter, estimate from marts.clv_model_fits where purpose = 'month_end'"
        " and model = 'bg_nbd' and status in ('fitted', 'kept') and segment is null"
    ):
        fits[window_to][parameter] = estimate
    published: dict[str, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
    for customer, stage, start, end in demo.query(
        "select customer_id, stage, valid_from, valid_to from marts.journey_stages"
        " where axis = 'relationship' order by valid_from"
    ):
        if customer in purchases and start >= purchases[customer][0].at:
            published[customer].append((stage, start, end))
    assert published == {customer: stages(orders, dict(fits), as_of) for customer, orders in purchases.items()}


def stages(
    orders: list[Order], fits: dict[date, dict[str, float]], as_of: datetime
) -> list[tuple[str, datetime, datetime | None]]:
    moments = sorted(Counter(order.at for order in orders).items())
    day_of = {order.at: order.day for order in orders}
    days = sorted(set(day_of.values()))
    changes: list[tuple[datetime, str]] = []
    bought, lapses_at = 0, None
    for number, (at, count) in enumerate(moments):
        bought += count
        lapsed = lapses_at is not None and at > lapses_at
        name = "won_back" if lapsed else "loyal" if bought >= 5 else "active" if bought >= 2 else "new"
        changes.append((at, name))
        until = moments[number + 1][0] if number + 1 < len(moments) else as_of
        risky, lapsing = silences([day for day in days if day <= day_of[at]], fits)
        lapses_at = None if lapsing is None else at + timedelta(days=lapsing)
        entries = [(at + timedelta(days=risky), "at_risk"), *([(lapses_at, "lapsed")] if lapses_at else [])]
        # Of two at one moment the furthest counts.
        entries = [entry for entry in entries if entry[1] == "lapsed" or entry[0] != lapses_at]
        changes += [entry for entry in entries if entry[0] < until]
    entered = [change for number, change in enumerate(changes) if number == 0 or changes[number - 1][1] != change[1]]
    ends = [start for start, _ in entered[1:]] + [None]
    return [(name, start, end) for (start, name), end in zip(entered, ends, strict=True)]


def silences(days: list[date], fits: dict[date, dict[str, float]]) -> tuple[int, int | None]:
    """Days of silence after the last of `days` until somebody is at risk, and has lapsed; None: never."""
    known = [window_to for window_to in fits if window_to < days[-1]]
    fit = fits[max(known) if known else min(fits)]
    repeats, since_first = len(days) - 1, (days[-1] - days[0]).days
    shape, scale = fit["r"] + repeats, fit["alpha"] + since_first
    risky = math.ceil(scale * (5 ** (1 / shape) - 1) - 1e-6)
    if repeats == 0:
        return risky, None
    odds = fit["a"] / (fit["b"] + repeats - 1)
    longest = max((later - earlier).days for earlier, later in pairwise(days))
    return risky, max(risky, math.ceil(max(longest, scale * (odds ** (-1 / shape) - 1)) - 1e-6))


def test_satisfaction_by_month_is_what_the_answers_say(demo: Project, landing: Path) -> None:
    """Scores of the survey tool, stars of the review platforms, ratings of the help desk: n, mean, none of under 30."""
    answers: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for at, score in records(
        landing, "survey", "select answered_at, score from answers where question = 'likelihood_to_recommend'"
    ):
        value = 100.0 if float(str(score)) >= 9 else -100.0 if float(str(score)) <= 6 else 0.0
        answers["nps", "nps", str(at)[:7]].append(value)
    for at, score in records(
        landing,
        "helpdesk",
        "select satisfaction_rated_at, satisfaction_score from tickets"
        " where satisfaction_score is not null and status <> 'deleted'",
    ):
        answers["ticket_rating", "contact_satisfaction_index", str(at)[:7]].append(25.0 * (float(str(score)) - 1))
    for path in (landing / "social").glob("posts_*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            post = json.loads(line)
            if post["rating"] is not None:
                month = post["posted_at"][:7]
                answers["social_review", "satisfaction_index", month].append(25.0 * (post["rating"] - 1))
    csi = defaultdict(list)
    for invitation, at, score in records(
        landing, "survey", "select invitation_id, answered_at, score from answers where instrument = 'csi_v1'"
    ):
        csi[invitation].append((str(at), 100 * (float(str(score)) - 1) / 9))
    for items in csi.values():
        answers["csi", "satisfaction_index", max(items)[0][:7]].append(sum(index for _, index in items) / len(items))

    published = {
        (questionnaire, measure, month.isoformat()[:7]): (count, people, score)
        for questionnaire, measure, month, count, people, score in demo.query(
            "select questionnaire, measure, period_start_date, answer_count, respondent_count, score"
            " from marts.satisfaction where dimension = 'none' and period_type = '1 month'"
        )
        if (questionnaire, measure) in {key[:2] for key in answers}
    }
    assert {key: count for key, (count, _, _) in published.items() if count} == {
        key: len(values) for key, values in answers.items()
    }
    assert all(0 < people <= count for count, people, _ in published.values() if count)
    shown = {key: float(score) for key, (_, _, score) in published.items() if score is not None}
    assert shown.keys() == {key for key, (_, people, _) in published.items() if people >= 30}
    assert shown == pytest.approx({key: math.fsum(answers[key]) / len(answers[key]) for key in shown}, abs=1e-5)


def test_cohorts_are_the_new_buyers_of_each_month(demo: Project, purchases: dict[str, list[Order]]) -> None:
    first_months = Counter(f"{min(order.day for order in orders):%Y-%m}" for orders in purchases.values())
    for level in ("channel and month", "month"):
        sizes = demo.query(
            "select strftime(cohort_month_date, '%Y-%m'), sum(customer_count) from marts.cohort_value"
            " where cohort_level = ? and month_number = 0 and customer_count > 0 group by 1",
            [level],
        )
        assert dict(sizes) == dict(first_months)


def test_cohorts_of_all_months_carry_what_was_spent_on_winning_anybody(
    demo: Project, files: Files, landing: Path
) -> None:
    """Acquisition costs as the CRM has them, and of a month and channel's advertising bill what is beyond them."""
    spent: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for channel, at, cost, currency in records(
        landing,
        "crm",
        "select acquisition_channel, created_at, acquisition_cost, currency from customers"
        " where acquisition_cost is not null",
    ):
        spent[str(channel), str(at)[:7]] += files.euros(cost, currency, date.fromisoformat(str(at)[:10]))
    billed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for path in sorted((landing / "ads").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                billed[row["channel"], row["date"][:7]] += files.euros(
                    row["spend"], row["currency"], date.fromisoformat(row["date"])
                )
    expected = sum(max(spent[key], billed[key]) for key in spent.keys() | billed.keys())
    ((in_all, without_purchase),) = demo.query(
        "select acquisition_cost_amount, acquisition_cost_without_purchase_amount from marts.cohort_value"
        " where cohort_level = 'all'"
    )
    assert float(in_all) == pytest.approx(float(expected), rel=0.001)
    assert 0 < without_purchase < in_all
    ((by_month,),) = demo.query(
        "select sum(acquisition_cost_amount) from (select *, max(month_date) over () as last_month_date"
        " from marts.cohort_value) where cohort_level = 'month' and month_date = last_month_date"
    )
    assert by_month == in_all


def test_customer_equity_is_the_sum_of_what_its_customers_are_worth(
    demo: Project, purchases: dict[str, list[Order]]
) -> None:
    """Added up in Python over the newest snapshot of each month; nobody is valued before the first purchase."""
    worth: dict[tuple[date, str], dict[int, Decimal | None]] = defaultdict(dict)
    for month, customer, version, value in demo.query(
        "select month_date, customer_id, snapshot_version, residual_revenue_amount from marts.customer_value_monthly"
        " where lifetime_order_count > 0"
    ):
        worth[month, customer][version] = value
    versions: dict[date, int] = defaultdict(int)
    for (month, _), values in worth.items():
        versions[month] = max(versions[month], *values)
    equity: dict[date, Decimal] = defaultdict(Decimal)
    buyers: dict[date, set[str]] = defaultdict(set)
    for (month, customer), values in worth.items():
        if versions[month] in values:
            buyers[month].add(customer)
            equity[month] += values[versions[month]] or 0
    assert dict(
        demo.query("select month_date, equity_amount from marts.customer_equity_monthly where value_basis = 'revenue'")
    ) == dict(equity)
    assert len(equity) >= 20
    for month, customers in buyers.items():
        following = (month + timedelta(days=32)).replace(day=1)
        assert customers == {
            customer for customer, orders in purchases.items() if min(order.day for order in orders) < following
        }
