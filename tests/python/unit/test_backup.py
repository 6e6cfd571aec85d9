"""A backup is whole, private and checked; a damaged one changes nothing; a restore that was cut off is ended."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration import backup as backing_up
from orchestration.backup import MANIFEST, BackupError, back_up, restore_backup
from orchestration.lock import only_run
from orchestration.pseudonyms import keep_key
from orchestration.settings import Settings
from orchestration.state import kept_folders, remade_folders


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with something of all that a run makes, and of all that none makes again."""
    home = tmp_path / "home"
    settings = Settings(home=home, sources=("shop",), now=datetime(2026, 1, 2, 5, tzinfo=UTC))
    keep_key(settings)
    for path in (
        settings.memory,
        settings.lake / "shop/orders/load_id=1/a.parquet",
        settings.demo_landing / "shop/shop.sqlite",
        settings.published / "cem-000001/cem.duckdb",
        settings.published / "cem-000002/cem.duckdb",
        *(folder / "made_again" for folder in remade_folders(settings)),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {path.name} in {path.parent.name}", encoding="utf-8")
    (settings.published / "current").symlink_to("cem-000002")
    return settings


def elsewhere(settings: Settings) -> Settings:
    return replace(settings, home=settings.home.parent / "another machine" / "home")


def contents(settings: Settings) -> dict[str, bytes | str]:
    """All files of a home by their path, and where links in it point."""
    found: dict[str, bytes | str] = {}
    for path in sorted(settings.home.rglob("*")):
        if path.name != "run.lock" and (path.is_symlink() or path.is_file()):
            name = str(path.relative_to(settings.home))
            found[name] = os.readlink(path) if path.is_symlink() else path.read_bytes()
    return found


def kept(settings: Settings) -> dict[str, bytes | str]:
    folders = {one.path.name for one in kept_folders(settings)}
    return {name: content for name, content in contents(settings).items() if Path(name).parts[0] in folders}


def test_a_restore_on_another_machine_gives_what_no_run_makes_again(settings: Settings, tmp_path: Path) -> None:
    made = back_up(settings, tmp_path / "backups")
    shutil.move(made, tmp_path / "moved")
    (moved := elsewhere(settings)).home.parent.mkdir()

    told = restore_backup(moved, tmp_path / "moved")

    assert contents(moved) == kept(settings)
    assert told.made_at == "2026-01-02T05:00:00+00:00"
    assert {"secrets", "memory", "lake", "landing", "published"} == set(told.folders)
    assert not [path for path in moved.home.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]


def test_a_backup_is_its_user_s_alone_and_says_what_it_holds(settings: Settings, tmp_path: Path) -> None:
    made = back_up(settings, tmp_path / "backups")
    assert made.name == "cem-backup-20260102T050000Z"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (made, *made.rglob("*")) if path.is_dir()}
    assert modes == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.rglob("*") if path.is_file()} == {0o600}
    said = json.loads((made / MANIFEST).read_text(encoding="utf-8"))
    assert said["release"]
    assert {*said["files"], *said["links"]} == set(kept(settings))


def test_without_the_lake_only_what_nobody_could_bring_again_is_copied(settings: Settings, tmp_path: Path) -> None:
    made = back_up(settings, tmp_path / "backups", with_lake=False)
    told = restore_backup(elsewhere(settings), made)
    assert told.folders == ("secrets", "memory")
    assert kept(elsewhere(settings)).keys() == {"secrets/pseudonym_key.parquet", "memory/cem_memory.duckdb"}


