"""Reading delimited files (plain or gzip) as text columns, and refusing them with a message that helps.

Everything stays text in the lake: a cast that fails is then a row in quarantine with its value, not a lost row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from dlt.common.normalizers.naming.snake_case import NamingConvention

from orchestration.ingestion.bulk import of_files
from orchestration.ingestion.contract import NEW_COLUMNS, RawColumn
from orchestration.ingestion.dialect import (
    DELIMITERS,
    LONGEST_HEADER,
    PLAIN,
    UTF_16_MARKS,
    Dialect,
    in_utf_8,
    next_row,
)
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import LandedFile
from orchestration.ingestion.landing_source import NewFile, Staged, opened
from orchestration.ingestion.new_columns import check_new_columns, notices_of_new_columns, with_objects

# What pyarrow reads at a time, and the longest row it can take.
_BLOCK_BYTES = 32 << 20
_END = "\x1aend of file\x1a"
_snake_case = NamingConvention().normalize_identifier
# Words that DuckDB takes for no column's name everywhere one may stand (tried on each of its `duckdb_keywords()`).
_RESERVED_WORDS = frozenset((
    "all", "analyse", "analyze", "and", "anti", "any", "array", "as", "asc", "asof", "asymmetric", "at",
    "authorization", "binary", "both", "by", "case", "cast", "check", "collate", "collation", "column",
    "concurrently", "constraint", "create", "cross", "default", "deferrable", "desc", "describe", "distinct", "do",
    "else", "end", "except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "glob", "group",
    "having", "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lambda", "lateral",
    "leading", "left", "like", "limit", "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order",
    "outer", "overlaps", "pivot", "pivot_longer", "pivot_wider", "placing", "positional", "primary", "qualify",
    "references", "returning", "right", "select", "semi", "show", "similar", "some", "summarize", "symmetric",
    "table", "tablesample", "then", "to", "trailing", "true", "union", "unique", "unpack", "unpivot", "using",
    "variadic", "verbose", "when", "where", "window", "with",
))  # fmt: skip


def stage_delimited(
    files: list[NewFile],
    columns: list[RawColumn],
    contract: str,
    folder: Path,
    loaded_at: datetime,
    dialect: Dialect = PLAIN,
) -> Staged:
    """Read `files` into one Parquet file below `folder`; see `staging.stage_files`.

    Raises LandingError for a missing column, a byte that is not of the encoding, or a row whose number of fields
    differs from the header's.
    """
    names = [column.name for column in columns]
    path = folder / "rows.parquet"
    landed = []
    new: dict[tuple[str, ...], list[str]] = {}
    lineage = [
        ("_file_name", pa.string()),
        ("_file_version", pa.int64()),
        ("_file_row", pa.int64()),
        ("_loaded_at", pa.timestamp("us", "UTC")),
    ]
    texts = [(name, pa.string()) for name in (*names, NEW_COLUMNS)]
    with pq.ParquetWriter(path, pa.schema(texts + lineage)) as writer:
        for file in files:
            header = _header(file.path, names, dialect)
            unknown = tuple(c for c in header if c not in names)
            rows = 0
            for batch in _batches(file.path, header, names, contract, dialect):
                columns_of_lake = with_objects(pa.Table.from_batches([batch]), names)
                writer.write_table(_with_lineage(columns_of_lake, file.landed, rows, loaded_at))
                rows += batch.num_rows
            new.setdefault(unknown, []).append(file.landed.name)
            landed.append(replace(file.landed, row_count=rows, new_columns=unknown))
    notices = notices_of_new_columns(new, contract)
    if dialect.rows_below_header:
        # Nothing is left out without a word: a file without these rows would lose as many of its own.
        told = f"{dialect.rows_below_header} rows below the header explain its columns, and are not loaded"
        notices.append(of_files(told, [file.landed.name for file in files]))
    return Staged([path], landed, notices)


def _batches(
    path: Path, header: list[str], columns: list[str], contract: str, dialect: Dialect
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of `path` as text columns, those of the header; empty fields become null.

    Raises LandingError where one of `columns` is missing.
    """
    missing = [c for c in columns if c not in header]
    unknown = [c for c in header if c not in columns]
    if missing:
        hint = f" Not in the contract, perhaps the same under a new name: {', '.join(unknown)}." if unknown else ""
        raise LandingError(
            f"{path}: column {', '.join(missing)} is missing.{hint} "
            f"Deliver the file with its former header, or change the contract in {contract} and the staging model."
        )
    check_new_columns(str(path), unknown)
    try:
        with _at_header(path, dialect) as stream:
            for _ in range(1 + dialect.rows_below_header):
                next_row(stream)
            reader = pa.csv.open_csv(
                _WithEnd(stream, len(header), dialect.delimiter),
                read_options=pa.csv.ReadOptions(block_size=_BLOCK_BYTES, column_names=header),
                parse_options=pa.csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=True),
                convert_options=pa.csv.ConvertOptions(
                    column_types={name: pa.string() for name in header},
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
            last: pa.RecordBatch | None = None
            for batch in reader:
                if batch.num_rows:
                    if last is not None:
                        yield last
                    last = batch
            if last is None or set(last.slice(last.num_rows - 1).to_pylist()[0].values()) != {_END}:
                raise LandingError(
                    f"{path}: a quote is opened and not closed before the end of the file, so rows run into one. "
                    "Nothing was loaded; deliver the file again."
                )
            yield last.slice(0, last.num_rows - 1)
    except pa.ArrowInvalid as error:
        # Without the cause, which quotes the row.
        raise LandingError(f"{path}: {_why_invalid(path, str(error), dialect)} Nothing was loaded.") from None


@contextmanager
def _at_header(path: Path, dialect: Dialect) -> Iterator[IO[bytes]]:
    """`path` in UTF-8, from its header on."""
    with opened(path) as file:
        stream = in_utf_8(file, dialect, str(path))
        for _ in range(dialect.rows_above_header):
            next_row(stream)
        yield stream


class _WithEnd(io.RawIOBase):
    """A stream with one more row at its end, which is not read as a row of its own if a quote before it is open.

    pyarrow takes an open quote to the end of the file for a long value, and what it holds would be lost.
    """

    def __init__(self, stream: IO[bytes], fields: int, delimiter: str) -> None:
        self._parts = [stream, io.BytesIO(f"\n{delimiter.join([_END] * fields)}\n".encode())]

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while self._parts:
            block = self._parts[0].read(size)
            if block:
                return bytes(block)
            self._parts.pop(0)
        return b""


def _header(path: Path, columns: list[str], dialect: Dialect) -> list[str]:
    """The header's names as the lake spells them.

    A first line with none of `columns` in it is somebody's row, as like as not: no message tells what it holds.
    """
    header = _names_in_header(path, dialect)
    if not set(columns) & {name for name, _ in header}:
        raise LandingError(
            f"{path}: column {', '.join(columns)} is missing: the first line has none of them, so it is no header of "
            f"this table. Nothing was loaded. Deliver the file with its header, {dialect.told()}; or say beside the "
            f"pattern of the files how they are written.{_seen_otherwise(path, columns, dialect)}"
        )
    return list(_once(path, header))


def header_names(path: Path, dialect: Dialect = PLAIN) -> dict[str, str]:
    """Each column of a delimited file by its name in the lake (`InvoiceNo` → `invoice_no`), as the header has it.

    Raises LandingError for a first line that is no header, or names a column twice.
    """
    return _once(path, _names_in_header(path, dialect))


def _names_in_header(path: Path, dialect: Dialect) -> list[tuple[str, str]]:
    with _at_header(path, dialect) as stream:
        line = next_row(stream)
    if len(line) == LONGEST_HEADER:
        raise LandingError(
            f"{path}: the first line is longer than {LONGEST_HEADER:,} bytes, so it is no header. Nothing was loaded. "
            "Deliver the file with its header, and with line breaks."
        )
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        likely = "utf-16" if line.startswith(UTF_16_MARKS) else "windows-1252"
        raise LandingError(
            f"{path}: the header is not UTF-8 (byte {error.start}). Export the file as UTF-8, or say beside the "
            f"pattern of the files which encoding it is, such as {likely}."
        ) from error
    try:
        names = pa.csv.read_csv(
            io.BytesIO(text.encode()),
            parse_options=pa.csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=True),
        ).column_names
    except pa.ArrowInvalid:
        raise LandingError(
            f"{path}: the first line is no header: it cannot be read as one row. Deliver the file with its header."
        ) from None
    return [(_column_name(name, position), name) for position, name in enumerate(names, 1)]


