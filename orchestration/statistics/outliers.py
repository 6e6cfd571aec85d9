"""What is far out of all others, without a belief about the shape of the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from orchestration.statistics.histories import FloatArray


def within_outer_fences(values: ArrayLike, counts: ArrayLike) -> FloatArray:
    """Positive values, (n,), with those beyond the outer fences of their logarithms set to the fence.

    The fences lie three times the distance of the quartiles beyond them (Tukey 1977, Exploratory Data Analysis); in
    logarithms, because what a customer spends is skewed whatever it is. `counts`, (n,), says how many have each value.
    """
    given = np.asarray(values, dtype=np.float64)
    logs = np.log(given)
    order = np.argsort(logs)
    share = np.cumsum(np.asarray(counts, dtype=np.float64)[order])
    lower, upper = logs[order][np.searchsorted(share, np.array([0.25, 0.75]) * share[-1])]
    reach = 3 * (upper - lower)
    return np.where(
        logs > upper + reach, np.exp(upper + reach), np.where(logs < lower - reach, np.exp(lower - reach), given)
    )
