"""DERT of many histories at once, with its standard error: what a valuation asks of every customer of every month.

P(alive) is exact for each history. What a customer who is alive will buy depends on (x, T) alone and is smooth in T: it
is computed at a few ages of each x and interpolated between them, so that the cost grows with the distinct x.

The standard error is that of the fitted parameters, by the delta method: the derivative of ln DERT along each principal
axis of their covariance, by a small step. It says how well the population is known. How much customers of one history
differ from each other is told by the expected square of what a customer's own rates make of DERT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from orchestration.statistics.fitting import Fit
from orchestration.statistics.histories import FloatArray, IntArray
from orchestration.statistics.transactions import TransactionModel

# Nodes of the interpolation in ln(age + α): relative error below 1e-9 for ages of up to a thousand times α.
_NODES = 16
Expectation = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]

# Of a standard error; the derivative's own error is of this order.
_STEP = 1e-3


@dataclass(frozen=True)
class ResidualPurchases:
    """DERT of each history, the standard error of its natural logarithm, and E[D²]; arrays of shape (n,)."""

    expected: FloatArray
    log_standard_error: FloatArray
    expected_square: FloatArray


def residual_purchases(
    fit: Fit[TransactionModel], frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, discount_rate: float
) -> ResidualPurchases:
    """DERT as `discounted_expected_residual_transactions` gives it, and how well the fit determines it.

    Args:
        fit: the fitted model, with the covariance of the logarithms of its parameters.
        frequency, recency, age: x, t_x, T, (n,).
        discount_rate: δ > 0, continuous, in the unit of age.

    Raises:
        ValueError: as the methods of the model.
    """
    x, t_x, T = (np.asarray(column, dtype=np.float64) for column in (frequency, recency, age))
    expected = dert(fit.model, x, t_x, T, discount_rate)
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
            slope = (np.log(dert(moved, x, t_x, T, discount_rate)) - np.log(expected)) / step
            # Where nothing more is expected at all, nothing can be told of its logarithm.
            variance += np.where(expected > 0, slope, 0.0) ** 2

    def square_of_histories(x: FloatArray, t_x: FloatArray, T: FloatArray) -> FloatArray:
        return fit.model.squared_discounted_residual_transactions(x, t_x, T, discount_rate)

    return ResidualPurchases(
        expected,
        np.sqrt(np.where(np.isfinite(variance), variance, np.inf)),
        at_few_ages(fit.model, square_of_histories, x, t_x, T),
    )


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
    # The time in which exposure begins to tell.
    scale = min(float(getattr(model, name)) for name in model.times)
    return np.asarray(alive * _by_age(while_alive, frequency, age, scale))


def _by_age(
    function: Callable[[FloatArray, FloatArray], FloatArray], frequency: FloatArray, age: FloatArray, scale: float
) -> FloatArray:
    """function(x, T), (n,), positive and smooth in T: interpolated where an x has more ages than nodes."""
    ordinal: FloatArray = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES).astype(np.float64)
    weights = np.asarray((-1.0) ** np.arange(_NODES) * np.sin(np.pi * (np.arange(_NODES) + 0.5) / _NODES), np.float64)
    result = np.empty(frequency.shape)
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
    values = np.log(function(np.concatenate(nodes_x), np.concatenate(nodes_age)))
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
        result = (shares @ values) / shares.sum(axis=1)
    hit = exact.any(axis=1)
    result[hit] = values[exact[hit].argmax(axis=1)]
    return np.asarray(result)
