"""What the warehouse knows and the lake does not: customer ids, what was known when, frozen month-ends.

dbt marks such a model with `full_refresh: false`; its rows are added to and never changed. They are copied beside the
warehouse before each publication, so a warehouse can be thrown away and made again (docs/decisions/0041).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.bounded_memory import connect

# Which rows are of what is gone, by model. A key is gone where its newest row names no customer, a customer where no
# key that ever had its id is there, an event where its newest version has no content.
_KEYS_GONE = """
    select key from {int_identity__key_history}
    group by key having max(generation) is distinct from max(generation) filter (customer_id is not null)
"""
_CUSTOMERS_GONE = f"""
    select customer_id from {{int_identity__key_history}} where customer_id is not null
    group by customer_id having bool_and(key in ({_KEYS_GONE}))
"""
_GONE = {
    "int_identity__key_history": f"key in ({_KEYS_GONE})",
    "int_timeline__versions": f"""
        customer_id in ({_CUSTOMERS_GONE})
        or event_id in (
            select event_id from {{int_timeline__versions}}
            group by event_id having max_by(content_md5, generation) = ''
        )
    """,
    "customer_value_monthly": f"customer_id in ({_CUSTOMERS_GONE})",
}


class MemoryLostError(Exception):
    """The warehouse has forgotten what was remembered of it, or what was remembered cannot be read."""


def remembered_relations(manifest: Path) -> list[str]:
    """The models that cannot be made again, as `schema.name`, by the manifest at `manifest`."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return sorted(f"{node['schema']}.{node['name']}" for node in nodes if node["config"].get("full_refresh") is False)


def remember(warehouse: Path, memory: Path, relations: list[str]) -> None:
    """Copy `relations` from `warehouse` to the DuckDB file `memory`, which changes in one step.

    What the warehouse does not hold stays as it was remembered. Raises MemoryLostError where it holds fewer rows.
    """
    with _written_anew(memory) as connection:
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        before = _attach_memory(connection, memory, relations)
        for relation in relations:
            rows = _rows(connection, "warehouse", relation)
            if rows is not None and rows < before.get(relation, 0):
                raise MemoryLostError(
                    f"{warehouse}: {relation} holds {rows:,} rows, and {before[relation]:,} were remembered in "
                    f"{memory}. "
                    "The file was made anew without its memory: `make rebuild` makes it again with it."
                )
            source = "warehouse" if rows is not None else "remembered"
            if rows is not None or relation in before:
                connection.execute(f"create schema if not exists fresh.{relation.split('.')[0]}")
                connection.execute(f"create table fresh.{relation} as from {source}.{relation}")


def restore(warehouse: Path, memory: Path, relations: list[str]) -> list[str]:
    """Give `warehouse` those of `relations` that it lacks and that are remembered; return them.

    Opens the warehouse as a run does, so a file that cannot be opened raises duckdb.Error here and not in dbt.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    if not warehouse.exists():
        # DuckDB would replay the log of a file that somebody deleted into the new one.
        _remove(warehouse)
    restored = []
    with connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{warehouse}' as warehouse")
        remembered = _attach_memory(connection, memory, relations)
        connection.execute("begin")
        for relation in remembered:
            if _rows(connection, "warehouse", relation) is None:
                connection.execute(f"create schema if not exists warehouse.{relation.split('.')[0]}")
                connection.execute(f"create table warehouse.{relation} as from remembered.{relation}")
                restored.append(relation)
        connection.execute("commit")
    return restored


def forget(memory: Path, relations: list[str]) -> int:
    """Remove what is remembered of keys, customers and events that are gone; return the rows removed.

    The file is written anew, as what is deleted in place stays in its pages. Raises KeyError for one of `relations` of
    which nothing says what is gone, and MemoryLostError for a damaged file.
    """
    gone = {relation: _GONE[relation.split(".")[1]] for relation in relations}
    removed = 0
    with _written_anew(memory) as connection:
        remembered = _attach_memory(connection, memory, relations)
        names = {relation.split(".")[1]: f"remembered.{relation}" for relation in remembered}
        for relation, rows in remembered.items():
            connection.execute(f"create schema if not exists fresh.{relation.split('.')[0]}")
            kept = f"from remembered.{relation} where ({gone[relation].format(**names)}) is not true"
            connection.execute(f"create table fresh.{relation} as select * {kept}")
            removed += rows - (_rows(connection, "fresh", relation) or 0)
    return removed


def knows_customers_by_key(memory: Path) -> bool:
    """Whether a customer is remembered by a keyed pseudonym. Raises MemoryLostError for a damaged file."""
    history = "intermediate.int_identity__key_history"
    with connect() as connection:
        return history in _attach_memory(connection, memory, [history]) and bool(
            connection.execute(
                f"select 1 from remembered.{history} where regexp_full_match(key, '[a-z]+:[0-9a-f]{{64}}') limit 1"
            ).fetchall()
        )


@contextmanager
def _written_anew(memory: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with an empty database `fresh`, which takes the place of `memory` in one step if all goes well."""
    memory.parent.mkdir(parents=True, exist_ok=True)
    unfinished = memory.with_name(f"{memory.name}.unfinished")
    _remove(unfinished)
    with connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{unfinished}' as fresh")
        yield connection
        connection.execute("checkpoint fresh")
        connection.execute("detach fresh")
    unfinished.replace(memory)


def _attach_memory(connection: duckdb.DuckDBPyConnection, memory: Path, relations: list[str]) -> dict[str, int]:
    """Attach what is remembered; return the rows of each relation in it. Raises MemoryLostError for a damaged file."""
    if not memory.exists():
        return {}
    try:
        connection.execute(f"attach '{memory}' as remembered (read_only)")
    except duckdb.Error:
        raise MemoryLostError(
            f"{memory} cannot be read. Take it from a backup; without one, move it away: the next publication writes "
            "it from the warehouse, and where that is gone too, customers get new ids."
        ) from None
    counted = {relation: _rows(connection, "remembered", relation) for relation in relations}
    return {relation: rows for relation, rows in counted.items() if rows is not None}


def _rows(connection: duckdb.DuckDBPyConnection, database: str, relation: str) -> int | None:
    """The rows of a table, or None where the database has no such table."""
    known = connection.execute(
        "select 1 from duckdb_tables() where database_name = ? and schema_name || '.' || table_name = ?",
        [database, relation],
    ).fetchall()
    if not known:
        return None
    ((count,),) = connection.execute(f"select count(*) from {database}.{relation}").fetchall()
    return int(count)


def _remove(database: Path) -> None:
    for path in (database, database.with_name(f"{database.name}.wal")):
        path.unlink(missing_ok=True)
