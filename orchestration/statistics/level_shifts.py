"""At which point a series of means went to another level, judged at each point by what was known by then.

A partition cuts the series into stretches of one level each. The best one has the least weighted squares around the
levels, with a penalty for each cut, and is found exactly by dynamic programming over where its last stretch begins
(Jackson et al. 2005, *An algorithm for optimal partitioning of data on an interval*, IEEE Signal Processing Letters
12:2). The penalty is 2 ln(points), that of Schwarz' criterion, under which the cuts that are found become the true
ones as the series grows (Yao 1988, *Estimating the number of change-points via Schwarz' criterion*, Statistics &
Probability Letters 6:3). Whether a cut is beyond noise is another question, which a test answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
# What the points from the first to the last that are told have of the likelihood of all.
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Shift:
    """The newest change of level of a series of points, counted from 0.

    The level before begins at `before`, that of now at `start`, which lies between `earliest` and `latest` with 95 %.
    """

    before: int
    start: int
    earliest: int
    latest: int


def newest_shifts(values: FloatArray, weights: FloatArray, variances: FloatArray) -> list[Shift | None]:
    """After each point of a series the newest shift in the best partition of the points until then, or None.

    Arguments are (t,): means, the weight of each, and, as known by then, the variance of a value of weight 1.
    """
    count = len(values)
    squares = _squares(values, weights)
    penalties = 2 * np.log(np.arange(1, count + 1)) * variances
    # Row p, column t: the least cost of the first t points under the penalty of p + 1 points, and where the last
    # stretch begins. Each has its own penalty, so that what is told of a point hangs on no later one.
    costs = np.full((count, count + 1), np.inf)
    costs[:, 0] = -penalties
    starts = np.zeros((count, count + 1), dtype=np.int64)
    for end in range(1, count + 1):
        candidates = costs[:, :end] + squares[:end, end] + penalties[:, np.newaxis]
        starts[:, end] = candidates.argmin(axis=1)
        costs[:, end] = candidates.min(axis=1)
    return [_newest(starts[point], squares[:, : point + 2], variances[point]) for point in range(count)]


def _squares(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted squares around the mean of the points from s to before e, at [s, e], (t, t + 1); 0 where there are none.

    Values are taken from their mean first, as squares of large numbers lose what tells them apart.
    """
    centred = values - np.average(values, weights=weights)
    sums = [np.concatenate([[0.0], np.cumsum(weights * centred**power)]) for power in range(3)]
    weight, first, second = (total[np.newaxis, :] - total[:-1, np.newaxis] for total in sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.where(weight > 0, second - first**2 / weight, 0)
    found: FloatArray = np.maximum(squares, 0)
    return found


def _newest(starts: IntArray, squares: FloatArray, variance: float) -> Shift | None:
    end = squares.shape[1] - 1
    start = int(starts[end])
    if start == 0:
        return None
    before = int(starts[start])
    # Every point after the first of the level before, by the likelihood of a shift there (Smith 1975, *A Bayesian
    # approach to inference about a change-point in a sequence of random variables*, Biometrika 62:2).
    points = np.arange(before + 1, end)
    costs = squares[before, points] + squares[points, end]
    likelihoods = np.exp((costs.min() - costs) / (2 * variance))
    likeliest = np.argsort(-likelihoods, kind="stable")
    told = points[likeliest[: np.searchsorted(np.cumsum(likelihoods[likeliest]), _CONFIDENCE * likelihoods.sum()) + 1]]
    return Shift(before, start, int(told.min()), int(told.max()))
