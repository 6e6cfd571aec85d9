"""The tables of what was valued (orchestration/computed.py says how they are kept); a name in them is a valuation's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from orchestration.computed import Known, declared_tables, known_versions, typed_columns, typed_rows
from orchestration.ingestion.lake import table_files
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.valuation.scoring import FITTED, KEPT, TRANSACTION_MODELS, FittedModels, Result

SOURCE = "valuation"

TABLES = declared_tables("models/intermediate/valuation/_valuation__sources.yml")


def known_valuations(lake: Path) -> dict[str, Known]:
    """The newest version of each valuation that the lake holds, by name."""
    return known_versions(lake, SOURCE, "model_fits")


def stored_models(lake: Path, known: Mapping[str, Known]) -> dict[str, FittedModels]:
    """The models of the newest version of each valuation, by its name."""
    found = {name: FittedModels() for name in known}
    parameters: dict[tuple[str, str, str, str, str], dict[str, float]] = {}
    for path in table_files(lake, SOURCE, "model_fits"):
        for row in pa.parquet.read_table(path, partitioning=None).to_pylist():
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


def tables(result: Result) -> dict[str, pa.Table]:
    """The rows of a valuation, by table."""
    return {
        "model_fits": typed_rows(result.model_fits, TABLES["model_fits"]),
        "spend_fits": typed_rows(result.spend_fits, TABLES["spend_fits"]),
        "seasonal_indices": typed_rows(result.seasonal_indices, TABLES["seasonal_indices"]),
        "history_scores": typed_columns(result.history_scores, TABLES["history_scores"]),
    }
