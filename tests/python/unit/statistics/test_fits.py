"""Fits of simulated customers, of counted rows, in other units, and their standard errors."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from simulated_customers import beta_geometric_customers, pareto_customers

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.fitting import Fit
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import FloatArray, count_histories, purchase_histories
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.shifted_beta_geometric import ShiftedBetaGeometric

_BETA_GEOMETRIC = (0.6, 4.0, 0.9, 2.2)
_PARETO = (0.6, 8.0, 0.7, 12.0)
Histories = tuple[FloatArray, FloatArray, FloatArray]
Model = type[BgNbd] | type[MbgNbd] | type[ParetoNbd]


def _simulated(model: Model, seed: int, size: int) -> Histories:
    generator = np.random.default_rng(seed)
    if model is ParetoNbd:
        return pareto_customers(generator, size, _PARETO, longest=78)
    return beta_geometric_customers(
        generator, size, _BETA_GEOMETRIC, drops_out_at_first_purchase=model is MbgNbd, longest=78
    )


def _truth(model: Model) -> tuple[float, ...]:
    return _PARETO if model is ParetoNbd else _BETA_GEOMETRIC


def _standardised(fit: Fit[BgNbd], truth: tuple[float, ...]) -> FloatArray:
    """Distance of the logarithms of the parameters from the truth, in standard deviations, all directions together."""
    difference = np.log(fit.values) - np.log(truth)
    return np.asarray(np.sqrt(difference @ np.linalg.solve(fit.log_covariance, difference)))


_MODELS = [BgNbd, MbgNbd, ParetoNbd]


@pytest.mark.parametrize("model", _MODELS)
def test_a_fit_recovers_the_parameters_customers_were_simulated_with(model: Model) -> None:
    fit = model.fit(purchase_histories(*_simulated(model, 1, 20_000)))
    assert fit.at_bound == ()
    assert_allclose(fit.values, _truth(model), rtol=0.15)
    # A chi-squared of 4 degrees of freedom is below 18.5 in 99.9 % of samples.
    assert _standardised(fit, _truth(model)) ** 2 < 18.5  # type: ignore[arg-type]


@pytest.mark.parametrize("model", _MODELS)
def test_standard_errors_are_the_spread_of_estimates_over_samples(model: Model) -> None:
    fits = [model.fit(purchase_histories(*_simulated(model, seed, 1_000))) for seed in range(50)]
    distances = np.array([_standardised(fit, _truth(model)) ** 2 for fit in fits])  # type: ignore[arg-type]
    # The mean of 50 chi-squared values of 4 degrees of freedom has the standard deviation sqrt(8 / 50) = 0.4.
    assert abs(distances.mean() - 4) < 1.5


@pytest.mark.parametrize("model", _MODELS)
def test_a_fit_of_counted_rows_is_that_of_the_customers(model: Model) -> None:
    x, t_x, T = _simulated(model, 2, 3_000)
    # Whole weeks, so that histories repeat; no repeat purchase within the first week.
    t_x, T = np.maximum(np.ceil(t_x), x > 0), np.ceil(T)
    raw = model.fit(purchase_histories(x, t_x, T))
    histories, _ = count_histories(x, t_x, T)
    assert histories.counts.size < x.size
    counted = model.fit(histories)
    assert counted.customers == 3_000
    assert_allclose(counted.values, raw.values, rtol=1e-6)
    assert_allclose(counted.standard_errors, raw.standard_errors, rtol=1e-5)
    assert counted.log_likelihood == pytest.approx(raw.log_likelihood, rel=1e-12)


@pytest.mark.parametrize("model", _MODELS)
def test_a_fit_in_days_is_that_in_weeks(model: Model) -> None:
    x, t_x, T = _simulated(model, 3, 2_000)
    weeks = model.fit(purchase_histories(x, t_x, T))
    days = model.fit(purchase_histories(x, t_x * 7, T * 7))
    is_time = np.isin(weeks.names, ["alpha", "beta"])
    assert_allclose(days.values, weeks.values * np.where(is_time, 7, 1), rtol=1e-6)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - x.sum() * np.log(7), rel=1e-12)
    assert_allclose(
        days.model.expected_purchases(x[:50], t_x[:50] * 7, T[:50] * 7, 70),
        weeks.model.expected_purchases(x[:50], t_x[:50], T[:50], 10),
        rtol=1e-6,
    )


@pytest.mark.parametrize("model", _MODELS)
def test_the_likelihood_of_a_fit_is_that_of_its_customers_and_a_maximum(model: Model) -> None:
    customers = _simulated(model, 4, 2_000)
    fit = model.fit(purchase_histories(*customers))
    assert fit.model.log_likelihood(*customers).sum() == pytest.approx(fit.log_likelihood, rel=1e-12)
    for i in range(4):
        for factor in (0.99, 1.01):
            beside = fit.values.copy()
            beside[i] *= factor
            assert model(*beside).log_likelihood(*customers).sum() < fit.log_likelihood


@pytest.mark.parametrize("model", _MODELS)
def test_predicted_purchases_are_those_of_customers_followed_further(model: Model) -> None:
    """Simulated once over the whole time, known up to T: the purchases after T average to what is expected."""
    generator = np.random.default_rng(5)
    size, T, later = 100_000, 30.0, 30.0
    first = model is MbgNbd
    r, alpha, a, b = _truth(model)
    rate = generator.gamma(r, 1 / alpha, size)
    if model is ParetoNbd:
        drop_out, life = np.zeros(size), generator.exponential(1 / generator.gamma(a, 1 / b, size))
    else:
        drop_out, life = generator.beta(a, b, size), np.full(size, np.inf)
    active = generator.random(size) >= drop_out if first else np.ones(size, dtype=bool)
    x, t_x, future, clock = (np.zeros(size) for _ in range(4))
    while active.any():
        clock += generator.exponential(1, size) / np.maximum(rate, 1e-300)
        active &= clock <= np.minimum(T + later, life)
        known = active & (clock <= T)
        x[known] += 1
        t_x[known] = clock[known]
        future[active & (clock > T)] += 1
        active &= generator.random(size) >= drop_out
    expected = model(r, alpha, a, b).expected_purchases(x, t_x, np.full(size, T), later)
    for group in (x == 0, (x > 0) & (t_x < 15), (x > 0) & (t_x >= 15), x > 8):
        error = future[group] - expected[group]
        assert abs(error.mean()) < 4 * error.std() / np.sqrt(group.sum())


def test_gamma_gamma_recovers_its_parameters_and_does_not_mind_the_currency() -> None:
    generator = np.random.default_rng(6)
    size, truth = 20_000, (5.0, 4.0, 20.0)
    x = generator.integers(1, 12, size).astype(float)
    mean = generator.gamma(truth[0] * x, 1 / (generator.gamma(truth[1], 1 / truth[2], size) * x))
    fit = GammaGamma.fit(x, mean)
    assert_allclose(fit.values, truth, rtol=0.1)
    assert _standardised(fit, truth) ** 2 < 16.3  # type: ignore[arg-type]
    cents = GammaGamma.fit(x, mean * 100)
    assert_allclose(cents.values, fit.values * [1, 1, 100], rtol=1e-6)
    assert cents.log_likelihood == pytest.approx(fit.log_likelihood - size * np.log(100), rel=1e-12)
    assert fit.model.log_likelihood(x, mean).sum() == pytest.approx(fit.log_likelihood, rel=1e-10)


def test_gamma_gamma_of_counted_rows_is_that_of_the_customers() -> None:
    x, mean, counts = np.array([1, 2, 5, 3]), np.array([10.0, 20.0, 35.0, 4.0]), np.array([20, 5, 3, 8])
    counted = GammaGamma.fit(x, mean, counts)
    raw = GammaGamma.fit(np.repeat(x, counts), np.repeat(mean, counts))
    assert_allclose(counted.values, raw.values, rtol=1e-6)


def test_shifted_beta_geometric_recovers_its_parameters() -> None:
    generator = np.random.default_rng(7)
    truth = (0.7, 2.0)
    leaves_at = generator.geometric(generator.beta(*truth, 30_000))
    observed = generator.integers(1, 10, leaves_at.size)
    fit = ShiftedBetaGeometric.fit(np.minimum(leaves_at, observed), leaves_at <= observed)
    assert _standardised(fit, truth) ** 2 < 13.8  # type: ignore[arg-type]


def test_the_covariance_of_the_parameters_is_that_of_their_logarithms_times_both() -> None:
    fit = BgNbd.fit(purchase_histories(*_simulated(BgNbd, 8, 3_000)))
    assert_allclose(fit.covariance[0, 1], fit.log_covariance[0, 1] * fit.values[0] * fit.values[1])
