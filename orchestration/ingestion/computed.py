"""A load of tables that were computed here, laid out as every raw table is: only complete loads are read."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from orchestration.ingestion.contract import MANIFEST_TABLE
from orchestration.ingestion.lake import LandedFile, completed_loads, manifest_rows


@dataclass
class ComputedLoad:
    """One load: rows are written as they are made, and become visible together, when it is completed.

    What is added has the place of a landing file: a name, a version of which the newest counts, and a fingerprint.
    """

    lake: Path
    source: str
    loaded_at: datetime
    _landed: list[LandedFile] = field(default_factory=list)
    _load_id: str = ""

    def __enter__(self) -> ComputedLoad:
        completed = completed_loads(self.lake, self.source)
        for unfinished in (self.lake / self.source).glob("*/load_id=*"):
            # What an interrupted load left was never read.
            if unfinished.name.removeprefix("load_id=") not in completed:
                shutil.rmtree(unfinished)
        self._load_id = f"{max((int(load) for load in completed), default=-1) + 1:010d}"
        return self

    def add(self, table: str, name: str, version: int, content_md5: str, rows: pa.Table) -> None:
        self._landed.append(LandedFile(table, name, version, content_md5, 0, 0, rows.num_rows))
        count = rows.num_rows
        lineage = {
            "_file_name": pa.repeat(name, count),
            "_file_version": pa.repeat(pa.scalar(version, pa.int64()), count),
            "_file_row": pa.array(np.arange(1, count + 1)),
            "_loaded_at": pa.repeat(pa.scalar(self.loaded_at, pa.timestamp("us", "UTC")), count),
        }
        for column, values in lineage.items():
            rows = rows.append_column(column, values)
        self._write(table, rows, len(self._landed))

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Complete the load, where there is anything in it: the completion record comes last."""
        if failure is not None or not self._landed:
            return
        self._write(MANIFEST_TABLE, manifest_rows(self._landed, self.loaded_at), 0)
        records = self.lake / self.source / "_dlt_loads"
        records.mkdir(parents=True, exist_ok=True)
        unfinished = records / f"{self._load_id}.unfinished"
        unfinished.write_text(json.dumps({"load_id": self._load_id, "status": 0}) + "\n", encoding="utf-8")
        unfinished.rename(records / f"{self._load_id}.jsonl")

    def _write(self, table: str, rows: pa.Table, number: int) -> None:
        folder = self.lake / self.source / table / f"load_id={self._load_id}"
        folder.mkdir(parents=True, exist_ok=True)
        pa.parquet.write_table(rows, folder / f"{number:06d}.parquet")
