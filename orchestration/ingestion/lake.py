"""What the lake holds: `lake/raw/<source>/<table>/load_id=<id>/*.parquet`, of loads that completed only.

dlt writes a load's data files first and its completion record (`_dlt_loads`) last. A load without that record is
invisible here, whatever files it left behind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from orchestration.ingestion.contract import MANIFEST_TABLE, holds_records


@dataclass(frozen=True)
class LandedFile:
    """One version of a landing file, or one extraction of a record table, as the lake took it in.

    An extraction is named `<table>/000001`, is always new, and has no size or time of its own (0).
    """

    table: str
    name: str
    version: int
    content_md5: str
    byte_count: int
    modified_ns: int
    row_count: int
    superseded_row_count: int = 0


def manifest_rows(landed: list[LandedFile], loaded_at: datetime) -> pa.Table:
    """`landed` as rows of the manifest, which `landed_files` reads back."""
    return pa.table(
        {
            "table_name": [file.table for file in landed],
            "file_name": [file.name for file in landed],
            "file_version": pa.array([file.version for file in landed], pa.int64()),
            "content_md5": [file.content_md5 for file in landed],
            "byte_count": pa.array([file.byte_count for file in landed], pa.int64()),
            "modified_ns": pa.array([file.modified_ns for file in landed], pa.int64()),
            "row_count": pa.array([file.row_count for file in landed], pa.int64()),
            "superseded_row_count": pa.array([file.superseded_row_count for file in landed], pa.int64()),
            "_loaded_at": pa.array([loaded_at] * len(landed), pa.timestamp("us", "UTC")),
        }
    )


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
                superseded_row_count=row["superseded_row_count"],
            )
            known = current.get((file.table, file.name))
            if known is None or known.version <= file.version:
                current[file.table, file.name] = file
    return current


def current_records(rows: str) -> str:
    """SQL of the current rows among `rows` (SQL) of a record table: the newest of each record, if it is not deleted.

    macros/portable/register_raw_table.sql holds the same rule for dbt.
    """
    return f"""
        select * exclude (_age) from (
            select *, row_number() over (partition by _record_key order by _file_name desc, _file_row desc) as _age
            from ({rows})
        )
        where _age = 1 and not _is_deleted
    """


def write_view(database: Path, lake: Path, source: str, table: str) -> None:
    """Make `database` a small DuckDB file with one view, `raw_<source>.<table>`, or none where the lake has no file.

    For whoever looks at a raw table outside dbt: the rows of completed loads that count. Which those are is the rule
    of macros/portable/counted_files.sql, needed here before dbt runs, and for records that of `current_records`.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    database.unlink(missing_ok=True)
    files = [str(path) for path in table_files(lake, source, table)]
    manifest = [str(path) for path in table_files(lake, source, MANIFEST_TABLE)]
    with duckdb.connect(str(database)) as connection:
        if not files:
            return
        counted = f"""
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
        rows = current_records(counted) if holds_records(source, table) else counted
        connection.execute(f"create schema raw_{source}")
        connection.execute(f"create view raw_{source}.{table} as {rows}")
