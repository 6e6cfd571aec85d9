"""Service as the customer saw it: opening hours against a reference that steps through days, and cases by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from orchestration.settings import DEMO_SOURCES
from tests.python.worlds.world import compiled_for

MODELS = (
    *("int_service__ticket_cycles", "int_service__ticket_priorities", "int_service__cases"),
    *("int_service__ticket_spans", "int_service__opening_hours", "int_service__span_seconds"),
    *("int_service__ticket_measures", "int_service__month_sums", "service_quality", "service_monthly"),
)
# What the models read, each with its columns.
INPUTS = {
    "interaction.tickets": "ticket_id text, customer_id text, source_system text, channel text, category text,"
    " status text, priority text, occurred_at timestamp, business_date date, first_replied_at timestamp,"
    " solved_at timestamp, satisfaction_score decimal(9, 2), satisfaction_rated_at timestamp",
    "interaction.ticket_events": "ticket_event_id text, ticket_id text, customer_id text, event_type text,"
    " old_value text, new_value text, actor text, agent text, occurred_at timestamp, business_date date",
    "interaction.ticket_comments": "ticket_comment_id text, ticket_id text, source_system text, author text,"
    " is_public boolean, occurred_at timestamp, business_date date",
    "descriptive.customer_attributes": "customer_attribute_id text, customer_id text, attribute text,"
    " attribute_value text, valid_from timestamp, valid_to timestamp, loaded_at timestamp",
    "intermediate.int_clock__as_of": "as_of_date date, as_of_at timestamp",
    "rules.service_calendar_hours": "calendar text, weekday int, opens text, closes text, time_zone text,"
    " valid_from date, valid_to date",
    "rules.service_holidays": "calendar text, holiday_date date, holiday text",
    "rules.service_calendar_rules": "rule_number int, source_system text, channel text, country text, calendar text",
    "rules.service_level_targets": "measure text, priority text, target_minutes bigint, hours text",
    "rules.ticket_statuses": "status text, waits_for text",
    "rules.backlog_age_classes": "age_class text, least_days int",
    "rules.codes": "entity text, column_name text, code text",
}
WAITS_FOR = {"new": "agent", "open": "agent", "pending": "customer", "on_hold": "third_party"} | dict.fromkeys(
    ("solved", "closed"), "nobody"
)
Row = dict[str, Any]


def built(tables: dict[str, list[Row]], *models: str) -> duckdb.DuckDBPyConnection:
    """A warehouse with these rows, by table, and the models of service, or some of them, that rest on them."""
    nodes = {node.name: node for _, stage in compiled_for(DEMO_SOURCES).stages for node in stage}
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as cem_warehouse; use cem_warehouse")
    for schema in ("interaction", "descriptive", "intermediate", "rules", "marts"):
        connection.execute(f"create schema {schema}")
    for name, columns in INPUTS.items():
        connection.execute(f"create table {name} ({columns})")
    for name, rows in tables.items():
        names = {column for row in rows for column in row}
        columns = {column: [row.get(column) for row in rows] for column in sorted(names)}
        connection.register("rows", pa.table(columns))
        connection.execute(f"insert into {name} by name select * from rows")
    for model in models or MODELS:
        connection.execute(f"create table {nodes[model].relation} as {nodes[model].sql}")
    return connection


# Calendars whose days are awkward: clocks that change at night and at midnight, two stretches a day, hours past
# midnight, hours that changed, and a desk that never closes.
HOURS: tuple[tuple[str, range, str, str, str, date | None, date | None], ...] = (
    ("berlin", range(1, 6), "09:00", "12:30", "Europe/Berlin", None, date(2024, 6, 14)),
    ("berlin", range(1, 6), "13:15", "17:00", "Europe/Berlin", None, date(2024, 6, 14)),
    ("berlin", range(1, 7), "08:00", "20:00", "Europe/Berlin", date(2024, 6, 15), None),
    ("sao_paulo", range(1, 8), "00:00", "24:00", "America/Sao_Paulo", None, None),
    ("late", range(1, 8), "22:00", "06:00", "America/Sao_Paulo", None, None),
    ("night", range(1, 8), "00:30", "04:45", "Europe/Berlin", None, None),
    ("auckland", range(1, 6), "09:00", "17:30", "Pacific/Auckland", None, None),
    ("always", range(1, 8), "00:00", "24:00", "UTC", None, None),
)
HOLIDAYS = {
    ("berlin", date(2024, 4, 1)),
    ("berlin", date(2024, 5, 1)),
    ("late", date(2018, 2, 17)),
    ("auckland", date(2024, 2, 6)),
}
# Stretches of time in which the clocks of Berlin, Auckland and (until 2019) São Paulo change.
STRETCHES = (
    (datetime(2018, 2, 1), datetime(2018, 3, 10)),
    (datetime(2018, 10, 20), datetime(2018, 11, 20)),
    (datetime(2024, 1, 25), datetime(2024, 11, 10)),
)


def moment(day: date, clock: str, zone: str) -> datetime:
    """Local time of a day as UTC: of an hour that comes twice the second, of one that never comes, as before it."""
    hours, minutes = map(int, clock.split(":"))
    local = datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes)
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    return (second if second > first else first).replace(tzinfo=None)


def open_seconds(calendar: str, start: datetime, end: datetime) -> int:
    """Whole seconds from start to end in which the calendar is open, opening by opening."""
    found = 0
    for name, weekdays, opens, closes, zone, valid_from, valid_to in HOURS:
        day = start.date() - timedelta(days=2)
        while name == calendar and day <= end.date() + timedelta(days=2):
            if (
                day.isoweekday() in weekdays
                and (valid_from or day) <= day <= (valid_to or day)
                and (calendar, day) not in HOLIDAYS
            ):
                closing_day = day if closes > opens else day + timedelta(days=1)
                stretch = max(start, moment(day, opens, zone)), min(end, moment(closing_day, closes, zone))
                found += max(0, int((stretch[1] - stretch[0]).total_seconds()))
            day += timedelta(days=1)
    return found


def test_business_time_is_that_of_a_reference_that_steps_through_days() -> None:
    random = np.random.default_rng(2024)
    calendars = sorted({row[0] for row in HOURS})
    spans = []
    for number in range(2400):
        first, last = STRETCHES[number % len(STRETCHES)]
        start = first + timedelta(seconds=int(random.integers((last - first).total_seconds())))
        length = int(random.choice([3600, 86_400, 10 * 86_400, 40 * 86_400]) * random.random())
        spans.append((str(number), calendars[number % len(calendars)], start, start + timedelta(seconds=length)))
    # Moments at which something opens, closes or begins, and no time at all.
    for calendar in calendars:
        midnight = datetime(2024, 3, 31)
        spans.append((f"{calendar} day", calendar, midnight, midnight + timedelta(days=1)))
        spans.append((f"{calendar} moment", calendar, midnight, midnight))
    tables: dict[str, list[Row]] = {
        "interaction.tickets": [{"ticket_id": "first", "business_date": date(2018, 2, 1)}],
        "intermediate.int_clock__as_of": [{"as_of_date": date(2024, 12, 31), "as_of_at": datetime(2025, 1, 1)}],
        "rules.service_calendar_hours": [
            dict(zip(columns_of("rules.service_calendar_hours"), (name, weekday, *others), strict=True))
            for name, weekdays, *others in HOURS
            for weekday in weekdays
        ],
        "rules.service_holidays": [{"calendar": name, "holiday_date": day} for name, day in sorted(HOLIDAYS)],
    }
    with built(tables, "int_service__opening_hours") as connection:
        connection.execute(
            "create table intermediate.int_service__ticket_spans (ticket_id text, calendar text, started_at timestamp,"
            " ended_at timestamp, measure text, is_ended boolean)"
        )
        names = ("ticket_id", "calendar", "started_at", "ended_at")
        connection.register("spans", pa.table(dict(zip(names, zip(*spans, strict=True), strict=True))))
        connection.execute(
            "insert into intermediate.int_service__ticket_spans select *, 'first_reply', true from spans"
        )
        nodes = {node.name: node for _, stage in compiled_for(DEMO_SOURCES).stages for node in stage}
        found = {
            ticket: (seconds, business)
            for ticket, seconds, business in connection.execute(
                f"select ticket_id, calendar_seconds, business_seconds from ({nodes['int_service__span_seconds'].sql})"
            ).fetchall()
        }
    assert len(found) == len(spans)
    wrong = [
        (name, calendar, start, end, found[name], expected)
        for name, calendar, start, end in spans
        if found[name] != (expected := (int((end - start).total_seconds()), open_seconds(calendar, start, end)))
    ]
    assert wrong == []
    # From 01:00 to 04:45 by clocks that go forward, and the first hour and a half of the next night.
    assert (found["night day"], found["always day"]) == ((86_400, 15_300), (86_400, 86_400))


def columns_of(table: str) -> Iterator[str]:
    # A decimal's type holds a comma, too.
    return (part.split()[0] for part in INPUTS[table].replace("(9, 2)", "").split(","))


# The desk is in Berlin, where a day of January is open from 08:00 to 16:00 UTC, and Brazil has one of its own.
RULES: dict[str, list[Row]] = {
    "intermediate.int_clock__as_of": [{"as_of_date": date(2024, 3, 31), "as_of_at": datetime(2024, 3, 31, 22)}],
    "rules.service_calendar_hours": [
        *(
            {"calendar": "desk", "weekday": day, "opens": "09:00", "closes": "17:00", "time_zone": "Europe/Berlin"}
            for day in range(1, 6)
        ),
        *(
            {
                "calendar": "brazil",
                "weekday": day,
                "opens": "08:00",
                "closes": "12:00",
                "time_zone": "America/Sao_Paulo",
            }
            for day in range(1, 6)
        ),
    ],
    "rules.service_calendar_rules": [
        {"rule_number": 1, "country": "BR", "calendar": "brazil"},
        {"rule_number": 2, "calendar": "desk"},
    ],
    "rules.service_level_targets": [
        {"measure": "first_reply", "priority": "urgent", "target_minutes": 60, "hours": "business"},
        {"measure": "first_reply", "target_minutes": 480, "hours": "business"},
        {"measure": "full_resolution", "target_minutes": 2400, "hours": "business"},
    ],
    "rules.ticket_statuses": [{"status": status, "waits_for": whom} for status, whom in WAITS_FOR.items()],
    "rules.backlog_age_classes": [
        {"age_class": "under_1_day", "least_days": 0},
        {"age_class": "1_to_7_days", "least_days": 1},
        {"age_class": "7_days_and_more", "least_days": 7},
    ],
    "rules.codes": [
        {"entity": "tickets", "column_name": "priority", "code": code} for code in ("low", "normal", "high", "urgent")
    ],
}


class Desk:
    """The rows of a help desk, written as what happened to each ticket: `2024-01-08 17:00 created customer`."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {
            name: [] for name in ("interaction.tickets", "interaction.ticket_events", "interaction.ticket_comments")
        }
        self.numbers = itertools.count()

    def ticket(self, name: str, customer: str | None, *told: str, **values: Any) -> None:
        """`says` is a public message, `notes` one among agents; any other word is an event, with its new value."""
        for line in told:
            day, clock, what, actor, *rest = line.split()
            at = datetime.fromisoformat(f"{day} {clock}")
            when = {"ticket_id": name, "occurred_at": at, "business_date": at.date()}
            number = f"{next(self.numbers):05}"
            if what in ("says", "notes"):
                self.tables["interaction.ticket_comments"].append(
                    {
                        **when,
                        "ticket_comment_id": number,
                        "source_system": "desk",
                        "author": actor,
                        "is_public": what == "says",
                    }
                )
            else:
                old, new = (*rest, None, None)[:2] if what == "priority_changed" else (None, (*rest, None)[0])
                event = {"ticket_event_id": number, "event_type": what, "old_value": old, "new_value": new}
                self.tables["interaction.ticket_events"].append({**when, **event, "actor": actor})
        created = datetime.fromisoformat(" ".join(told[0].split()[:2])) if told else values["occurred_at"]
        row = {"source_system": "desk", "status": "open", "priority": "normal", "channel": "email", **values}
        self.tables["interaction.tickets"].append(
            {**row, "ticket_id": name, "customer_id": customer, "occurred_at": created, "business_date": created.date()}
        )


