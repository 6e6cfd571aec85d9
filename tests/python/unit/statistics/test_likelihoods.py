"""Likelihoods against integration over what is unseen, and their derivatives against differences."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import integrate, special, stats

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.fitting import Derivatives, _in_logs
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import FloatArray, PurchaseHistories, purchase_histories
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.shifted_beta_geometric import ShiftedBetaGeometric
from orchestration.statistics.transactions import TransactionModel

_TRANSACTION_MODELS: list[type[BgNbd | MbgNbd | ParetoNbd]] = [BgNbd, MbgNbd, ParetoNbd]

positive = st.floats(0.05, 20)
purchase_history = st.one_of(
    st.tuples(st.just(0), st.just(0.0), st.floats(0, 100)),
    st.builds(
        lambda x, T, share: (x, T * share, T), st.integers(1, 60), st.floats(0.5, 100), st.floats(0.015625, 1, width=16)
    ),
)


def _counted(rows: list[tuple[tuple[int, float, float], int]]) -> PurchaseHistories:
    x, t_x, T = np.array([history for history, _ in rows], dtype=float).T
    return purchase_histories(x, t_x, T, [count for _, count in rows])


all_histories = st.lists(st.tuples(purchase_history, st.integers(1, 5)), min_size=1, max_size=8).map(_counted)


def assert_derivatives(objective: Callable[[FloatArray], Derivatives], parameters: tuple[float, ...]) -> None:
    """Central differences of value and gradient in the logarithms of the parameters, which is what the fit climbs."""
    logs, step = np.log(np.array(parameters)), 1e-4
    value, gradient, hessian = _in_logs(objective, logs)
    assert_allclose(hessian, hessian.T, rtol=1e-12, atol=1e-12)
    for i, direction in enumerate(step * np.eye(logs.size)):
        up, down = _in_logs(objective, logs + direction), _in_logs(objective, logs - direction)
        slack = 1e-6 * (1 + np.abs(hessian).max())
        assert (up[0] - down[0]) / (2 * step) == pytest.approx(gradient[i], rel=1e-6, abs=slack + 1e-10 * abs(value))
        assert_allclose((up[1] - down[1]) / (2 * step), hessian[i], rtol=1e-6, atol=slack)


@pytest.mark.parametrize("model", _TRANSACTION_MODELS)
@given(histories=all_histories, parameters=st.tuples(positive, positive, positive, positive))
@settings(max_examples=60, deadline=None)
def test_gradient_and_hessian_are_the_derivatives_of_the_likelihood_of_all_customers(
    model: type[BgNbd], histories: PurchaseHistories, parameters: tuple[float, float, float, float]
) -> None:
    objective = model._objective(histories)
    by_customer = model(*parameters).log_likelihood(histories.frequency, histories.recency, histories.age)
    assert objective(np.array(parameters))[0] == pytest.approx(histories.counts @ by_customer, rel=1e-9, abs=1e-9)
    assert_derivatives(objective, parameters)


@given(
    rows=st.lists(st.tuples(st.integers(1, 30), st.floats(0.1, 50), st.integers(1, 4)), min_size=1, max_size=8),
    parameters=st.tuples(positive, positive, positive),
)
@settings(max_examples=60, deadline=None)
def test_gamma_gamma_derivatives(rows: list[tuple[int, float, int]], parameters: tuple[float, float, float]) -> None:
    x, mean, counts = np.array(rows, dtype=float).T
    objective = GammaGamma._objective(x, mean, counts)
    by_customer = GammaGamma(*parameters).log_likelihood(x, mean)
    assert objective(np.array(parameters))[0] == pytest.approx(counts @ by_customer, rel=1e-9, abs=1e-9)
    assert_derivatives(objective, parameters)


@given(
    rows=st.lists(st.tuples(st.integers(1, 30), st.booleans(), st.integers(1, 4)), min_size=1, max_size=8),
    parameters=st.tuples(positive, positive),
)
@settings(max_examples=60, deadline=None)
def test_shifted_beta_geometric_derivatives(rows: list[tuple[int, bool, int]], parameters: tuple[float, float]) -> None:
    n, churned, counts = np.array(rows, dtype=float).T
    objective = ShiftedBetaGeometric._objective(n, churned, counts)
    by_customer = ShiftedBetaGeometric(*parameters).log_likelihood(n, churned)
    assert objective(np.array(parameters))[0] == pytest.approx(counts @ by_customer, rel=1e-9, abs=1e-9)
    assert_derivatives(objective, parameters)


_HISTORIES = [(0, 0.0, 0.0), (0, 0.0, 38.86), (1, 3.0, 40.0), (2, 30.43, 38.86), (7, 20.0, 20.0), (26, 30.857, 31.0)]


@pytest.mark.parametrize(("x", "t_x", "T"), _HISTORIES)
@pytest.mark.parametrize(("model", "first"), [(BgNbd(0.8, 5.0, 1.2, 2.4), 0), (MbgNbd(0.8, 5.0, 1.2, 2.4), 1)])
def test_beta_geometric_likelihood_is_the_average_over_rates_and_drop_out_probabilities(
    model: BgNbd | MbgNbd, first: int, x: int, t_x: float, T: float
) -> None:
    k = x + first

    def over_rates(time: float) -> float:
        density = stats.gamma(model.r, scale=1 / model.alpha).pdf
        return _integral(lambda rate: rate**x * math.exp(-rate * time) * density(rate), 0, np.inf)

    def over_drop_out(dropped: int, stayed: int) -> float:
        density = stats.beta(model.a, model.b).pdf
        return _integral(lambda p: p**dropped * (1 - p) ** stayed * density(p), 0, 1)

    average = over_drop_out(0, k) * over_rates(T)
    if k > 0:
        average += over_drop_out(1, k - 1) * over_rates(t_x)
    assert model.log_likelihood(x, t_x, T)[0] == pytest.approx(math.log(average), abs=1e-6)


def _integral(function: Callable[[float], float], low: float, high: float) -> float:
    return float(integrate.quad(function, low, high, epsabs=0, epsrel=1e-9, limit=200)[0])


def pareto_nbd_by_hypergeometric(model: ParetoNbd, x: int, t_x: float, T: float) -> float:
    """Fader, Hardie (2005), equations 16 to 20; for alpha >= beta."""
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    n = r + s + x
    part = [special.hyp2f1(n, s + 1, n + 1, (alpha - beta) / (alpha + t)) / (alpha + t) ** n for t in (t_x, T)]
    inside = 1 / ((alpha + T) ** (r + x) * (beta + T) ** s) + s / n * (part[0] - part[1])
    return float(
        special.gammaln(r + x) - special.gammaln(r) + r * math.log(alpha) + s * math.log(beta) + math.log(inside)
    )


@pytest.mark.parametrize(("x", "t_x", "T"), _HISTORIES)
@pytest.mark.parametrize("model", [ParetoNbd(0.553, 10.578, 0.606, 10.5), ParetoNbd(3.0, 20.0, 1.0, 0.8)])
def test_pareto_nbd_likelihood_is_the_published_formula(model: ParetoNbd, x: int, t_x: float, T: float) -> None:
    assert model.log_likelihood(x, t_x, T)[0] == pytest.approx(
        pareto_nbd_by_hypergeometric(model, x, t_x, T), abs=1e-10
    )


def test_gamma_gamma_likelihood_is_a_density_of_mean_spend() -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    for x in (1, 5):
        total, _ = integrate.quad(lambda m, x=x: math.exp(model.log_likelihood(x, m)[0]), 1e-9, np.inf, limit=200)
        assert total == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("model", _TRANSACTION_MODELS)
def test_a_likelihood_in_days_is_that_in_weeks_of_a_density_in_days(model: type[TransactionModel]) -> None:
    weeks = model(0.5, 6.0, 0.9, 1.6)  # type: ignore[call-arg]
    days = model(0.5, 42.0, 0.9, 11.2 if model is ParetoNbd else 1.6)  # type: ignore[call-arg]
    x, t_x, T = 3, 10, 20
    difference = weeks.log_likelihood(x, t_x, T) - days.log_likelihood(x, t_x * 7, T * 7)
    assert_allclose(difference, x * math.log(7))
