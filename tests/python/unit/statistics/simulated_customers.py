"""Customers simulated from the stories the models tell, purchase by purchase, not from their formulas."""

from __future__ import annotations

import numpy as np

from orchestration.statistics.histories import FloatArray

Customers = tuple[FloatArray, FloatArray, FloatArray]


def beta_geometric_customers(
    generator: np.random.Generator,
    size: int,
    parameters: tuple[float, float, float, float],
    *,
    drops_out_at_first_purchase: bool,
    longest: float,
) -> Customers:
    """x, t_x, T of customers who drop out with a probability of their own after (each or each repeat) purchase."""
    r, alpha, a, b = parameters
    rate = generator.gamma(r, 1 / alpha, size)
    drop_out = generator.beta(a, b, size)
    age = generator.uniform(longest / 2, longest, size)
    active = np.ones(size, dtype=bool)
    if drops_out_at_first_purchase:
        active &= generator.random(size) >= drop_out
    return _purchases(generator, rate, age, active, lambda: generator.random(size) < drop_out, np.full(size, np.inf))


def pareto_customers(
    generator: np.random.Generator, size: int, parameters: tuple[float, float, float, float], *, longest: float
) -> Customers:
    """x, t_x, T of customers who drop out at an exponential time of their own."""
    r, alpha, s, beta = parameters
    rate = generator.gamma(r, 1 / alpha, size)
    life = generator.exponential(1 / generator.gamma(s, 1 / beta, size))
    age = generator.uniform(longest / 2, longest, size)
    return _purchases(generator, rate, age, np.ones(size, dtype=bool), lambda: np.zeros(size, dtype=bool), life)


def _purchases(generator, rate, age, active, drops_out, life) -> Customers:  # type: ignore[no-untyped-def]
    frequency, recency, clock = (np.zeros(rate.size) for _ in range(3))
    active = active.copy()
    while active.any():
        clock += generator.exponential(1, rate.size) / np.maximum(rate, 1e-300)
        active &= clock <= np.minimum(age, life)
        frequency[active] += 1
        recency[active] = clock[active]
        active &= ~drops_out()
    return frequency, recency, age
