"""The job a scheduler triggers."""

from __future__ import annotations

import dagster as dg

JOB_NAME = "refresh"


def automation_definitions() -> dg.Definitions:
    refresh = dg.define_asset_job(
        JOB_NAME,
        selection=dg.AssetSelection.all(),
        description="Load, transform, check, publish: everything, in this order.",
        # DuckDB takes one writing process, and a process a step would import everything again.
        executor_def=dg.in_process_executor,
    )
    daily = dg.ScheduleDefinition(name="daily", job=refresh, cron_schedule="0 5 * * *", execution_timezone="UTC")
    # What somebody picks in the UI runs like the job.
    return dg.Definitions(jobs=[refresh], schedules=[daily], executor=dg.in_process_executor)
