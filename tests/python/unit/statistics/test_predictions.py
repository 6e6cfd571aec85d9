"""Predictions against the published closed forms, against integration, and against customers followed in simulation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, special

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.special import beta_rule, scaled_exponential_integral
from orchestration.statistics.transactions import Horizon, TransactionModel

_BG = BgNbd(0.243, 4.414, 0.793, 2.426)
_MBG = MbgNbd(0.525, 6.183, 0.891, 1.614)
_PARETO = ParetoNbd(0.553, 10.578, 0.606, 11.669)
_MODELS = [pytest.param(model, id=type(model).__name__) for model in (_BG, _MBG, _PARETO)]

_X = np.array([0, 0, 1, 2, 7, 26, 40])
_T_X = np.array([0, 0, 3.0, 30.43, 20.0, 30.857, 5.0])
_T = np.array([0, 38.86, 40.0, 38.86, 20.0, 31.0, 30.0])


def test_bg_nbd_takes_every_customer_without_a_repeat_purchase_for_alive() -> None:
    assert_allclose(_BG.probability_alive([0, 0, 0], [0, 0, 0], [0, 10, 5000]), 1, rtol=0)


def test_mbg_nbd_doubts_a_customer_without_a_repeat_purchase_the_more_the_longer_ago_it_was() -> None:
    alive = _MBG.probability_alive([0, 0, 0], [0, 0, 0], [0, 10, 5000])
    assert alive[0] == pytest.approx(_MBG.b / (_MBG.a + _MBG.b))
    assert (np.diff(alive) < 0).all()


@pytest.mark.parametrize("model", _MODELS)
def test_probability_alive_falls_during_a_pause(model: TransactionModel) -> None:
    alive = model.probability_alive(np.full(5, 3), np.full(5, 10.0), [10, 15, 30, 100, 1000])
    assert (np.diff(alive) < 0).all()
    assert alive.min() > 0


def test_bg_nbd_expected_purchases_is_the_published_formula() -> None:
    r, alpha, a, b, t = _BG.r, _BG.alpha, _BG.a, _BG.b, 39.0
    grown = 1 - ((alpha + _T) / (alpha + _T + t)) ** (r + _X) * special.hyp2f1(
        r + _X, b + _X, a + b + _X - 1, t / (alpha + _T + t)
    )
    published = (a + b + _X - 1) / (a - 1) * grown * _BG.probability_alive(_X, _T_X, _T)
    assert_allclose(_BG.expected_purchases(_X, _T_X, _T, t), published, rtol=1e-9)


def test_mbg_nbd_expected_purchases_is_the_published_formula() -> None:
    r, alpha, a, b, t = _MBG.r, _MBG.alpha, _MBG.a, _MBG.b, 39.0
    grown = 1 - ((alpha + _T) / (alpha + _T + t)) ** (r + _X) * special.hyp2f1(
        r + _X, b + _X + 1, a + b + _X, t / (alpha + _T + t)
    )
    published = (a + b + _X) / (a - 1) * grown * _MBG.probability_alive(_X, _T_X, _T)
    assert_allclose(_MBG.expected_purchases(_X, _T_X, _T, t), published, rtol=1e-9)


def test_pareto_nbd_expected_purchases_is_the_published_formula() -> None:
    r, alpha, s, beta, t = _PARETO.r, _PARETO.alpha, _PARETO.s, _PARETO.beta, 39.0
    grown = 1 - ((beta + _T) / (beta + _T + t)) ** (s - 1)
    published = (r + _X) * (beta + _T) / (alpha + _T) / (s - 1) * grown * _PARETO.probability_alive(_X, _T_X, _T)
    assert_allclose(_PARETO.expected_purchases(_X, _T_X, _T, t), published, rtol=1e-12)


@pytest.mark.parametrize(
    ("at_one", "beside"),
    [
        (BgNbd(0.5, 5, 1.0, 2), BgNbd(0.5, 5, 1 + 1e-7, 2)),
        (MbgNbd(0.5, 5, 1.0, 2), MbgNbd(0.5, 5, 1 + 1e-7, 2)),
        (ParetoNbd(0.5, 5, 1.0, 2), ParetoNbd(0.5, 5, 1 + 1e-7, 2)),
    ],
)
def test_the_parameter_at_which_the_published_formulas_divide_by_zero_is_like_its_neighbours(
    at_one: TransactionModel, beside: TransactionModel
) -> None:
    assert_allclose(at_one.expected_purchases(_X, _T_X, _T, 39), beside.expected_purchases(_X, _T_X, _T, 39), rtol=1e-5)


@pytest.mark.parametrize("model", _MODELS)
def test_expected_purchases_start_at_zero_and_rise_with_the_horizon(model: TransactionModel) -> None:
    by_horizon = np.array([model.expected_purchases(_X, _T_X, _T, t) for t in (0, 1, 10, 100, 1e6)])
    assert_allclose(by_horizon[0], 0, atol=1e-12)
    assert (np.diff(by_horizon, axis=0) > 0).all()


@pytest.mark.parametrize("model", _MODELS)
@pytest.mark.parametrize("rate", [0.0027, 0.05, 1.0])
def test_dert_is_the_integral_of_discounted_purchases(model: TransactionModel, rate: float) -> None:
    """By parts: DERT = δ ∫ exp(-δ t) E[Y(t)] dt."""
    dert = model.discounted_expected_residual_transactions(_X, _T_X, _T, rate)
    for i in range(_X.size):
        integral, _ = integrate.quad(
            lambda u, i=i: model.expected_purchases(_X[i], _T_X[i], _T[i], -np.log(u) / rate)[0],
            0,
            1,
            epsrel=1e-7,
            limit=100,
        )
        assert dert[i] == pytest.approx(integral, rel=1e-5)


def test_pareto_nbd_dert_is_the_published_formula() -> None:
    """Fader, Hardie, Lee (2005), RFM and CLV, equation 3."""
    r, alpha, s, beta = _PARETO.r, _PARETO.alpha, _PARETO.s, _PARETO.beta
    rate = 0.0027
    likelihood = np.exp(_PARETO.log_likelihood(_X, _T_X, _T))
    published = (
        alpha**r * beta**s * rate ** (s - 1) * special.gamma(r + _X + 1) * special.hyperu(s, s, rate * (beta + _T))
    ) / (special.gamma(r) * (alpha + _T) ** (r + _X + 1) * likelihood)
    assert_allclose(_PARETO.discounted_expected_residual_transactions(_X, _T_X, _T, rate), published, rtol=1e-7)


@pytest.mark.parametrize("model", _MODELS)
def test_discounted_purchases_sum_the_purchases_of_each_period(model: TransactionModel) -> None:
    month, d = 365.25 / 12 / 7, 0.01
    by_month = np.array([model.expected_purchases(_X, _T_X, _T, month * k) for k in range(13)])
    expected = (np.diff(by_month, axis=0) / (1 + d) ** np.arange(1, 13)[:, np.newaxis]).sum(axis=0)
    discounted = model.discounted_expected_purchases(_X, _T_X, _T, Horizon(12, month, d))
    assert_allclose(discounted, expected, rtol=1e-10)
    undiscounted = model.discounted_expected_purchases(_X, _T_X, _T, Horizon(12, month, 0))
    assert_allclose(undiscounted, by_month[-1], rtol=1e-10)


@pytest.mark.parametrize("model", _MODELS)
def test_many_short_periods_approach_dert(model: TransactionModel) -> None:
    rate = 0.05
    short = model.discounted_expected_purchases(_X, _T_X, _T, Horizon(4000, 0.1, float(np.expm1(rate * 0.1))))
    dert = model.discounted_expected_residual_transactions(_X, _T_X, _T, rate)
    assert_allclose(short, dert, rtol=0.004)


def test_dert_is_not_monotone_in_frequency() -> None:
    dert = _PARETO.discounted_expected_residual_transactions(
        np.arange(1, 40), np.full(39, 10.0), np.full(39, 40.0), 0.0027
    )
    assert 0 < np.argmax(dert) < 38


@pytest.mark.parametrize("model", _MODELS)
def test_a_new_customer_is_a_customer_observed_for_no_time(model: TransactionModel) -> None:
    expected = model.expected_purchases_of_new_customer(np.array([[1.0, 5.0], [20.0, 0.0]]))
    assert expected.shape == (2, 2)
    assert expected[0, 1] == model.expected_purchases(0, 0, 0, 5)[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: _BG.expected_purchases(1, 1, 2, -1), "horizon is -1"),
        (lambda: _BG.discounted_expected_residual_transactions(1, 1, 2, 0), "needs a positive continuous rate"),
        (lambda: Horizon(0, 1, 0), "at least one"),
        (lambda: Horizon(1, 1, -0.1), "0 or more"),
        (lambda: BgNbd(0.5, 0, 1, 1), "parameter alpha is 0"),
        (lambda: _BG.probability_alive(1, 3, 2), "later than age"),
    ],
)
def test_impossible_questions_are_refused(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("a", [0.01, 0.3, 1.0, 40.0, 1e4])
@pytest.mark.parametrize("b", [0.02, 1.0, 300.0, 1e5])
def test_beta_rule_averages_powers_as_the_beta_function_does(a: float, b: float) -> None:
    points, weights = beta_rule(a, b)
    for dropped, stayed in ((1, 0), (0, 1), (2, 3)):
        exact = np.exp(special.betaln(a + dropped, b + stayed) - special.betaln(a, b))
        assert weights @ (points**dropped * (1 - points) ** stayed) == pytest.approx(exact, rel=1e-6)


def test_scaled_exponential_integral_is_that_of_scipy_and_recurs() -> None:
    z = np.geomspace(1e-8, 500, 30)
    whole = np.array([[1], [2], [7]])
    assert_allclose(scaled_exponential_integral(whole, z), special.expn(whole, z) * np.exp(z), rtol=1e-10)
    order = np.array([[0.3], [1.7], [26.243], [4000.5]])
    following = (1 - z * scaled_exponential_integral(order, z)) / order
    assert_allclose(scaled_exponential_integral(order + 1, z), following, rtol=1e-8, atol=1e-12)