def _seen_otherwise(path: Path, columns: list[str], dialect: Dialect) -> str:
    """What to tell of a header that has some of `columns` with another delimiter."""
    for delimiter, name in DELIMITERS.items():
        other = replace(dialect, delimiter=delimiter)
        if set(columns) & {column for column, _ in _names_in_header(path, other)}:
            return f" It is separated by {name}: dialects = {{…: Dialect(delimiter={delimiter!r})}}."
    return ""


def _column_name(header: str, position: int) -> str:
    """The name in the lake. A word that SQL reserves gets another one behind it, or no query could name the column."""
    name = _snake_case(header) if header.strip() else f"unnamed_{position}"
    return f"{name}_column" if name in _RESERVED_WORDS else name


def _once(path: Path, header: list[tuple[str, str]]) -> dict[str, str]:
    names = [name for name, _ in header]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        spelt = ", ".join(repr(read) for name, read in header if name in twice)
        raise LandingError(
            f"{path}: column {', '.join(twice)} stands in the header more than once, as {spelt}. Deliver it once, or "
            "under names that differ by more than case and punctuation."
        )
    return dict(header)


def _with_lineage(batch: pa.Table, file: LandedFile, rows_before: int, loaded_at: datetime) -> pa.Table:
    count = batch.num_rows
    return (
        batch.append_column("_file_name", pa.repeat(file.name, count))
        .append_column("_file_version", pa.repeat(pa.scalar(file.version, pa.int64()), count))
        .append_column("_file_row", pa.array(range(rows_before + 1, rows_before + count + 1), pa.int64()))
        .append_column("_loaded_at", pa.repeat(pa.scalar(loaded_at, pa.timestamp("us", "UTC")), count))
    )


