"""One source into the lake, by dlt: all of it, or nothing that anyone reads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dlt
from dlt.pipeline.exceptions import PipelineStepFailed

from orchestration.ingestion.delimited_files import LandingError
from orchestration.ingestion.landing_source import LandingSource, find_new_files, landing_dlt_source, new_columns


@dataclass(frozen=True)
class TableLoad:
    """What one run brought into one raw table; `repeated_files` of the files have the content of another."""

    files: int
    repeated_files: int
    rows: int


@dataclass(frozen=True)
class SourceLoad:
    """What one run brought in from one source; `notices` are worth a reader's attention but stop nothing."""

    tables: dict[str, TableLoad]
    notices: list[str]


def load_source(source: LandingSource, folder: Path, lake: Path, work: Path, loaded_at: datetime) -> SourceLoad:
    """Load what is new in `folder` into `lake/<source>/`; `work` is dlt's own folder, `loaded_at` the run's clock.

    Calling it again loads nothing twice. A call that was cut off leaves nothing that a reader sees, and the next
    call starts those files afresh. Raises LandingError for a file that cannot be loaded.
    """
    files = find_new_files(source, folder, lake)
    notices: list[str] = []
    rows: dict[str, int] = {}
    if files:
        notices = [
            f"{name}: column {', '.join(columns)} is not in the contract and was not loaded"
            for name, columns in new_columns(source, files).items()
        ]
        rows = _run(source, landing_dlt_source(source, files, loaded_at), lake, work)
    tables = {}
    for table in source.patterns:
        of_table = [file for file in files if file.landed.table == table]
        repeated = sum(file.is_repeated for file in of_table)
        tables[table] = TableLoad(len(of_table), repeated, rows.get(table, 0))
    return SourceLoad(tables, notices)


def _run(source: LandingSource, data: object, lake: Path, work: Path) -> dict[str, int]:
    """Run dlt's three steps and return the rows a table."""
    _configure()
    pipeline = dlt.pipeline(
        pipeline_name=source.name,
        pipelines_dir=str(work),
        destination=dlt.destinations.filesystem(
            bucket_url=str(lake), layout="{table_name}/load_id={load_id}/{file_id}.{ext}"
        ),
        dataset_name=source.name,
    )
    # What an earlier, interrupted run left half done was never read; its files are found and loaded again.
    pipeline.abort_packages()
    try:
        pipeline.run(data, loader_file_format="parquet")
    except PipelineStepFailed as failure:
        pipeline.abort_packages()
        cause: BaseException | None = failure
        while cause is not None and not isinstance(cause, LandingError):
            cause = cause.__cause__
        raise (cause or failure) from None
    trace = pipeline.last_trace
    # A run that got here has normalised; dlt's types cannot know.
    return dict(trace.last_normalize_info.row_counts) if trace and trace.last_normalize_info else {}


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
