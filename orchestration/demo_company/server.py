"""The APIs of the demo company's survey tool and help desk, served from their SQLite files.

They answer as such APIs do: a bearer token, pages in the order of change, a cursor that says nothing to the caller in
the one, a link to the next page in the other. A test can tell the server to misbehave as such servers do.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import random
import secrets
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from orchestration.ingestion.errors import LandingError

Fault = Literal[
    "rate limit",  # 429, and how many seconds to wait
    "rate limit until",  # 429, and the time to wait for
    "500",
    "502",
    "503",
    "slow answer",
    "cut before the headers",
    "cut in the body",
    "cut in the body, length untold",
    "malformed JSON",
    "HTML page",  # of a proxy, say, with status 200
    "empty page",  # in the middle; the next one goes on
    "page twice",  # under two cursors that follow each other
    "same cursor for ever",
    "new cursors for ever",
]
# What a patient reader gets over without losing or doubling a record.
PASSING_FAULTS: tuple[Fault, ...] = (
    "rate limit",
    "rate limit until",
    "500",
    "502",
    "503",
    "slow answer",
    "cut before the headers",
    "cut in the body",
    "cut in the body, length untold",
    "malformed JSON",
    "HTML page",
    "empty page",
    "page twice",
)

_MOST_RECORDS_A_PAGE = 10_000
_LONGEST_IDLE_SECONDS = 30
_BEFORE_ALL = (-(2**62), "")  # keys of a page's last record: the second it changed, and its id


@dataclass(frozen=True)
class Misbehaviour:
    """What goes wrong, request by request, counted from 1 for each server.

    `script` names single requests. Of all others a `share` (0 to 1) meets one of `faults`, drawn with `seed`.
    `before` is called ahead of every answer with the number of the request, so that records change between two pages.
    """

    script: Mapping[int, Fault] = field(default_factory=dict)
    share: float = 0.0
    faults: Sequence[Fault] = PASSING_FAULTS
    seed: int = 0
    slow_seconds: float = 1.0
    retry_after_seconds: int = 1
    before: Callable[[int], None] | None = None

    def fault(self, request: int) -> Fault | None:
        """What goes wrong with the request of that number, if anything."""
        if request in self.script:
            return self.script[request]
        draw = random.Random(f"{self.seed}/{request}")
        return draw.choice(self.faults) if draw.random() < self.share else None


@dataclass(frozen=True)
class _Collection:
    """What an endpoint serves: the rows of `table` in the order of (`updated_at`, `key`).

    With `nested`, one record holds all rows of a key in a list of that name, and `shared` are the record's own fields;
    it changes when one of its rows does. Without `is_timed` it has no `updated_at` and is served whole.
    """

    table: str
    key: str
    nested: str | None = None
    shared: tuple[str, ...] = ()
    is_timed: bool = True


_COLLECTIONS = {
    "survey": {
        "instruments": _Collection("questions", "instrument", "questions", ("instrument",), is_timed=False),
        "invitations": _Collection("invitations", "invitation_id"),
        "responses": _Collection("answers", "invitation_id", "answers", ("invitation_id", "instrument")),
    },
    "helpdesk": {
        "incremental/tickets": _Collection("tickets", "ticket_id"),
        "incremental/ticket_events": _Collection("ticket_events", "event_id"),
        "incremental/comments": _Collection("comments", "comment_id"),
    },
}


class DemoServer:
    """A server for `landing/survey/survey.sqlite` and `landing/helpdesk/helpdesk.sqlite`, in a thread of its own.

    `token` is what a caller has to show; one is made up where none is given. Use it as a context manager.
    """

    def __init__(
        self,
        landing: Path,
        *,
        token: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        misbehaviour: Misbehaviour | None = None,
    ) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self._server = _Server((host, port), landing, self.token, misbehaviour or Misbehaviour())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def url(self, source: str) -> str:
        """Address of the API of `source`. Raises LandingError where its database is not there."""
        file = _database(self._server.landing, source)
        if not file.is_file():
            raise LandingError(
                f"{file}: no such file. Simulate the demo company, or say in CEM_{source.upper()}_URL where an API is."
            )
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/{source}"

    @property
    def requests(self) -> list[tuple[str, Fault | None]]:
        """Path and fault of every request so far."""
        return list(self._server.requests)

    def __enter__(self) -> DemoServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(landing: Path, port: int = 0, token: str | None = None) -> None:
    """Serve the demo company's APIs until interrupted, and print what a loader has to be told.

    Without `port` the system chooses one. Raises LandingError where the databases are not there.
    """
    with DemoServer(landing, token=token, port=port) as server:
        for source in _COLLECTIONS:
            print(f"CEM_{source.upper()}_URL={server.url(source)}")
            if token is None:
                # Made up just now, so that nobody else knows it.
                print(f"CEM_{source.upper()}_TOKEN={server.token}")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


class _BadRequestError(Exception):
    """The caller asked for something that does not exist; the status and a sentence for the caller."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], landing: Path, token: str, misbehaviour: Misbehaviour) -> None:
        super().__init__(address, _Handler)
        self.landing = landing
        self.token = token
        self.misbehaviour = misbehaviour
        self.requests: list[tuple[str, Fault | None]] = []
        self._lock = threading.Lock()

    def next_fault(self, path: str) -> Fault | None:
        with self._lock:
            number = len(self.requests) + 1
            fault = self.misbehaviour.fault(number)
            self.requests.append((path, fault))
            if self.misbehaviour.before:
                self.misbehaviour.before(number)
        return fault

    def opened(self, source: str) -> sqlite3.Connection:
        """The database of `source`, with an index for every order it is read in. Raises _BadRequestError without."""
        file = _database(self.landing, source)
        if not file.is_file():
            raise _BadRequestError(404, f"{source} has no data here.")
        database = sqlite3.connect(file, timeout=30)
        # Each time, as the file may have been written anew; where the indexes are there, it does nothing. In a folder
        # that may only be read it goes without them, slowly.
        with self._lock, suppress(sqlite3.OperationalError):
            for collection in _COLLECTIONS[source].values():
                if collection.is_timed:
                    database.execute(
                        f"create index if not exists served_{collection.table} "
                        f"on {collection.table} ({_MOMENT}, {collection.key})"
                    )
                if collection.is_timed and collection.nested:
                    database.execute(
                        f"create index if not exists nested_{collection.table} "
                        f"on {collection.table} ({collection.key}, {_MOMENT})"
                    )
        return database

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show what went wrong here; that a caller hung up is no news."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


