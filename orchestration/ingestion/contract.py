"""The contract of a source's raw tables, as dbt declares it.

`models/staging/<source>/_<source>__sources.yml` is the one place that names the columns of a raw table: dbt documents
and registers them from there, and the loader holds arriving files against the same list.
"""

from __future__ import annotations

import yaml

from orchestration.settings import PROJECT_ROOT

# Where a raw row came from; the reader adds these to every row, and dbt registers them with every raw table.
LINEAGE_COLUMNS = ("_file_name", "_file_version", "_file_row", "_loaded_at")
MANIFEST_TABLE = "landing_files"


def contract_path(source: str) -> str:
    """Where the contract of `source` stands, from the project's root; messages name it, too."""
    return f"models/staging/{source}/_{source}__sources.yml"


def raw_contract(source: str) -> dict[str, list[str]]:
    """Map each raw table of `source` to the columns its files must have, without the lineage columns.

    Raises FileNotFoundError where the source has no staging folder.
    """
    path = PROJECT_ROOT / contract_path(source)
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"][0]["tables"]
    return {
        table["name"]: [c["name"] for c in table["columns"] if c["name"] not in LINEAGE_COLUMNS]
        for table in declared
        if table["name"] != MANIFEST_TABLE
    }
