"""What the report says, one file a language (`texts/<language>.yml`), and numbers as that language writes them.

A browser writes the numbers anew, as its reader's locale does; these are for whoever reads without scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "texts"
# The first is the language of index.html, and of all that the published tables say of themselves.
LANGUAGES = ("en", "de")

_DECIMALS = {"count": 0, "days": 0, "share": 1, "score": 1, "coefficient": 3, "ratio": 1}


@dataclass(frozen=True)
class Texts:
    """One language.

    `codes` are what stands for the codes of columns, in the order in which charts show them; where one means something
    else in a column, that column is named: `questionnaire.csat`.
    """

    language: str
    interface: Mapping[str, str]
    columns: Mapping[str, str]
    codes: Mapping[str, str]
    pages: Mapping[str, Any]
    thousands: str
    decimal: str

    def column(self, name: str) -> str:
        return self.columns[name]

    def code(self, value: str, column: str = "") -> str:
        """What stands for a code of a column; one that no file of texts knows speaks for itself."""
        known = self.codes.get(f"{column}.{value}") or self.codes.get(value)
        return known or value.replace("_", " ")

    def part(self, page: str, part: str, what: str) -> str | None:
        said: str | None = self.pages[page]["parts"][part].get(what)
        return said

    def number(self, value: Decimal | int | float, decimals: int) -> str:
        written = f"{value:,.{decimals}f}"
        return written.translate(str.maketrans(",.", self.thousands + self.decimal))

    def formatted(self, value: Any, kind: str, column: str, currency: str) -> str:
        """`value` of a column, which is not null, in words."""
        if kind == "code":
            return self.code(str(value), column)
        if kind == "month" and isinstance(value, date):
            return f"{value:%Y-%m}"
        if kind == "time" and isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M} UTC"
        if kind in ("date", "name", "text"):
            return str(value)
        if kind == "money":
            return f"{self.number(value, 2 if 0 < abs(value) < 100 else 0)} {currency}"
        if kind == "share":
            return f"{self.number(value * 100, _DECIMALS[kind])} %"
        return self.number(value, _DECIMALS[kind])


@cache
def read_texts(language: str) -> Texts:
    said = yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    return Texts(language, **said)
