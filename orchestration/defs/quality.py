"""Expectation suites as blocking asset checks: what fails stops everything downstream, publication first of all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg

from expectations.runner import run_suite
from expectations.suites import Suite, load_suites
from orchestration import progress
from orchestration.bounded_memory import configuration
from orchestration.defs.exclusive import REQUIRED
from orchestration.ingestion.lake import write_view
from orchestration.settings import Settings
from orchestration.unchanged import is_unchanged


def quality_definitions(settings: Settings) -> dg.Definitions:
    checks = [
        _check(suite, _raw_asset(suite), _raw_database(suite, settings), settings, source=_raw_asset(suite).path[0])
        for suite in load_suites("raw")
        if _raw_asset(suite).path[0] in settings.sources
    ]
    checks += [
        _check(suite, dg.AssetKey([suite.schema, suite.table]), lambda: settings.warehouse, settings)
        for suite in load_suites("marts")
    ]
    return dg.Definitions(asset_checks=checks)


def _raw_asset(suite: Suite) -> dg.AssetKey:
    return dg.AssetKey([suite.schema.removeprefix("raw_"), suite.table])


def _raw_database(suite: Suite, settings: Settings) -> Callable[[], Path]:
    def database() -> Path:
        path = settings.raw_views / f"{suite.schema}__{suite.table}.duckdb"
        source, table = _raw_asset(suite).path
        write_view(path, settings.lake, source, table)
        return path

    return database


def _check(
    suite: Suite, asset: dg.AssetKey, database: Callable[[], Path], settings: Settings, source: str | None = None
) -> dg.AssetChecksDefinition:
    """The check of one table. Of what a `source` brought, it is not made again until the source brings something."""

    @dg.asset_check(asset=asset, name="expectations", blocking=True, required_resource_keys=REQUIRED)
    def expectations() -> dg.AssetCheckResult:
        with progress.stage(f"check {suite.name}") as stage:
            if source is not None and is_unchanged(settings, source):
                stage.outcome = "nothing new"
                return dg.AssetCheckResult(passed=True, description="It passed, and nothing has changed since.")
            path = database()
            result = run_suite(suite, path, settings.quality, settings.clock(), configuration(path))
            failed = sum(not finding.success for finding in result.findings)
            stage.outcome = f"{len(result.findings)} expectations" + (f", {failed} FAILED" if failed else "")
        return dg.AssetCheckResult(
            passed=result.success,
            severity=dg.AssetCheckSeverity.ERROR,
            description=result.failures() or None,
            metadata={
                "report": dg.MetadataValue.path(str(result.report)),
                "failed": dg.MetadataValue.json([one.expectation for one in result.findings if not one.success]),
            },
        )

    return expectations
