"""The way back to an earlier version: readers are switched to it as to a new one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.bounded_memory import connect
from orchestration.publishing.publish import next_number, switch, version_name, versions
from orchestration.settings import PUBLISHED_FILE


class RollbackError(Exception):
    """There is no such version, or it cannot be read. The current one stays; the message says which there are."""


@dataclass(frozen=True)
class RolledBack:
    """Which version readers see now, the day that it speaks of, which they saw before, and which is published next."""

    current: str
    as_of: str
    before: str
    following: str


def roll_back(published: Path, wanted: str | None = None) -> RolledBack:
    """Switch `published/current` to the version `wanted` (`cem-000012` or `12`), or to the one before the current one.

    All versions stay. To be called by who holds the home. Raises RollbackError.
    """
    there = sorted(versions(published))
    link = published / "current"
    if not there or not link.is_symlink():
        raise RollbackError(f"{published} holds no version to go back to: nothing has been published. Use `make run`.")
    before = os.readlink(link)
    number = _asked_for(wanted, there) if wanted else _one_before(before, there)
    name = version_name(number)
    as_of = _as_of(published / name / PUBLISHED_FILE)
    switch(link, Path(name))
    return RolledBack(name, as_of, before, version_name(next_number(published)))


def _asked_for(wanted: str, there: list[int]) -> int:
    found = re.fullmatch(r"(?:cem-)?0*(\d+)", wanted)
    if found is None or int(found[1]) not in there:
        raise RollbackError(f"There is no version {wanted}; there are {_named(there)}.")
    return int(found[1])


def _one_before(current: str, there: list[int]) -> int:
    earlier = [number for number in there if version_name(number) < current]
    if not earlier:
        raise RollbackError(f"There is no version before {current}; there are {_named(there)}.")
    return max(earlier)


def _named(there: list[int]) -> str:
    return ", ".join(version_name(number) for number in there)


def _as_of(file: Path) -> str:
    """The day that a version speaks of; whoever cannot read it must not be switched to it."""
    try:
        with connect(file, read_only=True) as connection:
            ((day,),) = connection.execute("select max(as_of_date) from publication.version").fetchall()
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise RollbackError(f"{file} cannot be read ({said}); the current version stays.") from None
    return str(day)