def case(connection: duckdb.DuckDBPyConnection, ticket: str, *columns: str) -> list[Any]:
    """These columns of a ticket in the mart; minutes as floats."""
    (found,) = connection.execute(
        f"select {', '.join(columns)} from marts.service_quality where ticket_id = ?", [ticket]
    ).fetchall()
    return [float(value) if isinstance(value, Decimal) else value for value in found]


def by_hand() -> Desk:
    desk = Desk()
    desk.ticket(
        *("evening", "anna", "2024-01-08 17:00 created customer", "2024-01-08 17:00 says customer"),
        *("2024-01-08 18:00 assigned system kim", "2024-01-09 08:00 assigned agent lee"),
        *("2024-01-09 08:10 assigned agent lee", "2024-01-09 08:30 says agent", "2024-01-09 09:00 solved agent"),
    )
    desk.ticket(
        *("again", "anna", "2024-01-10 09:00 created customer", "2024-01-10 09:30 notes agent"),
        *("2024-01-10 10:00 says agent", "2024-01-10 11:00 solved agent", "2024-01-10 11:05 says customer"),
        *("2024-01-11 09:00 reopened customer", "2024-01-11 09:00 says customer", "2024-01-11 09:20 says agent"),
        *("2024-01-11 10:00 solved agent", "2024-01-16 10:00 status_changed system closed"),
    )
    desk.ticket("twin", "anna", "2024-01-10 09:10 created customer", "2024-01-10 09:20 merged agent again")
    desk.ticket(
        *("waiting", "ben", "2024-01-15 08:00 created customer", "2024-01-15 09:00 status_changed agent open"),
        *("2024-01-15 10:00 status_changed agent pending", "2024-01-15 12:00 status_changed agent on_hold"),
        *("2024-01-15 13:00 status_changed agent open", "2024-01-15 14:00 solved agent"),
    )
    desk.ticket(
        *(
            "raised",
            "ben",
            "2024-01-16 08:00 created customer",
            "2024-01-16 08:30 priority_changed agent normal urgent",
        ),
        *("2024-01-16 10:00 says agent", "2024-01-16 11:00 priority_changed agent urgent low"),
        "2024-01-16 12:00 solved agent",
        priority="low",
    )
    desk.ticket(
        *("fresh", "carl", "2024-03-29 15:00 created customer", "2024-03-29 15:30 says customer"),
        "2024-03-29 15:45 notes agent",
    )
    desk.ticket("forgotten", None, "2024-03-25 08:00 created customer")
    desk.ticket(
        *("called", "dora", "2024-02-05 08:00 created agent", "2024-02-05 08:00 says agent"),
        *("2024-02-05 09:00 says customer", "2024-02-05 09:45 says agent", "2024-02-05 10:00 solved agent"),
    )
    desk.ticket(
        *("abroad", "rui", "2024-02-07 10:00 created customer", "2024-02-07 11:30 says agent"),
        "2024-02-07 15:30 solved agent",
    )
    desk.ticket(
        *("told", "eve"),
        source_system="other",
        status="closed",
        occurred_at=datetime(2024, 2, 6, 8),
        first_replied_at=datetime(2024, 2, 6, 9),
        solved_at=datetime(2024, 2, 6, 10),
    )
    desk.ticket("mute", "eve", source_system="mute", occurred_at=datetime(2024, 2, 6, 8))
    return desk


