"""What dbt-bouncer has no check for: which columns are described where, by one text each, and which hold personal data.

Reads what dbt wrote to DBT_TARGET_PATH, from the root of the project. `.ci/check-models` runs it.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from expectations.discretion import told

# Two entities are no types: what unites them describes them.
SHAPES = {"identity_links": "int_identity__links", "validated_rows": "int_quality__validated_rows"}
# Of these the attribute beside them says what they hold, and the seed whether that is personal.
OF_ATTRIBUTES = ("attribute_value", "old_value", "new_value")


def undescribed_columns(manifest: dict[str, Any], catalog: dict[str, Any]) -> list[str]:
    """Columns of staging models, and of what was valued, that neither type or source nor the model itself describes."""
    described = {model["name"]: set(model["columns"]) for model in models(manifest)}
    valued = {t["name"]: set(t["columns"]) for t in manifest["sources"].values() if t["source_name"] == "valuation"}
    faults = []
    for key, node in catalog["nodes"].items():
        layer, _, entity = (name := node["metadata"]["name"]).partition("__")
        if key.startswith("model.") and layer.startswith(("stg_", "int_valuation")):
            elsewhere = valued if layer == "int_valuation" else described
            known = described[name] | elsewhere.get(SHAPES.get(entity, entity), set())
            if unknown := set(node["columns"]) - known:
                faults.append(f"{name}: describe {sorted(unknown)}, which the type or source {entity} does not have")
    return faults


def repeated_texts(manifest: dict[str, Any]) -> list[str]:
    """Texts of three columns of models or more that are no block of docs/dbt, and blocks that describe nothing."""
    nodes = [node for part in ("nodes", "sources") for node in manifest[part].values()]
    columns = [column for node in nodes for column in node["columns"].values()]
    literal = Counter(
        column["description"]
        for model in models(manifest)
        for column in model["columns"].values()
        if not column["doc_blocks"]
    )
    used = {block for described in (*nodes, *columns) for block in described["doc_blocks"]}
    ours = {block for block in manifest["docs"] if block.startswith("doc.cem_warehouse.")}
    faults = [
        f"a block of docs/dbt/columns*.md, and doc() in the place of {text!r}"
        for text, times in literal.items()
        if times > 2
    ]
    return faults + [f"docs/dbt: {block} describes nothing" for block in sorted(ours - used)]


def misplaced_personal_data(manifest: dict[str, Any]) -> list[str]:
    """Names that are personal data here and none there, and direct ones where somebody is shown them."""
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    faults = []
    for model in models(manifest):
        for name, column in model["columns"].items():
            kind = column["config"]["meta"].get("personal_data", "none")
            kinds[name].setdefault(kind, model["name"])
            # A value that broke a rule may be anything. It stays in the quarantine; marts take rules and counts of it.
            if kind == "direct" and model["schema"] not in ("restricted", "staging") and name != "quarantine_value":
                faults.append(f"{model['name']}.{name} is direct: its model belongs in a folder restricted")
    for name, found in kinds.items():
        if len(found) > 1 and name not in OF_ATTRIBUTES:
            places = ", ".join(f"{kind} in {model}" for kind, model in found.items())
            faults.append(f"{name} has to be one, and is {places}")
        unknown = sorted(found.keys() - {"none", "direct", "indirect"})
        faults += [f"{name} is {kind}: write direct, indirect or nothing" for kind in unknown]
        if "direct" in found and told([name], ["x1"]):
            faults.append(f"{name} is direct: expectations/discretion.py may not tell its values")
    with Path("seeds/descriptive/profile_attributes.csv").open(encoding="utf-8", newline="") as seed:
        for row in csv.DictReader(seed):
            name = row["attribute"]
            if name in kinds and ("direct" in kinds[name]) != (row["is_personal"] == "true"):
                faults.append(f"{name} is {[*kinds[name]]}: is_personal of the seed profile_attributes says otherwise")
    return faults


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


if __name__ == "__main__":
    target = Path(os.environ["DBT_TARGET_PATH"])
    manifest, catalog = (json.loads((target / f"{name}.json").read_bytes()) for name in ("manifest", "catalog"))
    found = [*undescribed_columns(manifest, catalog), *repeated_texts(manifest), *misplaced_personal_data(manifest)]
    if found:
        raise SystemExit("\n".join(found))
