"""PostgreSQL serves what is published: the same rows, a version at a time, with what people have put on the tables."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from orchestration import doctor, erasure
from orchestration.__main__ import main
from orchestration.defs import publication
from orchestration.defs.publication import PUBLISHED
from orchestration.doctor import ERROR, OK, WARNING, Finding
from orchestration.publishing import postgres as serving
from orchestration.publishing.postgres import forget_former, held_version, serve
from orchestration.publishing.postgres_connection import PostgresError
from orchestration.publishing.public_models import FOREIGN, PRIMARY, UNIQUE, Key, PublicModel, public_models
from orchestration.publishing.publish import publish, switch, version_name
from orchestration.publishing.version_tables import version_identity, version_tables
from orchestration.run import _failure
from orchestration.settings import Settings

SECRET = "pa55/w%rd"
MODELS = [
    PublicModel(
        "behavioural",
        "orders",
        "What's ordered; a row an order.",
        {"order_id": "Names the order.", "amount": "It's in base currency."},
        frozenset({"order_id"}),
        keys=(
            Key(PRIMARY, ("order_id",)),
            Key(UNIQUE, ("source_system", "note")),
            Key(FOREIGN, ("customer_id",), ("marts", "customers", "customer_id")),
        ),
    ),
    PublicModel(
        "marts",
        "customers",
        "A row a customer.",
        {},
        frozenset({"customer_id"}),
        {"customer_id": "indirect"},
        keys=(Key(PRIMARY, ("customer_id",)),),
    ),
]


class Company:
    """A home whose first version is published, and the database that is to serve it."""

    def __init__(self, home: Path, dsn: str) -> None:
        self.settings = Settings(home=home, sources=("crm", "shop"), publish_postgres=dsn)
        self.dsn = dsn
        self.published = 1

    def publish(self, rows: int = 3) -> None:
        """The next version, whose every customer and order says its number: a copy with other rows."""
        self.published += 1
        folder = self.settings.published / version_name(self.published)
        shutil.copytree(self.settings.current.resolve().parent, folder)
        with duckdb.connect(str(folder / self.settings.current.name)) as connection:
            connection.execute(
                f"""
                begin;
                delete from marts.customers; delete from behavioural.orders;
                insert into marts.customers select 'C' || range, {self.published} from range({rows});
                insert into behavioural.orders
                    select 'O' || range, 'C' || range, 'shop', 'n' || range, {self.published}, 1.5 from range({rows});
                update publication.version
                set version = {self.published}, published_at = published_at + interval 1 second;
                commit
                """
            )
        switch(self.settings.current.parent, Path(folder.name))

    def publish_anew(self, models: list[PublicModel] = MODELS, statement: str = "") -> Path:
        """A version from the warehouse, in which `statement` was run before."""
        self.published += 1
        with duckdb.connect(str(self.settings.warehouse)) as connection:
            connection.execute(f"update marts.customers set version = {self.published}; {statement}")
        return publish_warehouse(self.settings, models, datetime(2024, 2, self.published, tzinfo=UTC))

    def serve(self, **options: Any) -> serving.Served:
        return serve(self.settings.current, self.dsn, **options)

    def connect(self, autocommit: bool = False, **options: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(make_conninfo(self.dsn, **options), autocommit=autocommit)

    def ask(self, query: Any, user: str | None = None) -> list[tuple[Any, ...]]:
        with self.connect(**({"user": user} if user else {})) as connection:
            return connection.execute(query).fetchall()

    def run(self, statement: Any) -> None:
        with self.connect(autocommit=True) as connection:
            connection.execute(statement)

    def leftovers(self) -> list[tuple[Any, ...]]:
        return self.ask("select nspname from pg_namespace where nspname like 'cem%' order by 1")

    @property
    def versions(self) -> set[int]:
        found = "select version from marts.customers union select version from behavioural.orders"
        return {version for (version,) in self.ask(f"{found} union select version from publication.version")}


def publish_warehouse(settings: Settings, models: list[PublicModel], at: datetime) -> Path:
    return publish(settings.warehouse, settings.published, models, at, "crm,shop", 3, {}, {"release": "1"}).path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a warehouse and its first version, which each test has a copy of."""
    settings = Settings(home=tmp_path_factory.mktemp("company") / "home", sources=())
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            """
            create schema marts; create schema behavioural; create schema intermediate; create schema restricted;
            create table intermediate.int_clock__as_of as
                select date '2023-12-31' as as_of_date, timestamp '2024-01-01' as as_of_at;
            create table restricted.persons as select 'a@example.org' as email;
            create table marts.customers as select 'C' || range as customer_id, 1::bigint as version from range(3);
            create table behavioural.orders as
                select 'O' || range as order_id, 'C' || range as customer_id, 'shop' as source_system,
                    'n' || range as note, 1::bigint as version, 1.5::decimal(18, 2) as amount
                from range(3);
            """
        )
    publish_warehouse(settings, MODELS, datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=UTC))
    return settings.home


