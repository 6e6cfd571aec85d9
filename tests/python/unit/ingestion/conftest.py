"""Sources of one table, their landing folder or database and their lake, small enough to break on purpose."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.lake import landed_files, write_view
from orchestration.ingestion.landing_source import MOST_UNPACKED, LandingSource
from orchestration.ingestion.load import SourceLoad, load_source
from orchestration.ingestion.losses import LossLimit
from orchestration.ingestion.records import RecordTable, load_records
from orchestration.ingestion.sql_source import SqlSource

HEADER = "date,campaign,channel,impressions,clicks,spend,currency"
NOW = datetime(2024, 6, 1, tzinfo=UTC)


@dataclass
class Home:
    """All state of a warehouse, as a run would keep it."""

    folder: Path

    @property
    def lake(self) -> Path:
        return self.folder / "lake" / "raw"

    @property
    def work(self) -> Path:
        return self.folder / "dlt"

    def raw(self, source: str, table: str, columns: str | None = None) -> list[tuple[Any, ...]]:
        """The rows a reader of the raw table sees: `columns`, or those of the contract."""
        database = self.folder / "views.duckdb"
        write_view(database, self.lake, source, table)
        selected = columns or ", ".join(f'"{column.name}"' for column in raw_contract(source)[table])
        with duckdb.connect(str(database), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(
                f"select {selected} from raw_{source}.{table} order by _file_name, _file_row"
            ).fetchall()

    def balance(self, source: str, table: str) -> int:
        """How many rows the manifest says the raw table has."""
        landed = landed_files(self.lake, source).values()
        return sum(file.row_count - file.superseded_row_count for file in landed if file.table == table)


@dataclass
class Ads:
    """The advertising platforms' export."""

    folder: Path
    home: Home

    def deliver(self, name: str, *campaigns: str, header: str = HEADER, text: bytes | None = None) -> Path:
        content = text if text is not None else self.rows(*campaigns, header=header)
        path = self.folder / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    def rows(self, *campaigns: str, header: str = HEADER) -> bytes:
        lines = [header, *(f"2024-01-01,{campaign},search,1000,10,7.50,EUR" for campaign in campaigns)]
        return "\n".join(lines).encode() + b"\n"

    def load(self, limit: LossLimit | None = None, most_unpacked: float = MOST_UNPACKED) -> SourceLoad:
        source = LandingSource("ads", {"campaign_days": "days*"})
        return load_source(source, self.folder, self.home.lake, self.home.work, NOW, limit, most_unpacked)

    def campaigns(self) -> list[str]:
        """The campaigns a reader of the raw table sees."""
        return [campaign for (campaign,) in self.home.raw("ads", "campaign_days", "campaign")]


@dataclass
class Database:
    """A SQLite database with some tables of a source's contract, as their declared types say."""

    source: SqlSource
    path: Path
    home: Home
    now: datetime = NOW
    types: dict[str, str] = field(default_factory=dict)

    def create(self) -> None:
        for table in self.source.tables:
            columns = ", ".join(
                f"{c.name} {self.types.get(c.name, str(c.arrives_as).upper())}"
                for c in raw_contract(self.source.name)[table]
            )
            self.execute(f"create table {table} ({columns})")

    def execute(self, statement: str, *parameters: object) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement, parameters)

    def insert(self, table: str, **values: object) -> None:
        marks = ", ".join("?" * len(values))
        self.execute(f"insert into {table} ({', '.join(values)}) values ({marks})", *values.values())

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """What the database holds, as text."""
        columns = ", ".join(f"cast({c.name} as text)" for c in raw_contract(self.source.name)[table])
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(f"select {columns} from {table}").fetchall()

    def load(self, limit: LossLimit | None = None) -> SourceLoad:
        connection = self.source.connect(f"sqlite:///{self.path}")
        return load_records(connection, self.home.lake, self.home.work, self.now, limit)


ORDER_LINES = SqlSource(
    "shop", {"order_lines": RecordTable(("order_id", "line_number"), "updated_at", compares_keys=True)}
)
CONSENTS = SqlSource("crm", {"consents": RecordTable(("consent_id",), "recorded_at", compares_keys=True)})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def ads(tmp_path: Path, home: Home) -> Ads:
    folder = tmp_path / "landing" / "ads"
    folder.mkdir(parents=True)
    return Ads(folder, home)


@pytest.fixture
def consents(tmp_path: Path, home: Home) -> Database:
    database = Database(CONSENTS, tmp_path / "crm.sqlite", home)
    database.create()
    return database
