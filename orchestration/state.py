"""Throwing away what can be made again, and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import progress
from orchestration.dbt_project import current_manifest
from orchestration.lock import only_run
from orchestration.memory import MemoryLostError, remember, remembered_relations
from orchestration.remedies import is_damaged
from orchestration.settings import Settings


@dataclass(frozen=True)
class KeptFolder:
    """A folder of a home that no run makes again, with what it holds.

    `is_unique`: the sources could not bring it again either.
    """

    path: Path
    holds: str
    is_unique: bool = False


def kept_folders(settings: Settings) -> tuple[KeptFolder, ...]:
    """What no run makes again, dearest first: `make clean` keeps it and `make backup` copies it."""
    return (
        KeptFolder(settings.pseudonym_key_file.parent, "the key that customers are known by", is_unique=True),
        KeptFolder(
            settings.memory.parent, "the names of customers, what was known when, frozen month-ends", is_unique=True
        ),
        KeptFolder(settings.alerts.parent, "open alerts, and when they began", is_unique=True),
        KeptFolder(settings.lake.parent, "what was loaded"),
        KeptFolder(settings.demo_landing, "what source systems delivered"),
        KeptFolder(settings.published, "published versions"),
    )


def remade_folders(settings: Settings) -> tuple[Path, ...]:
    """What a run makes again, and Dagster's records, which no run depends on."""
    return (
        settings.warehouse.parent,
        settings.dbt_target,
        settings.spill,
        settings.home / "dlt",
        settings.quality,
        settings.records,
    )


def drop_warehouse(settings: Settings) -> None:
    """Remove the warehouse and what dbt wrote beside it, when all that the lake does not hold is remembered.

    Raises AlreadyRunning, and duckdb.Error where the memory could not be written: nothing is removed then.
    """
    with only_run(settings.home):
        if settings.warehouse.exists():
            try:
                remember(settings.warehouse, settings.memory, remembered_relations(current_manifest(settings)))
            except MemoryLostError as error:
                progress.notice(f"{error} What was remembered before is kept.")
            except duckdb.Error as error:
                if not is_damaged(str(error)):
                    raise
                progress.notice(f"{settings.warehouse} cannot be read: {str(error).splitlines()[0]}")
                progress.notice(_what_is_remembered(settings))
        for folder in (settings.warehouse.parent, settings.dbt_target):
            shutil.rmtree(folder, ignore_errors=True)


def clean(settings: Settings) -> str:
    """Remove what a run makes again; return what was kept, in words."""
    with only_run(settings.home):
        drop_warehouse(settings)
        for folder in remade_folders(settings):
            shutil.rmtree(folder, ignore_errors=True)
    lines = [f"  {folder.path}: {folder.holds}" for folder in kept_folders(settings) if folder.path.exists()]
    if not lines:
        return f"{settings.home} holds nothing to keep."
    return "\n".join(["Kept, as no run can make it again (`make remove-everything` removes it, too):", *lines])


def _what_is_remembered(settings: Settings) -> str:
    if settings.memory.exists():
        return f"Names of customers and frozen month-ends are taken from {settings.memory}, of the last publication."
    return f"{settings.memory} is not there: customers are named and month-ends frozen anew."
