"""From purchases and spend to the residual value of a customer: discount rates, and the product of the two models."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import FloatArray
from orchestration.statistics.transactions import TransactionModel


def continuous_discount_rate(annual_rate: float, units_per_year: float) -> float:
    """δ = ln(1 + annual rate) / units per year: the continuous rate for times in that unit (weeks: 365.25 / 7)."""
    _check_rate(annual_rate, units_per_year)
    return float(np.log1p(annual_rate)) / units_per_year


def periodic_discount_rate(annual_rate: float, periods_per_year: float) -> float:
    """d = (1 + annual rate)^(1 / periods per year) - 1: the rate a period that compounds to the annual one."""
    _check_rate(annual_rate, periods_per_year)
    return float(np.expm1(np.log1p(annual_rate) / periods_per_year))


def residual_value(
    transactions: TransactionModel,
    spend: GammaGamma,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    mean_spend: ArrayLike,
    *,
    discount_rate: float,
    margin: float = 1.0,
) -> FloatArray:
    """Residual CLV = margin · E[M | x, m] · DERT, (n,), in the currency of mean_spend.

    Args:
        transactions, spend: the fitted models.
        frequency, recency, age: x, t_x, T, (n,).
        mean_spend: m, average value of the x repeat purchases, (n,); anything where x is 0.
        discount_rate: δ > 0, continuous, in the unit of age (`continuous_discount_rate`).
        margin: share of revenue that is contribution.

    Raises:
        ValueError: as the methods of the models.

    Source: Fader, Hardie, Lee (2005), RFM and CLV, J. Marketing Research 42.
    """
    purchases = transactions.discounted_expected_residual_transactions(frequency, recency, age, discount_rate)
    return margin * spend.expected_spend(frequency, mean_spend) * purchases


def _check_rate(annual_rate: float, per_year: float) -> None:
    if not (np.isfinite(annual_rate) and annual_rate > -1):
        raise ValueError(f"annual_rate is {annual_rate}: it must be a rate such as 0.1 for 10 % a year")
    if not (np.isfinite(per_year) and per_year > 0):
        raise ValueError(f"{per_year} units per year: it must be a positive number")
