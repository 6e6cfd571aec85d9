"""Metrics as MetricFlow answers them, of a file that holds what the models hold."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import DEMO_SOURCES
from tests.python.conftest import made_once
from tests.python.worlds.world import manifest_of

Rows = list[tuple[Any, ...]]


class Metrics:
    """The project's metrics, asked of the DuckDB file that `connection` has attached as `cem_warehouse`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def ask(self, metrics: str, by: str = "", where: Sequence[str] = ()) -> Rows:
        """The rows of a query for `metrics`, cut `by` dimensions, each a list with commas: those first, in order."""
        names, dimensions = metrics.split(","), by.split(",") if by else []
        sql = _sql(metric_names=names, group_by_names=dimensions or None, where_constraints=where or None)
        return self.expect(f"select {', '.join([*dimensions, *names])} from ({sql})")

    def ask_saved(self, name: str) -> Rows:
        """The rows of a saved query."""
        return self.expect(_sql(saved_query_name=name))

    def expect(self, sql: str) -> Rows:
        """The rows of SQL on the tables themselves, in order."""
        return self.connection.execute(f"from ({sql}) order by all").fetchall()


@contextmanager
def metrics_of(file: Path) -> Iterator[Metrics]:
    """The metrics of a published file, or of a warehouse."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'; set threads = 1")
        connection.execute(f"attach '{file}' as cem_warehouse (read_only)")
        connection.execute("use cem_warehouse")
        yield Metrics(connection)


@functools.cache
def semantic_manifest() -> Any:
    """The metrics as MetricFlow reads them."""
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest

    return parse_manifest_from_dbt_generated_manifest(semantic_manifest_json().decode())


def semantic_manifest_json() -> bytes:
    """The metrics as dbt writes them for it, once a session."""
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    def written(folder: Path) -> bytes:
        SemanticManifest(manifest_of(DEMO_SOURCES)).write_json_to_file(str(folder / "written.json"))
        return (folder / "written.json").read_bytes()

    return made_once("semantic manifest", written)


def _sql(**query: Any) -> str:
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    sql: str = _engine().explain(MetricFlowQueryRequest.create(**query)).sql_statement.without_descriptions.sql
    return sql


@functools.cache
def _engine() -> Any:
    from metricflow.engine.metricflow_engine import MetricFlowEngine
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    class Renders:
        """A client of which nothing is asked but how its engine writes SQL."""

        sql_engine_type = SqlEngine.DUCKDB
        sql_plan_renderer = DuckDbSqlPlanRenderer()

    return MetricFlowEngine(SemanticManifestLookup(semantic_manifest()), Renders())
