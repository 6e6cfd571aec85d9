"""What the models of repeat purchases have in common, whatever they assume about the end of a customer's life."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from orchestration.statistics.fitting import Derivatives, Fit, NotIdentifiedError, fit_positive
from orchestration.statistics.histories import FloatArray, PurchaseHistories, distinct_rows, purchase_histories

# A discount slower than this, a period, is none; a difference divided by it keeps the digits that matter.
_SLOWEST_DISCOUNT = 1e-7
# Half of what lies below an interval of 95 %: the other half is for who has left already, or buys nothing.
EARLY_LEAVERS = 0.0125
# Newton's steps, each of which takes what is left of an error to its square.
_STEPS = 8
# Rows at a time, each with some hundred points of a rule.
_BLOCK = 256


@dataclass(frozen=True)
class Rates:
    """What the rates of customers who are alive may be, given their histories: points of a rule of integration.

    Arrays that broadcast to (n, i, j); `weights` of a history sum to 1.
    """

    buying: FloatArray  # λ, purchases a unit of time
    leaving: FloatArray  # hazard of leaving at any time
    stopping: FloatArray  # p, chance to leave at a purchase
    weights: FloatArray


@dataclass(frozen=True)
class Horizon:
    """What is looked at of the time to come: some periods of one length, discounted at a rate a period.

    Raises:
        ValueError: no period, no length, or a negative rate.
    """

    periods: int
    period: float  # in the unit of age
    discount_rate: float

    def __post_init__(self) -> None:
        if self.periods < 1 or not (np.isfinite(self.period) and self.period > 0):
            raise ValueError(
                f"{self.periods} periods of length {self.period}: pass at least one period, of positive length"
            )
        if not (np.isfinite(self.discount_rate) and self.discount_rate >= 0):
            raise ValueError(f"discount_rate is {self.discount_rate}: it must be a finite rate a period, 0 or more")


@dataclass(frozen=True)
class PurchaseMoments:
    """How much the discounted purchases within a horizon scatter, given a history and that the customer is alive; (n,).

    D is what is to be expected of somebody whose rates are known, N what is really bought: Σ exp(-δ t) over purchases.
    """

    expected: FloatArray  # E[D] = E[N]
    expected_square: FloatArray  # E[D²]
    realised_square: FloatArray  # E[N²]
    sum_of_squares: FloatArray  # E[Σ exp(-2 δ t)]
    probability_of_none: FloatArray  # no purchase within the horizon
    of_early_leaver: FloatArray  # E[D] of who is among the first EARLY_LEAVERS to leave, the last of them


class TransactionModel(ABC):
    """A customer buys at a rate λ of her own until she drops out, unseen; λ is gamma distributed over customers.

    Sub-classes are frozen data classes of positive parameters. They give the two halves of the likelihood and what a
    customer who is alive will buy; everything reported about a customer follows from these. `times` names the
    parameters that are in units of time.

    Arguments named ``frequency``, ``recency``, ``age`` are x, t_x and T, numbers or arrays of one shape (n,), see
    `histories`. All methods raise ValueError on impossible histories, with row, column and value.
    """

    times: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        require_positive(self)

    @classmethod
    def fit(cls, histories: PurchaseHistories) -> Fit[Self]:
        """Maximum likelihood; the cost grows with the rows of `histories`, not with the customers they count.

        Raises:
            NotIdentifiedError: no customer has a repeat purchase.
            RuntimeError: no maximum was found.
        """
        scaled, unit, log_likelihood_of_unit = _in_average_ages(histories)
        rate = float(scaled.counts @ scaled.frequency) / float(scaled.counts @ scaled.age)
        names = tuple(field.name for field in fields(cls))  # type: ignore[arg-type]
        return fit_positive(
            cls,
            cls._objective(scaled),
            names,
            cls._start(rate),
            unit=[unit if name in cls.times else 1.0 for name in names],
            log_likelihood_of_unit=log_likelihood_of_unit,
            customers=float(histories.counts.sum()),
        )

    def log_likelihood(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> FloatArray:
        """ln L(parameters | x, t_x, T) of each customer, shape (n,): alive at T, or dropped out before."""
        histories = _rows(frequency, recency, age)
        return np.asarray(
            self._log_likelihood_alive(histories) + np.logaddexp(0.0, self._log_odds_dropped_out(histories))
        )

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> FloatArray:
        """P(alive at T | x, t_x, T), shape (n,), between 0 and 1."""
        return _alive(self._log_odds_dropped_out(_rows(frequency, recency, age)))

    def expected_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, horizon: float
    ) -> FloatArray:
        """E[Y(t) | x, t_x, T]: purchases in (T, T + horizon], shape (n,); horizon in the unit of the times, >= 0."""
        if not (np.isfinite(horizon) and horizon >= 0):
            raise ValueError(f"horizon is {horizon}: it must be a finite time, 0 or longer, in the unit of age")
        return self._purchases(frequency, recency, age, np.array([horizon], dtype=np.float64), np.ones(1))

    def expected_purchases_of_new_customer(self, horizon: ArrayLike) -> FloatArray:
        """E[X(t)]: repeat purchases of a customer in the time `horizon` after her first purchase; shape of horizon."""
        times = np.asarray(horizon, dtype=np.float64)
        return np.array([self.expected_purchases(0, 0, 0, float(time))[0] for time in times.ravel()]).reshape(
            times.shape
        )

    def discounted_expected_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, horizon: Horizon
    ) -> FloatArray:
        """Σ_k (E[Y(k)] - E[Y(k-1)]) / (1 + d)^k over the periods k of a horizon, shape (n,).

        Source: Fader, Hardie, Lee (2005), RFM and CLV, J. Marketing Research 42, with the period of the firm's choice.
        """
        ordinal = np.arange(1.0, horizon.periods + 1)
        discount = (1 + horizon.discount_rate) ** -ordinal
        # Summed by parts, so that each horizon is needed once.
        weights = discount - np.append(discount[1:], 0.0)
        return self._purchases(frequency, recency, age, np.asarray(horizon.period * ordinal), weights)

    def discounted_expected_residual_transactions(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, discount_rate: float
    ) -> FloatArray:
        """DERT = ∫₀^∞ exp(-δ t) dE[Y(t)], shape (n,): all future purchases, discounted to T.

        Args:
            discount_rate: δ > 0, continuous, in the unit of age (`customer_value.continuous_discount_rate`).

        It is **not** monotone in x for a fixed t_x: a pause tells more about someone who used to buy often.

        Source: Fader, Hardie, Lee (2005), RFM and CLV, J. Marketing Research 42.
        """
        if not (np.isfinite(discount_rate) and discount_rate > 0):
            raise ValueError(
                f"discount_rate is {discount_rate}: DERT needs a positive continuous rate in the unit of age; "
                "for an undiscounted value choose a horizon and use expected_purchases"
            )
        histories = _rows(frequency, recency, age)
        first, index, _ = distinct_rows(histories.frequency, histories.age)
        alive = self._discounted_purchases_if_alive(histories.frequency[first], histories.age[first], discount_rate)
        return _alive(self._log_odds_dropped_out(histories)) * alive[index]

    def purchase_moments_if_alive(self, frequency: FloatArray, age: FloatArray, horizon: Horizon) -> PurchaseMoments:
        """What a horizon may bring of customers alive at T: of shape (n,), discounted at every moment, not by period.

        A customer buys with λ exp(-h t), h = leaving + λ p, and goes on after a purchase with 1 - p. So

            E[N²] = E[λ I(h + 2δ)] + E[2 (1 - p) λ² ∫₀^H exp(-(h + δ) u) (1 - exp(-δ u)) / δ du],

        with I(a) = (1 - exp(-a H)) / a; D = λ I(h + δ); there is no purchase with a chance of
        (leaving + λ exp(-(leaving + λ) H)) / (leaving + λ). The first share of customers has left at the t for which
        E[exp(-h t)] is the rest. Averages over the rates are those of a rule, to 1 % for horizons of up to ten times
        what exposure is measured against (α + T).
        """
        delta = max(float(np.log1p(horizon.discount_rate)), _SLOWEST_DISCOUNT) / horizon.period
        length = horizon.periods * horizon.period

        def lived(rate: FloatArray) -> FloatArray:
            return np.asarray(length * special.exprel(-rate * length))

        found = np.empty((len(fields(PurchaseMoments)), frequency.size))
        for begin in range(0, frequency.size, _BLOCK):
            rows = slice(begin, begin + _BLOCK)
            rates = self._rates_if_alive(frequency[rows], age[rows])
            hazard = rates.leaving + rates.buying * rates.stopping
            once, twice = lived(hazard + delta), lived(hazard + 2 * delta)
            squares = rates.buying * twice
            pairs = 2 * (1 - rates.stopping) * rates.buying**2 * (once - twice) / delta
            ends = rates.leaving + rates.buying
            none = (rates.leaving + rates.buying * np.exp(-ends * length)) / ends
            values = (rates.buying * once, (rates.buying * once) ** 2, squares + pairs, squares, none, rates.buying)
            found[:, rows] = [(value * rates.weights).sum(axis=(1, 2)) for value in values]
            left = np.minimum(_time_of_leaving(hazard, rates.weights), length)
            found[-1, rows] *= left * special.exprel(-delta * left)
        return PurchaseMoments(*found)

    def _purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, horizons: FloatArray, weights: FloatArray
    ) -> FloatArray:
        histories = _rows(frequency, recency, age)
        # Given that a customer is alive, when she bought last does not matter: compute once a distinct (x, T).
        first, index, _ = distinct_rows(histories.frequency, histories.age)
        alive = self._purchases_if_alive(histories.frequency[first], histories.age[first], horizons, weights)
        return _alive(self._log_odds_dropped_out(histories)) * alive[index]

    @classmethod
    @abstractmethod
    def _objective(cls, histories: PurchaseHistories) -> Callable[[FloatArray], Derivatives]:
        """Log-likelihood of all customers, of the parameters, (k,): with gradient, (k,), and Hessian, (k, k)."""

    @classmethod
    @abstractmethod
    def _start(cls, rate: float) -> list[float]:
        """Parameters to begin a fit with, where customers buy again at `rate` on average."""

    @abstractmethod
    def _log_likelihood_alive(self, histories: PurchaseHistories) -> FloatArray:
        """ln of the likelihood of the history and of being alive at T, (n,)."""

    @abstractmethod
    def _log_odds_dropped_out(self, histories: PurchaseHistories) -> FloatArray:
        """ln of the likelihood of having dropped out before T, over that of being alive, (n,); may be -inf."""

    @abstractmethod
    def _purchases_if_alive(
        self, frequency: FloatArray, age: FloatArray, horizons: FloatArray, weights: FloatArray
    ) -> FloatArray:
        """Σ_j weights_j · E[Y(horizons_j) | x, T, alive at T], (n,)."""

    @abstractmethod
    def _discounted_purchases_if_alive(self, frequency: FloatArray, age: FloatArray, rate: float) -> FloatArray:
        """∫₀^∞ exp(-rate t) dE[Y(t) | x, T, alive at T], (n,)."""

    @abstractmethod
    def _rates_if_alive(self, frequency: FloatArray, age: FloatArray) -> Rates:
        """What the rates of customers with x repeat purchases who are alive at T may be."""


def _time_of_leaving(hazard: FloatArray, weights: FloatArray) -> FloatArray:
    """When EARLY_LEAVERS of customers have left, (n,): E[exp(-h t)] is convex, so no step of Newton's goes too far."""
    time = np.zeros(weights.shape[0])
    for _ in range(_STEPS):
        staying = weights * np.exp(-hazard * time[:, np.newaxis, np.newaxis])
        slope = np.maximum((hazard * staying).sum(axis=(1, 2)), np.finfo(np.float64).tiny)
        time = time + np.maximum(staying.sum(axis=(1, 2)) - (1 - EARLY_LEAVERS), 0.0) / slope
    return time


