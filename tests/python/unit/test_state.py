"""The lock that every run takes, Dagster's records, and what `make clean` keeps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration import erasure, state
from orchestration import run as running
from orchestration.backup import back_up
from orchestration.defs.exclusive import settle_records
from orchestration.lock import AlreadyRunning, only_run
from orchestration.memory import remember
from orchestration.settings import Settings
from tests.python.conftest import REPOSITORY

NAMES = "intermediate.int_identity__key_history"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(state, "current_manifest", lambda _: tmp_path / "manifest.json")
    monkeypatch.setattr(state, "remembered_relations", lambda _: [NAMES])
    monkeypatch.setenv("DAGSTER_HOME", "")
    return Settings(home=tmp_path / "home", sources=("olist",))


@pytest.fixture
def held_elsewhere(settings: Settings) -> Iterator[None]:
    code = (
        "import pathlib\nfrom orchestration.lock import only_run\n"
        f"with only_run(pathlib.Path({str(settings.home)!r})):\n    print(1, flush=True)\n    input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        yield
        holder.communicate("\n")


def fill(settings: Settings, rows: int = 3) -> None:
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(f"create table {NAMES} as select range as key from range({rows})")
    for folder in (
        "landing/crm",
        "lake/raw",
        "published",
        "dbt",
        "dlt",
        "quality",
        "dagster",
        "spill",
        "warehouse/raw_views",
    ):
        (settings.home / folder).mkdir(parents=True)
        (settings.home / folder / "file").touch()


def test_what_a_run_writes_is_its_user_s_alone(settings: Settings) -> None:
    """A folder that a release of before left open is closed; who was let in to what is published stays so."""
    settings.home.parent.mkdir(exist_ok=True)
    for folder, mode in ((settings.home, 0o755), (settings.lake.parent, 0o755), (settings.published, 0o750)):
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
    script = (
        "import subprocess, sys; from pathlib import Path; from orchestration.lock import only_run\n"
        "home = Path(sys.argv[1])\n"
        "with only_run(home):\n"
        "    (home / 'new').mkdir(); subprocess.run(['touch', home / 'new' / 'file'], check=True)"
    )
    subprocess.run([sys.executable, "-c", script, str(settings.home)], cwd=REPOSITORY, check=True)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (settings.home, *settings.home.rglob("*"))}
    expected = {settings.home.name: 0o755, "lake": 0o700, "published": 0o750, "new": 0o700, "file": 0o600}
    assert {name: modes[name] for name in expected} == expected
    fresh = settings.home.parent / "fresh"
    subprocess.run([sys.executable, "-c", script, str(fresh)], cwd=REPOSITORY, check=True)
    assert not [path for path in (fresh, *fresh.rglob("*")) if path.stat().st_mode & 0o077]


@pytest.mark.usefixtures("held_elsewhere")
def test_nobody_else_holds_a_home_that_is_held(settings: Settings) -> None:
    with pytest.raises(AlreadyRunning, match=r"a run is going on \(process \d+\)"), only_run(settings.home):
        pass
    with pytest.raises(AlreadyRunning):
        state.clean(settings)
    with pytest.raises(AlreadyRunning):
        state.drop_warehouse(settings)
    with pytest.raises(AlreadyRunning):
        back_up(settings, settings.home.parent / "backups")
    assert not (settings.home.parent / "backups").exists()


def test_a_home_is_held_once_and_free_again_afterwards(settings: Settings) -> None:
    for _ in range(2):
        with only_run(settings.home), only_run(settings.home):
            pass


def test_clean_keeps_what_no_run_can_make_again_and_says_so(settings: Settings) -> None:
    fill(settings)
    told = state.clean(settings)
    kept = {path.name for path in settings.home.iterdir()}
    assert kept == {"landing", "lake", "published", "memory", "run.lock"}
    for folder in ("landing", "lake", "published", "memory"):
        assert str(settings.home / folder) in told
    assert "make remove-everything" in told
    with duckdb.connect(str(settings.memory), read_only=True) as connection:
        assert connection.execute(f"select count(*) from {NAMES}").fetchall() == [(3,)]


def test_a_damaged_warehouse_goes_and_what_was_remembered_stays(settings: Settings) -> None:
    fill(settings)
    remember(settings.warehouse, settings.memory, [NAMES])
    settings.warehouse.write_bytes(b"x" * 5000)
    state.drop_warehouse(settings)
    assert not settings.warehouse.parent.exists()
    with duckdb.connect(str(settings.memory), read_only=True) as connection:
        assert connection.execute(f"select count(*) from {NAMES}").fetchall() == [(3,)]


def test_a_warehouse_whose_memory_cannot_be_written_is_not_removed(settings: Settings) -> None:
    fill(settings)
    with duckdb.connect(str(settings.warehouse)):
        code = (
            f"from orchestration import state\nstate.current_manifest = lambda _: None\n"
            f"state.remembered_relations = lambda _: [{NAMES!r}]\nfrom orchestration.settings import Settings\n"
            f"import pathlib\nstate.drop_warehouse(Settings(home=pathlib.Path({str(settings.home)!r}), sources=()))"
        )
        refused = subprocess.run(
            [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
    assert "Could not set lock" in refused.stderr
    assert settings.warehouse.exists()


@pytest.mark.parametrize("holds", [[False], [True, False], [True, True]])
def test_an_erasure_removes_nothing_before_a_run_has_held(
    holds: list[bool], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(settings)
    remember(settings.warehouse, settings.memory, [NAMES])
    runs: list[int] = []
    steps: list[str] = []

    def run(of: Settings) -> bool:
        runs.append(of.keep_versions)
        steps.append("run")
        return holds[len(runs) - 1]

    monkeypatch.setattr(erasure, "run", run)
    monkeypatch.setattr(erasure, "current_manifest", lambda _: settings.home / "manifest.json")
    monkeypatch.setattr(erasure, "remembered_relations", lambda _: [NAMES])
    monkeypatch.setattr(erasure, "forget", lambda *_: steps.append("forget") or 0)
    monkeypatch.setattr(erasure, "keep_what_counts", lambda *_: steps.append("keep what counts") or 0)
    (settings.lake / "olist").mkdir()

    assert erasure.erase(settings) is all(holds)
    assert runs == [settings.keep_versions, 1][: len(holds)]
    assert steps == ["run", "forget", "keep what counts", "run"][: 1 if holds == [False] else 4]
    assert settings.warehouse.exists() is (holds == [False])


def test_killed_runs_are_failed_ones_and_old_records_go(settings: Settings) -> None:
    @dg.job
    def nothing() -> None:
        pass

    running.dagster_home(settings)
    with running.open_records(settings) as instance:
        killed = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED)
        this = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED)
        settle_records(instance, settings, this.run_id)
        found = {run.run_id: run.status for run in instance.get_runs()}
        assert found == {killed.run_id: dg.DagsterRunStatus.FAILURE, this.run_id: dg.DagsterRunStatus.STARTED}

        old = datetime.now(UTC) - timedelta(days=settings.keep_records_days + 1)
        finished = nothing.execute_in_process(instance=instance)
        with instance.run_storage.connect() as connection:
            from sqlalchemy import text

            connection.execute(
                text("update runs set create_timestamp = :old where run_id = :run"),
                {"old": old.strftime("%Y-%m-%d %H:%M:%S"), "run": finished.run_id},
            )
        log = settings.records / "history" / "runs" / f"{finished.run_id}.db"
        assert log.exists()
        settle_records(instance, settings, this.run_id)
        assert {run.run_id for run in instance.get_runs()} == {killed.run_id, this.run_id}
        assert not log.exists()


@pytest.mark.parametrize("database", ["history/runs.db", "history/runs/index.db", "schedules/schedules.db"])
@pytest.mark.parametrize("content", [b"", b"half a database" * 1000])
def test_records_that_a_killed_process_left_half_made_begin_anew(
    settings: Settings, database: str, content: bytes
) -> None:
    running.dagster_home(settings)
    with running.open_records(settings):
        pass
    (settings.records / database).write_bytes(content)
    with running.open_records(settings) as instance:
        assert instance.get_runs() == []
