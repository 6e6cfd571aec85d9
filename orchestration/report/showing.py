"""What the template shows of an answer: cells with the exact figure and its words, tables, heat maps, captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from orchestration.report.pages import WORDS, Part
from orchestration.report.reading import Answer, Version
from orchestration.report.texts import Texts

_SHADES = 6


@dataclass(frozen=True)
class Cell:
    """`value` is what the published file holds, to the last digit; None where it holds nothing, which `text` says."""

    name: str
    kind: str
    text: str
    value: str | None
    shade: int = 0

    @property
    def is_figure(self) -> bool:
        return self.kind not in WORDS

    def html(self, tag: str) -> Markup:
        """The cell as an element, with the exact figure and its format for the script that draws and writes it."""
        named = {
            "class": " ".join(
                name
                for name, holds in [
                    ("figure", self.is_figure and tag == "td"),
                    ("none", self.value is None),
                    (f"shade-{self.shade}", self.shade),
                ]
                if holds
            ),
            "scope": "row" if tag == "th" else "",
            # What the published file says in words, it says in English.
            "lang": "en" if self.kind == "text" and self.value is not None else "",
            "data-format": self.kind if self.value is not None else "",
        }
        value = {} if self.value is None else {"data-value": self.value}
        attributes = {name: text for name, text in named.items() if text} | value
        said = "".join(f' {name}="{escape(text)}"' for name, text in attributes.items())
        return Markup(f"<{tag}{said}>{escape(self.text)}</{tag}>")


@dataclass(frozen=True)
class Matrix:
    """A heat map: what the rows and columns are called, and a cell for each pair that has one."""

    columns: list[Cell]
    rows: list[tuple[list[Cell], list[Cell | None]]]
    n_name: str | None


class Shown:
    """An answer in the words of a language."""

    def __init__(self, answer: Answer, texts: Texts, version: Version) -> None:
        self.answer = answer
        self.part = answer.part
        self._texts = texts
        self._version = version

    @property
    def title(self) -> str:
        return self._said("title") or ""

    @property
    def question(self) -> str:
        return self._said("question") or ""

    @property
    def note(self) -> str | None:
        return self._said("note")

    @property
    def nothing(self) -> str | None:
        """Why there is nothing to show; None where there is something."""
        interface = self._texts.interface
        if self.answer.absent:
            return interface["absent"].format(table=self.answer.absent)
        if self.answer.rows:
            return None
        if said := self._said("good"):
            return said
        if self.answer.why_empty:
            return interface["empty"].format(reason=self.answer.why_empty)
        return self._said("lacking") or interface["no_rows"]

    @property
    def columns(self) -> list[tuple[str, str, bool]]:
        """Name, heading, and whether it holds figures, of each column; a reason stands in its figure's place."""
        return [
            (name, self._texts.column(name), kind not in WORDS)
            for name, kind in self.part.columns.items()
            if name not in self._reasons.values()
        ]

    @property
    def rows(self) -> list[list[Cell]]:
        return [[self._cell(row, name) for name, _, _ in self.columns] for row in self.answer.rows]

    @property
    def figures(self) -> list[tuple[str, Cell, tuple[Cell, Cell] | None]]:
        """Heading, figure, and the ends of its interval, of the one row of a part with figures."""
        row = self.answer.rows[0]
        intervals = self.part.roles.get("intervals", {})
        return [
            (
                self._texts.column(name),
                self._cell(row, name),
                (self._cell(row, intervals[name][0]), self._cell(row, intervals[name][1]))
                if name in intervals and row[intervals[name][0]] is not None
                else None,
            )
            for name in self.part.roles["values"]
        ]

    @property
    def matrix(self) -> Matrix:
        roles = self.part.roles
        row_name, column_name, name = roles["row"], roles["column"], roles["y"]
        shades = self._shades([row[name] for row in self.answer.rows])
        by_pair = {
            (row[row_name], row[column_name]): self._cell(row, name, shades.get(row[name], 0))
            for row in self.answer.rows
        }
        firsts = {row[row_name]: row for row in reversed(self.answer.rows)}
        columns = sorted(dict.fromkeys(row[column_name] for row in self.answer.rows), key=self._place)
        n_name = next(iter(roles.get("n", [])), None)
        return Matrix(
            [self._cell({column_name: column}, column_name) for column in columns],
            [
                (
                    [self._cell(firsts[key], each) for each in (row_name, *([n_name] if n_name else []))],
                    [by_pair.get((key, column)) for column in columns],
                )
                for key in dict.fromkeys(row[row_name] for row in self.answer.rows)
            ],
            n_name,
        )

    @property
    def counted(self) -> list[tuple[str, list[Cell]]]:
        """What the figures rest on: of each column of counts its heading, and its value, or its least and most."""
        told = []
        for name in self.part.roles.get("n", []):
            values = sorted({row[name] for row in self.answer.rows if row[name] is not None})
            ends = dict.fromkeys([*values[:1], *values[-1:]])
            told.append((self._texts.column(name), [self._cell({name: value}, name) for value in ends]))
        return told

    @property
    def interval(self) -> str | None:
        """How sure what is drawn is: its interval is shown, or it is counted, or nobody worked one out."""
        roles = self.part.roles
        if self.nothing or self.part.kind == "table":
            return None
        if "lower" in roles or "intervals" in roles:
            return self._texts.interface["interval"]
        is_counted = self.part.is_counted or self.part.columns[roles["y"]] in ("count", "days")
        return self._texts.interface["counted" if is_counted else "no_interval"]

    @property
    def roles(self) -> dict[str, Any]:
        """What the columns are in a chart, and where it has series, in which order they come."""
        series = self.part.roles.get("series")
        if series is None:
            return dict(self.part.roles)
        codes = sorted({row[series] for row in self.answer.rows}, key=self._place)
        return {**self.part.roles, "order": [self._texts.code(code, series) for code in codes]}

    @property
    def _reasons(self) -> dict[str, str]:
        """By column, which one says why it has no figure: one says so of all, unless the page tells them apart."""
        role = self.part.roles.get("reason", {})
        return role if isinstance(role, dict) else dict.fromkeys(self.part.columns, role)

    def _said(self, what: str) -> str | None:
        return self._texts.part(self.part.page, self.part.name, what)

    def _cell(self, row: dict[str, Any], name: str, shade: int = 0) -> Cell:
        value, kind = row[name], self.part.columns[name]
        if value is None:
            reason = row.get(self._reasons.get(name, ""))
            said = self._texts.code(reason) if reason else self._texts.interface["not_known"]
            return Cell(name, kind, said, None)
        exact = value.isoformat() if isinstance(value, date) else str(value)
        return Cell(name, kind, self._texts.formatted(value, kind, name, self._version.currency), exact, shade)

    def _place(self, value: Any) -> tuple[int, Any]:
        """Where a value stands among others: codes as the texts have them, all else by size."""
        order = list(self._texts.codes)
        return (order.index(value) if value in order else len(order), value)

    @staticmethod
    def _shades(values: Sequence[Any]) -> dict[Any, int]:
        """The shade of each value, 1 to 6: by its rank, so that one large value does not pale all others."""
        ranked = sorted({value for value in values if value is not None})
        return {value: 1 + place * _SHADES // len(ranked) for place, value in enumerate(ranked)}


def part_tables(parts: Sequence[Part]) -> list[tuple[str, list[str]]]:
    """The tables that parts are made of, in alphabetical order, each with the columns that are shown."""
    shown: dict[str, dict[str, None]] = {}
    for part in parts:
        for table in part.tables:
            shown.setdefault(table, {}).update(dict.fromkeys(part.columns))
    return [(table, list(columns)) for table, columns in sorted(shown.items())]
