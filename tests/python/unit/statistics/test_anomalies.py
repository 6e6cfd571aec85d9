"""What is out of line is found, whatever it does to its own series, and what is not raises no alarm."""

from __future__ import annotations

import numpy as np
import pytest

from orchestration.statistics.anomalies import (
    blocks,
    deviations_of_counts,
    deviations_of_shares,
    odds_factor,
    silences,
)

# Two years of weeks with 3 % growth a month, and a Christmas that sells a third more.
WEEKS = np.arange(104)
GROWTH = 200 * 1.007**WEEKS
USUAL = GROWTH * np.where((WEEKS % 52 >= 48) & (WEEKS % 52 <= 51), 1.3, 1.0)


def counts(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(USUAL).astype(float)


def test_chance_is_what_it_is_said_to_be_while_a_company_grows() -> None:
    """In twenty thousand weeks, what is said to be one chance in a hundred thousand is met once at most."""
    alarms = judged = 0
    for seed in range(200):
        weeks = np.random.default_rng(seed).poisson(GROWTH).astype(float)
        probability = deviations_of_counts(weeks, 8, 1.0).probability
        judged += np.isfinite(probability).sum()
        alarms += (probability < 1e-5).sum()
    assert judged > 18_000
    assert alarms <= 1


@pytest.mark.parametrize("lasting", [1, 3, 8])
def test_half_of_the_rows_missing_is_found_in_the_first_week_however_long_it_lasts(lasting: int) -> None:
    weeks = counts(1)
    weeks[70 : 70 + lasting] *= 0.5

    found = deviations_of_counts(weeks, 8, 1.0)

    assert found.probability[70] < 1e-6
    assert not found.is_more[70]


def test_a_value_does_not_widen_its_own_limits() -> None:
    """Limits that include what they judge put an outlier among n values at most √n standard deviations off."""
    weeks = np.full(48, 400.0)
    weeks[40] = 0

    assert deviations_of_counts(weeks, 8, 1.0).probability[40] < 1e-50


def test_what_strays_as_far_elsewhere_is_no_news() -> None:
    """A company that closes in August is not missed in August."""
    weeks = counts(2)
    weeks[[20, 21, 72, 73]] = 0

    assert deviations_of_counts(weeks, 8, 1.0).probability[72] > 1e-4


def test_a_class_that_was_never_seen_is_found_and_one_of_a_single_crowd_is_not() -> None:
    totals = np.full(60, 500.0)
    missing = np.zeros(60)
    missing[50] = 40

    assert deviations_of_shares(missing, totals, 8, 1.0).probability[50] < 1e-10
    # Forty rows of one customer are one thing that happened.
    assert deviations_of_shares(missing, totals, 8, 40.0).probability[50] > 1e-4


def test_days_without_a_row_are_found_where_there_never_were_as_many() -> None:
    days = np.random.default_rng(3).poisson(40.0, 400).astype(float)
    days[5::7] = 0  # closed on one day a week
    days[300:304] = 0

    (found,) = silences(days, 1.0)

    assert (found.first, found.days) == (300, 4) or found.days in (4, 5)
    assert found.probability < 1e-20
    assert not list(silences(days[:300], 1.0))


def test_a_second_silence_as_long_is_none() -> None:
    days = np.full(400, 40.0)
    days[100:104] = 0
    days[300:304] = 0

    assert not list(silences(days, 1.0))


def test_blocks_end_with_the_newest_and_odds_move_both_ways() -> None:
    assert blocks(np.arange(7.0), 3).tolist() == [6.0, 15.0]
    assert odds_factor(10, 100, 10) == 1
    assert odds_factor(50, 100, 10) == pytest.approx(odds_factor(10, 100, 50))
