"""Assets of the way in: each source's raw tables in the lake."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from orchestration import progress
from orchestration.defs.exclusive import REQUIRED
from orchestration.demo_loading import load_or_serve
from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.landing_source import LandingSource
from orchestration.settings import Settings
from orchestration.sources import source_named

# What writes the files and databases of a source that is simulated.
DEMO_LANDING = dg.AssetKey(["demo_company", "landing"])


def ingestion_definitions(settings: Settings) -> dg.Definitions:
    return dg.Definitions(assets=[_raw_tables(name, settings) for name in settings.sources])


def _raw_tables(name: str, settings: Settings) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"load_{name}",
        required_resource_keys=REQUIRED,
        # The key of a dbt source: that is what joins loading and transforming in one lineage.
        specs=[
            dg.AssetSpec(
                [name, table],
                deps=[DEMO_LANDING] if settings.is_simulated(name) else [],
                group_name="ingestion",
                kinds={"dlt", "parquet"},
            )
            for table in raw_contract(name)
        ],
    )
    def load_raw_tables() -> Iterator[dg.MaterializeResult[None]]:
        with progress.stage(f"load {name}") as stage:
            loaded = load_or_serve(name, settings)
            files = sum(table.files for table in loaded.tables.values())
            repeated = sum(table.repeated_files for table in loaded.tables.values())
            rows = sum(table.rows for table in loaded.tables.values())
            brought = f"{files:,} new files" if isinstance(source_named(name), LandingSource) else f"{files} tables"
            stage.outcome = f"{rows:,} rows of {brought}" if files else "nothing new"
            if repeated:
                stage.outcome += f", {repeated} of them delivered before under another name"
        for notice in loaded.notices:
            progress.notice(notice)
        for table, of_table in loaded.tables.items():
            yield dg.MaterializeResult(
                asset_key=[name, table],
                metadata={
                    "new_files": of_table.files,
                    "repeated_files": of_table.repeated_files,
                    "new_rows": of_table.rows,
                },
            )

    return load_raw_tables
