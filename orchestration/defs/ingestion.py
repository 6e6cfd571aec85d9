"""Assets of the way in: the demo company's landing files, and each source's raw tables in the lake."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from orchestration import progress
from orchestration.demo_company import generate
from orchestration.ingestion.load import load_source
from orchestration.settings import Settings
from orchestration.sources import source_named

DEMO_LANDING = dg.AssetKey(["demo_company", "landing"])
# The seed is part of what the demo company is; another one would be another company.
DEMO_SEED = 1


def ingestion_definitions(settings: Settings) -> dg.Definitions:
    assets = [_raw_tables(name, settings) for name in settings.sources]
    if settings.uses_demo:
        assets.append(_demo_landing(settings))
    return dg.Definitions(assets=assets)


def _demo_landing(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(key=DEMO_LANDING, group_name="ingestion", kinds={"python"})
    def demo_landing() -> dg.MaterializeResult[None]:
        """The files that the demo company's source systems would export."""
        with progress.stage("simulate the demo company"):
            rows = generate(settings.demo_landing, seed=DEMO_SEED, customers=settings.demo_customers)
        return dg.MaterializeResult(metadata={"rows": sum(rows.values()), "folder": str(settings.demo_landing)})

    return demo_landing


def _raw_tables(name: str, settings: Settings) -> dg.AssetsDefinition:
    source = source_named(name)

    @dg.multi_asset(
        name=f"load_{name}",
        # The key of a dbt source: that is what joins loading and transforming in one lineage.
        specs=[
            dg.AssetSpec(
                [name, table],
                deps=[DEMO_LANDING] if settings.is_simulated(name) else [],
                group_name="ingestion",
                kinds={"dlt", "parquet"},
            )
            for table in source.patterns
        ],
    )
    def load() -> Iterator[dg.MaterializeResult[None]]:
        with progress.stage(f"load {name}") as stage:
            loaded = load_source(
                source, settings.landing_folder(name), settings.lake, settings.home / "dlt", settings.clock()
            )
            files = sum(table.files for table in loaded.tables.values())
            repeated = sum(table.repeated_files for table in loaded.tables.values())
            rows = sum(table.rows for table in loaded.tables.values())
            stage.outcome = f"{rows:,} rows of {files} new files" if files else "nothing new"
            if repeated:
                stage.outcome += f", {repeated} of them delivered before under another name"
        for notice in loaded.notices:
            progress.notice(notice)
        for table, load in loaded.tables.items():
            yield dg.MaterializeResult(
                asset_key=[name, table],
                metadata={"new_files": load.files, "repeated_files": load.repeated_files, "new_rows": load.rows},
            )

    return load