def require_positive(model: object) -> None:
    """Raises ValueError unless every field of a data class of parameters is positive and finite."""
    for field in fields(model):  # type: ignore[arg-type]
        value = getattr(model, field.name)
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"parameter {field.name} is {value}: it must be positive and finite")


def _in_average_ages(histories: PurchaseHistories) -> tuple[PurchaseHistories, float, float]:
    """Histories with time in units of the average age; that unit; and what it adds to a log-likelihood.

    The likelihood is a density of x purchase times, so a unit u multiplies it by u^-x.

    Raises:
        NotIdentifiedError: there is no repeat purchase.
    """
    purchases = float(histories.counts @ histories.frequency)
    if purchases == 0:
        raise NotIdentifiedError(
            f"none of {histories.counts.sum():.0f} customers has a repeat purchase, so no purchase rate can be "
            "estimated: pool them with similar customers, or observe for longer"
        )
    unit = float(histories.counts @ histories.age) / float(histories.counts.sum())
    scaled = PurchaseHistories(histories.frequency, histories.recency / unit, histories.age / unit, histories.counts)
    return scaled, unit, -purchases * float(np.log(unit))


def _alive(log_odds_dropped_out: FloatArray) -> FloatArray:
    return np.asarray(special.expit(-log_odds_dropped_out))


def _rows(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> PurchaseHistories:
    return purchase_histories(*np.atleast_1d(frequency, recency, age))
