"""The published tables as Parquet. A file that would hold what it held in the version before is that file, by a link.

A table is one file; one that says by which column its rows have their time is a folder with a file a month, as of past
months little changes. What a file holds stands in its metadata, as a fingerprint of its rows (docs/decisions/0070).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.publishing.public_models import PublicModel

_FINGERPRINT = "fingerprint"
# How a file is written: raised where the same rows become another file.
_FORM = 1
# Rows that are sorted at once, some 0.5 GB of the timeline: months share a reading of the table up to here.
_ROWS_AT_ONCE = 2_000_000
# Rows without a time, and the columns of a table that has no rows.
_NO_MONTH = "no_month"


@dataclass(frozen=True)
class Shareable:
    """The Parquet files of a version, by their path in its `folder`, each with its fingerprint."""

    folder: Path
    fingerprints: Mapping[str, str]


def shareable(connection: duckdb.DuckDBPyConnection, folder: Path | None) -> Shareable:
    """What the version in `folder` could share; nothing where there is none, or where a file of it cannot be read."""
    files = sorted(folder.rglob("*.parquet")) if folder else []
    if folder is None or not files:
        return Shareable(Path(), {})
    try:
        told = connection.execute(
            "select file_name, decode(value) from parquet_kv_metadata(?) where decode(key) = ?",
            [[str(file) for file in files], _FINGERPRINT],
        ).fetchall()
    except duckdb.Error:
        return Shareable(folder, {})
    return Shareable(folder, {str(Path(name).relative_to(folder)): value for name, value in told})


def write_table(
    connection: duckdb.DuckDBPyConnection,
    model: PublicModel,
    types: Mapping[str, str],
    folder: Path,
    before: Shareable,
) -> None:
    """Write the table of `model` in the attached database `target` below `folder`, or share what `before` has of it.

    Decimals become doubles, which data frames read as numbers; the metadata has the descriptions.
    """
    changed = []
    for part in _parts(connection, model, types):
        path = folder / part.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if before.fingerprints.get(part.name) == part.fingerprint:
            _share(before.folder / part.name, path)
        else:
            changed.append(part)
    for batch in _batches(changed):
        relation = f"target.{model.relation}"
        if model.month_column:
            # Else each month would read the whole table, whose rows stand in another order.
            conditions = " or ".join(f"({part.condition})" for part in batch)
            order = f"{_quoted(model.month_column)}, {_quoted(next(iter(types)))}"
            connection.execute(
                f"create or replace temp table months as from {relation} where {conditions} order by {order}"
            )
            relation = "months"
        for part in batch:
            told = {**_told(model), _FINGERPRINT: part.fingerprint}
            metadata = ", ".join(f"{name}: {literal(text)}" for name, text in told.items())
            connection.execute(
                f"copy (select {_numbers(types)} from {relation} where {part.condition})"
                f" to {literal(folder / part.name)} (format parquet, compression zstd, kv_metadata {{{metadata}}})"
            )
            _flush(folder / part.name)
        connection.execute("drop table if exists months")


def rows_of(connection: duckdb.DuckDBPyConnection, model: PublicModel, folder: Path) -> int:
    """How many rows the files of `model` below `folder` say that they hold."""
    path = folder / model.schema / model.name
    files = sorted(path.glob("*.parquet")) if model.month_column else [path.with_suffix(".parquet")]
    ((rows,),) = connection.execute(
        "select sum(num_rows)::bigint from parquet_file_metadata(?)", [[str(file) for file in files]]
    ).fetchall()
    return int(rows)


@dataclass(frozen=True)
class _Part:
    """A file: its path in the version, which rows it holds and how many, and what tells whether it is another one."""

    name: str
    condition: str
    rows: int
    fingerprint: str


def _parts(connection: duckdb.DuckDBPyConnection, model: PublicModel, types: Mapping[str, str]) -> Iterator[_Part]:
    month = f"cast(date_trunc('month', {_quoted(model.month_column)}) as date)" if model.month_column else "null"
    counted = connection.execute(
        f"""
        select month, count(*), bit_xor(row_hash), cast(sum(cast(row_hash as hugeint)) as varchar)
        from (
            select {month} as month, hash({", ".join(map(_quoted, types))}) as row_hash from target.{model.relation}
        )
        group by month order by month nulls last
        """
    ).fetchall()
    for first_day, count, *hashes in counted or [(None, 0)]:
        # The version of DuckDB, as its hashes and what it writes may change with it.
        content = [_FORM, duckdb.__version__, _told(model), list(types.items()), model.month_column, count, *hashes]
        fingerprint = hashlib.md5(json.dumps(content).encode(), usedforsecurity=False).hexdigest()
        yield _Part(_name(model, first_day), _condition(model, first_day), count, fingerprint)


def _batches(parts: list[_Part]) -> Iterator[list[_Part]]:
    """The parts in their order, as many at a time as have no more rows together than are sorted at once."""
    batch: list[_Part] = []
    for part in parts:
        if batch and sum(each.rows for each in batch) + part.rows > _ROWS_AT_ONCE:
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch


def _name(model: PublicModel, first_day: date | None) -> str:
    if model.month_column is None:
        return f"{model.schema}/{model.name}.parquet"
    return f"{model.schema}/{model.name}/{f'{first_day:%Y-%m}' if first_day else _NO_MONTH}.parquet"


def _condition(model: PublicModel, first_day: date | None) -> str:
    if model.month_column is None:
        return "true"
    time = _quoted(model.month_column)
    if first_day is None:
        return f"{time} is null"
    return f"{time} >= date '{first_day}' and {time} < date '{first_day}' + interval 1 month"


def _numbers(types: Mapping[str, str]) -> str:
    """All columns, decimals as doubles."""
    doubles = ", ".join(
        f"cast({_quoted(name)} as double) as {_quoted(name)}"
        for name, kind in types.items()
        if kind.startswith("DECIMAL")
    )
    return f"* replace ({doubles})" if doubles else "*"


def _told(model: PublicModel) -> dict[str, str]:
    return {"description": model.description, "column_descriptions": json.dumps(model.column_descriptions)}


def _share(file: Path, path: Path) -> None:
    """Give `file` the name `path` as well; copy it where the file system cannot, or another group is to read it."""
    if file.stat().st_gid == path.parent.stat().st_gid:
        try:
            os.link(file, path)
        except OSError:
            pass  # not the same file system, or one without links
        else:
            return
    shutil.copyfile(file, path)


def _flush(path: Path) -> None:
    """To the disk: a later version takes the file for what its metadata says."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return f'"{name}"'
