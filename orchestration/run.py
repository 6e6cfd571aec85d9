"""One run from the terminal: `python -m orchestration run`."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.discretion import examples, without_values
from orchestration import progress
from orchestration.alerting.telling import tell_failed_start
from orchestration.bounded_memory import connect
from orchestration.dbt_project import DbtParseError, current_manifest, manifest_path
from orchestration.files import replace_file
from orchestration.lock import only_run
from orchestration.remedies import is_damaged, remedy
from orchestration.settings import Settings

if TYPE_CHECKING:
    import dagster as dg
    from dagster_shared.error import SerializableErrorInfo


def run(settings: Settings) -> bool:
    """Load, transform, check and publish; return whether everything held.

    Raises AlreadyRunning where another run works on the same CEM_HOME.
    """
    with only_run(settings.home):
        with progress.stage("start"):
            dagster_home(settings)
            from orchestration.defs.automation import JOB_NAME
            from orchestration.defs.graph import graph

            warnings.filterwarnings("ignore", module="dagster")
            # Where nothing has changed nothing is built, and Dagster would warn of each check that then says nothing.
            logging.getLogger("dagster._core.execution.plan.active").setLevel(logging.ERROR)
            try:
                manifest = current_manifest(settings)
            except DbtParseError as error:
                tell_failed_start(settings, error)
                raise
            job = graph(settings, manifest).resolve_job_def(JOB_NAME)
        with open_records(settings) as instance:
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                # What went wrong is told at the end, in a few lines; the event log keeps all of it.
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        if not result.success:
            sys.stderr.write(_failure(result, settings))
        return result.success


def dagster_home(settings: Settings) -> Path:
    """Where runs are recorded, so that `make dev` shows those of `make run` too."""
    # One run at a time: DuckDB takes one writing process.
    configuration = b"telemetry:\n  enabled: false\nconcurrency:\n  runs:\n    max_concurrent_runs: 1\n"
    replace_file(settings.records / "dagster.yaml", configuration)
    os.environ["DAGSTER_HOME"] = str(settings.records)
    return settings.records


def open_records(settings: Settings) -> dg.DagsterInstance:
    """Dagster's records of this home; begun anew where a process was killed while it made them.

    They are a log that no run depends on. A full disk is no damage: what it raises is raised.
    """
    from orchestration.event_log import opened_instance

    try:
        return _opened(opened_instance(settings.records))
    except Exception as error:
        if remedy(str(error), settings) and not is_damaged(str(error)):
            raise
        progress.notice(f"{settings.records} cannot be read ({error}): Dagster's records of runs begin anew.")
        shutil.rmtree(settings.records)
        return _opened(opened_instance(dagster_home(settings)))


def _opened(instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """`instance`, when each of its databases has answered."""
    instance.get_runs(limit=1)
    instance.all_asset_keys()
    instance.all_instigator_state()
    return instance


def _failure(result: dg.ExecuteInProcessResult, settings: Settings) -> str:
    """What failed, in the words of whoever found it (a check, a dbt test, a file), and what to do about it."""
    lines = [f"\n✗ The run failed{' after it had published' if _has_published(result) else '; nothing was published'}."]
    for event in result.all_events:
        if event.event_type_value == "ASSET_CHECK_EVALUATION" and not event.asset_check_evaluation_data.passed:
            check = event.asset_check_evaluation_data
            if "report" not in check.metadata:
                continue  # dbt's own test: its step's failure says more
            lines.append(f"  check {check.check_name} of {check.asset_key.to_user_string()} failed")
            if check.description:
                lines += [f"    {line}" for line in check.description.splitlines()]
            lines.append(f"    look at {check.metadata['report'].value}")
        elif event.is_step_failure:
            lines += [f"  {line}" for line in _causes(event.step_failure_data.error, settings)]
        elif event.is_engine_event and event.engine_event_data.error is not None:
            # What every run begins with failed: no step was reached.
            lines += [f"  {line}" for line in _causes(event.engine_event_data.error, settings)]
    lines.append(f"  {remedy(chr(10).join(lines), settings) or _ELSE}")
    if settings.current.exists():
        lines.append(f"  {settings.current} still is {settings.current.resolve().parent.name}.")
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _has_published(result: dg.ExecuteInProcessResult) -> bool:
    """Whether the files were, however it went on: what serves them elsewhere comes after."""
    from orchestration.defs.publication import PUBLISHED

    return any(
        event.event_type_value == "ASSET_MATERIALIZATION" and event.asset_key == PUBLISHED
        for event in result.all_events
    )


_ELSE = "Mend what is named above, then run again: what was loaded is kept, and nothing has to be repaired."


def _causes(error: SerializableErrorInfo | None, settings: Settings) -> list[str]:
    """Why a step failed, from the innermost cause: the frames around it say nothing to who runs this."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None or error.cls_name == "DagsterAssetCheckFailedError":
        return []
    message = error.message.strip().removeprefix(f"{error.cls_name}: ")
    if error.cls_name == "DbtError":
        return _dbt_failures(settings) or without_values("\n".join(_dbt_words(message, settings))).splitlines()
    return without_values(message or str(error.cls_name)).splitlines()


def _dbt_words(message: str, settings: Settings) -> list[str]:
    """What dbt said where it built nothing: a file it could not open, or a project it could not read."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    log = settings.dbt_target / "logs" / "dbt.log"
    return ["dbt failed before it built anything:", *(f"  {line}" for line in lines), f"  see {log}"]


def _dbt_failures(settings: Settings) -> list[str]:
    """The failed models and tests of the last dbt run, a test with the keys of the first rows that broke it."""
    lines = []
    for result in _dbt_results(settings):
        if result["status"] not in ("fail", "error"):
            continue
        kind, _, name = result["unique_id"].split(".")[:3]
        lines.append(f"{kind} {name}: {without_values((result['message'] or '').strip())}")
        if kind == "test" and result["status"] == "fail":
            tested = _tested_column(settings, result["unique_id"])
            lines += [f"  {row}" for row in _first_rows(settings.warehouse, result["compiled_code"], tested)]
        lines.append(f"  look for {name} below {settings.dbt_target / 'compiled'}")
    return lines


def _tested_column(settings: Settings, test: str) -> str | None:
    """The column that a test is of, by dbt's manifest; None where it is of a table."""
    node: dict[str, Any] = json.loads(manifest_path(settings).read_bytes())["nodes"][test]
    column: str | None = node.get("column_name")
    return column


def _dbt_results(settings: Settings) -> list[dict[str, Any]]:
    """What the last dbt run said of each node; nothing where it was ended before it said all."""
    try:
        results: list[dict[str, Any]] = json.loads((settings.dbt_target / "run_results.json").read_bytes())["results"]
    except (FileNotFoundError, ValueError):
        return []
    return results


def _first_rows(warehouse: Path, query: str, tested: str | None) -> list[str]:
    """What may be told of the first rows that `query` finds; dbt's own tests rename the column `tested`."""
    with connect(warehouse, read_only=True) as connection:
        found = connection.execute(f"select * from ({query}) limit 3")
        columns = [
            tested if tested and column[0] in ("unique_field", "from_field", "value_field") else column[0]
            for column in found.description
        ]
        return examples(columns, found.fetchall(), at_most=3)
