"""Which marts and pages of the report rest on a table, by dbt's lineage and what Python computes in between."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from orchestration.computations import computed_from


class Reach:
    """The lineage of the manifest at `manifest`. Tables are named `source.table` or `schema.model`."""

    def __init__(self, manifest: Path) -> None:
        project = json.loads(manifest.read_bytes())
        names = {key: f"{table['source_name']}.{table['name']}" for key, table in project["sources"].items()}
        names |= {
            key: f"{node['schema']}.{node['name']}"
            for key, node in project["nodes"].items()
            if node["resource_type"] in ("model", "seed", "snapshot")
        }
        self._marts = {names[key] for key, node in project["nodes"].items() if node.get("access") == "public"}
        self._pages = {key: page["label"] for key, page in project["exposures"].items()}
        self._next: dict[str, set[str]] = defaultdict(set)
        for key, children in project["child_map"].items():
            if key in names:
                self._next[names[key]] |= {names.get(child, child) for child in children}
        for source, relations in computed_from(project).items():
            tables = {name for name in names.values() if name.startswith(f"{source}.")}
            for relation in relations:
                self._next[relation] |= tables

    def tables_of(self, source: str) -> list[str]:
        """The raw tables of a source."""
        return [name for name in self._next if name.startswith(f"{source}.")]

    def of(self, tables: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The published tables among `tables` and what rests on them, and the pages that show these; by name."""
        waiting, seen = list(tables), set[str]()
        while waiting:
            if (name := waiting.pop()) not in seen:
                seen.add(name)
                waiting += self._next.get(name, ())
        return (
            tuple(sorted(seen & self._marts)),
            tuple(sorted(label for page, label in self._pages.items() if page in seen)),
        )
