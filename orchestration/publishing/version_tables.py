"""What the file of a published version says of its tables: columns, types, keys and descriptions."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.publishing.public_models import Key

# The schema of what a version tells of itself.
PUBLICATION = "publication"


@dataclass(frozen=True)
class VersionColumn:
    """A column; `type_` is DuckDB's."""

    name: str
    type_: str
    is_required: bool
    description: str | None


@dataclass(frozen=True)
class VersionTable:
    """A table of a version; `keys` by their name."""

    schema: str
    name: str
    description: str | None
    columns: tuple[VersionColumn, ...]
    keys: dict[str, Key]


@dataclass(frozen=True)
class VersionIdentity:
    """What tells a version from every other: numbers begin anew with a new home, times do not."""

    number: int
    published_at: str
    sources: str


def version_identity(connection: duckdb.DuckDBPyConnection) -> VersionIdentity:
    """Which version the open file is."""
    ((number, published_at, sources),) = connection.execute(
        "select version, strftime(published_at, '%Y-%m-%d %H:%M:%S.%f'), sources from publication.version"
    ).fetchall()
    return VersionIdentity(number, published_at, sources)


def version_tables(connection: duckdb.DuckDBPyConnection) -> list[VersionTable]:
    """The tables of the open file, by schema and name. A version of a former release tells of no keys."""
    columns: dict[tuple[str, str], list[VersionColumn]] = {}
    for schema, table, name, type_, is_nullable, description in connection.execute(
        """
        select schema_name, table_name, column_name, data_type, is_nullable, comment from duckdb_columns()
        where not internal order by schema_name, table_name, column_index
        """
    ).fetchall():
        columns.setdefault((schema, table), []).append(VersionColumn(name, type_, not is_nullable, description))
    keys = _keys(connection) if (PUBLICATION, "keys") in columns else {}
    described = connection.execute("select schema_name, table_name, comment from duckdb_tables() order by all")
    return [
        VersionTable(schema, name, description, tuple(columns[schema, name]), keys.get((schema, name), {}))
        for schema, name, description in described.fetchall()
    ]


def _keys(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, Key]]:
    found: dict[tuple[str, str], dict[str, Key]] = {}
    for schema, table, name, kind, columns, *references in connection.execute(
        """
        select table_schema, table_name, key_name, key_type, list(column_name order by column_number),
            any_value(referenced_schema), any_value(referenced_table), any_value(referenced_column)
        from publication.keys group by all order by all
        """
    ).fetchall():
        other = (references[0], references[1], references[2]) if references[0] else None
        found.setdefault((schema, table), {})[name] = Key(kind, tuple(columns), other)
    return found
