"""How much each driver matters for satisfaction, and how well it does, as rows: one a segment and driver."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from orchestration.constructs.answers import Answers, shared_by_enough
from orchestration.constructs.path_estimates import NO_ANSWERS, NOT_IDENTIFIED, RESAMPLES, TOO_FEW_ANSWERS
from orchestration.statistics.correlations import shared_counts
from orchestration.statistics.fitting import NotIdentifiedError
from orchestration.statistics.histories import FloatArray, IntArray
from orchestration.statistics.importance import Importance, ImportanceInterval, estimate_importance, resample_importance

_SEED = 61
_FIGURES = (
    *("performance_index", "r_squared"),
    *("shapley_value", "shapley_value_lower_95", "shapley_value_upper_95"),
    *("relative_weight", "relative_weight_lower_95", "relative_weight_upper_95"),
)


@dataclass(frozen=True)
class _Segment:
    """Drivers of one segment that enough answer, by their place among all, with what these come to."""

    drivers: list[int]
    importance: Importance | None
    interval: ImportanceInterval | None


def estimate_drivers(answers: Answers) -> list[dict[str, Any]]:
    """The rows of every segment and driver, whether its importance could be estimated or not.

    The outcome is the mean of what a respondent answers about it.
    """
    drivers = [number for number, item in enumerate(answers.items) if item.is_driver]
    outcome = [number for number, item in enumerate(answers.items) if item.construct == answers.outcome]
    asked = np.column_stack([_mean(answers.indices[:, outcome]), answers.indices[:, drivers]])
    rows = []
    for (dimension, value), members in answers.segments.items():
        indices = asked[members]
        shared = shared_counts(indices)
        segment = _estimate(indices, shared, answers.minimum_respondent_count)
        for place, number in enumerate(drivers):
            item = answers.items[number]
            figures = _figures(segment, place, indices[:, 1 + place], answers.minimum_respondent_count)
            rows.append(
                {
                    "dimension": dimension,
                    "dimension_value": value,
                    "questionnaire": item.questionnaire,
                    "question": item.question,
                    **figures,
                    "respondent_count": int(shared[0, 1 + place]),
                    "answering_respondent_count": int(shared[1 + place, 1 + place]),
                    "resample_count": segment.interval.resample_count if segment.interval else 0,
                    "failed_resample_count": segment.interval.failed_count if segment.interval else 0,
                    "reason": _reason(segment, place, shared),
                }
            )
    return rows


def _mean(indices: FloatArray) -> FloatArray:
    """Mean of each row's answers; NaN of a row without any."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(indices, axis=1))


def _estimate(indices: FloatArray, shared: IntArray, minimum: int) -> _Segment:
    """Leave out the drivers that share too few respondents with the outcome, then those that do with most others."""
    columns = shared_by_enough((1 + np.flatnonzero(shared[0, 1:] >= minimum)).tolist(), shared, minimum)
    drivers = [column - 1 for column in columns]
    if not drivers:
        return _Segment(drivers, None, None)
    known = indices[:, [0, *columns]]
    try:
        importance = estimate_importance(known)
        return _Segment(drivers, importance, resample_importance(known, importance, RESAMPLES, _SEED))
    except NotIdentifiedError:
        return _Segment(drivers, None, None)


def _figures(segment: _Segment, place: int, answered: FloatArray, minimum: int) -> dict[str, float | None]:
    """Importance with bounds, what all drivers explain, and the mean on 0-100 where enough answered."""
    figures: dict[str, float | None] = dict.fromkeys(_FIGURES)
    known = answered[~np.isnan(answered)]
    if known.size >= minimum:
        figures["performance_index"] = float(known.mean())
    if segment.importance and segment.interval and place in segment.drivers:
        at = segment.drivers.index(place)
        figures["r_squared"] = segment.importance.r_squared
        for part, one in (
            ("", segment.importance),
            ("_lower_95", segment.interval.lower),
            ("_upper_95", segment.interval.upper),
        ):
            figures[f"shapley_value{part}"] = _known(one.shapley[at])
            figures[f"relative_weight{part}"] = _known(one.relative_weights[at])
    return figures


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _reason(segment: _Segment, place: int, shared: IntArray) -> str | None:
    if place not in segment.drivers:
        return TOO_FEW_ANSWERS if shared[1 + place, 1 + place] else NO_ANSWERS
    return None if segment.importance else NOT_IDENTIFIED