@pytest.fixture(scope="module")
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    moved = {"customer_id": "rui", "attribute": "country", "loaded_at": datetime(2024, 3, 2)}
    countries = [
        {**moved, "customer_attribute_id": "1", "attribute_value": "BR", "valid_from": datetime(2023, 1, 1)}
        | {"valid_to": datetime(2024, 3, 1)},
        {**moved, "customer_attribute_id": "2", "attribute_value": "DE", "valid_from": datetime(2024, 3, 1)},
    ]
    with built({**RULES, **by_hand().tables, "descriptive.customer_attributes": countries}) as connection:
        yield connection


REPLY = ("first_reply_minutes", "first_reply_business_minutes")
SOLVED = (
    *("first_resolution_minutes", "first_resolution_business_minutes"),
    *("full_resolution_minutes", "full_resolution_business_minutes"),
)


def test_a_case_of_the_evening_waits_by_the_clock_and_not_in_the_desk_s_time(marts: duckdb.DuckDBPyConnection) -> None:
    assert case(marts, "evening", *REPLY, *SOLVED) == [930, 30, 960, 60, 960, 60]
    counted = ("touch_class", "handoff_count", "reopen_count", "has_repeat_contact", "calendar")
    assert case(marts, "evening", *counted) == ["one_touch", 1, 0, True, "desk"]
    assert case(marts, "evening", "first_assignment_minutes", "first_assignment_business_minutes") == [60, 0]


