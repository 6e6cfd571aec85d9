"""Asset of the demo company, where it is what is loaded: the one definition that imports the simulator."""

from __future__ import annotations

import dagster as dg

from orchestration import progress
from orchestration.defs.exclusive import REQUIRED
from orchestration.defs.ingestion import DEMO_LANDING
from orchestration.demo_company import generate
from orchestration.settings import Settings


def demo_company_definitions(settings: Settings) -> dg.Definitions:
    @dg.asset(key=DEMO_LANDING, group_name="ingestion", kinds={"python"}, required_resource_keys=REQUIRED)
    def demo_landing() -> dg.MaterializeResult[None]:
        """The demo company's source systems: databases, event files, exports, and what its APIs serve."""
        with progress.stage("simulate the demo company"):
            rows = generate(settings.demo_landing, settings.truth, factor=settings.demo_factor)
        return dg.MaterializeResult(metadata={"rows": sum(rows.values()), "folder": str(settings.demo_landing)})

    return dg.Definitions(assets=[demo_landing])
