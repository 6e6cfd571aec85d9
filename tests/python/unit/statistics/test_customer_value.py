from __future__ import annotations

import numpy as np
import pytest

from orchestration.statistics.customer_value import continuous_discount_rate, periodic_discount_rate, residual_value
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.pareto_nbd import ParetoNbd


def test_an_annual_rate_compounds_from_months_weeks_and_days() -> None:
    assert (1 + periodic_discount_rate(0.1, 12)) ** 12 == pytest.approx(1.1)
    assert np.exp(continuous_discount_rate(0.1, 365.25 / 7) * 365.25 / 7) == pytest.approx(1.1)
    # Fader, Hardie, Lee (2005) use 0.0027 for weeks and 15 % a year.
    assert continuous_discount_rate(0.15, 52) == pytest.approx(0.0027, abs=5e-5)


def test_residual_value_is_margin_times_spend_times_discounted_purchases() -> None:
    transactions, spend = ParetoNbd(0.553, 10.578, 0.606, 11.669), GammaGamma(6.25, 3.74, 15.44)
    x, t_x, T, mean = np.array([0, 7]), np.array([0, 35]), np.array([39, 39]), np.array([0, 30.0])
    value = residual_value(transactions, spend, x, t_x, T, mean, discount_rate=0.0027, margin=0.3)
    purchases = transactions.discounted_expected_residual_transactions(x, t_x, T, 0.0027)
    assert value == pytest.approx(0.3 * spend.expected_spend(x, mean) * purchases)


def test_rates_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="annual_rate is -1"):
        periodic_discount_rate(-1, 12)
    with pytest.raises(ValueError, match="0 units per year"):
        continuous_discount_rate(0.1, 0)
