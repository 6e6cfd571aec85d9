"""A version's tables in fresh schemas of PostgreSQL, which nobody sees: types, rows, keys, indexes, descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg import sql

from orchestration.publishing.postgres_connection import PostgresError
from orchestration.publishing.public_models import FOREIGN, PRIMARY
from orchestration.publishing.version_tables import VersionColumn, VersionTable

_LOADING = "cem_loading_"
# Rows on their way at once: some 20 MB of the widest mart.
_ROWS_A_BATCH = 20_000
_TYPES = {
    "BIGINT": "bigint",
    "BLOB": "bytea",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "HUGEINT": "numeric(39)",
    "INTEGER": "integer",
    "JSON": "json",
    "SMALLINT": "smallint",
    "TIME": "time",
    # Without a zone, and UTC, as in the file: else what a day is would be another one in each reader's session.
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "TINYINT": "smallint",
    "UBIGINT": "numeric(20)",
    "UINTEGER": "bigint",
    "USMALLINT": "integer",
    "UTINYINT": "smallint",
    "UUID": "uuid",
    "VARCHAR": "text",
}
_NESTED = re.compile(r"^(STRUCT|MAP|UNION)\(|\[\d*\]$")


def loading_schema(schema: str) -> str:
    """Where the tables of `schema` are made."""
    return f"{_LOADING}{schema}"


def postgres_type(table: str, column: VersionColumn) -> str:
    """The type of PostgreSQL that holds the values of `column` as they are. Raises PostgresError where none does."""
    if decimal := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", column.type_):
        return f"numeric({decimal[1]},{decimal[2]})"
    if _NESTED.search(column.type_):
        return "json"
    if column.type_.startswith("ENUM("):
        return "text"
    if column.type_ not in _TYPES:
        raise PostgresError(
            f"{table}.{column.name} is {column.type_}, for which PostgreSQL has no type here. Cast it in the model."
        )
    return _TYPES[column.type_]


def load(file: duckdb.DuckDBPyConnection, connection: psycopg.Connection[Any], tables: Sequence[VersionTable]) -> int:
    """Make `tables` with all that the open `file` holds of them; return the rows. Raises PostgresError, psycopg.Error.

    It is part of the transaction that is open: who is cut off leaves nothing.
    """
    for schema in dict.fromkeys(table.schema for table in tables):
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(loading_schema(schema))))
    rows = sum(_load_table(file, connection, table) for table in tables)
    for table in tables:
        _add_keys(connection, table)
    # Those that name another table need its key.
    for table in tables:
        _add_foreign_keys(connection, table)
        _add_indexes(connection, table)
        _describe(connection, table)
    for table in tables:
        connection.execute(sql.SQL("analyze {}").format(_fresh(table.schema, table.name)))
    return rows


def _load_table(file: duckdb.DuckDBPyConnection, connection: psycopg.Connection[Any], table: VersionTable) -> int:
    fresh = _fresh(table.schema, table.name)
    columns = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name),
            sql.SQL(postgres_type(f"{table.schema}.{table.name}", column)),
            sql.SQL(" not null" if column.is_required else ""),
        )
        for column in table.columns
    ]
    connection.execute(sql.SQL("create table {} ({})").format(fresh, sql.SQL(", ").join(columns)))
    rows = 0
    # Frozen: a transaction whose snapshot is older sees these rows as well, where it would find an empty table.
    copied = sql.SQL("copy {} from stdin (format csv, freeze)").format(fresh)
    with connection.cursor() as cursor, cursor.copy(copied) as copy:
        for batch in _batches(file, table):
            copy.write(_as_csv(batch))
            rows += batch.num_rows
    return rows


def _batches(file: duckdb.DuckDBPyConnection, table: VersionTable) -> Iterator[pa.RecordBatch]:
    selected = ", ".join(map(_as_text_takes_it, table.columns))
    found = file.execute(f'select {selected} from "{table.schema}"."{table.name}"')
    yield from found.to_arrow_reader(_ROWS_A_BATCH)


def _as_text_takes_it(column: VersionColumn) -> str:
    name = '"' + column.name.replace('"', '""') + '"'
    if _NESTED.search(column.type_):
        return f"cast(to_json({name}) as varchar)"
    if column.type_ == "BLOB":
        return f"'\\x' || hex({name})"
    is_text = column.type_ in ("UUID", "HUGEINT", "TIMESTAMP WITH TIME ZONE", "JSON")
    return f"cast({name} as varchar)" if is_text or column.type_.startswith("ENUM(") else name


def _as_csv(batch: pa.RecordBatch) -> pa.Buffer:
    """Rows as COPY takes them: every text is quoted, so what is empty and not quoted is null."""
    written = pa.BufferOutputStream()
    pa_csv.write_csv(batch, written, pa_csv.WriteOptions(include_header=False))
    return written.getvalue()


def _add_keys(connection: psycopg.Connection[Any], table: VersionTable) -> None:
    for name, key in table.keys.items():
        if key.kind != FOREIGN:
            connection.execute(
                sql.SQL("alter table {} add constraint {} {} ({})").format(
                    _fresh(table.schema, table.name),
                    sql.Identifier(name),
                    sql.SQL("primary key" if key.kind == PRIMARY else "unique"),
                    _names(key.columns),
                )
            )


def _add_foreign_keys(connection: psycopg.Connection[Any], table: VersionTable) -> None:
    for name, key in table.keys.items():
        if key.references:
            schema, other, column = key.references
            connection.execute(
                sql.SQL("alter table {} add constraint {} foreign key ({}) references {} ({})").format(
                    _fresh(table.schema, table.name),
                    sql.Identifier(name),
                    _names(key.columns),
                    _fresh(schema, other),
                    sql.Identifier(column),
                )
            )


def _add_indexes(connection: psycopg.Connection[Any], table: VersionTable) -> None:
    """By what rows are looked up beside their key: the customer, the table that a key names, the time of an event."""
    led = {key.columns[0] for key in table.keys.values() if key.kind != FOREIGN}
    for column in indexed_columns(table):
        if column not in led:
            connection.execute(
                sql.SQL("create index on {} ({})").format(_fresh(table.schema, table.name), sql.Identifier(column))
            )


def indexed_columns(table: VersionTable) -> list[str]:
    """The columns that have an index, unless a key begins with them."""
    named = {key.columns[0] for key in table.keys.values() if key.kind == FOREIGN}
    return [
        column.name for column in table.columns if column.name in named or column.name in ("customer_id", "occurred_at")
    ]


def _describe(connection: psycopg.Connection[Any], table: VersionTable) -> None:
    fresh = _fresh(table.schema, table.name)
    statements = [
        sql.SQL("comment on column {}.{} is {}").format(fresh, sql.Identifier(column.name), column.description)
        for column in table.columns
        if column.description
    ]
    if table.description:
        statements.append(sql.SQL("comment on table {} is {}").format(fresh, table.description))
    if statements:
        connection.execute(sql.SQL("; ").join(statements))


def _fresh(schema: str, name: str) -> sql.Identifier:
    return sql.Identifier(loading_schema(schema), name)


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
