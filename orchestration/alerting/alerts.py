"""Alerts, which of them are open, and what has still to be told to whom: one small file of a home."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.files import replace_file

BLOCK, WARN = "block", "warn"
# How many names of a list a message shows; the JSON has them all.
_SHOWN = 6


@dataclass(frozen=True)
class Alert:
    """One thing that somebody has to look at. It holds names of this project, counts, dates and paths, and no value.

    `key` is the same as long as it is the same thing. `severity` is `block` where it keeps a version from being
    published, else `warn`. `since` is a day or a time in UTC, as ISO text; empty: since it is first found. `marts` and
    `pages` are what rests on it.
    """

    key: str
    severity: str
    what: str
    owner: str
    what_to_do: str
    since: str = ""
    marts: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What is told of an alert: that it is `open`, or `solved`, and when that was found (UTC, as ISO text)."""

    status: str
    at: str
    alert: Alert

    def as_json(self) -> dict[str, Any]:
        return {"status": self.status, "at": self.at, **asdict(self.alert)}

    def in_words(self) -> str:
        alert = self.alert
        if self.status == "solved":
            return f"solved: {alert.what} (since {alert.since})"
        lines = [f"{alert.severity}: {alert.what}", f"since: {alert.since}"]
        if alert.marts or alert.pages:
            lines.append(f"rests on it: {_listed([*alert.pages, *alert.marts])}")
        return "\n  ".join([*lines, f"owner: {alert.owner}", f"what to do: {alert.what_to_do}"])


@dataclass
class Alerts:
    """The open alerts by key, and by channel (`email`, `webhook`) the changes that it has not taken yet."""

    open: dict[str, Alert] = field(default_factory=dict)
    waiting: dict[str, list[Change]] = field(default_factory=dict)

    def settle(
        self, found: Iterable[Alert], is_judged: Callable[[str], bool], channels: Iterable[str], now: datetime
    ) -> list[Change]:
        """Take what was `found` for open, and what `is_judged` by its key and was not found for solved.

        Return what is new in that; each of `channels` gets it, and one that is new gets all that is open. What turns
        from a warning into what blocks is told again.
        """
        at = now.isoformat(timespec="seconds")
        changes = []
        current = {alert.key: alert for alert in found}
        for key, alert in current.items():
            known = self.open.get(key)
            since = alert.since or (known.since if known else at)
            self.open[key] = replace(alert, since=since)
            if known is None or (known.severity, alert.severity) == (WARN, BLOCK):
                changes.append(Change("open", at, self.open[key]))
        over = [key for key in self.open if key not in current and is_judged(key)]
        changes += [Change("solved", at, self.open.pop(key)) for key in over]
        everything = [Change("open", at, alert) for alert in self.open.values()]
        self.waiting = {
            channel: [*self.waiting[channel], *changes] if channel in self.waiting else list(everything)
            for channel in channels
        }
        return changes

    def write(self, path: Path) -> None:
        said = {
            "open": [asdict(alert) for alert in self.open.values()],
            "waiting": {channel: [one.as_json() for one in changes] for channel, changes in self.waiting.items()},
        }
        replace_file(path, json.dumps(said, indent=1).encode())

    @classmethod
    def read(cls, path: Path) -> Alerts:
        """What `path` holds; nothing where it is not there or cannot be read: what is open is then found anew."""
        try:
            said = json.loads(path.read_bytes())
            alerts = [_alert(one) for one in said["open"]]
            waiting = {
                channel: [Change(one.pop("status"), one.pop("at"), _alert(one)) for one in changes]
                for channel, changes in said["waiting"].items()
            }
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()
        return cls({alert.key: alert for alert in alerts}, waiting)


def _alert(said: dict[str, Any]) -> Alert:
    return Alert(**{**said, "marts": tuple(said["marts"]), "pages": tuple(said["pages"])})


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
