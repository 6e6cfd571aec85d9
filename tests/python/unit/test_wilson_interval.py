"""The interval of shares, on the SQL that the marts run, against published ones."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from tests.python.unit.sql_macros import sql_macro

BOUND = sql_macro("statistics/wilson_bound.sql", "statistics/half_width_95.sql")


def interval(share: str, count: str) -> tuple[float | None, float | None]:
    sql = ", ".join(BOUND(end, f"cast({share} as double)", count) for end in ("lower", "upper"))
    with duckdb.connect() as connection:
        found: tuple[float | None, float | None] = connection.execute(f"select {sql}").fetchall()[0]
        return found


# Newcombe 1998, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17:857, method 3.
@pytest.mark.parametrize(
    ("had", "count", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(had: int, count: int, lower: float, upper: float) -> None:
    assert interval(f"{had} / {count}", str(count)) == (pytest.approx(lower, abs=5e-5), pytest.approx(upper, abs=5e-5))


@pytest.mark.parametrize("count", [1, 30, 1_000_000])
def test_where_all_are_alike_it_has_a_width_and_holds_the_share(count: int) -> None:
    lower, upper = interval("1", str(count))
    assert lower is not None
    assert lower < 1
    assert upper == 1


@pytest.mark.parametrize(("share", "count"), [("null", "30"), ("0.5", "0"), ("0.5", "null")])
def test_of_nobody_there_is_none(share: str, count: str) -> None:
    assert interval(share, count) == (None, None)


def test_of_stays_not_all_seen_to_their_end_it_holds_the_truth_nineteen_times_of_twenty() -> None:
    """The share of stays that go on after 30 days, of which half leave after 43 and many were not seen for so long."""
    rng = np.random.default_rng(1978)
    stays, seen = rng.exponential(62, (2000, 100)), rng.uniform(0, 90, (2000, 100))
    days, has_left = np.minimum(stays, seen), stays <= seen
    order = np.argsort(days, axis=1)
    left = np.take_along_axis(has_left & (days <= 30), order, axis=1)
    at_risk = np.arange(100, 0, -1)
    survival = np.prod(1 - left / at_risk, axis=1)
    variance = survival**2 * np.sum(left / (at_risk * np.maximum(at_risk - 1, 1)), axis=1)
    counts = survival * (1 - survival) / variance
    with duckdb.connect() as connection:
        connection.register("samples", {"survival": survival, "told": counts})
        sql = ", ".join(BOUND(end, "survival", "told") for end in ("lower", "upper"))
        found = np.array(connection.execute(f"select {sql} from samples").fetchall())
    truth = np.exp(-30 / 62)
    assert np.mean((found[:, 0] <= truth) & (truth <= found[:, 1])) >= 0.94
