"""What the commands of operation say, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.__main__ import main
from orchestration.pseudonyms import keep_key
from orchestration.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a key and two versions, as the environment names it."""
    home = tmp_path / "home"
    monkeypatch.setenv("CEM_HOME", str(home))
    monkeypatch.setenv("CEM_NOW", "2026-01-02T05:00:00")
    settings = Settings(home=home, sources=("shop",))
    keep_key(settings)
    for number in (1, 2):
        version = settings.published / f"cem-{number:06d}"
        version.mkdir(parents=True)
        with duckdb.connect(str(version / "cem.duckdb")) as connection:
            connection.execute("create schema publication")
            connection.execute("create table publication.version as select date '2025-12-31' as as_of_date")
    (settings.published / "current").symlink_to("cem-000002")
    return home


def test_backup_and_restore_say_where_and_what_comes_next(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(tmp_path / "backups")]) == 0
    backup = tmp_path / "backups" / "cem-backup-20260102T050000Z"
    assert f"{backup}\nIt holds the key" in capsys.readouterr().out
    assert main(["restore", str(backup)]) == 2
    assert "✗ " + str(home) + " holds secrets, published, and a restore takes their place" in capsys.readouterr().err
    monkeypatch.setenv("CEM_HOME", str(tmp_path / "another"))
    assert main(["restore", str(backup)]) == 0
    assert "`make run` makes the warehouse again" in capsys.readouterr().out
    assert (tmp_path / "another/published/current/cem.duckdb").exists()


def test_rollback_says_what_readers_see_and_what_comes_next(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rollback"]) == 0
    assert capsys.readouterr().out == (
        f"{home}/published/current/cem.duckdb is cem-000001 now (as of 2025-12-31), and was cem-000002.\n"
        "The next run publishes cem-000003.\n"
    )
    assert main(["rollback", "7"]) == 2
    assert capsys.readouterr().err == "✗ There is no version 7; there are cem-000001, cem-000002.\n"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["backup"], "make backup TO="),
        (["backup", ""], "make backup TO="),
        (["restore", ""], "make restore FROM="),
        (["rollback", "1", "2"], "rollback [VERSION]"),
        (["alerts", "all"], "python -m orchestration alerts"),
    ],
)
def test_what_is_missing_is_told(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert says in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_where_nothing_is_to_be_looked_at_alerts_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts"]) == 0
    assert capsys.readouterr().out == "No alert is open.\n"
