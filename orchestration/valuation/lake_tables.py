"""The tables of what was valued (orchestration/computed.py says how they are kept); a name in them is a valuation's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from orchestration.computed import Known, known_versions, typed_columns, typed_rows
from orchestration.ingestion.lake import table_files
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.valuation.scoring import FITTED, KEPT, TRANSACTION_MODELS, FittedModels, Result

SOURCE = "valuation"

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
    "seasonal_indices": {
        "valuation_id": _TEXT,
        "source_system": _TEXT,
        "month_number": _COUNT,
        "seasonal_index": _NUMBER,
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
        "recency_seasonally_adjusted_days": _NUMBER,
        "age_seasonally_adjusted_days": _NUMBER,
        "probability_alive": _NUMBER,
        "expected_purchases_12_months": _NUMBER,
        "expected_purchases_24_months": _NUMBER,
        "expected_purchases_36_months": _NUMBER,
        "discounted_purchases": _NUMBER,
        "discounted_purchases_infinite_horizon": _NUMBER,
        "discounted_purchases_log_error": _NUMBER,
        "discounted_purchases_square": _NUMBER,
        "realised_purchases_square": _NUMBER,
        "realised_purchases_sum_of_squares": _NUMBER,
        "probability_of_purchase": _NUMBER,
        "lower_95_score": _NUMBER,
        "upper_95_score": _NUMBER,
        "purchases_of_early_leaver": _NUMBER,
        "prior_probability_alive": _NUMBER,
        "prior_discounted_purchases": _NUMBER,
        "holdout_purchases": _NUMBER,
    },
}


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
