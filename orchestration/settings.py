"""Paths and environment of a run, read here and nowhere else.

Every other module gets a `Settings` handed in, so a test can build one without touching the environment.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import yaml

T = TypeVar("T")

PROJECT_ROOT = Path(__file__).resolve().parent.parent
# One name for every version: DuckDB names the catalogue after it, and BI tools keep that in what they save.
PUBLISHED_FILE = "cem.duckdb"
# Names the file of settings, where it is not `.env` in the project's folder.
SETTINGS_FILE = "CEM_ENV_FILE"
PUBLISHED_FOLDER = "published"
# What to open of the report, in the folder of a version.
REPORT_FILE = Path("report", "index.html")


# Of the memory that is there, what one DuckDB database takes at most: dbt, Dagster and what Python computes need some
# beside it, and so does whatever else runs on the machine.
_MEMORY_SHARE = 0.5
# Below this a run of the demo company of default size ends for want of memory.
_LEAST_MEMORY = 256 * 1000**2
# Where Linux says what a container's limit is, in bytes: control groups of version 2 and 1.
_CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


# Where Linux says how much processor time a container may take: microseconds of so many, or `max`. Groups of version 1
# have a file for each.
_CONTAINER_SHARES = (
    (Path("/sys/fs/cgroup/cpu.max"),),
    (Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")),
)


def _cores_there() -> int:
    """Processor cores that this process may take: those it may run on, or what its container is limited to."""
    # Not every operating system tells a process's own from the machine's.
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for files in _CONTAINER_SHARES:
        try:
            allowed, period = " ".join(file.read_text(encoding="ascii") for file in files).split()
            if int(allowed) > 0:  # -1: no limit
                there = min(there, max(1, round(int(allowed) / int(period))))
        except (OSError, ValueError):
            continue  # not there, or `max`: no limit
    return there


def _share_of_memory() -> str:
    return f"{int(_memory_there() * _MEMORY_SHARE / 2**20)}MiB"


def _memory_there() -> int:
    """Bytes of memory that this process may take: the machine's, or what its container is limited to."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in _CONTAINER_LIMITS:
        try:
            there = min(there, int(limit.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue  # not there, or `max`: no limit
    return there


class SettingsError(ValueError):
    """An environment variable holds something the project cannot use."""


@cache
def project_vars() -> dict[str, Any]:
    """dbt's `vars`, as dbt_project.yml has them."""
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    variables: dict[str, Any] = project["vars"]
    return variables


DEMO_SOURCES: tuple[str, ...] = tuple(project_vars()["demo_sources"])


def published_settings() -> dict[str, Any]:
    """What a number rests on beside the data: the release, and each var that somebody may set."""
    pyproject = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    variables = project_vars()
    return {
        "release": pyproject["project"]["version"],
        **{name: variables[name] for name in sorted(variables["permitted_values"])},
    }


def source_entities() -> dict[str, list[str]]:
    """The list of sources, and which entities of the four data types each one feeds."""
    entities: dict[str, list[str]] = project_vars()["sources"]
    return entities


@dataclass(frozen=True)
class Settings:
    """One run's configuration.

    `home` holds all state. `landing` is the folder with one folder of files a source. `as_of` is the day the marts
    speak of (None: the last day on which any event happened). `now` is the clock of the run: what the warehouse
    learns in this run, it learned then. `demo_factor` sizes the demo company; 1 is 100,000 customers.

    `most_lost_share` of a raw table's rows may be gone at once, and of the tables in `confirmed_losses`
    (`crm.customers`) so many rows all the same. A gzip file may unpack to `most_unpacked` times its size.
    `memory_limit` is what one DuckDB database may take, as DuckDB writes sizes, and `threads` how many processor cores
    one statement of it.

    `schedule` is the cron expression by which Dagster starts a run, in the company's time zone; None: by none.

    An alert is raised of raw tables that have more than `alert_quarantine_share` of their rows in quarantine, of a
    disk of which less than `alert_free_disk_share` is free, and of the sources in `alert_stale_days` that bring nothing
    for so many days. Alerts are posted to `alert_webhook`, and mailed through the server `alert_smtp` to `alert_to`.

    `publish_postgres` is the database that each version is published to as well, as libpq takes addresses.

    `dsns` and `urls` say where a source's database or API is, where it is not the demo company's; `tokens` open the
    APIs. They hold secrets, as `publish_postgres` does and `pseudonym_key` is one (None: the home makes its own), and
    are left out of what a `Settings` prints.
    """

    home: Path
    sources: tuple[str, ...]
    landing: Path | None = None
    as_of: date | None = None
    now: datetime | None = None
    demo_factor: float = 0.03
    keep_versions: int = 5
    most_lost_share: float = 0.1
    confirmed_losses: Mapping[str, int] = field(default_factory=dict)
    most_unpacked: float = 100.0
    keep_records_days: int = 30
    memory_limit: str = field(default_factory=_share_of_memory)
    threads: int = field(default_factory=_cores_there)
    schedule: str | None = None
    alert_quarantine_share: float = 0.05
    alert_free_disk_share: float = 0.05
    alert_stale_days: Mapping[str, int] = field(default_factory=dict)
    alert_from: str | None = None
    alert_to: tuple[str, ...] = ()
    alert_smtp: str | None = field(default=None, repr=False)
    alert_webhook: str | None = field(default=None, repr=False)
    publish_postgres: str | None = field(default=None, repr=False)
    dsns: Mapping[str, str] = field(default_factory=dict, repr=False)
    urls: Mapping[str, str] = field(default_factory=dict, repr=False)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    pseudonym_key: str | None = field(default=None, repr=False)

    @property
    def pseudonym_key_file(self) -> Path:
        """What turns a person's address into a key that says nothing; whoever has it can turn keys back."""
        return self.home / "secrets" / "pseudonym_key.parquet"

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
    def spill(self) -> Path:
        """Where DuckDB puts what does not fit within `memory_limit`, as long as it needs it."""
        return self.home / "spill"

    @property
    def memory(self) -> Path:
        """What the warehouse knows and the lake does not, copied before each publication."""
        return self.home / "memory" / "cem_memory.duckdb"

    @property
    def records(self) -> Path:
        """Where Dagster keeps its records of runs."""
        return self.home / "dagster"

    @property
    def alerts(self) -> Path:
        """Which alerts are open, and what has still to be told."""
        return self.home / "alerts" / "alerts.json"

    @property
    def alert_log(self) -> Path:
        """A line of JSON for each alert that began or was solved, for whoever collects logs."""
        return self.home / "alerts" / "alerts.jsonl"

    @property
    def published(self) -> Path:
        return self.home / PUBLISHED_FOLDER

    @property
    def current(self) -> Path:
        """The file of the newest published version, by way of a link to its folder."""
        return self.published / "current" / PUBLISHED_FILE

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
    def truth(self) -> Path:
        """What the simulator knows of the demo company and no source system would; tests read it, no model may."""
        return self.home / "truth"

    @property
    def uses_demo(self) -> bool:
        """Whether the demo company has to be simulated."""
        return any(self.is_simulated(source) for source in self.sources)

    def is_simulated(self, source: str) -> bool:
        """Whether `source` is one of the demo company's for which nobody delivered files or named a server."""
        is_elsewhere = source in self.dsns or source in self.urls
        return source in DEMO_SOURCES and not is_elsewhere and self.landing_folder(source) == self.demo_landing / source

    def dsn(self, source: str) -> str:
        """SQLAlchemy address of a source's database: the one that is configured, or an SQLite file in its folder."""
        return self.dsns.get(source) or f"sqlite:///{self.landing_folder(source) / source}.sqlite"

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
            **self.project_environment(),
            "CEM_MEMORY_LIMIT": self.memory_limit,
            "CEM_THREADS": str(self.threads),
        }

    def project_environment(self) -> dict[str, str]:
        """That part of it which the parsed project, and what is made by it, follow from."""
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

        Raises SettingsError for an unknown source, a date or number that is none, or a landing folder that is missing,
        of all of them, a line each.
        """
        asked = _Asked(environment)
        settings = cls._from(asked)
        if asked.problems:
            raise SettingsError("\n".join(asked.problems))
        return settings

    @classmethod
    def _from(cls, asked: _Asked) -> Settings:
        known = source_entities()
        alert_to = _listed(asked.text("CEM_ALERT_TO"))
        alert_smtp = asked.parsed("CEM_ALERT_SMTP", _address("smtp", "smtps"), None)
        if bool(alert_to) != bool(asked.text("CEM_ALERT_SMTP")):
            asked.problems.append("CEM_ALERT_SMTP and CEM_ALERT_TO go together: through which server, and to whom.")
        return cls(
            home=Path(asked.text("CEM_HOME") or PROJECT_ROOT / ".cem").resolve(),
            sources=asked.parsed("CEM_SOURCES", _known_sources, DEMO_SOURCES),
            landing=asked.parsed("CEM_LANDING", _folder, None),
            as_of=asked.parsed("CEM_AS_OF", _as("a date such as 2018-10-31", date.fromisoformat), None),
            now=asked.parsed("CEM_NOW", _as("a UTC time such as 2018-11-01T06:00:00", _utc), None),
            demo_factor=asked.parsed("CEM_DEMO_FACTOR", _as("a number above 0, such as 0.03", _above_zero), 0.03),
            keep_versions=asked.parsed("CEM_KEEP_VERSIONS", _as("a whole number above 0", _positive), 5),
            most_lost_share=asked.parsed("CEM_MOST_LOST_SHARE", _as("a share above 0, such as 0.1", _above_zero), 0.1),
            confirmed_losses=asked.parsed(
                "CEM_CONFIRMED_LOSS", _as("tables with a number of rows: crm.customers:248", _counts_by_name), {}
            ),
            most_unpacked=asked.parsed("CEM_MOST_UNPACKED", _as("a number above 0, such as 100", _above_zero), 100.0),
            keep_records_days=asked.parsed("CEM_KEEP_RECORDS_DAYS", _as("a whole number above 0", _positive), 30),
            memory_limit=asked.parsed("CEM_MEMORY_LIMIT", _as("a size such as 4GB, from 256MB on", _memory_size), None)
            or _share_of_memory(),
            threads=asked.parsed("CEM_THREADS", _as("a whole number above 0", _positive), None) or _cores_there(),
            schedule=asked.parsed(
                "CEM_SCHEDULE", _as("a cron expression of five fields, such as 0 5 * * *", _cron), None
            ),
            alert_quarantine_share=asked.parsed(
                "CEM_ALERT_QUARANTINE_SHARE", _as("a share above 0 and below 1, such as 0.05", _share), 0.05
            ),
            alert_free_disk_share=asked.parsed(
                "CEM_ALERT_FREE_DISK_SHARE", _as("a share above 0 and below 1, such as 0.05", _share), 0.05
            ),
            alert_stale_days=asked.parsed("CEM_ALERT_STALE_DAYS", _days_by_source, {}),
            alert_from=asked.text("CEM_ALERT_FROM") or (alert_to[0] if alert_to else None),
            alert_to=alert_to,
            alert_smtp=alert_smtp,
            alert_webhook=asked.parsed("CEM_ALERT_WEBHOOK", _address("http", "https"), None),
            publish_postgres=asked.parsed("CEM_PUBLISH_POSTGRES", _postgres, None),
            dsns=asked.by_source(known, "DSN"),
            urls=asked.by_source(known, "URL"),
            tokens=asked.by_source(known, "TOKEN"),
            pseudonym_key=asked.parsed("CEM_PSEUDONYM_KEY", _secret, None),
        )


class _Asked:
    """An environment that remembers which variables it was asked for, and what was wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.names: set[str] = set()
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        self.names.add(name)
        return self._environment.get(name, "")

    def parsed(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """What `parse` makes of the variable, or raises as ValueError, which is kept; `default` where it is not set."""
        text = self.text(name)
        try:
            return parse(text) if text else default
        except ValueError as error:
            self.problems.append(f"{name} {error}")
            return default

    def by_source(self, sources: Iterable[str], what: str) -> dict[str, str]:
        """What the variables `CEM_<SOURCE>_<what>` hold, by source."""
        named = {source: self.text(f"CEM_{source.upper()}_{what}") for source in sources}
        return {source: value for source, value in named.items() if value}


def variables() -> frozenset[str]:
    """The names of the environment variables that the project reads."""
    asked = _Asked({})
    Settings._from(asked)
    # Read by the profile of the other engine alone, and before all others (orchestration/settings_file.py).
    return frozenset({*asked.names, "CEM_SPARK_REMOTE", SETTINGS_FILE})


def unread_variables(names: Iterable[str]) -> dict[str, str]:
    """Those of `names` that begin as the project's variables do and are none of them, each with what to do about it."""
    known = variables()
    found = {}
    for name in names:
        if name.startswith("CEM_") and name not in known:
            close = difflib.get_close_matches(name, known, 1)
            found[name] = f"Perhaps {close[0]} is meant." if close else "Take it away, or look it up in README.md."
    return found


def _known_sources(text: str) -> tuple[str, ...]:
    known = source_entities()
    named = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    for source in named:
        if source not in known:
            raise ValueError(
                f"names '{source}'; the known sources are {', '.join(sorted(known))}, as vars: sources of "
                "dbt_project.yml lists them."
            )
    return named or DEMO_SOURCES


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise ValueError(f"is '{text}', which is not a folder. It holds one folder a source.")
    return Path(text).resolve()


def _as(wanted: str, parse: Callable[[str], T]) -> Callable[[str], T]:
    """`parse`, with an error that says what is wanted."""

    def parsed(text: str) -> T:
        try:
            return parse(text)
        except ValueError:
            raise ValueError(f"is '{text}'; it must be {wanted}.") from None

    return parsed


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _counts_by_name(text: str) -> dict[str, int]:
    named = (part.strip().rpartition(":") for part in text.split(",") if part.strip())
    return {name: _positive(count) for name, _, count in named}


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _cron(text: str) -> str:
    from croniter import croniter  # type: ignore[import-untyped]

    if len(text.split()) != 5 or not croniter.is_valid(text):
        raise ValueError
    return text


def _memory_size(text: str) -> str:
    """A size as DuckDB takes it."""
    size = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT])(i?)B", text, re.IGNORECASE)
    if not size or float(size[1]) * (1024 if size[3] else 1000) ** (1 + "KMGT".index(size[2].upper())) < _LEAST_MEMORY:
        raise ValueError(text)
    return text


