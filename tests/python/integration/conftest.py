"""A project run as a user runs it: one command, in a process of its own, on a CEM_HOME of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest

from expectations.runner import run_suite
from expectations.suites import load_suites
from orchestration.computations import stages
from orchestration.demo_loading import load_or_serve
from orchestration.ingestion.load import SourceLoad
from orchestration.pseudonyms import keep_key
from orchestration.publishing.public_models import public_models
from orchestration.settings import Settings, SettingsError
from tests.python.conftest import REPOSITORY, built_once
from tests.python.worlds.world import build_anew, dbt_environment, failed_tests, keep_parsed, manifest_of, run_dbt

MIB = 1 << 20
# dbt tells its log file each statement, which takes a tenth of its time, and no test reads it. Each of two workers has
# a core: a second thread of DuckDB's would take a fifth more of it.
FRUGAL = {"DBT_LOG_LEVEL_FILE": "none", "CEM_THREADS": "1"}


@dataclass
class Project:
    """One CEM_HOME and the variables its runs get. `peak_bytes` is the most memory its last run's processes held."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    peak_bytes: int = 0
    _is_parsed: bool = False

    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.command("run", **variables)

    def command(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        if not self._is_parsed:
            self._is_parsed = True
            with suppress(SettingsError):  # the command says what cannot be used
                keep_parsed(self._settings(**variables))
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration", *arguments],
            cwd=REPOSITORY,
            env={**clean_environment(), **FRUGAL, "CEM_HOME": str(self.home), **self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.peak_bytes = 0
        watcher = threading.Thread(target=self._watch_memory, args=[psutil.Process(process.pid)], daemon=True)
        watcher.start()
        try:
            stdout, stderr = process.communicate(timeout=1800)  # a machine may be shared with many
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def build_anew(self, *wanted: str, dbt_vars: str = "{}") -> None:
        """Load what is new, and make a warehouse of the lake by the models' SQL, as a first run would but for dbt.

        Of all models, or of those that `wanted` rest on.
        """
        settings = self._settings()
        for source in settings.sources:
            load_or_serve(source, settings)
        build_anew(settings, dbt_vars, *wanted)

    def build(self, *, only: tuple[str, ...] = (), **variables: str) -> dict[str, SourceLoad]:
        """Load what is new and build all models, with what Python computes in between, as a run does; return the loads.

        Without checks, tests and publication, which cost a third of a run, and without a process for dbt, which would
        parse the project for each home: `warehouse` says what came of it. Of `only` some (dbt's selection), with what
        they rest on, nothing is computed.
        """
        settings = self._settings(**variables)
        loads = {source: load_or_serve(source, settings) for source in settings.sources}
        settings.warehouse.parent.mkdir(exist_ok=True)
        keep_key(settings)
        models = ("build", "--resource-type", "model", "--resource-type", "seed")
        manifest = manifest_of(settings.sources)
        with dbt_environment(settings.child_environment()):
            if only:
                run_dbt(manifest, *models, "--select", *only)
                return loads
            for stage in stages(manifest.flat_graph):
                stage.compute(settings.warehouse, settings.lake, settings.clock())
                run_dbt(manifest, *models, *stage.selection())
        return loads

    def failed_checks(self) -> dict[str, Any]:
        """What would stop a publication of the warehouse as it is: dbt's data tests, and the expectation suites."""
        settings = self._settings()
        found: dict[str, Any] = dict(failed_tests(settings))
        there = {
            f"{schema}.{table}"
            for schema, table in self.warehouse("select table_schema, table_name from information_schema.tables")
        }
        for suite in (*load_suites("raw"), *load_suites("marts")):
            if suite.name in there:
                result = run_suite(suite, settings.warehouse, settings.quality, settings.clock())
                if not result.success:
                    found[suite.name] = result.failures()
        return found

    def public_relations(self) -> list[str]:
        """The models that a run publishes, as `schema.name`."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "manifest.json"
            manifest_of(self._settings().sources).writable_manifest().write(str(path))
            return [model.relation for model in public_models(path)]

    def query(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Ask the published file, as a consumer does."""
        with duckdb.connect(str(self.published_file), read_only=True) as connection:
            return connection.execute(sql, parameters or []).fetchall()

    def warehouse(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Ask the pipeline's own file, which no consumer reads."""
        with duckdb.connect(str(self.warehouse_file), read_only=True) as connection:
            return connection.execute(sql, parameters or []).fetchall()

    @property
    def published_file(self) -> Path:
        return (self.home / "published" / "current" / "cem.duckdb").resolve()

    @property
    def warehouse_file(self) -> Path:
        return self.home / "warehouse" / "cem_warehouse.duckdb"

    def version(self) -> int:
        return int(self.query("select version from publication.version")[0][0])

    def _settings(self, **variables: str) -> Settings:
        return Settings.from_environment({**FRUGAL, "CEM_HOME": str(self.home), **self.environment, **variables})

    def _watch_memory(self, process: psutil.Process) -> None:
        while process.is_running():
            try:
                family = [process, *process.children(recursive=True)]
                self.peak_bytes = max(self.peak_bytes, sum(member.memory_info().rss for member in family))
            except psutil.NoSuchProcess:
                pass
            threading.Event().wait(0.5)


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would steer a run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CEM_", "DBT_", "DAGSTER_"))}
    return {**kept, "CEM_ENV_FILE": os.devnull}


def differences(published: Path, other: Path, schemas: str = "%") -> dict[str, int]:
    """Rows that a published file holds and another, or a warehouse, does not, or the other way round, by table.

    Empty where the two say the same in all tables, or in those of the `schemas` alike.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{published.resolve()}' as first (read_only)")
        tables = connection.execute(
            "select table_schema || '.' || table_name from first.publication.tables where table_schema like ?",
            [schemas],
        ).fetchall()
        assert tables
    return relations_apart([table for (table,) in tables], published, other)


def relations_apart(relations: list[str], one: Path, other: Path) -> dict[str, int]:
    """How many rows one of two files holds and the other does not, by relation; empty where they hold the same."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{one.resolve()}' as first (read_only)")
        connection.execute(f"attach '{other.resolve()}' as second (read_only)")
        counted = {name: rows_apart(connection, f"first.{name}", f"second.{name}") for name in relations}
    return {name: rows for name, rows in counted.items() if rows}


def rows_apart(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    """How many rows one of two relations holds and the other does not, or less often."""
    ((count,),) = connection.execute(
        f"select count(*) from ((from {one} except all from {other}) union all (from {other} except all from {one}))"
    ).fetchall()
    return int(count)


def succeeded(completed: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert completed.returncode == 0, completed.stderr[-4000:]
    return completed


def built_project(
    tmp_path_factory: pytest.TempPathFactory, name: str, environment: dict[str, str] | None = None
) -> Project:
    """A project that was run once in this session. Every worker reads it; a test that changes one changes a copy."""
    peak = "peak_bytes.txt"

    def build(folder: Path) -> None:
        project = Project(folder, environment or {})
        succeeded(project.run())
        (folder / peak).write_text(str(project.peak_bytes), encoding="utf-8")

    folder = built_once(tmp_path_factory, name, build)
    return Project(folder, environment or {}, int((folder / peak).read_text(encoding="utf-8")))


def copied(project: Project, folder: Path, **environment: str) -> Project:
    """A project like `project` in `folder`, for a test that runs it again, otherwise configured or on other files."""
    shutil.copytree(project.home, folder, symlinks=True, dirs_exist_ok=True)
    return Project(folder, {**project.environment, **environment})


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The demo company, run once with nothing configured."""
    return built_project(tmp_path_factory, "demo")


@pytest.fixture(scope="session")
def landing(demo: Project) -> Path:
    """The files and databases of the demo company."""
    return demo.home / "landing"


@pytest.fixture(scope="session")
def olist(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Project:
    """Olist, run once."""
    return built_project(
        tmp_path_factory,
        "olist",
        {"CEM_SOURCES": "olist", "CEM_LANDING": str(real_data), "CEM_NOW": "2026-01-01T06:00:00"},
    )


@pytest.fixture(scope="session")
def online_retail(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Project:
    """Online Retail, all days at once, its models built; what else a run does, Olist and the demo company show."""
    environment = {"CEM_SOURCES": "online_retail", "CEM_LANDING": str(real_data), "CEM_NOW": "2026-01-01T06:00:00"}
    folder = built_once(tmp_path_factory, "online_retail", lambda home: Project(home, environment).build_anew())
    return Project(folder, environment)
