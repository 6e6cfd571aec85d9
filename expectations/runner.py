"""Runs a suite against a table in a DuckDB file with Great Expectations, and keeps the result as a page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb

from expectations.discretion import examples, without_values
from expectations.duckdb_dialect import keep_duckdb_connections
from expectations.report import write_report
from expectations.suites import Suite


@dataclass(frozen=True)
class Finding:
    """One expectation and what came of it.

    `unexpected_count` is None where the expectation counts no rows, `query` where it asks with no SQL of its own.
    """

    expectation: str
    query: str | None
    because: str
    success: bool
    observed: str
    unexpected_count: int | None


@dataclass(frozen=True)
class SuiteResult:
    suite: Suite
    findings: tuple[Finding, ...]
    report: Path

    @property
    def success(self) -> bool:
        return all(finding.success for finding in self.findings)

    def failures(self) -> str:
        """The failed expectations, a line each."""
        return "\n".join(
            f"{self.suite.name}: {f.expectation}; found {f.observed}" for f in self.findings if not f.success
        )


def run_suite(
    suite: Suite, database: Path, quality: Path, checked_at: datetime, configuration: Mapping[str, str] | None = None
) -> SuiteResult:
    """Hold `suite` against its table in `database` (opened read-only) and write the page below `quality`.

    `checked_at` is the run's clock, which the page shows; `configuration` are settings of DuckDB's. Of a table without
    rows there is nothing to check.

    Raises RuntimeError where an expectation could not be evaluated at all, for instance for want of its column.
    """
    opened_with: dict[str, Any] = dict(configuration or {})
    with duckdb.connect(str(database), read_only=True, config=opened_with) as connection:
        is_empty = not connection.execute(f"select 1 from {suite.name} limit 1").fetchall()
    if is_empty:
        nothing = tuple(
            Finding(_in_words(wanted), None, wanted["because"], True, "no rows", None) for wanted in suite.expectations
        )
        return SuiteResult(suite, nothing, write_report(suite, nothing, quality, checked_at))
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    # Late, because the import takes seconds, and only a run that checks should pay them.
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    keep_duckdb_connections()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(
        name=suite.name,
        connection_string=f"duckdb:///{database.resolve()}?{urlencode({'access_mode': 'READ_ONLY', **opened_with})}",
        create_temp_table=False,
    )
    try:
        # A query, not a table: the columns of a table outside the default schema are not found on DuckDB.
        batch = (
            source.add_query_asset(suite.table, query=f"select * from {suite.name}")
            .add_batch_definition_whole_table("all")
            .get_batch()
        )
        configured = gx.ExpectationSuite(
            suite.name,
            expectations=[
                ExpectationConfiguration(
                    type=wanted["type"], kwargs=wanted.get("kwargs", {}), meta={"position": position}
                ).to_domain_obj()
                for position, wanted in enumerate(suite.expectations)
            ],
        )
        # Results come in an order of their own.
        results = sorted(
            batch.validate(configured, result_format="SUMMARY").results,
            key=_position,
        )
        findings = tuple(_finding(wanted, result) for wanted, result in zip(suite.expectations, results, strict=True))
    finally:
        # A connection that stayed open would hold the file against dbt's next run. The execution engine
        # keeps one of its own, beside SQLAlchemy's pool.
        source.get_execution_engine().close()
        source.get_engine().dispose()
    return SuiteResult(suite, findings, write_report(suite, findings, quality, checked_at))


def _finding(wanted: dict[str, Any], result: Any) -> Finding:
    raised = result.exception_info
    # Either one record, or one record a metric that could not be computed.
    for record in [raised] if "raised_exception" in raised else raised.values():
        if record["raised_exception"]:
            said = without_values(str(record["exception_message"]))
            raise RuntimeError(f"could not evaluate {_in_words(wanted)}: {said}")
    values = result.result
    unexpected = values.get("unexpected_count")
    observed = _observed(values.get("observed_value"))
    if unexpected is not None:
        shown = "; ".join(_examples(wanted.get("kwargs", {}), values.get("partial_unexpected_list") or []))
        observed = f"{unexpected} unexpected of {values.get('element_count')} rows"
        observed += f": {shown}" if shown else ""
    query = wanted.get("kwargs", {}).get("unexpected_rows_query")
    if query:
        observed += " unexpected rows"
    return Finding(_in_words(wanted), query, wanted["because"], bool(result.success), observed, unexpected)


def _observed(value: Any) -> str:
    """A figure as it is; of what may be anything else, how much of it there is."""
    if value is None or isinstance(value, bool | int | float | Decimal):
        return str(value)
    return f"{len(value)} values" if isinstance(value, list | dict | set) else "another value"


def _examples(kwargs: dict[str, Any], unexpected: list[Any]) -> list[str]:
    """Of the unexpected values of one column, or of several side by side, what may be told."""
    columns = kwargs.get("column_list") or [
        kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs
    ]
    rows = [
        [value[column] for column in columns] if isinstance(value, dict) else value if len(columns) > 1 else [value]
        for value in unexpected
    ]
    return examples(columns, rows, at_most=5) if unexpected else []


def _position(result: Any) -> int:
    return int(result.expectation_config.meta["position"])


def _in_words(wanted: dict[str, Any]) -> str:
    kwargs = wanted.get("kwargs", {})
    if "description" in kwargs:
        return str(kwargs["description"])
    arguments = ", ".join(f"{key} {value}" for key, value in kwargs.items())
    return str(wanted["type"]).replace("_", " ") + (f" ({arguments})" if arguments else "")
