"""The partition that the dynamic program finds, against all there are, and what is told of the newest cut."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from orchestration.statistics.level_shifts import Shift, newest_shifts


def best_cuts(values: np.ndarray, weights: np.ndarray, variance: float) -> tuple[int, ...]:
    """Where the best partition begins anew, by looking at every one."""
    count = len(values)

    def cost(cuts: tuple[int, ...]) -> float:
        found = 2 * np.log(count) * variance * len(cuts)
        for start, end in zip((0, *cuts), (*cuts, count), strict=True):
            part, weight = values[start:end], weights[start:end]
            found += float((weight * (part - np.average(part, weights=weight)) ** 2).sum())
        return found

    every = [cuts for size in range(count) for cuts in combinations(range(1, count), size)]
    return min(every, key=cost)


@pytest.mark.parametrize("seed", range(12))
def test_after_each_point_the_newest_cut_is_that_of_the_best_of_all_partitions(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = 9
    weights = random.integers(30, 300, count).astype(np.float64)
    levels = np.repeat(random.normal(70, 4, 3), [3, 2, 4])
    values = levels + random.normal(0, 25, count) / np.sqrt(weights)
    variances = np.linspace(600, 650, count)
    found = newest_shifts(values, weights, variances)
    for point, shift in enumerate(found):
        cuts = best_cuts(values[: point + 1], weights[: point + 1], variances[point])
        assert ((shift.before, shift.start) if shift else ()) == ((0, *cuts)[-2:] if cuts else ())


def test_a_shift_is_dated_and_a_plain_one_to_the_month() -> None:
    values = np.array([70.0, 70, 70, 70, 40, 40, 40, 70])
    found = newest_shifts(values, np.full(8, 100.0), np.full(8, 600.0))
    assert found[:4] == [None] * 4
    assert found[4:] == [Shift(0, 4, 4, 4)] * 3 + [Shift(4, 7, 7, 7)]


def test_nineteen_of_twenty_stretches_hold_the_true_month_of_a_small_shift() -> None:
    """Steps of two standard deviations of a month, as far as they are found at all."""
    random = np.random.default_rng(1975)
    held = []
    for _ in range(400):
        start = int(random.integers(4, 21))
        values = random.normal(70, 2, 24) - 4.0 * (np.arange(24) >= start)
        *_, shift = newest_shifts(values, np.full(24, 100.0), np.full(24, 400.0))
        if shift is not None and shift.before == 0:
            held.append(shift.earliest <= start <= shift.latest)
    print(f"{np.mean(held):.3f} of {len(held)}")
    assert len(held) > 200
    assert np.mean(held) >= 0.93
