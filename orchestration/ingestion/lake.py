"""What the lake holds: `lake/raw/<source>/<table>/load_id=<id>/*.parquet`, of loads that completed only.

dlt writes a load's data files first and its completion record (`_dlt_loads`) last. A load without that record is
invisible here, whatever files it left behind.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
from jinja2 import Template

from orchestration.ingestion.contract import MANIFEST_TABLE, NEW_COLUMNS, declared_types, holds_records
from orchestration.settings import PROJECT_ROOT

# What names a row of a raw table.
_ROW = ["_file_name", "_file_version", "_file_row"]


@dataclass(frozen=True)
class LandedFile:
    """One version of a landing file, or one extraction of a record table, as the lake took it in.

    An extraction is named `<table>/000001`, is always new, and has no size or time of its own (0). `new_columns` are
    those it brought beyond the contract, which stand in the JSON object of each row. `changed_ns` is when the file
    system last saw it written, whatever time the file was given since (0 where that is not known).
    """

    table: str
    name: str
    version: int
    content_md5: str
    byte_count: int
    modified_ns: int
    row_count: int
    superseded_row_count: int = 0
    new_columns: tuple[str, ...] = ()
    changed_ns: int = 0


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
            "changed_ns": pa.array([file.changed_ns for file in landed], pa.int64()),
            "row_count": pa.array([file.row_count for file in landed], pa.int64()),
            "superseded_row_count": pa.array([file.superseded_row_count for file in landed], pa.int64()),
            "new_columns": pa.array([_names_as_text(file.new_columns) for file in landed], pa.string()),
            "_loaded_at": pa.array([loaded_at] * len(landed), pa.timestamp("us", "UTC")),
        }
    )


def _names_as_text(names: tuple[str, ...]) -> str | None:
    return json.dumps(names, ensure_ascii=False) if names else None


def completed_loads(lake: Path, source: str) -> set[str]:
    """Ids of the loads of `source` that completed; a record that was cut while it was written completes nothing."""
    records = (lake / source / "_dlt_loads").glob("*.jsonl")
    lines = [line for path in records for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines if line.endswith("}")]
    return {row["load_id"] for row in rows if row["status"] == 0}


def table_files(lake: Path, source: str, table: str) -> list[Path]:
    """The Parquet files of a raw table, of completed loads, in the order of loading."""
    completed = completed_loads(lake, source)
    files = (lake / source / table).glob("load_id=*/*.parquet")
    return sorted(file for file in files if file.parent.name.removeprefix("load_id=") in completed)


def stored_rows(files: list[Path]) -> str:
    """SQL of all rows of Parquet files of one raw table, whether they count or not."""
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"read_parquet([{paths}], union_by_name = true, hive_partitioning = false)"


def load_times(lake: Path, source: str) -> list[datetime]:
    """When the loads that brought something of `source` were, in order."""
    times: set[datetime] = set()
    for path in table_files(lake, source, MANIFEST_TABLE):
        times.update(pa.parquet.read_table(path, columns=["_loaded_at"], partitioning=None)["_loaded_at"].to_pylist())
    return sorted(times)


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
                # Loads of before new columns were taken do not have it.
                new_columns=tuple(json.loads(row.get("new_columns") or "[]")),
                changed_ns=row.get("changed_ns") or 0,
            )
            known = current.get((file.table, file.name))
            if known is None or known.version <= file.version:
                current[file.table, file.name] = file
    return current


def keep_what_counts(lake: Path, source: str) -> int:
    """Remove for good what no reader of `source` sees: former states, marks of deletions, former versions of files.

    Return the rows removed. The manifest stays: it says what was delivered, and its counts hold as before. A call that
    is cut off leaves every file whole; another removes the rest.
    """
    completed = completed_loads(lake, source)
    for load in (lake / source).glob("*/load_id=*"):
        if load.name.removeprefix("load_id=") not in completed:
            shutil.rmtree(load)
    tables = {path.parent.name for path in (lake / source).glob("*/load_id=*")} - {MANIFEST_TABLE}
    removed = 0
    for table in sorted(tables):
        files = table_files(lake, source, table)
        if not files:
            continue
        spill = lake / source / table / "spill"
        with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(spill)}) as duck:
            duck.execute("set timezone = 'UTC'")
            rows = f"select * from {stored_rows(files)}"
            if "_record_key" in pa.parquet.read_schema(files[0]).names:
                counted = _macro("current_records", rows, _ROW)
            else:
                # Of two files with one content one counts, and the other does as soon as that one changes.
                newest = _is_of_files(lake, source, table, "is_newest")
                counted = f"select {', '.join(_ROW)} from ({rows}) where {newest}"
            duck.execute(f"create table counted as {counted}")
            removed += sum(_keep_counted(duck, path) for path in files)
        shutil.rmtree(spill, ignore_errors=True)
    return removed


def _keep_counted(duck: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Leave of a Parquet file the rows that the table `counted` names; return how many others it had."""
    kept = f"from {stored_rows([path])} semi join counted using ({', '.join(_ROW)})"
    ((before, after),) = duck.execute(
        f"select (select count(*) from {stored_rows([path])}), (select count(*) {kept})"
    ).fetchall()
    if after == 0:
        path.unlink()
    elif after < before:
        unfinished = path.with_name(f"{path.name}.unfinished")
        duck.execute(f"copy (select * {kept} order by _file_row) to '{unfinished}' (format parquet)")
        unfinished.replace(path)
    return int(before - after)


