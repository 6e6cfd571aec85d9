"""One small demo company for all tests of this folder, opened with DuckDB: a table a raw table and truth table."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml

from orchestration.demo_company import generate
from orchestration.demo_company.company import SOURCES

FACTOR = 0.025
SQL_SOURCES = ("crm", "shop", "survey", "helpdesk")
FILES = {
    "web_events": "web/events/*/*.parquet",
    "web_app_events": "web/app_events/*/*.jsonl",
    "messaging_message_events": "messaging/message_events/*/*.parquet",
    "social_posts": "social/*.jsonl",
    "ads_campaign_days": "ads/*.csv",
    "finance_fixed_costs": "finance/fixed_costs.csv",
    "finance_exchange_rates": "finance/exchange_rates.csv",
    "finance_discount_rates": "finance/discount_rates.csv",
}
READERS = {"parquet": "read_parquet", "jsonl": "read_json", "csv": "read_csv"}
STAGING = Path(__file__).parents[4] / "models" / "staging"


@dataclass(frozen=True)
class Written:
    """A company on disk."""

    landing: Path
    truth: Path
    rows: dict[str, int]
    processor_seconds: float


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("company")
    landing, truth = folder / "landing", folder / "truth"
    started = time.process_time()
    rows = generate(landing, truth, seed=1, factor=FACTOR)
    return Written(landing, truth, rows, time.process_time() - started)


@pytest.fixture(scope="session")
def company(written: Written) -> Iterator[duckdb.DuckDBPyConnection]:
    """Raw tables as `<source>_<table>`, truth tables as `truth_<table>`; amounts are decimals, instants timestamps."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for source in SQL_SOURCES:
            for table in _tables(source):
                columns = _read_sqlite(written.landing / source / f"{source}.sqlite", table)
                connection.register("arrived", pa.table(columns))
                typed = ", ".join(_typed(source, column) for column in columns)
                connection.execute(f"create table {source}_{table['name']} as select {typed} from arrived")
        for name, pattern in FILES.items():
            reader = READERS[pattern.rsplit(".", 1)[1]]
            connection.execute(f"create table {name} as from {reader}('{written.landing}/{pattern}')")
        for path in written.truth.glob("*.parquet"):
            connection.execute(f"create table truth_{path.stem} as from '{path}'")
        yield connection


@pytest.fixture(scope="session")
def contract() -> dict[str, dict[str, Any]]:
    """Columns of each raw table, `<source>/<table>`, with what the contract says of them."""
    return {
        f"{source}/{table['name']}": {
            column["name"]: column for column in table["columns"] if not column["name"].startswith("_")
        }
        for source in SOURCES
        for table in _tables(source)
    }


def _tables(source: str) -> list[dict[str, Any]]:
    content = yaml.safe_load((STAGING / source / f"_{source}__sources.yml").read_text(encoding="utf-8"))
    return [table for table in content["sources"][0]["tables"] if table["name"] != "landing_files"]


def _read_sqlite(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    with sqlite3.connect(path) as connection:
        cursor = connection.execute(f"select * from {table['name']}")
        rows = cursor.fetchall()
        names = [column[0] for column in cursor.description]
    values = zip(*rows, strict=True) if rows else ([] for _ in names)
    return {
        name: pa.array([None if value is None else str(value) for value in column], pa.string())
        for name, column in zip(names, values, strict=True)
    }


def _typed(source: str, column: str) -> str:
    if column.endswith("_at") or column == "valid_from":
        kind = "timestamptz::timestamp" if source in ("survey", "helpdesk") else "timestamp"
    elif column.endswith(("_amount", "_price", "_cost")) or column == "amount":
        kind = "decimal(18, 2)"
    elif column.startswith("is_"):
        kind = "integer::boolean"
    elif column.endswith(("_on", "_date")):
        kind = "date"
    elif column in ("line_number", "quantity", "score", "satisfaction_score", "scale_min", "scale_max"):
        kind = "integer"
    else:
        kind = "varchar"
    return f'"{column}"::{kind} as "{column}"'
