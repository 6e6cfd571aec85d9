"""What is computed between the two halves of dbt, as a source of the lake: append-only, complete loads alone are read.

What was computed at once (a valuation, a matching, a batch of assessed texts) is to these tables what a landing file is
to a source's: it has a name, versions, and a fingerprint of its input as content. Of each name the newest version
counts (macros/portable/counted_files.sql).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from orchestration.ingestion.contract import LINEAGE_COLUMNS, MANIFEST_TABLE, declared_in
from orchestration.ingestion.lake import LandedFile, completed_loads, landed_files, manifest_rows

# What the types of a declared column are in a file.
_TYPES = {"string": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_()}


@dataclass(frozen=True)
class Known:
    """What the lake holds of a name: its newest version, and the fingerprint of that one's input."""

    version: int
    content_md5: str


def declared_tables(contract: str) -> dict[str, dict[str, pa.DataType]]:
    """The tables that dbt reads by the file `contract`, with the columns that have to be computed for them."""
    return {
        table: {column.name: _TYPES[column.data_type] for column in columns if column.name not in LINEAGE_COLUMNS}
        for table, columns in declared_in(contract).items()
    }


def known_versions(lake: Path, source: str, table: str) -> dict[str, Known]:
    """The newest version of each name that `table` of `source` holds."""
    return {
        name: Known(file.version, file.content_md5)
        for (of_table, name), file in landed_files(lake, source).items()
        if of_table == table
    }


@dataclass
class ComputedLoad:
    """One load: files are written as results are made, and become visible together, when it is completed."""

    lake: Path
    source: str
    loaded_at: datetime
    _manifest: list[LandedFile] = field(default_factory=list)
    _load_id: str = ""

    def __enter__(self) -> ComputedLoad:
        folder = self.lake / self.source
        completed = completed_loads(self.lake, self.source)
        for unfinished in folder.glob("*/load_id=*"):
            # What an interrupted computation left was never read.
            if unfinished.name.removeprefix("load_id=") not in completed:
                shutil.rmtree(unfinished)
        self._load_id = f"{max((int(load) for load in completed), default=-1) + 1:010d}"
        return self

    def add(self, table: str, name: str, version: int, content_md5: str, rows: pa.Table) -> None:
        """Write the rows of a name in a table."""
        count = rows.num_rows
        self._manifest.append(LandedFile(table, name, version, content_md5, 0, 0, count))
        if count:
            rows = (
                rows.append_column("_file_name", pa.repeat(name, count))
                .append_column("_file_version", pa.repeat(pa.scalar(version, pa.int64()), count))
                .append_column("_file_row", pa.array(np.arange(1, count + 1)))
                .append_column("_loaded_at", pa.repeat(pa.scalar(self.loaded_at, pa.timestamp("us", "UTC")), count))
            )
            self._write(table, rows, len(self._manifest))

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        """Complete the load, where there is anything in it: the completion record comes last."""
        first = not completed_loads(self.lake, self.source)
        if failure is not None or not (self._manifest or first):
            return
        if self._manifest:
            self._write(MANIFEST_TABLE, manifest_rows(self._manifest, self.loaded_at), 0)
        records = self.lake / self.source / "_dlt_loads"
        records.mkdir(parents=True, exist_ok=True)
        unfinished = records / f"{self._load_id}.unfinished"
        unfinished.write_text(json.dumps({"load_id": self._load_id, "status": 0}) + "\n", encoding="utf-8")
        unfinished.rename(records / f"{self._load_id}.jsonl")

    def _write(self, table: str, rows: pa.Table, number: int) -> None:
        folder = self.lake / self.source / table / f"load_id={self._load_id}"
        folder.mkdir(parents=True, exist_ok=True)
        pa.parquet.write_table(rows, folder / f"{number:06d}.parquet")


def typed_rows(rows: Iterable[Mapping[str, Any]], types: Mapping[str, pa.DataType]) -> pa.Table:
    """Rows as a table of these columns; what a row does not name is null."""
    rows = list(rows)
    return typed_columns({name: [row.get(name) for row in rows] for name in types}, types)


def typed_columns(columns: Mapping[str, Any], types: Mapping[str, pa.DataType]) -> pa.Table:
    """Columns as a table. NaN in an array is "not known" here, and infinity adds up to nothing: both are null."""
    return pa.table({name: _array(columns[name], kind) for name, kind in types.items()})


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if kind == pa.float64() and isinstance(values, np.ndarray):
        return pa.array(values, kind, mask=~np.isfinite(values))
    return pa.array(values, kind)
