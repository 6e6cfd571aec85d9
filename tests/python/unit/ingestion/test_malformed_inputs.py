"""Each of more than 200 malformed inputs, over all sources and forms, ends as it should (malformed.py lists them)."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt_project import dbt_command
from orchestration.demo_company.server import DemoServer
from orchestration.ingestion.contract import contract_path, raw_contract
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.landing_source import LandingSource, find_new_files
from orchestration.ingestion.load import load_source
from orchestration.ingestion.records import RecordTable, load_records
from orchestration.ingestion.rest_api import ApiSource, Patience
from orchestration.ingestion.sql_source import SqlSource
from orchestration.ingestion.staging import stage_files
from orchestration.pseudonyms import keep_key
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.sources import source_named
from tests.python.unit.ingestion.malformed import (
    ANSWERS,
    DATABASES,
    FILES,
    GOOD,
    KEY,
    VALUES,
    Answer,
    File,
    Harm,
    Row,
    Value,
    csv,
    json_lines,
    parquet,
)

NOW = datetime(2024, 6, 1, tzinfo=UTC)
SOURCES = ("ads", "crm", "finance", "helpdesk", "messaging", "shop", "social", "survey", "web")
ONCE = Patience(attempts=1, first_wait=0.0, longest_wait=0.0, connect=5.0, answer=5.0)
SQL_TABLES = ("crm.consents", "shop.payments")


def test_there_are_200_cases_over_all_sources_and_forms() -> None:
    of_sources = [case.table for case in VALUES] + [case.table for case in FILES]
    databases = [f"{table} {harm.kind}" for table in SQL_TABLES for harm in DATABASES]
    answers = [f"{source} {answer.kind}" for source in ("survey", "helpdesk") for answer in ANSWERS]
    assert len(of_sources) + len(databases) + len(answers) >= 200
    assert {table.split(".")[0] for table in of_sources} == set(SOURCES)


def written(table: str, rows: list[Row], folder: Path) -> None:
    """Put `rows` where the source of `table` has them."""
    source, name = table.split(".")
    if source in ("crm", "shop", "survey", "helpdesk"):
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(folder / f"{source}.sqlite")) as database, database:
            for column_table, columns in raw_contract(source).items():
                typed = ", ".join(f"{c.name} {str(c.arrives_as).upper()}" for c in columns)
                database.execute(f"create table if not exists {column_table} ({typed})")
            marks = ", ".join("?" * len(rows[0]))
            names = ", ".join(rows[0])
            database.executemany(f"insert into {name} ({names}) values ({marks})", [tuple(r.values()) for r in rows])
        return
    landing = source_named(source)
    assert isinstance(landing, LandingSource)
    pattern = landing.patterns[name]
    path = folder / pattern.replace("*", "0")
    path.parent.mkdir(parents=True, exist_ok=True)
    write = csv if pattern.endswith(".csv") else json_lines if pattern.endswith(".jsonl") else parquet
    path.write_bytes(write(rows))


def named(case: Value, number: int) -> Row:
    """The row of a case, under a name of its own where its case is not about that name."""
    row = {**GOOD[case.table], **case.changes}
    key = KEY[case.table]
    return row if key in case.changes else {**row, key: f"case {number}"}


@dataclass
class Validated:
    """A raw row: its rule where it is in quarantine, and its values in the lake."""

    rule: str | None
    raw: Row


@pytest.fixture(scope="session")
def validated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str | None, Validated]]:
    """The rows of all cases, loaded and validated by the base models, by table and key."""
    folder = tmp_path_factory.mktemp("malformed")
    landing, settings = folder / "landing", Settings(home=folder / "home", sources=SOURCES)
    rows: dict[str, list[Row]] = {table: [] for table in GOOD}
    for table in GOOD:
        rows[table].append(GOOD[table])
    for number, case in enumerate(VALUES):
        rows[case.table].append(named(case, number))
    for table, of_table in rows.items():
        written(table, of_table, landing / table.split(".")[0])
    with DemoServer(landing) as server:
        for name in SOURCES:
            source = source_named(name)
            if isinstance(source, LandingSource):
                load_source(source, landing / name, settings.lake, settings.home / "dlt", NOW)
            elif isinstance(source, SqlSource):
                connection = source.connect(f"sqlite:///{landing / name / name}.sqlite")
                load_records(connection, settings.lake, settings.home / "dlt", NOW)
            else:
                api = source.connect(server.url(name), server.token, ONCE)
                load_records(api, settings.lake, settings.home / "dlt", NOW)
    settings.warehouse.parent.mkdir(parents=True)
    keep_key(settings)
    ran = subprocess.run(
        [dbt_command(), "--quiet", "--no-use-colors", "build", "--exclude-resource-type", "test", "unit_test",
         "--select", "+path:models/staging/*/base"],
        cwd=PROJECT_ROOT,
        env={**os.environ, **settings.child_environment()},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    found: dict[str, dict[str | None, Validated]] = {}
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        for table in {case.table for case in VALUES}:
            source_name, name = table.split(".")
            result = warehouse.execute(
                f"""
                select raw.*, base.quarantine_rule
                from staging.base_{source_name}__{name} as base
                inner join raw_{source_name}.{name} as raw
                    on base.file_name = raw._file_name and base.file_row = raw._file_row
                """
            )
            names = [name for name, *_ in result.description]
            raw = [dict(zip(names, values, strict=True)) for values in result.fetchall()]
            found[table] = {row[KEY[table]]: Validated(row["quarantine_rule"], row) for row in raw}
            assert len(found[table]) == len(raw) == len(rows[table])
    return found


@pytest.mark.parametrize(
    ("number", "case"), [pytest.param(n, c, id=f"{c.table}-{c.kind}-{n}") for n, c in enumerate(VALUES)]
)
def test_a_value_is_loaded_right_or_in_quarantine_with_its_rule(
    number: int, case: Value, validated: dict[str, dict[str | None, Validated]]
) -> None:
    row = validated[case.table][named(case, number)[KEY[case.table]]]
    assert row.rule == case.rule
    if case.rule is None:
        assert {column: row.raw[column] for column in case.changes} == case.changes


@pytest.mark.parametrize("case", FILES, ids=lambda case: f"{case.table}-{case.kind}{case.suffix}")
def test_a_file_is_loaded_right_or_refused_by_name(case: File, tmp_path: Path) -> None:
    """As `load_source` does, without the step that appends to the lake."""
    source, table = case.table.split(".")
    path = tmp_path / f"file{case.suffix}"
    path.write_bytes(case.content)
    landing = LandingSource(source, {table: f"file{case.suffix}"})

    def staged() -> int:
        files = find_new_files(landing, tmp_path, tmp_path / "lake")
        read = stage_files(files, raw_contract(source)[table], contract_path(source), tmp_path / "staged", NOW)
        with duckdb.connect() as duck:
            paths = [str(p) for p in read.paths]
            rows = duck.execute(f"select _file_row from read_parquet({paths!r}) order by 1").fetchall()
        assert [row for (row,) in rows] == list(range(1, sum(f.row_count for f in read.landed) + 1))
        return len(rows)

    if case.rows is not None:
        assert staged() == case.rows
        return
    with pytest.raises(LandingError, match=case.says) as refused:
        staged()
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("table", SQL_TABLES)
@pytest.mark.parametrize("harm", DATABASES, ids=lambda harm: harm.kind)
def test_a_database_is_refused_with_what_is_wrong(harm: Harm, table: str, tmp_path: Path) -> None:
    source_name, name = table.split(".")
    key = KEY[table]
    written(table, [{**GOOD[table], key: f"row {n}"} for n in range(200)], tmp_path)
    path = tmp_path / f"{source_name}.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        for statement in harm.statements:
            database.execute(statement.format(table=name, key=key))
    if harm.spoil:
        path.write_bytes(harm.spoil(path.read_bytes()))
    source = SqlSource(source_name, {name: RecordTable((key,), None)})
    with pytest.raises(LandingError, match=re.escape(harm.says.format(table=name, key=key))) as refused:
        list(source.connect(f"sqlite:///{path}").read(name, None))
    assert source_name in str(refused.value)


@pytest.fixture(scope="session")
def api() -> Iterator[tuple[str, list[Answer]]]:
    """An API that answers every request with the last of a list."""
    answers: list[Answer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers[-1].status)
            self.send_header("Content-Length", str(len(answers[-1].content)))
            self.end_headers()
            self.wfile.write(answers[-1].content)

        def log_message(self, format: str, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api", answers
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("name", "table"), [("survey", "invitations"), ("helpdesk", "tickets")])
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.kind)
def test_an_answer_that_is_no_page_is_refused(
    answer: Answer, name: str, table: str, api: tuple[str, list[Answer]]
) -> None:
    url, answers = api
    answers.append(answer)
    source: Any = source_named(name)
    assert isinstance(source, ApiSource)
    with pytest.raises(LandingError, match=answer.says) as refused:
        list(source.connect(url, "token", ONCE).read(table, None))
    assert f"{name}.{table}" in str(refused.value)
