"""How delimited files are written, guessed from what they hold; where they could be read otherwise, it is told."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from orchestration.ingestion.dialect import DELIMITERS, ENCODINGS, LONGEST_HEADER, PLAIN, UTF_16_MARKS, Dialect
from orchestration.ingestion.landing_source import opened
from orchestration.new_source.errors import NewSourceError

_BLOCK_BYTES = 4 << 20
# So many rows tell how fields are separated.
_ROWS_LOOKED_AT = 200
# Titles and the date of the export; what comes later is no header.
_MOST_ROWS_ABOVE = 20
# What Qualtrics writes below the names and the text of the questions.
_IMPORT_ID = '{"ImportId":'


@dataclass(frozen=True)
class Guess:
    """A dialect, and in words what of it the files do not settle."""

    dialect: Dialect
    doubts: tuple[str, ...] = ()


def guess_dialect(paths: list[Path]) -> Guess:
    """How the delimited files `paths` of one table are written; the first of them says what surrounds the header.

    Raises NewSourceError where they are written in several encodings, or in none that is known.
    """
    found: dict[str, Path] = {}
    for path in paths:
        found.setdefault(_encoding(path), path)
    # What is ASCII alone is the same in all of them but UTF-16.
    if len(found) > 1 and "utf-16" not in found:
        found.pop("ascii", None)
    if len(found) > 1:
        told = ", ".join(f"{path} {ENCODINGS.get(encoding, 'UTF-8')}" for encoding, path in found.items())
        raise NewSourceError(f"The files of one table are of several encodings: {told}. Export all of them as UTF-8.")
    encoding = next(iter(found))
    doubts = []
    if encoding == "windows-1252":
        doubts.append("bytes that are not UTF-8 are read as Windows-1252")
    encoding = "utf-8" if encoding == "ascii" else encoding
    rows_by_delimiter = _rows_by_delimiter(paths[0], encoding)
    fitting = {one: _fit(rows) for one, rows in rows_by_delimiter.items()}
    delimiter = max(fitting, key=lambda one: fitting[one])
    share, width = fitting[delimiter]
    if width < 2:
        return Guess(Dialect(encoding=encoding), tuple(doubts))
    others = [DELIMITERS[one] for one, fit in fitting.items() if one != delimiter and fit[1] > 1 and fit[0] == share]
    if others:
        doubts.append(f"its fields are separated by {DELIMITERS[delimiter]}, and could be by {', '.join(others)}")
    above, below = _around_header(rows_by_delimiter[delimiter], width)
    if above:
        doubts.append(f"its header is row {above + 1}: those above it are left out")
    return Guess(Dialect(delimiter, encoding, above, below), tuple(doubts))


def _encoding(path: Path) -> str:
    """`ascii`, or one of `ENCODINGS`: all of the file is read, as one byte decides."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_ascii = is_utf_8 = True
    with opened(path) as stream:
        block = stream.read(_BLOCK_BYTES)
        if block.startswith(UTF_16_MARKS):
            return "utf-16"
        while block:
            is_ascii = is_ascii and block.isascii()
            if is_utf_8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf_8 = False
            block = stream.read(_BLOCK_BYTES)
    return "ascii" if is_ascii else "utf-8" if is_utf_8 else "windows-1252"


def _rows_by_delimiter(path: Path, encoding: str) -> dict[str, list[list[str]]]:
    with opened(path) as stream:
        text = stream.read(LONGEST_HEADER).decode("utf-8-sig" if encoding == "utf-8" else encoding, "ignore")
    return {delimiter: list(islice(_rows(text, delimiter), _ROWS_LOOKED_AT)) for delimiter in DELIMITERS}


def _rows(text: str, delimiter: str) -> Iterable[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error:
        # A field that is too long, as of a quote that is not closed: the loader, which reads it next, says so.
        return


def _fit(rows: list[list[str]]) -> tuple[float, int]:
    """The share of rows with the commonest number of fields, where that is more than one, and that number."""
    filled = [len(row) for row in rows if row]
    counts = Counter(width for width in filled if width > 1)
    if not counts:
        return 0.0, 0
    width, count = max(counts.items(), key=lambda one: (one[1], one[0]))
    return count / len(filled), width


def _around_header(rows: list[list[str]], width: int) -> tuple[int, int]:
    """How many rows stand above the header, and how many below it explain its columns."""
    # A title may be followed by delimiters, too: of a header, most fields are filled.
    above = next((n for n, row in enumerate(rows) if len(row) == width and sum(map(bool, row)) * 2 > width), 0)
    above = above if above <= _MOST_ROWS_ABOVE else 0
    below = next(
        (n for n, row in enumerate(rows[above : above + 3]) if any(field.startswith(_IMPORT_ID) for field in row)), 0
    )
    return above, below


def call_of(dialect: Dialect) -> str:
    """The dialect as Python, with what is not plain."""
    said = {name: value for name, value in vars(dialect).items() if value != getattr(PLAIN, name)}
    # As the formatter would have it.
    return f"Dialect({', '.join(f'{name}={value!r}' for name, value in said.items())})".replace("'", '"')
