"""What cannot be made again from the lake outlives the warehouse."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.memory import MemoryLostError, forget, remember, restore

NAMES, MONTHS = "intermediate.names", "marts.months"


def fill(warehouse: Path, rows: int, months: bool = True) -> None:
    warehouse.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema if not exists intermediate; create schema if not exists marts")
        connection.execute(
            f"create or replace table {NAMES} as select range as key, "
            f"timestamptz '2024-01-01 00:00:00+00' as known_at, 1.25::decimal(18, 2) as amount from range({rows})"
        )
        if months:
            connection.execute(f"create or replace table {MONTHS} as select 1 as n")


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse" / "cem_warehouse.duckdb"
    fill(path, 10)
    return path


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "memory" / "cem_memory.duckdb"


def test_a_new_warehouse_gets_what_the_old_one_knew(warehouse: Path, memory: Path) -> None:
    remember(warehouse, memory, [NAMES, MONTHS])
    rows, types = ask(warehouse, f"from {NAMES} order by 1"), ask(warehouse, f"describe {NAMES}")
    warehouse.unlink()
    # The log of a warehouse that somebody deleted is not replayed into the new one.
    warehouse.with_name("cem_warehouse.duckdb.wal").write_bytes(b"of another")

    assert restore(warehouse, memory, [NAMES, MONTHS]) == [NAMES, MONTHS]
    assert ask(warehouse, f"from {NAMES} order by 1") == rows
    assert ask(warehouse, f"describe {NAMES}") == types
    assert restore(warehouse, memory, [NAMES, MONTHS]) == []


def test_a_warehouse_that_has_forgotten_is_not_remembered(warehouse: Path, memory: Path) -> None:
    remember(warehouse, memory, [NAMES, MONTHS])
    fill(warehouse, 9)
    with pytest.raises(MemoryLostError, match=r"intermediate.names holds 9 rows, and 10 were remembered.*make rebuild"):
        remember(warehouse, memory, [NAMES, MONTHS])
    assert ask(memory, f"select count(*) from {NAMES}") == [(10,)]


def test_what_a_half_built_warehouse_lacks_stays_remembered(warehouse: Path, memory: Path) -> None:
    remember(warehouse, memory, [NAMES, MONTHS])
    warehouse.unlink()
    fill(warehouse, 11, months=False)
    remember(warehouse, memory, [NAMES, MONTHS])
    assert ask(memory, f"select count(*) from {NAMES}") == [(11,)]
    assert ask(memory, f"select n from {MONTHS}") == [(1,)]


def test_what_a_killed_process_left_of_a_memory_is_no_memory(warehouse: Path, memory: Path) -> None:
    remember(warehouse, memory, [NAMES, MONTHS])
    unfinished = memory.with_name(f"{memory.name}.unfinished")
    unfinished.write_bytes(memory.read_bytes()[:2000])
    unfinished.with_name(f"{unfinished.name}.wal").write_bytes(b"cut off")
    fill(warehouse, 12)
    remember(warehouse, memory, [NAMES, MONTHS])
    assert ask(memory, f"select count(*) from {NAMES}") == [(12,)]
    assert [path.name for path in memory.parent.iterdir()] == [memory.name]


def test_a_damaged_memory_is_named_with_what_to_do(warehouse: Path, memory: Path) -> None:
    memory.parent.mkdir()
    memory.write_bytes(b"no database" * 1000)
    with pytest.raises(MemoryLostError, match=f"{memory} cannot be read. Take it from a backup"):
        restore(warehouse, memory, [NAMES])


HISTORY = "intermediate.int_identity__key_history"
VERSIONS = "intermediate.int_timeline__versions"
VALUES = "marts.customer_value_monthly"


def remember_lives(warehouse: Path, memory: Path) -> None:
    """Ann is gone; Ben has one of two keys left; Cy was merged into Di, who is there; an event of Di is gone."""
    with duckdb.connect(str(warehouse)) as connection:
        for relation, columns, rows in (
            (
                HISTORY,
                "key, generation, customer_id",
                "('crm:ann', 1, 'ann'), ('crm:ann', 3, null), ('shop:ann', 2, 'ann'), ('shop:ann', 3, null), "
                "('crm:ben', 1, 'ben'), ('crm:ben', 3, null), ('shop:ben', 1, 'ben'), "
                "('crm:cy', 1, 'cy'), ('crm:cy', 2, 'di'), ('crm:di', 1, 'di')",
            ),
            (
                VERSIONS,
                "event_id, generation, content_md5, customer_id",
                "('order of ann', 1, 'x', 'ann'), ('order of ann', 2, '', null), "
                "('visit of ann', 1, 'x', 'ann'), ('visit of ann', 2, 'y', null), "
                "('order of cy', 1, 'x', 'cy'), ('order of cy', 2, 'y', 'di'), "
                "('order of di', 1, 'x', 'di'), ('order of di', 2, '', null), ('rate', 1, 'x', null)",
            ),
            (VALUES, "customer_id, month", "('ann', 1), ('ben', 1), ('cy', 1), ('di', 1), ('di', 2)"),
        ):
            connection.execute(f"create schema if not exists {relation.split('.')[0]}")
            connection.execute(f"create table {relation} as select * from (values {rows}) as lives ({columns})")
    remember(warehouse, memory, [HISTORY, VERSIONS, VALUES])


def test_who_is_gone_is_forgotten_and_nobody_else(warehouse: Path, memory: Path) -> None:
    remember_lives(warehouse, memory)
    assert forget(memory, [HISTORY, VERSIONS, VALUES]) == 6 + 5 + 1
    assert ask(memory, f"select key, generation, customer_id from {HISTORY} order by all") == [
        ("crm:cy", 1, "cy"),
        ("crm:cy", 2, "di"),
        ("crm:di", 1, "di"),
        ("shop:ben", 1, "ben"),
    ]
    assert ask(memory, f"select event_id, generation, customer_id from {VERSIONS} order by all") == [
        ("order of cy", 1, "cy"),
        ("order of cy", 2, "di"),
        ("rate", 1, None),
        ("visit of ann", 2, None),
    ]
    assert ask(memory, f"select customer_id from {VALUES} order by all") == [("ben",), ("cy",), ("di",), ("di",)]
    assert b"crm:ann" not in memory.read_bytes()
    assert forget(memory, [HISTORY, VERSIONS, VALUES]) == 0
    # What is remembered after it is what was kept.
    warehouse.unlink()
    assert restore(warehouse, memory, [HISTORY, VERSIONS, VALUES]) == [HISTORY, VERSIONS, VALUES]
