"""Shifted beta-geometric: contracts that end, or are renewed, once a period; the end is seen.

A customer leaves at each renewal with a probability θ of her own, θ ~ beta(a, b) over customers.

Source: Fader, Hardie (2007), How to Project Customer Retention, J. of Interactive Marketing 21, 76-90; (2010),
Customer-Base Valuation in a Contractual Setting, Marketing Science 29, 85-93. They call the parameters α and β.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from orchestration.statistics.fitting import Derivatives, Fit, NotIdentifiedError, fit_positive
from orchestration.statistics.histories import FloatArray
from orchestration.statistics.special import beta_rule, log_rising
from orchestration.statistics.transactions import require_positive


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """Shifted beta-geometric with parameters a, b; time in contract periods."""

    a: float
    b: float

    def __post_init__(self) -> None:
        require_positive(self)

    @classmethod
    def fit(cls, periods: ArrayLike, has_churned: ArrayLike, counts: ArrayLike | None = None) -> Fit[Self]:
        """Maximum likelihood on counted customers.

        Args:
            periods: for a customer who left, the renewal at which she did (1 = the first); for one who is still there,
                the renewals survived (0: none was due yet, she tells nothing). Whole numbers, (n,).
            has_churned: whether she left, (n,).
            counts: customers with each row, (n,); 1 each when absent.

        Raises:
            ValueError: an impossible row.
            NotIdentifiedError: nobody left, nobody stayed, or nobody was observed at a second renewal.
            RuntimeError: no maximum was found.
        """
        renewals, churned, customers = _contract_rows(periods, has_churned, counts)
        if not churned.any():
            raise NotIdentifiedError("no customer has left, so no rate of leaving can be estimated: pool, or wait")
        if (renewals - churned).max() < 1:
            raise NotIdentifiedError(
                "no customer has ever renewed, so nothing is known of those who would: pool, or wait"
            )
        if renewals.max() < 2:
            raise NotIdentifiedError(
                "no customer was observed at a second renewal, so customers' rates of leaving cannot be told apart: "
                "report the share that left at the first, or wait"
            )
        return fit_positive(
            cls,
            cls._objective(renewals, churned, customers),
            ("a", "b"),
            [1.0, 2.0],
            unit=np.ones(2),
            log_likelihood_of_unit=0.0,
            customers=float(customers.sum()),
        )

    def log_likelihood(self, periods: ArrayLike, has_churned: ArrayLike) -> FloatArray:
        """ln P(left at the n-th renewal) = ln[B(a+1, b+n-1) / B(a, b)], or ln S(n) for who is still there, (n,)."""
        renewals, churned, _ = _contract_rows(periods, has_churned, None)
        stayed = renewals - churned
        return np.asarray(
            churned * np.log(self.a) + log_rising(self.b, stayed)[0] - log_rising(self.a + self.b, renewals)[0]
        )

    def survival(self, renewals: ArrayLike) -> FloatArray:
        """S(n) = B(a, b+n) / B(a, b): share of new customers still there after n >= 0 renewals; shape of `renewals`."""
        n = _not_negative("renewals", renewals)
        return np.asarray(np.exp(log_rising(self.b, n)[0] - log_rising(self.a + self.b, n)[0]))

    def retention_rate(self, renewal: ArrayLike) -> FloatArray:
        """S(n) / S(n-1) = (b+n-1) / (a+b+n-1) at the n-th renewal, n >= 1. It rises: who leaves easily has left."""
        n = _not_negative("renewal", renewal, at_least=1)
        return np.asarray((self.b + n - 1) / (self.a + self.b + n - 1))

    def discounted_expected_residual_lifetime(self, survived: ArrayLike, discount_rate: float) -> FloatArray:
        """DERL = Σ_{k>=0} S(n+1+k) / S(n) / (1 + d)^k for a customer with n renewals survived; shape of `survived`.

        Expected future periods, discounted, just before renewal n + 1 is due: the period which that renewal pays for
        counts in full. Multiply with the net cash flow of a period; by 1 / (1 + d) if a renewal was just made.

        Args:
            survived: renewals survived so far, 0 or more.
            discount_rate: d > 0, a contract period.
        """
        if not (np.isfinite(discount_rate) and discount_rate > 0):
            raise ValueError(f"discount_rate is {discount_rate}: it must be a positive rate a contract period")
        n = _not_negative("survived", survived)
        # Given her θ ~ beta(a, b + n) it is a geometric series; the literature has 2F1(1, b+n+1; a+b+n+1; 1/(1+d)).
        leave, weights = beta_rule(self.a, self.b + n)
        return np.asarray(np.sum(weights * (1 - leave) * (1 + discount_rate) / (discount_rate + leave), axis=-1))

    @classmethod
    def _objective(
        cls, renewals: FloatArray, churned: FloatArray, counts: FloatArray
    ) -> Callable[[FloatArray], Derivatives]:
        """Log-likelihood with gradient and Hessian in (a, b)."""
        leavers = float(counts @ churned)
        stayed = renewals - churned

        def objective(parameters: FloatArray) -> Derivatives:
            a, b = (float(parameter) for parameter in parameters)
            stay, stay_1, stay_2 = (counts @ part for part in log_rising(b, stayed))
            any_, any_1, any_2 = (counts @ part for part in log_rising(a + b, renewals))
            value = leavers * np.log(a) + stay - any_
            gradient = np.array([leavers / a - any_1, stay_1 - any_1])
            hessian = np.array([[-leavers / a**2 - any_2, -any_2], [-any_2, stay_2 - any_2]])
            return float(value), gradient, hessian

        return objective


def _not_negative(name: str, values: ArrayLike, at_least: int = 0) -> FloatArray:
    numbers = np.asarray(values, dtype=np.float64)
    wrong = ~(np.isfinite(numbers) & (numbers >= at_least))
    if wrong.any():
        raise ValueError(f"{name} has the value {numbers[wrong].flat[0]}: it must be {at_least} or more")
    return numbers


def _contract_rows(
    periods: ArrayLike, has_churned: ArrayLike, counts: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    renewals = np.atleast_1d(np.asarray(periods, dtype=np.float64))
    churned = np.atleast_1d(np.asarray(has_churned, dtype=np.bool_))
    customers = np.ones(renewals.shape) if counts is None else np.atleast_1d(np.asarray(counts, dtype=np.float64))
    if renewals.ndim != 1 or churned.shape != renewals.shape or customers.shape != renewals.shape or not renewals.size:
        raise ValueError(
            f"periods, has_churned and counts have shapes {renewals.shape}, {churned.shape} and {customers.shape}; "
            "pass one-dimensional columns of one length, with at least one row"
        )
    for name, column, wrong, why in (
        (
            "periods",
            renewals,
            ~(np.isfinite(renewals) & (renewals >= churned) & (renewals == np.floor(renewals))),
            "a whole number, 1 or more for a customer who left, 0 or more for others",
        ),
        ("counts", customers, ~(np.isfinite(customers) & (customers > 0)), "a positive number of customers"),
    ):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(f"{name} of row {row} is {column[row]}: it must be {why} ({wrong.sum()} such rows)")
    return renewals, churned.astype(np.float64), customers
