"""dbt's models and tests as assets and checks."""

import os
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets
from packaging.version import Version, parse

from orchestration import progress
from orchestration.dbt_project import dbt_command
from orchestration.settings import PROJECT_ROOT, Settings


class InstalledDbt(DbtCliResource):
    """The dbt of this environment, whose version is looked up, not asked of a process that takes three seconds."""

    @cached_property
    def _cli_version(self) -> Version:
        return parse(version("dbt-core"))


def transformation_definitions(settings: Settings, manifest: Path) -> dg.Definitions:
    # Unit tests prove the models' logic, not today's data: they belong to `make test`.
    @dbt_assets(manifest=manifest, exclude="resource_type:unit_test")
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        os.environ.update(settings.child_environment())
        settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        with progress.stage("build and test the models") as stage:
            build = dbt.cli(["build"], context=context, target_path=settings.dbt_target)
            with progress.dbt_counter():
                yield from build.stream()
            results = build.get_artifact("run_results.json")["results"]
            built = sum(result["unique_id"].startswith("model.") for result in results)
            tested = sum(result["unique_id"].startswith("test.") for result in results)
            stage.outcome = f"{built} models, {tested} tests"

    return dg.Definitions(
        assets=[models],
        resources={
            "dbt": InstalledDbt(
                project_dir=str(PROJECT_ROOT), profiles_dir=str(PROJECT_ROOT), dbt_executable=dbt_command()
            )
        },
    )