def write_view(database: Path, lake: Path, source: str, table: str) -> None:
    """Make `database` a small DuckDB file with one view, `raw_<source>.<table>`: no rows where the lake has no file.

    For whoever looks at a raw table outside dbt: the rows of completed loads that count, by dbt's own rules, which
    macros/portable holds. Needed before dbt runs.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    for left_over in (database, database.with_name(f"{database.name}.wal")):
        # DuckDB would replay the log of a process that was killed into the new file.
        left_over.unlink(missing_ok=True)
    files = table_files(lake, source, table)
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create schema raw_{source}")
        if not files:
            nothing = ", ".join(
                f'cast(null as {kind}) as "{name}"' for name, kind in declared_types(source, table).items()
            )
            connection.execute(f"create view raw_{source}.{table} as select {nothing} where false")
            return
        rows = f"""
            select raw_row.* from ({_rows_of_files(connection, lake, source, table)}) as raw_row
            where {_is_of_files(lake, source, table, "is_counted")}
        """
        if holds_records(source, table):
            rows = _macro("current_records", rows, ["* exclude (is_current)"])
        connection.execute(f"create view raw_{source}.{table} as {rows}")


def _is_of_files(lake: Path, source: str, table: str, which: str) -> str:
    """Whether a row of a raw table is of the files that `counted_files` says are `which`, as SQL."""
    landed = f"select * from {stored_rows(table_files(lake, source, MANIFEST_TABLE))}"
    return f"""
        (_file_name, _file_version) in (
            select (file_name, file_version) from ({_macro("counted_files", landed)})
            where table_name = '{table}' and {which}
        )
    """


def _rows_of_files(connection: duckdb.DuckDBPyConnection, lake: Path, source: str, table: str) -> str:
    """SQL of all rows in the files of a raw table, a column that the contract gained later filled from former rows."""
    rows = f"select * from {stored_rows(table_files(lake, source, table))}"
    taken = {name for (of, _), file in landed_files(lake, source).items() if of == table for name in file.new_columns}
    later = {name: kind for name, kind in declared_types(source, table).items() if name in taken}
    if not later:
        return rows
    stored = {name for name, *_ in connection.execute(f"describe {rows}").fetchall()}
    former = {name: f"cast({NEW_COLUMNS}->>'$.\"{name}\"' as {kind})" for name, kind in later.items()}
    filled = [f'coalesce("{name}", {sql}) as "{name}"' for name, sql in former.items() if name in stored]
    added = [f'{sql} as "{name}"' for name, sql in former.items() if name not in stored]
    replaced = f"replace ({', '.join(filled)})" if filled else ""
    return f"select {', '.join([f'* {replaced}', *added])} from ({rows})"


def _macro(name: str, *arguments: object) -> str:
    """SQL of a macro of dbt's that needs nothing of dbt."""
    text = (PROJECT_ROOT / "macros" / "portable" / f"{name}.sql").read_text(encoding="utf-8")
    return str(getattr(Template(text).module, name)(*arguments))
