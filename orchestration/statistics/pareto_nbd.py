"""Pareto/NBD: a customer buys at a rate λ ~ gamma(r, α) and drops out at a rate μ ~ gamma(s, β), at any time.

Source: Schmittlein, Morrison, Colombo (1987), Counting Your Customers, Management Science 33, 1-24; Fader, Hardie
(2005), A Note on Deriving the Pareto/NBD Model and Related Expressions.

The likelihood is

    L = Γ(r+x) α^r β^s / Γ(r) · { (α+T)^-(r+x) (β+T)^-s  +  s ∫ from t_x to T of (α+τ)^-(r+x) (β+τ)^-(s+1) dτ },

alive at T, or dropped out at some τ since the last purchase. The literature writes the integral as a difference of two
Gaussian hypergeometric functions, which cancel. Its integrand is positive and smooth, so it is summed as it stands, and
its derivatives with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import special

from orchestration.statistics.fitting import Derivatives
from orchestration.statistics.histories import FloatArray, PurchaseHistories
from orchestration.statistics.special import gamma_rule, log_rising, scaled_exponential_integral
from orchestration.statistics.transactions import Rates, TransactionModel

# Rows at a time, so that the nodes of the integral stay in the processor's cache.
_BLOCK = 256
# exp(-38) is below the rounding of 1.
_NEGLIGIBLE = 38.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_NODES, _LOG_WEIGHTS = 0.5 * (_NODES + 1), np.log(0.5 * _WEIGHTS)


@dataclass(frozen=True)
class ParetoNbd(TransactionModel):
    """Pareto/NBD with parameters r, alpha (time), s, beta (time)."""

    r: float
    alpha: float
    s: float
    beta: float

    times: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    @classmethod
    def _start(cls, rate: float) -> list[float]:
        return [0.5, 0.5 / rate, 0.5, 0.5]

    def _log_likelihood_alive(self, histories: PurchaseHistories) -> FloatArray:
        x, T = histories.frequency, histories.age
        return np.asarray(
            log_rising(self.r, x)[0]
            - self.r * np.log1p(T / self.alpha)
            - x * np.log(self.alpha + T)
            - self.s * np.log1p(T / self.beta)
        )

    def _log_odds_dropped_out(self, histories: PurchaseHistories) -> FloatArray:
        result = np.empty(histories.frequency.shape)
        for rows in _blocks(result.size):
            x, t_x, T = histories.frequency[rows], histories.recency[rows], histories.age[rows]
            _, _, log_terms = self._drop_out_terms(x, t_x, T)
            result[rows] = special.logsumexp(log_terms, axis=1)
        return result

    def _drop_out_terms(
        self, x: FloatArray, t_x: FloatArray, T: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """α + τ, β + τ and ln of the terms whose sum is the odds of having dropped out; rows by nodes.

        Gauss-Legendre in w = ln[(γ+τ) / (γ+t_x)] with γ the smaller of α and β, in which the logarithm of the integrand
        falls faster and faster: far enough down its first slope, the rest is negligible.
        """
        gamma = min(self.alpha, self.beta)
        slope = (self.r + x) * (gamma + t_x) / (self.alpha + t_x) + (self.s + 1) * (gamma + t_x) / (self.beta + t_x) - 1
        with np.errstate(divide="ignore"):
            cut = np.where(slope > 0, _NEGLIGIBLE / slope, np.inf)
            # t_x = T leaves no time to drop out in: log_length is -inf, and so are the terms.
            length = np.minimum(np.log1p((T - t_x) / (gamma + t_x)), cut)[:, np.newaxis]
            log_length = np.log(length)
        grown = (gamma + t_x)[:, np.newaxis] * np.exp(length * _NODES)
        to_buy, to_leave = grown + (self.alpha - gamma), grown + (self.beta - gamma)
        end_to_buy, end_to_leave = (self.alpha + T)[:, np.newaxis], (self.beta + T)[:, np.newaxis]
        log_terms = (
            np.log(self.s)
            + _LOG_WEIGHTS
            + log_length
            + np.log(grown / to_leave)
            + (self.r + x)[:, np.newaxis] * np.log(end_to_buy / to_buy)
            + self.s * np.log(end_to_leave / to_leave)
        )
        return to_buy, to_leave, log_terms

    def _purchases_if_alive(
        self, frequency: FloatArray, age: FloatArray, horizons: FloatArray, weights: FloatArray
    ) -> FloatArray:
        # (r+x)/(α+T) · (β+T)/(s-1) · [1 - ((β+T)/(β+T+t))^(s-1)], written so that s = 1 is no exception.
        remaining = np.log1p(horizons / (self.beta + age)[:, np.newaxis])
        lived = (remaining * special.exprel(-(self.s - 1) * remaining)) @ weights
        return np.asarray((self.r + frequency) / (self.alpha + age) * (self.beta + age) * lived)

    def _discounted_purchases_if_alive(self, frequency: FloatArray, age: FloatArray, rate: float) -> FloatArray:
        lived = (self.beta + age) * scaled_exponential_integral(self.s, rate * (self.beta + age))
        return np.asarray((self.r + frequency) / (self.alpha + age) * lived)

    def _rates_if_alive(self, frequency: FloatArray, age: FloatArray) -> Rates:
        buying, buying_weights = gamma_rule(self.r + frequency)
        leaving, leaving_weights = gamma_rule(self.s)
        rates = (buying / (self.alpha + age)[:, np.newaxis])[:, :, np.newaxis]
        hazards = (leaving / (self.beta + age)[:, np.newaxis])[:, np.newaxis, :]
        return Rates(rates, hazards, np.zeros((1, 1, 1)), buying_weights[:, :, np.newaxis] * leaving_weights)

    @classmethod
    def _objective(cls, histories: PurchaseHistories) -> Callable[[FloatArray], Derivatives]:
        """Log-likelihood of all customers with gradient and Hessian in (r, α, s, β)."""
        x, which_x = np.unique(histories.frequency, return_inverse=True)
        customers = np.bincount(which_x, histories.counts)
        total = customers.sum()

        def objective(parameters: FloatArray) -> Derivatives:
            model = cls(*(float(parameter) for parameter in parameters))
            r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
            rate, rate_1, rate_2 = (customers @ part for part in log_rising(r, x))
            value = rate + total * (r * np.log(alpha) + s * np.log(beta))
            gradient = np.array(
                [rate_1 + total * np.log(alpha), total * r / alpha, total * np.log(beta), total * s / beta]
            )
            hessian = np.diag([rate_2, -total * r / alpha**2, 0.0, -total * s / beta**2])
            hessian[0, 1] = hessian[1, 0] = total / alpha
            hessian[2, 3] = hessian[3, 2] = total / beta
            for rows in _blocks(histories.frequency.size):
                block_value, block_gradient, block_hessian = model._odds_derivatives(histories, rows)
                value += block_value
                gradient += block_gradient
                hessian += block_hessian
            return float(value), gradient, hessian

        return objective

    def _odds_derivatives(self, histories: PurchaseHistories, rows: slice) -> Derivatives:
        """Σ counts · ln[(α+T)^-(r+x) (β+T)^-s (1 + odds)] over a block of rows, with gradient and Hessian."""
        counts, x = histories.counts[rows], histories.frequency[rows]
        t_x, T = histories.recency[rows], histories.age[rows]
        to_buy, to_leave, log_terms = self._drop_out_terms(x, t_x, T)
        log_odds = special.logsumexp(log_terms, axis=1)
        log_alive = -(self.r + x) * np.log(self.alpha + T) - self.s * np.log(self.beta + T)
        value = float(counts @ (log_alive + np.logaddexp(0.0, log_odds)))

        # The likelihood is a mixture of "alive at T" and "dropped out at τ_j" with these probabilities. The derivatives
        # of the logarithm of a mixture are the means, and the covariances, of those of its parts.
        log_total = np.logaddexp(0.0, log_odds)
        alive = np.exp(-log_total)
        out = np.exp(log_terms - log_total[:, np.newaxis])
        chances = np.concatenate([alive[:, np.newaxis], out], axis=1)
        buy = 1 / np.concatenate([(self.alpha + T)[:, np.newaxis], to_buy], axis=1)
        leave = 1 / np.concatenate([(self.beta + T)[:, np.newaxis], to_leave], axis=1)
        shape = (self.r + x)[:, np.newaxis]
        exits = np.full(chances.shape[1], self.s + 1)
        exits[0] = self.s
        slopes = np.stack([np.log(buy), -shape * buy, np.log(leave), -exits * leave])
        # Only a customer who left has the factor s.
        slopes[2, :, 1:] += 1 / self.s

        means = np.einsum("pij,ij->pi", slopes, chances)
        spread = ((slopes - means[:, :, np.newaxis]) * np.sqrt(counts[:, np.newaxis] * chances)).reshape(4, -1)
        hessian = spread @ spread.T
        weighted = counts[:, np.newaxis] * chances
        hessian[0, 1] -= np.sum(weighted * buy)
        hessian[1, 0] = hessian[0, 1]
        hessian[1, 1] += np.sum(weighted * shape * buy**2)
        hessian[2, 2] -= np.sum(weighted[:, 1:]) / self.s**2
        hessian[2, 3] -= np.sum(weighted * leave)
        hessian[3, 2] = hessian[2, 3]
        hessian[3, 3] += np.sum(weighted * exits * leave**2)
        return value, means @ counts, hessian


def _blocks(size: int) -> Iterator[slice]:
    return (slice(begin, begin + _BLOCK) for begin in range(0, size, _BLOCK))
