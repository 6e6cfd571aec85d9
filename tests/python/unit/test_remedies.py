"""Whoever runs into a full disk, a damaged file or a file in use reads which, and what to do."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.remedies import remedy
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, sources=("olist",))


def words_of(code: str, file_size: int = -1) -> str:
    """What a process says that fails, with a limit on the size of the files it may write."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    failed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, preexec_fn=limit)
    assert failed.returncode != 0
    return failed.stderr


def advice(message: str, settings: Settings) -> str:
    found = remedy(message, settings)
    assert found, message
    return found


WRITES = {
    "DuckDB": "import duckdb; duckdb.connect('{home}/a.db').execute('create table t as from range(1000000)')",
    "DuckDB's Parquet": "import duckdb; duckdb.execute(\"copy (from range(1000000)) to '{home}/a.parquet'\")",
    "DuckDB's CSV": "import duckdb; duckdb.execute(\"copy (select 1) to '/dev/full' (format csv)\")",
    "Arrow": "import pyarrow as pa, pyarrow.parquet as pq\n"
    "pq.write_table(pa.table({{'n': range(1000000)}}), '{home}/b.parquet')",
    "Python": "open('{home}/d', 'wb').write(bytes(1000000))",
    "the system": "with open('/dev/full', 'w') as full:\n    full.write('a')",
}


@pytest.mark.parametrize("writer", WRITES)
def test_a_full_disk_is_called_one_with_its_folder(settings: Settings, writer: str) -> None:
    told = advice(words_of(WRITES[writer].format(home=settings.home), file_size=200_000), settings)
    assert told.startswith("The disk is full")
    assert str(settings.home) in told
    assert "run again" in told


@pytest.mark.parametrize(
    "code",
    [
        "import duckdb; duckdb.execute(\"set memory_limit = '2MB'; set max_temp_directory_size = '0MB'\");"
        "duckdb.execute('select list(range) from range(10000000)').fetchall()",
        "bytearray(1 << 60)",
    ],
)
def test_memory_that_ran_out_is_called_so(settings: Settings, code: str) -> None:
    assert advice(words_of(code), settings).startswith("Memory ran out")


def damaged(warehouse: Path, damage: str) -> str:
    """What DuckDB says of a warehouse in which something was overwritten or cut off."""
    warehouse.parent.mkdir()
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table t as select range, md5(range::varchar) as text from range(200000)")
    content = bytearray(warehouse.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "empty":
        content = bytearray(b"x" * 100)
    elif damage == "header":
        content[4096:12288] = bytes(8192)
    else:
        content[len(content) // 3 : len(content) // 3 + 300_000] = bytes(300_000)
    warehouse.write_bytes(content)
    return words_of(f"import duckdb; duckdb.connect({str(warehouse)!r}).execute('select max(text), sum(range) from t')")


@pytest.mark.parametrize("damage", ["cut", "empty", "header", "middle"])
def test_a_damaged_warehouse_is_named_and_make_rebuild_with_it(settings: Settings, damage: str) -> None:
    told = advice(damaged(settings.warehouse, damage), settings)
    assert f"{settings.warehouse} is damaged. `make rebuild`" in told


@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing more", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_damaged_file_of_the_lake_is_named_and_not_the_warehouse(settings: Settings, content: bytes) -> None:
    file = settings.lake / "crm" / "customers" / "load_id=1" / "a.parquet"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    told = advice(words_of(f"import duckdb; duckdb.execute(\"from read_parquet(['{file}'])\")"), settings)
    assert told.startswith(f"{file} is damaged")
    assert str(settings.lake / "crm") in told


def test_a_warehouse_that_is_open_elsewhere_is_named_with_where_to_read(settings: Settings) -> None:
    settings.warehouse.parent.mkdir()
    with duckdb.connect(str(settings.warehouse)):
        told = advice(words_of(f"import duckdb; duckdb.connect({str(settings.warehouse)!r})"), settings)
    assert f"Another process has {settings.warehouse} open" in told
    assert str(settings.current) in told


def test_what_has_no_remedy_gets_none(settings: Settings) -> None:
    assert remedy("olist_orders.csv: column price is missing", settings) is None
