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
            _, log_terms = self._drop_out_terms(x, t_x, T)
            result[rows] = special.logsumexp(log_terms, axis=1)
        return result

    def _drop_out_terms(self, x: FloatArray, t_x: FloatArray, T: FloatArray) -> tuple[FloatArray, FloatArray]:
        """τ and ln of the terms whose sum is the odds of having dropped out at τ; rows by nodes.

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
        # Where α or β are large, what they leave is small: no large number less another.
        tau = t_x[:, np.newaxis] + (gamma + t_x)[:, np.newaxis] * np.expm1(length * _NODES)
        left = np.maximum(T[:, np.newaxis] - tau, 0.0)
        log_terms = (
            np.log(self.s)
            + _LOG_WEIGHTS
            + log_length
            + np.log((gamma + tau) / (self.beta + tau))
            + (self.r + x)[:, np.newaxis] * np.log1p(left / (self.alpha + tau))
            + self.s * np.log1p(left / (self.beta + tau))
        )
        return tau, log_terms

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

        def objective(parameters: FloatArray) -> Derivatives:
            model = cls(*(float(parameter) for parameter in parameters))
            value, slope, curvature = (customers @ part for part in log_rising(model.r, x))
            gradient, hessian = np.array([slope, 0.0, 0.0, 0.0]), np.diag([curvature, 0.0, 0.0, 0.0])
            for rows in _blocks(histories.frequency.size):
                block_value, block_gradient, block_hessian = model._odds_derivatives(histories, rows)
                value += block_value
                gradient += block_gradient
                hessian += block_hessian
            return float(value), gradient, hessian

        return objective

    def _odds_derivatives(self, histories: PurchaseHistories, rows: slice) -> Derivatives:
        """Σ counts · ln[(α / (α+T))^r (α+T)^-x (β / (β+T))^s (1 + odds)] over a block of rows, with its derivatives."""
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        counts, x = histories.counts[rows], histories.frequency[rows]
        t_x, T = histories.recency[rows], histories.age[rows]
        tau, log_terms = self._drop_out_terms(x, t_x, T)
        log_odds = special.logsumexp(log_terms, axis=1)
        log_alive = -r * np.log1p(T / alpha) - x * np.log(alpha + T) - s * np.log1p(T / beta)
        value = float(counts @ (log_alive + np.logaddexp(0.0, log_odds)))

        # The likelihood is a mixture of "alive at T" and "dropped out at τ_j" with these probabilities. The derivatives
        # of the logarithm of a mixture are the means, and the covariances, of those of its parts.
        log_total = np.logaddexp(0.0, log_odds)
        alive = np.exp(-log_total)
        out = np.exp(log_terms - log_total[:, np.newaxis])
        chances = np.concatenate([alive[:, np.newaxis], out], axis=1)
        until = np.concatenate([T[:, np.newaxis], tau], axis=1)
        buy, leave = 1 / (alpha + until), 1 / (beta + until)
        bought, lived = until * buy / alpha, until * leave / beta  # 1 / α - 1 / (α + τ), and that of β
        purchases = x[:, np.newaxis]
        # Only a customer who left has the factor s, and one power of β + τ more.
        exits = np.ones(chances.shape[1])
        exits[0] = 0.0
        slopes = np.stack(
            [
                -np.log1p(until / alpha),
                r * bought - purchases * buy,
                exits / s - np.log1p(until / beta),
                s * lived - exits * leave,
            ]
        )

        means = np.einsum("pij,ij->pi", slopes, chances)
        spread = ((slopes - means[:, :, np.newaxis]) * np.sqrt(counts[:, np.newaxis] * chances)).reshape(4, -1)
        hessian = spread @ spread.T
        weighted = counts[:, np.newaxis] * chances
        hessian[0, 1] += np.sum(weighted * bought)
        hessian[1, 0] = hessian[0, 1]
        hessian[1, 1] += np.sum(weighted * (purchases * buy**2 - r * bought * (1 / alpha + buy)))
        hessian[2, 2] -= np.sum(weighted[:, 1:]) / s**2
        hessian[2, 3] += np.sum(weighted * lived)
        hessian[3, 2] = hessian[2, 3]
        hessian[3, 3] += np.sum(weighted * (exits * leave**2 - s * lived * (1 / beta + leave)))
        return value, means @ counts, hessian


def _blocks(size: int) -> Iterator[slice]:
    return (slice(begin, begin + _BLOCK) for begin in range(0, size, _BLOCK))
