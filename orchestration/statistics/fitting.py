"""One way to fit every model: Newton's method with exact curvature on the logarithms of positive parameters.

A model supplies its log-likelihood with gradient and Hessian in its own parameters. In logarithms every parameter is
free, steps are relative, and these likelihoods are close to quadratic, so that about ten evaluations are enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orchestration.statistics.histories import FloatArray

Derivatives = tuple[float, FloatArray, FloatArray]
Model = TypeVar("Model")

# Beyond these a parameter is as good as 0 or infinite: a gamma of shape 1e5 varies by 0.3 %.
SMALLEST, LARGEST = 1e-5, 1e5

_MAX_ITERATIONS = 200
_LONGEST_STEP = 2.0  # a factor of e^2 in any parameter
# Gain in log-likelihood, absolute and relative, not worth a further step; the last step squares what is left of it.
_TOLERANCE = (1e-9, 1e-12)
# What the log-likelihood, a sum of larger terms, may lose without being worse.
_ROUNDING = (1e-10, 1e-13)
_FLATTEST = 1e-10  # of the largest curvature: flatter directions count as this steep


class NotIdentifiedError(ValueError):
    """The data cannot tell the parameters apart, whatever the method; the message says what is missing."""


@dataclass(frozen=True)
class Fit(Generic[Model]):
    """A fitted model and how well the data determine it.

    Attributes:
        model: the model at the maximum.
        names: parameter names, in the order of the arrays below.
        values: the k parameters.
        log_likelihood: at the maximum, natural logarithm, in the units of the data passed in.
        log_covariance: covariance of the logarithms of the parameters, (k, k): the inverse of the observed
            information. Intervals built on it stay positive.
        at_bound: parameters that ran to the end of their range, because the data show no variation in what they
            describe (a = 1e-5: nobody drops out; r = 1e5: all buy at one rate). Predictions remain usable. Their rows
            in `log_covariance` are 0: the other parameters' errors are those given that value.
        customers: sum of the counts.
        iterations: Newton steps taken.
    """

    model: Model
    names: tuple[str, ...]
    values: FloatArray
    log_likelihood: float
    log_covariance: FloatArray
    at_bound: tuple[str, ...]
    customers: float
    iterations: int

    @property
    def covariance(self) -> FloatArray:
        """Covariance of the parameters themselves, (k, k), by the delta method."""
        return np.asarray(self.log_covariance * np.outer(self.values, self.values))

    @property
    def standard_errors(self) -> FloatArray:
        """Standard errors of the parameters, (k,). A direction the data leave open has a very large one, never NaN."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def fit_positive(
    build: Callable[..., Model],
    objective: Callable[[FloatArray], Derivatives],
    names: tuple[str, ...],
    start: ArrayLike,
    *,
    unit: ArrayLike,
    log_likelihood_of_unit: float,
    customers: float,
) -> Fit[Model]:
    """Maximises a log-likelihood over positive parameters.

    Args:
        build: makes the model from the parameters, in order.
        objective: log-likelihood, gradient (k,) and Hessian (k, k) at parameters (k,), for data measured in `unit`.
        names: of the parameters.
        start: where to begin, (k,), in `unit`.
        unit: what 1 of each parameter means in the caller's units, (k,). Models divide time and money by their own
            averages first, so that a fit in days and one in weeks take the same steps.
        log_likelihood_of_unit: what the change of unit adds to the log-likelihood.
        customers: number of customers in the data.

    Raises:
        RuntimeError: no maximum after 200 steps; the message has the parameters and the slope there.
    """
    start_logs = np.log(np.asarray(start, dtype=np.float64))
    logs, (log_likelihood, _, hessian), at_bound, iterations = _climb(objective, start_logs, names)
    free = ~at_bound
    log_covariance = np.zeros((logs.size, logs.size))
    if free.any():
        curvature, directions = _curvature(hessian[np.ix_(free, free)])
        log_covariance[np.ix_(free, free)] = (directions / curvature) @ directions.T
    values = np.exp(logs) * np.asarray(unit, dtype=np.float64)
    return Fit(
        model=build(*(float(value) for value in values)),
        names=names,
        values=values,
        log_likelihood=log_likelihood + log_likelihood_of_unit,
        log_covariance=log_covariance,
        at_bound=tuple(name for name, bound in zip(names, at_bound, strict=True) if bound),
        customers=customers,
        iterations=iterations,
    )


