"""When things happened: impossible times, times of two zones, strays, and rates of working days."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.python.worlds.test_worlds import small_company
from tests.python.worlds.world import World

# Those of small worlds: for a set of its own, dbt compiles the project once more.
SOURCES = ("crm", "shop", "finance")
REASONS = "select source_system, raw_table, quarantine_rule from marts.quarantine_reasons order by all"


def test_a_time_before_the_company_is_as_impossible_in_every_source_as_one_to_come(tmp_path: Path) -> None:
    company = small_company()
    company.order("EPOCH", "A1", "1970-01-01 00:00:00", 20)
    company.add(
        "crm", "life_events", life_event_id="L1", customer_number="C1", kind="marriage", occurred_on="1985-06-01"
    )
    for at, number in (("1970-01-01T00:00:00Z", 1), ("1980-01-01T00:00:00Z", 2)):
        tracked: dict[str, Any] = {"anonymous_id": "V1", "event": "page_view", "page": "home", "device": "app"}
        company.add("web", "app_events", event_id=f"E{number}", occurred_at=at, **tracked)
        company.add("web", "events", event_id=f"W{number}", occurred_at=at.removesuffix("Z"), **tracked)
    post = {"post_id": "P", "platform": "trustvoice", "handle": "h", "kind": "mention", "text": "Hello."}
    company.add("social", "posts", posted_at="2024-02-01T10:00:00Z", replied_at="1970-01-01T00:00:00Z", **post)
    spent: dict[str, Any] = {"campaign": "c", "channel": "search", "impressions": 1, "clicks": 1, "spend": 1}
    company.add("ads", "campaign_days", date="1970-01-01", currency="EUR", **spent)
    world = World.of(company, tmp_path).load().build()

    before = "is before the company began, 1990-01-01"
    assert world.query(REASONS) == [
        ("ads", "campaign_days", f"date {before}"),
        ("shop", "order_lines", "order_id is of no order that was loaded"),
        ("shop", "orders", f"ordered_at {before}"),
        ("shop", "payments", f"paid_at {before}"),
        ("social", "posts", f"replied_at {before}"),
        ("web", "app_events", f"occurred_at {before}"),
        ("web", "events", f"occurred_at {before}"),
    ]
    assert world.failed_tests() == {}


def test_times_of_one_row_are_moments_before_they_are_compared_and_clocks_may_differ(tmp_path: Path) -> None:
    company = small_company()
    zone = "America/New_York"
    company.order("OFFSET", "A1", "2024-05-01 10:00:00", 20, time_zone=zone, shipped_at="2024-05-01T16:30:00+02:00")
    company.order("UTC", "A1", "2024-05-02 10:00:00", 20, time_zone=zone, shipped_at="2024-05-02 13:30:00Z")
    company.order("FAST", "A1", "2024-05-03 10:00:00", 20, shipped_at="2024-05-03 09:55:00")
    company.order("FASTER", "A1", "2024-05-04 10:00:00", 20, shipped_at="2024-05-04 09:54:59")
    world = World.of(company, tmp_path, *SOURCES).load().build("orders", "quarantine_reasons")

    named = "('OFFSET', 'UTC', 'FAST', 'FASTER')"
    assert world.query(
        f"select source_record_id from behavioural.orders where source_record_id in {named} order by occurred_at"
    ) == [("OFFSET",), ("FAST",)]
    assert world.query(
        "select quarantine_rule, quarantined_row_count from marts.quarantine_reasons where raw_table = 'orders'"
    ) == [("shipped_at is before ordered_at", 2)]


def test_strays_move_nobody_and_are_told(tmp_path: Path) -> None:
    company = small_company()
    world = World.of(company, tmp_path)
    world.settings = replace(world.settings, now=datetime(2026, 11, 1, tzinfo=UTC))
    states = "select customer_id, stage from marts.journey_stages where valid_to is null order by all"
    last_day = "select cast(max(occurred_at) as date) from behavioural.orders"
    world.load().build("int_clock__as_of", "journey_stages", "orders")
    (ended_on,) = world.query(last_day)[0]
    stages = world.query(states)
    as_of = world.query("select as_of_at from intermediate.int_clock__as_of")

    tracked: dict[str, Any] = {"anonymous_id": "V1", "event": "page_view", "page": "home", "device": "mobile"}
    company.add("web", "events", event_id="STRAY", occurred_at="2026-06-01 10:00:00", **tracked)
    company.order("LATE", "A1", "2026-03-01 12:00:00", 20)
    world.load().build("int_clock__as_of", "journey_stages", "orders", "events_after_as_of")

    assert as_of[0][0].date() > ended_on
    assert world.query("select as_of_at from intermediate.int_clock__as_of") == as_of
    assert world.query(states) == stages
    assert world.query(
        "select source_system, entity, reason, event_count, first_date, example_source_record_id"
        " from marts.events_after_as_of order by all"
    ) == [
        ("shop", "orders", "apart from all other events", 1, date(2026, 3, 1), "LATE"),
        ("shop", "payments", "apart from all other events", 1, date(2026, 3, 1), "LATE-paid"),
        ("web", "web_events", "apart from all other events", 1, date(2026, 6, 1), "events:STRAY"),
    ]


def test_a_weekend_has_friday_s_rate_and_what_has_none_is_refused_once(tmp_path: Path) -> None:
    company = small_company()
    for day, rate in (("2024-05-03", "1.02"), ("2024-05-06", "1.03")):
        company.add("finance", "exchange_rates", date=day, currency="CHF", rate=rate)
    for name, day in (("SATURDAY", "2024-05-04"), ("MONDAY", "2024-05-06"), ("SUNDAY", "2024-05-12")):
        company.order(name, "A1", f"{day} 12:00:00", 100, currency="CHF")
    world = World.of(company, tmp_path, *SOURCES).load().build("order_lines", "int_money__amount_days")

    converted = "select order_id, amount from behavioural.order_lines where currency = 'CHF' order by occurred_at"
    assert [float(amount) for _, amount in world.query(converted)] == [102, 103, 103]

    company.order("LATER", "A1", "2024-05-14 12:00:00", 100, currency="CHF")
    company.order("NEVER", "A1", "2024-05-15 12:00:00", 100, currency="XOF")
    world.load().build()

    rows = world.failed_tests()["every_currency_and_day_has_an_exchange_rate"]
    assert [row[:6] for row in rows] == [
        ("CHF", "shop", 1, 3, date(2024, 5, 14), date(2024, 5, 14)),
        ("XOF", "shop", 1, 3, date(2024, 5, 15), date(2024, 5, 15)),
    ]
    assert all("seeds/finance/exchange_rates.csv" in row[6] for row in rows)


def test_an_event_belongs_to_the_day_and_month_of_the_place_where_it_happened(tmp_path: Path) -> None:
    company = small_company()
    berlin, new_york, tokyo = "Europe/Berlin", "America/New_York", "Asia/Tokyo"
    last_day = max(str(row["ordered_at"]) for row in company.rows["shop", "orders"])[:10]
    for number, (ordered_at, zone) in enumerate(
        [
            # In UTC each of them is in the month, or on the day, before or after.
            ("2024-07-01 00:30:00", berlin),
            ("2024-06-30 23:59:59", berlin),
            ("2024-07-31 23:30:00", new_york),
            ("2024-08-01 00:00:00", tokyo),
            (f"{last_day} 23:45:00", new_york),
        ]
    ):
        company.buyer(f"B{number}", created_at=ordered_at)
        company.order(f"B{number}", f"B{number}", ordered_at, 50, time_zone=zone)
    refund: dict[str, Any] = {"order_id": "B0", "amount": 5, "currency": "EUR", "reason": "late"}
    company.add("shop", "refunds", refund_id="R", refunded_at="2024-09-01 00:10:00", time_zone=tokyo, **refund)
    # The CRM writes UTC; at the company's it is still July.
    won = {"acquisition_channel": "search", "country_code": "US", "email": "late@example.org"}
    company.add("crm", "customers", customer_number="LATE", created_at="2024-08-01 03:00:00", **won)
    moved = {"life_event_id": "L", "customer_number": "C1", "kind": "move", "reported_at": "2024-07-02 10:00:00"}
    company.add("crm", "life_events", occurred_on="2024-07-01", **moved)
    world = World.of(company, tmp_path, *SOURCES, company_time_zone=new_york).load().build()

    assert world.failed_tests() == {}
    days = Counter(date.fromisoformat(str(row["ordered_at"])[:10]) for row in company.rows["shop", "orders"])
    assert dict(world.query("select business_date, count(*) from behavioural.orders group by all")) == days
    assert (
        dict(
            world.query("select purchase_date, sum(order_count) from intermediate.int_value__purchase_days group by 1")
        )
        == days
    )
    assert world.query("select as_of_date, as_of_at from intermediate.int_clock__as_of") == [
        (date.fromisoformat(last_day), datetime.fromisoformat(f"{last_day} 04:00") + timedelta(days=1))
    ]
    months = Counter(day.replace(day=1) for day in days.elements() if f"{day:%Y-%m}" < last_day[:7])
    valued = "select month_date, sum(order_count) from marts.customer_value_monthly where order_count > 0 group by 1"
    assert dict(world.query(valued)) == months
    of_first_order = "where customer_id = (select customer_id from behavioural.orders where source_record_id = 'B0')"
    assert world.query(f"select cohort_month_date from intermediate.int_value__customer_cohorts {of_first_order}") == [
        (date(2024, 7, 1),)
    ]
    assert world.query("select business_date, occurred_at from descriptive.life_events") == [
        (date(2024, 7, 1), datetime(2024, 7, 1, 4))
    ]
    assert world.query("select business_date from behavioural.refunds") == [(date(2024, 9, 1),)]
    assert world.query("select business_date from descriptive.customer_records where source_customer_id = 'LATE'") == [
        (date(2024, 7, 31),)
    ]
