"""What came of a run, from Dagster's records of it, for the alerts."""

from __future__ import annotations

from collections import defaultdict

import dagster as dg

from orchestration.alerting.telling import Check, FailedStep, Outcome
from orchestration.defs.automation import JOB_NAME

_EVENTS = {
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
}
# A check that failed is told as what it is, and not as the step that made it.
_CHECK_FAILED = "DagsterAssetCheckFailedError"


def is_of_everything(run: dg.DagsterRun) -> bool:
    """Whether a run is one of the whole graph; who picks some of it in the UI looks on anyway."""
    return run.job_name == JOB_NAME and not run.asset_selection


def outcome_of(instance: dg.DagsterInstance, run_id: str, published: dg.AssetKey) -> Outcome:
    """What the records of `run_id` say came of it, up to now. `published` is the asset that all others lead to."""
    tables: dict[str, list[str]] = defaultdict(list)
    failed, succeeded, checks = [], set(), []
    has_published = False
    for record in instance.all_logs(run_id, of_type=_EVENTS):
        event = record.dagster_event
        assert event is not None, "each of these types is an event of Dagster's own"
        step = event.step_key or ""
        if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED and event.asset_key:
            tables[step].append(_table(event.asset_key))
        elif event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
            has_published |= event.asset_key == published
        elif event.event_type == dg.DagsterEventType.STEP_SUCCESS:
            succeeded.add(step)
        elif event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            checks.append(_check(event.asset_check_evaluation_data))
        elif event.event_type == dg.DagsterEventType.STEP_FAILURE:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            if error is not None and error.cls_name != _CHECK_FAILED:
                failed.append(FailedStep(step, error.cls_name or "error", error.message, tuple(tables[step])))
    return Outcome(run_id, tuple(failed), frozenset(succeeded), tuple(checks), has_published)


def _table(key: dg.AssetKey) -> str:
    return ".".join(key.path)


def _check(evaluation: dg.AssetCheckEvaluation) -> Check:
    failed = evaluation.metadata.get("failed")
    return Check(
        _table(evaluation.asset_key),
        evaluation.check_name,
        evaluation.passed,
        evaluation.severity == dg.AssetCheckSeverity.ERROR,
        tuple(failed.value) if isinstance(failed, dg.JsonMetadataValue) and isinstance(failed.value, list) else (),
    )
