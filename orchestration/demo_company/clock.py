"""The time of the simulated company: three years in UTC, the rhythm in which a shop is busy, and local clocks.

All instants in this package are int64 seconds since 1970-01-01 00:00:00 UTC; `MISSING` stands for "not reached".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
WEEK = 7 * DAY
YEAR = 365.25 * DAY
MISSING = -1


def epoch(text: str) -> int:
    """Seconds since 1970 of an ISO date or timestamp in UTC."""
    return int(np.datetime64(text, "s").astype(np.int64))


START = epoch("2022-01-01")
END = epoch("2025-01-01")  # exclusive: the last second is 2024-12-31 23:59:59
FIRST_EVENT = START + 3 * HOUR  # leaves room for the visit before the very first order
PAYING = 15 * MINUTE  # what the last order leaves for its payments
LAST_ORDER = END - PAYING

# Summer time of the European Union: from the last Sunday of March to the last Sunday of October, 01:00 UTC both.
_CLOCK_CHANGES: Ints = np.array(
    [
        epoch(f"{day}T01:00")
        for day in (
            *("2021-03-28", "2021-10-31", "2022-03-27", "2022-10-30", "2023-03-26", "2023-10-29"),
            *("2024-03-31", "2024-10-27", "2025-03-30", "2025-10-26"),
        )
    ],
    np.int64,
)
CLOCK_CHANGES: Ints = _CLOCK_CHANGES[(_CLOCK_CHANGES > START) & (_CLOCK_CHANGES < END)]

# How busy a month, a weekday (Monday first) and an hour (UTC) are; only the ratios matter.
_MONTHS = np.array([0.94, 0.90, 0.97, 1.00, 1.03, 0.97, 0.92, 0.92, 1.00, 1.03, 1.14, 1.18])
_WEEKDAYS = np.array([0.95, 0.95, 0.95, 1.00, 1.10, 1.20, 0.85])
_NIGHT = (0.10, 0.05, 0.03, 0.03, 0.05, 0.15)
_HOURS = np.array([*_NIGHT, 0.4, 0.8, 1.1, 1.3, 1.4, 1.4, 1.3, 1.3, 1.3, 1.4, 1.5, 1.6, 1.7, 1.7, 1.4, 1.0, 0.6, 0.3])


class SeasonalClock:
    """Converts between calendar time and *busy time*, which runs faster when the shop is busier.

    A process that is uniform in busy time is seasonal in calendar time, so that every random instant of the company
    follows the same year, week and day. Until `end` both clocks advance by the same number of seconds.
    """

    def __init__(self, end: int = END) -> None:
        self.end = end
        hours = np.arange((end - START) // HOUR + 1, dtype=np.int64)
        self._calendar: Floats = (START + hours * HOUR).astype(np.float64)
        instants = self._calendar[:-1].astype("datetime64[s]")
        month = instants.astype("datetime64[M]").astype(np.int64) % 12
        weekday = (instants.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
        intensity = _MONTHS[month] * _WEEKDAYS[weekday] * _HOURS[hours[:-1] % 24]
        elapsed = np.concatenate([[0.0], np.cumsum(intensity)])
        self._busy: Floats = elapsed / elapsed[-1] * (end - START)

    def busy(self, instant: Ints) -> Floats:
        """Busy seconds since the start of the simulation, of the same shape as `instant`."""
        return np.interp(instant.astype(np.float64), self._calendar, self._busy)

    def calendar(self, busy: Floats) -> Ints:
        """The instant at which so many busy seconds have passed, held between the start and `end`."""
        return np.interp(busy, self._busy, self._calendar).astype(np.int64)

    def later(self, instant: Ints, busy_seconds: Floats) -> Ints:
        """`instant` moved on by busy seconds; reaching the end gives `end`."""
        return self.calendar(self.busy(instant) + busy_seconds)

    def between(self, rng: np.random.Generator, low: Ints, high: Ints) -> Ints:
        """One seasonal random instant in each [low, high]; shapes (n,)."""
        start, end = self.busy(low), self.busy(high)
        return np.clip(self.calendar(start + rng.random(len(low)) * (end - start)), low, high)


def local(instant: Ints, standard_offset: Ints | int) -> Ints:
    """The wall clock of a place with European summer time, as seconds; MISSING stays.

    `standard_offset` is the offset from UTC in winter, in seconds.
    """
    moved: Ints = instant + utc_offset(instant, standard_offset)
    return np.where(instant == MISSING, MISSING, moved)


def utc_offset(instant: Ints, standard_offset: Ints | int) -> Ints:
    """Seconds by which the wall clock of a place with European summer time is ahead of UTC."""
    summer = np.searchsorted(_CLOCK_CHANGES, instant, "right") % 2
    offset: Ints = standard_offset + summer.astype(np.int64) * HOUR
    return offset


def hour_of_day(instant: Ints) -> Ints:
    """Hour (UTC) of each instant, 0-23."""
    return instant % DAY // HOUR


def weekday(instant: Ints) -> Ints:
    """Day of the week of each instant (UTC), Monday = 0."""
    return (instant // DAY + 3) % 7


def seconds(rng: np.random.Generator, low: float, high: float, size: int) -> Ints:
    """Uniform whole seconds in [low, high), shape (size,)."""
    return rng.integers(int(low), int(high), size, dtype=np.int64)
