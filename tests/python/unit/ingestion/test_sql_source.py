"""What a database declares is held against the contract; what it says goes wrong comes out without its password."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from orchestration.ingestion import records
from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.errors import ConnectionLostError, LandingError
from orchestration.ingestion.load import SourceLoad
from orchestration.ingestion.records import RecordTable, load_records
from orchestration.ingestion.sql_source import SqlSource
from tests.python.unit.ingestion.conftest import NOW, Database, Home

SECRET = "pa55/w%rd"
IN_URL = "pa55%2Fw%25rd"
CRM = SqlSource(
    "crm",
    {
        "consents": RecordTable(("consent_id",), "recorded_at", compares_keys=True),
        "life_events": RecordTable(("life_event_id",), "reported_at", compares_keys=True),
        "opportunities": RecordTable(("opportunity_id",), "updated_at", compares_keys=True),
    },
)


class Postgres:
    """A CRM in PostgreSQL, in a database of its own."""

    def __init__(self, server: Any, name: str, home: Home) -> None:
        self.server, self.name, self.home = server, name, home
        server.psql(f"create database {name}")
        for table in CRM.tables:
            columns = ", ".join(f'"{c.name}" {c.arrives_as}' for c in raw_contract("crm")[table])
            self.execute(f"create table {table} ({columns})")

    @property
    def dsn(self) -> str:
        """With a password, which this server does not ask for."""
        url = sa.make_url(self.server.get_uri()).set(database=self.name, password=SECRET)
        return url.render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        engine = sa.create_engine(sa.make_url(self.dsn).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    def load(self) -> SourceLoad:
        return load_records(CRM.connect(self.dsn), self.home.lake, self.home.work, NOW)


@pytest.fixture
def crm(postgres: Any, home: Home, request: pytest.FixtureRequest) -> Postgres:
    return Postgres(postgres, f"crm_{abs(hash(request.node.name))}", home)


def test_postgres_renders_its_values_and_is_loaded_once(crm: Postgres) -> None:
    crm.execute("alter table consents alter recorded_at type timestamptz")
    crm.execute("insert into consents values ('a', 'C|1', 'é\\', true, null, '', '2024-05-01 12:00:00.5+02')")
    crm.execute("insert into life_events values ('l', 'C1', 'move', '2024-02-29', '2024-05-01 10:00')")
    crm.execute("insert into opportunities values ('o', 'C1', 'x', 'y', 'z', 1.50, 'EUR', null, 'infinity')")
    crm.execute("insert into opportunities values ('p', 'C1', 'x', 'y', 'z', 'NaN', 'EUR', null, '2024-05-01')")
    assert {name: table.rows for name, table in crm.load().tables.items()} == {
        "consents": 1, "life_events": 1, "opportunities": 2,
    }  # fmt: skip
    assert crm.home.raw("crm", "consents") == [("a", "C|1", "é\\", "true", None, "", "2024-05-01 10:00:00.5+00")]
    assert crm.home.raw("crm", "life_events", "occurred_on, reported_at") == [("2024-02-29", "2024-05-01 10:00:00")]
    columns = "opportunity_id, expected_amount, updated_at"
    assert crm.home.raw("crm", "opportunities", columns) == [
        ("o", "1.50", "infinity"),
        ("p", "NaN", "2024-05-01 00:00:00"),
    ]
    assert not any(table.files for table in crm.load().tables.values())


def test_every_type_of_postgres_that_holds_nothing_but_the_contract_s_values_is_loaded(crm: Postgres) -> None:
    crm.execute("create type purpose as enum ('marketing_email', 'profiling')")
    crm.execute("create domain channel as varchar(9) check (value <> '')")
    crm.execute("alter table consents alter consent_id type uuid using consent_id::uuid")
    crm.execute("alter table consents alter customer_number type char(8), alter purpose type purpose using null")
    crm.execute("alter table consents alter channel type channel, alter recorded_at type timestamptz(3)")
    crm.execute("alter table opportunities alter expected_amount type numeric")
    key = "0190f5c2-7b1e-7cc3-98c4-dc0c0c07398f"
    crm.execute(
        f"insert into consents values ('{key}', 'C1', 'profiling', true, null, 'web', '2024-05-01 10:00+05:30')"
    )
    crm.execute("insert into opportunities values ('o', 'C1', 'x', 'y', 'z', 1e21, 'EUR', null, '2024-05-01')")
    crm.execute("insert into opportunities values ('p', 'C1', 'x', 'y', 'z', 0.10, 'EUR', null, '2024-05-01')")
    crm.load()
    assert crm.home.raw("crm", "consents") == [(key, "C1", "profiling", "true", None, "web", "2024-05-01 04:30:00+00")]
    amounts = [("1000000000000000000000",), ("0.10",)]
    assert crm.home.raw("crm", "opportunities", "expected_amount") == amounts


@pytest.mark.parametrize(
    ("column", "declared"),
    [
        ("purpose", "jsonb"), ("purpose", "text[]"), ("purpose", "bytea"), ("purpose", "interval"), ("purpose", "inet"),
        ("recorded_at", "date"), ("recorded_at", "time"), ("recorded_at", "timetz"), ("is_granted", "bit(1)"),
        ("is_granted", "smallint"),
    ],
)  # fmt: skip
def test_another_type_of_postgres_is_refused_with_what_to_do(crm: Postgres, column: str, declared: str) -> None:
    crm.execute(f"alter table consents drop column {column}")
    crm.execute(f"alter table consents add column {column} {declared}")
    says = rf"crm\.consents: column {column} is declared .*; the contract says .* a view of that name with a cast"
    with pytest.raises(LandingError, match=says):
        crm.load()


def test_changes_in_postgres_are_followed(crm: Postgres) -> None:
    crm.execute(
        "insert into consents select n, 'C1', 'p', true, null, 'web', timestamp '2024-05-01' + n * interval '1 hour' "
        "from generate_series(1, 300) as n"
    )
    crm.load()
    crm.execute("delete from consents where consent_id = '7'")
    crm.execute("update consents set is_granted = false, recorded_at = '2024-05-31' where consent_id = '8'")
    crm.execute("insert into consents values ('late', 'C1', 'p', true, null, 'web', '2024-05-12 20:00')")
    crm.execute("insert into consents values ('none', 'C1', 'p', true, null, 'web', null)")
    assert crm.load().tables["consents"].rows == 4
    crm.execute("insert into consents values ('later', 'C1', 'p', true, null, 'web', '2020-01-01')")
    crm.load()
    raw = dict(crm.home.raw("crm", "consents", "consent_id, is_granted"))
    assert raw == {**{str(n): "false" if n == 8 else "true" for n in range(1, 301) if n != 7},
                   "late": "true", "none": "true", "later": "true"}  # fmt: skip
    assert crm.home.balance("crm", "consents") == len(raw)


@pytest.fixture(params=["sqlite", "postgres"])
def changed(
    request: pytest.FixtureRequest, tmp_path: Path, home: Home
) -> tuple[Callable[[str], None], Callable[[], SourceLoad]]:
    """How to change the schema of a CRM with one consent that is loaded already, and how to load it."""
    crm: Postgres | Database
    if request.param == "postgres":
        crm = Postgres(request.getfixturevalue("postgres"), f"crm_{abs(hash(request.node.name))}", home)
    else:
        crm = Database(CRM, tmp_path / "crm.sqlite", home)
        crm.create()
    crm.execute("insert into consents (consent_id, recorded_at) values ('a', '2024-05-01')")
    crm.load()
    return crm.execute, crm.load


def test_a_new_column_is_taken_as_the_database_renders_it(
    changed: tuple[Callable[[str], None], Callable[[], SourceLoad]], home: Home
) -> None:
    execute, load = changed
    execute('alter table consents add column "Mood, or so" text')
    execute("alter table consents add column score numeric(9, 2)")
    execute("insert into consents (consent_id, recorded_at, score) values ('b', '2024-05-01', 7.5)")
    first, *_ = load().notices
    assert first == "crm.consents: column score is new, so the table was read whole"
    raw = home.raw("crm", "consents", "consent_id, _new_columns->>'score', _new_columns->>'Mood, or so'")
    assert [(key, score and float(score), mood) for key, score, mood in raw] == [("a", None, None), ("b", 7.5, None)]
    assert load().tables["consents"].rows == 0
    # As a migration fills a new column: the times of change stay as they were.
    execute("""update consents set "Mood, or so" = '"fine"' where consent_id = 'a'""")
    assert load().tables["consents"].rows == 1
    assert ("a", '"fine"') in home.raw("crm", "consents", "consent_id, _new_columns->>'Mood, or so'")
    notices = load().notices
    assert notices == [
        "crm.consents: column Mood, or so, score is not in the contract and was taken into _new_columns. To make it a "
        "column of its own, for the rows loaded already too, declare it in models/staging/crm/_crm__sources.yml"
    ]


def test_a_new_column_that_holds_bytes_is_taken_in_hexadecimal(consents: Database) -> None:
    consents.execute("alter table consents add column photo blob")
    consents.execute("alter table consents add column anything")
    consents.execute("insert into consents (consent_id, photo, anything) values ('a', x'00ff', 'text'), ('b', 7, 1.5)")
    consents.load()
    raw = consents.home.raw("crm", "consents", "_new_columns->>'photo', _new_columns->>'anything'")
    assert raw == [("\\x00ff", "text"), ("7", "1.5")]


def test_thousands_of_new_columns_are_refused(consents: Database) -> None:
    for number in range(101):
        consents.execute(f"alter table consents add column column_{number} text")
    with pytest.raises(LandingError, match=r"crm\.consents: more than 100 columns are not in the contract"):
        consents.load()


def test_a_column_that_is_gone_is_named_with_what_may_be_its_new_name(
    changed: tuple[Callable[[str], None], Callable[[], SourceLoad]], home: Home
) -> None:
    execute, load = changed
    execute("alter table consents rename column purpose to aim")
    with pytest.raises(LandingError, match=r"crm\.consents: column purpose is missing .* new name: aim\."):
        load()
    assert home.raw("crm", "consents", "consent_id") == [("a",)]


def test_another_type_is_refused_with_both_types(
    changed: tuple[Callable[[str], None], Callable[[], SourceLoad]], home: Home
) -> None:
    execute, load = changed
    execute("alter table opportunities drop column expected_amount")
    execute("alter table opportunities add column expected_amount varchar(9)")
    says = r"crm\.opportunities: column expected_amount is declared VARCHAR\(9\) in .*; the contract says numeric"
    with pytest.raises(LandingError, match=says):
        load()
    assert home.raw("crm", "consents", "consent_id") == [("a",)]


@pytest.mark.parametrize(
    ("column", "declared"),
    [
        ("recorded_at", "DATE"), ("recorded_at", "INTEGER"), ("is_granted", "TEXT"), ("consent_id", "NUMERIC"),
        ("purpose", "BLOB"), ("channel", ""),
    ],
)  # fmt: skip
def test_every_type_is_held_against_the_contract(tmp_path: Path, home: Home, column: str, declared: str) -> None:
    database = Database(CRM, tmp_path / "crm.sqlite", home, types={column: declared})
    database.create()
    with pytest.raises(LandingError, match=rf"crm\.consents: column {column} is declared .*; the contract says"):
        database.load()


def test_a_table_that_is_gone_is_named(consents: Database) -> None:
    consents.execute("drop table consents")
    with pytest.raises(LandingError, match=r"crm\.consents: .*crm\.sqlite has no table consents"):
        consents.load()


def test_a_damaged_database_and_a_text_that_is_not_utf8_are_refused(
    consents: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "WAITS", ())
    consents.execute("insert into consents (consent_id, purpose) values ('a', cast(x'416ee9' as text))")
    with pytest.raises(LandingError, match=r"a text that is not UTF-8 .*'purpose' with text 'An"):
        consents.load()
    content = consents.path.read_bytes()
    consents.path.write_bytes(content[:5000])
    with pytest.raises(LandingError, match=r"crm\.sqlite has 5,000 bytes of .* it is cut off"):
        consents.load()
    consents.path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(LandingError, match=r"cannot be read \(database disk image is malformed"):
        consents.load()
    consents.path.write_bytes(b"consent_id;customer_number\n" * 100)
    with pytest.raises(LandingError, match="file is not a database"):
        consents.load()


def test_the_database_is_only_read(consents: Database) -> None:
    before = consents.path.read_bytes()
    consents.load()
    assert consents.path.read_bytes() == before
    connection = consents.source.connect(f"sqlite:///{consents.path}")
    with connection._engine.connect() as opened, pytest.raises(sa.exc.OperationalError, match="readonly"):
        opened.exec_driver_sql("delete from consents")


def test_a_locked_database_is_tried_again(consents: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.ingestion.sql_source._PATIENCE", 0)
    consents.insert("consents", consent_id="a")
    with closing(sqlite3.connect(consents.path)) as writer:
        writer.execute("begin exclusive")
        monkeypatch.setattr("orchestration.ingestion.records.time.sleep", lambda _: writer.rollback())
        assert consents.load().tables["consents"].rows == 1


def test_a_server_that_ends_the_connection_while_it_is_read_is_read_again(
    crm: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm.execute("insert into consents (consent_id) select n from generate_series(1, 50000) as n")
    monkeypatch.setattr("orchestration.ingestion.sql_source._ROWS_A_BATCH", 1000)
    monkeypatch.setattr(records, "WAITS", (0.0,))
    connection = CRM.connect(crm.dsn)
    read, cuts = connection.read, [1]

    def cut_once(*what_to_read: Any) -> Any:
        for number, batch in enumerate(read(*what_to_read)):
            if number == 2 and cuts:
                cuts.pop()
                crm.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            yield batch

    monkeypatch.setattr(connection, "read", cut_once)
    loaded = load_records(connection, crm.home.lake, crm.home.work, NOW)
    assert not cuts
    assert (loaded.tables["consents"].rows, loaded.notices) == (50000, [])


@pytest.mark.parametrize(
    ("dsn", "says"),
    [
        ("not an address", "CEM_CRM_DSN is not the address of a database"),
        (f"postgresql://u:{IN_URL}@h:x/d", "CEM_CRM_DSN is not the address of a database"),
        (f"oracle+none://u:{IN_URL}@h/d", "the driver oracle\\+none, which is not installed"),
        (f"mssql+pymssql://u:{IN_URL}@h/d", "the driver mssql\\+pymssql, which is not installed"),
        (f"postgresql://u:{IN_URL}@127.0.0.1:9/d?connect_timeout=2", "cannot be reached.*Connection refused"),
        (f"postgresql://u@127.0.0.1:9/d?connect_timeout=2&password={IN_URL}", "cannot be reached.*Connection refused"),
        (f"postgresql://u:{IN_URL}@127.0.0.1:9/d?nonsense=1", "cannot be read .invalid connection option"),
    ],
)
def test_an_address_that_does_not_work_is_refused_without_its_password(
    home: Home, monkeypatch: pytest.MonkeyPatch, dsn: str, says: str
) -> None:
    monkeypatch.setattr(records, "WAITS", ())
    with pytest.raises(LandingError, match=says) as refused:
        load_records(CRM.connect(dsn), home.lake, home.work, NOW)
    assert not leaks(refused.value)


def test_a_user_the_server_does_not_know_is_not_tried_again(crm: Postgres) -> None:
    url = sa.make_url(crm.dsn).set(username="nobody")
    with pytest.raises(LandingError, match=r"cannot be read .*nobody") as refused:
        load_records(CRM.connect(url.render_as_string(hide_password=False)), crm.home.lake, crm.home.work, NOW)
    assert not isinstance(refused.value, ConnectionLostError)
    assert not leaks(refused.value)


def leaks(error: BaseException) -> bool:
    """Whether anything that may be printed for `error` holds the password."""
    shown = []
    one: BaseException | None = error
    while one is not None:
        shown += [str(one), repr(one), *getattr(one, "__notes__", [])]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return any(secret in text for text in shown for secret in (SECRET, IN_URL))


def test_the_password_is_in_no_file_log_or_text(
    crm: Postgres, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        crm.execute("insert into consents (consent_id) values ('a')")
        crm.load()
        crm.execute("alter table consents add column mood text")
        crm.load()
        crm.execute("drop table opportunities")
        with pytest.raises(LandingError) as refused:
            crm.load()
        connection = CRM.connect(crm.dsn)
    files = [path for path in crm.home.folder.rglob("*") if path.is_file()]
    assert any("_dlt_loads" in str(path) for path in files)
    captured = capfd.readouterr()
    shown = [repr(connection), str(vars(connection)), caplog.text, captured.out, captured.err]
    for secret in (SECRET, IN_URL):
        assert not any(secret.encode() in path.read_bytes() or secret in str(path) for path in files)
        assert not any(secret in text for text in shown)
    assert not leaks(refused.value)
