"""The few functions the models need and SciPy lacks, or has in a form that fails in the corners.

The literature writes expected purchases with the Gaussian hypergeometric function. Its formula divides by a - 1, and
the function overflows for customers with thousands of purchases. Each such expression is an average over a customer's
drop-out probability, with a positive and smooth integrand, and is computed here as that average: no corner, no
cancellation, and the same precision everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from orchestration.statistics.histories import FloatArray

# exp(-38) is below the rounding of 1: what lies farther out in a tail does not change a sum.
_NEGLIGIBLE = 38.0
_SMALLEST_LOG_ODDS = -690.0
_STIRLING_FROM = 100.0

_LEGENDRE_NODES, _LEGENDRE_WEIGHTS = (0.5 * np.asarray(part) for part in np.polynomial.legendre.leggauss(64))
_LEGENDRE_NODES = _LEGENDRE_NODES + 0.5


def log_rising(z: float, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """ln[Γ(z + n) / Γ(z)] with its first and second derivative in z; z > 0, n >= 0 of any shape.

    To the last places where z is large: parameters run to 1e5, and a maximum cannot be seen through the rounding of
    two logarithms of a million. Source: Stirling's series.
    """
    if z >= _STIRLING_FROM:
        end = z + n
        return (
            _log_rising_of_large(z, n),
            np.log1p(n / z) + n / (2 * z * end) + _stirling_slope(end) - _stirling_slope(z),
            -n / (z * end) * (1 + (z + end) / (2 * z * end)) + _stirling_curvature(end) - _stirling_curvature(z),
        )
    return (
        special.gammaln(z + n) - special.gammaln(z),
        special.digamma(z + n) - special.digamma(z),
        special.polygamma(1, z + n) - special.polygamma(1, z),
    )


def log_beta(a: FloatArray, b: float) -> FloatArray:
    """ln B(a, b) of positive parameters, a of any shape; to the last places where a is large beside b.

    There SciPy subtracts two logarithms of a million from each other. Source: Stirling's series of both.
    """
    rising = _log_rising_of_large(np.maximum(a, _STIRLING_FROM), b)
    return np.where(a >= _STIRLING_FROM, special.gammaln(b) - rising, special.betaln(a, b))


def _log_rising_of_large(z: ArrayLike, n: ArrayLike) -> FloatArray:
    """ln[Γ(z + n) / Γ(z)] for z of 100 or more."""
    z, n = np.asarray(z, dtype=np.float64), np.asarray(n, dtype=np.float64)
    rest = _stirling_rest(z + n) - _stirling_rest(z)
    return np.asarray((z - 0.5) * np.log1p(n / z) + n * (np.log(z + n) - 1) + rest)


def _stirling_rest(z: ArrayLike) -> FloatArray:
    """What ln Γ(z) has beyond (z - 1/2) ln z - z + ln √(2π), for z of 100 or more: below 1e-17 off."""
    inverse = 1 / np.asarray(z, dtype=np.float64)
    square = inverse**2
    return np.asarray((1 / 12 - (1 / 360 - square / 1260) * square) * inverse)


def _stirling_slope(z: ArrayLike) -> FloatArray:
    """What the derivative of ln Γ(z) has beyond ln z - 1 / (2z)."""
    square = np.asarray(z, dtype=np.float64) ** -2
    return np.asarray((-1 / 12 + (1 / 120 - square / 252) * square) * square)


def _stirling_curvature(z: ArrayLike) -> FloatArray:
    """What the second derivative of ln Γ(z) has beyond 1 / z + 1 / (2z²)."""
    inverse = 1 / np.asarray(z, dtype=np.float64)
    square = inverse**2
    return np.asarray((1 / 6 - (1 / 30 - square / 42) * square) * square * inverse)


def beta_rule(a: ArrayLike, b: ArrayLike, size: int = 64) -> tuple[FloatArray, FloatArray]:
    """Points and weights that average a smooth function over beta distributions: E[f(P)] = Σ weight · f(point).

    The trapezoid rule on y, ln[p / (1 - p)] = centre + width · sinh(y), out to where the density is negligible. It
    converges exponentially, for narrow distributions and for densities unbounded at 0 or 1. With 64 points, what the
    models average has a relative error below 1e-8 (1e-3 for horizons of a million times α + T).

    Args:
        a, b: positive parameters, of shapes that broadcast to S.
        size: number of points.

    Returns:
        Points above 0 and up to 1, and weights that sum to 1, both of shape S + (size,).

    Source: the substitution is Takahasi and Mori's (1974) for a density whose logarithm falls linearly in the log-odds.
    """
    a = np.asarray(a, dtype=np.float64)[..., np.newaxis]
    b = np.asarray(b, dtype=np.float64)[..., np.newaxis]
    # Below 1 a parameter only makes its tail longer; what bends, bends where it would with 1.
    at_least_a, at_least_b = np.maximum(a, 1.0), np.maximum(b, 1.0)
    centre, spread = np.log(at_least_a / at_least_b), np.sqrt(1 / at_least_a + 1 / at_least_b)
    width = 1.5 * np.minimum(1.0, spread)
    # Around its centre the density is a bell; farther up it falls as exp(-b exp(log-odds)), then as exp(-b log-odds).
    bell = np.sqrt(2 * _NEGLIGIBLE) * spread
    low = -np.arcsinh((bell + np.log1p(_NEGLIGIBLE / at_least_b) + _NEGLIGIBLE / a) / width)
    high = np.arcsinh((bell + np.log1p(_NEGLIGIBLE / at_least_a) + _NEGLIGIBLE / b) / width)
    y = low + (high - low) * (np.arange(size) + 0.5) / size
    log_odds = centre + width * np.sinh(y)
    log_density = a * log_odds - (a + b) * np.logaddexp(0.0, log_odds)
    weights = np.exp(log_density - log_density.max(axis=-1, keepdims=True)) * np.cosh(y)
    # Below exp(-690) a probability is 0 to every function averaged here, but must stay a divisor.
    points = special.expit(np.maximum(log_odds, _SMALLEST_LOG_ODDS))
    return points, weights / weights.sum(axis=-1, keepdims=True)


def gamma_rule(shape: ArrayLike, size: int = 16) -> tuple[FloatArray, FloatArray]:
    """Points and weights that average a smooth function over gammas of rate 1: E[f(G)] = Σ weight · f(point).

    Gauss-Laguerre, from the eigenvectors of the recurrence of its polynomials, so that no shape over- or underflows.

    Args:
        shape: positive, of any shape S.
        size: number of points.

    Returns:
        Positive points, and weights that sum to 1, both of shape S + (size,).

    Source: Golub, Welsch (1969), Calculation of Gauss Quadrature Rules, Mathematics of Computation 23.
    """
    shape = np.asarray(shape, dtype=np.float64)[..., np.newaxis]
    step = np.arange(size)
    recurrence = np.zeros((*shape.shape[:-1], size, size))
    recurrence[..., step, step] = 2 * step + shape
    recurrence[..., step[1:], step[:-1]] = np.sqrt(step[1:] * (step[1:] - 1 + shape))
    points, vectors = np.linalg.eigh(recurrence)
    return np.maximum(points, np.finfo(np.float64).tiny), vectors[..., 0, :] ** 2


def scaled_exponential_integral(order: ArrayLike, z: ArrayLike) -> FloatArray:
    """exp(z) E_n(z) = ∫₀^∞ exp(-z t) (1 + t)^(-n) dt for real order n > 0 and z > 0; shapes broadcast.

    In the literature's terms it is Tricomi's Ψ(1, 2 - n; z), and Ψ(s, s; z) = z^(1-s) exp(z) E_s(z).
    Gauss-Legendre in ln(1 + t), out to where the integrand is negligible; relative error below 1e-10.
    """
    order, z = np.broadcast_arrays(np.asarray(order, dtype=np.float64), np.asarray(z, dtype=np.float64))
    # For n < 1 the integrand first grows, by less than 1/z.
    with np.errstate(over="ignore"):
        end = np.minimum(
            np.log1p((_NEGLIGIBLE + np.maximum(0.0, -np.log(z))) / z),
            _NEGLIGIBLE / np.maximum(order - 1, np.finfo(np.float64).tiny),
        )
    total = np.zeros(z.shape)
    for node, weight in zip(_LEGENDRE_NODES, _LEGENDRE_WEIGHTS, strict=True):
        log_t = node * end
        total += weight * np.exp(-z * np.expm1(log_t) - (order - 1) * log_t)
    return np.asarray(total * end)
