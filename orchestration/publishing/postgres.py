"""A published version, served from PostgreSQL as well: the same tables, switched in one transaction.

What is published is the file; PostgreSQL follows it, and knows which version it holds (docs/decisions/0080).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from orchestration.bounded_memory import connect
from orchestration.publishing.postgres_connection import connected
from orchestration.publishing.postgres_loading import load
from orchestration.publishing.postgres_switch import (
    drop_outdated,
    empty_outdated,
    held_tables,
    refuse_others,
    switch,
)
from orchestration.publishing.version_tables import VersionIdentity, version_identity, version_tables

# Seconds that a switch waits for transactions that have read the version before.
PATIENCE = 120.0
# One publication at a time works on a database.
_ADVISORY = 0x63656D_707562


@dataclass(frozen=True)
class Served:
    """Which version PostgreSQL holds now, with how many tables and rows (none loaded where it held it already).

    `notices` are in words: what of former versions is still there, and why.
    """

    number: int
    tables: int
    rows: int
    is_new: bool
    notices: tuple[str, ...] = ()

    def in_words(self) -> str:
        if not self.is_new:
            return f"it holds version {self.number} already"
        return f"version {self.number}, {self.tables} tables, {self.rows:,} rows"


def serve(version: Path, dsn: str, patience: float = PATIENCE) -> Served:
    """Bring the PostgreSQL at `dsn` to the version whose file is `version`; do nothing where it holds that already.

    Readers see the version before or this one, whole; a transaction that has read the one before keeps it, and is
    waited for `patience` seconds. All is one transaction: who is cut off leaves nothing. Raises PostgresError, and
    PostgreSQL holds what it held.
    """
    with connect(version.resolve(), read_only=True) as file, connected(dsn) as connection:
        connection.execute("set local lock_timeout = '60s'")
        connection.execute("select pg_advisory_xact_lock(%s)", [_ADVISORY])
        wanted, tables = version_identity(file), version_tables(file)
        held = held_tables(connection)
        is_new = held_version(connection) != wanted
        rows = 0
        if is_new:
            refuse_others(connection, held, tables)
            rows = load(file, connection, tables)
            switch(connection, held, tables, patience)
        connection.commit()
        notices = drop_outdated(connection)
    return Served(wanted.number, len(tables), rows, is_new, tuple(notices))


def held_version(connection: psycopg.Connection[Any]) -> VersionIdentity | None:
    """Which version is there; None where none is."""
    if not held_tables(connection):
        return None
    ((number, published_at, sources),) = connection.execute(
        "select version, to_char(published_at, 'YYYY-MM-DD HH24:MI:SS.US'), sources from publication.version"
    ).fetchall()
    return VersionIdentity(number, published_at, sources)


def forget_former(dsn: str) -> int:
    """Empty what is left of former versions because something reads it; return how many tables that were.

    Raises PostgresError.
    """
    with connected(dsn) as connection:
        return empty_outdated(connection)


def look(dsn: str, patience: int) -> VersionIdentity | None:
    """Whether the database answers, and may be published to; which version it holds. Raises PostgresError."""
    with connected(dsn, patience) as connection:
        version = held_version(connection)
        # Taken back at the end: nothing is written.
        connection.execute("create schema cem_loading_probe")
        connection.rollback()
    return version
