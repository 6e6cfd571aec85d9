"""Lets Great Expectations push its queries down to DuckDB.

Great Expectations gives the connection back to the pool before it fetches, unless the dialect is listed as one that
keeps its connection; DuckDB's cursor is empty by then, and every expectation fails with "list index out of range".
The list has a private name, so this module is the only one that touches it, and a test fails when it moves.
"""

from __future__ import annotations

from enum import StrEnum


class _DuckDB(StrEnum):
    DUCKDB = "duckdb"


def keep_duckdb_connections() -> None:
    """Add DuckDB to the dialects whose connection is kept. Raises AttributeError when the private name has moved."""
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    kept: tuple[object, ...] = engine._PERSISTED_CONNECTION_DIALECTS
    if _DuckDB.DUCKDB not in kept:
        # It is typed as a tuple of exactly its own dialects.
        engine._PERSISTED_CONNECTION_DIALECTS = (*kept, _DuckDB.DUCKDB)  # type: ignore[assignment]
