"""What the lake holds: `lake/raw/<source>/<table>/load_id=<id>/*.parquet`, of loads that completed only.

dlt writes a load's data files first and its completion record (`_dlt_loads`) last. A load without that record is
invisible here, whatever files it left behind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from orchestration.ingestion.contract import MANIFEST_TABLE


@dataclass(frozen=True)
class LandedFile:
    """One version of a landing file as the lake took it in."""

    table: str
    name: str
    version: int
    content_md5: str
    byte_count: int
    modified_ns: int
    row_count: int


def completed_loads(lake: Path, source: str) -> set[str]:
    """Ids of the loads of `source` that completed."""
    records = (lake / source / "_dlt_loads").glob("*.jsonl")
    rows = [json.loads(line) for path in records for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["load_id"] for row in rows if row["status"] == 0}


def table_files(lake: Path, source: str, table: str) -> list[Path]:
    """The Parquet files of a raw table, of completed loads, in the order of loading."""
    completed = completed_loads(lake, source)
    files = (lake / source / table).glob("load_id=*/*.parquet")
    return sorted(file for file in files if file.parent.name.removeprefix("load_id=") in completed)


def landed_files(lake: Path, source: str) -> dict[tuple[str, str], LandedFile]:
    """The current version of every file of `source` the lake knows, by (table, file name)."""
    current: dict[tuple[str, str], LandedFile] = {}
    for path in table_files(lake, source, MANIFEST_TABLE):
        for row in pa.parquet.read_table(path, partitioning=None).to_pylist():
            file = LandedFile(
                table=row["table_name"],
                name=row["file_name"],
                version=row["file_version"],
                content_md5=row["content_md5"],
                byte_count=row["byte_count"],
                modified_ns=row["modified_ns"],
                row_count=row["row_count"],
            )
            known = current.get((file.table, file.name))
            if known is None or known.version <= file.version:
                current[file.table, file.name] = file
    return current


def write_view(database: Path, lake: Path, source: str, table: str) -> None:
    """Make `database` a small DuckDB file with one view, `raw_<source>.<table>`, or none where the lake has no file.

    For whoever looks at a raw table outside dbt: the rows of completed loads, of the files that count. Which those are
    is the rule of macros/portable/counted_files.sql, needed here before dbt runs.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    database.unlink(missing_ok=True)
    files = [str(path) for path in table_files(lake, source, table)]
    manifest = [str(path) for path in table_files(lake, source, MANIFEST_TABLE)]
    with duckdb.connect(str(database)) as connection:
        if not files:
            return
        connection.execute(f"create schema raw_{source}")
        connection.execute(
            f"""
            create view raw_{source}.{table} as
            select raw_row.*
            from read_parquet({files!r}, union_by_name = true, hive_partitioning = false) as raw_row
            where (raw_row._file_name, raw_row._file_version) in (
                select (file_name, file_version) from (
                    select *, row_number() over (partition by content_md5 order by file_name) as copy from (
                        select *, row_number() over (partition by file_name order by file_version desc) as age
                        from read_parquet({manifest!r}, hive_partitioning = false)
                        where table_name = '{table}'
                    )
                    where age = 1
                )
                where copy = 1
            )
            """
        )
