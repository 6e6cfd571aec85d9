"""A source system that delivers files: which of them are new.

That is asked of the lake itself (its completed loads), not of a second memory beside it: a crash can leave no state
behind that says more than the lake holds.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import LandedFile, landed_files

_BLOCK_BYTES = 4 << 20


@dataclass(frozen=True)
class LandingSource:
    """A source whose raw tables arrive as files: delimited, JSON Lines or Parquet, as the suffix says.

    `patterns` maps each raw table to the path, or glob pattern, below the source's folder that it arrives under.
    """

    name: str
    patterns: dict[str, str]


@dataclass(frozen=True)
class NewFile:
    """A file to load: new, or changed since its last load. `is_repeated` where another file has the same content."""

    path: Path
    landed: LandedFile
    is_repeated: bool


@dataclass(frozen=True)
class Staged:
    """New files of one raw table, read: Parquet files ready for the lake, and each file with its number of rows."""

    paths: list[Path]
    landed: list[LandedFile]
    notices: list[str]


def find_new_files(source: LandingSource, folder: Path, lake: Path) -> list[NewFile]:
    """The files below `folder` that the lake does not hold yet, in the order of their names.

    A file with the name, size and time of one already loaded is not opened, and one with its content is not loaded.
    One with new content under a known name is a new version, which takes the place of the old one's rows.
    Raises LandingError where a table has no file, neither here nor in the lake.
    """
    known = landed_files(lake, source.name)
    new: list[NewFile] = []
    for table, pattern in source.patterns.items():
        current = {name: file for (of_table, name), file in known.items() if of_table == table}
        arrived = {path.relative_to(folder).as_posix(): path for path in folder.glob(pattern) if path.is_file()}
        if not arrived and not current:
            raise LandingError(
                f"{folder / pattern}: no such file, and the lake holds no earlier one. "
                f"Put the {source.name} files there, or set CEM_LANDING to the folder that holds '{source.name}/'."
            )
        changed = []
        for name, path in sorted(arrived.items()):
            stat = path.stat()
            last = current.get(name)
            if not last or (last.byte_count, last.modified_ns) != (stat.st_size, stat.st_mtime_ns):
                changed.append((name, path, stat, last))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            digests = list(pool.map(content_md5, [path for _, path, *_ in changed]))
        names_with: dict[str, set[str]] = {}
        for name, file in current.items():
            names_with.setdefault(file.content_md5, set()).add(name)
        for (name, path, stat, last), digest in zip(changed, digests, strict=True):
            if last and last.content_md5 == digest:
                continue
            if last:
                names_with[last.content_md5].discard(name)
            same = names_with.setdefault(digest, set())
            repeated = bool(same)
            same.add(name)
            version = last.version + 1 if last else 1
            landed = LandedFile(table, name, version, digest, stat.st_size, stat.st_mtime_ns, row_count=0)
            new.append(NewFile(path, landed, repeated))
    return new


def check_unchanged(files: list[NewFile]) -> None:
    """Raise LandingError where one of `files` is no longer what it was when it was found: it is still being written."""
    for file in files:
        try:
            stat = file.path.stat()
        except FileNotFoundError:
            raise LandingError(
                f"{file.path}: the file was removed while it was read. Nothing was loaded; deliver it again."
            ) from None
        if (stat.st_size, stat.st_mtime_ns) != (file.landed.byte_count, file.landed.modified_ns):
            raise LandingError(
                f"{file.path}: the file was written to while it was read. Nothing was loaded; run again once it is "
                "complete, and have it delivered under another name first and renamed when it is."
            )


def content_md5(path: Path) -> str:
    """MD5 of the uncompressed content, so that a file packed again is still the same file.

    Parquet counts as it is: its compression is part of the format. Raises LandingError for an empty or damaged file,
    or one that cannot be read.
    """
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    try:
        with opened(path) as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
                size += len(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LandingError(
            f"{path}: the gzip data is cut off or damaged ({error}). Deliver the whole file again; nothing was loaded."
        ) from error
    except OSError as error:
        raise LandingError(
            f"{path}: the file cannot be read ({os.strerror(error.errno or 0)}). Nothing was loaded."
        ) from error
    if size == 0:
        raise LandingError(
            f"{path}: the file is empty, not even a header. Deliver it again, or remove it if nothing was to be sent."
        )
    return digest.hexdigest()


def opened(path: Path) -> BinaryIO | gzip.GzipFile:
    """`path` as a stream of its uncompressed bytes."""
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")
