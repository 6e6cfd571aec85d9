"""A person whom the source systems erased: `make erase` leaves nothing of them in CEM_HOME, and all else as it was."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.python.integration.conftest import Project, copied, differences, succeeded
from tests.python.integration.demo_sources import records

pytestmark = pytest.mark.long

SMALL = {
    "CEM_SOURCES": "crm,shop,finance,helpdesk,survey,messaging,web",
    "CEM_DEMO_FACTOR": "0.003",
    "CEM_NOW": "2026-01-01T06:00:00",
}


@dataclass
class Person:
    """A customer of all systems, and what would tell of them: keys and addresses that nobody else has."""

    number: str
    account: str
    visitors: set[str]
    traces: set[str]


def somebody(landing: Path) -> Person:
    """Who bought, complained, was asked and came back: the first customer with tickets, answers and an account."""
    opened = {number for (number,) in records(landing, "helpdesk", "select customer_number from tickets")}
    asked = {
        number
        for (number,) in records(
            landing, "survey", "select customer_number from invitations join answers using (invitation_id)"
        )
    }
    number, account = next(
        (str(number), str(account))
        for number, account in records(
            landing,
            "shop",
            "select customer_number, account_id from accounts where account_id in (select account_id from orders)"
            " group by customer_number having count(*) = 1 order by customer_number",
        )
        if number in opened & asked
    )
    of_them = f"customer_number = '{number}'"
    found: set[str] = {number, account}
    for source, query in (
        ("crm", f"select email, phone, street from customers where {of_them}"),
        ("crm", f"select consent_id, null, null from consents where {of_them}"),
        ("shop", f"select order_id, null, null from orders where account_id = '{account}'"),
        ("helpdesk", f"select ticket_id, requester_email, null from tickets where {of_them}"),
        ("helpdesk", f"select comment_id, null, null from tickets join comments using (ticket_id) where {of_them}"),
        ("survey", f"select invitation_id, null, null from invitations where {of_them}"),
    ):
        found |= {str(value) for row in records(landing, source, query) for value in row if value}
    visitors = {
        row["anonymous_id"]
        for path in (landing / "web").rglob("*.parquet")
        for row in pq.read_table(path, partitioning=None).to_pylist()
        if row["account_id"] == account
    }
    return Person(number, account, visitors, found | visitors)


def erase_at_the_sources(landing: Path, person: Person) -> None:
    of_them = f"where customer_number = '{person.number}'"
    orders = f"where order_id in (select order_id from orders where account_id = '{person.account}')"
    ticket = f"where ticket_id in (select ticket_id from tickets {of_them})"
    execute(
        landing,
        "crm",
        f"update customers set referred_by = null where referred_by = '{person.number}'",
        f"delete from opportunity_stages where opportunity_id in (select opportunity_id from opportunities {of_them})",
        *(
            f"delete from {table} {of_them}"
            for table in ("customer_changes", "consents", "life_events", "needs", "opportunities", "activities")
        ),
        f"delete from customers {of_them}",
    )
    execute(
        landing,
        "shop",
        *(f"delete from {table} {orders}" for table in ("order_lines", "payments", "refunds", "orders")),
        "delete from subscription_uses where subscription_id in"
        f" (select subscription_id from subscriptions where account_id = '{person.account}')",
        f"delete from subscriptions where account_id = '{person.account}'",
        f"delete from accounts where account_id = '{person.account}'",
    )
    execute(
        landing,
        "helpdesk",
        f"delete from comments {ticket}",
        f"delete from ticket_events {ticket}",
        "update tickets set status = 'deleted', updated_at = '2025-12-31T12:00:00+01:00' " + of_them,
    )
    execute(
        landing,
        "survey",
        f"delete from answers where invitation_id in (select invitation_id from invitations {of_them})",
        f"delete from invitations {of_them}",
    )
    for source, column, values in (
        ("messaging", "customer_number", {person.number}),
        ("web", "anonymous_id", person.visitors),
    ):
        for path in (landing / source).rglob("*.parquet"):
            table = pq.read_table(path, partitioning=None)
            others = [value not in values for value in table[column].to_pylist()]
            if not all(others):
                pq.write_table(table.filter(others), path)
    for path in (landing / "web").rglob("*.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if person.account not in line), encoding="utf-8")


def execute(landing: Path, source: str, *statements: str) -> None:
    with closing(sqlite3.connect(landing / source / f"{source}.sqlite")) as database, database:
        for statement in statements:
            database.execute(statement)


def places(home: Path, traces: set[str]) -> dict[str, set[str]]:
    """The files below `home` that hold one of `traces`, with those; a table is read as a reader would."""
    found = {}
    for path in home.rglob("*"):
        name = str(path.relative_to(home))
        if path.is_symlink() or not path.is_file() or name.startswith(("landing/", "truth/")):
            continue
        if path.suffix == ".parquet":
            text = as_text(duckdb.sql(f"from read_parquet('{path}', hive_partitioning = false)"))
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                tables = connection.execute(
                    "select schema_name || '.' || table_name from duckdb_tables() where not internal"
                ).fetchall()
                text = "\n".join(as_text(connection.sql(f"from {table}")) for (table,) in tables)
        else:
            text = path.read_bytes().decode(errors="replace")
        if told := {trace for trace in traces if trace in text and is_whole(trace, text)}:
            found[name] = told
    return found


def is_whole(trace: str, text: str) -> bool:
    """Whether it stands by itself: C0000000002 is part of AC0000000002, which is another's activity."""
    return re.search(rf"(?<!\w){re.escape(trace)}(?!\w)", text) is not None


def as_text(rows: duckdb.DuckDBPyRelation) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows.fetchall())
    return text.getvalue()


def test_nothing_of_who_was_erased_at_the_sources_is_left(tmp_path: Path) -> None:
    project = Project(tmp_path / "home", SMALL)
    succeeded(project.run())
    landing = project.home / "landing"
    person = somebody(landing)
    before = places(project.home, person.traces)
    assert set().union(*before.values()) == person.traces
    erase_at_the_sources(landing, person)
    # One person is more than a tenth of the events of some day.
    a_day_later = {"CEM_NOW": "2026-01-02T06:00:00", "CEM_MOST_LOST_SHARE": "1"}
    # Who only runs on has erased them from the current tables, and from nothing else.
    plain = copied(project, tmp_path / "plain")
    succeeded(plain.run(**a_day_later))
    assert places(plain.home, person.traces)

    told = succeeded(project.command("erase", **a_day_later))

    # Of the tickets the help desk goes on to say that they are deleted, and keeps their keys for that.
    of_the_source = {trace for trace in person.traces if trace.startswith("T")}
    assert places(project.home, person.traces - of_the_source) == {}
    assert {path.split("/load_id")[0] for path in places(project.home, of_the_source)} <= {"lake/raw/helpdesk/tickets"}
    assert "erase what the sources no longer have" in told.stderr
    assert [path.name for path in (project.home / "published").iterdir() if not path.is_symlink()] == ["cem-000003"]
    # All that is known now is as a plain run says it. What was known before knows less, what was in quarantine with
    # their tickets is gone, and texts were assessed anew.
    assert set(differences(plain.published_file, project.published_file)) <= {
        "attitudinal.text_assessments",
        "marts.customer_id_history",
        "marts.customer_timeline_corrections",
        "marts.customer_value_monthly",
        "marts.load_reconciliation",
        "marts.quarantine_reasons",
    }
    # The next run finds nothing new, and brings nobody back.
    succeeded(project.run(CEM_NOW="2026-01-03T06:00:00"))
    assert places(project.home, person.traces - of_the_source) == {}
