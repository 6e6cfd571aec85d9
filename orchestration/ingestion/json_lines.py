"""Reading JSON Lines files (plain or gzip), one object a line, as text columns.

Each line is read once, as a map of texts by key: so every key is seen, in whichever line it is. A value that is no text
becomes its JSON text: `7`, `true`, `1e400`, `{"a":1}`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingestion.bulk import literal, literals, moment, of_files, write_in_chunks
from orchestration.ingestion.contract import NEW_COLUMNS, RawColumn
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.landing_source import NewFile, Staged, opened
from orchestration.ingestion.missing_columns import Former, check_missing
from orchestration.ingestion.new_columns import MOST_NEW_COLUMNS, check_new_columns, notices_of_new_columns

# What a line may have at least: DuckDB takes some longer ones.
_LONGEST_LINE = 16 << 20


def stage_json_lines(
    files: list[NewFile],
    columns: list[RawColumn],
    contract: str,
    folder: Path,
    loaded_at: datetime,
    former: Former,
) -> Staged:
    """Read `files` into Parquet files below `folder`; see `staging.stage_files`.

    Raises LandingError for a line that is not one JSON object with each key once, and for a column of the contract
    that may be gone (see `missing_columns`).
    """
    names = [column.name for column in columns]
    usual = _first_keys(files[0])

    def of_chunk(chunk: list[NewFile]) -> str:
        return _rows(chunk, names, usual, loaded_at)

    try:
        paths = write_in_chunks(files, folder, of_chunk)
        rows = _counted_rows(paths)
        unknown = _unknown_keys(paths)
        notices = _check_missing(files, columns, paths, unknown, contract, former)
    except duckdb.Error as error:
        raise _refusal(files, error) from None
    landed = []
    new: dict[tuple[str, ...], list[str]] = {}
    for file in files:
        keys = unknown.get(file.landed.name, ())
        check_new_columns(str(file.path), keys)
        new.setdefault(keys, []).append(file.landed.name)
        landed.append(replace(file.landed, row_count=rows.get(file.landed.name, 0), new_columns=keys))
    return Staged(paths, landed, notices + notices_of_new_columns(new, contract))


def _rows(files: list[NewFile], columns: list[str], usual: list[str], loaded_at: datetime) -> str:
    """SQL of the rows of `files`, which are read in turn by one thread, and so numbered as they stand there.

    Nearly all lines have the keys `usual`, in that order: to take values by place is cheaper than by key.
    """
    lines = ", ".join(f"({literal(f.path)}, {literal(f.landed.name)}, {f.landed.version}::bigint)" for f in files)
    values = ", ".join(f"{_value(column, usual)} as {_quoted(column)}" for column in columns)
    beyond = ", ".join(f"{literal(key)}, _values[{n}]" for n, key in enumerate(usual, 1) if key not in columns)
    of_usual = f"cast(json_object({beyond}) as varchar)" if beyond else "null"
    is_new = f"lambda entry: not list_contains({literals(columns)}, entry.key)"
    of_others = f"cast(to_json(map_from_entries(list_filter(map_entries(_object), {is_new}))) as varchar)"
    return f"""
        select line.* exclude (_path, _number, _path_before), file._file_name, file._file_version,
            _number - max(case when _path is distinct from _path_before then _number - 1 end) over (
                rows between unbounded preceding and current row
            ) as _file_row,
            {moment(loaded_at)} as _loaded_at
        from (
            select *, row_number() over () as _number, lag(_path) over () as _path_before
            from (
                select {values},
                    case
                        when _is_usual then {of_usual}
                        when len(list_distinct(map_keys(_object))) < len(_values) then error('a line has a key twice')
                        else nullif({of_others}, '{{}}')
                    end as {NEW_COLUMNS},
                    _path
                from (
                    select _object, _path, map_values(_object) as _values,
                        coalesce(map_keys(_object) = {literals(usual)}, error('a line is null')) as _is_usual
                    from read_json(
                        {literals(file.path for file in files)}, columns = {{_object: 'map(varchar, varchar)'}},
                        records = false, format = 'newline_delimited', filename = '_path', hive_partitioning = false,
                        maximum_object_size = {_LONGEST_LINE}
                    )
                )
            )
        ) as line
        left join (values {lines}) as file (_path, _file_name, _file_version) using (_path)
    """


def _value(column: str, usual: list[str]) -> str:
    """SQL of a column's value."""
    by_key = f"_object[{literal(column)}]"
    if column not in usual:
        return by_key
    return f"case when _is_usual then _values[{usual.index(column) + 1}] else {by_key} end"


def _counted_rows(paths: list[Path]) -> dict[str, int]:
    """Rows by file name. They are numbered as they stand in the file; whatever would break that must not go unseen."""
    with duckdb.connect() as duck:
        counted = duck.execute(
            f"""
            select _file_name, count(*), min(_file_row), max(_file_row) from {_staged(paths)} group by _file_name
            """
        ).fetchall()
    if any(name is None or (first, last) != (1, count) for name, count, first, last in counted):
        raise LandingError("JSON Lines files were not read in order. Nothing was loaded; run again.")
    return {name: count for name, count, *_ in counted}


def _unknown_keys(paths: list[Path]) -> dict[str, tuple[str, ...]]:
    """The keys that lines have beyond the contract by file name; of more than are taken, some."""
    with duckdb.connect() as duck:
        found = duck.execute(
            f"""
            select _file_name, list(key order by key) from (
                select * from (
                    select distinct _file_name, unnest(json_keys({NEW_COLUMNS}::json)) as key
                    from {_staged(paths)} where {NEW_COLUMNS} is not null
                )
                qualify dense_rank() over (partition by _file_name order by key) <= {MOST_NEW_COLUMNS + 1}
            ) group by _file_name
            """
        ).fetchall()
    return {name: tuple(keys) for name, keys in found}


