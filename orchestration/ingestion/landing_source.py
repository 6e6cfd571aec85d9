"""A source system that delivers files: found, held against the contract, and loaded to the lake once.

Which files are new is asked of the lake itself (its completed loads), not of a second memory beside it: a crash can
leave no state behind that says more than the lake holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa

from orchestration.ingestion.contract import MANIFEST_TABLE, contract_path, raw_contract
from orchestration.ingestion.delimited_files import LandingError, content_md5, read_batches, unexpected_columns
from orchestration.ingestion.lake import LandedFile, landed_files


@dataclass(frozen=True)
class LandingSource:
    """A source whose raw tables arrive as delimited files.

    `patterns` maps each raw table to the file name, or glob pattern, that it arrives under.
    """

    name: str
    patterns: dict[str, str]


@dataclass(frozen=True)
class NewFile:
    """A file to load: new, or changed since its last load. `is_repeated` where another file has the same content."""

    path: Path
    landed: LandedFile
    is_repeated: bool


def find_new_files(source: LandingSource, folder: Path, lake: Path) -> list[NewFile]:
    """The files below `folder` that the lake does not hold yet, in the order of their names.

    A file with the name, size and time of one already loaded is not opened, and one with its content is not loaded.
    One with new content under a known name is a new version, which takes the place of the old one's rows.
    Raises LandingError where a table has no file, neither here nor in the lake.
    """
    known = landed_files(lake, source.name)
    new: list[NewFile] = []
    for table, pattern in source.patterns.items():
        current = {name: file for (of_table, name), file in known.items() if of_table == table}
        arrived = sorted(path for path in folder.glob(pattern) if path.is_file())
        if not arrived and not current:
            raise LandingError(
                f"{folder / pattern}: no such file, and the lake holds no earlier one. "
                f"Put the {source.name} files there, or set CEM_LANDING to the folder that holds '{source.name}/'."
            )
        contents = {name: file.content_md5 for name, file in current.items()}
        for path in arrived:
            last = current.get(path.name)
            stat = path.stat()
            if last and (last.byte_count, last.modified_ns) == (stat.st_size, stat.st_mtime_ns):
                continue
            digest = content_md5(path)
            if last and last.content_md5 == digest:
                continue
            repeated = any(digest == content for name, content in contents.items() if name != path.name)
            contents[path.name] = digest
            version = last.version + 1 if last else 1
            landed = LandedFile(table, path.name, version, digest, stat.st_size, stat.st_mtime_ns, row_count=0)
            new.append(NewFile(path, landed, repeated))
    return new


def landing_dlt_source(source: LandingSource, files: list[NewFile], loaded_at: datetime) -> Any:
    """A dlt source with one resource a raw table, which yields the rows of `files` and a manifest row a file.

    `loaded_at` (UTC) is when the warehouse learns of these rows.
    """
    contract = raw_contract(source.name)

    @dlt.source(name=source.name)
    def landing() -> Iterator[Any]:
        for table in source.patterns:
            yield dlt.resource(
                _rows([f for f in files if f.landed.table == table], contract[table], source.name, loaded_at),
                name=table,
                write_disposition="append",
            )

    return landing()


def new_columns(source: LandingSource, files: list[NewFile]) -> dict[str, list[str]]:
    """Columns that arrived but are not in the contract, by file name. They are not loaded, and worth a notice."""
    contract = raw_contract(source.name)
    found = {f.path.name: unexpected_columns(f.path, contract[f.landed.table]) for f in files}
    return {name: columns for name, columns in found.items() if columns}


def _rows(files: list[NewFile], columns: list[str], source: str, loaded_at: datetime) -> Iterator[Any]:
    for file in files:
        rows = 0
        for batch in read_batches(file.path, columns, contract_path(source)):
            yield _with_lineage(batch, file.landed, rows, loaded_at)
            rows += batch.num_rows
        record = _manifest_row(replace(file.landed, row_count=rows), loaded_at)
        yield dlt.mark.with_table_name(record, MANIFEST_TABLE)


def _with_lineage(batch: pa.RecordBatch, file: LandedFile, rows_before: int, loaded_at: datetime) -> pa.Table:
    count = batch.num_rows
    return (
        pa.Table.from_batches([batch])
        .append_column("_file_name", pa.repeat(file.name, count))
        .append_column("_file_version", pa.repeat(pa.scalar(file.version, pa.int64()), count))
        .append_column("_file_row", pa.array(range(rows_before + 1, rows_before + count + 1), pa.int64()))
        .append_column("_loaded_at", pa.repeat(pa.scalar(loaded_at, pa.timestamp("us", "UTC")), count))
    )


def _manifest_row(file: LandedFile, loaded_at: datetime) -> pa.Table:
    return pa.table(
        {
            "table_name": [file.table],
            "file_name": [file.name],
            "file_version": pa.array([file.version], pa.int64()),
            "content_md5": [file.content_md5],
            "byte_count": pa.array([file.byte_count], pa.int64()),
            "modified_ns": pa.array([file.modified_ns], pa.int64()),
            "row_count": pa.array([file.row_count], pa.int64()),
            "_loaded_at": pa.array([loaded_at], pa.timestamp("us", "UTC")),
        }
    )
