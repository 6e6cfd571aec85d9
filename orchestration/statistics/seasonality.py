"""Seasonality: how much more one month of the year sells than another, estimated from a company's own sales.

The models of repeat purchases know no season. Where December sells more than February, a customer seen until the end of
December seems to buy faster, and one seen until the end of February seems to have left. Measured in *seasonally
adjusted days*, of which a year has as many as of calendar days, purchases come evenly, and the models hold.

Source of the indices: the ratio to a centred moving average of twelve months, the first step of classical decomposition
(Macaulay 1931). They are drawn to 1 by as much as the counts behind them could scatter by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.statistics.histories import FloatArray, IntArray, PurchaseHistories

MONTHS = 12
LEAST_MONTHS = 24
_MOVING_AVERAGE = np.array([0.5, *[1.0] * 11, 0.5]) / MONTHS
_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class Seasonality:
    """How busy each month of the year is, January first, 1 on average over a year; shape (12,)."""

    indices: tuple[float, ...]

    @property
    def is_even(self) -> bool:
        return all(index == 1.0 for index in self.indices)

    def adjusted_days(self, day: FloatArray) -> FloatArray:
        """Seasonally adjusted days from 1970-01-01 to the start of each day, given in days since then; of any shape."""
        if self.is_even or not day.size:
            return np.asarray(day, dtype=np.float64)
        months = np.arange(_month_of(day.max()) + 2)
        edges = _first_day_of(months)
        passed = np.concatenate([[0.0], np.cumsum(np.asarray(self.indices)[months[:-1] % MONTHS] * np.diff(edges))])
        return np.asarray(np.interp(day, edges, passed))


EVEN = Seasonality((1.0,) * MONTHS)


def estimate_seasonality(first_month: int, counts: FloatArray) -> Seasonality:
    """The seasonality of a company that made so many sales in consecutive whole months; even below two years of them.

    Args:
        first_month: months from January 1970 to the first one.
        counts: sales of each month, (m,); repeat purchases where these are to be predicted.
    """
    if counts.size < LEAST_MONTHS or counts.min() < 0:
        return EVEN
    months = first_month + np.arange(counts.size)
    daily = counts / np.diff(_first_day_of(np.append(months, months[-1] + 1)))
    level = np.convolve(daily, _MOVING_AVERAGE, "valid")
    inner = slice(MONTHS // 2, counts.size - MONTHS // 2)
    # A month of a year weighs by its sales, so that the early ones, of a few customers, say little.
    month, weight = months[inner] % MONTHS, np.where(level > 0, counts[inner], 0.0)
    ratio = daily[inner] / np.where(level > 0, level, 1.0)
    sales = np.bincount(month, weight, MONTHS)
    if not sales.all():
        return EVEN
    index = np.bincount(month, weight * ratio, MONTHS) / sales
    index = index / np.average(index, weights=_DAYS)
    scatter = 1 / sales
    spread = max(0.0, float(np.mean((index - 1) ** 2 - scatter)))
    index = 1 + (index - 1) * spread / (spread + scatter)
    return Seasonality(tuple((index / np.average(index, weights=_DAYS)).tolist()))


def in_adjusted_days(histories: PurchaseHistories, seasonality: Seasonality, last_day: int) -> PurchaseHistories:
    """Histories in calendar days, seen until a day (since 1970-01-01), in seasonally adjusted days."""
    first = last_day - histories.age
    start = seasonality.adjusted_days(first)
    return PurchaseHistories(
        histories.frequency,
        seasonality.adjusted_days(first + histories.recency) - start,
        seasonality.adjusted_days(np.full(first.shape, float(last_day))) - start,
        histories.counts,
    )


def _month_of(day: float) -> int:
    """Months since January 1970 of a day since 1970-01-01."""
    return int(np.datetime64(int(day), "D").astype("datetime64[M]").astype(np.int64))


def _first_day_of(month: IntArray) -> FloatArray:
    return np.asarray(month.astype("datetime64[M]").astype("datetime64[D]").astype(np.float64))
