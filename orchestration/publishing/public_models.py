"""Which models are public, and what they say about themselves, from dbt's manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class PublicModel:
    """A model that consumers may read; `required_columns` are those that its contract says are never null.

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

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.name}"


def public_models(manifest: Path) -> list[PublicModel]:
    """The models whose access is `public` in the manifest at `manifest`, in the order of schema and name."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    models = [
        PublicModel(
            schema=node["schema"],
            name=node["name"],
            description=node["description"],
            column_descriptions={name: column["description"] for name, column in node["columns"].items()},
            required_columns=frozenset(
                name
                for name, column in node["columns"].items()
                if any(constraint["type"] == "not_null" for constraint in column["constraints"])
            ),
            personal_data={
                name: meta["personal_data"]
                for name, column in node["columns"].items()
                if "personal_data" in (meta := column["config"]["meta"])
            },
            month_column=node["config"]["meta"].get("published_by_month"),
        )
        for node in nodes
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    return sorted(models, key=lambda model: (model.schema, model.name))