def test_a_home_that_holds_something_is_replaced_only_where_that_is_said(settings: Settings, tmp_path: Path) -> None:
    made = back_up(settings, tmp_path / "backups")
    of_then = kept(settings)
    (settings.lake / "shop/orders/load_id=1/a.parquet").write_text("later")
    (settings.published / "current").unlink()
    of_now = contents(settings)

    with pytest.raises(BackupError, match=r"holds secrets, memory, lake.*REPLACE=yes"):
        restore_backup(settings, made)
    assert contents(settings) == of_now
    restore_backup(settings, made, replace=True)
    assert contents(settings) == of_then  # and the warehouse, which knows more than what was restored, is gone


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a file changed": lambda backup: (backup / "memory/cem_memory.duckdb").write_text("as long as it was, and another"),
    "a file was cut off": lambda backup: os.truncate(backup / "lake/raw/shop/orders/load_id=1/a.parquet", 3),
    "a file is gone": lambda backup: (backup / "secrets/pseudonym_key.parquet").unlink(),
    "the manifest is half written": lambda backup: os.truncate(backup / MANIFEST, 200),
    "the manifest is none": lambda backup: (backup / MANIFEST).write_text("[]"),
    "a file is to be put elsewhere": lambda backup: (backup / MANIFEST).write_text(
        (backup / MANIFEST).read_text().replace("memory/cem_memory", "memory/../../cem_memory")
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_is_changed(damage: str, settings: Settings, tmp_path: Path) -> None:
    made = back_up(settings, tmp_path / "backups")
    (settings.lake / "shop/orders/load_id=1/a.parquet").write_text("later")
    DAMAGES[damage](made)
    before = contents(settings)
    with pytest.raises(BackupError, match=r"is damaged: .*Nothing was changed") as refused:
        restore_backup(settings, made, replace=True)
    assert "\n" not in str(refused.value)
    assert contents(settings) == before


def test_a_backup_that_was_cut_off_is_none(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = backing_up._copied

    def killed(source: Path, target: Path) -> tuple[int, str]:
        if source == settings.memory:
            raise KeyboardInterrupt
        return copied(source, target)

    monkeypatch.setattr(backing_up, "_copied", killed)
    with pytest.raises(KeyboardInterrupt):
        back_up(settings, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
    with pytest.raises(BackupError, match="is no backup"):
        restore_backup(settings, tmp_path / "backups")


@pytest.mark.parametrize("moves", [0, 1, 2, 6, 10])
def test_a_restore_that_was_cut_off_is_ended_by_who_holds_the_home_next_or_has_changed_nothing(
    moves: int, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first move makes what was copied count; each of the others puts a folder in its place."""
    made = back_up(settings, tmp_path / "backups")
    of_then = kept(settings)
    (settings.lake / "shop/orders/load_id=1/a.parquet").write_text("later")
    of_now = contents(settings)
    done: list[Path] = []

    def killed(folder: Path, place: Path) -> Path:
        if len(done) == moves:
            raise KeyboardInterrupt
        done.append(folder)
        return folder.replace(place)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            restore_backup(settings, made, replace=True)
    with only_run(settings.home):
        assert contents(settings) == (of_then if moves else of_now)
    assert not (settings.home / "restored").exists()


def test_links_to_a_larger_disk_stand_for_what_they_lead_to(settings: Settings, tmp_path: Path) -> None:
    shutil.move(settings.lake.parent, tmp_path / "large disk")
    settings.lake.parent.symlink_to(tmp_path / "large disk")
    restore_backup(elsewhere(settings), back_up(settings, tmp_path / "backups"))
    assert (elsewhere(settings).lake / "shop/orders/load_id=1/a.parquet").read_text().startswith("content of")


def test_what_cannot_be_a_backup_s_place_is_told(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="another disk"):
        back_up(settings, settings.home / "backups")
    back_up(settings, tmp_path / "backups")
    with pytest.raises(BackupError, match="is there already"):
        back_up(settings, tmp_path / "backups")
    with pytest.raises(BackupError, match=r"no backup.*There are cem-backup-20260102T050000Z in it"):
        restore_backup(settings, tmp_path / "backups")
    with pytest.raises(BackupError, match="nothing to back up"):
        back_up(replace(settings, home=tmp_path / "empty"), tmp_path / "backups")


def test_what_does_not_fit_is_not_begun(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 90, 10))  # type: ignore[attr-defined]
    with pytest.raises(BackupError, match="0 MiB free"):
        back_up(settings, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
