"""Which of several correlated drivers matter how much for an outcome: the shares of what they explain together.

Two answers stand side by side, as neither is the truth. The Shapley value of R² averages what a driver adds over all
orders in which drivers can be taken up (Lindeman, Merenda, Gold 1980, hence LMG; Grömping 2006, Journal of Statistical
Software 17(1)). Johnson's relative weights go by way of the uncorrelated variables that are nearest to the drivers
(Johnson 2000, Multivariate Behavioral Research 35:1). Both sum to R².
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from orchestration.statistics.correlations import correlate, regress, resample
from orchestration.statistics.histories import FloatArray

# The Shapley value fits a model for each subset, and their number doubles with each driver.
MOST_DRIVERS = 15


@dataclass(frozen=True)
class Importance:
    """What k drivers explain of an outcome: R², and each driver's part of it, (k,)."""

    r_squared: float
    shapley: FloatArray
    relative_weights: FloatArray

    def flat(self) -> FloatArray:
        """R², Shapley values and relative weights one after the other."""
        return np.concatenate([[self.r_squared], self.shapley, self.relative_weights])


@dataclass(frozen=True)
class ImportanceInterval:
    """The bootstrap's 95 % interval of each figure, and how many of its resamples gave none."""

    lower: Importance
    upper: Importance
    resample_count: int
    failed_count: int


def estimate_importance(answers: FloatArray) -> Importance:
    """How much each driver matters for the outcome.

    `answers` has one row a case, (n, 1 + k): the outcome first, then the drivers, in any units; NaN where not answered.

    Raises NotIdentifiedError where answers are too few or do not vary, or drivers say the same; ValueError for more
    than MOST_DRIVERS drivers.
    """
    driver_count = answers.shape[1] - 1
    if driver_count > MOST_DRIVERS:
        raise ValueError(f"{driver_count} drivers have {2**driver_count:,} subsets; {MOST_DRIVERS} are the most.")
    return _estimate(correlate(answers).values)


def _estimate(correlations: FloatArray) -> Importance:
    driver_count = len(correlations) - 1
    among, with_outcome = correlations[1:, 1:], correlations[1:, 0]
    r_squared = float(regress(correlations, 0, np.arange(1, driver_count + 1)) @ with_outcome)
    eigenvalues, vectors = np.linalg.eigh(among)
    root = (vectors * np.sqrt(eigenvalues)) @ vectors.T
    relative_weights = root**2 @ np.linalg.solve(root, with_outcome) ** 2
    return Importance(r_squared, _shapley(among, with_outcome), relative_weights)


def resample_importance(
    answers: FloatArray, estimate: Importance, resample_count: int, seed: int
) -> ImportanceInterval:
    """How sure the `estimate` of `answers` is: percentiles of the bootstrap (`correlations.resample`)."""
    interval = resample(answers, lambda found: _estimate(found.values).flat(), resample_count, seed)
    lower, upper = (_shaped(bound, len(estimate.shapley)) for bound in (interval.lower, interval.upper))
    return ImportanceInterval(lower, upper, interval.resample_count, interval.failed_count)


def _shaped(flat: FloatArray, driver_count: int) -> Importance:
    whole = np.broadcast_to(flat, 1 + 2 * driver_count)
    return Importance(float(whole[0]), whole[1 : 1 + driver_count], whole[1 + driver_count :])


def _shapley(among: FloatArray, with_outcome: FloatArray) -> FloatArray:
    """Mean of what each driver adds to R², over all orders, (k,); all subsets of a size are solved at once."""
    count = len(with_outcome)
    explained = np.zeros(2**count)
    for size in range(1, count + 1):
        subsets = np.array(list(combinations(range(count), size)))
        inner = with_outcome[subsets]
        solved = np.linalg.solve(among[subsets[:, :, None], subsets[:, None, :]], inner[:, :, None])[:, :, 0]
        explained[(1 << subsets).sum(axis=1)] = (inner * solved).sum(axis=1)
    numbers = np.arange(2**count)
    sizes = ((numbers[:, None] >> np.arange(count)) & 1).sum(axis=1)
    # Of the orders of k drivers, this share puts just the subset before the driver.
    share = np.array([1 / (count * comb(count - 1, size)) if size < count else 0.0 for size in range(count + 1)])
    values = np.zeros(count)
    for driver in range(count):
        without = numbers[(numbers >> driver) & 1 == 0]
        values[driver] = share[sizes[without]] @ (explained[without | (1 << driver)] - explained[without])
    return values