# The instant of a change in seconds since 1970. A text with an offset does not sort by time: an hour is lived twice
# when summer time ends.
_MOMENT = "cast(strftime('%s', updated_at) as integer)"


def _database(landing: Path, source: str) -> Path:
    return landing / source / f"{source}.sqlite"


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = _LONGEST_IDLE_SECONDS
    # Headers and body go out one after the other; Nagle would hold the body back for 40 ms a page.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        fault = self.server.next_fault(address.path)
        plan = self.server.misbehaviour
        if fault == "slow answer":
            time.sleep(plan.slow_seconds)
        elif fault == "cut before the headers":
            self.close_connection = True
            return
        elif fault == "rate limit":
            self._answer(429, {"error": "too many requests"}, {"Retry-After": str(plan.retry_after_seconds)})
            return
        elif fault == "rate limit until":
            # The header holds whole seconds, rounded down: one more, so that the wait is no shorter than planned.
            until = formatdate(time.time() + plan.retry_after_seconds + 1, usegmt=True)
            self._answer(429, {"error": "too many requests"}, {"Retry-After": until})
            return
        elif fault in ("500", "502", "503"):
            self._answer(int(fault), {"error": "try again"})
            return
        elif fault == "HTML page":
            self._send(200, b"<!doctype html><title>Maintenance</title>", {"Content-Type": "text/html"})
            return
        try:
            self._check_token()
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            body = self._page(address.path, query, fault)
        except _BadRequestError as refused:
            self._answer(refused.status, {"error": str(refused)})
            return
        except sqlite3.Error as error:
            self._answer(500, {"error": str(error)})
            return
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        if fault == "malformed JSON":
            content = content[: len(content) // 2] + b'"]]'
        self._send(200, content, {"Content-Type": "application/json"}, fault)

    def _check_token(self) -> None:
        shown = self.headers.get("Authorization", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {self.server.token}".encode()):
            raise _BadRequestError(401, "A valid bearer token is needed.")

    def _page(self, path: str, query: dict[str, str], fault: Fault | None) -> dict[str, Any]:
        _, source, endpoint = [*path.split("/", 2), "", ""][:3]
        collection = _COLLECTIONS.get(source, {}).get(endpoint)
        if collection is None:
            raise _BadRequestError(404, f"There is nothing at {path}.")
        after, detour = _read_cursor(query.get("cursor"))
        if after == _BEFORE_ALL and "updated_since" in query:
            after = (_seconds(query["updated_since"]), "")
        limit = min(_whole_number(query.get("limit", "100")), _MOST_RECORDS_A_PAGE)
        with closing(self.server.opened(source)) as database:
            fields = frozenset(query["fields"].split(",")) if "fields" in query else None
            records, last, is_end = _read(database, collection, after, limit, fields)
        following = _written_cursor(last)
        # A detour is taken once, so that a plan of nothing but detours ends as well.
        if fault == "empty page" and not detour:
            records, following, is_end = [], _written_cursor(after, "empty page"), False
        elif fault == "page twice" and not detour:
            following, is_end = _written_cursor(after, "page twice"), False
        elif fault == "same cursor for ever":
            following, is_end = _written_cursor(after, "same"), False
        elif fault == "new cursors for ever":
            following, is_end = _written_cursor(after, secrets.token_hex(8)), False
        if source == "survey":
            return {"items": records, "next_cursor": None if is_end else following}
        kept = {name: value for name, value in query.items() if name not in ("cursor", "updated_since")}
        link = f"http://{self.headers['Host']}{quote(path)}?{urlencode({**kept, 'cursor': following})}"
        return {collection.table: records, "next_page": link, "end_of_stream": is_end}

    def _answer(self, status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str], fault: Fault | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if fault == "cut in the body, length untold":
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if fault in ("cut in the body", "cut in the body, length untold"):
            content = content[: len(content) // 2]
            self.close_connection = True
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is asked for is not worth a line, and a test reads `DemoServer.requests`."""


def _read(
    database: sqlite3.Connection,
    collection: _Collection,
    after: tuple[int, str],
    limit: int,
    fields: frozenset[str] | None,
) -> tuple[list[dict[str, Any]], tuple[int, str], bool]:
    """A page of records changed later than `after`, the place of its last one, and whether nothing follows."""
    table, key = collection.table, collection.key
    path = f"{collection.nested}." if collection.nested else ""
    declared = {
        name: kind
        for _, name, kind, *_ in database.execute(f"pragma table_info({table})")
        if fields is None or f"{path}{name}" in fields
    }
    selection = ", ".join([key, *declared])
    if not collection.is_timed:
        rows = database.execute(f"select {selection} from {table} order by {key}, rowid").fetchall()
        return list(_nested(rows, declared, collection).values()), after, True
    if not collection.nested:
        rows = _following(database, f"{_MOMENT}, {selection} from {table}", _MOMENT, key, after, limit + 1)
        page = rows[:limit]
        records = _json_records([row[2:] for row in page], declared)
    else:
        moment, later = (_MOMENT.replace("updated_at", f"{alias}.updated_at") for alias in ("answer", "later"))
        newest = (
            f"{moment}, answer.{key} from {table} as answer where not exists ("
            f"select 1 from {table} as later where later.{key} = answer.{key} and {later} > {moment})"
        )
        rows = _following(database, newest, moment, f"answer.{key}", after, limit + 1)
        page = rows[:limit]
        found = database.execute(
            f"select {selection} from {table} where {key} in (select value from json_each(?)) order by {key}, rowid",
            (json.dumps([row[1] for row in page]),),
        ).fetchall()
        by_key = _nested(found, declared, collection)
        records = [by_key[row[1]] for row in page]
    return records, page[-1][:2] if page else after, len(rows) <= limit


def _following(
    database: sqlite3.Connection, selected: str, moment: str, key: str, after: tuple[int, str], limit: int
) -> list[tuple[Any, ...]]:
    """The next rows in the order of (`moment`, `key`).

    Two questions, as SQLite searches an index on an expression for one of these, and not for (a, b) > (?, ?).
    """
    condition = "and" if " where " in selected else "where"
    grouped = f"group by {moment}, {key}" if condition == "and" else ""
    rows = database.execute(
        f"select {selected} {condition} {moment} = ? and {key} > ? {grouped} order by {key} limit ?", (*after, limit)
    ).fetchall()
    if len(rows) < limit:
        rows += database.execute(
            f"select {selected} {condition} {moment} > ? {grouped} order by {moment}, {key} limit ?",
            (after[0], limit - len(rows)),
        )
    return rows


def _nested(
    rows: list[tuple[Any, ...]], declared: dict[str, str], collection: _Collection
) -> dict[str, dict[str, Any]]:
    """The rows of each key as one record: what they share once, the rest in a list. A row begins with its key."""
    records: dict[str, dict[str, Any]] = {}
    for row, values in zip(rows, _json_records([row[1:] for row in rows], declared), strict=True):
        own = {name: values.pop(name) for name in collection.shared if name in values}
        record = records.setdefault(row[0], {**own, str(collection.nested): []})
        record[str(collection.nested)].append(values)
    return records


def _json_records(rows: list[tuple[Any, ...]], declared: dict[str, str]) -> list[dict[str, Any]]:
    """Rows as JSON would hold them; SQLite has no booleans."""
    records = [dict(zip(declared, row, strict=True)) for row in rows]
    for name, kind in declared.items():
        if kind == "BOOLEAN":
            for record in records:
                record[name] = None if record[name] is None else bool(record[name])
    return records


def _seconds(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _BadRequestError(400, f"updated_since is '{text}', not a time such as 2024-03-31T00:59:10Z.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _whole_number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise _BadRequestError(400, f"limit is '{text}', not a whole number above 0.")
    return int(text)


def _written_cursor(after: tuple[int, str], detour: str = "") -> str:
    return base64.urlsafe_b64encode(json.dumps([*after, detour]).encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> tuple[tuple[int, str], str]:
    if text is None:
        return _BEFORE_ALL, ""
    try:
        second, key, detour = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return (int(second), str(key)), str(detour)
    except (binascii.Error, ValueError, TypeError):
        raise _BadRequestError(400, "cursor is none that this server gave.") from None
