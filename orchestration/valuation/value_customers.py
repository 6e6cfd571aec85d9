"""Everything between the two halves of a dbt build: read, fit, score, write; what did not change is not made again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.computed import ComputedLoad
from orchestration.valuation.histories import Valuation, fingerprint, read_seasonalities, read_segments, read_valuations
from orchestration.valuation.lake_tables import SOURCE, known_valuations, stored_models, tables
from orchestration.valuation.scoring import KEPT, METHOD, FittedModels, score


@dataclass(frozen=True)
class Valued:
    """What a run made: valuations new or made again, fits and scored histories in them, and valuations left as is."""

    made: int
    unchanged: int
    fits: int
    histories: int


def value_customers(warehouse: Path, lake: Path, valued_at: datetime) -> Valued:
    """Fit and score what dbt counted in `warehouse`, into `lake`; `valued_at` is the run's clock.

    A valuation whose input is what it was made from before is left as it is.
    """
    made = unchanged = fits = histories = 0
    known = known_valuations(lake)
    models = stored_models(lake, known)
    with (
        duckdb.connect(str(warehouse), read_only=True) as connection,
        ComputedLoad(lake, SOURCE, valued_at) as load,
    ):
        for valuation in read_valuations(connection):
            segments = read_segments(connection, valuation)
            if not segments:
                continue
            seasonalities = read_seasonalities(connection, valuation.last_date)
            prior = _prior(valuation, models, connection)
            content_md5 = fingerprint(valuation, segments, seasonalities, prior.keys(), METHOD)
            before = known.get(valuation.name)
            if before and before.content_md5 == content_md5:
                unchanged += 1
                continue
            version = before.version + 1 if before else 1
            result = score(valuation, segments, seasonalities, prior, content_md5)
            models[valuation.name] = result.models
            for table, rows in tables(result).items():
                load.add(table, valuation.name, version, content_md5, rows)
            histories += len(result.history_scores.get("frequency", ()))
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