@pytest.fixture
def company(
    home: Path, postgres: Any, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Company]:
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    # Pages are no part of what is served, and a third of a second a version.
    monkeypatch.setattr("orchestration.publishing.publish.write_report", lambda _: None)
    name = f"cem_{abs(hash(request.node.name))}"
    # Who publishes owns the database, and is no administrator.
    postgres.psql(f"create role {name} login createrole")
    postgres.psql(f"create database {name} owner {name}")
    yield Company(tmp_path / "home", make_uri(postgres, name, name))
    postgres.psql(f"drop database {name} with (force)")
    postgres.psql(f"drop role {name}")


def make_uri(postgres: Any, name: str, user: str) -> str:
    """With a password, which this server does not ask for."""
    host = postgres.get_uri().partition("host=")[2]
    return f"postgresql://{user}:pa55%2Fw%25rd@/{name}?host={host}"


@pytest.fixture
def reader(company: Company) -> Iterator[str]:
    """A role that may do nothing but what it is granted, and whose objects the publishing role may change."""
    name = f"bi_{abs(hash(str(company.settings.home)))}"
    company.run(f"create role {name} login; grant {name} to current_user")
    yield name
    company.run(f"drop owned by {name}; drop role {name}")


VALUES = """
    create or replace table marts.customers as
    select * from (values
        ('C1', 'say "so"', 12.3456::decimal(28, 4), 0.1::double, true, date '2024-02-29',
            timestamp '2024-02-29 23:59:59.000001', 9223372036854775807, [1, 2], '{"a": 1}'::json),
        ('C2', '', -0.0001, 'nan'::double, false, date '0001-01-01', timestamp '9999-12-31', -1, [], '[]'),
        ('C3', E'a\\nb\\r\\\\N,\\t\\\\.', 0, 'inf'::double, null, null, null, null, null, null),
        ('Ü4', null, null, 1e-300::double, null, null, null, null, null, null)
    ) as v(customer_id, text, amount, share, is_open, day_date, seen_at, event_count, numbers, details)
"""


def test_each_value_is_as_in_the_file_and_of_the_type_that_holds_it(company: Company) -> None:
    with duckdb.connect(str(company.settings.warehouse)) as connection:
        connection.execute(VALUES)
        connection.execute("update behavioural.orders set customer_id = 'C1'")
    file = publish_warehouse(company.settings, MODELS, datetime(2024, 2, 1, tzinfo=UTC))
    company.serve()
    with duckdb.connect(str(file), read_only=True) as connection:
        for table in version_tables(connection):
            relation = f"{table.schema}.{table.name}"
            nested = ", cast(details as varchar) as details" if table.name == "customers" else ""
            found = connection.execute(f"select * {'exclude details' * bool(nested)}{nested} from {relation}")
            rows = found.fetchall()
            served = company.ask(f"select * from {relation}")
            if nested:
                served = [(*row[:-1], None if row[-1] is None else json.dumps(row[-1])) for row in served]
            assert repr(sorted(served, key=repr)) == repr(sorted(rows, key=repr)), relation
    types = company.ask(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = 'marts.customers'::regclass and attnum > 0 order by attnum"
    )
    assert dict(types) == {
        "customer_id": "text", "text": "text", "amount": "numeric(28,4)", "share": "double precision",
        "is_open": "boolean", "day_date": "date", "seen_at": "timestamp without time zone", "event_count": "bigint",
        "numbers": "json", "details": "json",
    }  # fmt: skip


