"""The computation `constructs`: read answers, estimate path model and drivers, write; the same answers only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.bounded_memory import connect
from orchestration.computed import ComputedLoad
from orchestration.constructs.answers import read_answers
from orchestration.constructs.driver_estimates import estimate_drivers
from orchestration.constructs.path_estimates import estimate_path_model

SOURCE = "constructs"
# The one name in its tables: what the answers of today say.
NAME = "current"
# Part of the fingerprint: raise it when the same answers give another result.
METHOD = "1"


@dataclass(frozen=True)
class Related:
    """What a run made: respondents it learned from, and resamples that failed. `reason` says why there is no estimate.

    `is_unchanged`: the answers are those of the last time, and nothing was estimated.
    """

    respondents: int = 0
    failed_resamples: int = 0
    reason: str | None = None
    is_unchanged: bool = False

    @property
    def outcome(self) -> str:
        if self.is_unchanged:
            return "nothing new"
        if self.reason:
            return f"no path model: {self.reason}"
        return f"{self.respondents:,} respondents, {self.failed_resamples} resamples failed"

    @property
    def figures(self) -> dict[str, int | str]:
        return {"respondents": self.respondents, "failed_resamples": self.failed_resamples}


def relate_constructs(warehouse: Path, lake: Path, related_at: datetime) -> Related:
    """Estimate path model and drivers of the answers that dbt prepared in `warehouse`, into `lake`.

    Answers that are those of the last time are left. `related_at` is the run's clock.
    """
    with connect(warehouse, read_only=True) as connection:
        answers = read_answers(connection)
    content_md5 = answers.fingerprint(METHOD)
    with ComputedLoad(lake, SOURCE, related_at) as load:
        if load.is_unchanged(NAME, content_md5):
            return Related(is_unchanged=True)
        found = estimate_path_model(answers)
        load.add(NAME, content_md5, {"path_estimates": found.rows, "driver_estimates": estimate_drivers(answers)})
    return Related(len(answers.indices), found.failed_resample_count, found.reason)
