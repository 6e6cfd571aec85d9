"""Reading Parquet files: typed columns, held against the types of the contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingestion.bulk import (
    literal,
    literals,
    moment,
    write_in_chunks,
)
from orchestration.ingestion.contract import NEW_COLUMNS, RawColumn
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.landing_source import NewFile, Staged
from orchestration.ingestion.new_columns import check_new_columns, notices_of_new_columns, object_of

# Times in the lake are marked as UTC: dlt would write each file anew to mark them.
_SQL_TYPES = {"string": "varchar", "timestamp": "timestamptz"}
# What DuckDB adds to the columns of a file.
_PATH = "_landing_path"
_ADDED = (_PATH, "file_row_number")


def stage_parquet(
    files: list[NewFile], columns: list[RawColumn], contract: str, folder: Path, loaded_at: datetime
) -> Staged:
    """Read `files` into Parquet files below `folder`; see `staging.stage_files`.

    Times with a time zone become UTC, and times without one are UTC.
    Raises LandingError for a damaged file, a missing column, another type.
    """
    landed = []
    new: dict[tuple[str, ...], list[str]] = {}
    # Files that DuckDB can read as one relation: the same version and the same types.
    alike: dict[tuple[int, tuple[str, ...], tuple[tuple[str, pa.DataType], ...]], list[NewFile]] = {}
    for file in files:
        schema, rows = _schema(file.path)
        unknown = tuple(name for name in schema.names if name not in {c.name for c in columns})
        types = _checked_types(file.path, schema, columns, unknown, contract)
        beyond = tuple((name, schema.field(name).type) for name in sorted(unknown))
        alike.setdefault((file.landed.version, types, beyond), []).append(file)
        new.setdefault(unknown, []).append(file.landed.name)
        landed.append(replace(file.landed, row_count=rows, new_columns=unknown))
    paths: list[Path] = []
    of_contract = ", ".join(
        f'cast("{c.name}" as {_SQL_TYPES.get(c.data_type, c.data_type)}) as "{c.name}"' for c in columns
    )
    for (version, _, beyond), group in alike.items():
        selected = f"{of_contract}, {object_of({name: _text(name, of) for name, of in beyond})} as {NEW_COLUMNS}"
        # The name is what is left of the path below the source's folder.
        above = len(str(group[0].path)) - len(group[0].landed.name)

        def of_chunk(chunk: list[NewFile], selected: str = selected, version: int = version, above: int = above) -> str:
            return f"""
                select {selected}, substr({_PATH}, {above + 1}) as _file_name, {version}::bigint as _file_version,
                    file_row_number + 1 as _file_row, {moment(loaded_at)} as _loaded_at
                from read_parquet(
                    {literals(file.path for file in chunk)}, filename = '{_PATH}', file_row_number = true,
                    hive_partitioning = false
                )
            """

        try:
            paths += write_in_chunks(group, folder, of_chunk, first=len(paths))
        except duckdb.Error as error:
            raise _refusal(group, error) from None
    written = sum(pq.read_metadata(path).num_rows for path in paths)
    if written != sum(file.row_count for file in landed):
        raise LandingError(
            f"{files[0].path} or a file after it: {written:,} rows were read where the files say they hold "
            f"{sum(file.row_count for file in landed):,}. Nothing was loaded; deliver them again."
        )
    return Staged(paths, landed, notices_of_new_columns(new, contract))


def _schema(path: Path) -> tuple[pa.Schema, int]:
    try:
        with pq.ParquetFile(path) as parquet:
            return parquet.schema_arrow, parquet.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from error


def _checked_types(
    path: Path, schema: pa.Schema, columns: list[RawColumn], unknown: tuple[str, ...], contract: str
) -> tuple[str, ...]:
    """The types of the contract's columns in this file, if it has all of them, once, as the contract says."""
    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        raise LandingError(f"{path}: column {', '.join(twice)} is there more than once. Deliver it once.")
    missing = [c.name for c in columns if c.name not in schema.names]
    if missing:
        hint = f" Not in the contract, perhaps the same under a new name: {', '.join(unknown)}." if unknown else ""
        raise LandingError(
            f"{path}: column {', '.join(missing)} is missing.{hint} "
            f"Deliver the file with its former columns, or change the contract in {contract} and the staging model."
        )
    types = []
    for column in columns:
        arrived = schema.field(column.name).type
        if not _fits(arrived, column.data_type):
            raise LandingError(
                f"{path}: column {column.name} arrives as {arrived}; the contract says {column.data_type}. "
                f"Deliver it as {column.data_type}, or change the contract in {contract} and the staging model."
            )
        types.append(str(arrived))
    check_new_columns(str(path), unknown)
    # DuckDB does not tell names apart by case.
    seen = {name.lower(): name for name in _ADDED}
    for name in schema.names:
        other = seen.setdefault(name.lower(), name)
        if other != name or other in _ADDED:
            why = "is a name of the reader's own" if other in _ADDED else f"and {other} differ by case alone"
            raise LandingError(f"{path}: column {name} {why}. Nothing was loaded. Deliver it under another name.")
    return tuple(types)


def _text(name: str, arrived: pa.DataType) -> str:
    """SQL of a new column as text: a time in UTC, without its zone as staging takes it; what is nested as JSON."""
    column = '"' + name.replace('"', '""') + '"'
    if pa.types.is_timestamp(arrived) and arrived.tz:
        return f"cast(cast({column} as timestamptz)::timestamp as varchar)"
    if pa.types.is_nested(arrived):
        return f"cast(to_json({column}) as varchar)"
    return f"cast({column} as varchar)"


def _fits(arrived: pa.DataType, wanted: str) -> bool:
    """Whether every value of the type `arrived` is one of the contract's type."""
    if pa.types.is_null(arrived):
        # What a writer makes of a column without any value.
        return True
    if pa.types.is_dictionary(arrived):
        return _fits(arrived.value_type, wanted)
    kinds = {
        "string": pa.types.is_string(arrived) or pa.types.is_large_string(arrived),
        "timestamp": pa.types.is_timestamp(arrived),
        "double": pa.types.is_floating(arrived),
        "bigint": pa.types.is_integer(arrived) and arrived != pa.uint64(),
        "boolean": pa.types.is_boolean(arrived),
        "date": pa.types.is_date(arrived),
    }
    return bool(kinds.get(wanted, False))


def _refusal(files: list[NewFile], error: duckdb.Error) -> LandingError:
    """The error that names the file at fault: the first that DuckDB cannot read by itself."""
    for file in files:
        try:
            with duckdb.connect() as duck:
                duck.execute(f"copy (from read_parquet({literal(file.path)})) to '/dev/null' (format parquet)")
        except duckdb.Error as of_file:
            return _damaged(file.path, of_file)
    return LandingError(f"{files[0].path} or a file after it: {str(error).splitlines()[0]} Nothing was loaded.")


def _damaged(path: Path, error: Exception) -> LandingError:
    return LandingError(
        f"{path}: the Parquet file is cut off or damaged ({str(error).splitlines()[0].rstrip('.')}). "
        "Deliver the whole file again; nothing was loaded."
    )
