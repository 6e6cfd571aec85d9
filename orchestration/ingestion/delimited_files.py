"""Reading one delimited file (plain or gzip) as text columns, and refusing it with a message that helps.

Everything stays text in the lake: a cast that fails is then a row in quarantine with its value, not a lost row.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv
from dlt.common.normalizers.naming.snake_case import NamingConvention

_BLOCK_BYTES = 4 << 20
_snake_case = NamingConvention().normalize_identifier


class LandingError(Exception):
    """A file in the landing folder cannot be loaded. The message names the file and what to do."""


def content_md5(path: Path) -> str:
    """MD5 of the uncompressed content, so that a file packed again is still the same file.

    Raises LandingError for an empty or damaged file.
    """
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    try:
        with _opened(path) as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
                size += len(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LandingError(
            f"{path}: the gzip data is cut off or damaged ({error}). Deliver the whole file again; nothing was loaded."
        ) from error
    if size == 0:
        raise LandingError(
            f"{path}: the file is empty, not even a header. Deliver it again, or remove it if nothing was to be sent."
        )
    return digest.hexdigest()


def read_batches(path: Path, columns: list[str], contract: str) -> Iterator[pa.RecordBatch]:
    """Yield the rows of `path` as text columns named and ordered as in `columns`; empty fields become null.

    `contract` is what messages call the place that declares `columns`. Columns beyond the contract are left out;
    `unexpected_columns` names them. Raises LandingError for a missing column, a byte that is not UTF-8, or a row
    whose number of fields differs from the header's.
    """
    header = _header(path)
    missing = [c for c in columns if c not in header]
    if missing:
        unknown = [c for c in header if c not in columns]
        hint = f" Not in the contract, perhaps the same under a new name: {', '.join(unknown)}." if unknown else ""
        raise LandingError(
            f"{path}: column {', '.join(missing)} is missing.{hint} "
            f"Deliver the file with its former header, or change the contract in {contract} and the staging model."
        )
    try:
        with _opened(path) as stream:
            reader = pa.csv.open_csv(
                stream,
                read_options=pa.csv.ReadOptions(block_size=_BLOCK_BYTES, column_names=header, skip_rows=1),
                parse_options=pa.csv.ParseOptions(newlines_in_values=True),
                convert_options=pa.csv.ConvertOptions(
                    column_types={name: pa.string() for name in header},
                    include_columns=columns,
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
            yield from reader
    except pa.ArrowInvalid as error:
        raise LandingError(f"{path}: {_why_invalid(path, str(error))} Nothing was loaded.") from error


def unexpected_columns(path: Path, columns: list[str]) -> list[str]:
    """Columns of `path` that the contract does not know, in the file's order."""
    return [c for c in _header(path) if c not in columns]


def _opened(path: Path) -> BinaryIO | gzip.GzipFile:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")


def _header(path: Path) -> list[str]:
    """The header's names as the lake spells them (`InvoiceNo` → `invoice_no`)."""
    with _opened(path) as stream:
        line = stream.readline()
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LandingError(
            f"{path}: the header is not UTF-8 (byte {error.start}). Export the file as UTF-8."
        ) from error
    names = pa.csv.read_csv(io.BytesIO(text.encode()), read_options=pa.csv.ReadOptions()).column_names
    header = [_snake_case(name) if name.strip() else f"unnamed_{position}" for position, name in enumerate(names, 1)]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise LandingError(f"{path}: column {', '.join(twice)} stands in the header more than once. Deliver it once.")
    return header


def _why_invalid(path: Path, message: str) -> str:
    """Turn pyarrow's complaint into one that names the line, which pyarrow does not know for bad bytes."""
    with _opened(path) as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                bad = line[error.start]
                return (
                    f"line {number} holds the byte 0x{bad:02X} at position {error.start + 1}, which is not UTF-8. "
                    "Export the file as UTF-8."
                )
    return f"{message.rstrip('.')}. Check delimiter and quotes of that row, then deliver the file again."
