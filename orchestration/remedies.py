"""What to do about an error, from its words: DuckDB, dbt, dlt and Dagster hand on nothing else."""

from __future__ import annotations

import re
import shutil

from orchestration.settings import Settings

_FULL = r"No space left on device|disk is full|Disk quota exceeded|File too large|max_temp_directory_size"
_MEMORY = r"Out of Memory Error|MemoryError|bad_alloc|Cannot allocate memory|exit code `-9`"
_IN_USE = r"Could not set lock on file|database is locked"
_LAKE = r"[^\s'\"]*/lake/raw/(\w+)/[^\s'\"]+"
_DAMAGED_PARQUET = (
    r"No magic bytes|magic bytes not found|TProtocolException|Parquet file size is|Couldn't deserialize thrift"
    r"|too small to be a Parquet file|Footer length error"
)
_DAMAGED = (
    r"not a valid DuckDB database file|[Cc]hecksum|[Cc]orrupt|metadata pointer|[Dd]eserializ|has been invalidated"
    r"|Could not read enough bytes|INTERNAL Error|database disk image is malformed|Failure while replaying WAL"
)
_FORBIDDEN = r"Permission denied|Read-only file system"


def remedy(message: str, settings: Settings) -> str | None:
    """What to do where `message` is of a full disk, of memory that ran out, or of a file that is damaged or in use."""
    if re.search(_FULL, message):
        free = shutil.disk_usage(settings.home).free / (1 << 20)
        return (
            f"The disk is full: {free:,.0f} MiB are free for {settings.home}, or a limit on the size of a file is "
            "reached. Make room, or move the folder and set CEM_HOME; then run again, nothing has to be repaired."
        )
    if re.search(_MEMORY, message):
        return (
            f"Memory ran out. A database may take {settings.memory_limit}: set CEM_MEMORY_LIMIT higher where there is "
            "more, close what else runs here, or use a larger one; then run again: nothing has to be repaired."
        )
    if re.search(_IN_USE, message):
        return (
            f"Another process has {settings.warehouse} open. Close it there, and read {settings.current} instead, "
            "which no run blocks; then run again."
        )
    if re.search(_FORBIDDEN, message):
        return f"Give the user who runs this the right to write below {settings.home}, then run again."
    if is_damaged(message):
        return (
            f"{settings.warehouse} is damaged. `make rebuild` removes it and makes it again from the lake; the names "
            f"of customers and frozen month-ends come from {settings.memory}."
        )
    if re.search(_DAMAGED_PARQUET, message) and (file := re.search(_LAKE, message)):
        return (
            f"{file[0]} is damaged. Take it from a backup; without one, move {settings.lake / file[1]} away, and the "
            f"next run loads {file[1]} anew (of a database or an API, as it is today)."
        )
    return None


def is_damaged(message: str) -> bool:
    """Whether `message` says that the warehouse cannot be read any more."""
    return re.search(_DAMAGED, message) is not None and not re.search(_DAMAGED_PARQUET, message)
