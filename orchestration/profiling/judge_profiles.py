"""The computation `profiling`: read the profiles of weeks and days, judge them, write what is out of line."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.bounded_memory import connect
from orchestration.computed import ComputedLoad
from orchestration.profiling.judging import Series, judge

SOURCE = "profiling"
# The one name in its tables: what the profiles of today say.
NAME = "current"
# Part of the fingerprint: raise it when the same profiles give another result.
METHOD = "1"


@dataclass(frozen=True)
class Profiled:
    """How many values were judged, and how many chance does not explain; none where nothing is new."""

    judged_count: int
    deviation_count: int
    is_unchanged: bool = False

    @property
    def outcome(self) -> str:
        if self.is_unchanged:
            return "nothing new"
        return f"{self.judged_count:,} counts and shares judged"

    @property
    def figures(self) -> dict[str, int | str]:
        return {"values_judged": self.judged_count, "deviations": self.deviation_count}


def judge_profiles(warehouse: Path, lake: Path, judged_at: datetime) -> Profiled:
    """Judge what dbt counted in `warehouse`, into `lake`, unless it is what was judged the last time.

    `judged_at` is the run's clock.
    """
    with connect(warehouse, read_only=True) as connection:
        weekly = connection.execute(
            """
            select source_system, entity, coalesce(part, 'none'), value_class, weeks_ago, unit_count
            from intermediate.int_profiles__weeks order by all
            """
        ).fetchall()
        daily = connection.execute(
            """
            select
                event_days.source_system,
                event_days.entity,
                date_diff('day', event_days.event_date, clock.as_of_date) as days_ago,
                cast(sum(event_days.event_count) as bigint) as row_count
            from intermediate.int_clock__event_days as event_days
            inner join intermediate.int_clock__as_of as clock on event_days.event_date <= clock.as_of_date
            group by all order by all
            """
        ).fetchall()
    content_md5 = hashlib.md5(json.dumps([METHOD, weekly, daily]).encode(), usedforsecurity=False).hexdigest()
    with ComputedLoad(lake, SOURCE, judged_at) as load:
        if load.is_unchanged(NAME, content_md5):
            return Profiled(0, 0, is_unchanged=True)
        weeks: dict[Series, dict[int, int]] = defaultdict(dict)
        for source, entity, part, value_class, ago, count in weekly:
            weeks[Series(source, entity, part, value_class)][ago] = count
        days: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for source, entity, ago, count in daily:
            days[source, entity][ago] = count
        judgement = judge(weeks, days)
        load.add(
            NAME,
            content_md5,
            {"judgements": [{"judged_count": judgement.judged_count}], "deviations": judgement.rows()},
        )
    return Profiled(judgement.judged_count, len(judgement.deviations))
