"""The computation `valuation`: read, fit, score, write; what did not change is not made again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.bounded_memory import connect
from orchestration.computed import ComputedLoad
from orchestration.valuation.histories import Valuation, fingerprint, read_seasonalities, read_segments, read_valuations
from orchestration.valuation.lake_tables import SOURCE, stored_models
from orchestration.valuation.scoring import KEPT, METHOD, FittedModels, score


@dataclass(frozen=True)
class Valued:
    """What a run made: valuations new or made again, fits and scored histories in them, and valuations left as is."""

    made: int
    unchanged: int
    fits: int
    histories: int

    @property
    def outcome(self) -> str:
        made = f"{self.made} valuations, {self.fits} fits, {self.histories:,} histories"
        return made if self.made else "nothing new"

    @property
    def figures(self) -> dict[str, int | str]:
        return {"valuations_made": self.made, "valuations_unchanged": self.unchanged}


def value_customers(warehouse: Path, lake: Path, valued_at: datetime) -> Valued:
    """Fit and score what dbt counted in `warehouse`, into `lake`; `valued_at` is the run's clock.

    A valuation whose input is what it was made from before is left as it is.
    """
    made = unchanged = fits = histories = 0
    with (
        connect(warehouse, read_only=True) as connection,
        ComputedLoad(lake, SOURCE, valued_at) as load,
    ):
        models = stored_models(lake, load.known)
        for valuation in read_valuations(connection):
            segments = read_segments(connection, valuation)
            if not segments:
                continue
            seasonalities = read_seasonalities(connection, valuation.last_date)
            prior = _prior(valuation, models, connection)
            content_md5 = fingerprint(valuation, segments, seasonalities, prior.keys(), METHOD)
            if load.is_unchanged(valuation.name, content_md5):
                unchanged += 1
                continue
            result = score(valuation, segments, seasonalities, prior, content_md5)
            models[valuation.name] = result.models
            load.add(
                valuation.name,
                content_md5,
                {
                    "model_fits": result.model_fits,
                    "spend_fits": result.spend_fits,
                    "seasonal_indices": result.seasonal_indices,
                    "history_scores": result.history_scores,
                },
            )
            histories += len(result.history_scores["frequency"])
            fits += sum(row.get("parameter") in ("r", "p") and row["status"] != KEPT for row in result.model_fits)
            made += 1
    return Valued(made, unchanged, fits, histories)


def _prior(
    valuation: Valuation, models: dict[str, FittedModels], connection: duckdb.DuckDBPyConnection
) -> FittedModels:
    """The models of the month-end before, as this run made them or the lake holds them; none where there was none.

    What is valued now has them as a month-end has: on the last day of a month the two are the same. What is held out is
    to be predicted by its own data alone.
    """
    if valuation.purpose == "calibration":
        return FittedModels()
    month_before = valuation.last_date.replace(day=1) - timedelta(days=1)
    found = models.get(f"month_end:{month_before:%Y-%m}", FittedModels())
    # The lake holds no seasonality: it follows from the same sales.
    return replace(found, seasonalities=read_seasonalities(connection, month_before))
