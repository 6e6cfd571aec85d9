"""What the demo company's source systems hold, counted and read without any part of the project."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pyarrow.parquet

RECORD_SOURCES = ("crm", "shop", "survey", "helpdesk")


def rows_by_table(landing: Path) -> dict[tuple[str, str], int]:
    """Rows of every table of every source system, by (source, table); a deleted ticket is none."""
    found: dict[tuple[str, str], int] = {}
    for source in RECORD_SOURCES:
        with closing(sqlite3.connect(landing / source / f"{source}.sqlite")) as database:
            tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (table,) in tables:
                where = " where status <> 'deleted'" if table == "tickets" else ""
                found[source, table] = database.execute(f"select count(*) from {table}{where}").fetchall()[0][0]
    for source, table, pattern in (
        ("web", "events", "events/*/*.parquet"),
        ("messaging", "message_events", "message_events/*/*.parquet"),
    ):
        files = (landing / source).glob(pattern)
        found[source, table] = sum(pyarrow.parquet.read_metadata(file).num_rows for file in files)
    for source, table, pattern in (("web", "app_events", "app_events/*/*.jsonl"), ("social", "posts", "posts_*.jsonl")):
        found[source, table] = sum(file.read_bytes().count(b"\n") for file in (landing / source).glob(pattern))
    for source, table, pattern in (
        ("ads", "campaign_days", "campaign_days_*.csv"),
        ("finance", "fixed_costs", "fixed_costs.csv"),
        ("finance", "exchange_rates", "exchange_rates.csv"),
        ("finance", "discount_rates", "discount_rates.csv"),
    ):
        found[source, table] = sum(1 for _ in _csv_rows(landing / source, pattern))
    return found


def records(landing: Path, source: str, query: str) -> list[tuple[object, ...]]:
    """What a query of a source system's database gives."""
    with closing(sqlite3.connect(landing / source / f"{source}.sqlite")) as database:
        return database.execute(query).fetchall()


def profile_intervals(landing: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """Runs of equal values of every attribute of every record, and records with the attribute, by (source, attribute).

    The values are the first old one and every new one of the CRM's log, or what the record says where there is no log.
    """
    kept = (
        *("country_code", "region", "city", "preferred_channel", "acquisition_channel", "first_name", "last_name"),
        *("email", "is_email_verified", "phone", "birth_date", "street", "postal_code", "loyalty_number"),
        "social_handle",
    )
    logged: dict[tuple[object, object], list[object]] = {}
    log = "select customer_number, field, old_value, new_value from customer_changes order by changed_at, change_id"
    for number, field, old, new in records(landing, "crm", log):
        logged.setdefault((number, field), [old]).append(new)
    runs: dict[tuple[str, str], list[int]] = {}
    for number, *values in records(landing, "crm", f"select customer_number, {', '.join(kept)} from customers"):
        for field, value in zip(kept, values, strict=True):
            _add_runs(runs, "crm", field, logged.get((number, field), [value]))
        _add_runs(runs, "crm", "birth_year", [values[kept.index("birth_date")]])
        _add_runs(runs, "crm", "customer_type", ["person"])
    in_shop = ("first_name", "last_name", "email", "is_email_verified", "phone", "loyalty_number")
    for values in records(landing, "shop", f"select {', '.join(in_shop)} from accounts"):
        for field, value in zip(in_shop, values, strict=True):
            _add_runs(runs, "shop", field, [value])
        _add_runs(runs, "shop", "customer_type", ["person"])
    return {key: (sum(of_records), len(of_records)) for key, of_records in runs.items()}


def _add_runs(runs: dict[tuple[str, str], list[int]], source: str, field: str, values: list[object]) -> None:
    if any(value is not None for value in values):
        attribute = "country" if field == "country_code" else field
        runs.setdefault((source, attribute), []).append(sum(1 for _ in groupby(values)))


@dataclass(frozen=True)
class WebEvent:
    """An event on the site or in the app, with what decides which visit it belongs to."""

    key: str
    channel: str
    device: str
    account: str | None
    at: datetime


def web_events(landing: Path) -> list[WebEvent]:
    """Every event of the landing files of both channels."""
    columns = ["event_id", "anonymous_id", "account_id", "occurred_at"]
    rows = [
        (row, "web")
        for path in (landing / "web").glob("events/*/*.parquet")
        for row in pyarrow.parquet.read_table(path, columns=columns, partitioning=None).to_pylist()
    ]
    rows += [
        (json.loads(line), "app")
        for path in (landing / "web").glob("app_events/*/*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [
        WebEvent(
            f"web:{'app_events' if channel == 'app' else 'events'}:{row['event_id']}",
            channel,
            row["anonymous_id"],
            row["account_id"],
            datetime.fromisoformat(str(row["occurred_at"])).replace(tzinfo=UTC),
        )
        for row, channel in rows
    ]


def visits(events: list[WebEvent], silence: timedelta = timedelta(minutes=30)) -> list[list[WebEvent]]:
    """The events, visit by visit: cut by a longer silence, and where another account logs in."""
    found: list[list[WebEvent]] = []
    for event in sorted(events, key=lambda e: (e.channel, e.device, e.at, e.key)):
        visit = found[-1] if found else []
        if (
            not visit
            or (visit[-1].channel, visit[-1].device) != (event.channel, event.device)
            or event.at - visit[-1].at > silence
            or (event.account and {e.account for e in visit} - {event.account, None})
        ):
            found.append([])
        found[-1].append(event)
    return found


def change(landing: Path, source: str, *statements: str) -> None:
    """Change a source system's database, as its users would."""
    with closing(sqlite3.connect(landing / source / f"{source}.sqlite")) as database:
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
        database.commit()


def _csv_rows(folder: Path, pattern: str) -> Iterator[dict[str, str]]:
    for path in folder.glob(pattern):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
