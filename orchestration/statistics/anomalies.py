"""Which counts and shares are out of line with those before them.

Every value is judged by others alone: what is expected follows from the blocks before it, and how far such values stray
from the blocks of the same series that are not near it. So a fault that lasts cannot widen its own limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[Any]

# Rows that are expected, or seen, before anything is said: a class of ten rows a month comes and goes.
LEAST_ROWS = 25.0
# Blocks that say how far a series strays; fewer say nothing.
LEAST_OTHERS = 8
# Of so many blocks as there are, the furthest strays some three standard deviations.
_FURTHEST = 3.0
# Makes the median of absolute deviations a standard deviation, where things are normal.
_MAD = 1.4826
# Standard deviations of chance within which nothing is out of line, whatever the other blocks are: not looked at.
_LEAST_SCORE = 3.0
# The variance of a median of normal values is so many times that of their mean.
_MEDIAN_VARIANCE = np.pi / 2
# Days before a silence that say what was to be expected: each weekday eight times.
_DAYS_BEFORE = 56


@dataclass(frozen=True)
class Deviations:
    """Of each block what was expected, whether it is more, and how likely chance takes it so far; NaN where unknown."""

    expected: Array
    is_more: npt.NDArray[np.bool_]
    probability: Array


@dataclass(frozen=True)
class Silence:
    """Days in a row without a row: the first, how many, how many rows were to be expected, and how likely none is."""

    first: int
    days: int
    expected: float
    probability: float


def blocks(values: Array, length: int) -> Array:
    """Sums of `length` values each, oldest first, counted back from the newest; the oldest are left over."""
    count = len(values) // length
    found: Array = values[len(values) - count * length :].reshape(count, length).sum(axis=1)
    return found


def deviations_of_counts(counts: Array, before: int, clustering: float) -> Deviations:
    """Hold each of `counts` (rows a block, oldest first) against the median of the `before` blocks before it.

    The move is of square roots, which makes the variance of a Poisson count the same whatever its mean (Anscombe 1948),
    as a share of the expected: a fall to nothing is the same move for a small series and a large one. `clustering` rows
    come together (one customer's), which makes chance so many times as large.
    """
    expected = _trailing(counts, before, np.median)
    moves = 2 * (np.sqrt((counts + 0.375) / (expected + 0.375)) - 1)
    errors = np.sqrt(clustering * (1 + _MEDIAN_VARIANCE / before) / (expected + 0.375))
    return _deviations(expected, expected >= LEAST_ROWS, moves, errors, before)


def deviations_of_shares(counts: Array, totals: Array, before: int, clustering: float) -> Deviations:
    """Hold each share, `counts` of `totals` a block, oldest first, against the rows of the `before` blocks before it.

    The move is of arcsines (Freeman, Tukey 1950), whose variance is 1 / total, times
    `clustering`. What is expected is a number of rows.
    """
    rows = _trailing(totals, before, np.sum)
    shares = np.divide(_trailing(counts, before, np.sum), rows, out=np.full(len(rows), np.nan), where=rows > 0)
    expected = shares * totals
    is_enough = (totals >= LEAST_ROWS) & (rows >= LEAST_ROWS * before)
    moves = np.where(is_enough, _angle(counts, totals) - _angle(expected, totals), np.nan)
    errors = np.sqrt(clustering * (1 / (totals + 0.75) + 1 / (np.nan_to_num(rows) + 0.75)))
    return _deviations(expected, np.fmax(expected, counts) >= LEAST_ROWS, moves, errors, before)


def silences(days: Array, clustering: float) -> Iterator[Silence]:
    """Days in a row without a row among `days` (rows a day, oldest first), where nowhere else half as much was missed.

    What was to be expected follows from the eight weeks before, for less than a week from the same weekdays.
    `clustering` rows come together (one customer's), so the days count as many times fewer. Chance is Poisson's.
    """
    begun = np.flatnonzero(days)
    if not len(begun):
        return
    runs = _runs_of_nothing(days, int(begun[0]))
    expected = [_expected_in(days, first, length) for first, length in runs]
    for place, (first, length) in enumerate(runs):
        others = max(expected[:place] + expected[place + 1 :], default=0.0)
        if first - begun[0] >= _DAYS_BEFORE and expected[place] >= max(LEAST_ROWS, 2 * others):
            yield Silence(first, length, expected[place], float(np.exp(-expected[place] / clustering)))


def _expected_in(days: Array, first: int, length: int) -> float:
    """Rows to be expected in days without any; of the first weeks there are, from the weeks after."""
    start = first - _DAYS_BEFORE if first >= _DAYS_BEFORE else first + length
    weeks = days[start : start + _DAYS_BEFORE]
    weeks = weeks[: len(weeks) // 7 * 7].reshape(-1, 7)
    if not len(weeks):
        return 0.0
    if length >= 7:
        return float(np.median(weeks.sum(axis=1))) * length / 7
    return float(np.median(weeks, axis=0)[(first - start + np.arange(length)) % 7].sum())


def odds_factor(count: float, total: float, expected: float) -> float:
    """How many times the odds of `count` in `total` are those expected, or the reverse: 1 where nothing moved."""
    odds = (count + 0.5) / (total - count + 0.5)
    usual = (expected + 0.5) / (total - expected + 0.5)
    return max(odds / usual, usual / odds)


def _trailing(values: Array, before: int, statistic: Any) -> Array:
    """The statistic of the `before` values before each; NaN for the first, which have not so many."""
    found = np.full(len(values), np.nan)
    if len(values) > before:
        found[before:] = statistic(np.lib.stride_tricks.sliding_window_view(values[:-1], before), axis=1)
    return found


def _angle(counts: Array, totals: Array) -> Array:
    found: Array = 2 * np.arcsin(np.sqrt((counts + 0.375) / (totals + 0.75)))
    return found


def _deviations(expected: Array, is_judged: Array, moves: Array, errors: Array, before: int) -> Deviations:
    """Hold each move that is judged against chance (`errors`), and against the blocks of the series that are not near.

    What strays to the same side as far elsewhere in the series is no news: the furthest counts too. A spread that is
    read off a few blocks is uncertain itself: Student's t.
    """
    known = np.flatnonzero(np.isfinite(moves))
    probability = np.full(len(moves), np.nan)
    if len(known) <= LEAST_OTHERS:
        return Deviations(expected, np.zeros(len(moves), dtype=bool), probability)
    middle = np.median(moves[known])
    for block in known[is_judged[known]]:
        probability[block] = 0.5
        if abs(moves[block] - middle) < _LEAST_SCORE * errors[block]:
            continue
        others = moves[known[np.abs(known - block) > before]]
        if len(others) < LEAST_OTHERS:
            continue
        usual = np.median(others)
        strays = np.sign(moves[block] - usual) * (others - usual)
        spread = max(float(_deviation(others, usual)), strays.max() / _FURTHEST)
        score = abs(moves[block] - usual) / max(spread, errors[block])
        probability[block] = stats.norm.sf(score) if spread <= errors[block] else stats.t.sf(score, len(others) - 1)
    return Deviations(expected, moves > middle, probability)


def _deviation(values: Array, usual: Any) -> Any:
    return _MAD * np.median(np.abs(values - usual))


def _runs_of_nothing(days: Array, begun: int) -> list[tuple[int, int]]:
    """First day and length of each run of days without a row, since the first with one."""
    is_silent = np.concatenate([[False], days[begun:] == 0, [False]]).astype(int)
    starts, ends = np.flatnonzero(np.diff(is_silent) == 1), np.flatnonzero(np.diff(is_silent) == -1)
    return [(int(start) + begun, int(end - start)) for start, end in zip(starts, ends, strict=True)]