def _above_zero(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 < number < 1:
        raise ValueError(text)
    return number


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _days_by_source(text: str) -> dict[str, int]:
    days = _as("sources with a number of days: web:2,finance:35", _counts_by_name)(text)
    if unknown := sorted(days.keys() - source_entities().keys()):
        raise ValueError(f"names '{unknown[0]}'; the known sources are {', '.join(sorted(source_entities()))}.")
    return days


def _address(*schemes: str) -> Callable[[str], str]:
    """A parser of the URL of a server, which no message repeats: it may hold a secret."""

    def parsed(address: str) -> str:
        try:
            parts = urlsplit(address)
            is_one = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_one = False
        if not is_one:
            raise ValueError(f"must be an address such as {schemes[-1]}://user:password@host.example:1234.")
        return address

    return parsed


def _postgres(address: str) -> str:
    """The address of a PostgreSQL database, which no message repeats: it holds a password."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    scheme, _, rest = address.partition("://")
    try:
        names = conninfo_to_dict(f"postgresql://{rest}").get("dbname")
    except psycopg.Error:
        names = None
    if scheme not in ("postgresql", "postgres", "postgresql+psycopg") or not names:
        raise ValueError(
            "must be the address of a PostgreSQL database such as postgresql://user:password@host.example:5432/database."
            " In user and password, characters such as @, / and % are written as %40, %2F and %25."
        )
    return f"postgresql://{rest}"


def _secret(key: str) -> str:
    """A key that cannot be guessed, which no message repeats."""
    if not 32 <= len(key.encode()) <= 64:
        raise ValueError("must be 32 to 64 characters that nobody can guess, such as `openssl rand -hex 32`.")
    return key
