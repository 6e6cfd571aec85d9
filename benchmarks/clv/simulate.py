"""Customers of a shop, simulated purchase by purchase: BG/NBD in time, Gamma-Gamma in money, known by the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Estimates of the literature for CDNOW, with time in days.
R, ALPHA, A, B = 0.243, 4.414 * 7, 0.793, 2.426
P, Q, V = 6.25, 3.74, 15.44
LONGEST_DAYS = 728


@dataclass(frozen=True)
class Customers:
    """One row a customer: repeat purchase days x, t_x and T in whole days, mean value of the repeat purchases."""

    frequency: NDArray[np.int64]
    recency: NDArray[np.int64]
    age: NDArray[np.int64]
    mean_spend: NDArray[np.float64]


def customers(size: int, seed: int) -> Customers:
    """Customers won evenly over two years. Purchases of one day count once."""
    generator = np.random.default_rng(seed)
    age = generator.integers(1, LONGEST_DAYS + 1, size)
    rate = generator.gamma(R, 1 / ALPHA, size)
    drop_out = generator.beta(A, B, size)
    frequency, recency = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    active, clock = np.arange(size), np.zeros(size)
    while active.size:
        clock[active] += generator.exponential(1, active.size) / np.maximum(rate[active], 1e-300)
        active = active[clock[active] < age[active] + 1]
        day = clock[active].astype(np.int64)
        is_new_day = day > recency[active]
        frequency[active] += is_new_day
        recency[active] = day
        active = active[generator.random(active.size) >= drop_out[active]]
    shape = P * np.maximum(frequency, 1)
    mean_spend = generator.gamma(shape, 1.0) / (generator.gamma(Q, 1 / V, size) * np.maximum(frequency, 1))
    return Customers(frequency, recency, age, np.where(frequency > 0, np.maximum(mean_spend.round(2), 0.01), 0.0))
