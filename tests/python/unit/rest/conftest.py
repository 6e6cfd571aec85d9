"""The demo company's APIs on a few rows, a reader without patience, and a server that says what a test wants."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from orchestration.demo_company.server import DemoServer, Misbehaviour
from orchestration.ingestion.contract import NEW_COLUMNS, RawColumn, raw_contract
from orchestration.ingestion.rest_api import ApiConnection, ApiSource, Patience
from orchestration.sources import helpdesk, survey

TOKEN = "t0ken-that-n0body-may-see"
TABLES = {"survey": ("questions", "invitations", "answers"), "helpdesk": ("tickets", "ticket_events", "comments")}
# Enough attempts for the worst luck of the seeds that are used; no wait worth a name.
IMPATIENT = Patience(attempts=12, first_wait=0.001, longest_wait=0.01, connect=5.0, answer=5.0)
# For servers that are slow on purpose, by SLOW_SECONDS; a busy machine may be as slow, and is asked again.
HURRIED = replace(IMPATIENT, answer=0.2)
SLOW_SECONDS = 0.3
# Around the end of summer time, when the hour from 2 to 3 is lived twice.
START = datetime(2024, 10, 26, 22, 30, tzinfo=UTC)

_TYPES = {
    "text": "TEXT",
    "integer": "INTEGER",
    "numeric": "NUMERIC",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
_KEYS = {
    "questions": "question",
    "invitations": "invitation_id",
    "answers": "answer_id",
    "tickets": "ticket_id",
    "ticket_events": "event_id",
    "comments": "comment_id",
}

Row = dict[str, Any]
Rows = set[tuple[str | None, ...]]


def small_pages(source: ApiSource, size: int = 7) -> ApiSource:
    """`source`, asked for few records a page, so that a few rows make many, and for changes as of large tables."""
    endpoints = {
        table: replace(endpoint, page_size=size, keys_page_size=2 * size)
        for table, endpoint in source.endpoints.items()
    }
    tables = {table: replace(rule, whole_up_to=0) for table, rule in source.tables.items()}
    return replace(source, tables=tables, endpoints=endpoints)


SOURCES = {"survey": small_pages(survey.SOURCE), "helpdesk": small_pages(helpdesk.SOURCE)}


def as_rows(tables: Iterator[pa.Table]) -> list[tuple[str | None, ...]]:
    """The rows of all batches, in order, without what is beyond the contract."""
    of_contract = (batch.drop_columns(NEW_COLUMNS) if NEW_COLUMNS in batch.column_names else batch for batch in tables)
    return [tuple(row.values()) for batch in of_contract for row in batch.to_pylist()]


@cache
def columns_of(source: str, table: str) -> list[RawColumn]:
    return raw_contract(source)[table]


@dataclass
class Company:
    """The demo company's survey tool and help desk: what is in their databases, and changes of it."""

    landing: Path
    moment: datetime = START

    def database(self, source: str) -> sqlite3.Connection:
        database = sqlite3.connect(self.landing / source / f"{source}.sqlite", timeout=30)
        database.row_factory = sqlite3.Row
        database.execute("pragma synchronous = off")
        return database

    def create(self, source: str) -> None:
        (self.landing / source).mkdir(parents=True)
        with closing(self.database(source)) as database, database:
            for table in TABLES[source]:
                columns = ", ".join(f"{c.name} {_TYPES[c.arrives_as or '']}" for c in columns_of(source, table))
                database.execute(f"create table {table} ({columns})")

    def written(self, source: str, moment: datetime) -> str:
        """A time as the database of `source` holds it."""
        if source == "survey":
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return moment.astimezone(ZoneInfo("Europe/Berlin")).isoformat()

    def put(self, source: str, table: str, key: str, *, at: datetime | None = None, **values: Any) -> None:
        """Add the record `key`, or change it; `at` is when the system says that happened: by default, now."""
        changed_at = at or self.tick()
        with closing(self.database(source)) as database, database:
            names = [column.name for column in columns_of(source, table)]
            known = database.execute(f"select * from {table} where {_KEYS[table]} = ?", (key,)).fetchone()
            row = dict(known) if known else self._new(source, table, key, changed_at)
            row.update(values)
            if "updated_at" in names:
                row["updated_at"] = self.written(source, changed_at)
            database.execute(f"delete from {table} where {_KEYS[table]} = ?", (key,))
            marks = ", ".join("?" * len(names))
            database.execute(f"insert into {table} values ({marks})", [row[name] for name in names])

    def remove(self, source: str, table: str, column: str, value: str) -> None:
        with closing(self.database(source)) as database, database:
            database.execute(f"delete from {table} where {column} = ?", (value,))

    def tick(self) -> datetime:
        """A time of its own for each change, minutes apart."""
        self.moment += timedelta(minutes=7)
        return self.moment

    def expected(self, source: str, table: str) -> Rows:
        """What the raw table has to hold: every row as the API would write it, the deleted ones left out."""
        with closing(self.database(source)) as database:
            kinds = {column.name: column.arrives_as for column in columns_of(source, table)}
            rows = [
                tuple(_as_sent(kinds[name] or "", row[name]) for name in kinds)
                for row in database.execute(f"select * from {table}")
                if table != "tickets" or row["status"] != "deleted"
            ]
        assert len(set(rows)) == len(rows)
        return set(rows)

    def _new(self, source: str, table: str, key: str, at: datetime) -> Row:
        row: Row = {}
        for column in columns_of(source, table):
            number = int("".join(filter(str.isdigit, key)) or 0)
            row[column.name] = {
                "text": f"{column.name} of {key}, ünïcödé 🙂",
                "integer": number % 7,
                "numeric": number % 5 + (0.5 if number % 2 else 0),
                "boolean": number % 2,
                "timestamp": self.written(source, at) if number % 3 else None,
            }[column.arrives_as or ""]
            if column.arrives_as == "text" and number % 4 == 0:
                row[column.name] = None
        row[_KEYS[table]] = key
        if table == "questions":
            row["instrument"] = f"instrument {number % 2}"
        if table == "answers":
            row["invitation_id"] = f"IV{number // 3}"
            row["instrument"] = f"instrument {number // 3 % 2}"
        return row


