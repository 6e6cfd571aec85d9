"""Data at the edge of what the models can say: a right answer, a flag, or an error that helps; never NaN."""

from __future__ import annotations

import numpy as np
import pytest
from expected_spend import expected_spend

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.fitting import NotIdentifiedError, fit_positive
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import FloatArray, count_histories, purchase_histories
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.shifted_beta_geometric import ShiftedBetaGeometric

pytestmark = pytest.mark.filterwarnings("error")

Model = type[BgNbd] | type[MbgNbd] | type[ParetoNbd]
_MODELS = [BgNbd, MbgNbd, ParetoNbd]


@pytest.mark.parametrize("model", _MODELS)
@pytest.mark.parametrize(
    ("x", "t_x", "T"),
    [
        pytest.param([3], [10], [20], id="one customer"),
        pytest.param([3], [20], [20], id="one customer who bought on the last day"),
        pytest.param([1], [1], [500], id="one customer long gone"),
        pytest.param([3] * 100, [10] * 100, [20] * 100, id="all the same"),
        pytest.param([1, 2, 5, 9], [20] * 4, [20] * 4, id="all bought on the last day"),
        pytest.param([5000, 3000, 0, 1], [700, 650, 0, 5], [730, 730, 700, 300], id="thousands of purchases"),
        pytest.param([10**6, 2, 0], [99, 50, 0], [100] * 3, id="a million purchases"),
        pytest.param([0] * 999 + [1], [0] * 999 + [5], [100] * 1000, id="one repeat buyer in a thousand"),
        pytest.param([0] * 50 + [1000] * 50, [0] * 50 + [100] * 50, [100] * 100, id="all or nothing"),
        pytest.param([1] * 50 + [0] * 50, [1] * 50 + [0] * 50, [1000] * 100, id="everybody gone at once"),
        pytest.param([1, 0], [1e-9, 0], [1e-8, 1e-8], id="tiny times"),
        pytest.param([1, 0], [1e9, 0], [1e10, 1e10], id="huge times"),
        pytest.param([2, 0], [4, 0], [5, 0], id="a customer of today"),
    ],
)
def test_odd_customers_are_fitted_and_scored_with_finite_numbers(
    model: Model, x: list[float], t_x: list[float], T: list[float]
) -> None:
    histories, _ = count_histories(x, t_x, T)
    fit = model.fit(histories)
    rows = histories.frequency, histories.recency, histories.age
    unit = float(histories.age.mean())
    for result in (
        fit.values,
        fit.standard_errors,
        fit.covariance,
        fit.model.log_likelihood(*rows),
        fit.model.probability_alive(*rows),
        fit.model.expected_purchases(*rows, unit),
        fit.model.discounted_expected_residual_transactions(*rows, 1 / unit),
    ):
        assert np.isfinite(result).all()
    assert np.isfinite(fit.log_likelihood)
    assert (fit.model.expected_purchases(*rows, unit) >= 0).all()


@pytest.mark.parametrize("model", _MODELS)
def test_a_parameter_that_runs_off_is_named(model: Model) -> None:
    """All bought on the last day: nobody drops out, whatever the parameters of dropping out are."""
    fit = model.fit(purchase_histories([1, 2, 5, 9], [20] * 4, [20] * 4))
    assert set(fit.at_bound) & {"a", "s", "beta"}
    assert fit.model.probability_alive(5, 20, 20)[0] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("model", _MODELS)
def test_without_a_repeat_purchase_there_is_no_rate_to_estimate(model: Model) -> None:
    with pytest.raises(NotIdentifiedError, match="none of 12 customers has a repeat purchase"):
        model.fit(purchase_histories([0, 0], [0, 0], [5, 9], counts=[10, 2]))


