"""A published version is whole, old or new, at every moment."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.publishing import publish as publishing
from orchestration.publishing.public_models import PublicModel
from orchestration.publishing.publish import PublicationError, PublishedVersion, publish
from orchestration.report.errors import ReportError
from orchestration.settings import project_vars, published_settings

MODELS = [
    PublicModel(
        "marts", "a", "What's in a.", {"n": "A number; it's one."}, frozenset({"n", "row"}), {"row": "indirect"}
    ),
    PublicModel("marts", "b", "The same rows as a.", {}),
]

SETTINGS = {"release": "9.8.7", "minimum_answers": 30, "value_tiers": {"high": 0.2}, "source_began_on": {}}


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "cem_warehouse.duckdb"
    fill(path, rows=1000, value=1)
    return path


def fill(path: Path, rows: int, value: int) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema if not exists marts; create schema if not exists intermediate")
        connection.execute("create schema if not exists restricted")
        connection.execute(
            "create or replace table intermediate.int_clock__as_of as"
            " select date '2023-12-31' as as_of_date, timestamp '2024-01-01' as as_of_at"
        )
        connection.execute("create or replace table restricted.secret as select 'a@example.org' as email")
        for table in ("a", "b"):
            connection.execute(
                f"create or replace table marts.{table} as select {value} as n, range as row from range({rows})"
            )


def test_who_may_enter_the_published_folder_may_read_a_version(warehouse: Path) -> None:
    published = warehouse.parent / "published"
    for mode, of_folder, of_file in ((0o700, 0o700, 0o600), (0o2750, 0o750, 0o640), (0o777, 0o755, 0o644)):
        published.mkdir(exist_ok=True)
        published.chmod(mode)
        version = published_once(warehouse).path.parent
        files = {path: path.stat().st_mode & 0o7777 for path in version.rglob("*") if path.is_file()}
        # What versions share nobody may write into.
        expected = {path: of_file & 0o444 if path.suffix == ".parquet" else of_file for path in files}
        assert files == expected
        assert {path.stat().st_mode & 0o7777 for path in (version, version / "marts")} == {of_folder}


def published_once(warehouse: Path, keep: int = 3) -> PublishedVersion:
    return publish(
        warehouse,
        warehouse.parent / "published",
        MODELS,
        datetime(2024, 1, 2, tzinfo=UTC),
        "crm,shop",
        keep,
        {},
        SETTINGS,
    )


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path.resolve()), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_link_points_to_a_complete_copy_with_its_own_inventory(warehouse: Path) -> None:
    version = published_once(warehouse)
    current = warehouse.parent / "published" / "current" / "cem.duckdb"
    assert current.parent.is_symlink()
    assert current.resolve() == version.path
    assert ask(current, "select count(*), sum(n) from marts.a") == [(1000, 1000)]
    assert ask(current, "select version, sources, published_at, as_of_date, as_of_at from publication.version") == [
        (1, "crm,shop", datetime(2024, 1, 2), date(2023, 12, 31), datetime(2024, 1, 1))
    ]
    assert ask(current, "select table_name, rows from publication.tables order by 1") == [("a", 1000), ("b", 1000)]


def test_a_version_tells_the_settings_it_was_made_with(warehouse: Path) -> None:
    path = published_once(warehouse).path
    assert ask(path, "select name, value from publication.settings") == [
        (name, json.dumps(value)) for name, value in SETTINGS.items()
    ]
    assert ask(path, "select value::integer from publication.settings where name = 'minimum_answers'") == [(30,)]
    assert ask(path, "select value->>'high' from publication.settings where name = 'value_tiers'") == [("0.2",)]


def test_the_settings_told_are_the_vars_that_may_be_set() -> None:
    told = published_settings()
    assert told["base_currency"] == "EUR"
    assert set(told) == {"release", *project_vars()["permitted_values"]}


def test_a_table_without_rows_says_why(warehouse: Path) -> None:
    path = publish(
        warehouse,
        warehouse.parent / "published",
        MODELS,
        datetime(2024, 1, 2, tzinfo=UTC),
        "crm,shop",
        3,
        {"marts.b": "nobody wrote"},
        SETTINGS,
    ).path
    assert ask(path, "select table_name, why_empty from publication.tables order by 1") == [
        ("a", None),
        ("b", "nobody wrote"),
    ]


def test_the_same_tables_are_there_as_parquet(warehouse: Path) -> None:
    published_once(warehouse)
    folder = warehouse.parent / "published" / "current"
    assert duckdb.sql(f"select count(*) from '{folder}/marts/a.parquet'").fetchall() == [(1000,)]


def test_parquet_gives_a_data_frame_numbers_and_the_descriptions(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "create or replace table marts.a as select 1 as n, 2 as row, 12.3456::decimal(28, 4) as amount,"
            " null::decimal(18, 2) as unknown, date '2024-01-31' as month_date, true as is_known, 'x' as name"
        )
    published_once(warehouse)
    table = pq.read_table(warehouse.parent / "published" / "current" / "marts" / "a.parquet")
    frame = table.to_pandas()
    assert {name: str(frame[name].dtype) for name in ("amount", "unknown", "n")} == {
        "amount": "float64",
        "unknown": "float64",
        "n": "int32",
    }
    assert frame["amount"].sum() == 12.3456
    told = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert told["description"] == "What's in a."
    assert json.loads(told["column_descriptions"]) == {"n": "A number; it's one."}


def test_what_is_never_null_says_so(warehouse: Path) -> None:
    query = "select column_name from duckdb_columns() where table_name = 'a' and not is_nullable order by 1"
    assert ask(published_once(warehouse).path, query) == [("n",), ("row",)]
    # Months frozen by a former release lack what a later one requires.
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("insert into marts.a (row) values (null)")
        connection.execute("update marts.a set n = 1")
    assert ask(published_once(warehouse).path, query) == [("n",)]


def test_descriptions_travel_with_the_tables(warehouse: Path) -> None:
    path = published_once(warehouse).path
    assert ask(path, "select comment from duckdb_tables() where table_name = 'a'") == [("What's in a.",)]
    assert ask(path, "select comment from duckdb_columns() where table_name = 'a' and column_name = 'n'") == [
        ("A number; it's one.",)
    ]


def test_a_version_tells_which_columns_hold_personal_data(warehouse: Path) -> None:
    path = published_once(warehouse).path
    assert ask(path, "select table_name, column_name, personal_data from publication.columns order by all") == [
        ("a", "n", "none"),
        ("a", "row", "indirect"),
        ("b", "n", "none"),
        ("b", "row", "none"),
    ]


@pytest.mark.parametrize("kind", ["direct", "indirekt"])
def test_what_is_not_said_to_be_at_most_indirect_is_not_published(warehouse: Path, kind: str) -> None:
    """A word that means nothing counts as the worst that it may mean; the version before stays."""
    published = warehouse.parent / "published"
    published_once(warehouse)
    models = [*MODELS, PublicModel("marts", "c", "With a name.", {}, personal_data={"last_name": kind})]
    with pytest.raises(PublicationError, match=rf"marts\.c: last_name \({kind}\).*folder `restricted`"):
        publish(warehouse, published, models, datetime(2024, 1, 2, tzinfo=UTC), "crm,shop", 3, {}, SETTINGS)
    assert sorted(path.name for path in published.iterdir()) == ["cem-000001", "current"]


def test_only_the_models_named_are_published(warehouse: Path) -> None:
    path = published_once(warehouse).path
    assert ask(path, "select count(*) from duckdb_tables() where schema_name in ('restricted', 'intermediate')") == [
        (0,)
    ]
    assert b"a@example.org" not in path.read_bytes()


def test_a_version_that_is_open_stays_readable_when_the_next_is_published(warehouse: Path) -> None:
    first = published_once(warehouse)
    with duckdb.connect(str(first.path), read_only=True) as reader:
        fill(warehouse, rows=10, value=2)
        second = published_once(warehouse)
        assert reader.execute("select count(*) from marts.a").fetchall() == [(1000,)]
    assert second.number == 2
    assert ask(warehouse.parent / "published" / "current" / "cem.duckdb", "select count(*) from marts.a") == [(10,)]


def test_only_the_last_versions_are_kept(warehouse: Path) -> None:
    for _ in range(4):
        published_once(warehouse, keep=2)
    names = sorted(path.name for path in (warehouse.parent / "published").iterdir())
    assert names == ["cem-000003", "cem-000004", "current"]


STEPS = ("_copy", "_check", "write_report", "_rename", "switch", "_remove_unfinished")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2])
def test_a_publication_cut_off_at_any_step_leaves_a_whole_version_and_the_next_one_needs_no_hand(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, step: str, when: str, call: int
) -> None:
    """Each step is cut off before and after its first and second call, in a publication that also clears one away."""
    for _ in range(2):
        published_once(warehouse, keep=2)
    calls = 0
    done = getattr(publishing, step)

    def cut_off(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if (calls, when) == (call, "before"):
            raise KeyboardInterrupt
        result = done(*arguments)
        if (calls, when) == (call, "after"):
            raise KeyboardInterrupt
        return result

    fill(warehouse, rows=10, value=2)
    monkeypatch.setattr(publishing, step, cut_off)
    with contextlib.suppress(KeyboardInterrupt):
        published_once(warehouse, keep=2)
    monkeypatch.undo()

    current = warehouse.parent / "published" / "current" / "cem.duckdb"
    assert ask(current, "select count(*) from marts.a") in ([(1000,)], [(10,)])
    whole(published_once(warehouse, keep=2), versions=2)


@pytest.mark.parametrize("gone", ["cem-000002/cem.duckdb", "cem-000002/marts", "cem-000002", "current", "cem-000001"])
def test_what_somebody_deleted_is_made_good_by_the_next_publication(warehouse: Path, gone: str) -> None:
    for _ in range(2):
        published_once(warehouse, keep=2)
    path = warehouse.parent / "published" / gone
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    version = published_once(warehouse, keep=2)
    # Never the number of one that was there: a reader may have it open.
    assert version.number == 3
    whole(version)


def test_a_file_that_somebody_put_there_is_let_alone(warehouse: Path) -> None:
    published_once(warehouse)
    kept = warehouse.parent / "published" / "cem-backup.duckdb"
    kept.write_bytes(b"mine")
    assert published_once(warehouse).number == 2
    assert kept.read_bytes() == b"mine"


def whole(version: PublishedVersion, versions: int | None = None) -> None:
    """The link points to the version, every version in the folder has its file, and nothing else is there."""
    published = version.path.parents[1]
    assert (published / "current").resolve() == version.path.parent
    folders = {path.parent.name for path in published.glob("cem-??????/cem.duckdb")}
    assert {path.name for path in published.iterdir()} == {*folders, "current"}
    if versions is not None:
        assert len(folders) == versions


def test_versions_of_before_which_were_files_give_way_and_keep_their_numbers(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise PublicationError

    published = warehouse.parent / "published"
    (published / "cem-000041").mkdir(parents=True)
    (published / "cem-000041.duckdb").write_bytes(b"")
    (published / "current").symlink_to("cem-000041")
    (published / "current.duckdb").symlink_to("cem-000041.duckdb")

    # Until there is another version, it is the one that readers have.
    with monkeypatch.context() as cut_off:
        cut_off.setattr(publishing, "_check", fails)
        with pytest.raises(PublicationError):
            published_once(warehouse)
    assert (published / "current.duckdb").exists()

    version = published_once(warehouse)

    assert version.number == 42
    whole(version, versions=1)


@pytest.mark.parametrize("name", ["cem", "warehouse", '"my marts"'])
def test_a_function_answers_under_whichever_name_the_file_is_attached(warehouse: Path, name: str) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "create macro marts.first_rows(count, attached_as := 'cem_warehouse') as table"
            " select row from query_table(attached_as || '.marts.a') where row < count"
        )
    version = published_once(warehouse)
    named = "" if name == "cem" else f", attached_as := '{name}'"

    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{version.path}' as {name} (read_only)")
        counted = f"select count(*) from {name}.marts.first_rows(3{named})"
        assert connection.execute(counted).fetchall() == [(3,)]
    assert ask(version.path, "select count(*) from marts.first_rows(2)") == [(2,)]


def test_what_a_bi_tool_has_stored_answers_after_the_next_publication(warehouse: Path) -> None:
    """Tools keep the catalogue's name in each saved chart, and a pool of connections open to the file."""
    import sqlalchemy

    published_once(warehouse)
    current = warehouse.parent / "published" / "current" / "cem.duckdb"
    connect_args = {"read_only": True}
    engine = sqlalchemy.create_engine(f"duckdb:///{current}", connect_args=connect_args)
    with engine.connect() as connection:
        (catalogue,) = connection.execute(sqlalchemy.text("select current_database()")).one()
        chart = sqlalchemy.text(f"select count(*) from {catalogue}.marts.a")
        assert connection.execute(chart).one() == (1000,)

    fill(warehouse, rows=10, value=2)
    published_once(warehouse)

    with engine.connect() as connection:
        assert connection.execute(chart).one() == (1000,)  # the pool's connection is to the version it was opened on
    engine.dispose()
    with engine.connect() as connection:
        assert connection.execute(chart).one() == (10,)
    asked = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True);"
        f"print(c.execute('select count(*) from {catalogue}.marts.a').fetchone()[0])"
    )
    other = subprocess.run([sys.executable, "-c", asked, current], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "10"


def test_a_copy_that_differs_is_not_published(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = published_once(warehouse)
    copy = publishing._copy

    def loses_rows(source: Path, target: Path, *others: object) -> dict[str, int]:
        rows = copy(source, target, *others)  # type: ignore[arg-type]
        with duckdb.connect(str(target / "cem.duckdb")) as connection:
            connection.execute("delete from marts.b where row < 10")
        return rows

    monkeypatch.setattr(publishing, "_copy", loses_rows)
    with pytest.raises(PublicationError, match=r"marts\.b"):
        published_once(warehouse)
    assert (warehouse.parent / "published" / "current" / "cem.duckdb").resolve() == first.path
    monkeypatch.undo()
    assert published_once(warehouse).number == 2
    assert not list((warehouse.parent / "published").glob("*unfinished*"))


def test_a_version_comes_with_its_report(warehouse: Path) -> None:
    report = published_once(warehouse).path.parent / "report" / "index.html"
    assert "This version has no table marts.satisfaction." in report.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_stops_the_publication(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Path) -> None:
        raise ReportError("The report cannot be written: part equity")

    first = published_once(warehouse)
    monkeypatch.setattr(publishing, "write_report", fails)
    with pytest.raises(ReportError, match="part equity"):
        published_once(warehouse)
    assert (warehouse.parent / "published" / "current").resolve() == first.path.parent
    monkeypatch.undo()
    whole(published_once(warehouse), versions=2)


def test_a_write_ahead_log_left_behind_stops_the_publication(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = publishing._copy

    def leaves_a_log(source: Path, target: Path, *others: object) -> dict[str, int]:
        rows = copy(source, target, *others)  # type: ignore[arg-type]
        (target / "cem.duckdb.wal").write_bytes(b"")
        return rows

    monkeypatch.setattr(publishing, "_copy", leaves_a_log)
    with pytest.raises(PublicationError, match=r"\.wal was left behind"):
        published_once(warehouse)


def test_readers_in_another_process_see_one_whole_version_or_the_other(warehouse: Path) -> None:
    """A plain client opens the link again and again while versions are published under it."""
    fill(warehouse, rows=1001, value=1)
    published_once(warehouse)
    current = warehouse.parent / "published" / "current" / "cem.duckdb"
    client = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, os, sys\n"
            "seen = set()\n"
            "while 12 not in seen:\n"
            f"    with duckdb.connect(os.path.realpath({str(current)!r}), read_only=True) as c:\n"
            "        a = c.execute('select count(*), min(n), max(n) from marts.a').fetchone()\n"
            "        b = c.execute('select count(*), min(n), max(n) from marts.b').fetchone()\n"
            "        v = c.execute('select version from publication.version').fetchone()[0]\n"
            "    assert a == b and a[1] == a[2] == v and a[0] == 1000 + v, (v, a, b)\n"
            "    seen.add(v)\n"
            "print(len(seen))\n",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    stop = threading.Timer(120, client.kill)
    stop.start()
    for number in range(2, 13):
        fill(warehouse, rows=1000 + number, value=number)
        published_once(warehouse, keep=12)
    output, _ = client.communicate()
    stop.cancel()
    assert client.returncode == 0
    assert int(output) >= 2
