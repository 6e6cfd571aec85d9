"""Purchases while alive are Poisson; at each opportunity a customer drops out with a probability of her own.

The base of `bg_nbd` and `mbg_nbd`, which differ only in whether the first purchase is such an opportunity: with k
opportunities survived, k = x in the BG/NBD and x + 1 in the MBG/NBD,

    L = Γ(r+x) α^r / Γ(r) · { B(a, b+k) / B(a, b) · (α+T)^-(r+x)
                              + 1{k>0} B(a+1, b+k-1) / B(a, b) · (α+t_x)^-(r+x) }.

A customer alive at T has λ ~ gamma(r + x, α + T) and drop-out probability p ~ beta(a, b + k), independent. Given both,
E[Y(t)] = (1 - exp(-λ p t)) / p and, discounted for ever, λ / (δ + λ p). Averages over λ have a closed form; those over
p are sums over `special.beta_rule`.

Parameters: r, α shape and rate of the purchase rates (α in units of time); a, b of the drop-out probabilities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from orchestration.statistics.fitting import Derivatives
from orchestration.statistics.histories import FloatArray, PurchaseHistories
from orchestration.statistics.special import (
    beta_rule,
    gamma_rule,
    log_rising,
    scaled_exponential_integral,
)
from orchestration.statistics.transactions import Rates, TransactionModel

# Rows at a time, so that what is computed from them stays in the processor's cache.
_BLOCK = 2048
# Of an average that need not be as exact as an expectation.
_FEW_POINTS = 16


@dataclass(frozen=True)
class BetaGeometricNbd(TransactionModel):
    """Use `BgNbd` or `MbgNbd`."""

    r: float
    alpha: float
    a: float
    b: float

    times: ClassVar[tuple[str, ...]] = ("alpha",)
    drops_out_at_first_purchase: ClassVar[bool]

    @classmethod
    def _start(cls, rate: float) -> list[float]:
        # Half of a gamma that has the average rate; the rest need only be in the usual range.
        return [0.5, 0.5 / rate, 0.8, 2.0]

    @classmethod
    def _survived(cls, frequency: FloatArray) -> FloatArray:
        """k: opportunities to drop out that a customer alive at T has survived."""
        return frequency + 1 if cls.drops_out_at_first_purchase else frequency

    def _log_likelihood_alive(self, histories: PurchaseHistories) -> FloatArray:
        x = histories.frequency
        survived = self._survived(x)
        return np.asarray(
            log_rising(self.r, x)[0]
            + log_rising(self.b, survived)[0]
            - log_rising(self.a + self.b, survived)[0]
            - self.r * np.log1p(histories.age / self.alpha)
            - x * np.log(self.alpha + histories.age)
        )

    def _log_odds_dropped_out(self, histories: PurchaseHistories) -> FloatArray:
        x, t_x, T = histories.frequency, histories.recency, histories.age
        survived = self._survived(x)
        with np.errstate(divide="ignore"):
            log_odds = (
                np.log(self.a)
                - np.log(self.b + np.maximum(survived, 1) - 1)
                + (self.r + x) * np.log1p((T - t_x) / (self.alpha + t_x))
            )
        return np.where(survived > 0, log_odds, -np.inf)

    def _purchases_if_alive(
        self, frequency: FloatArray, age: FloatArray, horizons: FloatArray, weights: FloatArray
    ) -> FloatArray:
        def average(p: FloatArray, shape: FloatArray, rate: FloatArray) -> FloatArray:
            share = p / rate
            total = np.zeros(share.shape)
            for horizon, weight in zip(horizons, weights, strict=True):
                # 1 - E[exp(-λ p t)]
                total -= weight * np.expm1(-shape * np.log1p(share * horizon))
            return total / p

        return self._average_over_drop_out(frequency, age, average)

    def _discounted_purchases_if_alive(self, frequency: FloatArray, age: FloatArray, rate: float) -> FloatArray:
        def average(p: FloatArray, shape: FloatArray, exposure: FloatArray) -> FloatArray:
            # E[λ / (δ + λ p)]
            return shape / p * scaled_exponential_integral(shape + 1, rate * exposure / p)

        return self._average_over_drop_out(frequency, age, average)

    def _rates_if_alive(self, frequency: FloatArray, age: FloatArray) -> Rates:
        x, which = np.unique(frequency, return_inverse=True)
        buying, buying_weights = gamma_rule(self.r + x)
        stopping, stopping_weights = beta_rule(self.a, self.b + self._survived(x), _FEW_POINTS)
        rates = (buying[which] / (self.alpha + age)[:, np.newaxis])[:, :, np.newaxis]
        chances = stopping[which][:, np.newaxis, :]
        weights = buying_weights[which][:, :, np.newaxis] * stopping_weights[which][:, np.newaxis, :]
        return Rates(rates, np.zeros((1, 1, 1)), chances, weights)

    def _average_over_drop_out(
        self,
        frequency: FloatArray,
        age: FloatArray,
        average: Callable[[FloatArray, FloatArray, FloatArray], FloatArray],
    ) -> FloatArray:
        """E over p ~ beta(a, b + k) of average(p, r + x, α + T)."""
        x, which = np.unique(frequency, return_inverse=True)
        points, weights = beta_rule(self.a, self.b + self._survived(x))
        result = np.empty(frequency.shape)
        for begin in range(0, frequency.size, _BLOCK):
            rows = slice(begin, begin + _BLOCK)
            shape = (self.r + frequency[rows])[:, np.newaxis]
            rate = (self.alpha + age[rows])[:, np.newaxis]
            result[rows] = np.einsum("ij,ij->i", weights[which[rows]], average(points[which[rows]], shape, rate))
        return result

    @classmethod
    def _objective(cls, histories: PurchaseHistories) -> Callable[[FloatArray], Derivatives]:
        """Log-likelihood of all customers with gradient and Hessian in (r, α, a, b).

        Terms are summed over what they depend on: the distinct x, the distinct T, and only the odds of having dropped
        out over the distinct (x, t_x, T). Where r and α are large, what is left of them is small, so differences are
        written as what they are, and not as one large number less another.
        """
        counts = histories.counts
        x, which_x = np.unique(histories.frequency, return_inverse=True)
        customers = np.bincount(which_x, counts)
        survived = cls._survived(x)
        age, which_age = np.unique(histories.age, return_inverse=True)
        customers_of_age = np.bincount(which_age, counts)
        purchases_of_age = np.bincount(which_age, counts * histories.frequency)

        may_be_out = cls._survived(histories.frequency) > 0
        out_counts, out_which = counts[may_be_out], which_x[may_be_out]
        out_age, out_recency = histories.age[may_be_out], histories.recency[may_be_out]
        pause = out_age - out_recency

        def objective(parameters: FloatArray) -> Derivatives:
            r, alpha, a, b = (float(parameter) for parameter in parameters)
            rate, rate_1, rate_2 = (customers @ part for part in log_rising(r, x))
            stay, stay_1, stay_2 = (customers @ part for part in log_rising(b, survived))
            any_, any_1, any_2 = (customers @ part for part in log_rising(a + b, survived))

            exposure = 1 / (alpha + age)
            gone_by = age * exposure / alpha  # 1 / α - 1 / (α + T)
            lived = customers_of_age @ np.log1p(age / alpha)
            value = rate + stay - any_ - r * lived + purchases_of_age @ np.log(exposure)
            gradient = np.array(
                [
                    rate_1 - lived,
                    r * (customers_of_age @ gone_by) - purchases_of_age @ exposure,
                    -any_1,
                    stay_1 - any_1,
                ]
            )
            hessian = np.zeros((4, 4))
            hessian[0, 0] = rate_2
            hessian[0, 1] = hessian[1, 0] = customers_of_age @ gone_by
            hessian[1, 1] = purchases_of_age @ exposure**2 - r * (customers_of_age @ (gone_by * (1 / alpha + exposure)))
            hessian[2:, 2:] = -any_2
            hessian[3, 3] += stay_2

            at_drop = 1 / (b + np.maximum(survived, 1) - 1)
            log_at_drop = np.log(a * at_drop)
            for begin in range(0, out_counts.size, _BLOCK):
                rows = slice(begin, begin + _BLOCK)
                # u: log-odds of having dropped out; the likelihood has ln(1 + exp u) of it.
                which = out_which[rows]
                shape = r + x[which]
                at_last, at_end = 1 / (alpha + out_recency[rows]), 1 / (alpha + out_age[rows])
                stretch = np.log1p(pause[rows] * at_last)
                paused = pause[rows] * at_last * at_end  # 1 / (α + t_x) - 1 / (α + T)
                u = log_at_drop[which] + shape * stretch
                small = np.exp(-np.abs(u))
                value += out_counts[rows] @ (np.maximum(u, 0.0) + np.log1p(small))
                out = np.where(u > 0, 1.0, small) / (1 + small)

                slopes = np.empty((4, u.size))
                slopes[0] = stretch
                slopes[1] = -shape * paused
                slopes[2] = 1 / a
                slopes[3] = -at_drop[which]
                expected = out_counts[rows] * out
                gradient += slopes @ expected
                hessian += (slopes * (expected * (1 - out))) @ slopes.T
                hessian[0, 1] -= expected @ paused
                hessian[1, 1] += expected @ (shape * paused * (at_last + at_end))
                hessian[2, 2] -= expected.sum() / a**2
                hessian[3, 3] += expected @ slopes[3] ** 2
            hessian[1, 0] = hessian[0, 1]
            return float(value), gradient, hessian

        return objective
