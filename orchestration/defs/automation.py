"""The jobs that a scheduler triggers, and when it does so by itself."""

from __future__ import annotations

import dagster as dg

from orchestration.ingestion.contract import raw_contract
from orchestration.settings import Settings, project_vars

JOB_NAME = "refresh"
# When nobody says so: at night, for whoever turns the schedule on in the UI.
_EVERY_NIGHT = "0 5 * * *"
_RUNNING, _STOPPED = dg.DefaultScheduleStatus.RUNNING, dg.DefaultScheduleStatus.STOPPED


def automation_definitions(settings: Settings) -> dg.Definitions:
    """The job of everything with its schedule, which is on where `settings.schedule` says when; and a job a source."""
    refresh = _job(JOB_NAME, dg.AssetSelection.all(), "Load, transform, check, publish: everything, in this order.")
    ingest = [
        _job(
            f"ingest_{source}",
            dg.AssetSelection.assets(*([source, table] for table in raw_contract(source))),
            f"Load what {source} has that is new, and check it. The next `{JOB_NAME}` builds from it.",
        )
        for source in settings.sources
    ]
    schedule = dg.ScheduleDefinition(
        job=refresh,
        cron_schedule=settings.schedule or _EVERY_NIGHT,
        execution_timezone=project_vars()["company_time_zone"],
        default_status=_RUNNING if settings.schedule else _STOPPED,
    )
    # What somebody picks in the UI runs like the job.
    return dg.Definitions(jobs=[refresh, *ingest], schedules=[schedule], executor=dg.in_process_executor)


def _job(name: str, selection: dg.AssetSelection, description: str) -> dg.UnresolvedAssetJobDefinition:
    # DuckDB takes one writing process, and a process a step would import everything again.
    return dg.define_asset_job(name, selection=selection, description=description, executor_def=dg.in_process_executor)
