"""The source systems, one folder each; a folder exports `SOURCE`."""

from __future__ import annotations

from importlib import import_module

from orchestration.ingestion.landing_source import LandingSource
from orchestration.ingestion.rest_api import ApiSource
from orchestration.ingestion.sql_source import SqlSource


def source_named(name: str) -> LandingSource | SqlSource | ApiSource:
    """The source in the folder `name`. Raises ModuleNotFoundError where there is none."""
    source: LandingSource | SqlSource | ApiSource = import_module(f"orchestration.sources.{name}").SOURCE
    return source
