"""Residual purchases of many histories at once, with their error and scatter: what a valuation asks of every customer.

P(alive) is exact for each history. What a customer who is alive will buy depends on (x, T) alone and is smooth in T: it
is computed at a few ages of each x and interpolated between them, so that the cost grows with the distinct x.

The standard error is that of the fitted parameters, by the delta method: the derivative of the logarithm along each
principal axis of their covariance, by a small step. It says how well the population is known. How much customers of one
history differ from each other, and what one of them really buys, is told by the moments beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from orchestration.statistics.fitting import Fit
from orchestration.statistics.histories import FloatArray, IntArray
from orchestration.statistics.transactions import EARLY_LEAVERS, Horizon, TransactionModel

# Nodes of the interpolation in ln(age + α): relative error below 1e-9 for ages of up to a thousand times α.
_NODES = 16
Expectation = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]

# Of a standard error; the derivative's own error is of this order.
_STEP = 1e-3


@dataclass(frozen=True)
class ResidualPurchases:
    """Discounted purchases of each history within a horizon; arrays of shape (n,).

    Attributes:
        expected: as `discounted_expected_purchases` of the model gives it.
        log_standard_error: of its natural logarithm, by what the parameters may err.
        expected_square: mean square of what is to be expected of each customer of the history, 0 of one who has left.
        realised_square: mean square of the discounted purchases themselves.
        sum_of_squares: mean of Σ v², v the discount of each purchase.
        probability_of_any: chance of a purchase within the horizon.
        of_early_leaver: what is to be expected of the customer whom 1.25 % of all precede in leaving; 0 where as many
            have left already, or buy nothing.
    """

    expected: FloatArray
    log_standard_error: FloatArray
    expected_square: FloatArray
    realised_square: FloatArray
    sum_of_squares: FloatArray
    probability_of_any: FloatArray
    of_early_leaver: FloatArray

    def normal_score(self, probability: float) -> FloatArray:
        """Where a quantile of what is bought lies among customers who buy at all: as one of the standard normal, (n,).

        NaN where the quantile is nothing, because customers who buy nothing are as many.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 1 - (1 - probability) / self.probability_of_any
            return np.where(share > 0, special.ndtri(np.maximum(share, np.finfo(np.float64).tiny)), np.nan)


