"""What every run begins with, whoever starts it: lock, Dagster's records in order, key, a warehouse that opens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration import progress
from orchestration.alerting.telling import tell, tell_failed_start, tell_killed
from orchestration.bounded_memory import bound_memory, empty_spill
from orchestration.dbt_commands import end_dbt
from orchestration.defs.alerting import is_of_everything, outcome_of
from orchestration.lock import only_run
from orchestration.memory import remembered_relations, restore
from orchestration.pseudonyms import keep_key
from orchestration.settings import Settings

# Every asset and check requires it, so no step runs without.
REQUIRED = {"only_run"}


def exclusive_definitions(settings: Settings, manifest: Path, published: dg.AssetKey) -> dg.Definitions:
    """`published` is the asset that all others lead to."""
    relations = remembered_relations(manifest)

    @dg.resource(description="Holds CEM_HOME for this run. DuckDB takes one writing process.")
    def exclusive(context: dg.InitResourceContext) -> Iterator[Path]:
        with only_run(settings.home):
            if context.instance is not None:
                settle_records(context.instance, settings, context.run_id)
            try:
                keep_key(settings)
                bound_memory(settings)
                if restored := restore(settings.warehouse, settings.memory, relations):
                    progress.notice(f"remembered from {settings.memory}: {', '.join(restored)}")
                # Now that the warehouse could be opened: nobody else has it.
                empty_spill(settings)
            except Exception as error:
                tell_failed_start(settings, error)
                raise
            try:
                yield settings.home
            finally:
                # Dagster leaves a step that it interrupts between two events as it stands.
                end_dbt()
                if context.instance is not None and context.run is not None and is_of_everything(context.run):
                    tell(settings, manifest, outcome_of(context.instance, context.run.run_id, published))

    return dg.Definitions(resources={"only_run": exclusive})


def settle_records(instance: dg.DagsterInstance, settings: Settings, this_run: str | None) -> None:
    """Mark runs that were killed as failed, tell of them, and remove records older than `keep_records_days`.

    To be called by who holds the home: no other run can be alive then. A killed one would count as going on for ever,
    and keep Dagster's queue from starting the next.
    """
    unfinished = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    killed = [run for run in instance.get_runs(dg.RunsFilter(statuses=unfinished)) if run.run_id != this_run]
    for run in killed:
        instance.report_run_failed(run, "The process of this run was killed.")
    if any(is_of_everything(run) for run in killed):
        tell_killed(settings)
    oldest = datetime.now(UTC) - timedelta(days=settings.keep_records_days)
    for record in instance.get_run_records(dg.RunsFilter(created_before=oldest)):
        run_id = record.dagster_run.run_id
        if run_id != this_run:
            instance.delete_run(run_id)
            (settings.records / "history" / "runs" / f"{run_id}.db").unlink(missing_ok=True)
            shutil.rmtree(settings.records / "storage" / run_id, ignore_errors=True)
