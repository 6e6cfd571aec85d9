"""Purchase histories: the sufficient statistics (x, t_x, T) of the buy-till-you-die models, counted.

A customer who bought ``x + 1`` times (purchases of the same day count once) is known to these models by

* ``frequency`` x: repeat purchases, a whole number;
* ``recency`` t_x: time from the first to the last purchase, 0 when x = 0. It is not the "time since the last purchase"
  that an RFM analysis calls recency;
* ``age`` T: time from the first purchase to the end of the observation.

Times may be in any one unit (days, weeks, ...); every rate and scale parameter is then in that unit.
Two customers with the same (x, t_x, T) are the same to the models, so everything here works on the distinct
histories and the number of customers who have each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class PurchaseHistories:
    """Histories (x, t_x, T) with the number of customers who have each; arrays of one length, checked when built.

    Raises:
        ValueError: lengths differ, there is no row, or a value is impossible. The message names row, column and value.
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    counts: FloatArray

    def __post_init__(self) -> None:
        columns = {
            "frequency": self.frequency,
            "recency": self.recency,
            "age": self.age,
            "counts": self.counts,
        }
        for name, column in columns.items():
            if column.ndim != 1 or column.shape != self.frequency.shape:
                raise ValueError(f"{name} has shape {column.shape}; pass one-dimensional columns of one length")
        if self.frequency.size == 0:
            raise ValueError("there is no purchase history: pass at least one row")
        _refuse(~np.isfinite(self.frequency), "frequency", self.frequency, "must be a finite number")
        _refuse(~np.isfinite(self.recency), "recency", self.recency, "must be a finite number")
        _refuse(~np.isfinite(self.age), "age", self.age, "must be a finite number")
        _refuse(
            (self.frequency < 0) | (self.frequency != np.floor(self.frequency)),
            "frequency",
            self.frequency,
            "must be a whole number of repeat purchases, 0 or more; net cancellations before counting",
        )
        _refuse(self.recency < 0, "recency", self.recency, "must be 0 or more: last minus first purchase")
        _refuse(
            self.recency > self.age,
            "recency",
            self.recency,
            "is later than age: the last purchase lies after the end of the observation",
        )
        _refuse(
            (self.frequency == 0) & (self.recency > 0),
            "recency",
            self.recency,
            "must be 0 for a customer without a repeat purchase",
        )
        _refuse(
            (self.frequency > 0) & (self.recency == 0),
            "recency",
            self.recency,
            "is 0 for a customer with repeat purchases: merge the purchases of one day into one",
        )
        _refuse(
            ~(np.isfinite(self.counts) & (self.counts > 0)),
            "counts",
            self.counts,
            "must be a positive number of customers",
        )


def purchase_histories(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, counts: ArrayLike | None = None
) -> PurchaseHistories:
    """Checked histories from rows that are counted already (in SQL, say), or one row a customer.

    Args:
        frequency, recency, age: x, t_x and T, shape (n,); see the module's text.
        counts: customers with each history, shape (n,); 1 each when absent.

    Raises:
        ValueError: as `PurchaseHistories`.
    """
    x, t_x, T = (np.asarray(column, dtype=np.float64) for column in (frequency, recency, age))
    customers = np.ones(x.shape) if counts is None else np.asarray(counts, dtype=np.float64)
    return PurchaseHistories(x, t_x, T, customers)


def count_histories(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, counts: ArrayLike | None = None
) -> tuple[PurchaseHistories, IntArray]:
    """Distinct histories of customers, and which one each customer has.

    Whole numbers (days) are counted fastest; any unit works.

    Args:
        frequency, recency, age: x, t_x and T of each customer, shape (n,).
        counts: weight of each row, shape (n,); 1 each when absent.

    Returns:
        The m distinct histories with their counts, and an index of shape (n,) into them: a score computed on the
        distinct histories is a customer's score as ``score[index]``.

    Raises:
        ValueError: as `PurchaseHistories`.
    """
    columns = tuple(np.asarray(column) for column in (frequency, recency, age))
    if any(column.ndim != 1 or column.shape != columns[0].shape for column in columns) or columns[0].size == 0:
        # The checked constructor says which column is wrong.
        return purchase_histories(frequency, recency, age), np.empty(0, dtype=np.intp)
    first, index, rows = distinct_rows(*columns)
    weights = rows if counts is None else np.bincount(index, np.asarray(counts, dtype=np.float64), first.size)
    x, t_x, T = (column[first] for column in columns)
    try:
        return purchase_histories(x, t_x, T, weights), index
    except ValueError:
        purchase_histories(frequency, recency, age, counts)  # refuses it by the caller's row
        raise


def distinct_rows(*columns: NDArray[np.generic]) -> tuple[IntArray, IntArray, IntArray]:
    """Distinct rows of equally long columns.

    Returns:
        Position of one representative of each distinct row, shape (m,), in the order of the columns' values; for every
        row the index of its distinct row, shape (n,); rows of each, shape (m,).
    """
    key = np.zeros(columns[0].shape, dtype=np.int64)
    levels = 1
    for column in columns:
        code, size = _codes(column)
        if levels * size > np.iinfo(np.int64).max:
            key, levels = _codes_by_value(key)
        key = key * size + code
        levels *= size
    order = np.argsort(key)
    sorted_key = key[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_key[1:] != sorted_key[:-1])))
    rows = np.diff(starts, append=key.size)
    index = np.empty(key.size, dtype=np.intp)
    index[order] = np.repeat(np.arange(starts.size), rows)
    return order[starts], index, rows


def _codes(column: NDArray[np.generic]) -> tuple[NDArray[np.int64], int]:
    """Whole numbers that order a column as its values do, and a bound above them."""
    low, high = column.min(), column.max()
    if abs(low) < 2**53 and abs(high) < 2**53 and high - low < 2**31:
        whole = column.astype(np.int64)
        if np.array_equal(whole, column):
            return whole - int(low), int(high - low) + 1
    return _codes_by_value(column)


def _codes_by_value(column: NDArray[np.generic]) -> tuple[NDArray[np.int64], int]:
    values = np.unique(column)
    # Sorting alone and looking up is faster than the inverse of np.unique, which has to sort positions too.
    return np.searchsorted(values, column).astype(np.int64), values.size


def _refuse(wrong: BoolArray, name: str, column: FloatArray, why: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"{name} of row {row} is {column[row]!s}: it {why} ({int(wrong.sum())} such rows)")
