"""Gamma-Gamma: what a purchase of a customer is worth on average.

The value of each purchase of a customer is gamma(p, ν), her ν is gamma(q, v); independent of how often she buys.

Source: Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value; Fader, Hardie, Lee (2005), RFM and CLV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from orchestration.statistics.fitting import Derivatives, Fit, NotIdentifiedError, fit_positive
from orchestration.statistics.histories import FloatArray
from orchestration.statistics.special import log_beta
from orchestration.statistics.transactions import require_positive


@dataclass(frozen=True)
class GammaGamma:
    """Gamma-Gamma with parameters p, q (shapes) and v (money)."""

    p: float
    q: float
    v: float

    def __post_init__(self) -> None:
        require_positive(self)

    @classmethod
    def fit(cls, frequency: ArrayLike, mean_spend: ArrayLike, counts: ArrayLike | None = None) -> Fit[Self]:
        """Maximum likelihood on customers with repeat purchases and positive spend.

        Args:
            frequency: number of purchases x that `mean_spend` is the average of, 1 or more, (n,).
            mean_spend: average value of a purchase, positive, (n,), in one currency.
            counts: customers with each row, (n,); 1 each when absent.

        Raises:
            ValueError: a row that must be left out first; the message names row, column and value.
            NotIdentifiedError: all rows have the same mean spend.
            RuntimeError: no maximum was found.
        """
        x, mean, customers = _spend_rows(frequency, mean_spend, counts)
        if mean.min() == mean.max():
            raise NotIdentifiedError(
                f"mean_spend is {mean[0]} in every row, so its variation between customers cannot be estimated: "
                "use this value for all of them, or pool them with similar customers"
            )
        # The geometric mean: one spend far out of all others would make the average next to nothing of the others'.
        unit = float(np.exp(customers @ np.log(mean) / customers.sum()))
        return fit_positive(
            cls,
            cls._objective(x, mean / unit, customers),
            ("p", "q", "v"),
            # The average purchase p v / (q - 1) is 1 there, and the geometric mean is of that size.
            [4.0, 3.0, 0.5],
            unit=[1.0, 1.0, unit],
            log_likelihood_of_unit=-float(customers.sum() * np.log(unit)),
            customers=float(customers.sum()),
        )

    def log_likelihood(self, frequency: ArrayLike, mean_spend: ArrayLike) -> FloatArray:
        """ln of the density of mean_spend given x purchases, (n,).

        Γ(px+q) / (Γ(px) Γ(q)) · v^q m^(px-1) x^(px) / (v + x m)^(px+q), with m the mean spend.
        """
        x, mean, _ = _spend_rows(frequency, mean_spend, None)
        shape, spent = self.p * x, x * mean
        return np.asarray(
            -log_beta(shape, self.q)
            - self.q * np.log1p(spent / self.v)
            - shape * np.log1p(self.v / spent)
            - np.log(mean)
        )

    @classmethod
    def _objective(cls, x: FloatArray, mean: FloatArray, counts: FloatArray) -> Callable[[FloatArray], Derivatives]:
        """Log-likelihood with gradient and Hessian in (p, q, v); special functions only of the distinct x."""
        purchases, which = np.unique(x, return_inverse=True)
        customers = np.bincount(which, counts)
        total = customers.sum()
        spent = x * mean
        log_mean = float(counts @ np.log(mean))

        def objective(parameters: FloatArray) -> Derivatives:
            p, q, v = (float(parameter) for parameter in parameters)
            shape = p * purchases
            both = special.digamma(shape + q)
            curve = special.polygamma(1, shape + q)
            # By distinct x, sums over rows of 1 / (v + x m) and its square; over all rows, of the logarithms of what
            # v + x m is of x m and of v: with a large p, the difference of the logarithms would be rounding.
            inverse = 1 / (v + spent)
            weighted = counts * inverse
            above_spent = float((counts * x) @ np.log1p(v / spent))
            above_v = float(counts @ np.log1p(spent / v))
            rest = np.bincount(which, weighted, purchases.size)
            rest_2 = np.bincount(which, weighted * inverse, purchases.size)

            value = -customers @ log_beta(shape, q) - q * above_v - p * above_spent - log_mean
            gradient = np.array(
                [
                    (customers * purchases) @ (both - special.digamma(shape)) - above_spent,
                    customers @ both - total * special.digamma(q) - above_v,
                    total * q / v - (shape + q) @ rest,
                ]
            )
            pp = (customers * purchases**2) @ (curve - special.polygamma(1, shape))
            pq = (customers * purchases) @ curve
            pv = -purchases @ rest
            qq = customers @ curve - total * float(special.polygamma(1, q))
            qv = total / v - rest.sum()
            vv = -total * q / v**2 + (shape + q) @ rest_2
            return float(value), gradient, np.array([[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]])

        return objective


def _spend_rows(
    frequency: ArrayLike, mean_spend: ArrayLike, counts: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    x, mean = (np.asarray(column, dtype=np.float64) for column in np.atleast_1d(frequency, mean_spend))
    customers = np.ones(x.shape) if counts is None else np.atleast_1d(np.asarray(counts, dtype=np.float64))
    if x.ndim != 1 or mean.shape != x.shape or customers.shape != x.shape:
        raise ValueError(
            f"frequency, mean_spend and counts have shapes {x.shape}, {mean.shape} and {customers.shape}; "
            "pass one-dimensional columns of one length"
        )
    if x.size == 0:
        raise NotIdentifiedError(
            "there is no customer with a repeat purchase and positive spend: use the average purchase instead, or pool"
        )
    for name, column, wrong, why in (
        ("frequency", x, ~(np.isfinite(x) & (x >= 1)), "1 or more; leave out customers without repeat purchases"),
        ("mean_spend", mean, ~(np.isfinite(mean) & (mean > 0)), "positive; leave out customers without positive spend"),
        ("counts", customers, ~(np.isfinite(customers) & (customers > 0)), "a positive number of customers"),
    ):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(f"{name} of row {row} is {column[row]}: it must be {why} ({wrong.sum()} such rows)")
    return x, mean, customers
