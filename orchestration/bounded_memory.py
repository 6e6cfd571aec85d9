"""How much memory and how many cores DuckDB takes in this process, and where it puts what does not fit.

docs/decisions/0070 says why.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.settings import Settings

_IN_MEMORY = ":memory:"


@dataclass(frozen=True)
class _Bounds:
    memory_limit: str
    threads: int
    spill: Path


# Of the process, as its memory is. Nothing is bounded until a command or a run says by how much.
_bounds: _Bounds | None = None
_opened = itertools.count()


def bound_memory(settings: Settings) -> None:
    """From now on a database that `connect` opens in this process takes no more than `settings` allow."""
    global _bounds  # noqa: PLW0603
    _bounds = _Bounds(settings.memory_limit, settings.threads, settings.spill)


def connect(database: str | Path = _IN_MEMORY, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open `database` within the bounds of this process: what does not fit in memory goes to the spill folder."""
    return duckdb.connect(str(database), read_only=read_only, config=dict(configuration(database)))


def configuration(database: str | Path = _IN_MEMORY) -> dict[str, str]:
    """DuckDB's settings that bound `database`, each opened one with a folder of its own; nothing where nothing is said.

    Two databases in one folder would write into each other's files, as DuckDB numbers them from 0 in each.
    """
    if _bounds is None:
        return {}
    _bounds.spill.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A file that is opened twice in a process is one database, which has one folder.
    name = f"memory-{next(_opened)}" if database == _IN_MEMORY else _name_of(Path(database))
    return {
        "memory_limit": _bounds.memory_limit,
        "threads": str(_bounds.threads),
        "temp_directory": str(_bounds.spill / f"{os.getpid()}-{name}"),
    }


def _name_of(database: Path) -> str:
    return hashlib.md5(str(database.resolve()).encode(), usedforsecurity=False).hexdigest()


def empty_spill(settings: Settings) -> None:
    """Remove what killed processes spilled. To be called by who holds the home, when nobody has the warehouse open."""
    shutil.rmtree(settings.spill, ignore_errors=True)
    settings.spill.mkdir(mode=0o700)
