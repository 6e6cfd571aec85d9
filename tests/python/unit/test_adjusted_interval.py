"""The interval of satisfaction's means: how often it holds the truth, on the SQL that the mart runs."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from tests.python.unit.sql_macros import sql_macro

STANDARD_ERROR = ("statistics/adjusted_mean.sql", "statistics/adjusted_standard_error.sql")
BOUND = sql_macro("statistics/adjusted_bound.sql", "statistics/half_width_95.sql", *STANDARD_ERROR)
DETECTABLE = sql_macro("statistics/smallest_detectable_change.sql")


def bounds(value_sums: np.ndarray, square_sums: np.ndarray, count: int, low: int) -> list[tuple[float, float]]:
    """The interval of each sample of `count` answers on `low` to 100."""
    sql = ", ".join(BOUND(end, "value_sum", "square_sum", count, low, 100) for end in ("lower", "upper"))
    samples = pa.table({"value_sum": value_sums, "square_sum": square_sums})
    with duckdb.connect() as connection:
        connection.register("samples", samples)
        return connection.execute(f"select {sql} from samples").fetchall()


@pytest.mark.parametrize("count", [30, 100, 1000])
@pytest.mark.parametrize(
    "shares",
    [(0.98, 0.01, 0.01), (0.9, 0.08, 0.02), (0.6, 0.25, 0.15), (0.34, 0.33, 0.33), (0.02, 0.08, 0.9), (0.5, 0.0, 0.5)],
)
def test_the_interval_of_the_nps_holds_the_truth_nineteen_times_of_twenty(
    shares: tuple[float, float, float], count: int
) -> None:
    drawn = np.random.default_rng(2016).multinomial(count, shares, size=4000)
    promoters, detractors = drawn[:, 0], drawn[:, 2]
    found = bounds(100.0 * (promoters - detractors), 10000.0 * (promoters + detractors), count, -100)
    truth = 100 * (shares[0] - shares[2])
    assert np.mean([lower <= truth <= upper for lower, upper in found]) >= 0.93
    scores = 100 * (promoters - detractors) / count
    assert all(lower <= score <= upper for (lower, upper), score in zip(found, scores, strict=True))
    assert min(upper - lower for lower, upper in found) > 0


@pytest.mark.parametrize("count", [30, 300])
@pytest.mark.parametrize("alpha", [(9.0, 1.0), (2.0, 2.0), (0.5, 4.0)])
def test_the_interval_of_an_index_holds_the_truth_nineteen_times_of_twenty(
    alpha: tuple[float, float], count: int
) -> None:
    drawn = 100 * np.random.default_rng(2016).beta(*alpha, size=(2000, count))
    found = bounds(drawn.sum(axis=1), (drawn**2).sum(axis=1), count, 0)
    truth = 100 * alpha[0] / sum(alpha)
    assert np.mean([lower <= truth <= upper for lower, upper in found]) >= 0.93


@pytest.mark.parametrize(("low", "answer"), [(-100, 100), (-100, 0), (-100, -100), (0, 0), (0, 50), (0, 100)])
def test_where_all_answered_alike_the_interval_has_a_width_and_holds_the_score(low: int, answer: int) -> None:
    for count in (1, 2, 30, 1_000_000):
        [(lower, upper)] = bounds(np.array([1.0 * count * answer]), np.array([1.0 * count * answer**2]), count, low)
        assert lower <= answer <= upper
        assert lower < upper


@pytest.mark.parametrize("standard_error", [0.5, 4.0])
def test_four_of_five_changes_of_the_smallest_detectable_size_are_found(standard_error: float) -> None:
    with duckdb.connect() as connection:
        [(change,)] = connection.execute(f"select cast({DETECTABLE(standard_error)} as double)").fetchall()
    random = np.random.default_rng(1988)
    before, after = random.normal(0, standard_error, 20_000), random.normal(-change, standard_error, 20_000)
    found = np.abs(after - before) > 1.959964 * np.sqrt(2) * standard_error
    assert found.mean() == pytest.approx(0.8, abs=0.01)
