"""What Python computes, as a source of the lake: append-only, complete loads alone are read.

What was computed at once (a valuation, a matching, a batch of assessed texts) is to these tables what a landing file is
to a source's: it has a name, versions, and a fingerprint of its input as content. Of each name the newest version
counts (macros/portable/counted_files.sql). Its tables and their columns are those that the source's YAML declares.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from orchestration.ingestion.contract import LINEAGE_COLUMNS, MANIFEST_TABLE, RawColumn, declared_sources
from orchestration.ingestion.lake import LandedFile, completed_loads, landed_files, manifest_rows
from orchestration.settings import PROJECT_ROOT

# Rows by column, or one array or list a column, all of one length.
Rows = Sequence[Mapping[str, Any]] | Mapping[str, Any]

_TYPES = {"string": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_()}


class Computed(Protocol):
    """What a computation tells of one run: in words for people, in figures for Dagster's records."""

    @property
    def outcome(self) -> str: ...

    @property
    def figures(self) -> dict[str, int | str]: ...


class NotAsDeclaredError(Exception):
    """What is computed is not what the YAML of its source declares. The message names the columns, and the file."""


@dataclass(frozen=True)
class Known:
    """What the lake holds of a name: its newest version, and the fingerprint of that one's input."""

    version: int
    content_md5: str


def known_versions(lake: Path, source: str) -> dict[str, Known]:
    """The newest version of each name that the tables of `source` hold; all that have a name get it anew together."""
    known: dict[str, Known] = {}
    for (_, name), file in landed_files(lake, source).items():
        if name not in known or known[name].version < file.version:
            known[name] = Known(file.version, file.content_md5)
    return known


@dataclass
class ComputedLoad:
    """One load: files are written as results are made, and become visible together, when it is completed.

    `known` is what the lake held before it.
    """

    lake: Path
    source: str
    loaded_at: datetime
    known: Mapping[str, Known] = field(init=False)
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
        self.known = known_versions(self.lake, self.source)
        return self

    def is_unchanged(self, name: str, content_md5: str) -> bool:
        """Whether the newest version of a name was made from input with this fingerprint: it need not be made again."""
        known = self.known.get(name)
        return known is not None and known.content_md5 == content_md5

    def add(self, name: str, content_md5: str, tables: Mapping[str, Rows]) -> None:
        """Write what a name has in each of `tables`, as its next version.

        Raises NotAsDeclaredError where these are not tables of the source, or have not the columns it declares.
        """
        known = self.known.get(name)
        version = known.version + 1 if known else 1
        for table, rows in tables.items():
            self._add(table, name, version, content_md5, declared_table(self.source, table, rows))

    def _add(self, table: str, name: str, version: int, content_md5: str, rows: pa.Table) -> None:
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


def declared_table(source: str, table: str, rows: Rows) -> pa.Table:
    """What was computed, with the columns, types and order that the YAML of `source` declares for `table`.

    NaN in an array is "not known" here, and infinity adds up to nothing: both are null. Raises NotAsDeclaredError for a
    column that is computed and not declared, or declared and not computed: a row names each, be it with None.
    """
    path, tables = _declared(source)
    if table not in tables:
        raise NotAsDeclaredError(f"{source}.{table} is computed, and {path} declares no such table.")
    types = {column.name: _type(column, path) for column in tables[table] if column.name not in LINEAGE_COLUMNS}
    for names in dict.fromkeys(map(tuple, [rows] if isinstance(rows, Mapping) else rows)):
        faults = [f"`{name}` is computed and not declared" for name in names if name not in types]
        faults += [f"`{name}` is declared and not computed" for name in types if name not in names]
        if faults:
            raise NotAsDeclaredError(f"{source}.{table}: {', '.join(faults)}. The columns are declared in {path}.")
    columns = rows if isinstance(rows, Mapping) else {name: [row[name] for row in rows] for name in types}
    return pa.table({name: _array(columns[name], kind) for name, kind in types.items()})


def _declared(source: str) -> tuple[str, dict[str, list[RawColumn]]]:
    """Where a computed source is declared, from the project's root, and its columns by table."""
    for path in sorted(PROJECT_ROOT.glob("models/intermediate/*/_*__sources.yml")):
        if source in (sources := declared_sources(path)):
            return path.relative_to(PROJECT_ROOT).as_posix(), sources[source]
    raise NotAsDeclaredError(f"No models/intermediate/*/_*__sources.yml declares the source {source}.")


def _type(column: RawColumn, path: str) -> pa.DataType:
    if column.data_type not in _TYPES:
        raise NotAsDeclaredError(
            f"{path} declares `{column.name}` as {column.data_type}; what is computed is {', '.join(_TYPES)}."
        )
    return _TYPES[column.data_type]


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if kind == pa.float64() and isinstance(values, np.ndarray):
        return pa.array(values, kind, mask=~np.isfinite(values))
    return pa.array(values, kind)
