"""Reading JSON Lines files (plain or gzip), one object a line, as text columns.

A first pass looks at the keys alone: it finds what breaks the contract before a row is written, and counts the rows of
each file. A second one writes. A value that is no text becomes its JSON text: `7`, `true`, `1e400`, `{"a":1}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingestion.bulk import (
    literal,
    literals,
    moment,
    notices_of_new_columns,
    write_in_chunks,
)
from orchestration.ingestion.contract import RawColumn
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.landing_source import NewFile, Staged, opened

# What a line may have at least: DuckDB takes some longer ones.
_LONGEST_LINE = 16 << 20


def stage_json_lines(
    files: list[NewFile], columns: list[RawColumn], contract: str, folder: Path, loaded_at: datetime
) -> Staged:
    """Read `files` into Parquet files below `folder`; see `staging.stage_files`.

    Raises LandingError for a line that is not one JSON object with each key once, and for a column of the contract
    that no line of a file has.
    """
    try:
        rows, new = _checked_keys(files, [c.name for c in columns], contract)
        select = f"select {', '.join(_quoted(c.name) for c in columns)}"
        types = "{" + ", ".join(f"{literal(c.name)}: 'varchar'" for c in columns) + "}"

        def of_chunk(chunk: list[NewFile]) -> str:
            before = 0
            lines = []
            for file in chunk:
                path, name, version = literal(file.path), literal(file.landed.name), file.landed.version
                lines.append(f"({path}, {name}, {version}::bigint, {before}::bigint)")
                before += rows[file.landed.name]
            return f"""
                {select}, file._file_name, file._file_version,
                    line._number - file._before as _file_row, {moment(loaded_at)} as _loaded_at
                from (
                    select *, row_number() over () as _number
                    from read_json(
                        {literals(file.path for file in chunk)}, columns = {types}, format = 'newline_delimited',
                        filename = '_path', hive_partitioning = false, maximum_object_size = {_LONGEST_LINE}
                    )
                ) as line
                inner join (values {", ".join(lines)}) as file (_path, _file_name, _file_version, _before) using (_path)
            """

        paths = write_in_chunks(files, folder, of_chunk)
    except duckdb.Error as error:
        raise _refusal(files, error) from None
    _check_numbering(paths, rows)
    landed = [replace(file.landed, row_count=rows[file.landed.name]) for file in files]
    return Staged(paths, landed, notices_of_new_columns(new))


def _checked_keys(
    files: list[NewFile], columns: list[str], contract: str
) -> tuple[dict[str, int], dict[tuple[str, ...], list[str]]]:
    """Rows by file name, and the names of the files by the keys they have beyond the contract."""
    by_path = {str(file.path): file for file in files}
    rows = {file.landed.name: 0 for file in files}
    keys: dict[str, dict[str, None]] = {path: {} for path in by_path}
    with duckdb.connect() as duck:
        # Nearly all lines have the keys of the first, in its order: to compare is cheaper than to collect.
        usual = _usual_keys(files[0].path) or columns
        counts = duck.execute(
            f"""
            select filename, count(*), count_if(json_keys(json) is distinct from {literals(usual)})
            from {_objects(by_path)} group by filename
            """
        ).fetchall()
        for path, count, unusual in counts:
            rows[by_path[path].landed.name] = count
            if unusual < count:
                keys[path] = dict.fromkeys(usual)
        odd = sorted(path for path, _, unusual in counts if unusual)
        found = []
        if odd:
            collect = "distinct filename, json_keys(json) as keys, json_type(json) <> 'OBJECT'"
            found = duck.execute(f"select {collect} from {_objects(odd)} order by filename, keys").fetchall()
    for path, of_line, is_no_object in found:
        if is_no_object or len(set(of_line)) < len(of_line):
            raise _refusal([by_path[path]], "a line is not a JSON object with each key once")
        keys[path].update(dict.fromkeys(of_line))
    new: dict[tuple[str, ...], list[str]] = {}
    for path, file in by_path.items():
        unknown = tuple(key for key in keys[path] if key not in columns)
        missing = [column for column in columns if column not in keys[path]]
        if missing and rows[file.landed.name]:
            hint = f" Not in the contract, perhaps the same under a new name: {', '.join(unknown)}." if unknown else ""
            raise LandingError(
                f"{path}: column {', '.join(missing)} is missing: no line has that key.{hint} Deliver the file with "
                f"its former keys (null where there is no value), or change the contract in {contract} and the "
                "staging model."
            )
        new.setdefault(unknown, []).append(file.landed.name)
    return rows, new


def _objects(paths: Iterable[str]) -> str:
    return f"""
        read_json_objects(
            {literals(paths)}, format = 'newline_delimited', filename = true, hive_partitioning = false,
            maximum_object_size = {_LONGEST_LINE}
        )
    """


def _usual_keys(path: Path) -> list[str] | None:
    """The keys of the first line of a file, if it is a line with some, each once."""
    with opened(path) as stream:
        first = stream.readline(_LONGEST_LINE)
    if _fault(first) or not first.strip():
        return None
    return list(json.loads(first)) or None


def _check_numbering(paths: Iterable[Path], rows: dict[str, int]) -> None:
    """Rows are numbered as they stand in the file; whatever would break that must not go unseen."""
    with duckdb.connect() as duck:
        wrong = duck.execute(
            f"""
            select _file_name, count(*), min(_file_row), max(_file_row)
            from read_parquet({literals(paths)}, hive_partitioning = false)
            group by _file_name
            """
        ).fetchall()
    numbered = {name: count for name, count, first, last in wrong if (first, last) == (1, count)}
    if numbered != {name: count for name, count in rows.items() if count}:
        raise LandingError("JSON Lines files changed between two readings. Nothing was loaded; run again.")


def _refusal(files: list[NewFile], error: duckdb.Error | str) -> LandingError:
    """The error that names the first line at fault, which Python looks for: DuckDB does not say."""
    named = [file for file in files if str(file.path) in str(error)]
    for file in named or files:
        fault = _first_fault(file.path)
        if fault:
            return LandingError(f"{file.path}: {fault} Nothing was loaded; mend the line and deliver the file again.")
    where = named[0].path if named else f"{files[0].path} or a file after it"
    return LandingError(f"{where}: not JSON Lines ({str(error).splitlines()[0]}). Nothing was loaded.")


def _first_fault(path: Path) -> str | None:
    with opened(path) as stream:
        for number, line in enumerate(stream, 1):
            fault = _fault(line)
            if fault:
                return f"line {number} {fault}: {line[:60].decode('utf-8', 'replace').strip()!r}."
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
    return f'line."{name}"'
