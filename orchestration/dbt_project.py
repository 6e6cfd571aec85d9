"""The dbt project as the orchestration sees it: its manifest, kept current without parsing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from orchestration.settings import PROJECT_ROOT, Settings

_PARSED = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests/dbt", "docs/dbt")


class DbtParseError(Exception):
    """dbt could not parse the project. The message is dbt's."""


def dbt_command() -> str:
    """The dbt of this very environment, whatever PATH says."""
    return str(Path(sys.executable).parent / "dbt")


def current_manifest(settings: Settings) -> Path:
    """The path of a manifest that fits the project's files and the enabled sources, parsing only where it must.

    Raises DbtParseError with dbt's own words.
    """
    manifest = settings.dbt_target / "manifest.json"
    stamp = settings.dbt_target / "parsed_for.txt"
    fingerprint = _fingerprint(settings)
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint:
        return manifest
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    parsed = subprocess.run(
        [dbt_command(), "--quiet", "--no-use-colors", "parse"],
        cwd=PROJECT_ROOT,
        env={**os.environ, **settings.child_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if parsed.returncode != 0:
        raise DbtParseError(parsed.stdout + parsed.stderr)
    stamp.write_text(fingerprint, encoding="utf-8")
    return manifest


def _fingerprint(settings: Settings) -> str:
    """Changes when a parsed file, the sources that are on, or the as-of date does."""
    newest = count = 0
    for name in _PARSED:
        root = PROJECT_ROOT / name
        for path in [root] if root.is_file() else root.rglob("*"):
            if path.is_file():
                newest = max(newest, path.stat().st_mtime_ns)
                count += 1
    return f"{newest} {count} {sorted(settings.child_environment().items())}"