def _check_missing(
    files: list[NewFile],
    declared: list[RawColumn],
    paths: list[Path],
    unknown: dict[str, tuple[str, ...]],
    contract: str,
    former: Former,
) -> list[str]:
    """Check the keys of the contract that a file lacks, see `missing_columns`, and return a notice for those it may.

    A key is there if the first line has it, or any line a value for it. Only a file that lacks one, and may have it
    under a new name or not at all, is searched for it.
    """
    columns = [column.name for column in declared]
    required = {column.name for column in declared if column.is_required}
    first = {file.landed.name: set(_first_keys(file)) for file in files}
    unsure = {file.landed.name: file for file in files if not set(columns) <= first[file.landed.name]}
    if not unsure:
        return []
    with duckdb.connect() as duck:
        filled = duck.execute(
            f"""
            select _file_name, [{", ".join(f"count({_quoted(column)}) > 0" for column in columns)}]
            from {_staged(paths)} where list_contains({literals(unsure)}, _file_name)
            group by _file_name order by _file_name
            """
        ).fetchall()
    lacks = {
        name: [c for c, has_value in zip(columns, has_values, strict=True) if not has_value and c not in first[name]]
        for name, has_values in filled
    }
    lacks = {name: missing for name, missing in lacks.items() if missing}
    # What came beside a column is not its new name; what other files of this load have, an earlier one could have had.
    beside = {c: {key for n, keys in unknown.items() if c not in lacks.get(n, ()) for key in keys} for c in columns}
    had = set(columns) if any(file.landed.name not in unsure for file in files) else set()
    had |= {c for _, values in filled for c, has_value in zip(columns, values, strict=True) if has_value}
    mend = (
        "Deliver the file with its former keys (null where there is no value), or change the contract in "
        f"{contract} and the staging model."
    )
    told: dict[str, list[str]] = {}
    for name, missing in lacks.items():
        path, keys = unsure[name].path, unknown.get(name, ())
        known = Former(
            former.new.union(set.intersection(*(beside[column] for column in missing))),
            lambda column: column in had or former.has_value(column),
        )
        try:
            notice = check_missing(str(path), missing, keys, required, known, mend)
        except LandingError:
            # With null for a value in some line, it is neither gone nor renamed.
            gone = sorted(set(missing) - _keys(path), key=missing.index)
            if not gone:
                continue
            notice = check_missing(str(path), gone, keys, required, known, mend)
        told.setdefault(notice, []).append(name)
    return [of_files(notice, names) for notice, names in told.items()]


def _keys(path: Path) -> set[str]:
    """All keys of the lines of a file."""
    with duckdb.connect() as duck:
        keys = duck.execute(
            f"""
            select distinct unnest(json_keys(json)) from read_json_objects(
                {literals([path])}, format = 'newline_delimited', hive_partitioning = false,
                maximum_object_size = {_LONGEST_LINE}
            )
            """
        ).fetchall()
    return {key for (key,) in keys}


def _staged(paths: list[Path]) -> str:
    return f"read_parquet({literals(paths)}, hive_partitioning = false)"


def _first_keys(file: NewFile) -> list[str]:
    """The keys of the first line of a file, if SQL can name them. Raises LandingError where it is no object."""
    with opened(file.path) as stream:
        first = stream.readline(_LONGEST_LINE)
    if _fault(first):
        raise _refusal([file], "the first line is no object")
    keys = list(json.loads(first)) if first.strip() else []
    return keys if all(map(str.isprintable, keys)) else []


def _refusal(files: list[NewFile], error: duckdb.Error | str) -> LandingError:
    """The error that names the first line at fault, which Python looks for: DuckDB does not say."""
    named = [file for file in files if str(file.path) in str(error)]
    for file in named or files:
        fault = _first_fault(file.path)
        if fault:
            return LandingError(f"{file.path}: {fault} Nothing was loaded; mend the line and deliver the file again.")
    where = named[0].path if named else f"{files[0].path} or a file after it"
    # What DuckDB says may quote a line.
    why = error if isinstance(error, str) else "no line is at fault by itself"
    return LandingError(f"{where}: not JSON Lines ({why}). Nothing was loaded; deliver the file again.")


def _first_fault(path: Path) -> str | None:
    with opened(path) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE * 4), b""), 1):
            fault = _fault(line)
            if fault:
                return f"line {number} {fault}."
    return None


def _fault(line: bytes) -> str | None:
    if not line.strip():
        return None
    if line.startswith(b"\xef\xbb\xbf"):
        return "starts with a byte order mark, which JSON does not have"
    if len(line) > _LONGEST_LINE:
        return f"is {len(line):,} bytes long, and one of more than {_LONGEST_LINE:,} may not be read"
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"holds the byte 0x{line[error.start]:02X} at position {error.start + 1}, which is not UTF-8"
    twice: list[str] = []

    def each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        # Called for inner objects first, so what stays is what the line's own object says.
        names = [name for name, _ in pairs]
        twice[:] = sorted({name for name in names if names.count(name) > 1})
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=each_once, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        return f"is not a JSON object ({error})"
    if not isinstance(value, dict):
        return "is not a JSON object"
    if twice:
        return f"has the key {', '.join(twice)} more than once"
    return None


def _quoted(name: str) -> str:
    return f'"{name}"'
