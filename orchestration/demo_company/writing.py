"""Turns NumPy arrays into the columns of an export, and writes exports as reproducible gzip CSV files."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-untyped, unused-ignore]
import pyarrow.csv as pa_csv  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray

from orchestration.demo_company.clock import MISSING, Flags, Ints

# A column is an Arrow array; Arrow ships no type stubs.
Columns = Mapping[str, Any]


def ids(prefix: str, numbers: Ints, width: int) -> Any:
    """Readable ids such as C000123; MISSING gives an empty field."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=width, padding="0")
    return pa.array(_where_present(pc.binary_join_element_wise(prefix, digits, ""), numbers == MISSING))


def words(pool: Sequence[str], index: Ints) -> Any:
    """The pool's entry at each index; MISSING gives an empty field."""
    return pa.array(list(pool), pa.string()).take(pa.array(index, mask=index == MISSING))


def texts(values: Sequence[str | None]) -> Any:
    """Free strings; None gives an empty field."""
    return pa.array(values, pa.string())


def constant(word: str, length: int) -> Any:
    """The same word in every row."""
    return words([word], np.zeros(length, np.int64))


def instants(seconds: Ints) -> Any:
    """Seconds since 1970 as `YYYY-MM-DD HH:MM:SS`; MISSING gives an empty field."""
    return pa.array(seconds, mask=seconds == MISSING).cast(pa.timestamp("s"))


def dates(days: NDArray[np.datetime64]) -> Any:
    """datetime64[D] as `YYYY-MM-DD`; NaT gives an empty field."""
    return pa.array(days, pa.date32())


def money(cents: Ints) -> Any:
    """Whole cents as a decimal with two places, exactly; MISSING gives an empty field."""
    whole = pa.array(cents, mask=cents == MISSING).cast(pa.decimal128(19, 0))
    return pa.Array.from_buffers(pa.decimal128(19, 2), len(whole), whole.buffers())  # same digits, point moved


def integers(values: Ints) -> Any:
    """Whole numbers; MISSING gives an empty field."""
    return pa.array(values, mask=values == MISSING)


def booleans(values: Flags) -> Any:
    """`true` or `false`."""
    return pa.array(values)


def select_rows(columns: Columns, rows: slice) -> Columns:
    """The same columns, reduced to a run of rows."""
    return {name: column[rows] for name, column in columns.items()}


def write_csv(path: Path, columns: Columns) -> int:
    """Write one export and return its rows. The file appears whole or not at all, and holds no time of writing.

    Fields are written unquoted: Arrow refuses a value that would need quotes, and the company's word pools have none.
    """
    table = pa.table(dict(columns))
    body = io.BytesIO()
    pa_csv.write_csv(table, body, pa_csv.WriteOptions(include_header=False, quoting_style="none"))
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=packed, mtime=0) as stream:
        stream.write((",".join(table.column_names) + "\n").encode())
        stream.write(body.getbuffer())
    replace_file(path, packed.getvalue())
    return int(table.num_rows)


def replace_file(path: Path, content: bytes) -> None:
    """Put content at path in one step; the temporary name matches no export's name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{os.getpid()}.partial"
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _where_present(column: Any, missing: Flags) -> Any:
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), column)