def _as_sent(kind: str, value: Any) -> str | None:
    if value is None:
        return None
    if kind == "boolean":
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="session")
def newly_founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 invitations, 20 responses with 60 answers, 8 questions; 40 tickets, 40 events, 20 comments."""
    company = Company(tmp_path_factory.mktemp("company") / "landing")
    sizes = {"questions": 8, "invitations": 30, "answers": 60, "tickets": 40, "ticket_events": 40, "comments": 20}
    for source, tables in TABLES.items():
        company.create(source)
        for table in tables:
            company.moment = START
            for number in range(sizes[table]):
                # Some change in the same second: the order needs a second criterion.
                at = company.moment if number % 4 == 3 else company.tick()
                company.put(source, table, f"{_KEYS[table][:2].upper()}{number}", at=at)
    return company.landing


@pytest.fixture
def company(newly_founded: Path, tmp_path: Path) -> Company:
    """A company of one's own, a day later."""
    landing = tmp_path / "landing"
    shutil.copytree(newly_founded, landing)
    return Company(landing, START + timedelta(days=1))


Serve = Callable[..., DemoServer]


@pytest.fixture
def serve(company: Company) -> Iterator[Serve]:
    """Start a server of the company's APIs that misbehaves as told, until the test ends."""
    running: list[DemoServer] = []

    def start(misbehaviour: Misbehaviour | None = None) -> DemoServer:
        server = DemoServer(company.landing, token=TOKEN, misbehaviour=misbehaviour)
        running.append(server.__enter__())
        return server

    yield start
    for server in running:
        server.__exit__(None, None, None)


def connected(server: DemoServer, source: str, patience: Patience = IMPATIENT) -> ApiConnection:
    return SOURCES[source].connect(server.url(source), TOKEN, patience)


@dataclass
class Canned:
    """A server that answers each request with the next of `answers`, and the last one for ever."""

    url: str
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)  # path and Authorization

    def say(self, body: object, status: int = 200, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, content))


@pytest.fixture
def canned() -> Iterator[Canned]:
    canned = Canned("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            canned.asked.append((self.path, self.headers.get("Authorization", "")))
            status, headers, content = canned.answers[0] if len(canned.answers) == 1 else canned.answers.pop(0)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content))}.items():
                self.send_header(name, headers.pop(name, value))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    canned.url = f"http://127.0.0.1:{server.server_port}/api"
    yield canned
    server.shutdown()
    server.server_close()
