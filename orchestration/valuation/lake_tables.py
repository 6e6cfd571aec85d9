"""The lake's tables of what was computed, laid out as every raw table is: append-only, complete loads alone are read.

A valuation is to these tables what a landing file is to a source's: it has a name, versions, and a fingerprint of its
input as content. Of each name the newest version counts (macros/portable/counted_files.sql).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from orchestration.ingestion.contract import MANIFEST_TABLE
from orchestration.ingestion.lake import completed_loads, landed_files, table_files
from orchestration.valuation.histories import Valuation
from orchestration.valuation.scoring import TRANSACTION_MODELS, FittedModels, Result

SOURCE = "statistics"

_TEXT, _COUNT, _NUMBER = pa.string(), pa.int64(), pa.float64()
TABLES: dict[str, dict[str, pa.DataType]] = {
    "model_fits": {
        "valuation_id": _TEXT,
        "fit_id": _TEXT,
        "source_system": _TEXT,
        "segment": _TEXT,
        "model": _TEXT,
        "status": _TEXT,
        "reason": _TEXT,
        "parameter": _TEXT,
        "estimate": _NUMBER,
        "standard_error": _NUMBER,
        "is_at_bound": pa.bool_(),
        "log_likelihood": _NUMBER,
        "customer_count": _COUNT,
        "history_count": _COUNT,
        "iteration_count": _COUNT,
    },
    "spend_fits": {
        "valuation_id": _TEXT,
        "fit_id": _TEXT,
        **dict.fromkeys(("p", "q", "v"), _NUMBER),
        **{f"covariance_{pair}": _NUMBER for pair in ("pp", "pq", "pv", "qq", "qv", "vv")},
    },
    "history_scores": {
        "valuation_id": _TEXT,
        "source_system": _TEXT,
        "segment": _TEXT,
        "frequency": _COUNT,
        "recency_days": _COUNT,
        "age_days": _COUNT,
        "transaction_fit_id": _TEXT,
        "spend_fit_id": _TEXT,
        "prior_spend_fit_id": _TEXT,
        "reason": _TEXT,
        "probability_alive": _NUMBER,
        "expected_purchases_12_months": _NUMBER,
        "expected_purchases_24_months": _NUMBER,
        "expected_purchases_36_months": _NUMBER,
        "discounted_purchases_36_months": _NUMBER,
        "discounted_purchases": _NUMBER,
        "discounted_purchases_log_error": _NUMBER,
        "discounted_purchases_square": _NUMBER,
        "prior_probability_alive": _NUMBER,
        "prior_discounted_purchases": _NUMBER,
        "holdout_purchases": _NUMBER,
    },
}


@dataclass(frozen=True)
class Known:
    """What the lake holds of a valuation: its newest version, and the fingerprint of that one's input."""

    version: int
    content_md5: str


def known_valuations(lake: Path) -> dict[str, Known]:
    """The newest version of each valuation that the lake holds, by name."""
    return {
        name: Known(file.version, file.content_md5)
        for (table, name), file in landed_files(lake, SOURCE).items()
        if table == "model_fits"
    }


def stored_models(lake: Path, known: Mapping[str, Known]) -> dict[str, FittedModels]:
    """The models of the newest version of each valuation, by its name."""
    found = {name: FittedModels() for name in known}
    parameters: dict[tuple[str, str, str, str, str], dict[str, float]] = {}
    for path in table_files(lake, SOURCE, "model_fits"):
        for row in pa.parquet.read_table(path, partitioning=None).to_pylist():
            newest = known[row["_file_name"]].version == row["_file_version"]
            if newest and row["status"] == "fitted":
                key = (row["_file_name"], row["fit_id"], row["model"], row["source_system"], row["segment"] or "")
                parameters.setdefault(key, {})[row["parameter"]] = row["estimate"]
    for (name, fit_id, model, source_system, segment), values in parameters.items():
        if model in TRANSACTION_MODELS:
            found[name].transactions[source_system, segment] = (fit_id, TRANSACTION_MODELS[model](**values))
        else:
            found[name].spends[source_system, segment] = fit_id
    return found


