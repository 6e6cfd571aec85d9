"""An annual discount rate in the units of a model's times."""

from __future__ import annotations

import numpy as np


def continuous_discount_rate(annual_rate: float, units_per_year: float) -> float:
    """δ = ln(1 + annual rate) / units per year: the continuous rate for times in that unit (weeks: 365.25 / 7)."""
    _check_rate(annual_rate, units_per_year)
    return float(np.log1p(annual_rate)) / units_per_year


def periodic_discount_rate(annual_rate: float, periods_per_year: float) -> float:
    """d = (1 + annual rate)^(1 / periods per year) - 1: the rate a period that compounds to the annual one."""
    _check_rate(annual_rate, periods_per_year)
    return float(np.expm1(np.log1p(annual_rate) / periods_per_year))


def _check_rate(annual_rate: float, per_year: float) -> None:
    if not (np.isfinite(annual_rate) and annual_rate > -1):
        raise ValueError(f"annual_rate is {annual_rate}: it must be a rate such as 0.1 for 10 % a year")
    if not (np.isfinite(per_year) and per_year > 0):
        raise ValueError(f"{per_year} units per year: it must be a positive number")
