from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from orchestration.statistics.histories import count_histories, distinct_rows, purchase_histories


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.5, 1.5, 2.0]), st.integers(-2, 1)), min_size=1))
def test_distinct_rows_are_those_of_a_set_and_rebuild_the_columns(rows: list[tuple[int, float, int]]) -> None:
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    first, index, counts = distinct_rows(*columns)
    assert sorted(zip(*(column[first].tolist() for column in columns), strict=True)) == sorted(set(rows))
    for column in columns:
        assert_array_equal(column[first][index], column)
    assert_array_equal(counts, np.bincount(index))


def test_columns_whose_ranges_multiply_beyond_64_bits_are_told_apart() -> None:
    far = np.array([0, 2**31 - 2, 0, 2**31 - 2])
    columns = (far, far[::-1].copy(), np.array([1, 1, 1, 2**31 - 2]), np.array([0, 0, 0, 2**30]))
    first, index, counts = distinct_rows(*columns)
    assert_array_equal(counts[index], [2, 1, 2, 1])
    assert first.size == 3


def test_histories_are_counted_whether_days_or_weeks() -> None:
    x, t_x, T = np.array([1, 0, 1, 1]), np.array([14, 0, 14, 15]), np.array([70, 70, 70, 70])
    days, index = count_histories(x, t_x, T)
    weeks, index_of_weeks = count_histories(x, t_x / 7, T / 7)
    assert_array_equal(days.counts, [1, 2, 1])
    assert_array_equal(weeks.counts, [1, 2, 1])
    assert_array_equal(index, index_of_weeks)
    assert_array_equal(days.recency[index], t_x)


def test_counts_given_are_added_up() -> None:
    histories, _ = count_histories([1, 0, 1], [5, 0, 5], [9, 9, 9], counts=[10, 3, 4])
    assert_array_equal(histories.counts, [3, 14])


@pytest.mark.parametrize(
    ("x", "t_x", "T", "counts", "message"),
    [
        pytest.param([1, -1], [2, 0], [5, 5], None, "frequency of row 1 is -1.0", id="negative frequency"),
        pytest.param(
            [1.5], [2], [5], None, "frequency of row 0 is 1.5: it must be a whole number", id="half a purchase"
        ),
        pytest.param([0, np.nan], [0, 0], [5, 5], None, "frequency of row 1 is nan", id="no frequency"),
        pytest.param([1], [-2], [5], None, "recency of row 0 is -2.0", id="negative recency"),
        pytest.param([1], [6], [5], None, "later than age", id="recency after the end"),
        pytest.param([1], [np.inf], [np.inf], None, "recency of row 0 is inf", id="infinite time"),
        pytest.param(
            [0], [1], [5], None, "must be 0 for a customer without a repeat purchase", id="recency without repeat"
        ),
        pytest.param([2], [0], [5], None, "merge the purchases of one day", id="repeats on the first day"),
        pytest.param([1], [1], [5], [0], "counts of row 0 is 0.0", id="nobody has it"),
        pytest.param([], [], [], None, "no purchase history", id="no rows"),
        pytest.param([1, 1], [1], [5, 5], None, r"recency has shape \(1,\)", id="lengths"),
    ],
)
def test_an_impossible_history_is_refused_by_row_column_and_value(
    x: list[float], t_x: list[float], T: list[float], counts: list[float] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        purchase_histories(x, t_x, T, counts)
    with pytest.raises(ValueError, match=message):
        count_histories(x, t_x, T, counts)
