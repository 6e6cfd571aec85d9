"""dbt's models and tests as assets and checks: a run of dbt for each stage that Python's computations make of them."""

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets
from packaging.version import Version, parse

from orchestration import progress
from orchestration.computations import Stage
from orchestration.dbt_project import dbt_command
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.unchanged import begin_version, is_unchanged

# Unit tests prove the models' logic, not today's data: they belong to `make test`.
_UNIT_TESTS = "resource_type:unit_test"


class InstalledDbt(DbtCliResource):
    """The dbt of this environment, without what Dagster would ask of it before each command.

    Its version is looked up, not asked of a process that takes three seconds. No adapter is made: it takes six seconds,
    and is for row counts and types of columns, which nobody asks for here.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return parse(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None


def transformation_definitions(settings: Settings, manifest: Path, stages: Sequence[Stage]) -> dg.Definitions:
    return dg.Definitions(
        assets=[_stage_assets(settings, manifest, stage) for stage in stages],
        resources={
            "dbt": InstalledDbt(
                project_dir=str(PROJECT_ROOT), profiles_dir=str(PROJECT_ROOT), dbt_executable=dbt_command()
            )
        },
    )


def _stage_assets(settings: Settings, manifest: Path, stage: Stage) -> dg.AssetsDefinition:
    sources = [computation.source for computation in stage.computations]
    title = f"build and test what rests on {', '.join(sources)}" if sources else "build and test the models"

    # It requires what every run begins with (orchestration/defs/exclusive.py), as an argument, as it does dbt.
    @dbt_assets(
        manifest=manifest,
        name="_".join(["models", *sources]),
        select=" ".join(stage.select),
        exclude=" ".join([*stage.exclude, _UNIT_TESTS]),
    )
    def models(
        context: dg.AssetExecutionContext, dbt: DbtCliResource, only_run: dg.ResourceParam[Path]
    ) -> Iterator[Any]:
        # Who picks some models in the UI wants them built, whatever has changed.
        if stage.number == 0 and not context.is_subset:
            if is_unchanged(settings):
                with progress.stage(title) as told:
                    told.outcome = f"nothing has changed since {settings.current.resolve().parent.name} was made"
                # What gives nothing out has Dagster skip all that rests on it, the publication too.
                return
            begin_version(settings)
        yield from _build(settings, context, dbt, title)

    return models


def _build(settings: Settings, context: dg.AssetExecutionContext, dbt: DbtCliResource, title: str) -> Iterator[Any]:
    os.environ.update(settings.child_environment())
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    # What dbt said of an earlier build is no word on this one, should it die before it says anything.
    (settings.dbt_target / "run_results.json").unlink(missing_ok=True)
    with progress.stage(title) as stage:
        build = dbt.cli(["build"], context=context, target_path=settings.dbt_target)
        with progress.dbt_counter():
            yield from build.stream()
        results = build.get_artifact("run_results.json")["results"]
        built = sum(result["unique_id"].startswith("model.") for result in results)
        tested = sum(result["unique_id"].startswith("test.") for result in results)
        stage.outcome = f"{built} models, {tested} tests"