def _in_logs(objective: Callable[[FloatArray], Derivatives], logs: FloatArray) -> Derivatives:
    parameters = np.exp(logs)
    value, gradient, hessian = objective(parameters)
    slope = parameters * gradient
    return value, slope, hessian * np.outer(parameters, parameters) + np.diag(slope)


def _curvature(hessian: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Curvature downwards along its principal directions, made positive: away from the maximum it may be neither."""
    eigenvalues, directions = np.linalg.eigh(-hessian)
    sizes = np.abs(eigenvalues)
    return np.maximum(sizes, max(_FLATTEST * float(sizes.max()), np.finfo(np.float64).tiny)), directions


def _climb(
    objective: Callable[[FloatArray], Derivatives], start: FloatArray, names: tuple[str, ...]
) -> tuple[FloatArray, Derivatives, NDArray[np.bool_], int]:
    """Newton's method inside the box of SMALLEST and LARGEST, with backtracking.

    A parameter at its bound whose slope, or whose step, points outside is held; the step of the others is cut where
    the first of them meets its bound, which keeps it uphill.

    Returns:
        The place, what the objective is there, which parameters are held, and the steps taken.
    """
    lower, upper = np.log(SMALLEST), np.log(LARGEST)
    logs = np.clip(start, lower, upper)
    value, gradient, hessian = _in_logs(objective, logs)
    for iteration in range(_MAX_ITERATIONS):
        at_lower, at_upper = logs <= lower, logs >= upper
        held = (at_lower & (gradient <= 0)) | (at_upper & (gradient >= 0))
        while True:
            step = np.zeros(logs.size)
            free = ~held
            if free.any():
                curvature, directions = _curvature(hessian[np.ix_(free, free)])
                step[free] = directions @ ((directions.T @ gradient[free]) / curvature)
            outward = free & ((at_lower & (step < 0)) | (at_upper & (step > 0)))
            if not outward.any():
                break
            held |= outward
        gain = float(gradient @ step)
        if gain <= _TOLERANCE[0] + _TOLERANCE[1] * abs(value):
            # Take the last step, too, unless it leaves the box or is worse.
            last = np.clip(logs + step, lower, upper)
            there = _in_logs(objective, last)
            if there[0] >= value:
                return last, there, held, iteration + 1
            return logs, (value, gradient, hessian), held, iteration
        room = np.where(step > 0, upper - logs, lower - logs)
        moving = step != 0
        share = min(1.0, _LONGEST_STEP / float(np.abs(step).max()), float((room[moving] / step[moving]).min()))
        while True:
            candidate = np.clip(logs + share * step, lower, upper)
            found = _in_logs(objective, candidate)
            if found[0] >= value + 1e-4 * share * gain - _ROUNDING[0] - _ROUNDING[1] * abs(value):
                break
            share /= 2
            if share < 1e-10:  # no better point in sight along an uphill direction: the rest is rounding
                return logs, (value, gradient, hessian), held, iteration
        logs, (value, gradient, hessian) = candidate, found
    at = ", ".join(f"{name} = {parameter:.4g}" for name, parameter in zip(names, np.exp(logs), strict=True))
    raise RuntimeError(
        f"no maximum of the likelihood after {_MAX_ITERATIONS} steps (at {at}, in units of the averages; slope "
        f"{np.array2string(gradient, precision=3)}): check the rows for outliers, or pool them with similar customers"
    )