@pytest.mark.parametrize("model", [BgNbd(0.5, 5, 0.8, 2), MbgNbd(0.5, 5, 0.8, 2), ParetoNbd(0.5, 5, 0.8, 20)])
@pytest.mark.parametrize("x", [0, 1, 2_000, 100_000])
@pytest.mark.parametrize("share", [1e-6, 0.5, 1.0])
def test_scores_are_finite_for_any_number_of_purchases(model: BgNbd, x: int, share: float) -> None:
    t_x = 365.0 * share if x else 0.0
    assert 0 <= model.probability_alive(x, t_x, 365)[0] <= 1
    if share == 1 and x:
        assert model.probability_alive(x, t_x, 365)[0] > 0.5
        # She keeps her rate, as long as she stays.
        assert 0 < model.expected_purchases(x, t_x, 365, 1)[0] <= 1.2 * (x + 1) / 365
    assert np.isfinite(model.discounted_expected_residual_transactions(x, t_x, 365, 0.001))[0]


def test_gamma_gamma_names_the_row_to_leave_out() -> None:
    for x, mean, counts, message in (
        ([2, 0], [5, 5], None, "frequency of row 1 is 0.0"),
        ([2, 1], [5, -3], None, "mean_spend of row 1 is -3.0"),
        ([2, 1], [5, np.nan], None, "mean_spend of row 1 is nan"),
        ([2, 1], [5, 4], [1, 0], "counts of row 1 is 0.0"),
        ([2, 1], [5], None, "shapes"),
    ):
        with pytest.raises(ValueError, match=message):
            GammaGamma.fit(x, mean, counts)


def test_gamma_gamma_without_variation_or_rows_says_what_to_use_instead() -> None:
    with pytest.raises(NotIdentifiedError, match=r"mean_spend is 9\.0 in every row"):
        GammaGamma.fit([1, 5, 3], [9, 9, 9])
    with pytest.raises(NotIdentifiedError, match="use the average purchase instead"):
        GammaGamma.fit([], [])


@pytest.mark.parametrize(
    ("x", "mean"),
    [
        ([1, 1], [5, 6]),
        ([1, 4, 2], [1e-6, 1e9, 5]),
        ([5000, 1, 2], [10, 20, 30]),
        ([1, 1, 1], [5, 5, 5.0000001]),
        ([3, 3, 3], [5, 5, 6]),
    ],
)
def test_odd_spends_are_fitted_with_finite_numbers(x: list[int], mean: list[float]) -> None:
    fit = GammaGamma.fit(x, mean)
    assert np.isfinite(fit.values).all()
    assert np.isfinite(fit.standard_errors).all()
    assert np.isfinite(fit.log_likelihood)


def test_expected_spend_weighs_a_customer_against_the_population() -> None:
    population = 15.44 * 6.25 / 2.74
    weight = 6.25 * 3 / (6.25 * 3 + 2.74)
    expected = expected_spend(GammaGamma(6.25, 3.74, 15.44), [0, 3, 100_000], [0, 150, 5_000_000])
    assert expected == pytest.approx([population, weight * 50 + (1 - weight) * population, 50], rel=1e-4)


def test_an_infinite_expected_spend_is_not_told_and_is_no_negative_number() -> None:
    few, more, none = expected_spend(GammaGamma(0.2, 0.7, 10), [1, 5, 0], [10, 50, 0])
    assert more > 0
    assert np.isnan([few, none]).all()


@pytest.mark.parametrize(
    ("periods", "churned", "message"),
    [
        ([3, 3], [False, False], "no customer has left"),
        ([1, 1], [True, True], "no customer has ever renewed"),
        ([1, 1], [True, False], "second renewal"),
        ([0], [True], "periods of row 0 is 0.0"),
        ([1.5], [True], "periods of row 0 is 1.5"),
        ([], [], "at least one row"),
    ],
)
def test_contracts_that_tell_too_little_are_refused_with_what_is_missing(
    periods: list[float], churned: list[bool], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ShiftedBetaGeometric.fit(periods, churned)


def test_a_likelihood_without_a_maximum_is_an_error_with_the_place_it_was_left() -> None:
    def saw(parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        # Rises for ever slower, with derivatives that promise more than there is.
        return float(np.log(parameters[0]) * 1e-3), np.ones(1) / parameters, -np.ones((1, 1)) * 1e8 / parameters**2

    with pytest.raises(RuntimeError, match="no maximum of the likelihood after 200 steps \\(at r = "):
        fit_positive(tuple, saw, ("r",), [1.0], unit=[1.0], log_likelihood_of_unit=0.0, customers=1)
