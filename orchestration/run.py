"""One run from the terminal: `python -m orchestration run`."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration import progress
from orchestration.settings import Settings

if TYPE_CHECKING:
    import dagster as dg


class AlreadyRunning(Exception):
    """Another run holds this CEM_HOME."""


def run(settings: Settings) -> bool:
    """Load, transform, check and publish; return whether everything held.

    Raises AlreadyRunning where another run works on the same CEM_HOME.
    """
    with _only_run(settings.home):
        with progress.stage("start"):
            instance_folder = dagster_home(settings)
            from dagster import DagsterInstance

            from orchestration.dbt_project import current_manifest
            from orchestration.defs.automation import JOB_NAME
            from orchestration.defs.graph import graph

            warnings.filterwarnings("ignore", module="dagster")
            job = graph(settings, current_manifest(settings)).resolve_job_def(JOB_NAME)
        with DagsterInstance.from_config(str(instance_folder)) as instance:
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                # What went wrong is told at the end, in a few lines; the event log keeps all of it.
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        if not result.success:
            sys.stderr.write(_failure(result, settings))
        return result.success


@contextmanager
def _only_run(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"{home}: a run is going on (process {lock.read().strip()}). "
                "Wait for it, or give this one its own CEM_HOME."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def dagster_home(settings: Settings) -> Path:
    """Where runs are recorded, so that `make dev` shows those of `make run` too."""
    folder = settings.home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    # One run at a time: DuckDB takes one writing process.
    (folder / "dagster.yaml").write_text(
        "telemetry:\n  enabled: false\nconcurrency:\n  runs:\n    max_concurrent_runs: 1\n", encoding="utf-8"
    )
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


def _failure(result: dg.ExecuteInProcessResult, settings: Settings) -> str:
    """What failed, in the words of whoever found it: a check, a dbt test, or a file that could not be loaded."""
    lines = ["\n✗ The run failed; nothing was published."]
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
            lines += [f"  {line}" for line in _causes(event, settings)]
    if settings.current.exists():
        lines.append(f"  {settings.current} still is {settings.current.resolve().name}.")
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _causes(event: dg.DagsterEvent, settings: Settings) -> list[str]:
    """Why a step failed, from the innermost cause: the frames around it say nothing to who runs this."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None or error.cls_name == "DagsterAssetCheckFailedError":
        return []
    if error.cls_name == "DagsterDbtCliRuntimeError":
        return _dbt_failures(settings)
    return error.message.strip().removeprefix(f"{error.cls_name}: ").splitlines()


def _dbt_failures(settings: Settings) -> list[str]:
    """The failed models and tests of the last dbt run, a test with the first rows that broke it."""
    run_results = settings.dbt_target / "run_results.json"
    results = json.loads(run_results.read_text(encoding="utf-8"))["results"] if run_results.exists() else []
    lines = []
    for result in results:
        if result["status"] not in ("fail", "error"):
            continue
        kind, _, name = result["unique_id"].split(".")[:3]
        lines.append(f"{kind} {name}: {(result['message'] or '').strip()}")
        if kind == "test" and result["status"] == "fail":
            lines += [f"  {row}" for row in _first_rows(settings.warehouse, result["compiled_code"])]
        lines.append(f"  look for {name} below {settings.dbt_target / 'compiled'}")
    return lines or [f"dbt failed before it built anything: see {settings.dbt_target / 'logs' / 'dbt.log'}"]


def _first_rows(warehouse: Path, query: str) -> list[str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(f"select * from ({query}) limit 3")
        names = [column[0] for column in found.description]
        return [
            ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True)) for row in found.fetchall()
        ]
