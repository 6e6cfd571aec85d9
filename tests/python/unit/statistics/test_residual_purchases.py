"""Residual purchases at few ages are those at all ages, and their error is what refitting the parameters would show."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.histories import FloatArray, count_histories
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.residual_purchases import dert, purchases_within, residual_purchases
from orchestration.statistics.transactions import Horizon, TransactionModel

_DELTA = float(np.log(1.1)) / 365.25
_HORIZON = Horizon(36, 365.25 / 12, 1.1 ** (1 / 12) - 1)
_MODELS = [BgNbd(0.243, 4.414, 0.793, 2.426), MbgNbd(0.05, 200.0, 0.9, 1.6), ParetoNbd(0.553, 10.578, 0.606, 11.669)]


def _customers(size: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    generator = np.random.default_rng(7)
    age = generator.integers(1, 1000, size).astype(float)
    frequency = np.minimum(generator.poisson(generator.gamma(0.6, 0.02, size) * age), age).astype(float)
    recency = np.where(frequency > 0, np.maximum(frequency, np.floor(age * generator.random(size))), 0.0)
    return frequency, recency, age


@pytest.mark.parametrize("model", _MODELS, ids=lambda model: type(model).__name__)
def test_few_ages_give_what_all_ages_give(model: TransactionModel) -> None:
    x, t_x, T = _customers(3000)
    assert_allclose(
        dert(model, x, t_x, T, _DELTA),
        model.discounted_expected_residual_transactions(x, t_x, T, _DELTA),
        rtol=1e-9,
    )


@pytest.mark.parametrize("model", _MODELS, ids=lambda model: type(model).__name__)
def test_so_do_they_within_a_horizon(model: TransactionModel) -> None:
    x, t_x, T = _customers(3000)
    assert_allclose(
        purchases_within(model, x, t_x, T, _HORIZON),
        model.discounted_expected_purchases(x, t_x, T, _HORIZON),
        rtol=1e-8,
    )


def test_one_history_and_one_age_do() -> None:
    model = _MODELS[1]
    expected = model.discounted_expected_residual_transactions(0, 0, 0, _DELTA)
    assert_allclose(dert(model, np.zeros(1), np.zeros(1), np.zeros(1), _DELTA), expected)
    ages = np.full(50, 30.0)
    assert_allclose(
        dert(model, np.zeros(50), np.zeros(50), ages, _DELTA),
        model.discounted_expected_residual_transactions(np.zeros(50), np.zeros(50), ages, _DELTA),
    )


def test_the_standard_error_is_the_spread_over_plausible_parameters() -> None:
    x, t_x, T = _customers(20_000)
    histories, _ = count_histories(x, t_x, T)
    fit = MbgNbd.fit(histories)
    some = slice(0, None, histories.frequency.size // 40)
    of = (histories.frequency[some], histories.recency[some], histories.age[some])
    found = residual_purchases(fit, *of, _HORIZON)
    plausible = np.random.default_rng(1).multivariate_normal(np.log(fit.values), fit.log_covariance, 600)
    drawn = [
        np.log(MbgNbd(*parameters).discounted_expected_purchases(*of, _HORIZON)) for parameters in np.exp(plausible)
    ]
    assert_allclose(found.log_standard_error, np.std(drawn, axis=0), rtol=0.15)


def test_a_month_and_a_year_discount_the_same() -> None:
    """(1 + d)^(1/12) - 1 a month, and ln(1 + d) over 365.25 a day: 36 months of purchases at a steady rate."""
    from orchestration.statistics.discount_rates import continuous_discount_rate, periodic_discount_rate

    month = periodic_discount_rate(0.10, 12)
    assert (1 + month) ** 12 == pytest.approx(1.10)
    assert np.exp(-continuous_discount_rate(0.10, 365.25) * 365.25 / 12) == pytest.approx(1 / (1 + month))
