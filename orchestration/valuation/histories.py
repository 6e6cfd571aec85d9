"""What a valuation is asked: read from the warehouse, a moment at a time, so that memory holds one of them."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np

from orchestration.statistics.histories import FloatArray, PurchaseHistories
from orchestration.statistics.seasonality import Seasonality, estimate_seasonality

Seasonalities = dict[str, Seasonality]  # by source


@dataclass(frozen=True)
class Valuation:
    """A moment at which customers are valued, and the assumptions it is made with (int_value__valuations)."""

    valuation_id: str
    purpose: str
    last_date: date
    holdout_days: int | None
    transaction_model: str
    annual_discount_rate: float
    horizon_months: int
    minimum_segment_customers: int
    minimum_segment_repeat_buyers: int

    @property
    def name(self) -> str:
        """What it is called in the lake: of two valuations with one name the newer takes the older one's place."""
        return f"{self.purpose}:{self.last_date:%Y-%m}" if self.purpose == "month_end" else self.purpose

    @property
    def last_day(self) -> int:
        """The last day that is seen, in days since 1970-01-01."""
        return (self.last_date - date(1970, 1, 1)).days


@dataclass(frozen=True)
class Segment:
    """Customers whose behaviour is alike: their distinct histories in days, and repeat buyers' mean spends, counted."""

    source_system: str
    name: str
    histories: PurchaseHistories
    spend_frequency: FloatArray
    spend_mean: FloatArray
    spend_counts: FloatArray

    def fingerprint(self) -> str:
        digest = hashlib.md5(f"{self.source_system}|{self.name}".encode(), usedforsecurity=False)
        for column in (
            *(self.histories.frequency, self.histories.recency, self.histories.age, self.histories.counts),
            *(self.spend_frequency, self.spend_mean, self.spend_counts),
        ):
            digest.update(column.tobytes())
        return digest.hexdigest()


def read_valuations(connection: duckdb.DuckDBPyConnection) -> list[Valuation]:
    """The moments to value customers at, the earliest first, closed months before the others."""
    rows = connection.execute(
        """
        select valuation_id, purpose, last_date, holdout_days, transaction_model, annual_discount_rate,
            horizon_months, minimum_segment_customers, minimum_segment_repeat_buyers
        from intermediate.int_value__valuations order by purpose <> 'month_end', last_date
        """
    ).fetchall()
    return [Valuation(*row) for row in rows]


def read_segments(connection: duckdb.DuckDBPyConnection, valuation: Valuation) -> list[Segment]:
    """The segments that had bought by then, in the order of their names."""
    histories = _columns(
        connection,
        """
        select source_system, segment, frequency, recency_days, age_days, customer_count
        from intermediate.int_value__counted_histories where valuation_id = ? order by all
        """,
        valuation.valuation_id,
    )
    spends = _columns(
        connection,
        """
        select source_system, segment, frequency, cast(mean_spend_amount as double), customer_count
        from intermediate.int_value__counted_spends where valuation_id = ? order by all
        """,
        valuation.valuation_id,
    )
    found = []
    for source_system, name in sorted(set(zip(histories[0].tolist(), histories[1].tolist(), strict=True))):
        x, t_x, T, counts = _of(histories, source_system, name)
        spend_x, spend_mean, spend_counts = _of(spends, source_system, name)
        found.append(
            Segment(source_system, name, PurchaseHistories(x, t_x, T, counts), spend_x, spend_mean, spend_counts)
        )
    return found


def read_seasonalities(connection: duckdb.DuckDBPyConnection, last_date: date) -> Seasonalities:
    """The yearly seasonality of each source, as far as the months that had ended by a day told of it."""
    rows = connection.execute(
        """
        select source_system, date_diff('month', date '1970-01-01', month_date), repeat_purchase_count
        from intermediate.int_value__repeat_purchases
        where month_date + interval 1 month <= cast(? as date) + interval 1 day
        order by source_system, month_date
        """,
        [last_date],
    ).fetchall()
    by_source: dict[str, list[tuple[int, int]]] = {}
    for source_system, month, count in rows:
        by_source.setdefault(source_system, []).append((month, count))
    return {
        source_system: estimate_seasonality(months[0][0], np.array([count for _, count in months], dtype=np.float64))
        for source_system, months in by_source.items()
    }


def together(segments: list[Segment]) -> Segment:
    """All customers of one source, as one segment."""
    return Segment(
        segments[0].source_system,
        "",
        PurchaseHistories(
            np.concatenate([s.histories.frequency for s in segments]),
            np.concatenate([s.histories.recency for s in segments]),
            np.concatenate([s.histories.age for s in segments]),
            np.concatenate([s.histories.counts for s in segments]),
        ),
        np.concatenate([s.spend_frequency for s in segments]),
        np.concatenate([s.spend_mean for s in segments]),
        np.concatenate([s.spend_counts for s in segments]),
    )


def fingerprint(
    valuation: Valuation, segments: list[Segment], seasonalities: Seasonalities, prior_fits: list[str], method: str
) -> str:
    """Changes with whatever a valuation's result depends on, and with nothing else."""
    seasons = [f"{source}:{seasonality.indices}" for source, seasonality in sorted(seasonalities.items())]
    parts = [method, repr(astuple(valuation)), *(segment.fingerprint() for segment in segments), *seasons, *prior_fits]
    return hashlib.md5("\n".join(parts).encode(), usedforsecurity=False).hexdigest()


def _columns(connection: duckdb.DuckDBPyConnection, query: str, valuation_id: str) -> list[Any]:
    found = connection.execute(query, [valuation_id]).fetchnumpy()
    return [np.ma.getdata(column) for column in found.values()]


def _of(columns: list[Any], source_system: str, name: str) -> list[FloatArray]:
    rows = (columns[0] == source_system) & (columns[1] == name)
    return [np.asarray(column[rows], dtype=np.float64) for column in columns[2:]]
