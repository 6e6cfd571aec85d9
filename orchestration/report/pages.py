"""The pages of the report, as the files in `pages/` describe them.

A page is a list of parts; a part is one question: a query on the published file, the format of each column, and how it
is shown. What is said about it, in each language, is in `texts/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.report.errors import ReportError

FOLDER = Path(__file__).resolve().parent / "pages"
# In the order of the navigation.
PAGES = ("board", "satisfaction", "journey", "marketing", "service", "sales", "data")

# What each kind of part needs to know of its columns, and what it may.
ROLES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "figures": (frozenset({"values"}), frozenset({"intervals", "n"})),
    "trend": (frozenset({"x", "y"}), frozenset({"lower", "upper", "panels", "n", "reason"})),
    "stacked": (frozenset({"x", "y", "series"}), frozenset({"n"})),
    "bridge": (frozenset({"x", "y"}), frozenset({"n"})),
    "estimates": (frozenset({"x", "y"}), frozenset({"lower", "upper", "to", "choose", "n", "reason"})),
    "bars": (frozenset({"x", "y"}), frozenset({"n", "reason"})),
    "heat": (frozenset({"row", "column", "y"}), frozenset({"n", "reason"})),
    "table": (frozenset(), frozenset({"n", "reason"})),
}
FIGURES = ("money", "count", "days", "share", "score", "coefficient", "ratio", "date", "month", "time")
# A code has a word in `texts/`; a name stays as it is; a text is a sentence of the published file.
WORDS = ("code", "name", "text")


@dataclass(frozen=True)
class Part:
    """One question of a page. The first of `tables` is the mart that it is about, whose reason it gives without rows.

    `columns` has the format of each column of the query, in order; `roles` what the columns are in a chart of the kind.
    `is_counted` says that amounts are added up, and not estimated, so that they have no interval.
    """

    page: str
    name: str
    kind: str
    tables: tuple[str, ...]
    sql: str
    columns: Mapping[str, str]
    roles: Mapping[str, Any] = field(default_factory=dict)
    is_wide: bool = False
    is_counted: bool = False

    @property
    def key(self) -> str:
        return f"{self.page}-{self.name}"

    @property
    def place(self) -> str:
        return f"part {self.name} of orchestration/report/pages/{self.page}.yml"


@dataclass(frozen=True)
class Page:
    name: str
    parts: tuple[Part, ...]


@cache
def all_pages() -> tuple[Page, ...]:
    """The pages in their order. Raises ReportError where a file of a page says what nobody understands."""
    return tuple(read_page(name, (FOLDER / f"{name}.yml").read_text(encoding="utf-8")) for name in PAGES)


def read_page(name: str, text: str) -> Page:
    described = yaml.safe_load(text)
    shared = described.get("queries", {})
    return Page(name, tuple(_part(name, part, shared) for part in described["parts"]))


def _part(page: str, described: dict[str, Any], shared: Mapping[str, str]) -> Part:
    beginnings = ", ".join(f"{name} as ({shared[name]})" for name in described.get("with", []))
    part = Part(
        page,
        described["name"],
        described["kind"],
        tuple(described["tables"]),
        f"with {beginnings}\n{described['sql']}" if beginnings else described["sql"],
        described["columns"],
        described.get("roles", {}),
        described.get("wide", False),
        described.get("counted", False),
    )
    _check(part)
    return part


def _check(part: Part) -> None:
    if part.kind not in ROLES:
        raise ReportError(f"{part.place}: the kind is {part.kind}; known are {', '.join(ROLES)}.")
    needed, permitted = ROLES[part.kind]
    if needed - set(part.roles) or set(part.roles) - needed - permitted:
        raise ReportError(f"{part.place}: {part.kind} needs the roles {sorted(needed)} and takes {sorted(permitted)}.")
    named = [name for role in part.roles.values() for name in _columns(role)]
    if strange := [name for name in named if name not in part.columns]:
        raise ReportError(f"{part.place}: no column is called {', '.join(strange)}.")
    if strange := [kind for kind in part.columns.values() if kind not in FIGURES + WORDS]:
        raise ReportError(
            f"{part.place}: no format is called {', '.join(strange)}; known are {', '.join(FIGURES + WORDS)}."
        )


def _columns(role: Any) -> list[str]:
    """The columns that a role names: one, several, groups of them, or figures with the ends of their intervals."""
    if isinstance(role, str):
        return [role]
    named = [*role, *role.values()] if isinstance(role, dict) else role
    return [name for each in named for name in _columns(each)]
