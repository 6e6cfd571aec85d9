"""Seasonally adjusted days: a company's own seasonality of the year, as the time in which purchases come evenly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.histories import FloatArray, count_histories, purchase_histories
from orchestration.statistics.seasonality import EVEN, Seasonality, estimate_seasonality, in_adjusted_days

_JANUARY_2022 = 52 * 12
_SEASON = np.array([0.9, 0.8, 0.95, 1.0, 1.05, 1.0, 0.9, 0.9, 1.0, 1.05, 1.2, 1.25])


def _days(months: int) -> FloatArray:
    first = (_JANUARY_2022 + np.arange(months + 1)).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(np.diff(first), np.float64)


def _day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def test_a_season_is_found_under_growth_and_months_of_different_lengths() -> None:
    months = np.arange(48)
    counts = 1e6 * _days(48) * _SEASON[months % 12] * (1 + months / 24)
    found = np.array(estimate_seasonality(_JANUARY_2022, counts).indices)
    assert_allclose(found, _SEASON / _SEASON.mean(), rtol=0.02)


def test_a_shop_without_a_season_has_none_however_long_its_months() -> None:
    found = estimate_seasonality(_JANUARY_2022, 1000.0 * _days(36))
    assert_allclose(found.indices, 1.0, atol=0.002)


def test_few_sales_say_little_of_a_season() -> None:
    months = np.arange(36)
    loud = np.array(estimate_seasonality(_JANUARY_2022, np.rint(1000 * _SEASON[months % 12])).indices)
    quiet = np.array(estimate_seasonality(_JANUARY_2022, np.rint(20 * _SEASON[months % 12])).indices)
    assert np.ptp(loud) > 0.3
    assert np.ptp(quiet) < 0.5 * np.ptp(loud)
    scatter = np.random.default_rng(1).poisson(30.0, 36).astype(float)
    assert np.ptp(estimate_seasonality(_JANUARY_2022, scatter).indices) < 0.25


@pytest.mark.parametrize("counts", [np.full(23, 100.0), np.zeros(36), np.zeros(0)])
def test_less_than_two_years_or_no_sales_leave_the_year_even(counts: FloatArray) -> None:
    assert estimate_seasonality(_JANUARY_2022, counts) == EVEN


def test_a_year_has_as_many_adjusted_days_as_days_leap_years_included() -> None:
    seasonality = Seasonality(
        tuple((_SEASON / np.average(_SEASON, weights=_days(12) + 0.25 * (np.arange(12) == 1))).tolist())
    )
    starts = np.array([_day(f"{year}-01-01") for year in (2022, 2023, 2024, 2025, 2026)], dtype=float)
    assert_allclose(np.diff(seasonality.adjusted_days(starts)), np.diff(starts), atol=1.0)
    assert seasonality.adjusted_days(starts)[-1] - seasonality.adjusted_days(starts)[0] == pytest.approx(1461, rel=1e-9)
    of_february = seasonality.adjusted_days(np.array([_day("2024-02-29"), _day("2024-03-01")], dtype=float))
    assert np.diff(of_february)[0] == pytest.approx(seasonality.indices[1])


def test_histories_keep_their_order_and_an_even_year_changes_nothing() -> None:
    histories = purchase_histories([0, 1, 3], [0, 20, 364], [10, 31, 364])
    last = _day("2024-12-31")
    even = in_adjusted_days(histories, EVEN, last)
    assert_allclose(even.recency, histories.recency)
    assert_allclose(even.age, histories.age)
    adjusted = in_adjusted_days(histories, Seasonality(tuple(_SEASON / _SEASON.mean())), last)
    assert_allclose(adjusted.recency <= adjusted.age, True)
    assert adjusted.recency[2] == adjusted.age[2]
    assert adjusted.age[0] == pytest.approx(10 * 1.25, rel=0.01)


def test_seasonally_adjusted_days_take_the_seasonality_out_of_what_is_predicted() -> None:
    """Customers of constant rates in adjusted time, seen until the best month ends: who expects more such errs."""
    generator = np.random.default_rng(6)
    index = _SEASON / np.average(_SEASON, weights=_days(12))
    seasonality = Seasonality(tuple(index.tolist()))
    calendar = np.arange(_day("2022-01-01"), _day("2026-01-01") + 1, dtype=float)
    adjusted = seasonality.adjusted_days(calendar)
    last, n = _day("2024-12-31"), 20_000
    first = generator.integers(_day("2022-01-01"), _day("2024-10-01"), n).astype(float)
    rate, leaves = generator.gamma(0.7, 1 / 80.0, n), generator.beta(0.9, 3.3, n)
    x, final, alive = np.zeros(n), first.copy(), np.ones(n, np.bool_)
    at, going = np.interp(first, calendar, adjusted), np.arange(n)
    while going.size:
        at[going] += generator.exponential(1.0, going.size) / rate[going]
        day = np.interp(at[going], adjusted, calendar)
        going, day = going[day <= last], day[day <= last]
        x[going] += 1
        final[going] = day
        gone = generator.random(going.size) < leaves[going]
        alive[going[gone]] = False
        going = going[~gone]
    histories, _ = count_histories(x, final - first, last - first)
    true = (alive * -np.expm1(-rate * leaves * 365.25) / leaves).sum()

    def predicted(seasonality: Seasonality) -> float:
        seen = in_adjusted_days(histories, seasonality, last)
        model = BgNbd.fit(seen).model
        return float(seen.counts @ model.expected_purchases(seen.frequency, seen.recency, seen.age, 365.25))

    in_calendar_days, in_adjusted = predicted(EVEN) / true - 1, predicted(seasonality) / true - 1
    assert abs(in_adjusted) < 0.02
    assert in_calendar_days > in_adjusted + 0.02
