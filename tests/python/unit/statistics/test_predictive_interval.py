"""What single customers bring lies in their predictive intervals, and what is known of how they scatter is how they do.

Customers are followed in simulation, purchase by purchase, with a spend each, beyond the day at which they are valued.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from orchestration.statistics.beta_geometric_nbd import BetaGeometricNbd
from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import FloatArray, count_histories
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.residual_purchases import ResidualPurchases, residual_purchases
from orchestration.statistics.transactions import Horizon, TransactionModel
from tests.python.unit.sql_macros import sql_macro

_HORIZON = Horizon(36, 365.25 / 12, 1.1 ** (1 / 12) - 1)
_DELTA = float(np.log(1.1)) / 365.25
_LENGTH = _HORIZON.periods * _HORIZON.period
_SPEND = GammaGamma(6.0, 4.0, 15.0)
_GAMMA_QUANTILE = sql_macro("value/gamma_quantile.sql")
_COMPANIES = {
    "occasional": BgNbd(0.7, 90.0, 0.9, 3.3),
    "many leave at once": MbgNbd(0.5, 150.0, 0.9, 1.6),
    "hardly anybody comes back": BgNbd(0.05, 200.0, 0.8, 2.5),
    "every other week, for long": BgNbd(8.0, 60.0, 0.3, 40.0),
    "daily": BgNbd(2.0, 6.0, 0.2, 5.0),
    "leaves at any time": ParetoNbd(0.55, 80.0, 0.6, 400.0),
}


@dataclass(frozen=True)
class Followed:
    """What was seen of customers until T, and what they did after; shape (n,)."""

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    spent: FloatArray  # on the x repeat purchases
    brought: FloatArray  # within the horizon, discounted
    to_be_expected: FloatArray  # of somebody with the customer's own rates and mean spend, 0 once gone


@pytest.mark.parametrize("company", _COMPANIES)
def test_what_a_customer_brings_is_inside_in_93_per_cent(company: str) -> None:
    followed = _follow(_COMPANIES[company], 5000)
    lower, upper = _interval(_COMPANIES[company], followed)
    for true in (followed.brought, followed.to_be_expected):
        assert np.mean((lower <= true) & (true <= upper)) >= 0.93
        assert np.mean(true > upper) < 0.04
    surely = lower > 0
    if surely.sum() > 200:
        inside = (lower <= followed.brought) & (followed.brought <= upper)
        assert inside[surely].mean() >= 0.93


def test_of_regular_buyers_it_says_more_than_that_anything_may_happen() -> None:
    """Who buys every other week and stays: an upper end within three times what comes; for most a lower one, too."""
    model = _COMPANIES["every other week, for long"]
    followed = _follow(model, 5000)
    lower, upper = _interval(model, followed)
    stays = followed.brought > 0
    assert np.median(upper[stays] / followed.brought[stays]) < 3
    assert np.mean(lower[stays] > 0) > 0.5


@pytest.mark.parametrize("company", _COMPANIES)
def test_the_moments_are_those_of_simulated_purchases(company: str) -> None:
    """Of customers with one history each: the square of what is expected of each, and of what each buys."""
    model = _COMPANIES[company]
    x, T = 3.0, 200.0
    generator = np.random.default_rng(2)
    buying, leaving, stopping = _rates_if_alive(model, x, T, 200_000, generator)
    bought, squares = _buy(generator, buying, leaving, stopping)
    found = model.purchase_moments_if_alive(np.array([x]), np.array([T]), _HORIZON)
    hazard = leaving + buying * stopping
    worth = buying * -np.expm1(-(hazard + _DELTA) * _LENGTH) / (hazard + _DELTA)
    assert_allclose(found.expected, worth.mean(), rtol=0.02)
    assert_allclose(found.expected_square, np.mean(worth**2), rtol=0.05)
    assert_allclose(found.expected, bought.mean(), rtol=0.02)
    assert_allclose(found.realised_square, np.mean(bought**2), rtol=0.05)
    assert_allclose(found.sum_of_squares, squares.mean(), rtol=0.02)
    assert_allclose(found.probability_of_none, np.mean(bought == 0), atol=0.005)


def test_histories_of_every_extreme_have_finite_figures() -> None:
    """Daily for three years; thousands of purchases; back after years; once, ages ago; once, today."""
    x = np.array([1095.0, 5000.0, 400.0, 0.0, 0.0, 1.0])
    t_x = np.array([1095.0, 5000.0, 800.0, 0.0, 0.0, 1.0])
    T = np.array([1095.0, 5001.0, 3000.0, 9000.0, 0.0, 9000.0])
    followed = _follow(_COMPANIES["occasional"], 2000)
    histories, _ = count_histories(followed.frequency, followed.recency, followed.age)
    for model in (BgNbd, MbgNbd, ParetoNbd):
        residual = residual_purchases(model.fit(histories), x, t_x, T, _HORIZON)
        for name in ResidualPurchases.__annotations__:
            assert np.isfinite(getattr(residual, name)).all(), (model, name)
        assert (residual.realised_square >= residual.expected_square * (1 - 1e-9)).all()
        assert (residual.expected_square >= residual.expected**2 * (1 - 1e-3)).all()


def test_the_quantile_is_nearly_that_of_the_gamma_distribution() -> None:
    relative = [0.01, 0.1, 0.5, 1.0, 2.0, 4.0]
    for score in (-1.959964, -1.0, 0.5, 1.959964):
        expected = [stats.gamma.ppf(stats.norm.cdf(score), 1 / v, scale=v) for v in relative]
        # In standard deviations of the distribution.
        assert_allclose(
            (_quantile(np.ones(6), np.array(relative), np.full(6, score)) - expected) / relative, 0, atol=0.35
        )
    assert _quantile(np.ones(1), np.array([400.0]), np.array([1.96]))[0] > 1


def _interval(model: TransactionModel, followed: Followed) -> tuple[FloatArray, FloatArray]:
    """As models/intermediate/value/int_value__predictions.sql puts it together, of models fitted to what was seen."""
    histories, index = count_histories(followed.frequency, followed.recency, followed.age)
    found = residual_purchases(
        type(model).fit(histories), histories.frequency, histories.recency, histories.age, _HORIZON
    )
    degrees = _SPEND.p * followed.frequency + _SPEND.q
    spend = _SPEND.p * (_SPEND.v + followed.spent) / (degrees - 1)
    spend_square = spend * _SPEND.p * (_SPEND.v + followed.spent) / (degrees - 2)
    any_purchase, expected = found.probability_of_any[index], found.expected[index] * spend
    square = (found.realised_square + found.sum_of_squares / _SPEND.p)[index] * spend_square
    relative = square * any_purchase * np.exp(found.log_standard_error[index] ** 2) / expected**2 - 1
    ends = []
    for probability in (0.025, 0.975):
        score = found.normal_score(probability)[index]
        ends.append(np.where(np.isnan(score), 0, _quantile(expected / any_purchase, relative, np.nan_to_num(score))))
    return np.minimum(ends[0], found.of_early_leaver[index] * spend), ends[1]


def _quantile(mean: FloatArray, relative: FloatArray, score: FloatArray) -> FloatArray:
    with duckdb.connect() as connection:
        connection.register("given", {"mean": mean, "relative": relative, "score": score})
        expression = _GAMMA_QUANTILE("mean", "relative", "score")
        found = connection.execute(f"select {expression} as quantile from given").fetchnumpy()["quantile"]
    return np.asarray(found)


def _follow(model: TransactionModel, size: int) -> Followed:
    generator = np.random.default_rng(5)
    age = generator.integers(1, 700, size).astype(float)
    buying = generator.gamma(model.r, 1 / model.alpha, size)  # type: ignore[attr-defined]
    mean = _SPEND.p / generator.gamma(_SPEND.q, 1 / _SPEND.v, size)
    if isinstance(model, BetaGeometricNbd):
        stopping, life = generator.beta(model.a, model.b, size), np.full(size, np.inf)
    else:
        stopping, life = np.zeros(size), generator.exponential(1 / generator.gamma(model.s, 1 / model.beta, size))  # type: ignore[attr-defined]
    frequency, recency, spent, brought, clock = np.zeros((5, size))
    alive = life > age
    if isinstance(model, MbgNbd):
        alive &= generator.random(size) >= stopping
    active = np.flatnonzero(alive | (life <= age))
    while active.size:
        clock[active] += generator.exponential(1, active.size) / buying[active]
        active = active[clock[active] < np.minimum(life[active], age[active] + _LENGTH)]
        value = generator.gamma(_SPEND.p, mean[active] / _SPEND.p)
        seen = clock[active] <= age[active]
        frequency[active[seen]] += 1
        recency[active[seen]] = clock[active[seen]]
        spent[active[seen]] += value[seen]
        later = active[~seen]
        brought[later] += value[~seen] * np.exp(-_DELTA * (clock[later] - age[later]))
        stops = generator.random(active.size) < stopping[active]
        alive[active[stops & seen]] = False
        active = active[~stops]
    hazard = buying * stopping + _DELTA
    if isinstance(model, ParetoNbd):
        # Whoever lives buys until a day that is drawn already.
        hazard = np.full(size, _DELTA)
    lived = np.minimum(_LENGTH, np.maximum(life - age, 0))
    to_be_expected = np.where(alive, buying * -np.expm1(-hazard * lived) / hazard * mean, 0.0)
    return Followed(frequency, recency, age, spent, brought, to_be_expected)


def _rates_if_alive(
    model: TransactionModel, x: float, T: float, size: int, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    buying = generator.gamma(model.r + x, 1 / (model.alpha + T), size)  # type: ignore[attr-defined]
    if isinstance(model, BetaGeometricNbd):
        survived = x + 1 if isinstance(model, MbgNbd) else x
        return buying, np.zeros(size), generator.beta(model.a, model.b + survived, size)
    assert isinstance(model, ParetoNbd)
    return buying, generator.gamma(model.s, 1 / (model.beta + T), size), np.zeros(size)


def _buy(
    generator: np.random.Generator, buying: FloatArray, leaving: FloatArray, stopping: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Discounted purchases within the horizon, and the sum of squares of their discounts."""
    bought, squares, clock = np.zeros((3, buying.size))
    life = generator.exponential(1, buying.size) / np.maximum(leaving, 1e-300)
    active = np.arange(buying.size)
    while active.size:
        clock[active] += generator.exponential(1, active.size) / buying[active]
        active = active[clock[active] < np.minimum(life[active], _LENGTH)]
        bought[active] += np.exp(-_DELTA * clock[active])
        squares[active] += np.exp(-2 * _DELTA * clock[active])
        active = active[generator.random(active.size) >= stopping[active]]
    return bought, squares
