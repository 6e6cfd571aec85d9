"""Paths and environment of a run, read here and nowhere else.

Every other module gets a `Settings` handed in, so a test can build one without touching the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import yaml

T = TypeVar("T")

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DEMO_SOURCES = ("crm", "shop", "survey", "messaging", "web")


class SettingsError(ValueError):
    """An environment variable holds something the project cannot use."""


def source_entities() -> dict[str, list[str]]:
    """The list of sources, and which entities of the four data types each one feeds (`vars` of dbt_project.yml)."""
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    entities: dict[str, list[str]] = project["vars"]["sources"]
    return entities


@dataclass(frozen=True)
class Settings:
    """One run's configuration.

    `home` holds all state. `landing` is the folder with one folder of files a source. `as_of` is the day the marts
    speak of (None: the last day on which any event happened). `now` is the clock of the run: what the warehouse
    learns in this run, it learned then. `demo_customers` sizes the demo company.
    """

    home: Path
    sources: tuple[str, ...]
    landing: Path | None = None
    as_of: date | None = None
    now: datetime | None = None
    demo_customers: int = 3000
    keep_versions: int = 5

    @property
    def lake(self) -> Path:
        return self.home / "lake" / "raw"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse" / "cem_warehouse.duckdb"

    @property
    def raw_views(self) -> Path:
        """Small DuckDB files with nothing but views on the lake, for checks that run before dbt does."""
        return self.home / "warehouse" / "raw_views"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def current(self) -> Path:
        """The link that always points to the newest published version."""
        return self.published / "current.duckdb"

    @property
    def quality(self) -> Path:
        return self.home / "quality"

    @property
    def dbt_target(self) -> Path:
        return self.home / "dbt"

    @property
    def demo_landing(self) -> Path:
        return self.home / "landing"

    @property
    def uses_demo(self) -> bool:
        """Whether the demo company has to be simulated."""
        return any(self.is_simulated(source) for source in self.sources)

    def is_simulated(self, source: str) -> bool:
        """Whether `source` is one of the demo company's for which nobody delivered files."""
        return source in DEMO_SOURCES and self.landing_folder(source) == self.demo_landing / source

    def landing_folder(self, source: str) -> Path:
        """Where the files of `source` arrive: below CEM_LANDING, or, where that has no such folder, below CEM_HOME."""
        if self.landing is not None and ((self.landing / source).is_dir() or source not in DEMO_SOURCES):
            return self.landing / source
        return self.demo_landing / source

    def clock(self) -> datetime:
        return self.now or datetime.now(UTC)

    def child_environment(self) -> dict[str, str]:
        """What dbt needs to know, as the environment of its process."""
        return {
            "CEM_HOME": str(self.home),
            "CEM_SOURCES": ",".join(self.sources),
            "CEM_AS_OF": self.as_of.isoformat() if self.as_of else "",
            "DBT_PROFILES_DIR": str(PROJECT_ROOT),
            "DBT_PROJECT_DIR": str(PROJECT_ROOT),
            "DBT_TARGET_PATH": str(self.dbt_target),
            "DBT_LOG_PATH": str(self.dbt_target / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the `CEM_…` variables; an empty one counts as not set.

        Raises SettingsError for an unknown source, a date or number that is none, or a landing folder that is missing.
        """
        known = source_entities()
        named = [s.strip() for s in environment.get("CEM_SOURCES", "").split(",") if s.strip()]
        sources = tuple(dict.fromkeys(named)) or DEMO_SOURCES
        for source in sources:
            if source not in known:
                raise SettingsError(f"CEM_SOURCES names '{source}'; the known sources are {', '.join(sorted(known))}.")
        landing = environment.get("CEM_LANDING")
        if landing and not Path(landing).is_dir():
            raise SettingsError(f"CEM_LANDING is '{landing}', which is not a folder. It holds one folder a source.")
        return cls(
            home=Path(environment.get("CEM_HOME") or PROJECT_ROOT / ".cem").resolve(),
            sources=sources,
            landing=Path(landing).resolve() if landing else None,
            as_of=_parsed(environment, "CEM_AS_OF", date.fromisoformat, "a date such as 2018-10-31"),
            now=_parsed(environment, "CEM_NOW", _utc, "a UTC time such as 2018-11-01T06:00:00"),
            demo_customers=_parsed(environment, "CEM_DEMO_CUSTOMERS", _positive, "a whole number above 0") or 3000,
            keep_versions=_parsed(environment, "CEM_KEEP_VERSIONS", _positive, "a whole number above 0") or 5,
        )


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _parsed(environment: Mapping[str, str], name: str, parse: Callable[[str], T], wanted: str) -> T | None:
    text = environment.get(name)
    if not text:
        return None
    try:
        return parse(text)
    except ValueError:
        raise SettingsError(f"{name} is '{text}'; it must be {wanted}.") from None
