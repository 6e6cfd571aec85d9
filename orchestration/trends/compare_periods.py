"""The computation `trends`: read figures of satisfaction, compare their periods, write; the same figures only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.bounded_memory import connect
from orchestration.computed import ComputedLoad
from orchestration.trends.changes import changes
from orchestration.trends.figures import read_figures

SOURCE = "trends"
# The one name in its tables: what the figures of today say.
NAME = "current"
# Part of the fingerprint: raise it when the same figures give another result.
METHOD = "1"


@dataclass(frozen=True)
class Compared:
    """How many comparisons were made; none where nothing is new."""

    comparisons: int = 0
    is_unchanged: bool = False

    @property
    def outcome(self) -> str:
        if self.is_unchanged:
            return "nothing new"
        return f"{self.comparisons:,} comparisons of periods"

    @property
    def figures(self) -> dict[str, int | str]:
        return {"comparisons": self.comparisons}


def compare_periods(warehouse: Path, lake: Path, computed_at: datetime) -> Compared:
    """Compare the periods that the mart of satisfaction in `warehouse` shows, into `lake`.

    Figures that are those of the last time are left. `computed_at` is the run's clock.
    """
    with connect(warehouse, read_only=True) as connection:
        figures, fingerprint = read_figures(connection)
    content_md5 = f"{METHOD}:{fingerprint}"
    with ComputedLoad(lake, SOURCE, computed_at) as load:
        if load.is_unchanged(NAME, content_md5):
            return Compared(is_unchanged=True)
        rows = changes(figures)
        load.add(NAME, content_md5, {"satisfaction_changes": rows})
    return Compared(len(rows))
