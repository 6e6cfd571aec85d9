"""The answers of a page's parts, read from a published file as any consumer would read it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.bounded_memory import connect
from orchestration.report.errors import ReportError
from orchestration.report.pages import Part


@dataclass(frozen=True)
class Version:
    """The published version that a report tells of, and what its tables say of themselves."""

    number: int
    as_of: date
    published_at: datetime
    sources: tuple[str, ...]
    currency: str
    minimum_answers: int
    why_empty: Mapping[str, str | None]
    descriptions: Mapping[str, str]
    column_descriptions: Mapping[tuple[str, str], str]

    def has(self, table: str) -> bool:
        return table in self.why_empty


@dataclass(frozen=True)
class Answer:
    """What a part's query gave: its rows; or the table that is not there (`absent`).

    `why_empty` is the reason of the first of its tables that has no rows.
    """

    part: Part
    rows: list[dict[str, Any]]
    absent: str | None = None
    why_empty: str | None = None


def read_version(connection: duckdb.DuckDBPyConnection) -> Version:
    """What the published file says of itself."""
    number, as_of, published_at, sources = connection.execute(
        "select version, as_of_date, published_at, sources from publication.version"
    ).fetchall()[0]
    settings = {
        name: json.loads(value)
        for name, value in connection.execute("select name, value from publication.settings").fetchall()
    }
    tables = connection.execute("select table_schema || '.' || table_name, why_empty from publication.tables")
    why_empty = dict(tables.fetchall())
    told = connection.execute("select schema_name || '.' || table_name, comment from duckdb_tables()").fetchall()
    columns = connection.execute(
        "select schema_name || '.' || table_name, column_name, comment from duckdb_columns() where not internal"
    ).fetchall()
    return Version(
        number,
        as_of,
        published_at,
        tuple(sources.split(",")),
        settings.get("base_currency", ""),
        settings.get("minimum_answers", 0),
        why_empty,
        {table: comment for table, comment in told if comment},
        {(table, column): comment for table, column, comment in columns if comment},
    )


def answer(connection: duckdb.DuckDBPyConnection, part: Part, version: Version) -> Answer:
    """Ask the published file what the part asks. Raises ReportError where it cannot be asked."""
    if absent := [table for table in part.tables if not version.has(table)]:
        return Answer(part, [], absent=absent[0])
    try:
        asked = connection.execute(part.sql)
        names = [column[0] for column in asked.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in asked.fetchall()]
    except duckdb.Error as error:
        raise ReportError(f"The report cannot be written: {part.place}: {error}") from error
    if names != list(part.columns):
        raise ReportError(
            f"The report cannot be written: {part.place}: the query gives {names}, and `columns` names "
            f"{list(part.columns)}."
        )
    why_empty = next((why for table in part.tables if (why := version.why_empty[table])), None)
    return Answer(part, rows, why_empty=why_empty)


def open_version(file: Path, codes: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A connection to the published file, to which `codes` are known in the order in which they are to be shown."""
    connection = connect(file, read_only=True)
    connection.execute(
        "create temp table codes as select unnest(codes) as code, generate_subscripts(codes, 1) as position"
        " from (select string_split(?, chr(10)) as codes)",
        ["\n".join(codes)],
    )
    return connection
