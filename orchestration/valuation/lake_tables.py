"""What the lake holds of earlier valuations (orchestration/computed.py says how); a name in it is a valuation's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet

from orchestration.computed import Known
from orchestration.ingestion.lake import table_files
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.valuation.scoring import FITTED, KEPT, TRANSACTION_MODELS, FittedModels

SOURCE = "valuation"


def stored_models(lake: Path, known: Mapping[str, Known]) -> dict[str, FittedModels]:
    """The models of the newest version of each valuation, by its name."""
    found = {name: FittedModels() for name in known}
    parameters: dict[tuple[str, str, str, str, str], dict[str, float]] = {}
    for path in table_files(lake, SOURCE, "model_fits"):
        for row in pyarrow.parquet.read_table(path, partitioning=None).to_pylist():
            newest = known[row["_file_name"]].version == row["_file_version"]
            if newest and row["status"] in (FITTED, KEPT):
                key = (row["_file_name"], row["fit_id"], row["model"], row["source_system"], row["segment"] or "")
                parameters.setdefault(key, {})[row["parameter"]] = row["estimate"]
    for (name, fit_id, model, source_system, segment), values in parameters.items():
        if model in TRANSACTION_MODELS:
            found[name].transactions[source_system, segment] = (fit_id, TRANSACTION_MODELS[model](**values))
        else:
            found[name].spends[source_system, segment] = (fit_id, GammaGamma(**values))
    return found
