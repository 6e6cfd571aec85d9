"""One source into the lake, by dlt: all of it, or nothing that anyone reads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import dlt
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.ingestion.contract import MANIFEST_TABLE, contract_path, raw_contract
from orchestration.ingestion.lake import LandedFile, landed_files, manifest_rows, table_files
from orchestration.ingestion.landing_source import (
    MOST_UNPACKED,
    LandingSource,
    NewFile,
    Staged,
    check_unchanged,
    find_new_files,
    tables_without_files,
)
from orchestration.ingestion.losses import Loss, LossLimit
from orchestration.ingestion.missing_columns import Former
from orchestration.ingestion.staging import stage_files


@dataclass(frozen=True)
class TableLoad:
    """What one run brought into one raw table: files, or extractions, and rows.

    `repeated_files` of the files have the content of another.
    """

    files: int
    repeated_files: int
    rows: int


@dataclass(frozen=True)
class SourceLoad:
    """What one run brought in from one source; `notices` are worth a reader's attention but stop nothing."""

    tables: dict[str, TableLoad]
    notices: list[str]


def load_source(
    source: LandingSource,
    folder: Path,
    lake: Path,
    work: Path,
    loaded_at: datetime,
    limit: LossLimit | None = None,
    most_unpacked: float = MOST_UNPACKED,
) -> SourceLoad:
    """Load what is new in `folder` into `lake/<source>/`; `work` is dlt's own folder, `loaded_at` the run's clock.

    Calling it again loads nothing twice. A call that was cut off leaves nothing that a reader sees, and the next
    call starts those files afresh. Raises LandingError for a file that cannot be loaded, unpacks to more than
    `most_unpacked` times its size, or takes the place of one with more rows than `limit` lets go.
    """
    files = find_new_files(source, folder, lake, most_unpacked)
    contract = raw_contract(source.name)
    staged: dict[str, Staged] = {}
    notices = [f"{source.name}.{table}: no file yet" for table in tables_without_files(source, folder, lake)]
    if files:
        with staging_folder(work, source.name) as staging:
            for table in source.patterns:
                of_table = [file for file in files if file.landed.table == table]
                staged[table] = stage_files(
                    of_table,
                    contract[table],
                    contract_path(source.name),
                    staging / table,
                    loaded_at,
                    _former(source.name, table, lake),
                    source.dialect(table),
                )
            check_unchanged(files)
            landed = [file for part in staged.values() for file in part.landed]
            limit = limit or LossLimit()
            limit.check(source.name, _losses(files, landed, limit))
            append(source.name, {name: part.paths for name, part in staged.items()}, landed, loaded_at, lake, work)
    return SourceLoad(
        {table: _table_load(files, table, staged.get(table)) for table in source.patterns},
        notices + [notice for part in staged.values() for notice in part.notices],
    )


def _former(source: str, table: str, lake: Path) -> Former:
    """What the lake holds of a table."""

    def has_value(column: str) -> bool:
        paths = [path for path in table_files(lake, source, table) if column in pq.read_schema(path).names]
        return any(pc.count(pq.read_table(path, columns=[column], partitioning=None)[column]).as_py() for path in paths)

    new = (name for (of, _), file in landed_files(lake, source).items() if of == table for name in file.new_columns)
    return Former(frozenset(new), has_value)


def _losses(files: list[NewFile], landed: list[LandedFile], limit: LossLimit) -> dict[str, Loss]:
    """What new versions of files lack of the rows of their former ones, of those where it is much, by table."""
    rows = {(file.table, file.name): file.row_count for file in landed}
    losses: dict[str, Loss] = {}
    for file in files:
        loss = Loss(file.rows_before - rows[file.landed.table, file.landed.name], file.rows_before)
        if limit.is_exceeded(loss):
            before = losses.get(file.landed.table, Loss(0, 0))
            losses[file.landed.table] = Loss(before.gone + loss.gone, before.before + loss.before)
    return losses


def append(
    source: str, paths: Mapping[str, list[Path]], landed: list[LandedFile], loaded_at: datetime, lake: Path, work: Path
) -> None:
    """Append the Parquet files `paths` of each raw table, and their manifest, to the lake as one load of dlt's.

    The files are taken over as they are; dlt's completion record, which comes last, makes them visible all at once.
    """
    _configure()
    # dlt's own folder begins empty, and is gone afterwards: all that is worth remembering is in the lake. What a killed
    # run left there may be a file cut in the middle, over which dlt would stumble for ever, and what a finished one
    # leaves is a copy of its rows, which no erasure would reach.
    shutil.rmtree(work / source, ignore_errors=True)
    pipeline = dlt.pipeline(
        pipeline_name=source,
        pipelines_dir=str(work),
        destination=dlt.destinations.filesystem(
            bucket_url=str(lake), layout="{table_name}/load_id={load_id}/{file_id}.{ext}"
        ),
        dataset_name=source,
    )
    try:
        pipeline.run(_finished_files(source, paths, landed, loaded_at), loader_file_format="parquet")
    finally:
        # Nobody who reads a source by dlt later in this process shall see this pipeline's state.
        pipeline.deactivate()
        shutil.rmtree(work / source, ignore_errors=True)


@contextmanager
def staging_folder(work: Path, source: str) -> Iterator[Path]:
    """An empty folder for what is about to be appended, on the file system of dlt's own; gone afterwards."""
    folder = work / f"{source}_staging"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _finished_files(source: str, paths: Mapping[str, list[Path]], landed: list[LandedFile], loaded_at: datetime) -> Any:
    @dlt.source(name=source)
    def finished() -> Iterator[Any]:
        for table, files in paths.items():
            yield dlt.resource(_imports(files), name=table, write_disposition="append")
        yield dlt.resource(iter([manifest_rows(landed, loaded_at)]), name=MANIFEST_TABLE, write_disposition="append")

    return finished()


def _imports(files: list[Path]) -> Iterator[Any]:
    for path in files:
        with pq.ParquetFile(path) as parquet:
            rows, schema = parquet.metadata.num_rows, parquet.schema_arrow
        yield dlt.mark.with_file_import(str(path), "parquet", rows, hints=schema.empty_table())


def _table_load(files: list[NewFile], table: str, staged: Staged | None) -> TableLoad:
    of_table = [file for file in files if file.landed.table == table]
    rows = sum(file.row_count for file in staged.landed) if staged else 0
    return TableLoad(len(of_table), sum(file.is_repeated for file in of_table), rows)


def _configure() -> None:
    """dlt takes its options from the environment; these are the project's, whatever the user's own dlt is set to."""
    os.environ.update(
        {
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "RUNTIME__LOG_LEVEL": "ERROR",
            # The state lives in the lake's manifest; a second copy in the destination would only cost time.
            "RESTORE_FROM_DESTINATION": "false",
        }
    )
