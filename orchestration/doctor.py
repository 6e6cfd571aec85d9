"""`make doctor`: whether this installation can run, a line a finding, in some seconds; nothing is loaded or written."""

from __future__ import annotations

import difflib
import os
import platform
import re
import shutil
import threading
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path

import duckdb
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from orchestration.bounded_memory import connect
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import load_times
from orchestration.ingestion.landing_source import LandingSource, tables_without_files
from orchestration.ingestion.rest_api import ApiConnection, Patience
from orchestration.ingestion.sql_source import SqlConnection, SqlSource
from orchestration.lock import process_of_run
from orchestration.memory import MemoryLostError, knows_customers_by_key
from orchestration.packs import check_packs
from orchestration.publishing.postgres import look
from orchestration.publishing.postgres_connection import PostgresError, place
from orchestration.publishing.version_tables import version_identity
from orchestration.remedies import remedy
from orchestration.settings import PROJECT_ROOT, Settings, SettingsError, unread_variables
from orchestration.settings_file import settings_file, with_settings_file
from orchestration.sources import source_named
from orchestration.summary import current_version

OK, WARNING, ERROR = "ok", "warning", "error"
_SIGNS = {OK: "✓", WARNING: "!", ERROR: "✗"}
# Seconds for all sources together: the rest of the ten that a person waits is for what lies on this machine.
_PATIENCE = 6.0
# And for the database that versions are published to.
_POSTGRES_PATIENCE = 3
# What the smallest run writes beside its data: dbt's artifacts, Dagster's records, the report (MiB).
_LEAST_FREE = 256


@dataclass(frozen=True)
class Finding:
    """What is so of `what`, as bad as `level` says (ok, warning, error), with what to do about it."""

    level: str
    what: str
    told: str

    def __str__(self) -> str:
        return f"{_SIGNS[self.level]} {self.what}: {' '.join(self.told.split())}"


def doctor(environment: Mapping[str, str] = os.environ, root: Path = PROJECT_ROOT) -> list[Finding]:
    """What there is to say of this installation with the settings of `environment`, in the order of a run."""
    findings = [*_python(root), *_packages(root)]
    try:
        environment = with_settings_file(environment, root)
        settings = Settings.from_environment(environment)
    except SettingsError as error:
        # Nothing else can be looked at with settings that nobody can use.
        return [*findings, *(Finding(ERROR, "settings", line) for line in str(error).splitlines())]
    findings += [*_settings(settings, environment), *_settings_file(environment, root)]
    running = process_of_run(settings.home)
    return [
        *findings,
        *_packs(settings, root),
        *_home(settings),
        *_disk(settings),
        Finding(WARNING, "run", f"one is going on (process {running}). Another one has to wait for it.")
        if running
        else Finding(OK, "run", "none is going on"),
        *_warehouse(settings, running),
        *_memory(settings),
        *_published(settings),
        *_postgres(settings),
        *_sources(settings),
    ]


def report(findings: list[Finding]) -> str:
    """The findings a line each, and how many of them have to be mended."""
    errors = sum(finding.level == ERROR for finding in findings)
    warnings = sum(finding.level == WARNING for finding in findings)
    return "\n".join([*map(str, findings), f"{errors} errors, {warnings} warnings"])


def _python(root: Path) -> list[Finding]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted, here = project["requires-python"], platform.python_version()
    if here in SpecifierSet(wanted):
        return [Finding(OK, "Python", here)]
    return [
        Finding(ERROR, "Python", f"{here}, and {wanted} is needed. `make run PYTHON=python3.11` takes another one.")
    ]


def _packages(root: Path) -> list[Finding]:
    lock = root / "requirements" / "run.lock"
    lines = re.findall(r"^[a-z][^\\\n]*", lock.read_text(encoding="utf-8"), re.MULTILINE)
    locked = [one for one in map(Requirement, lines) if one.marker is None or one.marker.evaluate()]
    missing, other = [], []
    for package in locked:
        try:
            here = version(package.name)
        except PackageNotFoundError:
            missing.append(package.name)
            continue
        if here not in package.specifier:
            other.append(f"{package.name} {here} (locked: {str(package.specifier).removeprefix('==')})")
    mend = f"`touch requirements/{lock.name}`, then `make run`, which installs what is locked."
    found = [Finding(ERROR, "packages", f"not installed: {', '.join(missing)}. {mend}")] if missing else []
    if other:
        found.append(Finding(WARNING, "packages", f"of another version than locked: {', '.join(other)}. {mend}"))
    return found or [Finding(OK, "packages", f"{len(locked)} as locked in {lock.name}")]


