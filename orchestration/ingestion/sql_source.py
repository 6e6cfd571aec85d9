"""A source system whose records are in a SQL database, read by dlt through SQLAlchemy.

Every column is cast to text by the database itself: a value arrives as that system renders it, and is validated row by
row in staging. What the database declares is held against the contract before anything is read.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DOMAIN

from orchestration.ingestion.contract import contract_path, raw_contract
from orchestration.ingestion.errors import ConnectionLostError, LandingError
from orchestration.ingestion.missing_columns import NOTHING, Former
from orchestration.ingestion.new_columns import check_new_columns, new_columns, with_objects
from orchestration.ingestion.records import RecordTable

_ROWS_A_BATCH = 20_000
# Seconds: to connect, and to wait for a lock.
_PATIENCE = 30
# libpq's: a server that is gone without a word is noticed within a minute.
_POSTGRES = {
    "connect_timeout": _PATIENCE,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
_POSTGRES_SESSION = f"""
    set default_transaction_read_only = on; set timezone = 'UTC'; set datestyle = 'ISO, YMD';
    set client_encoding = 'UTF8'; set lock_timeout = '{_PATIENCE}s'
"""
# What a server says while it cannot serve, but may in a moment.
_PASSING = ("starting up", "shutting down", "recovery mode", "too many", "terminating", "remaining connection slots")
# Which declared types hold nothing but values of the contract's type.
_FITTING = {
    "text": {"text"},
    "integer": {"integer"},
    "numeric": {"numeric", "integer"},
    "boolean": {"boolean"},
    "date": {"date"},
    "timestamp": {"timestamp"},
}


@dataclass(frozen=True)
class SqlSource:
    """A source in a SQL database, whose tables are named as the raw tables."""

    name: str
    tables: Mapping[str, RecordTable]

    def connect(self, dsn: str) -> SqlConnection:
        """The source behind `dsn`, an address as SQLAlchemy takes it. Raises LandingError for one that is none."""
        variable = f"CEM_{self.name.upper()}_DSN"
        # Without causes: they may quote the address, and that the password.
        try:
            url = sa.make_url(dsn)
            if url.drivername == "postgresql":
                url = url.set(drivername="postgresql+psycopg")
        except (sa.exc.ArgumentError, ValueError):
            raise LandingError(
                f"{self.name}: {variable} is not the address of a database. It is one such as "
                f"postgresql+psycopg://user:password@host:5432/database or sqlite:////folder/{self.name}.sqlite."
            ) from None
        try:
            return SqlConnection(self, url)
        except (sa.exc.NoSuchModuleError, ImportError):
            raise LandingError(
                f"{self.name}: {variable} names the driver {url.drivername}, which is not installed. "
                "postgresql+psycopg and sqlite come with the project; install another one beside it."
            ) from None


class SqlConnection:
    """A RecordSource: a database at its address. `notices` gathers while reading."""

    def __init__(self, source: SqlSource, url: sa.URL) -> None:
        self.name = source.name
        self.tables = source.tables
        self.notices: list[str] = []
        self._url = url
        self._contract = raw_contract(source.name)
        self._engine = _engine(source.name, url)
        self._reflected: dict[str, sa.Table] = {}

    def read(self, table: str, since: str | None, _former: Former = NOTHING) -> Iterator[pa.Table]:
        """Yield the records of `table` that changed at `since` or later, or at no time; all for None; as text.

        Raises LandingError for a missing table or column and for another type, ConnectionLostError as it says.
        """
        declared = [column.name for column in self._contract[table]]
        for batch in self._batches(table, None, since):
            yield with_objects(batch, declared)

    def keys(self, table: str) -> Iterator[pa.Table]:
        """Yield the key columns of every record of `table`. Raises as `read` does."""
        return self._batches(table, list(self.tables[table].key), None)

    def check(self) -> None:
        """Ask for the tables, and read none of them. Raises as `read` does."""
        for table in self.tables:
            try:
                self._checked(table)
            except Exception as error:
                # Without the cause, as in reading.
                raise self._refusal(table, error) from None

    def _batches(self, table: str, columns: list[str] | None, since: str | None) -> Iterator[pa.Table]:
        """The `columns` of `table`, all for None."""
        # Late, because importing dlt takes a second.
        import dlt
        from dlt.sources.sql_database import sql_table

        try:
            reflected = self._checked(table)
            cursor = self.tables[table].cursor
            incremental = None
            condition: sa.ColumnElement[bool] = sa.true()
            if cursor and since:
                rendered, condition = _changed(reflected.c[cursor], since, self._engine.dialect.name)
                # Its state is thrown away with it: where to begin is asked of the lake each time.
                incremental = dlt.sources.incremental(
                    cursor, initial_value=rendered, primary_key=(), on_cursor_value_missing="include"
                )

            def as_text(_: object, of_table: sa.Table, *__: object) -> sa.Select[Any]:
                wanted = [of_table.c[name] for name in columns or of_table.c.keys()]
                return sa.select(*(self._text(column) for column in wanted)).where(condition)

            yield from sql_table(
                self._engine,
                table,
                metadata=reflected.metadata,
                backend="pyarrow",
                chunk_size=_ROWS_A_BATCH,
                type_adapter_callback=lambda _: sa.Text(),
                query_adapter_callback=as_text,
                incremental=incremental,
            )
        except LandingError:
            raise
        except Exception as error:
            # Without the cause: what SQLAlchemy and the driver attach to it is not for logs.
            raise self._refusal(table, error) from None

    def _checked(self, table: str) -> sa.Table:
        """The table as the database declares it, reduced to nothing the contract does not know."""
        if table in self._reflected:
            return self._reflected[table]
        where = f"{self.name}.{table}"
        try:
            with warnings.catch_warnings():
                # A type SQLAlchemy does not know has a better message below.
                warnings.simplefilter("ignore", sa.exc.SAWarning)
                found = sa.Table(table, sa.MetaData(), autoload_with=self._engine, resolve_fks=False)
        except sa.exc.NoSuchTableError:
            raise LandingError(
                f"{where}: {self._place()} has no table {table}. Nothing was loaded. Check CEM_{self.name.upper()}_DSN "
                f"and what its user may see, or change the contract in {contract_path(self.name)}."
            ) from None
        wanted = self._contract[table]
        unknown = [column.name for column in found.columns if column.name not in {c.name for c in wanted}]
        missing = [column.name for column in wanted if column.name not in found.columns]
        mend = f"or change the contract in {contract_path(self.name)} and the staging model."
        if missing:
            hint = f" Not in the contract, perhaps the same under a new name: {', '.join(unknown)}." if unknown else ""
            raise LandingError(
                f"{where}: column {', '.join(missing)} is missing in {self._place()}.{hint} "
                f"Nothing was loaded. Bring it back, {mend}"
            )
        for column in wanted:
            declared = found.columns[column.name].type
            if column.arrives_as and _kind(declared) not in _FITTING[column.arrives_as]:
                raise LandingError(
                    f"{where}: column {column.name} is declared {self._shown(declared)} in {self._place()}; the "
                    f"contract says {column.arrives_as}. Nothing was loaded. Declare it so, or put a view of that "
                    f"name with a cast in its place, {mend}"
                )
        check_new_columns(where, unknown)
        if unknown:
            self.notices.append(f"{where}: {new_columns(unknown, contract_path(self.name))}")
        self._reflected[table] = found
        return found

    def _text(self, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        """`column` as the database renders it."""
        text: sa.ColumnElement[Any] = sa.cast(column, sa.Text)
        if self._engine.dialect.name == "sqlite" and _kind(column.type) is None:
            # It would take bytes for text as they are. Written as PostgreSQL writes them.
            as_hex = sa.literal("\\x") + sa.func.lower(sa.func.hex(column))
            text = sa.case((sa.func.typeof(column) == "blob", as_hex), else_=text)
        return text.label(column.name)

    def _shown(self, declared: sa.types.TypeEngine[Any]) -> str:
        try:
            return declared.compile(self._engine.dialect)
        except sa.exc.CompileError:
            return "a type that is not known"

    def _place(self) -> str:
        """Where the database is, without user, password and query."""
        if self._url.get_backend_name() == "sqlite":
            return str(self._url.database)
        host = self._url.host or "the local server"
        port = f":{self._url.port}" if self._url.port else ""
        return f"the database {self._url.database} at {host}{port}"

    def _refusal(self, table: str, error: BaseException) -> LandingError:
        """What to raise for `error`, or for what of ours it hides: dlt wraps what goes wrong while it reads."""
        where = f"{self.name}.{table}"
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, (LandingError, sa.exc.DBAPIError)):
            cause = cause.__cause__ or cause.__context__
        if isinstance(cause, LandingError):
            return cause
        said = str(cause.orig if isinstance(cause, sa.exc.DBAPIError) else error).strip() or type(error).__name__
        text = self._without_secrets(said.splitlines()[0].rstrip("."))
        if "could not decode to utf-8" in said.lower():
            return LandingError(
                f"{where}: {self._place()} holds a text that is not UTF-8 ({text}). Nothing was loaded. "
                "Mend the value at the source."
            )
        if isinstance(cause, (sa.exc.OperationalError, sa.exc.InterfaceError)) and _may_pass(said):
            return ConnectionLostError(
                f"{where}: {self._place()} cannot be reached, or went away while it was read ({text}). Nothing was "
                f"loaded. Check that it is up and CEM_{self.name.upper()}_DSN, then load again."
            )
        return LandingError(
            f"{where}: {self._place()} cannot be read ({text}). Nothing was loaded. "
            f"Check CEM_{self.name.upper()}_DSN and what its user may do."
        )

    def _without_secrets(self, text: str) -> str:
        secrets = [self._url.password, *(v for k, v in self._url.query.items() if "pass" in k.lower())]
        for secret in secrets:
            text = text.replace(str(secret), "***") if secret else text
        return text


def _engine(source: str, url: sa.URL) -> sa.Engine:
    """An engine that only reads, keeps no connection open between two tables, and renders times in UTC."""
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            raise LandingError(
                f"{source}: {path} is not there. Put the database there, or set CEM_{source.upper()}_DSN."
            )

        def opened() -> sqlite3.Connection:
            _check_length(source, path)
            return sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, timeout=_PATIENCE)

        return sa.create_engine("sqlite://", creator=opened, poolclass=sa.NullPool)
    arguments: dict[str, object] = {}
    if url.drivername == "postgresql+psycopg":
        arguments = {name: value for name, value in _POSTGRES.items() if name not in url.query}
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments, hide_parameters=True)
    if url.drivername == "postgresql+psycopg":

        @sa.event.listens_for(engine, "connect")
        def session(connection: Any, _: Any) -> None:
            connection.autocommit = True
            connection.execute(_POSTGRES_SESSION)
            connection.autocommit = False

    return engine


def _check_length(source: str, path: Path) -> None:
    """Raise ConnectionLostError for a SQLite file that is shorter than its header says: SQLite reads on in zeros."""
    with path.open("rb") as file:
        header = file.read(100)
        length = file.seek(0, 2)
    page = int.from_bytes(header[16:18], "big")
    whole = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if header.startswith(b"SQLite format 3\0") and header[24:28] == header[92:96] and length < whole:
        raise ConnectionLostError(
            f"{source}: {path} has {length:,} bytes of {whole:,}: it is cut off, or still being copied. "
            "Nothing was loaded. Put the whole database there."
        )


def _changed(cursor: sa.Column[Any], since: str, dialect: str) -> tuple[str, sa.ColumnElement[bool]]:
    """`since` as the database renders it, and the condition for rows whose cursor is not before it, or has no value."""
    moment = datetime.fromisoformat(since)
    is_day = isinstance(cursor.type, sa.Date)
    text = moment.date().isoformat() if is_day else moment.strftime("%Y-%m-%d %H:%M:%S")
    if dialect == "sqlite":
        # It keeps times as the text they were written as; compared as text, an index serves.
        return text, sa.or_(sa.type_coerce(cursor, sa.String) >= text, cursor.is_(None))
    value = moment.date() if is_day else moment
    if not getattr(cursor.type, "timezone", False) and not is_day:
        value = moment.replace(tzinfo=None)
    return text, sa.or_(cursor >= value, cursor.is_(None))


def _kind(declared: sa.types.TypeEngine[Any]) -> str | None:
    """Of what kind the values of a declared type are, if it is one that a contract may ask for."""
    if isinstance(declared, DOMAIN):
        return _kind(declared.data_type)
    kinds: tuple[tuple[str, tuple[type[Any], ...]], ...] = (
        ("boolean", (sa.Boolean,)),
        ("integer", (sa.Integer,)),
        ("numeric", (sa.Numeric, sa.Float)),
        ("timestamp", (sa.DateTime,)),
        ("date", (sa.Date,)),
        ("text", (sa.String, sa.Uuid)),
    )
    return next((kind for kind, types in kinds if isinstance(declared, types)), None)


def _may_pass(said: str) -> bool:
    """Whether what a database said about a connection may be otherwise in a moment."""
    said = said.lower()
    if "fatal:" in said:
        # A server that answers and refuses: a wrong password does not get right by trying again.
        return any(passing in said for passing in _PASSING)
    # SQLite calls nearly everything an operational error.
    return not any(lasting in said for lasting in ("malformed", "not a database", "no such", "unable to open"))
