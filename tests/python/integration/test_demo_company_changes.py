"""The demo company's second run: what changed at the sources since the first, and what was known before."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import DEMO_SOURCES
from tests.python.integration.conftest import Project, copied, succeeded
from tests.python.integration.demo_sources import (
    change,
    records,
    rows_by_table,
)


@dataclass
class SecondRun:
    """What was changed before it, and what the warehouse said then; `demo` is what it says now."""

    demo: Project
    changed_customer: object
    deleted_consent: object
    deleted_ticket: object
    stranger: str
    visits: int
    late: int
    events: int
    sessions: dict[str, str]
    stderr: str
    stdout: str
    versions: tuple[int, int]
    reads: int
    versions_read: list[int]

    @property
    def landing(self) -> Path:
        return self.demo.home / "landing"


@pytest.fixture(scope="module")
def second(demo: Project, tmp_path_factory: pytest.TempPathFactory) -> SecondRun:
    """A record changed, two deleted, an event file late; and a run, while a plain client reads on."""
    demo = copied(demo, tmp_path_factory.mktemp("changed"))
    landing = demo.home / "landing"
    (changed,) = records(landing, "crm", "select min(customer_number) from customers")[0]
    (deleted,) = records(landing, "crm", "select min(consent_id) from consents")[0]
    (ticket,) = records(landing, "helpdesk", "select min(ticket_id) from tickets where status <> 'deleted'")[0]
    change(
        landing,
        "crm",
        "update customers set city = 'Somewhere Else', updated_at = '2024-12-31 23:59:59'"
        f" where customer_number = '{changed}'",
        f"delete from consents where consent_id = '{deleted}'",
    )
    change(
        landing,
        "helpdesk",
        f"update tickets set status = 'deleted', updated_at = '2024-12-31T23:59:59+01:00' where ticket_id = '{ticket}'",
    )
    day = landing / "web" / "events" / "date=2024-06-01"
    stranger, visits = demo.query(
        "select anonymous_id, count(*) from interaction.web_events where source_record_id not like 'events:late-%'"
        " group by 1 having count(customer_id) = 0 order by 2 desc, 1 limit 1"
    )[0]
    late = late_part(day / "part-0.parquet", day / "part-9.parquet", stranger)
    ((events,),) = demo.query("select count(*) from interaction.web_events")
    sessions = dict(demo.query("select web_event_id, session_id from interaction.web_events"))
    first, current = demo.version(), demo.home / "published" / "current" / "cem.duckdb"
    stop = demo.home / "stop"
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(current), str(stop)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    watchdog = threading.Timer(1800, client.kill)  # a machine may be shared with many
    watchdog.start()

    ran = succeeded(demo.run())

    stop.touch()
    output, _ = client.communicate()
    watchdog.cancel()
    assert client.returncode == 0
    reads, *versions = (int(number) for number in output.split())
    return SecondRun(
        demo,
        changed,
        deleted,
        ticket,
        stranger,
        visits,
        late,
        events,
        sessions,
        ran.stderr,
        ran.stdout,
        (first, demo.version()),
        reads,
        versions,
    )


def test_what_changed_at_the_sources_arrives_while_a_plain_client_reads_on(second: SecondRun) -> None:
    demo, changed = second.demo, second.changed_customer
    assert second.reads > 10
    assert second.versions[1] == second.versions[0] + 1
    assert second.versions_read == list(second.versions)
    assert "✓ assess the texts: nothing new" in second.stderr
    assert "  helpdesk.comments: ticket_id is of no ticket that was loaded (" in second.stdout
    assert " rows, such as row " in second.stdout
    unchanged = [line for line in second.stderr.splitlines() if "✓ load" in line and "nothing new" in line]
    # A customer moved to another city, so records are compared again.
    assert [line for line in second.stderr.splitlines() if "✓ match records" in line and "pairs compared" in line]
    assert len(unchanged) == len(DEMO_SOURCES) - 3
    assert demo.query(
        f"select city from descriptive.customer_records where source_system = 'crm' and source_record_id = '{changed}'"
    ) == [("Somewhere Else",)]
    assert demo.query(
        "select attribute_value from descriptive.customer_attributes where attribute = 'city' and is_current"
        f" and source_system = 'crm' and source_customer_id = '{changed}'"
    ) == [("Somewhere Else",)]
    assert demo.query(
        f"select count(*) from descriptive.consents where source_record_id = '{second.deleted_consent}'"
    ) == [(0,)]
    assert demo.query(
        f"select count(*) from interaction.tickets where source_record_id = '{second.deleted_ticket}'"
    ) == [(0,)]
    assert demo.query("select count(*) from interaction.web_events") == [(second.events + second.late,)]
    later = dict(demo.query("select web_event_id, session_id from interaction.web_events"))
    assert {event: later[event] for event in second.sessions} == second.sessions, "late events change no visit's key"
    began = set(later.values()) - set(second.sessions.values())
    assert len(began) == 1, "they belong to visits that were there; only the stranger's login begins one"
    assert {
        (source, table): rows
        for source, table, rows in demo.query(
            "select source_system, raw_table, file_row_count from marts.load_reconciliation"
        )
    } == rows_by_table(second.landing)
    # A visitor who logged in at last is known from the first visit on.
    ((customers, identified),) = demo.query(
        f"select count(distinct customer_id), count(customer_id) from interaction.web_events"
        f" where anonymous_id = '{second.stranger}'"
    )
    assert (customers, identified) == (1, second.visits + 1)


def test_what_was_known_before_is_what_was_published_then(second: SecondRun) -> None:
    """The two last versions: what the newer one says was known at the time of the older is what the older says."""
    demo = second.demo
    older, newer = sorted((demo.home / "published").glob("cem-*/cem.duckdb"))[-2:]
    columns = (
        "event_id, customer_id, event_type, occurred_at, source_system, channel, touchpoint, description, event_value"
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach '{older}' as older (read_only)")
        connection.execute(f"attach '{newer}' as newer (read_only)")
        ((then,),) = connection.execute("select max(known_from) from older.marts.customer_timeline").fetchall()
        connection.execute(
            f"""
            create view known as
            select {columns} from newer.marts.customer_timeline where known_from <= '{then}'
            union all
            select {columns} from newer.marts.customer_timeline_corrections
            where known_from <= '{then}' and known_to > '{then}'
            """
        )
        published = f"select {columns} from older.marts.customer_timeline"
        assert connection.execute(f"from known except all {published}").fetchall() == []
        assert connection.execute(f"{published} except all from known").fetchall() == []
        corrected = connection.execute(
            "select entity, count(*) from newer.marts.customer_timeline_corrections group by 1"
        ).fetchall()
        ((customer, late),) = connection.execute(
            "select customer_id, max(occurred_at) from newer.marts.customer_timeline"
            " where source_record_id like 'events:late-%' and customer_id is not null group by 1 order by 1 limit 1"
        ).fetchall()
    assert {"consents", "ticket_events", "web_events"} <= {entity for entity, _ in corrected}, corrected

    # As it was, and as it was known: late events had occurred, and nobody had heard of them.
    def events(was_at: str, known_at: str) -> int:
        ((found,),) = demo.query(
            "select count(*) from marts.customer_timeline_as_of("
            f"'{customer}', timestamp '{was_at}', timestamp '{known_at}')"
        )
        (state,) = demo.query(
            f"select descriptive_event_count + behavioural_event_count + attitudinal_event_count"
            f" + interaction_event_count"
            f" from marts.customer_as_of('{customer}', timestamp '{was_at}', timestamp '{known_at}')"
        ) or [(0,)]
        assert state == (found,)
        return int(found)

    assert events(str(late), "infinity") < events("infinity", "infinity")
    assert events("infinity", str(then)) < events("infinity", "infinity")
    assert events("infinity", "2000-01-01") == 0


CLIENT = """
import duckdb, os, sys, time
current, stop = sys.argv[1:]
reads, seen = 0, set()
while not os.path.exists(stop):
    with duckdb.connect(os.path.realpath(current), read_only=True) as c:
        seen.add(c.execute("select version from publication.version").fetchone()[0])
        tables = c.execute("select table_schema, table_name, rows from publication.tables").fetchall()
        for schema, table, rows in tables:
            assert c.execute(f"select count(*) from {schema}.{table}").fetchone() == (rows,)
    reads += 1
    time.sleep(2)  # at the moments that matter, not all the time: to read every table takes as long as to build some
print(reads, *sorted(seen))
"""


def late_part(source: Path, target: Path, stranger: str) -> int:
    """Events like those of `source` under keys of their own, and a stranger's login, late; how many they are."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                (select * replace ('late-' || event_id as event_id) from '{source}' limit 7)
                union all
                (
                    select * replace ('late-login' as event_id, '{stranger}' as anonymous_id) from '{source}'
                    where account_id is not null order by event_id limit 1
                )
            ) to '{target}'
            """
        )
    return 8
