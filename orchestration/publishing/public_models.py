"""Which models are public, and what they say about themselves, from dbt's manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PRIMARY, UNIQUE, FOREIGN = "primary", "unique", "foreign"


@dataclass(frozen=True)
class Key:
    """Columns of a table by which its rows are told apart (`primary`, `unique`), or that name a row of another table.

    `references` is that table's schema, its name, and its key column.
    """

    kind: str
    columns: tuple[str, ...]
    references: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class PublicModel:
    """A model that consumers may read; `required_columns` are those that its contract says are never null.

    `keys` are those that dbt's tests hold, the primary one first where there is one.

    `personal_data` has the columns that hold some, and whether it is direct or indirect (docs/decisions/0056). By its
    `month_column` the table is published as a Parquet file a month; its first column is then its key
    (docs/decisions/0070).
    """

    schema: str
    name: str
    description: str
    column_descriptions: dict[str, str]
    required_columns: frozenset[str] = frozenset()
    personal_data: Mapping[str, str] = field(default_factory=dict)
    month_column: str | None = None
    keys: tuple[Key, ...] = ()

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.name}"


def public_models(manifest: Path) -> list[PublicModel]:
    """The models whose access is `public` in the manifest at `manifest`, in the order of schema and name."""
    by_id = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    nodes = by_id.values()
    public = {key: node for key, node in by_id.items() if node["resource_type"] == "model" and _is_public(node)}
    tests = _tests(nodes)
    unique = {key: _unique_keys(public[key], tests.get(key, [])) for key in public}
    models = [
        PublicModel(
            schema=node["schema"],
            name=node["name"],
            description=node["description"],
            column_descriptions={name: column["description"] for name, column in node["columns"].items()},
            required_columns=_required(node),
            personal_data={
                name: meta["personal_data"]
                for name, column in node["columns"].items()
                if "personal_data" in (meta := column["config"]["meta"])
            },
            month_column=node["config"]["meta"].get("published_by_month"),
            keys=(*unique[key], *_foreign_keys(tests.get(key, []), public, unique)),
        )
        for key, node in public.items()
    ]
    return sorted(models, key=lambda model: (model.schema, model.name))


def _is_public(node: Mapping[str, Any]) -> bool:
    return bool(node["access"] == "public")


def _required(node: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        name
        for name, column in node["columns"].items()
        if any(constraint["type"] == "not_null" for constraint in column["constraints"])
    )


def _tests(nodes: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The generic tests that hold of all rows of a model and stop a run, by the model's id."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for node in nodes:
        if node["resource_type"] != "test" or not node.get("test_metadata"):
            continue
        if node["config"].get("where") is None and node["config"]["severity"].lower() == "error":
            found.setdefault(node.get("attached_node") or "", []).append(node)
    return found


def _unique_keys(node: Mapping[str, Any], tests: Sequence[Mapping[str, Any]]) -> tuple[Key, ...]:
    """The keys that tests say no two rows share: as primary the shortest that is never null, and each other one."""
    arguments = [
        (test["test_metadata"]["name"], test["test_metadata"]["kwargs"])
        for test in tests
        if test["test_metadata"]["name"] in ("unique", "unique_combination")
    ]
    found = sorted(
        {tuple(given["columns"]) if name == "unique_combination" else (given["column_name"],)
         for name, given in arguments},
        key=lambda columns: (len(columns), columns),
    )  # fmt: skip
    required = _required(node)
    primary = next((columns for columns in found if required.issuperset(columns)), None)
    others = [Key(UNIQUE, columns) for columns in found if columns != primary]
    return (Key(PRIMARY, primary), *others) if primary else tuple(others)


def _foreign_keys(
    tests: Sequence[Mapping[str, Any]], public: Mapping[str, Any], unique: Mapping[str, Sequence[Key]]
) -> Iterator[Key]:
    """What tests say is a key of another public model."""
    for test in tests:
        if test["test_metadata"]["name"] != "relationships":
            continue
        given = test["test_metadata"]["kwargs"]
        for other in test["depends_on"]["nodes"]:
            names_it = other in public and f"'{public[other]['name']}'" in given["to"]
            if names_it and any(key.columns == (given["field"],) for key in unique[other]):
                references = (public[other]["schema"], public[other]["name"], given["field"])
                yield Key(FOREIGN, (given["column_name"],), references)
