"""After each run: find what is to be looked at, and tell what is new in it. Nothing in here fails a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import progress
from orchestration.alerting import conditions
from orchestration.alerting.alerts import BLOCK, WARN, Alert, Alerts, Change
from orchestration.alerting.delivery import DeliveryError, channels, deliver
from orchestration.alerting.reach import Reach
from orchestration.remedies import remedy
from orchestration.settings import Settings

# Tests that say no more than marts.data_anomalies, whose rows are alerts of their own.
_TOLD_AS_ANOMALIES = ("no_anomaly_stops_publication", "no_anomaly_is_to_be_looked_at")
# What a run fails at beside its steps, and what is told of that.
_START, _KILLED = "start", "killed"
_OF_NO_STEP = {_START: "a run could not begin", _KILLED: "the process of a run was killed"}
_RUN, _CHECK, _ANOMALY, _QUARANTINE = "run:", "check:", "anomaly:", "quarantine:"


@dataclass(frozen=True)
class FailedStep:
    """A step of a run that failed, what kind of error it was, its words, and the tables that it was to make.

    The words may repeat what a source delivered, so they are read for a remedy and told nowhere.
    """

    name: str
    error: str
    words: str
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """A check of a table that was made. `expectations` are those that failed, in words, where it has some."""

    table: str
    name: str
    has_passed: bool
    blocks: bool
    expectations: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{_CHECK}{self.table}:{self.name}"


@dataclass(frozen=True)
class Outcome:
    """What came of a run of everything: its steps and checks, whether it held, and whether it published."""

    run_id: str
    failed: tuple[FailedStep, ...]
    succeeded: frozenset[str]
    checks: tuple[Check, ...]
    has_published: bool

    @property
    def has_held(self) -> bool:
        return not self.failed and not any(check.blocks and not check.has_passed for check in self.checks)


def tell(settings: Settings, manifest: Path | None, outcome: Outcome) -> None:
    """Settle what is open in `settings.alerts` by `outcome` and by what the home holds, and tell what is new.

    Without a `manifest` (the project could not be read) nothing is said of marts and pages. What a receiver does not
    take waits there for the next run. Whatever goes wrong is a notice.
    """
    try:
        _tell(settings, Reach(manifest) if manifest else None, outcome)
    except Exception as error:
        progress.notice(f"alerts: {type(error).__name__}, see {settings.alerts.parent}")


def open_alerts(settings: Settings) -> str:
    """What is open, in words, and how much of it no receiver has taken."""
    alerts = Alerts.read(settings.alerts)
    told = [Change("open", alert.since, alert).in_words() for alert in alerts.open.values()] or ["No alert is open."]
    waiting = [f"{channel}: {len(changes)} to be sent" for channel, changes in alerts.waiting.items() if changes]
    return "\n\n".join([*told, *waiting])


def tell_failed_start(settings: Settings, error: Exception) -> None:
    """Tell that a run could not begin."""
    _tell_of_no_step(settings, FailedStep(_START, type(error).__name__, str(error)))


def tell_killed(settings: Settings) -> None:
    """Tell that the process of a run was killed, which could tell nothing itself."""
    _tell_of_no_step(settings, FailedStep(_KILLED, "", ""))


def _tell_of_no_step(settings: Settings, failed: FailedStep) -> None:
    tell(settings, None, Outcome("", (failed,), frozenset(), (), has_published=False))


def _tell(settings: Settings, reach: Reach | None, outcome: Outcome) -> None:
    alerts = Alerts.read(settings.alerts)
    found, is_judged = _found(settings, reach, outcome, alerts)
    changes = alerts.settle(found, is_judged, channels(settings), settings.clock())
    _log(settings, changes)
    # Before anything is sent: a process that is killed while it sends tells once more, and forgets nothing.
    alerts.write(settings.alerts)
    for channel, waiting in alerts.waiting.items():
        if not waiting:
            continue
        try:
            deliver(settings, channel, waiting)
        except DeliveryError as error:
            progress.notice(f"alerts were not taken, the next run sends them again: {error}")
        else:
            waiting.clear()
    alerts.write(settings.alerts)


def _found(
    settings: Settings, reach: Reach | None, outcome: Outcome, alerts: Alerts
) -> tuple[list[Alert], Callable[[str], bool]]:
    """What is to be looked at, and which keys were judged: what a run did not come to stays as it was."""
    found = [_of_step(settings, reach, step, outcome) for step in outcome.failed]
    found += [
        _of_check(reach, check, outcome.run_id)
        for check in outcome.checks
        if not check.has_passed and check.name not in _TOLD_AS_ANOMALIES
    ]
    found += conditions.full_disk(settings)
    judged = {"disk", f"{_RUN}{_START}", *(f"{_RUN}{step}" for step in outcome.succeeded)}
    judged |= {check.key for check in outcome.checks}
    # What is not among the steps and checks any more is judged by a run that made all there are.
    prefixes = [_RUN] * outcome.has_held + [_CHECK] * outcome.has_published
    if reach:
        found += conditions.stale_sources(settings, reach)
        prefixes.append("stale:")
        try:
            found += conditions.anomalies(settings, reach, alerts.open.values())
            found += conditions.quarantine(settings, reach)
            prefixes += [_ANOMALY, _QUARANTINE]
        except duckdb.Error:
            pass  # no run has come so far in this warehouse
    return found, lambda key: key in judged or key.startswith(tuple(prefixes))


def _of_step(settings: Settings, reach: Reach | None, step: FailedStep, outcome: Outcome) -> Alert:
    marts, pages = reach.of(step.tables) if reach else ((), ())
    where = f"Look at run {outcome.run_id} in `make dev`" if outcome.run_id else "Look at what `make run` says"
    published = "after it had published" if outcome.has_published else "and nothing was published"
    what = _OF_NO_STEP.get(step.name) or f"the run failed at {step.name}, {published}"
    return conditions.blocking_failure(
        f"{_RUN}{step.name}",
        f"{what} ({step.error})" if step.error else what,
        remedy(step.words, settings) or f"{where}, mend what is named there, and run again.",
        marts,
        pages,
    )


def _of_check(reach: Reach | None, check: Check, run_id: str) -> Alert:
    marts, pages = reach.of([check.table]) if reach else ((), ())
    told = f": {'; '.join(check.expectations)}" if check.expectations else ""
    return Alert(
        check.key,
        BLOCK if check.blocks else WARN,
        f"check {check.name} of {check.table} failed{told}",
        conditions.ENGINEERING,
        f"Look at the check in run {run_id} of `make dev`, or at the pages of checks; correct the data at its source, "
        "or the rule, and run again.",
        marts=marts,
        pages=pages,
    )


def _log(settings: Settings, changes: Sequence[Change]) -> None:
    """A line of JSON a change, for whoever collects logs, and words for who looks on."""
    for change in changes:
        progress.notice(f"alert, {change.in_words()}")
    _append(settings.alert_log, (json.dumps(change.as_json()) for change in changes))


def _append(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.writelines(f"{line}\n" for line in lines)
