"""Readers are switched to an earlier version as to a new one, and the next run goes on from there."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.rollback import RollbackError, roll_back
from orchestration.unchanged import begin_version, complete_version, is_unchanged, stand_by_version
from tests.python.unit.publishing.test_publish import ask, fill, published_once, warehouse
from tests.python.unit.test_unchanged import load, publish, settings

__all__ = ["settings", "warehouse"]


@pytest.fixture
def published(warehouse: Path) -> Path:
    """Versions 1 to 3, whose rows say which one it is."""
    for number in (1, 2, 3):
        fill(warehouse, rows=10, value=number)
        published_once(warehouse)
    return warehouse.parent / "published"


def seen(published: Path) -> list[tuple[object, ...]]:
    return ask(published / "current/cem.duckdb", "select distinct n from marts.a")


def test_readers_see_the_version_before_or_the_one_that_is_named(published: Path) -> None:
    done = roll_back(published)
    assert (done.current, done.before, done.following) == ("cem-000002", "cem-000003", "cem-000004")
    assert done.as_of == "2023-12-31"
    assert seen(published) == [(2,)]
    assert roll_back(published).current == "cem-000001"
    assert roll_back(published, "3").current == roll_back(published, "cem-000003").current == "cem-000003"
    assert seen(published) == [(3,)]
    assert {path.name for path in published.iterdir()} == {"cem-000001", "cem-000002", "cem-000003", "current"}


def test_who_has_a_version_open_keeps_it(published: Path) -> None:
    with duckdb.connect(str((published / "current/cem.duckdb").resolve()), read_only=True) as connection:
        roll_back(published)
        assert connection.execute("select max(n) from marts.a").fetchall() == [(3,)]


def test_the_next_publication_follows_on_the_newest_version(published: Path, warehouse: Path) -> None:
    roll_back(published, "1")
    assert published_once(warehouse, keep=3).number == 4
    assert seen(published) == [(3,)]
    assert {path.name for path in published.iterdir()} == {"cem-000002", "cem-000003", "cem-000004", "current"}


@pytest.mark.parametrize("wanted", ["7", "cem-7", "yesterday", "-1"])
def test_an_unknown_version_is_told_with_those_there_are(wanted: str, published: Path) -> None:
    with pytest.raises(RollbackError, match=f"no version {wanted}; there are cem-000001, cem-000002, cem-000003"):
        roll_back(published, wanted)
    assert seen(published) == [(3,)]


def test_where_there_is_nothing_before_or_nothing_at_all_that_is_told(published: Path, tmp_path: Path) -> None:
    roll_back(published, "1")
    with pytest.raises(RollbackError, match="no version before cem-000001"):
        roll_back(published)
    with pytest.raises(RollbackError, match="nothing has been published"):
        roll_back(tmp_path / "empty")


def test_nobody_is_switched_to_what_cannot_be_read(published: Path) -> None:
    (published / "cem-000002/cem.duckdb").write_bytes(b"x" * 5000)
    with pytest.raises(RollbackError, match=r"cem-000002/cem.duckdb cannot be read"):
        roll_back(published)
    assert seen(published) == [(3,)]


def test_a_run_leaves_the_version_gone_back_to_until_something_changes(settings) -> None:  # type: ignore[no-untyped-def]
    load(settings, "shop")
    begin_version(settings)
    publish(settings, 2)
    complete_version(settings)
    (settings.published / "current").unlink()
    (settings.published / "current").symlink_to("cem-000001")
    assert not is_unchanged(settings)

    assert stand_by_version(settings)
    assert is_unchanged(settings)
    load(settings, "shop")
    assert not is_unchanged(settings)


def test_after_a_run_that_failed_the_next_one_does_everything(settings) -> None:  # type: ignore[no-untyped-def]
    begin_version(settings)
    assert not stand_by_version(settings)
    assert not is_unchanged(settings)
    shutil.rmtree(settings.warehouse.parent)
    assert not stand_by_version(settings)
