"""Profiles of a warehouse as series, and what of each is out of line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from orchestration.statistics.anomalies import (
    Array,
    Deviations,
    blocks,
    deviations_of_counts,
    deviations_of_shares,
    odds_factor,
    silences,
)

# All rows of a part, how many customers they are of, and rows whose content is another's.
ROWS, CUSTOMERS, REPEATED = "rows", "customers", "content=repeated"
# The rows of an entity among those of the entities that it belongs to.
AMONG_OTHERS = "rows beside those that belong to them"
# Each row of one of these has rows of the others: where one is missing and the others are not, it is no quiet week.
BELONG_TOGETHER = ("orders", "order_lines", "payments")
# Weeks that are judged as one, and how many such stretches before say what is to be expected. What moves little is seen
# in a long stretch, what moves much in the week after it began.
STRETCHES = ((1, 8), (4, 6), (8, 4))
# What chance explains as easily as this, of all that is judged together, is not kept.
LEAST_LIKELY = 0.5
# A class of values became rarer, or commoner, where its rows did: else the others were more, or fewer.
_ROWS_MOVED = 1.5


@dataclass(frozen=True, order=True)
class Series:
    """Whose rows they are, and which."""

    source_system: str
    entity: str
    part: str
    value_class: str


@dataclass(frozen=True)
class Deviation:
    """A stretch of days of a series, counted back from the as-of day, as a row of the table `deviations`."""

    deviation: str
    source_system: str
    entity: str
    part: str
    value_class: str
    first_days_ago: int
    last_days_ago: int
    row_count: int
    total_count: int
    expected_count: float
    move: float
    probability: float


@dataclass
class Judgement:
    """How many values were judged together, and those that chance does not explain, in a fixed order."""

    judged_count: int = 0
    deviations: list[Deviation] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        return [asdict(deviation) for deviation in self.deviations]


def judge(weeks: Mapping[Series, Mapping[int, int]], days: Mapping[tuple[str, str], Mapping[int, int]]) -> Judgement:
    """Judge rows a week (by weeks before the as-of day) of each series, and rows a day of each source and entity.

    Each value's probability stands for itself; how many were judged together says what that is worth.
    """
    found = Judgement()
    clustering = _clustering(weeks)
    for (source, entity), rows in sorted(days.items()):
        _judge_silence(found, source, entity, _oldest_first(rows), clustering.get((source, entity), 1.0))
    for series, rows in sorted(weeks.items()):
        if series.value_class != CUSTOMERS:
            counts_rows = series.value_class in (ROWS, REPEATED)
            totals = weeks[replace(series, value_class=ROWS if counts_rows else CUSTOMERS)]
            together = clustering[series.source_system, series.entity] if counts_rows else 1.0
            _judge_weeks(found, series, rows, totals, together, STRETCHES)
    _judge_mixes(found, weeks, clustering)
    found.deviations = [one for one in found.deviations if one.probability * found.judged_count <= LEAST_LIKELY]
    return found


def _clustering(weeks: Mapping[Series, Mapping[int, int]]) -> dict[tuple[str, str], float]:
    """Rows a customer and week, by source and entity: they come together, and so chance moves them together."""
    counted: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: {ROWS: 0, CUSTOMERS: 0})
    for series, rows in weeks.items():
        if series.value_class in (ROWS, CUSTOMERS):
            counted[series.source_system, series.entity][series.value_class] += sum(rows.values())
    return {key: max(1.0, both[ROWS] / max(both[CUSTOMERS], 1)) for key, both in counted.items()}


def _judge_mixes(
    found: Judgement, weeks: Mapping[Series, Mapping[int, int]], clustering: Mapping[tuple[str, str], float]
) -> None:
    """Hold orders, their lines and their payments against each other, within each source."""
    entities: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    sources: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for series, rows in weeks.items():
        if series.value_class == ROWS and series.entity in BELONG_TOGETHER:
            for ago, count in rows.items():
                entities[series.source_system, series.entity][ago] += count
                sources[series.source_system][ago] += count
    for (source, entity), rows in sorted(entities.items()):
        # Alone it is all there is.
        if sum(name == source for name, _ in entities) == 1:
            continue
        series = Series(source, entity, "all", AMONG_OTHERS)
        together = max(clustering[source, name] for name in BELONG_TOGETHER if (source, name) in clustering)
        _judge_weeks(found, series, rows, sources[source], together, STRETCHES[1:])


def _oldest_first(rows: Mapping[int, int], length: int | None = None) -> Array:
    """An array of the rows, whose last stands for 0 weeks or days ago."""
    length = max(rows) + 1 if length is None else length
    return np.array([rows.get(ago, 0) for ago in reversed(range(length))], dtype=float)


def _judge_silence(found: Judgement, source: str, entity: str, days: Array, clustering: float) -> None:
    for silence in silences(days, clustering):
        found.judged_count += 1
        first = len(days) - 1 - silence.first
        found.deviations.append(
            Deviation(
                *("silence", source, entity, "all", ROWS),
                *(first, first - silence.days + 1, 0, 0),
                round(silence.expected, 1),
                1.0,
                silence.probability,
            )
        )


def _judge_weeks(
    found: Judgement,
    series: Series,
    rows: Mapping[int, int],
    all_rows: Mapping[int, int],
    clustering: float,
    stretches: Sequence[tuple[int, int]],
) -> None:
    # The week in which a source begins is not a whole one.
    begun = max(all_rows)
    weeks, totals = _oldest_first(rows, begun), _oldest_first(all_rows, begun)
    for length, before in stretches:
        counts, sums = blocks(weeks, length), blocks(totals, length)
        if series.value_class == ROWS:
            judged = deviations_of_counts(counts, before, clustering)
        else:
            judged = deviations_of_shares(counts, sums, before, clustering)
        known = np.flatnonzero(np.isfinite(judged.probability))
        found.judged_count += len(known)
        for block in known[judged.probability[known] < LEAST_LIKELY / 1000]:
            last = (len(counts) - 1 - int(block)) * length * 7
            found.deviations += _told(series, counts, sums, judged, int(block), (last + length * 7 - 1, last))


def _told(
    series: Series, counts: Array, totals: Array, judged: Deviations, block: int, days_ago: tuple[int, int]
) -> Iterator[Deviation]:
    """The deviation of a block, where it is one that something can be wrong with."""
    rows, total, expected = counts[block], totals[block], judged.expected[block]
    is_more = bool(judged.is_more[block])
    if series.value_class == ROWS:
        # More rows than before are a good day; rows that came twice are told by their content.
        name, move = "fewer_rows", 1 - rows / expected
        if is_more:
            return
    elif series.value_class == AMONG_OTHERS:
        # What the others let expect: they are fewer than all, if rows of this one are missing.
        usual = expected * (total - rows) / (total - expected)
        name, move = "fewer_rows", 1 - rows / usual
        if is_more or rows >= np.median(counts[max(0, block - 8) : block]):
            return
    else:
        name, move = _named(series.value_class, is_more), odds_factor(rows, total, expected)
        usual = float(np.median(counts[max(0, block - 8) : block]))
        if not (rows > _ROWS_MOVED * usual if is_more else rows < usual / _ROWS_MOVED):
            return
    probability = float(judged.probability[block])
    yield Deviation(
        *(name, series.source_system, series.entity, series.part, series.value_class),
        *(*days_ago, int(rows), int(total)),
        round(float(expected), 1),
        round(float(move), 2),
        probability,
    )


def _named(value_class: str, is_more: bool) -> str:
    """What it is called that a class of values became commoner or rarer."""
    value = value_class.partition("=")[2]
    if value_class == REPEATED:
        return "repeated_content" if is_more else "rarer_value"
    if value == "missing":
        return "missing_values" if is_more else "rarer_value"
    return "commoner_value" if is_more else "rarer_value"
