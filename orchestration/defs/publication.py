"""The last asset: the published version, made only of what every check has passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg

from orchestration import progress
from orchestration.defs.exclusive import REQUIRED
from orchestration.memory import remember, remembered_relations
from orchestration.publishing.emptiness import lineage, reasons_for_no_rows
from orchestration.publishing.postgres import serve
from orchestration.publishing.public_models import public_models
from orchestration.publishing.publish import publish
from orchestration.settings import REPORT_FILE, Settings, project_vars, published_settings
from orchestration.unchanged import complete_version

PUBLISHED = dg.AssetKey(["published", "current"])
POSTGRES = dg.AssetKey(["published", "postgres"])
# After everything that can be done: a step without inputs is not skipped with what nothing has changed for.
_LAST = {"dagster/priority": "-1000"}


def publication_definitions(
    settings: Settings, manifest: Path, computed_from: Mapping[str, tuple[str, ...]]
) -> dg.Definitions:
    """`computed_from` are the relations that each computed source is made from."""
    models = public_models(manifest)
    relations = remembered_relations(manifest)

    @dg.asset(
        key=PUBLISHED,
        deps=[dg.AssetKey([model.schema, model.name]) for model in models],
        group_name="publication",
        kinds={"duckdb"},
        required_resource_keys=REQUIRED,
    )
    def published() -> dg.MaterializeResult[None]:
        """A versioned, read-only copy of the public models, and the switch of `published/current` to it."""
        with progress.stage("publish") as stage:
            # First, so that whatever was ever published is remembered.
            remember(settings.warehouse, settings.memory, relations)
            why_empty = reasons_for_no_rows(
                settings.warehouse,
                [model.relation for model in models],
                lineage(manifest, settings.dbt_target / "compiled", computed_from, project_vars(), settings.sources),
            )
            version = publish(
                settings.warehouse,
                settings.published,
                models,
                settings.clock(),
                ",".join(settings.sources),
                settings.keep_versions,
                why_empty,
                published_settings(),
            )
            complete_version(settings)
            stage.outcome = f"version {version.number}, {len(version.rows)} tables"
        return dg.MaterializeResult(
            metadata={
                "version": version.number,
                "path": str(version.path),
                "report": str(version.path.parent / REPORT_FILE),
                "rows": sum(version.rows.values()),
            }
        )

    return dg.Definitions(assets=[published, *_postgres(settings)])


def _postgres(settings: Settings) -> list[dg.AssetsDefinition]:
    """The asset of the PostgreSQL that versions are served from, where there is one.

    It names no input, though it follows the published version: Dagster would skip it in a run that finds nothing new,
    and what an earlier run could not bring there would never come.
    """
    dsn = settings.publish_postgres
    if dsn is None:
        return []

    @dg.asset(
        key=POSTGRES,
        group_name="publication",
        kinds={"postgres"},
        required_resource_keys=REQUIRED,
        op_tags=_LAST,
        output_required=False,
    )
    def postgres() -> Iterator[dg.MaterializeResult[None]]:
        """The published version in PostgreSQL: the same tables, switched in one transaction."""
        with progress.stage("publish to PostgreSQL") as stage:
            if not settings.current.exists():
                stage.outcome = "there is no version yet"
                return
            served = serve(settings.current, dsn)
            stage.outcome = served.in_words()
        for notice in served.notices:
            progress.notice(notice)
        yield dg.MaterializeResult(
            metadata={"version": served.number, "rows_loaded": served.rows, "is_new": served.is_new}
        )

    return [postgres]