def test_a_case_that_was_reopened_is_solved_when_it_was_at_last(marts: duckdb.DuckDBPyConnection) -> None:
    """Its first solution stays, and what the customer said after it is no question that the reopening answers."""
    assert case(marts, "again", *REPLY, *SOLVED) == [60, 60, 120, 120, 1500, 540]
    assert case(marts, "again", "total_reply_minutes", "customer_wait_minutes") == [80, 180]
    counted = ("reopen_count", "touch_class", "merged_ticket_count", "has_repeat_contact", "is_open")
    assert case(marts, "again", *counted) == [1, "two_touch", 1, False, False]
    assert marts.execute("select count(*) from marts.service_quality where ticket_id = 'twin'").fetchone() == (0,)


def test_whom_a_case_waits_for_its_statuses_say(marts: duckdb.DuckDBPyConnection) -> None:
    waits = ("customer_wait_minutes", "agent_wait_minutes", "on_hold_minutes", "awaiting_reply_minutes")
    assert case(marts, "waiting", *waits) == [240, 120, 60, None]
    # Nobody ever answered, and nobody is going to.
    assert case(marts, "waiting", *REPLY, "touch_class", "is_first_reply_within_target") == [
        *(None, None),
        *("no_reply", None),
    ]


def test_a_promise_is_that_of_the_priority_at_the_time(marts: duckdb.DuckDBPyConnection) -> None:
    priorities = ("priority_at_creation", "priority_at_first_reply", "is_first_reply_within_target")
    assert case(marts, "raised", *priorities) == ["normal", "urgent", False]
    assert case(marts, "raised", "first_reply_target_minutes", "first_reply_target_minutes_left") == [60, -60]
    assert case(marts, "raised", "full_resolution_target_minutes_left", "is_full_resolution_within_target") == [
        *(2160, True)
    ]


