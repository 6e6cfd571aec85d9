"""DuckDB takes no more memory and cores than it may, and what does not fit goes to a folder of the home."""

from __future__ import annotations

import ast
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from expectations.runner import run_suite
from expectations.suites import Suite
from orchestration import bounded_memory, settings
from orchestration.bounded_memory import bound_memory, configuration, connect, empty_spill
from orchestration.settings import PROJECT_ROOT, Settings
from tests.python.worlds.world import dbt_credentials

# Numbers, sorted by what has no order yet: three columns, 96 MB, which DuckDB cannot hold in 64.
SORTED = (
    "select count(*), sum(place * (row % 7)) from ("
    " select row, row_number() over (order by hash(row)) as place from range(4000000) as numbers (row))"
)
LIMIT = "select current_setting('memory_limit'), current_setting('temp_directory')"
CORES = "select current_setting('threads')"


@pytest.fixture
def bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setattr(bounded_memory, "_bounds", None)
    found = Settings(home=tmp_path / "home", sources=("olist",), memory_limit="64MiB", threads=3)
    found.home.mkdir()
    bound_memory(found)
    return found


def test_what_is_larger_than_memory_is_spilled_and_the_folder_is_left_empty(bounded: Settings) -> None:
    with (
        duckdb.connect(config={"memory_limit": "64MiB", "temp_directory": ""}) as bare,
        pytest.raises(duckdb.OutOfMemoryException),
    ):
        bare.execute(SORTED)
    with connect() as connection:
        connection.execute(SORTED)
        (spilled,) = bounded.spill.iterdir()
        assert stat.S_IMODE(bounded.spill.stat().st_mode) == 0o700
        assert spilled == Path(configuration_of(connection)[1])
    assert list(bounded.spill.iterdir()) == []


def configuration_of(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    (found,) = connection.execute(LIMIT).fetchall()
    return found


def test_databases_that_are_open_together_spill_apart_and_one_that_is_opened_twice_is_one(bounded: Settings) -> None:
    path = bounded.home / "warehouse.duckdb"
    duckdb.connect(str(path)).close()
    with (
        connect() as first,
        connect() as second,
        connect(path, read_only=True) as third,
        connect(path, read_only=True) as again,
    ):
        found = [configuration_of(each) for each in (first, second, third, again)]
        cores = [each.execute(CORES).fetchall() for each in (first, second, third, again)]
    assert {limit for limit, _ in found} == {"64.0 MiB"}
    assert cores == [[(3,)]] * 4
    folders = [folder for _, folder in found]
    assert len(set(folders)) == 3
    assert folders[2] == folders[3]


def test_what_a_killed_process_spilled_is_removed(bounded: Settings) -> None:
    (bounded.spill / "4711-memory-0").mkdir(parents=True)
    (bounded.spill / "4711-memory-0" / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"rows of somebody")
    empty_spill(bounded)
    assert list(bounded.spill.iterdir()) == []


def test_checks_are_bounded(bounded: Settings, tmp_path: Path) -> None:
    path = tmp_path / "checked.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create table marts.orders as select 1 as order_id")
    limit = f"('64.0 MiB', '{configuration(path)['temp_directory']}')"
    query = (
        "select * from {batch} where (current_setting('memory_limit'), current_setting('temp_directory')) = " + limit
    )
    expectation = {
        "type": "unexpected_rows_expectation",
        "kwargs": {"unexpected_rows_query": query},
        "because": "a row is found where the limit is set",
    }
    suite = Suite("marts", "marts", "orders", (expectation,))
    assert run_suite(suite, path, tmp_path, datetime(2024, 1, 1, tzinfo=UTC), configuration(path)).success is False


def test_dbt_is_bounded(bounded: Settings) -> None:
    from dbt.adapters.duckdb.environments.local import LocalEnvironment

    bounded.warehouse.parent.mkdir()
    opened = LocalEnvironment(dbt_credentials(bounded))
    connection = opened.handle()
    assert connection.cursor().execute(LIMIT).fetchall() == [("64.0 MiB", str(bounded.spill / "dbt"))]
    assert connection.cursor().execute(CORES).fetchall() == [(3,)]
    connection.close()
    opened.close()


def test_what_opens_the_warehouse_opens_it_within_bounds() -> None:
    """Whoever reads or writes it goes through `connect`; the lake's own connections have limits of theirs."""
    own = ("ingestion", "demo_company", "new_source")
    unbounded = {
        str(path.relative_to(PROJECT_ROOT))
        for path in (PROJECT_ROOT / "orchestration").rglob("*.py")
        if path.relative_to(PROJECT_ROOT).parts[1] not in own
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "duckdb.connect"
    }
    # What shows the end of a run reads a few rows, also for whom the home is not theirs to write in.
    assert unbounded == {"orchestration/bounded_memory.py", "orchestration/summary.py"}


def test_half_of_what_a_container_may_take_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(settings, "_CONTAINER_LIMITS", (tmp_path / "missing", limit))
    limit.write_text("1073741824\n")
    assert Settings(home=tmp_path, sources=()).memory_limit == "512MiB"
    limit.write_text("max\n")
    assert int(Settings(home=tmp_path, sources=()).memory_limit.removesuffix("MiB")) > 512


@pytest.mark.parametrize(
    ("files", "allowed"),
    [
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "250000 100000\n"}, 2),
        ({"cpu.max": "20000 100000\n"}, 1),
        ({"cpu.max": "1600000 100000\n"}, 8),
        ({"quota": "300000\n", "period": "100000\n"}, 3),
        ({"quota": "-1\n", "period": "100000\n"}, 8),
        ({}, 8),
    ],
)
def test_the_cores_that_a_container_may_take_are_the_default(
    files: dict[str, str], allowed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    shares = ((tmp_path / "cpu.max",), (tmp_path / "quota", tmp_path / "period"))
    monkeypatch.setattr(settings, "_CONTAINER_SHARES", shares)
    monkeypatch.setattr(settings.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert Settings(home=tmp_path, sources=()).threads == allowed
