"""A connection to the PostgreSQL that versions are served from; what goes wrong comes out without its password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

VARIABLE = "CEM_PUBLISH_POSTGRES"
# Seconds to connect; and libpq's, by which a server that is gone without a word is noticed within a minute.
_PATIENCE = 10
_LIBPQ: dict[str, Any] = {
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "application_name": "customer experience warehouse",
    "client_encoding": "UTF8",
}
# What to do, by the class of an SQLSTATE or the whole of it.
_REMEDIES = {
    "08": "Look whether it is up, then run again.",
    "28": f"Correct user and password in {VARIABLE}, or let them in in its pg_hba.conf.",
    "3D000": f"Have the database made, or correct its name in {VARIABLE}.",
    "42501": "Let that user create schemas in the database (`grant create on database … to …`), and own what was "
    "published there before.",
    "53100": "The disk of that server is full: make room there, then run again.",
    "53": "That server lacks connections, memory or locks: raise what it says, then run again.",
    "55P03": "Another run publishes there, or somebody keeps its tables locked: run again when that is over.",
    "57": "Look whether it is up, then run again.",
    "25006": f"It takes no writes: name the primary server in {VARIABLE}.",
}
_WITH_VALUES = ("22", "23")


class PostgresError(Exception):
    """PostgreSQL was not brought up to a version, and holds what it held. The message names no password, no value."""


@contextmanager
def connected(dsn: str, patience: int = _PATIENCE) -> Iterator[psycopg.Connection[Any]]:
    """A connection to `dsn`, whose transaction is committed at the end. All its errors become PostgresError."""
    where = place(dsn)
    try:
        with psycopg.connect(_conninfo(dsn, patience)) as connection:
            yield connection
    except psycopg.Error as error:
        # Without the cause: what the driver attaches to it is not for logs.
        raise PostgresError(_told(error, where, dsn)) from None


def place(dsn: str) -> str:
    """Which database it is, without user and password."""
    given = conninfo_to_dict(dsn)
    port = f":{given['port']}" if given.get("port") else ""
    return f"PostgreSQL's {given.get('dbname')} at {given.get('host') or 'this machine'}{port}"


def _conninfo(dsn: str, patience: int) -> str:
    given = conninfo_to_dict(dsn)
    return make_conninfo("", **{"connect_timeout": patience, **_LIBPQ, **given})


def _told(error: psycopg.Error, where: str, dsn: str) -> str:
    state = error.sqlstate or ""
    if not state:
        said = _first_line(error, dsn)
        # Before a server has accepted a connection, libpq hands its words on, and no code.
        if any(word in said for word in ("authentication", "no pg_hba.conf entry", "password")):
            return f"{where} lets nobody in by that address ({said}). {_REMEDIES['28']}"
        if "does not exist" in said:
            return f"{where} cannot be opened ({said}). {_REMEDIES['3D000']}"
        return (
            f"{where} cannot be reached, or went away ({said}). Look whether it is up and {VARIABLE} is right, then "
            "run again."
        )
    table = error.diag.table_name
    at = f", table {error.diag.schema_name}.{table}" if table else ""
    # What it says of values quotes them.
    said = type(error).__name__ if state.startswith(_WITH_VALUES) else _first_line(error, dsn)
    advice = _REMEDIES.get(state) or _REMEDIES.get(state[:2]) or "Mend what it says, then run again."
    return f"{where} did not take it ({said}, {state}{at}). {advice}"


def _first_line(error: psycopg.Error, dsn: str) -> str:
    text = (error.diag.message_primary or str(error) or type(error).__name__).strip().splitlines()[0].rstrip(".")
    password = str(conninfo_to_dict(dsn).get("password") or "")
    for secret in (password, quote(password, safe="")):
        text = text.replace(secret, "***") if secret else text
    return text
