"""dbt in a run's own process: what it tells while it goes on, and how it ends where the run is interrupted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_commands import DbtError, end_dbt, run_dbt, stream_dbt
from tests.python.worlds.world import dbt_environment

PROFILE = "small: {target: duckdb, outputs: {duckdb: {type: duckdb, path: small.duckdb, threads: 2}}}"
RESULT = "LogModelResult"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the models of a small project."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "dbt_project.yml").write_text(
        "{name: small, profile: small, models: {+materialized: table}}", encoding="utf-8"
    )
    models = tmp_path / "models"
    models.mkdir()
    (models / "numbers.sql").write_text("select 1 as number", encoding="utf-8")
    with dbt_environment({"DBT_PROFILES_DIR": str(tmp_path), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}):
        yield models


def test_a_project_is_parsed_once_and_what_failed_says_why(models: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (models / "words.sql").write_text("select cast(w as integer) as word from (values ('four')) as v (w)")
    project = run_dbt("parse")
    events = stream_dbt("run", project=project, names=[RESULT])
    told = []
    with pytest.raises(DbtError, match="Could not convert string 'four'") as failed:
        told.extend(event.info.msg for event in events)

    assert sorted(line.split()[3] for line in told) == ["ERROR", "OK"]
    assert {result.node.name: str(result.status) for result in failed.value.result.results} == {
        "numbers": "success",
        "words": "error",
    }
    assert capfd.readouterr().out == ""
    assert "Could not convert string 'four'" in (models.parent / "logs" / "dbt.log").read_text(encoding="utf-8")
    # Nobody holds the database: it opens as nothing that writes would let it.
    with duckdb.connect("small.duckdb", read_only=True) as connection:
        assert connection.execute("from numbers").fetchall() == [(1,)]


def test_what_dbt_cannot_read_is_told_in_its_words(models: Path) -> None:
    (models / "numbers.sql").write_text("select * from {{ ref('nothing') }}", encoding="utf-8")
    with pytest.raises(DbtError, match="depends on a node named 'nothing' which was not found"):
        run_dbt("parse")


@pytest.mark.parametrize("between_two_events", [False, True])
def test_an_interrupted_run_ends_dbt_and_leaves_the_warehouse_as_it_was(models: Path, between_two_events: bool) -> None:
    run_dbt("run")
    (models / "numbers.sql").write_text("select count(*) as number from range(1000000) as a, range(1000000) as b")
    (models / "later.sql").write_text("select number from {{ ref('numbers') }}", encoding="utf-8")
    events = stream_dbt("run", project=run_dbt("parse"), names=["LogStartLine", RESULT])
    assert "numbers" in next(events).info.msg

    if between_two_events:  # Dagster leaves the generator as it stands
        end_dbt()
    else:
        with pytest.raises(KeyboardInterrupt):
            events.throw(KeyboardInterrupt())

    assert not [thread for thread in threading.enumerate() if thread.name == "dbt"]
    with duckdb.connect("small.duckdb", read_only=True) as connection:
        assert connection.execute("from numbers").fetchall() == [(1,)]
        assert connection.execute("select count(*) from duckdb_tables() where table_name = 'later'").fetchall() == [
            (0,)
        ]
