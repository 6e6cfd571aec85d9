from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

from orchestration.statistics.shifted_beta_geometric import ShiftedBetaGeometric

_MODEL = ShiftedBetaGeometric(0.668, 3.806)


def test_survival_is_the_product_of_retention_rates_which_rise() -> None:
    n = np.arange(1, 30)
    retention = _MODEL.retention_rate(n)
    assert_allclose(_MODEL.survival(n), np.cumprod(retention))
    assert _MODEL.survival(0) == 1
    assert (np.diff(retention) > 0).all()


def test_probabilities_of_leaving_and_of_still_being_there_sum_to_one() -> None:
    n = np.arange(1, 21)
    leaving = np.exp(_MODEL.log_likelihood(n, np.ones(20, dtype=bool))).sum()
    staying = np.exp(_MODEL.log_likelihood([20], [False]))[0]
    assert leaving + staying == pytest.approx(1)
    assert _MODEL.log_likelihood([0], [False])[0] == 0


@pytest.mark.parametrize("d", [0.01, 0.1, 1.0])
def test_residual_lifetime_is_the_discounted_sum_of_survival_and_the_published_formula(d: float) -> None:
    survived = np.array([0, 1, 4, 20])
    derl = _MODEL.discounted_expected_residual_lifetime(survived, d)
    k = np.arange(0, 5_000)
    by_sum = [(_MODEL.survival(n + 1 + k) / _MODEL.survival(n) * np.exp(-k * np.log1p(d))).sum() for n in survived]
    assert_allclose(derl, by_sum, rtol=1e-7)
    # Fader, Hardie (2010), with n = survived + 1 the period she is in.
    a, b, n = _MODEL.a, _MODEL.b, survived + 1
    published = (b + n - 1) / (a + b + n - 1) * special.hyp2f1(1, b + n, a + b + n, 1 / (1 + d))
    assert_allclose(derl, published, rtol=1e-7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: _MODEL.discounted_expected_residual_lifetime(1, 0.0), "positive rate a contract period"),
        (lambda: _MODEL.survival([-1]), "renewals has the value -1.0"),
        (lambda: _MODEL.retention_rate(0), "must be 1 or more"),
        (lambda: ShiftedBetaGeometric(0, 1), "parameter a is 0"),
    ],
)
def test_impossible_questions_are_refused(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        call()