@dataclass
class LakeLoad:
    """One load: files are written as valuations are made, and become visible together, when it is completed."""

    lake: Path
    loaded_at: datetime
    _manifest: list[dict[str, Any]] = field(default_factory=list)
    _load_id: str = ""

    def __enter__(self) -> LakeLoad:
        folder = self.lake / SOURCE
        completed = completed_loads(self.lake, SOURCE)
        for unfinished in folder.glob("*/load_id=*"):
            # What an interrupted valuation left was never read.
            if unfinished.name.removeprefix("load_id=") not in completed:
                shutil.rmtree(unfinished)
        self._load_id = f"{max((int(load) for load in completed), default=-1) + 1:010d}"
        return self

    def add(self, valuation: Valuation, version: int, content_md5: str, result: Result) -> int:
        """Write the rows of a valuation; return how many histories were scored."""
        blocks: dict[str, Mapping[str, Any]] = {
            "model_fits": _by_column(result.model_fits, "model_fits"),
            "spend_fits": _by_column(result.spend_fits, "spend_fits"),
            "history_scores": result.history_scores,
        }
        for table, columns in blocks.items():
            rows = len(next(iter(columns.values()), ()))
            self._manifest.append(
                {
                    "table_name": table,
                    "file_name": valuation.name,
                    "file_version": version,
                    "content_md5": content_md5,
                    "byte_count": 0,
                    "modified_ns": 0,
                    "row_count": rows,
                    "superseded_row_count": 0,
                }
            )
            if rows:
                self._write(table, self._table(table, columns, valuation.name, version), len(self._manifest))
        return len(result.history_scores.get("frequency", ()))

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        """Complete the load, where there is anything in it: the completion record comes last."""
        first = not completed_loads(self.lake, SOURCE)
        if failure is not None or not (self._manifest or first):
            return
        if self._manifest:
            manifest = pa.Table.from_pylist(self._manifest).append_column(
                "_loaded_at", self._times(len(self._manifest))
            )
            self._write(MANIFEST_TABLE, manifest, 0)
        records = self.lake / SOURCE / "_dlt_loads"
        records.mkdir(parents=True, exist_ok=True)
        unfinished = records / f"{self._load_id}.unfinished"
        unfinished.write_text(json.dumps({"load_id": self._load_id, "status": 0}) + "\n", encoding="utf-8")
        unfinished.rename(records / f"{self._load_id}.jsonl")

    def _table(self, table: str, columns: Mapping[str, Any], name: str, version: int) -> pa.Table:
        # NaN is "not known" here, and infinity is no number that anyone can add up: both are null.
        arrays = [_array(columns[column], kind) for column, kind in TABLES[table].items()]
        rows = len(arrays[0])
        return (
            pa.Table.from_arrays(arrays, names=list(TABLES[table]))
            .append_column("_file_name", pa.repeat(name, rows))
            .append_column("_file_version", pa.repeat(pa.scalar(version, pa.int64()), rows))
            .append_column("_file_row", pa.array(np.arange(1, rows + 1)))
            .append_column("_loaded_at", self._times(rows))
        )

    def _times(self, rows: int) -> pa.Array:
        return pa.repeat(pa.scalar(self.loaded_at, pa.timestamp("us", "UTC")), rows)

    def _write(self, table: str, rows: pa.Table, number: int) -> None:
        folder = self.lake / SOURCE / table / f"load_id={self._load_id}"
        folder.mkdir(parents=True, exist_ok=True)
        pa.parquet.write_table(rows, folder / f"{number:06d}.parquet")


def _by_column(rows: list[dict[str, Any]], table: str) -> dict[str, list[Any]]:
    return {column: [row.get(column) for row in rows] for column in TABLES[table]}


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if kind == _NUMBER and isinstance(values, np.ndarray):
        return pa.array(values, kind, mask=~np.isfinite(values))
    return pa.array(values, kind)
