"""The demo company: visits on the web and in the app, and the rule that makes them of any events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.python.integration.conftest import Project
from tests.python.integration.demo_sources import (
    WebEvent,
    visits,
    web_events,
)

SessionRule = Callable[[list[WebEvent], set[str]], dict[str, str]]
START = datetime(2024, 3, 31, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def session_rule(demo: Project) -> Iterator[SessionRule]:
    """The model's SQL as it ran, on other events: the visit of each, where some were loaded a day after the others."""
    (compiled,) = (demo.home / "dbt" / "compiled").rglob("int_sessions__event_sessions.sql")
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as cem_warehouse")
        connection.execute("create schema cem_warehouse.staging")
        connection.execute(
            "create table cem_warehouse.staging.stg_web__web_events (web_event_id text, source_system text,"
            " channel text, anonymous_id text, account_id text, occurred_at timestamp, loaded_at timestamp)"
        )

        def sessions(events: list[WebEvent], late: set[str]) -> dict[str, str]:
            connection.execute("delete from cem_warehouse.staging.stg_web__web_events")
            for event in events:
                loaded_at = START + timedelta(days=2 if event.key in late else 1)
                connection.execute(
                    "insert into cem_warehouse.staging.stg_web__web_events values (?, 'web', ?, ?, ?, ?, ?)",
                    [event.key, event.channel, event.device, event.account]
                    + [at.replace(tzinfo=None) for at in (event.at, loaded_at)],
                )
            return dict(
                connection.execute(
                    f"select web_event_id, session_id from ({compiled.read_text(encoding='utf-8')})"
                ).fetchall()
            )

        yield sessions


def test_visits_are_those_of_the_landing_files(demo: Project, landing: Path) -> None:
    """Event by event, against a plain sessionisation."""
    expected = {frozenset(event.key for event in visit) for visit in visits(web_events(landing))}
    found: dict[str, set[str]] = {}
    for event, session in demo.query("select web_event_id, session_id from interaction.web_events"):
        found.setdefault(session, set()).add(event)
    assert {frozenset(events) for events in found.values()} == expected
    assert demo.query("select count(*), sum(event_count) from interaction.sessions") == [
        (len(expected), sum(len(visit) for visit in expected))
    ]


MOMENTS = st.integers(0, 6 * 3600).map(lambda seconds: seconds // 300 * 300 + seconds % 2)


@settings(max_examples=200, deadline=None)
@given(
    events=st.lists(
        st.builds(
            lambda key, channel, device, account, at: WebEvent(f"e{key:03d}", channel, device, account, START + at),
            st.integers(0, 999),
            st.sampled_from(["web", "app"]),
            st.sampled_from(["d1", "d2"]),
            st.sampled_from([None, None, "a7", "a8"]),
            MOMENTS.map(lambda seconds: timedelta(seconds=seconds)),
        ),
        max_size=25,
        unique_by=lambda event: event.key,
    )
)
def test_the_rule_of_visits_is_the_plain_one_on_any_events(session_rule: SessionRule, events: list[WebEvent]) -> None:
    found: dict[str, set[str]] = {}
    for key, session in session_rule(events, set()).items():
        found.setdefault(session, set()).add(key)
    assert {frozenset(keys) for keys in found.values()} == {frozenset(e.key for e in visit) for visit in visits(events)}


@settings(max_examples=200, deadline=None)
@given(
    moments=st.lists(st.tuples(MOMENTS, st.booleans()), max_size=25),
)
def test_visits_keep_their_names_whatever_comes_late(
    session_rule: SessionRule, moments: list[tuple[int, bool]]
) -> None:
    """Late events begin visits, or join them. A name is only given up to a visit that was learned of before."""
    events = [
        WebEvent(f"e{number:03d}", "web", "d1", None, START + timedelta(seconds=at))
        for number, (at, _) in enumerate(moments)
    ]
    late = {event.key for event, (_, is_late) in zip(events, moments, strict=True) if is_late}
    before = session_rule([event for event in events if event.key not in late], set())
    after = session_rule(events, late)
    kept = {after[key] for key in before}
    assert kept <= set(before.values())
    for key, session in before.items():
        assert after[key] == session or session not in kept


def test_visits_before_the_login_are_the_customer_s(demo: Project) -> None:
    assert demo.query(
        "select count(*) > 1000 from interaction.web_events where not is_identified and customer_id is not null"
    ) == [(True,)]
    assert demo.query("select count(*) > 1000 from interaction.web_events where customer_id is null") == [(True,)]