def residual_purchases(
    fit: Fit[TransactionModel], frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, horizon: Horizon
) -> ResidualPurchases:
    """Discounted purchases within a horizon, how well the fit determines them, and how they scatter.

    Args:
        fit: the fitted model, with the covariance of the logarithms of its parameters.
        frequency, recency, age: x, t_x, T, (n,).
        horizon: how far, and at which discount.

    Raises:
        ValueError: as the methods of the model.
    """
    x, t_x, T = (np.asarray(column, dtype=np.float64) for column in (frequency, recency, age))
    expected = purchases_within(fit.model, x, t_x, T, horizon)
    eigen = np.linalg.eigh(fit.log_covariance)
    axes = (eigen.eigenvectors * np.sqrt(np.maximum(eigen.eigenvalues, 0.0))).T
    variance = np.zeros(x.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in axes:
            if not axis.any():
                continue
            # A direction that the data leave open must not overflow: a step of 1 in a logarithm is far enough.
            step = min(_STEP, 1.0 / float(np.abs(axis).max()))
            values = np.exp(np.log(fit.values) + step * axis)
            moved = type(fit.model)(*(float(value) for value in values))
            slope = (np.log(purchases_within(moved, x, t_x, T, horizon)) - np.log(expected)) / step
            # Where nothing more is expected at all, nothing can be told of its logarithm.
            variance += np.where(expected > 0, slope, 0.0) ** 2

    def moments(x: FloatArray, T: FloatArray) -> FloatArray:
        return np.stack(astuple(fit.model.purchase_moments_if_alive(x, T, horizon)), axis=1)

    alive = fit.model.probability_alive(x, t_x, T)
    mean, expected_square, realised_square, squares, none, early = _by_age(moments, x, T, _scale(fit.model)).T
    with np.errstate(divide="ignore", invalid="ignore"):
        # By period, as the expectation is discounted, and not at every moment: a constant next to 1.
        factor = np.where(alive > 0, expected / (alive * mean), 1.0) ** 2
    any_purchase = alive * (1 - np.minimum(none, 1.0))
    return ResidualPurchases(
        expected,
        np.sqrt(np.where(np.isfinite(variance), variance, np.inf)),
        alive * factor * expected_square,
        alive * factor * realised_square,
        alive * factor * squares,
        any_purchase,
        np.where(any_purchase > 1 - EARLY_LEAVERS, early, 0.0),
    )


def purchases_within(
    model: TransactionModel, frequency: FloatArray, recency: FloatArray, age: FloatArray, horizon: Horizon
) -> FloatArray:
    """Discounted purchases of each history within a horizon, (n,): exact P(alive), the rest interpolated."""

    def of_histories(x: FloatArray, t_x: FloatArray, T: FloatArray) -> FloatArray:
        return model.discounted_expected_purchases(x, t_x, T, horizon)

    return at_few_ages(model, of_histories, frequency, recency, age)


def dert(
    model: TransactionModel, frequency: FloatArray, recency: FloatArray, age: FloatArray, discount_rate: float
) -> FloatArray:
    """DERT of each history, (n,): exact P(alive), interpolated purchases while alive."""

    def of_histories(x: FloatArray, t_x: FloatArray, T: FloatArray) -> FloatArray:
        return model.discounted_expected_residual_transactions(x, t_x, T, discount_rate)

    return at_few_ages(model, of_histories, frequency, recency, age)


def at_few_ages(
    model: TransactionModel, expectation: Expectation, frequency: FloatArray, recency: FloatArray, age: FloatArray
) -> FloatArray:
    """An expectation of each history, (n,), computed at a few ages of each x: see the module's text.

    Args:
        model: the model that gives P(alive).
        expectation: of x, t_x and T, (m,): positive, and P(alive) times something smooth in T.
        frequency, recency, age: x, t_x, T, (n,).
    """

    def while_alive(x: FloatArray, T: FloatArray) -> FloatArray:
        # Any pause since the last purchase will do: P(alive) is taken out again.
        t_x = np.where(x > 0, T, 0.0)
        return np.asarray(expectation(x, t_x, T) / model.probability_alive(x, t_x, T))

    alive = model.probability_alive(frequency, recency, age)
    return np.asarray(alive * _by_age(while_alive, frequency, age, _scale(model)))


def _scale(model: TransactionModel) -> float:
    """The time in which exposure begins to tell."""
    return min(float(getattr(model, name)) for name in model.times)


def _by_age(
    function: Callable[[FloatArray, FloatArray], FloatArray], frequency: FloatArray, age: FloatArray, scale: float
) -> FloatArray:
    """function(x, T), (n,) or (n, k), positive and smooth in T: interpolated where an x has more ages than nodes."""
    ordinal: FloatArray = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES).astype(np.float64)
    weights = np.asarray((-1.0) ** np.arange(_NODES) * np.sin(np.pi * (np.arange(_NODES) + 0.5) / _NODES), np.float64)
    purchases, which = np.unique(frequency, return_inverse=True)
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(purchases.size + 1))
    nodes_x: list[FloatArray] = []
    nodes_age: list[FloatArray] = []
    plans: list[tuple[IntArray, IntArray, FloatArray | None, int]] = []
    for group, x in enumerate(purchases):
        rows = order[bounds[group] : bounds[group + 1]]
        ages, index = np.unique(age[rows], return_inverse=True)
        if ages.size <= _NODES:
            at = ages
            plans.append((rows, index, None, ages.size))
        else:
            low, high = np.log(ages[0] + scale), np.log(ages[-1] + scale)
            at = np.exp(0.5 * (low + high) + 0.5 * (high - low) * ordinal) - scale
            # Rounding must not leave the ages that exist: a purchase cannot lie after the end.
            at = np.clip(at, ages[0], ages[-1])
            place = (np.log(ages + scale) - 0.5 * (low + high)) / (0.5 * (high - low))
            plans.append((rows, index, np.asarray(place, np.float64), at.size))
        nodes_x.append(np.full(at.size, x))
        nodes_age.append(at)
    found = function(np.concatenate(nodes_x), np.concatenate(nodes_age))
    # What is next to nothing must stay a logarithm.
    values = np.log(np.maximum(found, np.finfo(np.float64).tiny))
    result = np.empty((frequency.size, *values.shape[1:]))
    begin = 0
    for rows, index, places, size in plans:
        known = values[begin : begin + size]
        begin += size
        if places is None:
            result[rows] = known[index]
        else:
            result[rows] = _barycentric(places, ordinal, weights, known)[index]
    return np.exp(result)


def _barycentric(places: FloatArray, nodes: FloatArray, weights: FloatArray, values: FloatArray) -> FloatArray:
    distance = places[:, np.newaxis] - nodes
    exact = distance == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = weights / distance
        result = ((shares @ values).T / shares.sum(axis=1)).T
    hit = exact.any(axis=1)
    result[hit] = values[exact[hit].argmax(axis=1)]
    return np.asarray(result)
