"""The dbt project as the orchestration sees it: its manifest, kept current without parsing twice."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from orchestration.files import replace_file
from orchestration.settings import PROJECT_ROOT, Settings

PARSED = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests/dbt", "docs/dbt")


class DbtParseError(Exception):
    """dbt could not parse the project. The message is dbt's."""


def dbt_command() -> str:
    """The dbt of this very environment, whatever PATH says."""
    return str(Path(sys.executable).parent / "dbt")


def manifest_path(settings: Settings) -> Path:
    """Where the manifest that fits is kept."""
    return settings.dbt_target / "parsed" / "manifest.json"


def current_manifest(settings: Settings) -> Path:
    """The path of a manifest that fits the project's files and the enabled sources, parsing only where it must.

    It is a copy of its own, which only a finished parse replaces: dbt writes its `manifest.json` anew with every
    command, and a command that is killed leaves half of one. Raises DbtParseError with dbt's own words.
    """
    manifest = manifest_path(settings)
    stamp = manifest.with_name("parsed_for.txt")
    fingerprint = project_fingerprint(settings, PARSED)
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
    # Without its stamp a manifest counts as none, so nothing that is killed in between pairs new with old.
    stamp.unlink(missing_ok=True)
    replace_file(manifest, (settings.dbt_target / "manifest.json").read_bytes())
    replace_file(stamp, fingerprint.encode())
    return manifest


def project_fingerprint(settings: Settings, names: Iterable[str]) -> str:
    """Changes when one of these files, or a file in these folders, does, the sources that are on, or the as-of date."""
    files = hashlib.md5(usedforsecurity=False)
    for name in names:
        root = PROJECT_ROOT / name
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                status = path.stat()
                files.update(f"{path} {status.st_mtime_ns} {status.st_size}\n".encode())
    return f"{files.hexdigest()} {sorted(settings.child_environment().items())}"
