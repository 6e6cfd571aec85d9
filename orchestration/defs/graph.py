"""All definitions of one configuration, as one graph."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg

from orchestration.computations import computed_from, stages
from orchestration.defs.automation import automation_definitions
from orchestration.defs.computed import computed_definitions
from orchestration.defs.exclusive import exclusive_definitions
from orchestration.defs.ingestion import ingestion_definitions
from orchestration.defs.publication import PUBLISHED, publication_definitions
from orchestration.defs.quality import quality_definitions
from orchestration.defs.transformation import transformation_definitions
from orchestration.settings import Settings


def graph(settings: Settings, manifest: Path) -> dg.Definitions:
    project = json.loads(manifest.read_bytes())
    return dg.Definitions.merge(
        *_demo_company(settings),
        exclusive_definitions(settings, manifest, PUBLISHED),
        ingestion_definitions(settings),
        transformation_definitions(settings, manifest, stages(project)),
        computed_definitions(settings, project),
        quality_definitions(settings),
        publication_definitions(settings, manifest, computed_from(project)),
        automation_definitions(settings),
    )


def _demo_company(settings: Settings) -> list[dg.Definitions]:
    """What simulates the demo company, imported only where that is what is loaded."""
    if not settings.uses_demo:
        return []
    from orchestration.defs.demo_company import demo_company_definitions

    return [demo_company_definitions(settings)]
