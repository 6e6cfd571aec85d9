"""New files of a raw table as Parquet files ready for the lake, read as their suffix says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from orchestration.ingestion.contract import RawColumn
from orchestration.ingestion.delimited_files import stage_delimited
from orchestration.ingestion.json_lines import stage_json_lines
from orchestration.ingestion.landing_source import NewFile, Staged
from orchestration.ingestion.parquet_files import stage_parquet


def stage_files(
    files: list[NewFile], columns: list[RawColumn], contract: str, folder: Path, loaded_at: datetime
) -> Staged:
    """Read `files` into Parquet files below `folder`, the columns of the contract and the lineage columns.

    `contract` is what messages call the place that declares `columns`. Raises LandingError for a file that does not
    hold the contract.
    """
    whole = Staged([], [], [])
    for number, stage in enumerate((stage_delimited, stage_json_lines, stage_parquet)):
        mine = [file for file in files if _reader(file.path) is stage]
        if mine:
            part = folder / str(number)
            part.mkdir(parents=True)
            staged = stage(mine, columns, contract, part, loaded_at)
            whole.paths.extend(staged.paths)
            whole.landed.extend(staged.landed)
            whole.notices.extend(staged.notices)
    return whole


def _reader(path: Path) -> object:
    if path.name.endswith(".parquet"):
        return stage_parquet
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        return stage_json_lines
    return stage_delimited