def test_an_open_case_ages_until_the_as_of_moment(marts: duckdb.DuckDBPyConnection) -> None:
    """Over Easter, when no desk is open: of Friday an hour is left, and a note among agents is no answer."""
    state = (
        "is_open",
        "open_day_count",
        "age_class",
        "first_reply_target_minutes_left",
        "is_first_reply_within_target",
    )
    assert case(marts, "fresh", *state) == [True, 2, "1_to_7_days", 420, None]
    assert case(marts, "fresh", "awaiting_reply_minutes", "awaiting_reply_business_minutes") == [3300, 60]
    assert case(marts, "fresh", *REPLY, *SOLVED) == [None] * 6
    # Five days of 480 minutes.
    assert case(marts, "forgotten", *state) == [True, 6, "1_to_7_days", 480 - 2400, False]


def test_who_asks_is_who_waits(marts: duckdb.DuckDBPyConnection) -> None:
    """Where an agent opens a case, and where a customer of another country does, whose desk keeps other hours."""
    assert case(marts, "called", *REPLY) == [45, 45]
    assert case(marts, "abroad", "country", "calendar", *REPLY, *SOLVED[:2]) == ["BR", "brazil", 90, 30, 330, 240]


def test_what_a_source_does_not_tell_is_not_known(marts: duckdb.DuckDBPyConnection) -> None:
    told = (*REPLY, *SOLVED[2:], "touch_class", "customer_wait_minutes")
    assert case(marts, "told", *told) == [60, 60, 120, 120, None, None]
    assert case(marts, "mute", "is_open", "awaiting_reply_minutes", "is_first_reply_within_target") == [
        *(True, None, None)
    ]


