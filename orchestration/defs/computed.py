"""What Python computes as assets: models of dbt in, the tables of a computed source out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration import progress
from orchestration.computations import COMPUTATIONS, Computation, Project, computed_from
from orchestration.defs.exclusive import REQUIRED
from orchestration.settings import Settings


def computed_definitions(settings: Settings, project: Project) -> dg.Definitions:
    relations = computed_from(project)
    return dg.Definitions(
        assets=[_computed_asset(settings, project, one, relations[one.source]) for one in COMPUTATIONS]
    )


def _computed_asset(
    settings: Settings, project: Project, computation: Computation, relations: Sequence[str]
) -> dg.AssetsDefinition:
    """The tables of a source of dbt's, whose keys join what dbt builds before and after in one lineage."""
    source = computation.source
    tables = [table["name"] for table in project["sources"].values() if table["source_name"] == source]
    inputs = [dg.AssetKey(relation.split(".")) for relation in relations]

    @dg.multi_asset(
        name=computation.compute.__name__,
        required_resource_keys=REQUIRED,
        specs=[
            dg.AssetSpec([source, table], deps=inputs, group_name=source, kinds={"python", "parquet"})
            for table in tables
        ],
    )
    def computed() -> Iterator[dg.MaterializeResult[None]]:
        with progress.stage(computation.title) as stage:
            result = computation.compute(settings.warehouse, settings.lake, settings.clock())
            stage.outcome = result.outcome
        for table in tables:
            yield dg.MaterializeResult(asset_key=[source, table], metadata=result.figures)

    return computed
