"""Many event files at once through DuckDB: that is what makes a thousand day files cost what their rows cost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingestion.landing_source import NewFile

# Less than this is not worth another writer, and another Parquet file in the lake.
_CHUNK_BYTES = 32 << 20


def connection(spill: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB of one thread, in UTC, that spills to `spill`. One thread reads rows in the order of the file."""
    opened = duckdb.connect(config={"threads": 1, "temp_directory": str(spill), "preserve_insertion_order": True})
    opened.execute("set timezone = 'UTC'")
    return opened


def write_in_chunks(
    files: list[NewFile], folder: Path, select: Callable[[list[NewFile]], str], first: int = 0
) -> list[Path]:
    """Write what `select` (SQL) reads from `files` as Parquet below `folder`, a writer a core, each a run of files.

    Raises duckdb.Error for a file that cannot be read.
    """

    def write(number: int, chunk: list[NewFile]) -> Path:
        target = folder / f"{number:04d}.parquet"
        with connection(folder / f"spill_{number}") as duck:
            duck.execute(f"copy ({select(chunk)}) to {literal(target)} (format parquet)")
        return target

    chunks = _chunks(files, os.cpu_count() or 1)
    with ThreadPoolExecutor(len(chunks)) as pool:
        return list(pool.map(write, range(first, first + len(chunks)), chunks))


def moment(loaded_at: datetime) -> str:
    """`loaded_at` as SQL."""
    return f"timestamptz '{loaded_at.isoformat()}'"


def literal(value: object) -> str:
    """`value` as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def literals(values: Iterable[object]) -> str:
    """`values` as an SQL list of strings."""
    return "[" + ", ".join(literal(value) for value in values) + "]"


def of_files(finding: str, names: list[str]) -> str:
    """One notice for all files that share a finding."""
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return f"{names[0]}{more}: {finding}"


def _chunks(files: list[NewFile], writers: int) -> list[list[NewFile]]:
    """`files` cut into runs of about the same size, no more than `writers`."""
    whole = sum(file.landed.byte_count for file in files)
    size = max(whole / writers, _CHUNK_BYTES)
    chunks: list[list[NewFile]] = [[]]
    taken = 0
    for file in files:
        if chunks[-1] and taken >= size * len(chunks):
            chunks.append([])
        chunks[-1].append(file)
        taken += file.landed.byte_count
    return chunks
