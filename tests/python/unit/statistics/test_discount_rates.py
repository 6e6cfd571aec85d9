from __future__ import annotations

import numpy as np
import pytest

from orchestration.statistics.discount_rates import continuous_discount_rate, periodic_discount_rate


def test_an_annual_rate_compounds_from_months_weeks_and_days() -> None:
    assert (1 + periodic_discount_rate(0.1, 12)) ** 12 == pytest.approx(1.1)
    assert np.exp(continuous_discount_rate(0.1, 365.25 / 7) * 365.25 / 7) == pytest.approx(1.1)
    # Fader, Hardie, Lee (2005) use 0.0027 for weeks and 15 % a year.
    assert continuous_discount_rate(0.15, 52) == pytest.approx(0.0027, abs=5e-5)


def test_rates_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="annual_rate is -1"):
        periodic_discount_rate(-1, 12)
    with pytest.raises(ValueError, match="0 units per year"):
        continuous_discount_rate(0.1, 0)
