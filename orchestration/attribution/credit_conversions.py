"""The computation `attribution`: read counted paths, credit their conversions, write; the same paths only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.attribution.credits import credit_channels
from orchestration.attribution.path_counts import read_paths
from orchestration.bounded_memory import connect
from orchestration.computed import ComputedLoad

SOURCE = "attribution"
# The one name in its tables: what the paths of today say.
NAME = "current"
# Part of the fingerprint: raise it when the same paths give another result.
METHOD = "1"


@dataclass(frozen=True)
class Credited:
    """What a run made: conversions and the channels that had a part in them.

    `is_unchanged`: the paths are those of the last time, and nothing was computed.
    """

    conversions: int = 0
    channels: int = 0
    is_unchanged: bool = False

    @property
    def outcome(self) -> str:
        if self.is_unchanged:
            return "nothing new"
        return f"{self.conversions:,} conversions, {self.channels} channels"

    @property
    def figures(self) -> dict[str, int | str]:
        return {"conversions": self.conversions, "channels": self.channels}


def credit_conversions(warehouse: Path, lake: Path, computed_at: datetime) -> Credited:
    """Credit the conversions of the paths that dbt prepared in `warehouse`, into `lake`.

    Paths that are those of the last time are left. `computed_at` is the run's clock.
    """
    with connect(warehouse, read_only=True) as connection:
        counted, fingerprint = read_paths(connection)
    content_md5 = f"{METHOD}:{fingerprint}"
    with ComputedLoad(lake, SOURCE, computed_at) as load:
        if load.is_unchanged(NAME, content_md5):
            return Credited(is_unchanged=True)
        # The seed is of the paths: the same paths have the same intervals.
        rows = credit_channels(counted, int(fingerprint, 16))
        load.add(NAME, content_md5, {"channel_credits": rows})
    conversions = sum(int(paths.paths.conversion_counts.sum() + paths.direct_counts.sum()) for paths in counted)
    return Credited(conversions, len({channel for paths in counted for channel in paths.channels}))