def _settings(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    unread = unread_variables(sorted(name for name, text in environment.items() if text))
    found = [
        Finding(WARNING, "settings", f"{name} is set, and nothing reads it. {hint}") for name, hint in unread.items()
    ]
    return found or [Finding(OK, "settings", f"sources {', '.join(settings.sources)}")]


def _settings_file(environment: Mapping[str, str], root: Path) -> list[Finding]:
    file = settings_file(environment, root)
    if file is None:
        return []
    if file.stat().st_mode & 0o077 and not file.samefile(os.devnull):
        told = f"others may read {file}, which may hold passwords: `chmod 600 {file}`."
        return [Finding(WARNING, "settings file", told)]
    return [Finding(OK, "settings file", str(file))]


def _packs(settings: Settings, root: Path) -> list[Finding]:
    try:
        check_packs(settings.sources, root)
    except SettingsError as error:
        return [Finding(ERROR, "packs", str(error))]
    return [Finding(OK, "packs", "whole")]


def _home(settings: Settings) -> list[Finding]:
    home = settings.home
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        return [
            Finding(ERROR, "CEM_HOME", f"nothing can be written to {there}. {remedy('Permission denied', settings)}")
        ]
    if there != home:
        return [Finding(OK, "CEM_HOME", f"{home} is not there yet; the first run makes it")]
    folders = [folder for folder in sorted(home.iterdir()) if folder.is_dir() and not folder.is_symlink()]
    closed = [folder.name for folder in folders if not os.access(folder, os.R_OK | os.W_OK | os.X_OK)]
    if closed:
        told = f"nothing can be written to {', '.join(closed)} in {home}. {remedy('Permission denied', settings)}"
        return [Finding(ERROR, "CEM_HOME", told)]
    opened = [one.name for one in folders if one != settings.published and one.stat().st_mode & 0o077]
    if opened:
        told = f"others may read {', '.join(opened)} in {home}, which holds personal data. The next run closes it."
        return [Finding(WARNING, "CEM_HOME", told)]
    return [Finding(OK, "CEM_HOME", f"{home}, its user's alone")]


def _disk(settings: Settings) -> list[Finding]:
    there = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(there).free / (1 << 20)
    files = [settings.warehouse, *settings.current.parent.glob("*")]
    again = sum(file.stat().st_size for file in files if file.is_file()) / (1 << 20)
    told = f"{free:,.0f} MiB are free for {settings.home}"
    if free < _LEAST_FREE:
        return [Finding(ERROR, "disk", f"{told}; a run needs {_LEAST_FREE} and more. Make room, or move CEM_HOME.")]
    if free < _LEAST_FREE + again:
        told = f"{told}; what a run writes anew takes {again:,.0f}. Make room, or set CEM_KEEP_VERSIONS lower."
        return [Finding(WARNING, "disk", told)]
    return [Finding(OK, "disk", told)]


def _warehouse(settings: Settings, running: str | None) -> list[Finding]:
    if not settings.warehouse.exists():
        return [Finding(OK, "warehouse", "not there yet; a run makes it")]
    if running:
        return [Finding(OK, "warehouse", "the run that is going on has it")]
    return [_opened("warehouse", settings.warehouse, settings)]


def _memory(settings: Settings) -> list[Finding]:
    try:
        is_needed = knows_customers_by_key(settings.memory)
    except MemoryLostError as error:
        return [Finding(ERROR, "memory", str(error))]
    if is_needed and not settings.pseudonym_key and not settings.pseudonym_key_file.exists():
        told = f"{settings.pseudonym_key_file} is gone, and customers are known by it. Take it from a backup."
        return [Finding(ERROR, "memory", told)]
    return [Finding(OK, "memory", f"{settings.memory}" if settings.memory.exists() else "nothing remembered yet")]


def _published(settings: Settings) -> list[Finding]:
    try:
        current = current_version(settings)
    except SettingsError as error:
        # That nothing is there yet is how everybody begins.
        level = ERROR if settings.current.parent.is_symlink() else WARNING
        return [Finding(level, "published version", str(error))]
    return [_opened("published version", current, settings)]


def _postgres(settings: Settings) -> list[Finding]:
    """Whether the PostgreSQL that versions are published to answers, takes them, and holds the current one."""
    if settings.publish_postgres is None:
        return []
    try:
        held = look(settings.publish_postgres, _POSTGRES_PATIENCE)
    except PostgresError as error:
        return [Finding(ERROR, "PostgreSQL", str(error))]
    where = place(settings.publish_postgres)
    told = f"{where} holds version {held.number}" if held else f"{where} holds no version yet"
    try:
        with connect(settings.current.resolve(), read_only=True) as connection:
            is_current = held == version_identity(connection)
    except (duckdb.Error, OSError):
        return [Finding(OK, "PostgreSQL", told)]  # what is published is another finding's to say
    if is_current:
        return [Finding(OK, "PostgreSQL", f"{told}, the published one")]
    return [Finding(WARNING, "PostgreSQL", f"{told}, which is not the published one. The next run brings it there.")]


def _opened(what: str, database: Path, settings: Settings) -> Finding:
    """Whether a DuckDB file opens and holds tables."""
    try:
        with connect(database.resolve(), read_only=True) as connection:
            ((count,),) = connection.execute("select count(*) from duckdb_tables()").fetchall()
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        if what == "warehouse":
            return Finding(ERROR, what, f"{first} {remedy(str(error), settings) or ''}")
        return Finding(ERROR, what, f"{database}: {first} `make run` publishes anew.")
    return Finding(OK, what, f"{database.resolve()}, {count:,} tables")


def _sources(settings: Settings) -> list[Finding]:
    """Each source: whether it can be reached, and how long ago it brought something; all of them asked at once."""
    answers: dict[str, Finding] = {}

    def answer(name: str, ask: Callable[[], str]) -> None:
        try:
            answers[name] = Finding(OK, name, ask())
        except LandingError as error:
            answers[name] = Finding(ERROR, name, str(error))

    threads = {}
    for name in settings.sources:
        try:
            ask = _question(name, settings)
        except LandingError as error:
            answers[name] = Finding(ERROR, name, str(error))
            continue
        # A daemon: one that waits for a server that says nothing must not keep the command from ending.
        threads[name] = threading.Thread(target=answer, args=(name, ask), daemon=True)
    for thread in threads.values():
        thread.start()
    until = time.monotonic() + _PATIENCE
    for thread in threads.values():
        thread.join(max(0.0, until - time.monotonic()))
    told = f"has not answered within {_PATIENCE:g} s. Look whether its address is right and the network lets it pass."
    found = []
    for name in settings.sources:
        found += [answers.get(name, Finding(ERROR, name, told)), *_freshness(name, settings)]
    return found


def _question(name: str, settings: Settings) -> Callable[[], str]:
    """What says in words that the source `name` is there, or raises LandingError; all that can be done before is.

    Raises LandingError where nothing has to be asked to know that it is not.
    """
    if settings.is_simulated(name):
        return lambda: "the demo company's, simulated when it is loaded"
    source = source_named(name)
    if isinstance(source, LandingSource):
        return lambda: _delivered(source, settings)
    if isinstance(source, SqlSource):
        return partial(
            _answered, source.connect(settings.dsn(name)), "its database answers, with the contract's tables"
        )
    if name not in settings.urls:
        raise LandingError(f"nothing says where its API is. CEM_{name.upper()}_URL does.")
    patience = Patience(attempts=1, first_wait=0.0, connect=_PATIENCE, answer=_PATIENCE)
    api = source.connect(settings.urls[name], settings.tokens.get(name), patience)
    return partial(_answered, api, "its API answers")


def _answered(connection: SqlConnection | ApiConnection, told: str) -> str:
    connection.check()
    return told


def _delivered(source: LandingSource, settings: Settings) -> str:
    folder = settings.landing_folder(source.name)
    files = [path for pattern in source.patterns.values() for path in folder.glob(pattern) if path.is_file()]
    lacking = tables_without_files(source, folder, settings.lake)
    # What may be empty until something happens has a pattern; what always has one name has to be there.
    needed = [source.patterns[table] for table in lacking if "*" not in source.patterns[table] or not files]
    if needed:
        there = [path.name for path in folder.glob("*") if path.is_file() and not path.name.startswith(".")]
        close = difflib.get_close_matches(needed[0], sorted(there), 1)
        hint = f" Perhaps {close[0]} is meant." if close else ""
        raise LandingError(
            f"no file {', '.join(needed)} in {folder}.{hint} Put the files there, or set CEM_LANDING to the folder "
            f"that holds '{source.name}/'."
        )
    unreadable = [path for path in files if not os.access(path, os.R_OK)]
    if unreadable:
        raise LandingError(f"{unreadable[0]} cannot be read. Let the user who runs this read it.")
    return f"{len(files):,} files in {folder}"


def _freshness(name: str, settings: Settings) -> list[Finding]:
    """How long ago `name` brought something; a warning where that is longer than it ever took before."""
    times = load_times(settings.lake, name)
    if not times:
        return [Finding(OK, f"{name} loaded", "never")]
    since = settings.clock() - times[-1]
    told = f"{_moment(times[-1])}, {_span(since)} ago"
    longest = max((later - earlier for earlier, later in pairwise(times)), default=None)
    # Of two loads nobody can say what is usual.
    if longest and len(times) > 2 and since > longest:
        told += f", longer than it ever took before ({_span(longest)}). Look whether the source still delivers."
        return [Finding(WARNING, f"{name} loaded", told)]
    return [Finding(OK, f"{name} loaded", told)]


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _span(time_: timedelta) -> str:
    hours = time_.total_seconds() / 3600
    return f"{hours / 24:,.0f} days" if hours >= 48 else f"{hours:,.1f} hours"
