"""A published file with all marts and types, as their contracts have them, and the rows that a test gives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.settings import PROJECT_ROOT, PUBLISHED_FILE

Rows = Sequence[Mapping[str, Any]]


@cache
def contracts() -> dict[str, dict[str, str]]:
    """The columns of each public model with their types, as the YAML beside the models has them."""
    return {
        f"{schema}.{model['name']}": {column["name"]: column["data_type"] for column in model["columns"]}
        for schema in ("descriptive", "behavioural", "attitudinal", "interaction", "marts")
        for path in sorted((PROJECT_ROOT / "models" / schema).rglob("*.yml"))
        if path.parent.name != "restricted"
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    }


def published_version(
    folder: Path,
    rows: Mapping[str, Rows] | None = None,
    why_empty: Mapping[str, str] | None = None,
    absent: Sequence[str] = (),
) -> Path:
    """A version's folder below `folder`, as of 2024-12-31, whose tables hold `rows`, by relation."""
    version = folder / "cem-000007"
    version.mkdir()
    tables = {name: columns for name, columns in contracts().items() if name not in absent}
    with duckdb.connect(str(version / PUBLISHED_FILE)) as connection:
        connection.execute("begin; create schema publication")
        for schema in sorted({relation.partition(".")[0] for relation in tables}):
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table publication.version as select 7 as version, timestamp '2025-01-02 06:00' as published_at,"
            " 'crm,shop' as sources, date '2024-12-31' as as_of_date, timestamp '2025-01-01' as as_of_at"
        )
        connection.execute("create table publication.settings (name varchar, value varchar)")
        for name, value in {"base_currency": "CHF", "minimum_answers": 30}.items():
            connection.execute("insert into publication.settings values (?, ?)", [name, json.dumps(value)])
        connection.execute(
            "create table publication.tables (table_schema varchar, table_name varchar, rows bigint, why_empty varchar)"
        )
        for relation, columns in tables.items():
            connection.execute(f"create table {relation} ({', '.join(map(' '.join, columns.items()))})")
            connection.execute(f"comment on table {relation} is 'What {relation} says.'")
            given = (rows or {}).get(relation, [])
            for row in given:
                connection.execute(
                    f"insert into {relation} ({', '.join(row)}) values ({', '.join('?' * len(row))})",
                    list(row.values()),
                )
            connection.execute(
                "insert into publication.tables values (?, ?, ?, ?)",
                [*relation.split("."), len(given), (why_empty or {}).get(relation)],
            )
        connection.execute("commit")
    return version
