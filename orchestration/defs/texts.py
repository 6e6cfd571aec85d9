"""The asset between the two halves of dbt: texts in, their language and sentiment out."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from orchestration import progress
from orchestration.settings import Settings

_TABLES = ("text_models", "text_scores", "landing_files")


def text_definitions(settings: Settings) -> dg.Definitions:
    @dg.multi_asset(
        name="assess_texts",
        # The keys of dbt's source `texts`: that is what joins the two halves in one lineage.
        specs=[
            dg.AssetSpec(
                ["texts", table],
                deps=[dg.AssetKey(["restricted", "int_text__texts"])],
                group_name="texts",
                kinds={"python", "parquet"},
            )
            for table in _TABLES
        ],
    )
    def assess() -> Iterator[dg.MaterializeResult[None]]:
        # scikit-learn costs a second, which listing assets need not pay.
        from orchestration.texts.assess_texts import assess_texts

        with progress.stage("assess the texts") as stage:
            assessed = assess_texts(settings.warehouse, settings.lake, settings.clock())
            stage.outcome = f"{assessed.texts:,} texts" if assessed.texts else "nothing new"
            if assessed.is_new_model:
                stage.outcome += ", a new model"
        for table in _TABLES:
            yield dg.MaterializeResult(
                asset_key=["texts", table],
                metadata={"texts": assessed.texts, "model_version": assessed.model_version},
            )

    return dg.Definitions(assets=[assess])
