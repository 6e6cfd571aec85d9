"""Whether means of two periods differ by more than noise, and which of many such differences do.

People who answered in both periods make the two means alike, so that less of their difference is noise: the covariance
of the means is taken off. Whoever looks at a thousand differences finds some that are large by chance: p-values are
adjusted for how many were looked at together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Means:
    """Means of answers, one entry each, (d,): their variance, and how many answers of how many people they are of."""

    score: FloatArray
    variance: FloatArray
    answer_count: FloatArray
    people_count: FloatArray


@dataclass(frozen=True)
class Differences:
    """Differences of means, one entry each, (d,): their standard error, 95 % interval and two-sided p-value."""

    change: FloatArray
    standard_error: FloatArray
    lower_95: FloatArray
    upper_95: FloatArray
    p_value: FloatArray


def differences(later: Means, earlier: Means, covariance: FloatArray) -> Differences:
    """Differences of pairs of means with these covariances, (d,).

    The variance of a difference is the sum of both less twice their covariance. It is itself an estimate, from as many
    people as answered, so that t has the degrees of freedom of Satterthwaite (1946, *An approximate distribution of
    estimates of variance components*, Biometrics Bulletin 2:6) and not those of a normal variable: where thousands of
    differences are looked at, the tails decide.

    The p-value is told under the hypothesis that nothing changed. Then people differ as much from each other in either
    period, and the larger variance of both is taken for each: thirty who happen to answer alike say little about how
    people differ, and would make any change look sure.
    """
    change = np.subtract(later.score, earlier.score)
    standard_error: FloatArray = np.sqrt(later.variance + earlier.variance - 2 * covariance)
    freedom = _freedom(later.variance, earlier.variance, later.people_count, earlier.people_count)
    half_width = stats.t.ppf(0.975, freedom) * standard_error
    of_one = np.maximum(later.variance * later.answer_count, earlier.variance * earlier.answer_count)
    of_later, of_earlier = of_one / later.answer_count, of_one / earlier.answer_count
    distance = np.abs(change) / np.sqrt(of_later + of_earlier - 2 * covariance)
    tails = stats.t.sf(distance, _freedom(of_later, of_earlier, later.people_count, earlier.people_count))
    p_value = 2 * np.asarray(tails, np.float64)
    return Differences(change, standard_error, change - half_width, change + half_width, p_value)


def _freedom(
    later: FloatArray, earlier: FloatArray, later_people: FloatArray, earlier_people: FloatArray
) -> FloatArray:
    freedom: FloatArray = (later + earlier) ** 2 / (later**2 / (later_people - 1) + earlier**2 / (earlier_people - 1))
    return freedom


def holm(p_values: npt.ArrayLike, test_count: int) -> FloatArray:
    """p-values (p,) of some of `test_count` tests, adjusted; those of the others are 1 or larger than all of these.

    The chance that any adjusted p-value below a limit is one where nothing differs is that limit at most, whatever the
    tests have in common (Holm 1979, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of
    Statistics 6:2).
    """
    values: FloatArray = np.asarray(p_values, np.float64)
    order = np.argsort(values, kind="stable")
    adjusted: FloatArray = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * (test_count - np.arange(len(values)))), 1)
    return adjusted
