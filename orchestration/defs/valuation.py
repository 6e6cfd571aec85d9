"""The asset between the two halves of dbt: counted histories in, fits and scores out."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from orchestration import progress
from orchestration.settings import Settings

_COUNTED = ("int_value__valuations", "int_value__counted_histories", "int_value__counted_spends")
_TABLES = ("model_fits", "spend_fits", "history_scores", "landing_files")


def valuation_definitions(settings: Settings) -> dg.Definitions:
    @dg.multi_asset(
        name="value_customers",
        # The keys of dbt's source `statistics`: that is what joins the two halves in one lineage.
        specs=[
            dg.AssetSpec(
                ["statistics", table],
                deps=[dg.AssetKey(["intermediate", model]) for model in _COUNTED],
                group_name="valuation",
                kinds={"python", "parquet"},
            )
            for table in _TABLES
        ],
    )
    def value() -> Iterator[dg.MaterializeResult[None]]:
        # SciPy costs half a second, which listing assets need not pay.
        from orchestration.valuation.value_customers import value_customers

        with progress.stage("value the customers") as stage:
            valued = value_customers(settings.warehouse, settings.lake, settings.clock())
            stage.outcome = (
                f"{valued.made} valuations, {valued.fits} fits, {valued.histories:,} histories"
                if valued.made
                else "nothing new"
            )
        for table in _TABLES:
            yield dg.MaterializeResult(
                asset_key=["statistics", table],
                metadata={"valuations_made": valued.made, "valuations_unchanged": valued.unchanged},
            )

    return dg.Definitions(assets=[value])
