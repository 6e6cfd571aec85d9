"""Forgetting what the source systems no longer have: `make erase` (docs/decisions/0049)."""

from __future__ import annotations

import shutil
from dataclasses import replace

from orchestration import progress
from orchestration.dbt_project import current_manifest
from orchestration.ingestion.lake import keep_what_counts
from orchestration.ingestion.landing_source import LandingSource
from orchestration.ingestion.records import mark_parts_of_deleted
from orchestration.lock import only_run
from orchestration.memory import forget, remembered_relations
from orchestration.publishing.postgres import forget_former
from orchestration.run import run
from orchestration.settings import Settings
from orchestration.sources import source_named
from orchestration.state import clean
from orchestration.texts.lake_tables import SOURCE as TEXTS


def erase(settings: Settings) -> bool:
    """Learn what was deleted at the sources, remove it from all that is kept, and publish anew, as the only version.

    Return whether everything held. Where the first run does not hold nothing is removed; where the second does not,
    former versions are still there. A call that was cut off is made good by another. Raises AlreadyRunning, and
    PostgresError where only what PostgreSQL has of former versions could not be removed.
    """
    with only_run(settings.home):
        if not run(settings):
            return False
        clean(settings)
        with progress.stage("erase what the sources no longer have") as stage:
            forgotten = forget(settings.memory, remembered_relations(current_manifest(settings)))
            # What is learned from texts holds their words: it is learned anew from those that are there.
            shutil.rmtree(settings.lake / TEXTS, ignore_errors=True)
            for name in settings.sources:
                pack = source_named(name)
                if not isinstance(pack, LandingSource):
                    mark_parts_of_deleted(name, pack.tables, settings.lake, settings.home / "dlt", settings.clock())
            sources = sorted(folder.name for folder in settings.lake.iterdir() if folder.is_dir())
            removed = sum(keep_what_counts(settings.lake, source) for source in sources)
            stage.outcome = f"{removed:,} rows of the lake, {forgotten:,} of the memory"
        if not run(replace(settings, keep_versions=1)):
            return False
        if settings.publish_postgres and (emptied := forget_former(settings.publish_postgres)):
            progress.notice(f"PostgreSQL: {emptied} tables of former versions, which views still read, were emptied.")
        return True
