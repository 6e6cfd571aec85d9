"""What a reader finds in a file of the report: parts by name, with their cells and their words."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path


@dataclass
class Part:
    text: str = ""
    heading: str = ""
    # Of each row of the table: the cells, each with the exact figure (None where there is none) and what is written.
    rows: list[list[tuple[str | None, str]]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    def column(self, name: str) -> list[str | None]:
        return [row[self.columns.index(name)][0] for row in self.rows]

    def words(self, name: str) -> list[str]:
        return [row[self.columns.index(name)][1] for row in self.rows]


class ReadPage(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.parts: dict[str, Part] = {}
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._part: Part | None = None
        self._cell: tuple[str | None, str] | None = None
        self._in_code = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        self._in_code = tag in ("script", "style")
        if tag == "article":
            self._part = self.parts[attributes["id"] or ""] = Part()
        if self._part is None:
            return
        if tag == "tr":
            self._part.rows.append([])
        if tag == "th" and "data-column" in attributes:
            self._part.columns.append(attributes["data-column"] or "")
        if tag in ("td", "th") and attributes.get("scope") != "col":
            self._cell = (attributes.get("data-value"), "")
        if tag == "span" and (value := attributes.get("data-value")) is not None:
            self._part.figures.append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._part and self._cell:
            self._part.rows[-1].append(self._cell)
            self._cell = None
        if tag == "thead" and self._part:
            self._part.rows.clear()
        if tag == "article":
            self._part = None
        self._in_code = False

    def handle_data(self, data: str) -> None:
        if self._part and not self._in_code:
            self._part.text += data
            if self._cell:
                self._cell = (self._cell[0], self._cell[1] + data)
