"""The asset between the two halves of dbt: records of persons in, pairs that may be one person out."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from orchestration import progress
from orchestration.settings import Settings

_TABLES = ("runs", "blocking_rules", "comparison_levels", "scored_pairs", "landing_files")


def matching_definitions(settings: Settings) -> dg.Definitions:
    @dg.multi_asset(
        name="match_records",
        # The keys of dbt's source `matching`: that is what joins the two halves in one lineage.
        specs=[
            dg.AssetSpec(
                ["matching", table],
                deps=[dg.AssetKey(["intermediate", "int_identity__compared_records"])],
                group_name="matching",
                kinds={"python", "parquet"},
            )
            for table in _TABLES
        ],
    )
    def match() -> Iterator[dg.MaterializeResult[None]]:
        from orchestration.matching.match_records import match_records

        with progress.stage("match records") as stage:
            matched = match_records(settings.warehouse, settings.lake, settings.clock())
            if matched is None:
                stage.outcome = "nothing new"
            elif matched.reason:
                stage.outcome = f"nothing proposed: {matched.reason}"
            else:
                stage.outcome = f"{matched.record_count:,} records, {matched.compared:,} pairs compared"
        for table in _TABLES:
            yield dg.MaterializeResult(
                asset_key=["matching", table],
                metadata={"pairs_compared": matched.compared if matched else 0, "is_unchanged": matched is None},
            )

    return dg.Definitions(assets=[match])
