"""Figures of satisfaction that are shown, and what the people behind several of them have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

WHOLE = "none"
# What the mart multiplies the standard error of its interval by for the smallest fall that would be seen
# (macros/statistics/smallest_detectable_change.sql).
_DETECTABLE = (1.959964 + 0.841621) * np.sqrt(2.0)


class Cut(NamedTuple):
    """Whose answers to what: a value of one dimension, or all of `none`."""

    questionnaire: str
    measure: str
    dimension: str
    dimension_value: str


@dataclass(frozen=True)
class Figure:
    """One figure of a period that has ended, and is shown.

    `first_month` counts months from the year 0; `variance` is that of the score, and above 0 where all answered alike.
    """

    satisfaction_id: str
    cut: Cut
    period_type: str
    first_month: int
    month_count: int
    answer_count: int
    people_count: int
    score: float
    variance: float

    @property
    def months(self) -> range:
        return range(self.first_month, self.first_month + self.month_count)


@dataclass(frozen=True)
class CommonPeople:
    """What people answered in two months each of one cut, summed over people.

    `sums` is (4, t, t), at [later month, earlier month] since `first_month`: with n and s the number and the sum of a
    person's answers in a month, of n n, n s, s n and s s, where the first is of the later month; 0 elsewhere.
    """

    first_month: int
    sums: FloatArray

    def products(self, later: Sequence[int], earlier: Sequence[int], means: tuple[float, float]) -> float:
        """Sum over people of how far their answers in `later` and in `earlier` months are from `means`, multiplied."""
        at = np.ix_(
            range(4), [month - self.first_month for month in later], [month - self.first_month for month in earlier]
        )
        counts, of_earlier, of_later, of_both = self.sums[at].sum(axis=(1, 2))
        return float(of_both - means[1] * of_later - means[0] * of_earlier + means[0] * means[1] * counts)


@dataclass(frozen=True)
class Figures:
    """All that is shown, in a fixed order, and what its people have in common by cut."""

    shown: list[Figure]
    common: dict[Cut, CommonPeople] = field(default_factory=dict)

    def covariance(self, later: Figure, earlier: Figure) -> float:
        """Covariance of two figures of one cut whose periods do not overlap, the later first."""
        if later.cut not in self.common:
            return 0.0
        products = self.common[later.cut].products(later.months, earlier.months, (later.score, earlier.score))
        return products / (later.answer_count * earlier.answer_count)


def read_figures(connection: duckdb.DuckDBPyConnection) -> tuple[Figures, str]:
    """The figures that the mart shows of periods that have ended, and a fingerprint of all that was read."""
    digest = hashlib.md5(usedforsecurity=False)
    rows = connection.execute(
        """
        select
            questionnaire,
            measure,
            dimension,
            dimension_value,
            period_type,
            extract(year from period_start_date) * 12 + extract(month from period_start_date) - 1 as first_month,
            date_diff('month', period_start_date, period_end_date) + 1 as month_count,
            answer_count,
            respondent_count,
            cast(score as double) as score,
            cast(standard_error as double) as standard_error,
            cast(smallest_detectable_fall as double) as smallest_detectable_fall,
            satisfaction_id
        from marts.satisfaction
        where not is_suppressed and period_end_date = last_day(period_end_date)
        order by all
        """
    ).fetchall()
    digest.update(repr(rows).encode())
    shown = [
        Figure(
            satisfaction_id=row[12],
            cut=Cut(*row[:4]),
            period_type=row[4],
            first_month=row[5],
            month_count=row[6],
            answer_count=row[7],
            people_count=row[8],
            score=row[9],
            variance=_variance(row[10], row[11]),
        )
        for row in rows
    ]
    pairs = connection.execute(
        """
        select
            questionnaire,
            measure,
            dimension,
            dimension_value,
            extract(year from month_date) * 12 + extract(month from month_date) - 1 as later_month,
            extract(year from earlier_month_date) * 12 + extract(month from earlier_month_date) - 1 as earlier_month,
            cast(count_square_sum as double) / 2 as counts,
            cast(count_earlier_value_sum as double) as of_earlier,
            cast(count_value_sum - count_earlier_value_sum as double) as of_later,
            cast(value_square_sum as double) / 2 as of_both
        from intermediate.int_satisfaction__month_pairs
        where month_date <> earlier_month_date
        order by all
        """
    ).fetchall()
    digest.update(repr(pairs).encode())
    return Figures(shown, _common(shown, pairs)), digest.hexdigest()


def _variance(standard_error: float, smallest_detectable_fall: float) -> float:
    """Variance of a score: where all answered alike that of its interval, as nobody knows that the next one will."""
    return float((standard_error or smallest_detectable_fall / _DETECTABLE) ** 2)


def _common(shown: Sequence[Figure], pairs: Sequence[tuple[Any, ...]]) -> dict[Cut, CommonPeople]:
    if not shown:
        return {}
    first = min(figure.first_month for figure in shown)
    count = max(figure.months[-1] for figure in shown) - first + 1
    known = {figure.cut for figure in shown}
    found: dict[Cut, CommonPeople] = {}
    for *names, later, earlier, counts, of_earlier, of_later, of_both in pairs:
        cut = Cut(*names)
        if cut in known and first <= earlier and later < first + count:
            if cut not in found:
                found[cut] = CommonPeople(first, np.zeros((4, count, count)))
            found[cut].sums[:, later - first, earlier - first] = counts, of_earlier, of_later, of_both
    return found
