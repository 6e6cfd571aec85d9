"""Why a published table has no rows, in words: told from dbt's lineage, the models' SQL and the sources that are on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from orchestration.bounded_memory import connect

# What `staged_columns` notes in the meta of a model that reads an entity.
_READS = "reads_"

IsEmpty = Callable[[str], bool]


@dataclass(frozen=True)
class Reading:
    """Where the rows of one relation come from: SQL, with the entities of sources in it, or a computation in Python.

    `limits` are the vars that the model asks for, in words.
    """

    sql: str = ""
    entities: tuple[str, ...] = ()
    computed_from: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lineage:
    """Where all relations (`schema.table`) take their rows from, which entities each source feeds, and which are on."""

    readings: Mapping[str, Reading]
    feeds: Mapping[str, Iterable[str]]
    sources: tuple[str, ...]


def lineage(
    manifest: Path,
    compiled: Path,
    computed_from: Mapping[str, tuple[str, ...]],
    variables: Mapping[str, Any],
    sources: tuple[str, ...],
) -> Lineage:
    """The lineage of dbt's `manifest`, whose SQL as it ran is below `compiled`.

    `computed_from` names the relations that each source which Python computes is made from; `variables` are dbt's, and
    say which entities each source feeds.
    """
    project = json.loads(manifest.read_text(encoding="utf-8"))
    readings = {
        f"{node['schema']}.{node['name']}": _model(node, project["macros"], compiled, variables)
        for node in project["nodes"].values()
        if node["resource_type"] == "model"
    }
    readings |= {
        f"{table['schema']}.{table['name']}": Reading(computed_from=computed_from[table["source_name"]])
        for table in project["sources"].values()
        if table["source_name"] in computed_from
    }
    return Lineage(readings, variables["sources"], sources)


def _model(node: dict[str, Any], macros: dict[str, Any], compiled: Path, variables: Mapping[str, Any]) -> Reading:
    path = compiled / node["package_name"] / node["original_file_path"]
    written = [node["raw_code"], *(macros[macro]["macro_sql"] for macro in node["depends_on"]["macros"])]
    asked = dict.fromkeys(name for text in written for name in re.findall(r"\bvar\('(\w+)'\)", text))
    return Reading(
        path.read_text(encoding="utf-8") if path.exists() else "",
        tuple(sorted(name.removeprefix(_READS) for name in node["config"]["meta"] if name.startswith(_READS))),
        limits=tuple(f"{name} {variables[name]}" for name in asked if isinstance(variables.get(name), int | float)),
    )


def reasons_for_no_rows(warehouse: Path, relations: Iterable[str], lineage: Lineage) -> dict[str, str]:
    """Those of `relations` that have no rows in `warehouse`, each with the reason."""
    known: dict[str, bool] = {}
    with connect(warehouse, read_only=True) as connection:

        def is_empty(relation: str) -> bool:
            if relation not in known:
                known[relation] = not connection.execute(f"select 1 from {relation} limit 1").fetchall()
            return known[relation]

        return {relation: why_empty(relation, lineage, is_empty) for relation in relations if is_empty(relation)}


def why_empty(relation: str, lineage: Lineage, is_empty: IsEmpty) -> str:
    """Why `relation` has no rows: what no source that is on brings, what one brought none of, or what was left out.

    It goes from a table without rows to the tables without rows that leave it so, until one has none to blame.
    """
    unfed: dict[str, None] = {}
    others: dict[str, None] = {}
    open_relations = [relation]
    seen: set[str] = set()
    while open_relations:
        name = open_relations.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if causes := _causes(name, lineage, is_empty):
            open_relations += causes
        elif entities := _unfed(name, lineage):
            unfed |= dict.fromkeys(entities)
        else:
            others[_left_out(name, lineage)] = None
    missing = [f"no source that is on brings {_either(list(unfed))}"] if unfed else []
    return "; ".join([*missing, *others])


def _causes(relation: str, lineage: Lineage, is_empty: IsEmpty) -> list[str]:
    """The relations without rows that leave `relation` without any; what a source brings has no other cause."""
    reading = lineage.readings.get(relation, Reading())
    if reading.computed_from:
        return [model for model in reading.computed_from if is_empty(model)]
    return [] if _staged(relation) else empty_inputs(reading.sql, is_empty)


def _unfed(relation: str, lineage: Lineage) -> list[str]:
    """The entities that `relation` reads and no source that is on feeds, each with the sources that would."""
    return [
        f"{entity} ({_either(feeding)} would)"
        for entity in lineage.readings.get(relation, Reading()).entities
        for feeding in [[source for source, entities in lineage.feeds.items() if entity in entities]]
        if not set(feeding) & set(lineage.sources)
    ]


def _left_out(relation: str, lineage: Lineage) -> str:
    """Why `relation` has no rows where everything that it reads has some, or is a source's."""
    if staged := _staged(relation):
        source, entity = staged
        return f"{source} brought no {entity} that could be loaded"
    reading = lineage.readings.get(relation, Reading())
    read = [name for name in reading.computed_from or tables_read(reading.sql) if name in lineage.readings]
    limits = f" ({', '.join(reading.limits)})" if reading.limits else ""
    return f"none of the rows of {_either([name.partition('.')[2] for name in read or [relation]])} counts{limits}"


