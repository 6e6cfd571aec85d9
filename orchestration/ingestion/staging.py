"""New files of a raw table as Parquet files ready for the lake, read as their suffix says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from orchestration.ingestion.contract import RawColumn
from orchestration.ingestion.delimited_files import stage_delimited
from orchestration.ingestion.dialect import PLAIN, Dialect
from orchestration.ingestion.json_lines import stage_json_lines
from orchestration.ingestion.landing_source import NewFile, Staged
from orchestration.ingestion.missing_columns import NOTHING, Former
from orchestration.ingestion.parquet_files import stage_parquet


def stage_files(
    files: list[NewFile],
    columns: list[RawColumn],
    contract: str,
    folder: Path,
    loaded_at: datetime,
    former: Former = NOTHING,
    dialect: Dialect = PLAIN,
) -> Staged:
    """Read `files` into Parquet files below `folder`, the columns of the contract and the lineage columns.

    `contract` is what messages call the place that declares `columns`. `former`, what the lake holds of the table, says
    whether JSON may leave a column out; `dialect`, how delimited files are written. Raises LandingError for a file that
    does not hold the contract.
    """
    whole = Staged([], [], [])
    readers: dict[str, Callable[..., Staged]] = {
        "delimited": partial(stage_delimited, dialect=dialect),
        "json_lines": partial(stage_json_lines, former=former),
        "parquet": stage_parquet,
    }
    for number, (form, stage) in enumerate(readers.items()):
        mine = [file for file in files if _form(file.path) == form]
        if mine:
            part = folder / str(number)
            part.mkdir(parents=True)
            staged = stage(mine, columns, contract, part, loaded_at)
            whole.paths.extend(staged.paths)
            whole.landed.extend(staged.landed)
            whole.notices.extend(staged.notices)
    return whole


def _form(path: Path) -> str:
    if path.name.endswith(".parquet"):
        return "parquet"
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        return "json_lines"
    return "delimited"