def _why_invalid(path: Path, message: str, dialect: Dialect) -> str:
    """Turn pyarrow's complaint into one that names the line, which pyarrow does not know for bad bytes."""
    with opened(path) as file:
        stream = in_utf_8(file, dialect, str(path))
        for number, line in enumerate(iter(lambda: stream.readline(_BLOCK_BYTES), b""), 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                bad = line[error.start]
                return (
                    f"line {number} holds the byte 0x{bad:02X} at position {error.start + 1}, which is not UTF-8. "
                    "Export the file as UTF-8, or say beside the pattern of the files which encoding it is."
                )
    if "straddl" in message:
        return f"a row is longer than {_BLOCK_BYTES >> 20} MiB, or a quote is opened and not closed. Mend the file."
    # After the number of columns, pyarrow quotes the row.
    told = re.sub(r"(got \d+).*", r"\1", message.splitlines()[0]).rstrip(".")
    return (
        f"{told}{_first_odd_row(path, dialect)}. Check delimiter and quotes of that row, then deliver the file again."
    )


def _first_odd_row(path: Path, dialect: Dialect) -> str:
    """Where the first row with another number of fields than the header is, which pyarrow does not say either."""
    with _at_header(path, dialect) as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
        rows = csv.reader(text, delimiter=dialect.delimiter)
        try:
            width = len(next(rows, []))
            for number, row in enumerate(rows, 1 - dialect.rows_below_header):
                if row and len(row) != width:
                    return f", in row {number} below the header, line {rows.line_num + dialect.rows_above_header}"
        except csv.Error:
            # It reads no field as long as pyarrow does.
            pass
    return ""
