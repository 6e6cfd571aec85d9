"""dbt's models and tests as assets and checks: a run of dbt for each stage that Python's computations make of them."""

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import progress
from orchestration.computations import Stage
from orchestration.dbt_commands import DbtError, stream_dbt
from orchestration.dbt_project import parsed_project
from orchestration.settings import Settings
from orchestration.unchanged import begin_version, is_unchanged

# Unit tests prove the models' logic, not today's data: they belong to `make test`.
_UNIT_TESTS = "resource_type:unit_test"
# The events of dbt that say what came of a node, and what a macro has to say.
_SAYING = "JinjaLogInfo"
_RESULTS = ("LogModelResult", "LogSeedResult", "LogTestResult")


class FolderGroups(DagsterDbtTranslator):
    """Groups of dbt's models and seeds are their folders, layer and domain: `staging_crm`, `marts_value`."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        # The base models of a source are part of its staging.
        folders = [folder for folder in dbt_resource_props["fqn"][1:-1] if folder != "base"]
        return "_".join(["seeds", *folders] if dbt_resource_props["resource_type"] == "seed" else folders)


def transformation_definitions(settings: Settings, manifest: Path, stages: Sequence[Stage]) -> dg.Definitions:
    return dg.Definitions(assets=[_stage_assets(settings, manifest, stage) for stage in stages])


def _stage_assets(settings: Settings, manifest: Path, stage: Stage) -> dg.AssetsDefinition:
    sources = [computation.source for computation in stage.computations]
    title = f"build and test what rests on {', '.join(sources)}" if sources else "build and test the models"

    # It requires what every run begins with (orchestration/defs/exclusive.py), as an argument.
    @dbt_assets(
        manifest=manifest,
        name="_".join(["models", *sources]),
        select=" ".join(stage.select),
        exclude=" ".join([*stage.exclude, _UNIT_TESTS]),
        dagster_dbt_translator=FolderGroups(),
    )
    def models(context: dg.AssetExecutionContext, only_run: dg.ResourceParam[Path]) -> Iterator[Any]:
        # Who picks some models in the UI wants them built, whatever has changed.
        if stage.number == 0 and not context.is_subset:
            if is_unchanged(settings):
                with progress.stage(title) as told:
                    told.outcome = f"nothing has changed: {settings.current.resolve().parent.name} stays"
                # What gives nothing out has Dagster skip all that rests on it, the publication too.
                return
            begin_version(settings)
        with progress.stage(title) as told:
            results = yield from _build(settings, manifest, context, selection(stage, context))
            built = sum(result.node.resource_type == "model" for result in results)
            tested = sum(result.node.resource_type == "test" for result in results)
            told.outcome = f"{built} models, {tested} tests"

    return models


def selection(stage: Stage, context: dg.AssetExecutionContext) -> list[str]:
    """The options that have dbt build the whole stage, or what somebody picked of it, with no test but those picked."""
    if not context.is_subset:
        return ["--select", *stage.select, "--exclude", *stage.exclude, _UNIT_TESTS]
    models = {key.path[-1] for key in context.selected_asset_keys}
    tests = {key.name for key in context.selected_asset_check_keys}
    return ["--select", *sorted(models | tests), "--exclude", _UNIT_TESTS, "--indirect-selection", "empty"]


def _build(
    settings: Settings, manifest: Path, context: dg.AssetExecutionContext, selected: Sequence[str]
) -> Generator[Any, None, Any]:
    """Build and test what is selected, telling Dagster of each node when it is done; return dbt's results."""
    os.environ.update(settings.child_environment())
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    results = settings.dbt_target / "run_results.json"
    # What dbt said of an earlier build is no word on this one, should it die before it says anything.
    results.unlink(missing_ok=True)
    events = stream_dbt("build", *selected, project=parsed_project(settings), names=[*_RESULTS, _SAYING])
    try:
        build = yield from _told(events, manifest, context)
    except DbtError as error:
        if error.result is not None:
            error.result.write(str(results))
        raise
    return build.results


def _told(
    events: Generator[Any, None, Any], manifest: Path, context: dg.AssetExecutionContext
) -> Generator[Any, None, Any]:
    """What came of each node, in Dagster's words; returns what `events` return."""
    from dbt_common.events.functions import msg_to_dict

    while True:
        try:
            event = next(events)
        except StopIteration as ended:
            return ended.value
        if event.info.name == _SAYING:
            progress.notice(event.info.msg)
            continue
        progress.dbt_line(event.info.msg)
        message = DbtCoreCliEventMessage(msg_to_dict(event), event_history_metadata={})
        yield from message.to_default_asset_events(manifest=manifest, context=context)
