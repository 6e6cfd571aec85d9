"""Copies of what no run can make again, and the way back: `make backup`, `make restore` (docs/decisions/0071)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration import progress
from orchestration.lock import only_run
from orchestration.settings import Settings, published_settings
from orchestration.state import kept_folders, remade_folders
from orchestration.taking_over import READY_FOLDER, take_over

MANIFEST = "backup.json"
# Of the manifest: raise it when a backup cannot be read any more as it was.
_FORMAT = 1
_BLOCK_BYTES = 1 << 20


class BackupError(Exception):
    """A backup cannot be made, or cannot be restored. Nothing was changed; the message says why."""


@dataclass(frozen=True)
class Contents:
    """What a backup says it holds.

    `release` is the version of this project that made it, `made_at` an ISO time in UTC, `folders` the names of folders
    of a home. `files` has the bytes and the SHA-256 of each file, `links` where each symbolic link points, both by
    their path in the home.
    """

    release: str
    made_at: str
    folders: tuple[str, ...]
    files: Mapping[str, tuple[int, str]]
    links: Mapping[str, str]

    @property
    def byte_count(self) -> int:
        return sum(size for size, _ in self.files.values())


def back_up(settings: Settings, target: Path, with_lake: bool = True) -> Path:
    """Copy what no run makes again to a new folder in `target`; return it.

    It has its name when all of it is there and written to disk. Without the lake only what nobody could bring again is
    copied. Raises AlreadyRunning while a run goes on, and BackupError.
    """
    made_at = settings.clock()
    name = f"cem-backup-{made_at:%Y%m%dT%H%M%SZ}"
    if target.resolve().is_relative_to(settings.home):
        raise BackupError(f"{target} is in {settings.home} itself. Name a folder on another disk.")
    with only_run(settings.home):
        folders = [one.path for one in kept_folders(settings) if one.path.is_dir() and (with_lake or one.is_unique)]
        if not folders:
            raise BackupError(f"{settings.home} holds nothing to back up. `make run` fills it.")
        if (target / name).exists():
            raise BackupError(f"{target / name} is there already.")
        target.mkdir(parents=True, exist_ok=True)
        found = {path: link for folder in folders for path, link in _entries(folder, PurePosixPath(folder.name))}
        files = {path: settings.home / path for path, link in found.items() if link is None}
        _check_space(target, sum(file.stat().st_size for file in files.values()))
        with progress.stage(f"back up to {target / name}") as stage, _unfinished(target / f".{name}.unfinished") as new:
            copied = {path: _copied(file, new / path) for path, file in files.items()}
            contents = Contents(
                published_settings()["release"],
                made_at.isoformat(),
                tuple(folder.name for folder in folders),
                copied,
                {path: link for path, link in found.items() if link is not None},
            )
            _write_manifest(new / MANIFEST, contents)
            os.sync()  # one for all files: one each took eight times as long
            new.rename(target / name)
            stage.outcome = f"{_told(contents)} of {', '.join(contents.folders)}"
    return target / name


def restore_backup(settings: Settings, backup: Path, replace: bool = False) -> Contents:
    """Put what `backup` holds into the home, and remove what the next run makes again.

    All is copied and checked beside what is there, and only then put in its place: who holds the home next goes on
    where this is cut off. Folders that the backup does not hold stay. Raises AlreadyRunning; BackupError where the
    backup is damaged, or the home holds something and `replace` does not say that it may go.
    """
    contents = _read_manifest(backup)
    with only_run(settings.home):
        remade = remade_folders(settings)
        there = [path.name for path in (*(one.path for one in kept_folders(settings)), *remade) if path.exists()]
        if there and not replace:
            raise BackupError(
                f"{settings.home} holds {', '.join(there)}, and a restore takes their place. Say REPLACE=yes if it "
                "may, or set CEM_HOME to another folder."
            )
        _check_space(settings.home, contents.byte_count)
        ready = settings.home / READY_FOLDER
        with (
            progress.stage(f"restore {backup}") as stage,
            _unfinished(ready.with_name(f"{READY_FOLDER}.unfinished")) as new,
        ):
            for path, told in contents.files.items():
                try:
                    found = _copied(backup / path, new / path)
                except FileNotFoundError:
                    found = None
                if found != told:
                    raise BackupError(f"{backup} is damaged: {path} is not what was backed up. Nothing was changed.")
            for path, link in contents.links.items():
                (new / path).parent.mkdir(parents=True, exist_ok=True)
                (new / path).symlink_to(link)
            for folder in remade:
                (new / folder.name).mkdir()
            os.sync()
            new.rename(ready)
            take_over(settings.home)
            stage.outcome = f"{_told(contents)} of {', '.join(contents.folders)}, as of {contents.made_at}"
    if contents.release != (release := published_settings()["release"]):
        progress.notice(f"The backup was made by release {contents.release}, and this is {release}.")
    return contents


def _entries(folder: Path, name: PurePosixPath) -> Iterator[tuple[str, str | None]]:
    """Each file below `folder`, by its path in the home, and each link within it with where it points.

    A link that leads to an absolute path (a larger disk, say) stands for what it leads to.
    """
    for entry in sorted(folder.iterdir()):
        path = name / entry.name
        if entry.is_symlink() and not os.path.isabs(link := os.readlink(entry)):
            yield str(path), link
        elif entry.is_dir():
            yield from _entries(entry, path)
        elif entry.is_file():
            yield str(path), None
        else:
            raise BackupError(f"{entry} is no file, folder or link to one. Remove it, then back up again.")


def _copied(source: Path, target: Path) -> tuple[int, str]:
    """Copy a file; return its bytes and the SHA-256 of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("xb") as written:
        while block := read.read(_BLOCK_BYTES):
            digest.update(block)
            size += written.write(block)
    # A landing file that looks as it did is not read again to see whether it changed.
    status = source.stat()
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return size, digest.hexdigest()


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """An empty folder, for what is renamed when it is whole; what a killed process left of one goes, as on an error."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_space(folder: Path, wanted: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise BackupError(f"{folder} has {free >> 20:,} MiB free, and {wanted >> 20:,} MiB are to be copied there.")


def _write_manifest(path: Path, contents: Contents) -> None:
    said = {
        "format": _FORMAT,
        "release": contents.release,
        "made_at": contents.made_at,
        "folders": contents.folders,
        "files": {name: {"bytes": size, "sha256": digest} for name, (size, digest) in contents.files.items()},
        "links": contents.links,
    }
    with path.open("x", encoding="utf-8") as written:
        json.dump(said, written, indent=1)


def _read_manifest(backup: Path) -> Contents:
    """What `backup` says it holds. Raises BackupError where it is no backup, or says what none would."""
    path = backup / MANIFEST
    if not path.is_file():
        others = sorted(one.parent.name for one in backup.glob(f"cem-backup-*/{MANIFEST}"))
        there = f" There are {', '.join(others)} in it." if others else ""
        raise BackupError(f"{backup} is no backup: it has no {MANIFEST}.{there}")
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
        if said["format"] != _FORMAT:
            raise BackupError(f"{backup} was made by release {said['release']}: restore it with that one.")
        contents = Contents(
            said["release"],
            said["made_at"],
            tuple(said["folders"]),
            {name: (file["bytes"], file["sha256"]) for name, file in said["files"].items()},
            said["links"],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError(f"{backup} is damaged: {path} cannot be read. Nothing was changed.") from None
    for name in (*contents.files, *contents.links):
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts or inside.parts[0] not in contents.folders:
            raise BackupError(f"{backup} is damaged: {name} is no file of a home. Nothing was changed.")
    return contents


def _told(contents: Contents) -> str:
    return f"{len(contents.files):,} files, {contents.byte_count / (1 << 20):,.1f} MiB"