def _staged(relation: str) -> tuple[str, str] | None:
    """The source and entity of a staging model."""
    source, found, entity = relation.partition(".")[2].partition("__")
    return (source.removeprefix("stg_"), entity) if found and source.startswith("stg_") else None


def _either(names: list[str]) -> str:
    return " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


@dataclass(frozen=True)
class _Rows:
    """What a query takes its rows from: `parts` that must all have some, or, as those of a union, any of them.

    Without parts it has a row of its own (all), or never has one (any).
    """

    needs_all: bool
    parts: tuple[_Rows | str, ...] = ()


def empty_inputs(sql: str, is_empty: IsEmpty) -> list[str]:
    """The tables without rows that leave the query `sql` without rows; none where its inputs alone do not.

    What is joined from the left, or asked for within a condition, may be empty.
    """
    return _blocking(_rows(sqlglot.parse_one(sql, read="duckdb"), {}), is_empty) or [] if sql else []


def tables_read(sql: str) -> list[str]:
    """The tables that the query `sql` begins with: those after `from`, one of each branch of a union."""
    return list(dict.fromkeys(_first(_rows(sqlglot.parse_one(sql, read="duckdb"), {})))) if sql else []


def _blocking(rows: _Rows | str, is_empty: IsEmpty) -> list[str] | None:
    """The empty tables for whose sake there are no rows; None where there may be some."""
    if isinstance(rows, str):
        return [rows] if is_empty(rows) else None
    found = [_blocking(part, is_empty) for part in rows.parts]
    if rows.needs_all:
        return next((names for names in found if names is not None), None)
    return None if None in found else list(dict.fromkeys(name for names in found for name in names or []))


def _first(rows: _Rows | str) -> list[str]:
    if isinstance(rows, str):
        return [rows]
    return [name for part in (rows.parts[:1] if rows.needs_all else rows.parts) for name in _first(part)]


def _rows(query: exp.Expr | None, named: Mapping[str, exp.Expr]) -> _Rows | str:
    """What `query` takes its rows from, where `named` are the queries it may refer to by name."""
    if isinstance(query, exp.Table):
        if query.db:
            return f"{query.db}.{query.name}"
        return _rows(named.get(query.name), named)
    if isinstance(query, exp.Query):
        named = {**named, **{part.alias: part.this for part in query.ctes}}
    if isinstance(query, exp.Subquery):
        return _rows(query.this, named)
    if isinstance(query, exp.Union):
        return _Rows(False, (_rows(query.left, named), _rows(query.right, named)))
    return _select(query, named) if isinstance(query, exp.Select) else _Rows(True)


def _select(query: exp.Select, named: Mapping[str, exp.Expr]) -> _Rows | str:
    if not query.args.get("group") and any(_is_total(column) for column in query.selects):
        return _Rows(True)
    if not (start := query.find(exp.From)) or start.parent is not query:
        where = query.args.get("where")
        return _Rows(where is None or where.this != exp.false())
    rows = _rows(start.this, named)
    for join in query.args.get("joins") or []:
        if not join.side or join.side == "FULL":
            rows = _Rows(not join.side, (rows, _rows(join.this, named)))
    return rows


def _is_total(column: exp.Expr) -> bool:
    """Whether a column is counted over all rows: such a query has a row, whatever its input."""
    return any(part.find_ancestor(exp.Window, exp.Subquery) is None for part in column.find_all(exp.AggFunc))
