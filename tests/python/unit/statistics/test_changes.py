"""Differences of means by hand, and how many of many are looked at."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from orchestration.statistics.changes import Means, differences, holm


def means(score: float, variance: float, answers: float, people: float) -> Means:
    return Means(*(np.array([value]) for value in (score, variance, answers, people)))


def test_a_difference_of_different_people_is_welch_s() -> None:
    """scipy's own t-test for samples of unequal variance; the p-value is of the larger variance, and so larger."""
    random = np.random.default_rng(1)
    later, earlier = random.normal(60, 10, 40), random.normal(66, 25, 90)
    found = differences(
        means(later.mean(), later.var(ddof=1) / 40, 40, 40),
        means(earlier.mean(), earlier.var(ddof=1) / 90, 90, 90),
        np.zeros(1),
    )
    expected = stats.ttest_ind(later, earlier, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert (found.lower_95[0], found.upper_95[0]) == pytest.approx((interval.low, interval.high))
    assert found.change[0] / found.standard_error[0] == pytest.approx(expected.statistic)
    assert found.p_value[0] > expected.pvalue


def test_who_answered_both_times_is_compared_with_oneself() -> None:
    """A paired sample: the standard error is that of the differences."""
    random = np.random.default_rng(2)
    earlier = random.normal(60, 20, 50)
    later = earlier + random.normal(-3, 5, 50)
    covariance = np.cov(later, earlier)[0, 1] / 50
    found = differences(
        means(later.mean(), later.var(ddof=1) / 50, 50, 50),
        means(earlier.mean(), earlier.var(ddof=1) / 50, 50, 50),
        np.array([covariance]),
    )
    assert found.standard_error[0] == pytest.approx((later - earlier).std(ddof=1) / np.sqrt(50))


def test_thirty_who_happen_to_answer_alike_make_no_change_sure() -> None:
    """All satisfied, where seven of ten were: 3.6 standard errors by what is known of people, and no more."""
    found = differences(means(100, 0.4, 30, 30), means(70, 2100 / 3000, 3000, 3000), np.zeros(1))
    assert 1e-4 < found.p_value[0] < 2e-3


def test_holm_s_example() -> None:
    """p .01, .02, .03 and .04 of four: times 4, 3, 2 and 1, and none below one that is smaller."""
    assert holm([0.03, 0.01, 0.04, 0.02], 4) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.03, 0.01], 40) == pytest.approx([1, 0.4])
    assert holm([], 3).tolist() == []