def test_the_backlog_of_a_month_is_what_was_open_when_it_ended(marts: duckdb.DuckDBPyConnection) -> None:
    found = marts.execute(
        "select month_date, measure, ticket_count, met_ticket_count from intermediate.int_service__month_sums"
        " where measure like 'backlog%' and dimension = 'none' order by all"
    ).fetchall()
    assert found == [
        (date(2024, 2, 1), "backlog", 1, 0),
        (date(2024, 2, 1), "backlog_1_to_7_days", 1, 0),
        (date(2024, 2, 1), "backlog_7_days_and_more", 1, 1),
        (date(2024, 2, 1), "backlog_under_1_day", 1, 0),
        (date(2024, 3, 1), "backlog", 3, 0),
        (date(2024, 3, 1), "backlog_1_to_7_days", 3, 2),
        (date(2024, 3, 1), "backlog_7_days_and_more", 3, 1),
        (date(2024, 3, 1), "backlog_under_1_day", 3, 0),
    ]


def test_figures_of_a_month_are_those_of_a_plain_count() -> None:
    """Of 600 cases: medians, shares and suppression against NumPy, and parts that are their whole."""
    random = np.random.default_rng(66)
    desk = Desk()
    channels = random.choice(["email", "phone", "chat", "letter"], 600, p=[0.5, 0.3, 0.15, 0.05])
    created = [datetime(2024, 1, 1) + timedelta(minutes=int(random.integers(60 * 24 * 80))) for _ in channels]
    waits = random.exponential(900, 600).astype(int)
    is_answered = random.random(600) < 0.9
    for number, (channel, at, wait, answered) in enumerate(zip(channels, created, waits, is_answered, strict=True)):
        replied = at + timedelta(minutes=int(wait))
        desk.ticket(
            *(str(number), str(number), f"{at} created customer"),
            *((f"{replied} says agent", f"{replied} solved agent") if answered else ()),
            channel=str(channel),
        )
    is_answered &= np.array(
        [at + timedelta(minutes=int(wait)) < datetime(2024, 3, 31) for at, wait in zip(created, waits, strict=True)]
    )
    with built({**RULES, **desk.tables}) as connection:
        rows = connection.execute(
            "select month(month_date), dimension, dimension_value, ticket_count, ended_ticket_count, is_suppressed,"
            " median_minutes, p90_minutes, judged_ticket_count, met_ticket_count, lower_95, upper_95"
            " from marts.service_monthly where measure = 'first_reply' and dimension in ('none', 'channel')"
        ).fetchall()
        seconds = dict(
            connection.execute(
                "select ticket_id, is_within_target from intermediate.int_service__ticket_measures"
                " where measure = 'first_reply'"
            ).fetchall()
        )
    months = np.array([at.month for at in created])
    met = np.array([seconds[str(number)] for number in range(600)], dtype=object)
    totals: dict[tuple[int, str], int] = {}
    suppressed = {channel for _, _, channel, _, _, is_suppressed, *_ in rows if is_suppressed}
    for month, dimension, level, tickets, ended, is_suppressed, median, p90, judged, met_count, lower, upper in rows:
        part = (months == month) & ((channels == level) if dimension == "channel" else True)
        done = part & is_answered
        assert (tickets, ended) == (part.sum(), done.sum())
        totals[month, dimension] = totals.get((month, dimension), 0) + tickets
        if is_suppressed:
            assert (median, p90, judged, met_count, lower, upper) == (None,) * 6
            continue
        assert tickets >= 30
        assert float(median) == pytest.approx(np.median(waits[done]), abs=1e-5)
        assert float(p90) == pytest.approx(np.quantile(waits[done], 0.9), abs=1e-5)
        assert (judged, met_count) == (sum(m is not None for m in met[part]), sum(m is True for m in met[part]))
        assert float(lower) < met_count / judged < float(upper)
    assert all(totals[month, "none"] == totals[month, "channel"] == (months == month).sum() for month in (1, 2, 3))
    # Letters are too few, and whoever takes the other ones from all would have them: so is the smallest of those.
    assert {"letter", "chat"} <= suppressed
    assert "all" not in suppressed
