"""Turns NumPy arrays into columns, and writes SQLite databases, Parquet, JSON Lines and CSV reproducibly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray

from orchestration.demo_company.clock import HOUR, MISSING, Flags, Floats, Ints, local, utc_offset
from orchestration.files import partial_of, replace_file

# A column is an Arrow array; Arrow ships no type stubs.
Columns = Mapping[str, Any]

_NUMBER_WIDTH = 10


class SqlTable(NamedTuple):
    """A table of a source system's database; the columns stand in the order of the contract."""

    key: tuple[str, ...]
    cursor: str  # the column that tells what is new
    columns: Mapping[str, str]  # declared type by name


def ids(prefix: str, numbers: Ints, width: int = _NUMBER_WIDTH) -> Any:
    """Readable ids such as C0000000123; MISSING gives an empty field."""
    digits = np.maximum(numbers, 0)[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10
    return _fixed_width(prefix, (digits + ord("0")).astype(np.uint8), numbers != MISSING)


def opaque_ids(prefix: str, numbers: Ints) -> Any:
    """Ids that tell nothing of the number behind them, and are as unique: 16 hexadecimal digits."""
    mixed = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    digits = (mixed[:, None] >> np.arange(60, -1, -4, dtype=np.uint64)) & np.uint64(15)
    letters = np.frombuffer(b"0123456789abcdef", np.uint8)[digits]
    return _fixed_width(prefix, letters, numbers != MISSING)


def words(pool: Sequence[str | None], index: Ints) -> Any:
    """The pool's entry at each index; MISSING gives an empty field."""
    return pa.array(list(pool), pa.string()).take(pa.array(index, mask=index == MISSING))


def texts(values: Sequence[str | None]) -> Any:
    """Free strings; None gives an empty field."""
    return pa.array(values, pa.string())


def constant(word: str, length: int) -> Any:
    """The same word in every row."""
    return words([word], np.zeros(length, np.int64))


def typed_instants(seconds: Ints) -> Any:
    """Seconds since 1970 as timestamps; MISSING gives an empty field."""
    return pa.array(seconds, mask=seconds == MISSING).cast(pa.timestamp("s"))


def instants(seconds: Ints) -> Any:
    """`YYYY-MM-DD HH:MM:SS`, as databases render a timestamp; MISSING gives an empty field."""
    return typed_instants(seconds).cast(pa.string())


def instants_z(seconds: Ints) -> Any:
    """`YYYY-MM-DDTHH:MM:SSZ`; MISSING gives an empty field."""
    return pc.binary_join_element_wise(pc.replace_substring(instants(seconds), " ", "T"), "Z", "")


def instants_with_offset(seconds: Ints) -> Any:
    """`YYYY-MM-DDTHH:MM:SS+02:00` on the clock of Berlin; MISSING gives an empty field."""
    wall = pc.replace_substring(instants(local(seconds, HOUR)), " ", "T")
    return pc.binary_join_element_wise(wall, words(["+01:00", "+02:00"], utc_offset(seconds, HOUR) // HOUR - 1), "")


def dates(days: NDArray[np.datetime64]) -> Any:
    """datetime64[D] as `YYYY-MM-DD`; NaT gives an empty field."""
    return pa.array(days, pa.date32()).cast(pa.string())


def money(cents: Ints) -> Any:
    """Whole cents as the number a database holds; MISSING gives an empty field."""
    return pa.array(cents / 100, mask=cents == MISSING)


def decimals(cents: Ints) -> Any:
    """Whole cents as text with two decimals, for CSV files."""
    whole = pa.array(cents).cast(pa.decimal128(19, 0))
    return pa.Array.from_buffers(pa.decimal128(19, 2), len(whole), whole.buffers()).cast(pa.string())


def numbers(values: Floats) -> Any:
    """Numbers; NaN gives an empty field."""
    return pa.array(values, mask=np.isnan(values))


def integers(values: Ints) -> Any:
    """Whole numbers; MISSING gives an empty field."""
    return pa.array(values, mask=values == MISSING)


def booleans(values: Flags) -> Any:
    """1 or 0, as SQLite holds truth values."""
    return pa.array(values.astype(np.int64))


def where(condition: Flags, column: Any) -> Any:
    """The column where the condition holds, an empty field elsewhere."""
    return pc.if_else(pa.array(condition), column, pa.scalar(None, column.type))


class SqliteFile:
    """A database that is filled table by table, in the order of the keys, and appears whole or not at all."""

    def __init__(self, path: Path, tables: Mapping[str, SqlTable]) -> None:
        self._path, self._tables = path, tables
        path.parent.mkdir(parents=True, exist_ok=True)
        self._partial = partial_of(path)
        self._partial.unlink(missing_ok=True)
        self._connection = sqlite3.connect(self._partial, isolation_level=None)
        self._connection.execute("pragma journal_mode = off")
        self._connection.execute("pragma synchronous = off")
        self._connection.execute("begin")
        for name, table in tables.items():
            declared = ", ".join(f"{column} {kind}" for column, kind in table.columns.items())
            self._connection.execute(f"create table {name} ({declared}, primary key ({', '.join(table.key)}))")

    def append(self, name: str, columns: Columns) -> int:
        """Add rows whose keys follow those that are there; return how many."""
        table = self._tables[name]
        if list(columns) != list(table.columns):
            raise ValueError(f"Columns of {self._path.name}, table {name}, are {list(columns)}.")
        places = ", ".join("?" * len(columns))
        values = [column.to_pylist() for column in columns.values()]
        self._connection.executemany(f"insert into {name} values ({places})", zip(*values, strict=True))
        return len(values[0])

    def finish(self) -> None:
        """Index what tells of changes, and put the database into its place."""
        for name, table in self._tables.items():
            self._connection.execute(f"create index {name}_{table.cursor} on {name} ({table.cursor})")
        self._connection.execute("commit")
        self._connection.close()
        self._partial.replace(self._path)

    def close(self) -> None:
        """Drop the database if it was not finished."""
        self._connection.close()
        self._partial.unlink(missing_ok=True)


def write_csv(path: Path, columns: Columns) -> int:
    """Write a CSV file with a header and return its rows. No value of the company's CSV files needs quotes."""
    lines = [",".join(columns)]
    values = [column.to_pylist() for column in columns.values()]
    lines += [",".join("" if field is None else str(field) for field in row) for row in zip(*values, strict=True)]
    write_lines(path, lines)
    return len(lines) - 1


def write_parquet(path: Path, columns: Columns) -> None:
    """Write one Parquet file; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(dict(columns)), partial_of(path))
    partial_of(path).replace(path)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines of text; the file appears whole or not at all."""
    replace_file(path, "".join(f"{line}\n" for line in lines).encode())


def _fixed_width(prefix: str, letters: NDArray[np.uint8], present: Flags) -> Any:
    """Strings of equal length, from their letters; shape (n, width)."""
    count = len(letters)
    start = np.broadcast_to(np.frombuffer(prefix.encode(), np.uint8), (count, len(prefix)))
    joined = np.ascontiguousarray(np.concatenate([start, letters], axis=1))
    offsets = np.arange(count + 1, dtype=np.int32) * joined.shape[1]
    validity = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.string(), count, [validity, pa.py_buffer(offsets), pa.py_buffer(joined)])
