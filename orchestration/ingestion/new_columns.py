"""Columns that arrive and are not in the contract: taken as one JSON object a row, and reported.

So the lake's own columns stay the same whatever arrives: files of one table can be read together on any engine, and no
name can clash with another one. docs/decisions/0002-files-to-the-lake.md says why.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import duckdb
import pyarrow as pa

from orchestration.ingestion.bulk import literal, of_files
from orchestration.ingestion.contract import NEW_COLUMNS
from orchestration.ingestion.errors import LandingError

# A table gains a few columns at a time. More are a file of another kind, or values that stand where names should.
MOST_NEW_COLUMNS = 100
LONGEST_NAME = 200
_SHOWN = 10


def check_new_columns(where: str, names: Collection[str]) -> None:
    """Raise LandingError where the new columns `names` of `where` (a file, a table) are too many, or no names."""
    if len(names) > MOST_NEW_COLUMNS:
        # What stands where a name should, such as an address, is not told.
        told = [name for name in names if re.fullmatch(r"[^\W\d]\w*", name)]
        raise LandingError(
            f"{where}: more than {MOST_NEW_COLUMNS} columns are not in the contract ({_shown(told)}). Nothing was "
            "loaded. Look whether values stand where names should, or whether it belongs elsewhere."
        )
    for name in names:
        if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
            raise LandingError(
                f"{where}: a column is named {name[:60]!r} ({len(name):,} characters). Nothing was loaded. Deliver it "
                f"with a name of 1 to {LONGEST_NAME} characters that can be printed."
            )


def new_columns(names: Collection[str], contract: str) -> str:
    """What a reader is told of new columns, and can do; `contract` is where the contract stands."""
    return (
        f"column {_shown(names)} is not in the contract and was taken into {NEW_COLUMNS}. To make it a column of its "
        f"own, for the rows loaded already too, declare it in {contract}"
    )


def notices_of_new_columns(new: Mapping[tuple[str, ...], list[str]], contract: str) -> list[str]:
    """A notice for each set of columns that arrived but are not in the contract, by the names of the files."""
    return [of_files(new_columns(columns, contract), names) for columns, names in new.items() if columns]


def object_of(texts: Mapping[str, str]) -> str:
    """SQL of the JSON object, as text, of those of `texts` (SQL of a text by name) that are not null; null for none."""
    if not texts:
        return "null::varchar"
    members = ", ".join(f"{literal(name)}, {texts[name]}" for name in sorted(texts))
    # What is null in a patch takes a member away.
    return f"nullif(cast(json_merge_patch('{{}}', json_object({members})) as varchar), '{{}}')"


def with_objects(batch: pa.Table, declared: list[str]) -> pa.Table:
    """The `declared` columns of `batch`, all of texts, and the others as one JSON object a row."""
    others = [name for name in batch.column_names if name not in declared]
    objects: pa.Array | pa.ChunkedArray = pa.nulls(batch.num_rows, pa.string())
    if others:
        # By number: DuckDB does not tell names apart by case.
        numbers = [f"column_{number}" for number in range(len(others))]
        texts = {name: f"cast({number} as varchar)" for name, number in zip(others, numbers, strict=True)}
        with duckdb.connect() as duck:
            duck.register("batch", batch.select(others).rename_columns(numbers))
            objects = duck.sql(f"select {object_of(texts)} from batch").to_arrow_table().column(0)
    return batch.select(declared).append_column(NEW_COLUMNS, objects)


def _shown(names: Collection[str]) -> str:
    listed: Sequence[str] = list(names)
    more = f" and {len(listed) - _SHOWN:,} more" if len(listed) > _SHOWN else ""
    return ", ".join(name[:60] if name.isprintable() else repr(name[:60]) for name in listed[:_SHOWN]) + more
