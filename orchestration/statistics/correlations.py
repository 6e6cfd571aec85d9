"""Correlations of answers of which some are missing, and how sure anything made of them is.

A company seldom asks everybody everything: one questionnaire is about expectations, another about satisfaction, and
each customer answers some of them. Two items are correlated over the cases that answer both, as the option `pairwise`
of semPLS has it (Monecke, Leisch 2012, Journal of Statistical Software 48(3)). Nothing is put in the place of a missing
answer, and where none is missing these are the ordinary correlations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from orchestration.statistics.fitting import NotIdentifiedError
from orchestration.statistics.histories import FloatArray, IntArray

# A correlation of two cases is 1 or -1, whatever they answer.
LEAST_SHARED_CASES = 3
# Smallest eigenvalue of the correlations of predictors below which these are one and the same.
_LEAST_EIGENVALUE = 1e-8
# Resamples, and cases, that are summed up at once: what they need fits into 100 MB with 100,000 cases.
_BATCH = 100
_ROWS = 4096


@dataclass(frozen=True)
class Correlations:
    """What a set of items has in common.

    Attributes:
        values: correlation of each two items, (k, k).
        shared_counts: cases that answer both, (k, k); on the diagonal, those that answer the one.
        means: mean answer to each item, (k,), in its own unit.
        deviations: standard deviation of each item, (k,), in its own unit, with n - 1 as divisor.
    """

    values: FloatArray
    shared_counts: IntArray
    means: FloatArray
    deviations: FloatArray


@dataclass(frozen=True)
class Interval:
    """The middle 95 % of what resamples give, in the shape of the estimate; NaN where nothing is told.

    `failed_count` of `resample_count` resamples gave no estimate. The bounds are those of the others, and NaN where
    fewer than half are left, as those that fail are not like those that do not.
    """

    lower: FloatArray
    upper: FloatArray
    resample_count: int
    failed_count: int


def shared_counts(answers: FloatArray) -> IntArray:
    """Cases that answer each two items, (k, k). `answers` is (n, k), NaN where there is none."""
    known = (~np.isnan(answers)).astype(np.intp)
    return known.T @ known


def correlate(answers: FloatArray) -> Correlations:
    """The correlations of items over the cases that answer both.

    `answers` has one row a case and one column an item, (n, k), in any unit; NaN where there is no answer.

    Raises NotIdentifiedError where two items share too few cases, or one of them does not vary among these.
    """
    return _Answers.of(answers).correlate(np.ones((1, len(answers))))[0]()


def regress(values: FloatArray, outcome: int, predictors: IntArray) -> FloatArray:
    """Standardised coefficients of a regression, (p,), from correlations, (k, k).

    Raises NotIdentifiedError where the predictors are not linearly independent, or would explain more than all, as can
    be with correlations over different cases.
    """
    among = values[np.ix_(predictors, predictors)]
    if np.linalg.eigvalsh(among)[0] < _LEAST_EIGENVALUE:
        raise NotIdentifiedError("predictors say the same")
    coefficients: FloatArray = np.linalg.solve(among, values[predictors, outcome])
    if coefficients @ values[predictors, outcome] > 1 + 1e-9:
        raise NotIdentifiedError("correlations over different cases contradict each other")
    return coefficients


def resample(
    answers: FloatArray, estimate: Callable[[Correlations], FloatArray], resample_count: int, seed: int
) -> Interval:
    """Percentile intervals of the bootstrap (Efron, Tibshirani 1993): cases are drawn with replacement.

    Args:
        answers: one row a case, (n, k), as of `correlate`.
        estimate: from the correlations of a resample to estimates, (m,). A resample for which either raises
            NotIdentifiedError has failed, and is counted.
        resample_count: how often to draw.
        seed: of the draws; the same seed draws the same.
    """
    rng = np.random.default_rng(seed)
    prepared = _Answers.of(answers)
    case_count = len(answers)
    found: list[FloatArray] = []
    for first in range(0, resample_count, _BATCH):
        drawn = [
            np.bincount(rng.integers(case_count, size=case_count), minlength=case_count)
            for _ in range(first, min(first + _BATCH, resample_count))
        ]
        for correlations in prepared.correlate(np.array(drawn, dtype=np.float64)):
            try:
                found.append(estimate(correlations()))
            except NotIdentifiedError:
                continue
    failed_count = resample_count - len(found)
    if not found or 2 * failed_count > resample_count:
        unknown = np.full(found[0].shape if found else (), np.nan)
        return Interval(unknown, unknown, resample_count, failed_count)
    lower, upper = np.percentile(np.array(found), [2.5, 97.5], axis=0)
    return Interval(lower, upper, resample_count, failed_count)


@dataclass(frozen=True)
class _Answers:
    """Answers about their means, (n, k), 0 where there is none, and which there are: 1, or 0."""

    deviation: FloatArray
    known: FloatArray
    centre: FloatArray

    @classmethod
    def of(cls, answers: FloatArray) -> _Answers:
        known = (~np.isnan(answers)).astype(np.float64)
        centre = np.nan_to_num(answers).sum(axis=0) / np.maximum(known.sum(axis=0), 1.0)
        return cls(np.where(known > 0, np.nan_to_num(answers) - centre, 0.0), known, centre)

    def correlate(self, weights: FloatArray) -> list[Callable[[], Correlations]]:
        """What gives the correlations where a case counts so often, for each row of `weights`, (b, n); or raises.

        All that correlations are made of is a sum over cases, so that one product of matrices has it for all rows.
        """
        case_count, item_count = self.known.shape
        sums = np.zeros((len(weights), 4 * item_count**2))
        for first in range(0, case_count, _ROWS):
            rows = slice(first, first + _ROWS)
            deviation, known = self.deviation[rows, :, None], self.known[rows, None, :]
            # Row i, column j: of item i, over the cases that answer j as well.
            parts = (known.swapaxes(1, 2) * known, deviation * known, deviation**2 * known)
            products = (*parts, deviation * self.deviation[rows, None, :])
            sums += weights[:, rows] @ np.stack(products, axis=1).reshape(-1, 4 * item_count**2)
        shaped = sums.reshape(-1, 4, item_count, item_count)
        return [partial(_correlations, one, self.centre) for one in shaped]


def _correlations(parts: FloatArray, centre: FloatArray) -> Correlations:
    """Correlations out of sums over shared cases, (4, k, k): of cases, of deviations, their squares and products."""
    shared, sums, squares, products = parts
    if shared.min(initial=np.inf) < LEAST_SHARED_CASES:
        raise NotIdentifiedError(f"two items share fewer than {LEAST_SHARED_CASES} cases")
    spread = squares - sums**2 / shared
    # What remains of equal answers is rounding.
    if (spread <= 1e-12 * np.maximum(squares, np.finfo(np.float64).tiny)).any():
        raise NotIdentifiedError("an item has the same answer in all cases that it shares with another")
    values = (products - sums * sums.T / shared) / np.sqrt(spread * spread.T)
    np.fill_diagonal(values, 1.0)
    own = np.diag(shared)
    return Correlations(
        values, shared.astype(np.intp), centre + np.diag(sums) / own, np.sqrt(np.diag(spread) / (own - 1))
    )
