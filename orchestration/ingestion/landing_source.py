"""A source system that delivers files: which of them are new.

That is asked of the lake itself (its completed loads), not of a second memory beside it: a crash can leave no state
behind that says more than the lake holds.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from orchestration.ingestion.dialect import PLAIN, Dialect
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import LandedFile, landed_files

_BLOCK_BYTES = 4 << 20
# How many times its size a gzip file may unpack to: text packs to a tenth, at best to a fiftieth. Gzip's own limit is a
# thousand, so what is not worth a thought (bytes) fits into any memory.
MOST_UNPACKED = 100.0
_UNPACKED_BYTES = 256 << 20


@dataclass(frozen=True)
class LandingSource:
    """A source whose raw tables arrive as files: delimited, JSON Lines or Parquet, as the suffix says.

    `patterns` maps each raw table to the path, or glob pattern, below the source's folder that it arrives under.
    `dialects` says of those tables whose delimited files are not plain (commas, UTF-8) how they are written.
    """

    name: str
    patterns: dict[str, str]
    dialects: Mapping[str, Dialect] = field(default_factory=dict)

    def dialect(self, table: str) -> Dialect:
        """How the delimited files of `table` are written."""
        return self.dialects.get(table, PLAIN)


@dataclass(frozen=True)
class NewFile:
    """A file to load: new, or changed since its last load. `is_repeated` where another file has the same content."""

    path: Path
    landed: LandedFile
    is_repeated: bool
    # Rows of the version that it takes the place of.
    rows_before: int = 0


@dataclass(frozen=True)
class Staged:
    """New files of one raw table, read: Parquet files ready for the lake, and each file with its number of rows."""

    paths: list[Path]
    landed: list[LandedFile]
    notices: list[str]


def find_new_files(
    source: LandingSource, folder: Path, lake: Path, most_unpacked: float = MOST_UNPACKED
) -> list[NewFile]:
    """The files below `folder` that the lake does not hold yet, in the order of their names.

    A file with the name, size and times of one already loaded is not opened, and one with its content is not loaded.
    One with new content under a known name is a new version, which takes the place of the old one's rows.
    Raises LandingError where a file that has to be there is neither here nor in the lake, or unpacks to more than
    `most_unpacked` times its size.
    """
    known = landed_files(lake, source.name)
    new: list[NewFile] = []
    for table, pattern in source.patterns.items():
        current = {name: file for (of_table, name), file in known.items() if of_table == table}
        arrived = {path.relative_to(folder).as_posix(): path for path in folder.glob(pattern) if path.is_file()}
        if not arrived and not current:
            _check_nothing_yet(source, folder, pattern, known)
        changed = []
        for name, path in sorted(arrived.items()):
            stat = path.stat()
            last = current.get(name)
            if not last or not _is_untouched(last, stat):
                changed.append((name, path, stat, last))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            digests = list(pool.map(lambda path: content_md5(path, most_unpacked), [path for _, path, *_ in changed]))
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
            landed = LandedFile(
                table, name, version, digest, stat.st_size, stat.st_mtime_ns, row_count=0, changed_ns=stat.st_ctime_ns
            )
            new.append(NewFile(path, landed, repeated, last.row_count if last else 0))
    return new


def tables_without_files(source: LandingSource, folder: Path, lake: Path) -> list[str]:
    """The tables of `source` of which no file came yet."""
    known = {table for table, _ in landed_files(lake, source.name)}
    return [t for t, pattern in source.patterns.items() if t not in known and not any(folder.glob(pattern))]


def _check_nothing_yet(source: LandingSource, folder: Path, pattern: str, known: Collection[object]) -> None:
    """Raise LandingError where `pattern` has no file and should have one.

    A stream of which nothing happened yet has none, while others of its source have. A file that always has one name,
    one that lies there under a name that nobody expects, and a source that never delivered anything are other matters.
    """
    there = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    taken = {path for other in source.patterns.values() for path in folder.glob(other)}
    strays = [path.relative_to(folder).as_posix() for path in there if path not in taken]
    if "*" in pattern and (taken or known) and not strays:
        return
    stray = f" {strays[0]} is there, which no table of {source.name} takes." if strays else ""
    raise LandingError(
        f"{folder / pattern}: no such file, and the lake holds no earlier one.{stray} "
        f"Put the {source.name} files there, or set CEM_LANDING to the folder that holds '{source.name}/'."
    )


def _is_untouched(last: LandedFile, stat: os.stat_result) -> bool:
    """Whether nobody wrote to a file since it was loaded: a time can be set back, the file system's own cannot."""
    same = (last.byte_count, last.modified_ns) == (stat.st_size, stat.st_mtime_ns)
    return same and last.changed_ns in (0, stat.st_ctime_ns)


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


def content_md5(path: Path, most_unpacked: float = MOST_UNPACKED) -> str:
    """MD5 of the uncompressed content, so that a file packed again is still the same file.

    Parquet counts as it is: its compression is part of the format. Raises LandingError for an empty or damaged file,
    one that unpacks to more than `most_unpacked` times its size, or cannot be read.
    """
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    packed = path.stat().st_size
    try:
        with opened(path) as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
                size += len(block)
                if size > max(most_unpacked * packed, _UNPACKED_BYTES) and path.suffix in (".gz", ".zip"):
                    raise LandingError(
                        f"{path}: the file of {packed:,} bytes unpacks to more than {size:,} bytes, "
                        f"{most_unpacked:g} times its size and more. Nothing was loaded. Look whether it is what it "
                        "should be; if so, set CEM_MOST_UNPACKED to a larger number."
                    )
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        form = "zip" if path.suffix == ".zip" else "gzip"
        raise LandingError(
            f"{path}: the {form} data is cut off or damaged ({error}). Deliver the whole file again; nothing was "
            "loaded."
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


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """`path` as a stream of its uncompressed bytes; of a zip file, of the one delimited file that it holds.

    Raises LandingError for a zip file with anything else in it, or with a password.
    """
    if path.suffix == ".gz":
        with gzip.open(path, "rb") as unpacked:
            # It is one in all but its type.
            yield cast(IO[bytes], unpacked)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_only_member(path, archive)) as member:
            yield member
    else:
        with path.open("rb") as plain:
            yield plain


def _only_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    # What macOS adds to each archive holds no data.
    members = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if len(members) != 1 or not members[0].filename.lower().endswith((".csv", ".tsv", ".txt")):
        there = ", ".join(one.filename for one in members[:5]) or "nothing"
        raise LandingError(
            f"{path}: a zip file holds one delimited file (.csv, .tsv, .txt), and this one holds {there}. Nothing was "
            "loaded. Unpack it, and deliver its files."
        )
    if members[0].flag_bits & 1:
        raise LandingError(f"{path}: the zip file has a password. Nothing was loaded. Deliver it without.")
    return members[0]