def test_tables_have_their_keys_descriptions_and_indexes_and_none_of_restricted(company: Company) -> None:
    assert (company.serve().tables, company.serve().is_new) == (7, False)
    assert company.ask(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where contype in ('p', 'u', 'f') and connamespace::regnamespace::text in ('marts', 'behavioural') order by 2"
    ) == [
        ("marts.customers", "customers_pkey", "PRIMARY KEY (customer_id)"),
        (
            "behavioural.orders",
            "orders_fkey3",
            "FOREIGN KEY (customer_id) REFERENCES marts.customers(customer_id)",
        ),
        ("behavioural.orders", "orders_key2", "UNIQUE (source_system, note)"),
        ("behavioural.orders", "orders_pkey", "PRIMARY KEY (order_id)"),
    ]
    assert company.ask("select indexname from pg_indexes where schemaname in ('behavioural', 'marts') order by 1") == [
        (name,) for name in ("customers_pkey", "orders_customer_id_idx", "orders_key2", "orders_pkey")
    ]
    assert company.ask("select obj_description('behavioural.orders'::regclass)") == [
        ("What's ordered; a row an order.",)
    ]
    assert company.ask("select col_description('behavioural.orders'::regclass, 6)") == [("It's in base currency.",)]
    assert company.ask(
        "select distinct table_schema from information_schema.tables where table_schema not like 'pg%' order by 1"
    ) == [("behavioural",), ("information_schema",), ("marts",), ("publication",)]
    required = "select column_name from information_schema.columns where table_schema = 'marts' and is_nullable = 'NO'"
    assert company.ask(required) == [("customer_id",)]


