"""A published version: written beside the old one, checked, and only then switched to.

Readers open `published/current.duckdb`, a symbolic link. The link is replaced in one step, so a reader sees the old
version or the new one, whole. A version is never changed once it is there; the file a reader has open stays good.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.publishing.public_models import PublicModel


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
) -> PublishedVersion:
    """Copy `models` from `warehouse` to a new version in `published`, switch to it, and keep the last `keep` versions.

    Each version is `cem-<number>.duckdb`, readable by DuckDB 1.0 and later, and a folder `cem-<number>/` of the same
    tables as Parquet. Its `publication.tables` says of each how many rows it has, and of one without why that is, which
    `why_empty` knows by relation. Raises PublicationError where the copy differs from the warehouse.
    """
    published.mkdir(parents=True, exist_ok=True)
    number = max(_numbers_used(published), default=0) + 1
    _remove_unfinished(published)
    name = f"cem-{number:06d}"
    unfinished = published / f"{name}.duckdb.unfinished"
    parquet = published / f"{name}.unfinished"
    rows = _copy(warehouse, unfinished, parquet, models, number, published_at, sources, why_empty)
    _check(unfinished, rows)
    target = published / f"{name}.duckdb"
    _place(parquet, published / name)
    _place(unfinished, target)
    _switch(published / "current", Path(name))
    _switch(published / "current.duckdb", Path(target.name))
    for old in sorted(_versions(published))[:-keep]:
        (published / f"cem-{old:06d}.duckdb").unlink()
    _remove_unfinished(published)
    return PublishedVersion(number, target, rows)


def _versions(published: Path) -> list[int]:
    """The numbers of the versions whose file is there."""
    names = (re.fullmatch(r"cem-(\d+)\.duckdb", path.name) for path in published.iterdir())
    return [int(name[1]) for name in names if name]


def _numbers_used(published: Path) -> list[int]:
    """The numbers that a version has or had, by all that still tells of them: none is ever given to another."""
    names = [path.name for path in published.iterdir()]
    names += [os.readlink(path) for path in published.iterdir() if path.is_symlink()]
    found = (re.fullmatch(r"cem-(\d+)(?:\.duckdb)?", name) for name in names)
    return [int(number[1]) for number in found if number]


def _remove_unfinished(published: Path) -> None:
    """Remove what an interrupted publication left, and folders without their version's file that no link points to."""
    kept = {f"cem-{number:06d}" for number in _versions(published)}
    kept |= {os.readlink(path) for path in published.iterdir() if path.is_symlink()}
    for path in published.iterdir():
        is_orphan = re.fullmatch(r"cem-\d+", path.name) is not None and path.name not in kept
        is_unfinished = re.fullmatch(r"cem-\d+.*\.unfinished.*|current(\.duckdb)?\.new", path.name) is not None
        if path.is_dir() and not path.is_symlink():
            if is_orphan or is_unfinished:
                shutil.rmtree(path)
        elif is_unfinished:
            path.unlink()


def _copy(
    warehouse: Path,
    target: Path,
    parquet: Path,
    models: list[PublicModel],
    number: int,
    published_at: datetime,
    sources: str,
    why_empty: Mapping[str, str],
) -> dict[str, int]:
    """Write the new version's file and folder; return the rows of each table as the warehouse holds them."""
    rows = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        # The oldest storage format: BI tools' drivers lag behind.
        connection.execute(f"attach '{target}' as target (storage_version 'v1.0.0')")
        for model in models:
            connection.execute(f"create schema if not exists target.{model.schema}")
            connection.execute(f"create table target.{model.relation} as from warehouse.{model.relation}")
            _comment(connection, model)
            counted = connection.execute(f"select count(*) from warehouse.{model.relation}").fetchone()
            assert counted is not None
            rows[model.relation] = counted[0]
            folder = parquet / model.schema
            folder.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy target.{model.relation} to '{folder / model.name}.parquet' (format parquet)")
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
        connection.execute("checkpoint target")
        connection.execute("detach target")
    return rows


def _copy_functions(connection: duckdb.DuckDBPyConnection, schemas: set[str]) -> None:
    """Functions on published tables (macros/memory) go along; they name tables without the database, which differs."""
    functions = connection.execute(
        """
        select schema_name, function_name, parameters, macro_definition from duckdb_functions()
        where database_name = 'warehouse' and function_type = 'table_macro'
        order by schema_name, function_name
        """
    ).fetchall()
    connection.execute("use target")
    for schema, name, parameters, definition in functions:
        if schema in schemas:
            connection.execute(f"create macro target.{schema}.{name}({', '.join(parameters)}) as table {definition}")
    connection.execute("use memory")


def _comment(connection: duckdb.DuckDBPyConnection, model: PublicModel) -> None:
    """Carry the model's descriptions along: a BI tool shows them where the reader needs them."""
    described = [(f"table target.{model.relation}", model.description)] + [
        (f"column target.{model.relation}.{column}", text) for column, text in model.column_descriptions.items()
    ]
    # In one transaction: by itself, each comment would be written to disk.
    connection.execute("begin")
    for place, text in described:
        connection.execute(f"comment on {place} is '{text.replace(chr(39), chr(39) * 2)}'")
    connection.execute("commit")


def _check(path: Path, rows: dict[str, int]) -> None:
    """Open the finished file as a reader would."""
    left_over = path.with_name(path.name + ".wal")
    if left_over.exists():
        # DuckDB would replay it into the file the next reader opens.
        raise PublicationError(f"{left_over} was left behind; the version is not complete.")
    with duckdb.connect(str(path), read_only=True) as connection:
        for relation, expected in rows.items():
            found = connection.execute(f"select count(*) from {relation}").fetchone()
            if found != (expected,):
                raise PublicationError(f"{path}: {relation} holds {found} rows, the warehouse {expected}.")
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _place(unfinished: Path, path: Path) -> None:
    """Give what is finished its name. The folder comes before the file: a version is there when its file is."""
    unfinished.rename(path)


def _switch(link: Path, target: Path) -> None:
    """Point `link` to `target` in one step."""
    fresh = link.with_name(f"{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, link)
