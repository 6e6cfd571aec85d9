"""What lies in a folder: its tables, and of each column what its values are like.

Files are read by the loader itself, so that a name or a value is here what it will be in the lake, and a file that it
would refuse is refused now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ingestion.bulk import literals
from orchestration.ingestion.contract import RawColumn
from orchestration.ingestion.delimited_files import header_names
from orchestration.ingestion.dialect import PLAIN, Dialect
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import LandedFile
from orchestration.ingestion.landing_source import NewFile
from orchestration.ingestion.staging import stage_files
from orchestration.new_source.dialects import Guess, guess_dialect
from orchestration.new_source.errors import NewSourceError

_DELIMITED = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".zip")
_SUFFIXES = (*_DELIMITED, ".jsonl.gz", ".jsonl", ".parquet")
# A name that the contract, and SQL without quotes, can take.
_PLAIN = r"[a-z_][a-z0-9_]*"
# Share of a column's values that have to fit for it to be of a kind: the rest are slips, which a row rule sets aside.
_FITTING_SHARE = 0.95
# A column with at most so many different values holds words of a list.
MOST_WORDS = 40
_LAKE_TYPES = {
    "BIGINT": "bigint", "INTEGER": "bigint", "SMALLINT": "bigint", "TINYINT": "bigint", "DOUBLE": "double",
    "FLOAT": "double", "BOOLEAN": "boolean", "DATE": "date",
}  # fmt: skip
# By kind, what a text of that kind looks like; the first that fits counts. `whole` is a whole number with a point.
_ISO_DAY = "[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK = "([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,9})?)?"
_OFFSET = "(Z| ?UTC|[+-][0-9]{2}(:?[0-9]{2})?)"
DAY_FIRST_OR_MONTH_FIRST = "[0-9]{1,2}[./-][0-9]{1,2}[./-][1-9][0-9]{3}"
# What groups thousands beside a comma or a point: a blank, as wide as it may be, and an apostrophe.
_GROUPING = " \u00a0\u202f\u2019\\x27"
_PATTERNS = {
    "integer": "[+-]?[0-9]{1,18}",
    "whole": "[+-]?[0-9]{1,14}[.]0+",
    "number": "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?",
    "comma_number": f"[+-]?([0-9]{{1,3}}([.{_GROUPING}][0-9]{{3}})+|[0-9]+)(,[0-9]+)?",
    "grouped_number": f"[+-]?[0-9]{{1,3}}([,{_GROUPING}][0-9]{{3}})+([.][0-9]+)?",
    "boolean": "(?i)(true|false|t|f)",
    "offset_time": f"{_ISO_DAY}[ T]{_CLOCK}{_OFFSET}",
    "time": f"{_ISO_DAY}([ T]{_CLOCK}{_OFFSET}?)?",
    "turned_time": f"({DAY_FIRST_OR_MONTH_FIRST}|{_ISO_DAY})([ T]{_CLOCK})?",
}
# Kinds that a wider kind takes in: `7` and `7.0` are numbers, too.
_WITHIN = {"whole": ("integer",), "number": ("integer", "whole"), "comma_number": ("integer",),
           "grouped_number": ("integer", "whole", "number")}  # fmt: skip
_NUMBERS = ("number", "comma_number", "grouped_number")
# 1.234 or 1,234 may be a thousand and more, or one and something.
_EITHER = "[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}"
_EITHER_BY_POINT = "[+-]?[1-9][0-9]{0,2}[.][0-9]{3}"
# Two marks say which of them groups thousands.
_GROUPED = f"[+-]?[0-9]{{1,3}}([.,{_GROUPING}][0-9]{{3}})+([.,][0-9]+|[.,{_GROUPING}][0-9]{{3}})"


@dataclass(frozen=True)
class Column:
    """A column of a raw table.

    `kind` is one of integer, whole (`4.0`), number, boolean, time, offset_time, text. A number is written with a
    decimal comma, with groups of thousands, or a day's parts in the order `day_order` (dmy, mdy), where the attributes
    say so. `lowest` and `highest` are told of numbers and times, `words` of columns with few values.
    """

    name: str
    header: str
    data_type: str
    kind: str
    filled_count: int
    distinct_count: int
    lowest: str | None = None
    highest: str | None = None
    words: tuple[str, ...] = ()
    longest: int = 0
    has_marks: bool = False
    has_decimal_comma: bool = False
    has_groups: bool = False
    # Whether a value says what the mark of 1.234 is.
    is_mark_sure: bool = True
    day_order: str | None = None
    is_day_order_sure: bool = True
    # File and row of the first value that is not of the kind, and how many there are.
    misfit: str | None = None
    misfit_count: int = 0

    @property
    def is_typed(self) -> bool:
        """Whether the file itself has a type for it, so that there is nothing to cast."""
        return self.data_type != "string"


@dataclass(frozen=True)
class Table:
    """A raw table: the files that `pattern` names, which have the same columns, and are written in one dialect.

    `doubts` say of the dialect what the files do not settle.
    """

    name: str
    pattern: str
    columns: tuple[Column, ...]
    row_count: int
    # Names that the contract cannot hold; they arrive in `_new_columns`.
    left_out: tuple[str, ...] = ()
    rows: Path | None = None
    dialect: Dialect = PLAIN
    doubts: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    def distinct_count(self, *columns: str) -> int:
        """How many different combinations of values these columns have, rows with a null in one left out."""
        listed = ", ".join(columns)
        whole = " and ".join(f"{column} is not null" for column in columns)
        return int(_asked(f"select count(*) from (select distinct {listed} from '{self.rows}' where {whole})")[0][0])


def inspect(folder: Path, work: Path) -> list[Table]:
    """The tables of `folder`, by name; what the loader makes of their files is kept below `work`.

    Raises NewSourceError where there is none, or the loader would refuse a file, with its message.
    """
    if not folder.is_dir():
        raise NewSourceError(f"{folder}: no such folder. FROM names the folder that holds the source's files.")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    taken = [path for path in files if path.name.endswith(_SUFFIXES)]
    if not taken:
        there = f"{files[0].relative_to(folder)} is there. " if files else "The folder is empty. "
        raise NewSourceError(
            f"{folder}: no file ends in {', '.join(_SUFFIXES)}. {there}Export the tables as one of these; of a "
            "spreadsheet, each sheet as CSV (UTF-8)."
        )
    groups: dict[str, list[Path]] = {}
    for path in taken:
        groups.setdefault(_table_name(path.relative_to(folder).as_posix()), []).append(path)
    try:
        return [_inspected(name, paths, folder, work) for name, paths in sorted(groups.items())]
    except LandingError as error:
        raise NewSourceError(f"{error} (make new-source reads files as the loader does.)") from error


def _table_name(path: str) -> str:
    """Files whose names differ by digits alone (`orders_2024-01.csv`) are one table."""
    stem = re.sub(r"(\.csv|\.tsv|\.jsonl|\.parquet)?(\.gz|\.zip)?$", "", path)
    words = re.findall(r"[a-z]+", _without_accents(stem).lower())
    return "_".join(words) or "rows"


def _without_accents(text: str) -> str:
    for letter, written in {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}.items():
        text = text.replace(letter, written)
    return text


def _inspected(name: str, paths: list[Path], folder: Path, work: Path) -> Table:
    names = [path.relative_to(folder).as_posix() for path in paths]
    pattern = names[0] if len(names) == 1 else re.sub(r"[0-9][0-9_.-]*(?=.*\.)", "*", names[0])
    strays = [other for other in names if not Path(other).match(pattern)]
    if strays:
        raise NewSourceError(
            f"{folder / strays[0]} and {paths[0]} have names that differ by digits alone, and no pattern takes both. "
            "Rename one of them."
        )
    guess = guess_dialect(paths) if paths[0].name.endswith(_DELIMITED) else Guess(PLAIN)
    headers, left_out = _declared(paths[0], guess.dialect)
    declared = [RawColumn(column, data_type, None) for column, (_, data_type) in headers.items()]
    new = [
        NewFile(path, LandedFile(name, file, 1, "", 0, 0, row_count=0), is_repeated=False)
        for path, file in zip(paths, names, strict=True)
    ]
    staged = stage_files(
        new, declared, "its first file", work / name, datetime(2000, 1, 1, tzinfo=UTC), dialect=guess.dialect
    )
    rows = work / f"{name}.parquet"
    _asked(f"copy (select * from read_parquet({literals(staged.paths)})) to '{rows}' (format parquet)")
    count = int(_asked(f"select count(*) from '{rows}'")[0][0])
    columns = _columns(headers, rows, guess.dialect)
    return Table(name, pattern, columns, count, left_out, rows, guess.dialect, guess.doubts)


def _declared(path: Path, dialect: Dialect) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    """By name in the lake, header and type of the columns of a file; and the names that no contract can hold."""
    if path.name.endswith(".parquet"):
        found = {
            str(name): _LAKE_TYPES.get(str(type_), "timestamp" if "TIMESTAMP" in type_ else _decimal(str(type_)))
            for name, type_, *_ in _asked(f"describe select * from read_parquet({literals([path])})")
        }
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        found = dict.fromkeys(_keys_of(path), "string")
    else:
        return {name: (header, "string") for name, header in header_names(path, dialect).items()}, ()
    plain = {name: (name, type_) for name, type_ in found.items() if re.fullmatch(_PLAIN, name)}
    if not plain:
        raise NewSourceError(
            f"{path}: no column has a plain name (small letters, digits, _). Deliver it under such names."
        )
    return plain, tuple(name for name in found if name not in plain)


def _keys_of(path: Path) -> list[str]:
    """The keys of all objects of a file of JSON Lines, in the order in which they first come."""
    lines = (
        f"read_json({literals([path])}, columns = {{o: 'map(varchar, varchar)'}}, records = false, "
        "format = 'newline_delimited')"
    )
    try:
        found = _asked(
            f"select key from (select unnest(map_keys(o)) as key, n, generate_subscripts(map_keys(o), 1) as place "
            f"from (select o, row_number() over () as n from {lines})) group by key order by min(n), min(place), key"
        )
    except duckdb.Error:
        # The loader, which reads it next, says which line it is.
        return []
    return [str(key) for (key,) in found]


def _decimal(type_: str) -> str:
    return type_.lower().replace(",", ", ") if type_.startswith("DECIMAL") else "string"


def _columns(headers: dict[str, tuple[str, str]], rows: Path, dialect: Dialect) -> tuple[Column, ...]:
    """What each column is like. Where 1.234 may be either, other columns say it, then the delimiter."""
    has_comma = dialect.delimiter == ";"
    found = {name: _column(name, *one, rows, has_comma) for name, one in headers.items()}
    sure = [column for column in found.values() if column.is_mark_sure and column.has_marks]
    if sure and all(column.has_decimal_comma != has_comma for column in sure):
        unsure = [name for name, column in found.items() if not column.is_mark_sure]
        found |= {name: _column(name, *headers[name], rows, not has_comma) for name in unsure}
    return tuple(found.values())


def _column(name: str, header: str, data_type: str, rows: Path, has_comma: bool) -> Column:
    with duckdb.connect() as values:
        # A value once, with the first row that has it: columns of few values are looked at in no time.
        values.execute(
            f"create table v as select {name} as value, cast({name} as varchar) as text, count(*) as n, "
            f"min({{file: _file_name, row: _file_row}}) as place from '{rows}' where {name} is not null group by all"
        )
        filled, distinct, longest = values.execute("select sum(n), count(*), max(length(text)) from v").fetchall()[0]
        kind, misfits = _kind(values, filled) if data_type == "string" else (_typed_kind(data_type), 0)
        is_text_of_numbers = data_type == "string" and kind in (*_NUMBERS, "whole")
        marks = _marks(values) if is_text_of_numbers else _Marks()
        if not marks.is_sure:
            kind = _kind_by_context(kind, marks, has_comma)
            misfits = _row_count(values, f"not ({_fits(kind)})")
        has_groups = marks.has_groups or not marks.is_sure
        order, is_sure = _day_order(values) if kind == "turned_time" else (None, True)
        misfit = None
        fits = _fits(kind) if kind in _PATTERNS else "true"
        if kind == "comma_number" and not has_groups:
            fits += f" and not regexp_full_match(text, '{_EITHER_BY_POINT}')"
            misfits = _row_count(values, f"not ({fits})")
        if "time" in kind and data_type == "string":
            # 30 February looks like a day.
            misfits = _row_count(values, f"{_value(kind, order)} is null")
        if misfits:
            is_none = f"{_value(kind, order)} is null" if "time" in kind else f"not ({fits})"
            place = values.execute(f"select min(place) from v where {is_none}").fetchall()[0][0]
            misfit = f"{place['file']}, row {place['row']}"
        lowest, highest = _bounds(values, kind, order)
        words: tuple[str, ...] = ()
        if distinct <= MOST_WORDS:
            words = tuple(str(text) for (text,) in values.execute("select text from v order by text").fetchall())
    return Column(
        name,
        header,
        data_type,
        kind="time" if kind == "turned_time" else "number" if kind in _NUMBERS else kind,
        filled_count=int(filled or 0),
        distinct_count=distinct,
        lowest=lowest,
        highest=highest,
        words=words,
        longest=longest or 0,
        has_marks=marks.has_marks,
        has_decimal_comma=kind == "comma_number",
        has_groups=kind in ("comma_number", "grouped_number") and has_groups,
        is_mark_sure=marks.is_sure,
        day_order=order,
        is_day_order_sure=is_sure,
        misfit=misfit,
        misfit_count=misfits,
    )


@dataclass(frozen=True)
class _Marks:
    """Which marks the numbers of a column have (any, points, groups), and whether they say what they are."""

    has_marks: bool = False
    has_points: bool = False
    has_groups: bool = False
    is_sure: bool = True


def _marks(values: duckdb.DuckDBPyConnection) -> _Marks:
    either, settled, points, grouped = values.execute(
        f"""
        select count(*) filter (is_either), count(*) filter (not is_either and regexp_matches(text, '[.,]')),
            count(*) filter (contains(text, '.')), count(*) filter (regexp_full_match(text, '{_GROUPED}'))
        from (select text, regexp_full_match(text, '{_EITHER}') as is_either from v)
        """
    ).fetchall()[0]
    return _Marks(either + settled > 0, points > 0, grouped > 0, is_sure=settled > 0 or not either)


def _kind_by_context(kind: str, marks: _Marks, has_comma: bool) -> str:
    """The kind of numbers that may be either, in a table that has decimal commas or has none."""
    if has_comma:
        return "comma_number"
    if not marks.has_points:
        return "grouped_number"
    return kind if kind == "whole" else "number"


def _row_count(values: duckdb.DuckDBPyConnection, condition: str) -> int:
    return int(values.execute(f"select coalesce(sum(n), 0) from v where {condition}").fetchall()[0][0])


def _typed_kind(data_type: str) -> str:
    if data_type in ("timestamp", "date"):
        return "time"
    return {"bigint": "integer", "boolean": "boolean"}.get(data_type, "number")


def _kind(values: duckdb.DuckDBPyConnection, filled: int | None) -> tuple[str, int]:
    """The kind that most values are of, the narrowest of equals, and how many are not; text where too few are."""
    if not filled:
        return "text", 0
    counted = ", ".join(f"coalesce(sum(n) filter ({_fits(kind)}), 0)" for kind in _PATTERNS)
    counts = dict(zip(_PATTERNS, values.execute(f"select {counted} from v").fetchall()[0], strict=True))
    kind = max(counts, key=lambda one: counts[one])
    if kind in _NUMBERS and not values.execute("select 1 from v where regexp_matches(text, '[.,]') limit 1").fetchall():
        # Digits in groups and no decimals: a telephone number, as like as not.
        return "text", 0
    return (kind, int(filled - counts[kind])) if counts[kind] >= _FITTING_SHARE * filled else ("text", 0)


def _fits(kind: str) -> str:
    pattern = "|".join(f"({_PATTERNS[one]})" for one in (kind, *_WITHIN.get(kind, ())))
    return f"regexp_full_match(text, '{pattern}')"


def _day_order(values: duckdb.DuckDBPyConnection) -> tuple[str, bool]:
    """Whether days are written day first or month first, by parts beyond 12; a dot means day first where none is."""
    first, second, dotted = values.execute(
        """
        select count(*) filter (try_cast(a as int) > 12), count(*) filter (try_cast(b as int) > 12),
            count(*) filter (contains(text, '.'))
        from (
            select text, regexp_extract(text, '^([0-9]{1,2})[./-]([0-9]{1,2})[./-][1-9][0-9]{3}', 1) as a,
                regexp_extract(text, '^([0-9]{1,2})[./-]([0-9]{1,2})[./-][1-9][0-9]{3}', 2) as b
            from v
        )
        """
    ).fetchall()[0]
    if first == second:
        return ("dmy" if dotted else "mdy"), False
    return ("dmy" if first > second else "mdy"), min(first, second) == 0


def _value(kind: str, order: str | None) -> str:
    """SQL of a text of that kind as a number or a day; null where it is none."""
    formats = ["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y"] if order == "dmy" else ["%m.%d.%Y", "%m/%d/%Y", "%m-%d-%Y"]
    day = "split_part(replace(text, 'T', ' '), ' ', 1)"
    return {
        "comma_number": f"try_cast(replace({_ungrouped('.')}, ',', '.') as decimal(38, 4))",
        "grouped_number": f"try_cast({_ungrouped(',')} as decimal(38, 4))",
        "turned_time": f"cast(try_strptime({day}, {[*formats, '%Y-%m-%d']}) as date)",
        "time": f"try_cast({day} as date)",
        "offset_time": f"try_cast({day} as date)",
    }.get(kind, "try_cast(text as decimal(38, 4))")


def _ungrouped(mark: str) -> str:
    return f"regexp_replace(text, '[{mark}{_GROUPING}]', '', 'g')"


def _bounds(values: duckdb.DuckDBPyConnection, kind: str, order: str | None) -> tuple[str | None, str | None]:
    if kind in ("text", "boolean"):
        return None, None
    value = _value(kind, order)
    found = values.execute(f"select cast(min({value}) as varchar), cast(max({value}) as varchar) from v").fetchall()[0]
    lowest, highest = (re.sub(r"[.]0+$", "", bound) if bound else None for bound in found)
    return lowest, highest


def _asked(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()
