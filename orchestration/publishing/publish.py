"""A published version: written beside the old one, checked, and only then switched to.

Readers open `published/current/cem.duckdb`. `current` is a symbolic link to a version's folder, replaced in one step: a
reader sees the old version or the new one, whole. The file has the same name in each version, since DuckDB names the
catalogue after it, and BI tools keep that name in what they save. A version is never changed once it is there; the file
a reader has open stays good.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.bounded_memory import connect
from orchestration.publishing.parquet_files import literal, rows_of, shareable, write_table
from orchestration.publishing.public_models import FOREIGN, PRIMARY, UNIQUE, PublicModel
from orchestration.report.write_report import write_report
from orchestration.settings import PUBLISHED_FILE


class PublicationError(Exception):
    """The new version is not what was to be published. The version before stays."""


@dataclass(frozen=True)
class PublishedVersion:
    number: int
    path: Path
    rows: dict[str, int]


def publish(
    warehouse: Path,
    published: Path,
    models: list[PublicModel],
    published_at: datetime,
    sources: str,
    keep: int,
    why_empty: Mapping[str, str],
    settings: Mapping[str, Any],
) -> PublishedVersion:
    """Copy `models` from `warehouse` to a new version in `published`, switch to it, and keep the last `keep` versions.

    Each version is a folder `cem-<number>/`: `cem.duckdb`, readable by DuckDB 1.0 and later, and the same tables as
    Parquet, a folder a schema, whose files are shared with the version before where they are the same. Its
    `publication.tables` says of each how many rows it has, and of one without why that is, which `why_empty` knows by
    relation; its `publication.columns` of each column whether it holds personal data; its `publication.keys` by which
    columns rows are told apart and tables go together; its `publication.settings` holds `settings`, each value as
    JSON. Its folder `report/` holds the pages that tell of it. Who may enter `published` may read it. Raises
    PublicationError where a column holds direct personal data, or the copy differs from the warehouse, and ReportError
    where the report cannot be written; the version before stays.
    """
    _refuse_direct_personal_data(models)
    published.mkdir(parents=True, exist_ok=True)
    number = next_number(published)
    _remove_unfinished(published)
    name = version_name(number)
    unfinished = published / f"{name}.unfinished"
    unfinished.mkdir()
    before = max(versions(published), default=None)
    version_before = published / version_name(before) if before else None
    rows = _copy(warehouse, unfinished, version_before, models, number, published_at, sources, why_empty, settings)
    _check(unfinished / PUBLISHED_FILE, models, rows)
    write_report(unfinished)
    _open_as(published, unfinished)
    _rename(unfinished, published / name)
    switch(published / "current", Path(name))
    for old in sorted(versions(published))[:-keep]:
        # In one step no version; a folder half removed would still look like one.
        _rename(published / version_name(old), published / f"{version_name(old)}.unfinished")
    _remove_unfinished(published)
    return PublishedVersion(number, published / name / PUBLISHED_FILE, rows)


def _refuse_direct_personal_data(models: list[PublicModel]) -> None:
    refused = [
        f"{model.relation}: {column} ({kind})"
        for model in models
        for column, kind in model.personal_data.items()
        if kind != "indirect"
    ]
    if refused:
        raise PublicationError(
            f"Only `indirect` personal data is published, and this is said to be other: {', '.join(refused)}. Take the "
            "column out of the model, or move the model to a folder `restricted`, whose models are not public; where "
            "its YAML is wrong, correct `personal_data` there (docs/decisions/0056-personal-data-of-columns.md)."
        )


def _open_as(published: Path, version: Path) -> None:
    """Whoever may enter `published` may read the version: its user alone, its group, or everybody."""
    mode = published.stat().st_mode
    for path in (version, *version.rglob("*")):
        # Who wrote into a Parquet file would write into each version that shares it.
        path.chmod(mode & (0o755 if path.is_dir() else 0o444 if path.suffix == ".parquet" else 0o644))


def version_name(number: int) -> str:
    """The folder of a version."""
    return f"cem-{number:06d}"


def next_number(published: Path) -> int:
    """The number that the next version gets."""
    return max(_numbers_used(published), default=0) + 1


def versions(published: Path) -> list[int]:
    """The numbers of the versions whose file is there."""
    names = (re.fullmatch(r"cem-(\d+)", path.parent.name) for path in published.glob(f"*/{PUBLISHED_FILE}"))
    return [int(name[1]) for name in names if name]


def _numbers_used(published: Path) -> list[int]:
    """The numbers that a version has or had, by all that still tells of them: none is ever given to another."""
    names = [path.name for path in published.iterdir()]
    names += [os.readlink(path) for path in published.iterdir() if path.is_symlink()]
    found = (re.fullmatch(r"cem-(\d+)(?:\.duckdb)?", name) for name in names)
    return [int(number[1]) for number in found if number]


def _remove_unfinished(published: Path) -> None:
    """Remove what an interrupted publication left, and folders without their version's file that no link points to.

    A version used to be `cem-<number>.duckdb`, beside its folder. Once another is published, those files go, and the
    link to them: who went on reading it would read an old version for ever.
    """
    has_moved = (published / "current" / PUBLISHED_FILE).exists()
    kept = {version_name(number) for number in versions(published)}
    kept |= {os.readlink(path) for path in published.iterdir() if path.is_symlink()}
    for path in published.iterdir():
        is_orphan = re.fullmatch(r"cem-\d+", path.name) is not None and path.name not in kept
        is_unfinished = re.fullmatch(r"cem-\d+.*\.unfinished.*|current(\.duckdb)?\.new", path.name) is not None
        is_of_before = has_moved and re.fullmatch(r"(cem-\d+|current)\.duckdb", path.name) is not None
        if path.is_dir() and not path.is_symlink():
            if is_orphan or is_unfinished:
                shutil.rmtree(path)
        elif is_unfinished or is_of_before:
            path.unlink()


def _copy(
    warehouse: Path,
    folder: Path,
    version_before: Path | None,
    models: list[PublicModel],
    number: int,
    published_at: datetime,
    sources: str,
    why_empty: Mapping[str, str],
    settings: Mapping[str, Any],
) -> dict[str, int]:
    """Write the new version into `folder`; return the rows of each table as the warehouse holds them."""
    rows = {}
    columns_told = []
    keys_told: list[list[object]] = []
    with connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        before = shareable(connection, version_before)
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        # The oldest storage format: BI tools' drivers lag behind.
        connection.execute(f"attach '{folder / PUBLISHED_FILE}' as target (storage_version 'v1.0.0')")
        for model in models:
            connection.execute(f"create schema if not exists target.{model.schema}")
            types = _types(connection, model)
            required = _never_null(connection, model)
            columns = (f'"{name}" {kind}{" not null" if name in required else ""}' for name, kind in types.items())
            connection.execute(f"create table target.{model.relation} ({', '.join(columns)})")
            connection.execute(f"insert into target.{model.relation} from warehouse.{model.relation}")
            _comment(connection, model)
            columns_told += [[model.schema, model.name, name, model.personal_data.get(name, "none")] for name in types]
            keys_told += _keys(model, required)
            counted = connection.execute(f"select count(*) from warehouse.{model.relation}").fetchone()
            assert counted is not None
            rows[model.relation] = counted[0]
            write_table(connection, model, types, folder, before)
        _copy_functions(connection, {model.schema for model in models})
        connection.execute("create schema target.publication")
        connection.execute(
            """
            create table target.publication.version as
            select ? as version, ?::timestamp as published_at, ? as sources,
                as_of_date, as_of_at
            from warehouse.intermediate.int_clock__as_of
            """,
            [number, published_at.replace(tzinfo=None), sources],
        )
        connection.execute(
            "create table target.publication.tables"
            " (table_schema varchar, table_name varchar, rows bigint, why_empty varchar)"
        )
        connection.executemany(
            "insert into target.publication.tables values (?, ?, ?, ?)",
            [[model.schema, model.name, rows[model.relation], why_empty.get(model.relation)] for model in models],
        )
        connection.execute(
            "create table target.publication.columns"
            " (table_schema varchar, table_name varchar, column_name varchar, personal_data varchar)"
        )
        connection.execute(
            """
            create table target.publication.keys (
                table_schema varchar, table_name varchar, key_name varchar, key_type varchar, column_number integer,
                column_name varchar, referenced_schema varchar, referenced_table varchar, referenced_column varchar
            )
            """
        )
        # In one transaction: by itself, each row would be written to disk.
        connection.execute("begin")
        connection.executemany("insert into target.publication.columns values (?, ?, ?, ?)", columns_told)
        if keys_told:
            connection.executemany(f"insert into target.publication.keys values ({', '.join('?' * 9)})", keys_told)
        connection.execute("commit")
        connection.execute("create table target.publication.settings (name varchar, value varchar)")
        connection.executemany(
            "insert into target.publication.settings values (?, ?)",
            [[name, json.dumps(value)] for name, value in settings.items()],
        )
        connection.execute("checkpoint target")
        connection.execute("detach target")
    return rows


def _types(connection: duckdb.DuckDBPyConnection, model: PublicModel) -> dict[str, str]:
    described = connection.execute(f"describe warehouse.{model.relation}").fetchall()
    return {name: kind for name, kind, *_ in described}


def _never_null(connection: duckdb.DuckDBPyConnection, model: PublicModel) -> set[str]:
    """The required columns of a model; but rows that a former release froze may lack what this one requires."""
    if not model.required_columns:
        return set()
    required = sorted(model.required_columns)
    counts = ", ".join(f'count(*) - count("{name}")' for name in required)
    (nulls,) = connection.execute(f"select {counts} from warehouse.{model.relation}").fetchall()
    return {name for name, count in zip(required, nulls, strict=True) if count == 0}


def _keys(model: PublicModel, never_null: set[str]) -> list[list[object]]:
    """The keys of a table, a row a column of them, named as databases name theirs.

    What should be its primary key and is null in rows of a former release is a unique one.
    """
    told: list[list[object]] = []
    for number, key in enumerate(model.keys, 1):
        kind = UNIQUE if key.kind == PRIMARY and not never_null.issuperset(key.columns) else key.kind
        suffix = {PRIMARY: "pkey", UNIQUE: f"key{number}", FOREIGN: f"fkey{number}"}[kind]
        for position, column in enumerate(key.columns, 1):
            told.append(
                [
                    model.schema,
                    model.name,
                    f"{model.name}_{suffix}",
                    kind,
                    position,
                    column,
                    *(key.references or [None] * 3),
                ]
            )
    return told


def _copy_functions(connection: duckdb.DuckDBPyConnection, schemas: set[str]) -> None:
    """Functions on published tables (macros/memory) go along.

    A function does not know under which name a reader has attached the file that it stands in, so it takes the name,
    `attached_as`; where the reader names none, it is that of the file.
    """
    functions = connection.execute(
        """
        select schema_name, function_name, parameters, macro_definition from duckdb_functions()
        where database_name = 'warehouse' and function_type = 'table_macro'
        order by schema_name, function_name
        """
    ).fetchall()
    for schema, name, parameters, definition in functions:
        if schema in schemas:
            takes = [
                f"{each} := '{Path(PUBLISHED_FILE).stem}'" if each == "attached_as" else each for each in parameters
            ]
            connection.execute(f"create macro target.{schema}.{name}({', '.join(takes)}) as table {definition}")


def _comment(connection: duckdb.DuckDBPyConnection, model: PublicModel) -> None:
    """Carry the model's descriptions along: a BI tool shows them where the reader needs them."""
    described = [(f"table target.{model.relation}", model.description)] + [
        (f"column target.{model.relation}.{column}", text) for column, text in model.column_descriptions.items()
    ]
    # In one transaction: by itself, each comment would be written to disk.
    connection.execute("begin")
    for place, text in described:
        connection.execute(f"comment on {place} is {literal(text)}")
    connection.execute("commit")


def _check(path: Path, models: list[PublicModel], rows: dict[str, int]) -> None:
    """Open the finished files as a reader would."""
    left_over = path.with_name(path.name + ".wal")
    if left_over.exists():
        # DuckDB would replay it into the file the next reader opens.
        raise PublicationError(f"{left_over} was left behind; the version is not complete.")
    with connect(path, read_only=True) as connection:
        for relation, expected in rows.items():
            found = connection.execute(f"select count(*) from {relation}").fetchone()
            if found != (expected,):
                raise PublicationError(f"{path}: {relation} holds {found} rows, the warehouse {expected}.")
        for model in models:
            in_parquet = rows_of(connection, model, path.parent)
            if in_parquet != rows[model.relation]:
                raise PublicationError(
                    f"{path.parent}: {model.relation} holds {in_parquet} rows as Parquet, the warehouse "
                    f"{rows[model.relation]}."
                )
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _rename(folder: Path, other: Path) -> None:
    folder.rename(other)


def switch(link: Path, target: Path) -> None:
    """Point `link` to `target` in one step."""
    fresh = link.with_name(f"{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, link)
