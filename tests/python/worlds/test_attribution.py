"""From messages, visits, ads and orders to paths and credits: the example by hand, fifteen times, by a company."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.attribution.credit_conversions import credit_conversions
from tests.python.worlds.company import Company
from tests.python.worlds.world import NOW, World

TIMES = 15
# Of a customer what led to the purchase, and whether there was one.
WAYS = ((("search",), True), (("search",), True), (("email",), True), (("search", "email"), True), (("search",), False))
# Customers who came of their own accord, one every fourth day.
DIRECT = 60


def company_that_advertises() -> Company:
    company = Company()
    company.product("P1")
    for number in range(TIMES * len(WAYS)):
        steps, has_bought = WAYS[number % len(WAYS)]
        _customer(company, number)
        for place, channel in enumerate(steps):
            at = f"2024-03-{5 + 3 * place:02} 10:00:00"
            if channel == "search":
                _visit(company, number, at, ("findit", "cpc", "brand"))
            else:
                _message(company, number, "delivered", at)
        if has_bought:
            # They look around once more, buy, and get another message, which comes too late.
            _visit(company, number, "2024-03-20 09:00:00", (None, None, None))
            company.order(f"O{number}", f"A{number}", "2024-03-20 12:00:00", 10 + len(steps))
            _message(company, number, "late", "2024-03-20 12:00:00")
    for number in range(1000, 1000 + DIRECT):
        day = date(2024, 4, 1) + timedelta(days=4 * (number - 1000))
        _customer(company, number)
        company.order(f"O{number}", f"A{number}", f"{day} 12:00:00", 5)
    company.add(
        *("ads", "campaign_days"),
        **{"date": "2024-03-05", "campaign": "brand", "channel": "search"},
        **{"impressions": 900, "clicks": 60, "spend": 72, "currency": "EUR"},
    )
    return company


def _customer(company: Company, number: int) -> None:
    customer = f"C{number}"
    company.add(
        *("crm", "customers"),
        **{"customer_number": customer, "email": f"A{number}@example.org", "created_at": "2024-03-01 08:00:00"},
    )
    company.buyer(f"A{number}", customer_number=customer, created_at="2024-03-01 08:00:00")


def _visit(company: Company, number: int, at: str, campaign: tuple[str | None, str | None, str | None]) -> None:
    source, medium, name = campaign
    company.add(
        *("web", "events"),
        **{"event_id": f"W{number}-{at}", "anonymous_id": f"D{number}", "account_id": f"A{number}", "event": "login"},
        **{"occurred_at": at, "page": "home", "device": "desktop"},
        **{"utm_source": source, "utm_medium": medium, "utm_campaign": name},
    )


def _message(company: Company, number: int, name: str, at: str) -> None:
    company.add(
        *("messaging", "message_events"),
        **{"event_id": f"M{number}-{name}", "message_id": f"M{number}-{name}", "customer_number": f"C{number}"},
        **{"campaign": "hello", "channel": "email", "event": "sent", "occurred_at": at, "cost": 0.25},
        currency="EUR",
    )


def test_the_example_by_hand_is_credited_as_it_should(tmp_path: Path) -> None:
    world = World.of(company_that_advertises(), tmp_path).load().build()

    # Of the message after the sale no purchase came: 60 paths to a second one that led nowhere.
    paths = world.query(
        "select conversion_type, path, step_count, customer_count, path_count, conversion_count,"
        " conversion_rate::double, conversion_share::double, revenue_amount::double, median_conversion_days::double"
        " from marts.journey_paths order by all"
    )
    direct, bought = DIRECT, 4 * TIMES
    of_all = direct + bought
    assert paths == [
        ("first_purchase", "direct", 0, direct, direct, direct, None, direct / of_all, 5 * direct, None),
        # By mail alone, and by an ad and mail, came too few to be told apart.
        (
            *("first_purchase", "other paths", None, 2 * TIMES, 2 * TIMES, 2 * TIMES),
            *(1, 2 * TIMES / of_all, (11 + 12) * TIMES, 15),
        ),
        (
            *("first_purchase", "search", 1, 3 * TIMES, 3 * TIMES, 2 * TIMES),
            *(pytest.approx(2 / 3, abs=1e-6), 2 * TIMES / of_all, 2 * 11 * TIMES, 15),
        ),
        ("repeat_purchase", "email", 1, bought, bought, 0, 0, None, 0, None),
    ]

    credits = {
        (channel, model): rest
        for channel, model, *rest in world.query(
            "select channel, attribution_model, conversion_credit::double, revenue_amount::double,"
            " removal_effect::double from marts.attribution where conversion_type = 'first_purchase'"
        )
    }
    revenue = (3 * 11 + 12) * TIMES
    for order in (1, 2, 3):
        assert credits["search", f"markov_{order}"] == [2.4 * TIMES, 0.6 * revenue, 0.75]
        assert credits["email", f"markov_{order}"] == [1.6 * TIMES, 0.4 * revenue, 0.5]
        assert credits["direct", f"markov_{order}"] == [direct, 5 * direct, None]
    assert credits["search", "first_touch"] == [3 * TIMES, (2 * 11 + 12) * TIMES, None]
    assert credits["search", "last_touch"] == [2 * TIMES, 2 * 11 * TIMES, None]
    assert credits["email", "shapley"] == [1.5 * TIMES, (11 + 6) * TIMES, None]

    # 72.00 for 36 purchases; mail cost 0.25 for each of 90.
    assert world.query(
        "select channel, cost_amount::double, cost_per_conversion_amount::double, return_on_spend::double"
        " from marts.attribution where conversion_type = 'all' and attribution_model = 'markov_1' order by all"
    ) == [
        ("direct", None, None, None),
        ("email", 22.5, pytest.approx(22.5 / 24, abs=1e-4), pytest.approx(0.4 * revenue / 22.5, abs=1e-6)),
        ("search", 72, 2, pytest.approx(0.6 * revenue / 72, abs=1e-6)),
    ]
    assert world.failed_tests() == {}
    assert credit_conversions(world.settings.warehouse, world.settings.lake, NOW).is_unchanged
