"""What may be told of a row that breaks a rule: reports of checks and logs are read by more people than the data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

# Columns whose values name a row, a source or a number of rows: keys by the names that keys have here. Everything else
# may hold a person, an address or a text, and whoever looks for it asks the warehouse.
_TOLD = re.compile(
    r"(\w+_)?(id|key|count)|n_records|(customer|line|payment)_number|invoice_no|stock_code|source_system|entity|raw_table"
)
# A key that is an address, or made of words, tells of a person all the same.
_PLAIN = re.compile(r"[A-Za-z0-9_.:|/-]{1,100}")
_OF_A_VALUE = re.compile(r"(Conversion|Invalid Input|Out of Range|Constraint) Error:")
_QUOTED = re.compile(r"(['\"]).*\1")


def told(columns: Sequence[str], row: Sequence[Any]) -> str:
    """The keys and counts in `row`, each after its column's name, in one line; empty where it has none."""
    return ", ".join(
        f"{column} {value}"
        for column, value in zip(columns, row, strict=True)
        if _TOLD.fullmatch(column) and _PLAIN.fullmatch(str(value))
    )


def examples(columns: Sequence[str], rows: Iterable[Sequence[Any]], at_most: int) -> list[str]:
    """What may be told of the first rows, each once, and of which columns nothing is: keys, counts, columns' names."""
    lines = list(dict.fromkeys(line for row in rows if (line := told(columns, row))))[:at_most]
    hidden = [column for column in columns if not _TOLD.fullmatch(column)]
    return lines + ([f"values of {', '.join(hidden)} are not shown"] if hidden else [])


def without_values(message: str) -> str:
    """`message` without the values that DuckDB quotes where one could not be read as it should."""
    return "\n".join(
        _QUOTED.sub("(a value)", line) if _OF_A_VALUE.search(line) else line for line in message.splitlines()
    )
