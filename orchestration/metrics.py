"""Metrics of the published version, asked for through MetricFlow (docs/decisions/0077-metrics.md)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from orchestration.dbt_project import current_manifest, semantic_manifest_path
from orchestration.files import replace_file
from orchestration.settings import Settings, SettingsError
from orchestration.summary import current_version

# MetricFlow opens what the profile of a project says, and looks for metrics in its folder `target`. This one has no
# models, and the profile in which the published version is attached.
_PROJECT = "name: cem_metrics\nconfig-version: 2\nprofile: cem_published\n"


def query(settings: Settings, arguments: Sequence[str]) -> int:
    """Answer MetricFlow's command `arguments`, such as `list metrics`; without a command's name they are a query's.

    The published version stays as it is, and a run may go on beside it. Returns MetricFlow's exit code. Raises
    SettingsError where nothing has been published, or MetricFlow is not installed.
    """
    if find_spec("dbt_metricflow") is None:
        raise SettingsError("MetricFlow is not installed here. `make query` installs it.")
    current_version(settings)
    os.environ.update({**settings.child_environment(), "DBT_PROJECT_DIR": str(_project(settings))})
    settings.spill.mkdir(parents=True, exist_ok=True)
    from dbt_metricflow.cli import main

    # It would ask PyPI for a newer release before each answer; this one is locked.
    main.UpdateChecker = _NoUpdates  # type: ignore[attr-defined]
    command = list(arguments) if arguments and not arguments[0].startswith("-") else ["query", *arguments]
    try:
        main.cli.main(args=command, prog_name="make query")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _project(settings: Settings) -> Path:
    """The folder of a project with the metrics as this release defines them, parsing only where it must."""
    current_manifest(settings)
    folder = settings.dbt_target / "metrics"
    (folder / "target").mkdir(parents=True, exist_ok=True)
    replace_file(folder / "dbt_project.yml", _PROJECT.encode())
    replace_file(folder / "target" / "semantic_manifest.json", semantic_manifest_path(settings).read_bytes())
    return folder


class _NoUpdates:
    def check(self, package: str, version: str) -> None:
        """Know of none."""