def test_keys_are_those_that_dbt_tests_of_all_rows(tmp_path: Path) -> None:
    def model(name: str, *columns: str, **more: str) -> dict[str, Any]:
        described = {
            column: {"description": "", "constraints": [{"type": "not_null"}] * (column != "maybe"),
                     "config": {"meta": {}}}
            for column in columns
        }  # fmt: skip
        return {
            "resource_type": "model", "schema": "marts", "name": name, "description": "", "columns": described,
            "config": {"meta": {}}, "access": "public", **more,
        }  # fmt: skip

    def test(of: str, name: str, on: tuple[str, ...] = (), where: str | None = None, **given: Any) -> dict[str, Any]:
        return {
            "resource_type": "test", "attached_node": of, "config": {"where": where, "severity": "ERROR"},
            "test_metadata": {"name": name, "kwargs": given}, "depends_on": {"nodes": [*on, of]},
        }  # fmt: skip

    nodes = {
        "a": model("a", "maybe", "x", "y", "z"),
        "b": model("b", "b_id", "y"),
        "secret": model("secret", "s", access="protected"),
        "1": test("a", "unique", column_name="maybe"),
        "2": test("a", "unique_combination", columns=["x", "y"]),
        "3": test("a", "unique", column_name="z", where="x > 1"),
        "4": test("b", "unique", column_name="b_id"),
        "5": test("a", "relationships", ("b",), column_name="x", to="ref('b')", field="b_id"),
        "6": test("a", "relationships", ("b",), column_name="y", to="ref('b')", field="y"),
        "7": test("a", "relationships", ("secret",), column_name="y", to="ref('secret')", field="s"),
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    a, b = public_models(tmp_path / "manifest.json")
    assert a.keys == (
        Key(PRIMARY, ("x", "y")),
        Key(UNIQUE, ("maybe",)),
        Key(FOREIGN, ("x",), ("marts", "b", "b_id")),
    )
    assert b.keys == (Key(PRIMARY, ("b_id",)),)


def test_a_version_of_a_former_release_that_tells_no_keys_is_served_without(company: Company) -> None:
    file = company.settings.current
    with duckdb.connect(str(file)) as connection:
        connection.execute("drop table publication.keys")
    company.serve()
    assert company.ask(
        "select count(*) from pg_constraint where conrelid = 'marts.customers'::regclass and contype = 'p'"
    ) == [(0,)]


def read_in_a_loop(company: Company, seen: list[set[int]], until: threading.Event, isolation: str) -> None:
    """Figures of two tables a statement, then of two statements in a transaction."""
    with company.connect() as connection:
        while not until.is_set():
            with connection.transaction():
                connection.execute(f"set transaction isolation level {isolation}")
                found = connection.execute(
                    "select min(c.version), max(c.version), count(*), min(o.version), max(o.version), count(o.order_id)"
                    " from marts.customers as c left join behavioural.orders as o using (customer_id)"
                ).fetchall()
                found += connection.execute(
                    "select min(version), max(version), count(*), min(version), max(version), count(*)"
                    " from behavioural.orders"
                ).fetchall()
            time.sleep(0.002)
            seen.append({row[n] for row in found for n in (0, 1, 3, 4)} | {row[2] - 500 for row in found})


def publish_under_readers(company: Company, publications: int, readers: int) -> list[list[set[int]]]:
    """What each of the readers saw in each of its transactions. Each version has its number and 500 rows."""

    def publish_with_rows() -> None:
        company.publish(rows=500 + company.published + 1)
        company.serve()

    publish_with_rows()
    until = threading.Event()
    seen: list[list[set[int]]] = [[] for _ in range(readers)]
    levels = ("read committed", "repeatable read")
    threads = [
        threading.Thread(target=read_in_a_loop, args=(company, found, until, levels[number % 2]))
        for number, found in enumerate(seen)
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(publications):
            publish_with_rows()
            time.sleep(0.1)
    finally:
        until.set()
        for thread in threads:
            thread.join()
    return seen


def test_readers_never_see_two_versions(company: Company) -> None:
    for found in publish_under_readers(company, publications=2, readers=4):
        assert all(len(versions) == 1 for versions in found)
        assert set.union(*found) == {2, 3, 4}


@pytest.mark.long
def test_readers_never_see_two_versions_in_many_publications(company: Company) -> None:
    for found in publish_under_readers(company, publications=20, readers=8):
        assert all(len(versions) == 1 for versions in found)
        assert set.union(*found) == set(range(2, 23))


def test_a_transaction_that_has_read_a_version_keeps_it_and_is_waited_for(company: Company) -> None:
    company.serve()
    company.publish()
    with company.connect(application_name="a notebook") as reader:
        reader.execute("select count(*) from marts.customers")
        told = "notebook.*would see two versions.*idle_in_transaction_session_timeout; the next run publishes there"
        with pytest.raises(PostgresError, match=told):
            company.serve(patience=0.5)
        assert reader.execute("select distinct version from behavioural.orders").fetchall() == [(1,)]
        ends = threading.Timer(0.5, reader.commit)
        ends.start()
        assert company.serve(patience=30).number == 2
        ends.join()
        assert reader.execute("select distinct version from behavioural.orders").fetchall() == [(2,)]
    assert (company.versions, company.leftovers()) == ({2}, [])


def test_a_transaction_with_a_snapshot_from_before_sees_the_new_version_whole(company: Company) -> None:
    """It has read none yet; rows that are not frozen it would not see at all."""
    company.serve()
    company.publish()
    with company.connect() as reader:
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select 1")
        company.serve()
        assert reader.execute("select count(*), max(version) from marts.customers").fetchall() == [(3, 2)]


KILLED = """
import os, signal, sys
from pathlib import Path
from orchestration.publishing import postgres, postgres_loading

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr({module}, sys.argv[3], killed)
postgres.serve(Path(sys.argv[1]), sys.argv[2])
"""


@pytest.mark.parametrize(
    ("module", "step"),
    [
        ("postgres", "switch"),
        pytest.param("postgres_loading", "_add_indexes", marks=pytest.mark.long),
        pytest.param("postgres", "drop_outdated", marks=pytest.mark.long),
    ],
)
def test_a_load_that_is_killed_leaves_nothing_half_and_the_next_one_needs_no_hand(
    company: Company, module: str, step: str
) -> None:
    company.serve()
    company.publish()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(module=module), str(company.settings.current), company.dsn, step],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (company.versions, company.leftovers()) == ({2} if step == "drop_outdated" else {1}, [])
    company.serve()
    assert (company.versions, company.leftovers()) == ({2}, [])


def test_who_may_read_may_still_read_after_a_switch(company: Company, reader: str) -> None:
    company.serve()
    company.run(
        f"grant usage on schema marts, behavioural to {reader}; grant select on marts.customers to {reader};"
        f"grant select (order_id, version) on behavioural.orders to {reader};"
        f"alter default privileges in schema marts grant select on tables to {reader}"
    )
    extra = PublicModel("marts", "again", "", {})
    company.publish_anew([*MODELS, extra], "create table marts.again as select 7 as n")
    company.serve()
    assert company.ask("select max(version) from marts.customers", reader) == [(2,)]
    assert company.ask("select count(version) from behavioural.orders", reader) == [(3,)]
    assert company.ask("select n from marts.again", reader) == [(7,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        company.ask("select customer_id from behavioural.orders", reader)


def test_which_rows_a_role_may_see_stays_so(company: Company, reader: str) -> None:
    company.serve()
    company.run(
        f"grant usage on schema marts to {reader}; grant select on marts.customers to {reader};"
        f"alter table marts.customers enable row level security;"
        f"create policy one on marts.customers for select to {reader} using (customer_id = 'C1')"
    )
    company.publish()
    company.serve()
    assert company.ask("select customer_id, version from marts.customers", reader) == [("C1", 2)]


def test_views_of_others_read_the_new_version(company: Company, reader: str) -> None:
    company.serve()
    company.run(
        f"create schema bi authorization {reader}; grant usage on schema marts to {reader};"
        f"grant select on marts.customers to {reader}; set role {reader};"
        "create view bi.counts with (security_barrier) as select max(version) as version from marts.customers;"
        "create view bi.of_counts as select version from bi.counts; reset role;"
        "create view marts.own as select max(version) from marts.customers"
    )
    company.publish()
    assert company.serve().notices == ()
    assert company.ask("select * from bi.of_counts", reader) == company.ask("table marts.own") == [(2,)]
    assert company.ask("select reloptions from pg_class where relname = 'counts'") == [(["security_barrier=true"],)]
    assert company.leftovers() == []


RENAMED = "alter table behavioural.orders rename note to remark"


def test_what_cannot_be_made_anew_is_told_until_it_is_and_emptied_by_an_erasure(company: Company) -> None:
    company.serve()
    company.run(
        "create schema bi; create materialized view bi.kept as select customer_id from marts.customers;"
        "create view bi.notes as select note from behavioural.orders"
    )
    company.publish_anew([PublicModel("behavioural", "orders", "", {}), MODELS[1]], RENAMED)
    notices = company.serve().notices
    assert ["bi.kept still reads customers" in notices[1], "bi.notes still reads orders" in notices[0]] == [True, True]
    assert company.serve().notices == notices
    assert company.ask("select count(*) from bi.notes") == [(3,)]
    assert forget_former(company.dsn) == 2
    assert company.ask("select count(*) from bi.notes") == [(0,)]
    company.run("drop materialized view bi.kept; drop view bi.notes")
    assert (company.serve().notices, company.leftovers()) == ((), [])


def test_a_former_table_that_is_being_read_is_dropped_by_the_next_run(company: Company) -> None:
    company.serve()
    company.run("create schema bi; create view bi.notes as select note from behavioural.orders")
    company.publish_anew([PublicModel("behavioural", "orders", "", {}), MODELS[1]], RENAMED)
    company.serve()
    with company.connect() as reader, company.connect(autocommit=True) as owner:
        former, _ = company.ask(
            "select c.oid::regclass::text from pg_class as c where relname = 'orders' order by c.oid"
        )
        owner.execute("drop view bi.notes")
        reader.execute(f"select count(*) from {former[0]}")
        (notice,) = company.serve().notices
        assert "orders of a former version is dropped by the next run" in notice
    assert (company.serve().notices, company.leftovers()) == ((), [])


def test_tables_of_others_are_not_touched(company: Company) -> None:
    company.run("create schema marts; create table marts.customers as select 1 as mine")
    with pytest.raises(PostgresError, match=r"has marts\.customers already.*a database of its own"):
        company.serve()
    company.run("alter table marts.customers rename to mine")
    company.serve()
    company.publish()
    company.serve()
    assert company.ask("table marts.mine") == [(1,)]


def test_a_table_that_is_published_no_more_is_gone(company: Company) -> None:
    company.serve()
    company.publish_anew(MODELS[1:])
    company.serve()
    assert company.ask("select to_regclass('behavioural.orders')") == [(None,)]


def test_another_version_of_the_same_number_is_another_one(company: Company) -> None:
    """As after everything was removed and begun anew."""
    file = company.settings.current
    company.serve()
    with duckdb.connect(str(file)) as connection:
        connection.execute("update publication.version set published_at = timestamp '2030-01-01'")
    assert company.serve().is_new
    with company.connect() as connection, duckdb.connect(str(file), read_only=True) as opened:
        assert held_version(connection) == version_identity(opened)


def test_what_goes_wrong_is_one_sentence_and_what_to_do_without_the_password(
    company: Company, postgres: Any, reader: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    name = company.ask("select current_database()")[0][0]
    cases: dict[str, str] = {
        f"postgresql://cem:pa55%2Fw%25rd@127.0.0.1:1/{name}": r"at 127\.0\.0\.1:1 cannot be reached.*Look whether it",
        make_uri(postgres, "nothing", name): "cannot be opened.*Have the database made, or correct its name",
        make_uri(postgres, name, reader): "did not take it .permission denied for database.*grant create on database",
        make_uri(postgres, name, "nobody"): r'role "nobody" does not exist',
    }
    for dsn, says in cases.items():
        with pytest.raises(PostgresError, match=says) as refused:
            serve(company.settings.current, dsn)
        assert SECRET not in repr(refused.getrepr(chain=True).reprcrash)
        assert refused.value.__cause__ is None
        assert "pa55" not in str(refused.value)
    with duckdb.connect(str(company.settings.current)) as connection:
        connection.execute("update publication.keys set column_name = 'source_system' where key_name = 'orders_pkey'")
    with pytest.raises(PostgresError, match=r"UniqueViolation, 23505") as refused:
        company.serve()
    assert "shop" not in str(refused.value)
    assert company.leftovers() == []
    assert "pa55" not in repr(company.settings) + caplog.text + "".join(capfd.readouterr())


def run_that_finds_nothing_new(settings: Settings) -> dg.ExecuteInProcessResult:
    """A graph whose models bring nothing, so that what rests on them is skipped, with the asset of PostgreSQL."""

    @dg.asset(output_required=False)
    def models() -> Iterator[dg.MaterializeResult[None]]:
        yield from ()

    @dg.asset(deps=[models], key=PUBLISHED)
    def published() -> None:
        raise AssertionError("there is nothing to publish")

    definitions = dg.Definitions(
        assets=[*publication._postgres(settings), models, published],
        resources={"only_run": dg.ResourceDefinition.none_resource()},
        executor=dg.in_process_executor,
    )
    result = definitions.get_implicit_global_asset_job_def().execute_in_process(raise_on_error=False)
    assert [event.step_key for event in result.all_events if event.event_type_value == "STEP_START"] == [
        "models",
        "published__postgres",
    ]
    return result


def test_a_run_that_finds_nothing_new_brings_postgres_up_all_the_same(company: Company) -> None:
    company.serve()
    company.publish()
    assert run_that_finds_nothing_new(company.settings).success
    assert company.versions == {2}


def test_a_run_that_has_published_nothing_yet_serves_nothing(company: Company, tmp_path: Path) -> None:
    empty = Settings(home=tmp_path / "empty", sources=(), publish_postgres=company.dsn)
    assert run_that_finds_nothing_new(empty).success
    assert not publication._postgres(Settings(home=tmp_path, sources=()))


def test_a_failure_of_postgres_fails_the_run_and_the_file_stays_published(
    company: Company, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    dsn = "postgresql://cem:pa55%2Fw%25rd@127.0.0.1:1/none"
    settings = Settings(home=company.settings.home, sources=(), publish_postgres=dsn)
    result = run_that_finds_nothing_new(settings)
    assert not result.success
    told = _failure(result, settings)
    assert "PostgreSQL's none at 127.0.0.1:1 cannot be reached" in told
    assert "cem.duckdb still is cem-000001" in told
    # Neither what is told, nor what Dagster keeps of it.
    everything = told + caplog.text + "".join(capfd.readouterr()) + "".join(map(repr, result.all_events))
    assert "pa55" not in everything
    assert settings.current.resolve().parent.name == "cem-000001"


def test_a_rollback_takes_postgres_along(
    company: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    company.publish()
    company.serve()
    monkeypatch.setenv("CEM_HOME", str(company.settings.home))
    monkeypatch.setenv("CEM_PUBLISH_POSTGRES", company.dsn)
    assert main(["rollback"]) == 0
    assert company.versions == {1}
    monkeypatch.setenv("CEM_PUBLISH_POSTGRES", "postgresql://cem:pa55@127.0.0.1:1/none")
    assert main(["rollback", "2"]) == 2
    told = capsys.readouterr()
    assert "is cem-000002 now" in told.out
    assert "cannot be reached" in told.err
    assert "pa55" not in told.err


def test_an_erasure_removes_former_versions_from_postgres(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.serve()
    company.run("create schema bi; create materialized view bi.kept as select customer_id from marts.customers")

    def run(settings: Settings) -> bool:
        company.publish()
        company.serve()
        return True

    for name, made in {"run": run, "clean": lambda _: "", "current_manifest": lambda _: Path(),
                       "remembered_relations": lambda _: [], "forget": lambda *_: 0,
                       "source_named": lambda _: None, "mark_parts_of_deleted": lambda *_: None}.items():  # fmt: skip
        monkeypatch.setattr(erasure, name, made)
    company.settings.lake.mkdir(parents=True)
    assert erasure.erase(Settings(home=company.settings.home, sources=(), publish_postgres=company.dsn))
    assert company.versions == {3}
    schemas = company.ask("select c.oid::regclass::text from pg_class as c where relname = 'customers' order by c.oid")
    assert [company.ask(f"select count(*) from {table}") for (table,) in schemas] == [[(0,)], [(3,)]]


def test_the_doctor_says_which_version_postgres_holds(company: Company) -> None:
    def found(settings: Settings) -> Finding:
        (finding,) = doctor._postgres(settings)
        return finding

    here = company.settings
    assert (found(here).level, "holds no version yet" in found(here).told) == (WARNING, True)
    company.serve()
    assert (found(here).level, "holds version 1, the published one" in found(here).told) == (OK, True)
    company.publish()
    assert (found(here).level, "which is not the published one" in found(here).told) == (WARNING, True)
    elsewhere = Settings(home=here.home, sources=(), publish_postgres="postgresql://cem:pa55@127.0.0.1:1/none")
    refused = found(elsewhere)
    assert (refused.level, "cannot be reached" in refused.told, "pa55" in refused.told) == (ERROR, True, False)
    assert company.leftovers() == []
    assert doctor._postgres(Settings(home=here.home, sources=())) == []
