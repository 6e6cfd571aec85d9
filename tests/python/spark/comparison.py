"""Row-for-row comparison of a table that two engines built.

Everything but a double must be the same to the last digit; doubles may differ by rounding, because an engine is free to
add them up in another order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publishing.public_models import PublicModel

# Relative to the larger of the two values; below 1, absolute.
DOUBLE_TOLERANCE = 1e-9
_SHOWN_ROWS = 3


@dataclass(frozen=True)
class Comparison:
    """What was found of one table: its rows on DuckDB, and every difference in words."""

    relation: str
    rows: int
    differences: list[str]


def compare_models(warehouse: Path, models: Iterable[PublicModel], of_spark: Path) -> list[Comparison]:
    """Each model as it is in the DuckDB file `warehouse`, and as Spark wrote it below `of_spark`, as Parquet."""
    compared = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for model in models:
            schema, name = model.relation.split(".")
            written = connection.read_parquet(f"{of_spark}/{schema}.db/{name}/*.parquet")
            compared.append(compare(connection, model.relation, written))
    return compared


def differences(compared: list[Comparison]) -> str:
    """All of them, a line each: pytest shortens a dictionary."""
    return "\n".join(f"{c.relation}: {difference}" for c in compared for difference in c.differences)


def compare(connection: duckdb.DuckDBPyConnection, relation: str, spark_rows: duckdb.DuckDBPyRelation) -> Comparison:
    """Compare `relation` of the warehouse that `connection` has open with the same table as Spark wrote it."""
    described = connection.execute(f"describe {relation}").fetchall()
    types = {name: kind for name, kind, *_ in described}
    rows = _count(connection, f"from {relation}")
    if list(types) != spark_rows.columns:
        return Comparison(relation, rows, [f"columns {list(types)} on DuckDB, {spark_rows.columns} on Spark"])
    # Spark's timestamps carry their zone, UTC; DuckDB's go without.
    spark_types = {
        name: str(kind).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMP")
        for name, kind in zip(spark_rows.columns, spark_rows.types, strict=True)
    }
    differences = [
        f"{name} is {kind} on DuckDB, {spark_types[name]} on Spark"
        for name, kind in types.items()
        if kind != spark_types[name]
    ]
    casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in types.items())
    cast_rows = spark_rows.project(casts)  # noqa: F841  DuckDB finds it by its name
    connection.execute("create temp table spark_side as from cast_rows")
    try:
        differences += _exact_differences(connection, relation, [n for n, kind in types.items() if kind != "DOUBLE"])
        if not differences and "DOUBLE" in types.values():
            differences += _double_differences(connection, relation, types)
    finally:
        connection.execute("drop table spark_side")
    return Comparison(relation, rows, differences)


def _exact_differences(connection: duckdb.DuckDBPyConnection, relation: str, columns: list[str]) -> list[str]:
    """Rows that one side has and the other has not, or less often."""
    chosen = ", ".join(f'"{name}"' for name in columns)
    sides = {"DuckDB": relation, "Spark": "spark_side"}
    differences = []
    for here, there in (("DuckDB", "Spark"), ("Spark", "DuckDB")):
        only = f"select {chosen} from {sides[here]} except all select {chosen} from {sides[there]}"
        if count := _count(connection, f"from ({only})"):
            shown = connection.execute(f"select * from ({only}) order by all limit {_SHOWN_ROWS}").fetchall()
            differences.append(f"{count} rows only on {here}, such as {shown}")
    return differences


def _double_differences(connection: duckdb.DuckDBPyConnection, relation: str, types: dict[str, str]) -> list[str]:
    """Doubles further apart than rounding explains. The exact columns are known to agree, so they pair the rows."""
    doubles = [name for name, kind in types.items() if kind == "DOUBLE"]
    ordered = ", ".join(f'"{name}"' for name in [n for n in types if n not in doubles] + doubles)
    numbered = "select *, row_number() over (order by {order}) as place from {side}"
    pairs = (
        f"from ({numbered.format(order=ordered, side=relation)}) as a "
        f"inner join ({numbered.format(order=ordered, side='spark_side')}) as b using (place)"
    )
    differences = []
    for name in doubles:
        allowed = f'{DOUBLE_TOLERANCE} * greatest(1, abs(a."{name}"), abs(b."{name}"))'
        apart = f"""(a."{name}" is null) <> (b."{name}" is null) or not coalesce(
            a."{name}" = b."{name}" or abs(a."{name}" - b."{name}") <= {allowed}, true)"""
        if count := _count(connection, f"{pairs} where {apart}"):
            differences.append(f"{count} rows in which {name} differs by more than rounding")
    return differences


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    found = connection.execute(f"select count(*) {source}").fetchone()
    assert found is not None
    return int(found[0])
