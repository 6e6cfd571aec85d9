"""The contract of a source's raw tables, as dbt declares it.

`models/staging/<source>/_<source>__sources.yml` is the one place that names the columns of a raw table: dbt documents
and registers them from there, and the loader holds what arrives against the same list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import yaml

from orchestration.settings import PROJECT_ROOT

# What a row brought beyond the contract: a JSON object of texts by column, null where there is nothing.
NEW_COLUMNS = "_new_columns"
# Where a raw row came from, and what more it brought; the loader adds these to every row, and dbt registers them with
# every raw table.
LINEAGE_COLUMNS = (NEW_COLUMNS, "_file_name", "_file_version", "_file_row", "_loaded_at")
# Which record a row is a state of; the loader adds these to the rows of a database or an API.
RECORD_COLUMNS = ("_record_key", "_record_md5", "_is_deleted")
MANIFEST_TABLE = "landing_files"


@dataclass(frozen=True)
class RawColumn:
    """A column of a raw table: `data_type` in the lake; `arrives_as`, where declared, the type at the source.

    `is_required`: a row without a value goes to quarantine, as the base model of the raw table says.
    """

    name: str
    data_type: str
    arrives_as: str | None
    is_required: bool = False


def contract_path(source: str) -> str:
    """Where the contract of `source` stands, from the project's root; messages name it, too."""
    return f"models/staging/{source}/_{source}__sources.yml"


def raw_contract(source: str) -> dict[str, list[RawColumn]]:
    """Map each raw table of `source` to the columns that must arrive, without those the loader adds.

    Raises FileNotFoundError where the source has no staging folder.
    """
    return {
        table: [
            replace(column, is_required=column.name in required)
            for column in columns
            if column.name not in LINEAGE_COLUMNS + RECORD_COLUMNS
        ]
        for table, columns in _declared(source).items()
        for required in [_required_columns(source, table)]
    }


def declared_types(source: str, table: str) -> dict[str, str]:
    """Map each column of a raw table, with those the loader adds, to its type in the lake."""
    return {column.name: column.data_type for column in _declared(source)[table]}


def _required_columns(source: str, table: str) -> frozenset[str]:
    base = PROJECT_ROOT / f"models/staging/{source}/base/base_{source}__{table}.sql"
    return frozenset(re.findall(r"\brequired\('(\w+)'\)", base.read_text(encoding="utf-8")) if base.is_file() else ())


def holds_records(source: str, table: str) -> bool:
    """Whether the raw table holds states of records, of which the newest counts, rather than rows of files."""
    return any(column.name == "_record_key" for column in _declared(source)[table])


def _declared(source: str) -> dict[str, list[RawColumn]]:
    return declared_sources(PROJECT_ROOT / contract_path(source))[source]


def declared_sources(path: Path) -> dict[str, dict[str, list[RawColumn]]]:
    """Map each source that a file of dbt's declares to its tables, without the manifest, and their columns."""
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache
def _parsed(path: Path, _modified_ns: int) -> dict[str, dict[str, list[RawColumn]]]:
    # Kept, because reading YAML takes longer than loading a small table.
    return {
        source["name"]: {
            table["name"]: [
                RawColumn(
                    c["name"], c.get("data_type", "string"), c.get("config", {}).get("meta", {}).get("arrives_as")
                )
                for c in table["columns"]
            ]
            for table in source["tables"]
            if table["name"] != MANIFEST_TABLE
        }
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    }
