"""The CDNOW 1/10 sample, as the literature prepares it: baskets of one day merged, weeks, calibration to 1997-09-30."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from orchestration.statistics.histories import FloatArray, PurchaseHistories, count_histories

SAMPLE = Path(__file__).parents[5] / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
_CALIBRATION_END = date(1997, 9, 30)
_HOLDOUT_END = date(1998, 6, 30)


@dataclass(frozen=True)
class Cdnow:
    """One row a customer, in the order of the file; times in weeks, spend in dollars over repeat purchases."""

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    mean_spend: FloatArray
    holdout: FloatArray

    @property
    def histories(self) -> PurchaseHistories:
        return count_histories(self.frequency, self.recency, self.age)[0]


def read() -> Cdnow:
    spend_by_day: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for line in SAMPLE.read_text().splitlines():
        customer, _, day, _, dollars = line.split()
        spend_by_day[customer][date.fromisoformat(day)] += float(dollars)
    rows = []
    for spend in spend_by_day.values():
        first, *repeats = sorted(day for day in spend if day <= _CALIBRATION_END)
        rows.append(
            (
                len(repeats),
                (repeats[-1] - first).days / 7 if repeats else 0.0,
                (_CALIBRATION_END - first).days / 7,
                np.mean([spend[day] for day in repeats]) if repeats else 0.0,
                sum(_CALIBRATION_END < day <= _HOLDOUT_END for day in spend),
            )
        )
    return Cdnow(*np.array(rows, dtype=np.float64).T)
