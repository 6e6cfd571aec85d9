"""The published importance of drivers of satisfaction, and what holds of any importance."""

from __future__ import annotations

import csv
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from orchestration.statistics.fitting import NotIdentifiedError
from orchestration.statistics.histories import FloatArray
from orchestration.statistics.importance import estimate_importance, resample_importance

# Miles per gallon, cylinders, displacement, horsepower and gears of 32 cars (Motor Trend 1974; `mtcars` of R).
CARS = np.array(
    """
    21 6 160 110 4, 21 6 160 110 4, 22.8 4 108 93 4, 21.4 6 258 110 3, 18.7 8 360 175 3, 18.1 6 225 105 3,
    14.3 8 360 245 3, 24.4 4 146.7 62 4, 22.8 4 140.8 95 4, 19.2 6 167.6 123 4, 17.8 6 167.6 123 4,
    16.4 8 275.8 180 3, 17.3 8 275.8 180 3, 15.2 8 275.8 180 3, 10.4 8 472 205 3, 10.4 8 460 215 3,
    14.7 8 440 230 3, 32.4 4 78.7 66 4, 30.4 4 75.7 52 4, 33.9 4 71.1 65 4, 21.5 4 120.1 97 3, 15.5 8 318 150 3,
    15.2 8 304 150 3, 13.3 8 350 245 3, 19.2 8 400 175 3, 27.3 4 79 66 4, 26 4 120.3 91 5, 30.4 4 95.1 113 5,
    15.8 8 351 264 5, 19.7 6 145 175 5, 15 8 301 335 5, 21.4 4 121 109 4
    """.replace(",", " ").split(),
    dtype=np.float64,
).reshape(32, 5)


@pytest.fixture(scope="session")
def answers(real_data: Path) -> FloatArray:
    """1,811 customers by ten items on 1-10: the overall one first."""
    with (real_data / "satisfaction_drivers" / "customer_sat.csv").open(encoding="utf-8", newline="") as stream:
        return np.array(list(csv.reader(stream))[1:], dtype=np.float64)


def test_importance_is_the_published_one(answers: FloatArray) -> None:
    found = estimate_importance(answers)
    assert found.r_squared == pytest.approx(0.71673, abs=0.0001)
    shapley = [0.08710, 0.07039, 0.16143, 0.07872, 0.15223, 0.06276, 0.05032, 0.02570, 0.02808]
    weights = [0.09142, 0.07418, 0.14890, 0.07883, 0.15231, 0.06483, 0.05107, 0.02539, 0.02980]
    assert_allclose(found.shapley, shapley, atol=0.0001)
    assert_allclose(found.relative_weights, weights, atol=0.0001)
    assert 100 * (answers[:, 0].mean() - 1) / 9 == pytest.approx(56.29, abs=0.005)


def test_relative_weights_of_cars_are_the_published_ones() -> None:
    found = estimate_importance(CARS)
    assert found.r_squared == pytest.approx(0.7791896, abs=1e-6)
    assert_allclose(found.relative_weights, [0.2284797, 0.2221469, 0.2321744, 0.0963886], atol=1e-6)


def test_a_shapley_value_is_the_mean_over_all_orders() -> None:
    correlations = np.corrcoef(CARS.T)

    def explained(drivers: tuple[int, ...]) -> float:
        rows = list(drivers)
        inner = correlations[rows, 0]
        return float(inner @ np.linalg.solve(correlations[np.ix_(rows, rows)], inner)) if rows else 0.0

    orders = list(permutations(range(1, 5)))
    added = [[explained(order[: place + 1]) - explained(order[:place]) for place in range(4)] for order in orders]
    mean = [
        np.mean([gains[order.index(driver)] for order, gains in zip(orders, added, strict=True)])
        for driver in range(1, 5)
    ]
    assert_allclose(estimate_importance(CARS).shapley, mean)


def test_both_sum_to_what_is_explained_and_no_scale_matters(answers: FloatArray) -> None:
    found = estimate_importance(answers)
    assert found.shapley.sum() == pytest.approx(found.r_squared)
    assert found.relative_weights.sum() == pytest.approx(found.r_squared)
    turned = answers * np.array([1, -1, 10, 1, 1, 0.5, 1, 1, -3, 1]) + 7
    assert_allclose(estimate_importance(turned).flat(), found.flat(), atol=1e-9)


def test_intervals_hold_the_estimate_and_are_the_same_again() -> None:
    found = estimate_importance(CARS)
    interval = resample_importance(CARS, found, 200, seed=1)
    assert interval.failed_count == 0
    for name in ("r_squared", "shapley", "relative_weights"):
        lower, upper = getattr(interval.lower, name), getattr(interval.upper, name)
        assert np.all((lower < getattr(found, name)) & (getattr(found, name) < upper)), name
    assert_allclose(resample_importance(CARS, found, 200, seed=1).lower.flat(), interval.lower.flat(), rtol=0)


def test_drivers_that_say_the_same_are_not_told_apart_and_too_many_are_refused() -> None:
    with pytest.raises(NotIdentifiedError, match="say the same"):
        estimate_importance(np.column_stack([CARS, 2 * CARS[:, 1]]))
    with pytest.raises(ValueError, match="15 are the most"):
        estimate_importance(np.random.default_rng(1).normal(size=(50, 17)))
