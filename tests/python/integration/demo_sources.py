"""What the demo company's source systems hold, counted and read without any part of the project."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
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
