"""The path model of answers as rows: one a figure, whether it could be estimated or not, and why not."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from typing import Any

import numpy as np

from orchestration.constructs.answers import Answers, shared_by_enough
from orchestration.statistics.correlations import shared_counts
from orchestration.statistics.fitting import NotIdentifiedError
from orchestration.statistics.histories import IntArray
from orchestration.statistics.path_model import (
    PathEstimates,
    PathInterval,
    PathModel,
    estimate_paths,
    resample_paths,
)

# The bounds of 95 % are then the twelfth figure from either end.
RESAMPLES = 500
_SEED = 61

# Why a figure is missing. What asks about a construct, and who answered it, is told before what came of it.
NO_QUESTION = "no_question"
NO_ANSWERS = "no_answers"
TOO_FEW_ANSWERS = "too_few_answers"
NO_RELATED_CONSTRUCT = "no_related_construct"
NOT_IDENTIFIED = "not_identified"
NOT_DEFINED = "not_defined"

# Figures of a construct, and what the statistics call them.
_OF_CONSTRUCTS = {
    "construct_index": "scores",
    "r_squared": "r_squared",
    "cronbach_alpha": "alpha",
    "composite_reliability": "composite_reliability",
    "average_variance_extracted": "variance_extracted",
}
_OF_PAIRS = {"path_coefficient": "paths", "total_effect": "total_effects", "heterotrait_monotrait_ratio": "htmt"}
_OF_ITEMS = {"outer_loading": "loadings", "outer_weight": "weights"}


@dataclass
class PathModelRows:
    """All figures of a path model. `reason` says in words why none could be estimated; null where they were."""

    reason: str | None = None
    failed_resample_count: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Figure:
    """A statistic of a construct, of one that another acts on (`start`), or of an item, by its number."""

    statistic: str
    end: str
    start: str | None = None
    item: int | None = None


@dataclass(frozen=True)
class _Part:
    """What of the declared model is answered well enough to be estimated.

    `items` are the numbers of the items in it; `reasons` say why a construct, or an item by its number, is not.
    """

    constructs: tuple[str, ...]
    items: tuple[int, ...]
    paths: tuple[tuple[str, str], ...]
    reasons: dict[str | int, str]

    def model(self, answers: Answers) -> PathModel:
        return PathModel(
            np.array([self.constructs.index(answers.items[item].construct) for item in self.items]),
            tuple((self.constructs.index(start), self.constructs.index(end)) for start, end in self.paths),
        )

    def reason(self, figure: _Figure) -> str | None:
        """Why a figure is not in this part; null where it is."""
        for one in (figure.item, figure.start, figure.end):
            if one is not None and one in self.reasons:
                return self.reasons[one]
        is_cut_off = figure.statistic == "total_effect" and figure.end not in _reached(self.paths)[figure.start or ""]
        return NO_RELATED_CONSTRUCT if is_cut_off else None

    def value(self, figure: _Figure, estimates: PathEstimates) -> float | None:
        """The figure out of all estimates of this part; null where it means nothing."""
        end = self.constructs.index(figure.end)
        if figure.item is not None:
            found = getattr(estimates, _OF_ITEMS[figure.statistic])[self.items.index(figure.item)]
        elif figure.start is not None:
            found = getattr(estimates, _OF_PAIRS[figure.statistic])[self.constructs.index(figure.start), end]
        else:
            found = getattr(estimates, _OF_CONSTRUCTS[figure.statistic])[end]
        return None if math.isnan(found) else float(found)

    def items_of(self, answers: Answers, construct: str) -> list[int]:
        """The items that a construct is estimated from; all that ask about it, where it is not estimated."""
        asked = [number for number, item in enumerate(answers.items) if item.construct == construct]
        return [number for number in asked if number in self.items] or asked


def estimate_path_model(answers: Answers) -> PathModelRows:
    """Estimate what of the model is answered well enough, with intervals, and say of the rest why it is not.

    Raises ValueError where the paths lead round in a circle.
    """
    figures = _figures(answers)
    shared = shared_counts(answers.indices)
    part = _answered_part(answers, shared)
    found = PathModelRows()
    estimates: PathEstimates | None = None
    interval: PathInterval | None = None
    if part.constructs:
        model, indices = part.model(answers), answers.indices[:, part.items]
        try:
            estimates = estimate_paths(model, indices)
            interval = resample_paths(model, indices, estimates, RESAMPLES, _SEED)
            found.failed_resample_count = interval.failed_count
        except NotIdentifiedError as error:
            found.reason = str(error)
    else:
        found.reason = "too few answer about two constructs of which one acts on the other"
    for figure in figures:
        reason = part.reason(figure)
        estimate = lower = upper = None
        if reason is None and estimates and interval:
            estimate, lower, upper = (part.value(figure, one) for one in (estimates, interval.lower, interval.upper))
        if reason is None and estimate is None:
            reason = NOT_DEFINED if estimates else NOT_IDENTIFIED
        item = None if figure.item is None else answers.items[figure.item]
        respondent_count = _respondent_count(answers, part, figure, shared)
        found.rows.append(
            {
                "statistic": figure.statistic,
                "from_construct": figure.start,
                "construct": figure.end,
                "questionnaire": item.questionnaire if item else None,
                "question": item.question if item else None,
                "estimate": estimate,
                "lower_95": lower,
                "upper_95": upper,
                "respondent_count": respondent_count,
                "missing_respondent_count": len(answers.indices) - respondent_count,
                "resample_count": interval.resample_count if interval else 0,
                "failed_resample_count": found.failed_resample_count,
                "reason": reason,
            }
        )
    return found


def _reached(paths: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    """The constructs that each construct acts on, directly or by way of others."""
    effects: dict[str, set[str]] = {}
    for start, end in paths:
        effects.setdefault(start, set()).add(end)
    reached: dict[str, list[str]] = {}
    try:
        # Effects come before their causes.
        for construct in TopologicalSorter(effects).static_order():
            direct = effects.get(construct, set())
            reached[construct] = sorted(direct.union(*(reached[effect] for effect in direct)))
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        raise ValueError(
            f"seeds/satisfaction/satisfaction_paths.csv: paths lead round in a circle: {circle}."
        ) from error
    return reached


def _figures(answers: Answers) -> list[_Figure]:
    """Every figure of the declared model."""
    reached = _reached(answers.paths)
    return [
        *(_Figure("path_coefficient", end, start) for start, end in answers.paths),
        *(_Figure("total_effect", end, start) for start in answers.constructs for end in reached.get(start, ())),
        *(
            _Figure("heterotrait_monotrait_ratio", second, first)
            for first, second in combinations(answers.constructs, 2)
        ),
        *(_Figure(statistic, construct) for construct in answers.constructs for statistic in _OF_CONSTRUCTS),
        *(
            _Figure(statistic, item.construct, item=number)
            for number, item in enumerate(answers.items)
            for statistic in _OF_ITEMS
        ),
    ]


def _answered_part(answers: Answers, shared: IntArray) -> _Part:
    """Leave out what nobody answers, then items that share too few respondents with most others, then loose ends."""
    reasons: dict[str | int, str] = {
        number: NO_ANSWERS for number in range(len(answers.items)) if not shared[number, number]
    }
    answered = [number for number in range(len(answers.items)) if number not in reasons]
    items = shared_by_enough(answered, shared, answers.minimum_respondent_count)
    reasons |= dict.fromkeys(set(answered) - set(items), TOO_FEW_ANSWERS)
    left = {answers.items[item].construct for item in items}
    paths = tuple((start, end) for start, end in answers.paths if {start, end} <= left)
    related = {construct for path in paths for construct in path}
    for construct in answers.constructs:
        asked = [number for number, item in enumerate(answers.items) if item.construct == construct]
        if not asked:
            reasons[construct] = NO_QUESTION
        elif construct not in left:
            is_answered = any(reasons[number] == TOO_FEW_ANSWERS for number in asked)
            reasons[construct] = TOO_FEW_ANSWERS if is_answered else NO_ANSWERS
        elif construct not in related:
            reasons[construct] = NO_RELATED_CONSTRUCT
    return _Part(
        tuple(construct for construct in answers.constructs if construct in related),
        tuple(item for item in items if answers.items[item].construct in related),
        paths,
        reasons,
    )


def _respondent_count(answers: Answers, part: _Part, figure: _Figure, shared: IntArray) -> int:
    """How many answer any two of the items behind a figure, at the least; to an item, how many answer it."""
    if figure.item is not None:
        return int(shared[figure.item, figure.item])
    ends = part.items_of(answers, figure.end)
    starts = ends if figure.start is None else part.items_of(answers, figure.start)
    return int(shared[np.ix_(starts, ends)].min()) if starts and ends else 0
