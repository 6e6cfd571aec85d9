"""A server on this machine that answers as the tools' documentation says: pages, tokens, rate limits, changes since."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Record = dict[str, Any]
Tables = dict[str, list[Record]]
Query = dict[str, str]


@dataclass(frozen=True)
class Answer:
    body: Record
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Tool:
    """A tool with its records, which a test may change. `answer` says what it answers: path, query, own address.

    `page_size` is what it makes of the page that is asked for: a few records then make many pages. `asked` are the
    paths and queries it was asked for; the next `refusals` are answered in the place of it.
    """

    name: str
    base: str
    shown: dict[str, str]  # the headers that have to be there
    answer: Callable[[Tool, str, Query, str], Answer]
    tables: Tables
    page_size: int = 2
    asked: list[tuple[str, Query]] = field(default_factory=list)
    refusals: list[Answer] = field(default_factory=list)
    url: str = ""

    def one(self, table: str, key: object) -> Record:
        return next(record for record in self.tables[table] if record["id"] == key)


class WrongRequestError(Exception):
    pass


@contextmanager
def serving(*tools: Tool) -> Iterator[None]:
    """The tools behind a server, each at its `url`, on records of its own."""
    by_base = {tool.base: tool for tool in tools}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            tool = next(tool for base, tool in by_base.items() if address.path.startswith(base + "/"))
            query = {name: values[-1] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
            path = address.path.removeprefix(tool.base + "/")
            tool.asked.append((path, query))
            answer = self._answer(tool, path, query)
            content = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(content)),
                **answer.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def _answer(self, tool: Tool, path: str, query: Query) -> Answer:
            if any(self.headers.get(name) != value for name, value in tool.shown.items()):
                return Answer({"errors": "not authorised"}, 401)
            if tool.refusals:
                return tool.refusals.pop(0)
            try:
                return tool.answer(tool, path, query, f"http://{self.headers['Host']}{tool.base}/{path}")
            except (WrongRequestError, KeyError, ValueError) as error:
                return Answer({"errors": repr(error)}, 400)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    for tool in tools:
        tool.url = f"http://127.0.0.1:{server.server_port}{tool.base}"
        tool.tables = deepcopy(tool.tables)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def cursor(**values: Any) -> str:
    """A page to come, as a text that says nothing to whoever reads it."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def read_cursor(text: str) -> Record:
    found: Record = json.loads(base64.urlsafe_b64decode(text))
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def address(url: str, query: Query) -> str:
    return f"{url}?{urlencode(query)}"
