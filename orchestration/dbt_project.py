"""The dbt project as the orchestration sees it: its manifest, kept current without parsing twice."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.dbt_commands import DbtError, run_dbt
from orchestration.files import replace_file
from orchestration.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PARSED = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests/dbt", "docs/dbt")


class DbtParseError(Exception):
    """dbt could not parse the project. The message is dbt's."""


def dbt_command() -> str:
    """The dbt of this very environment, whatever PATH says."""
    return str(Path(sys.executable).parent / "dbt")


def manifest_path(settings: Settings) -> Path:
    """Where the manifest that fits is kept."""
    return settings.dbt_target / "parsed" / "manifest.json"


def semantic_manifest_path(settings: Settings) -> Path:
    """Where the metrics of that manifest are kept, as MetricFlow reads them."""
    return manifest_path(settings).with_name("semantic_manifest.json")


def current_manifest(settings: Settings) -> Path:
    """The path of a manifest that fits the project's files and the enabled sources, parsing only where it must.

    Its metrics are beside it (`semantic_manifest_path`). It is a copy of its own, which only a finished parse replaces:
    dbt writes its `manifest.json` anew with every command, and a command that is killed leaves half of one. Raises
    DbtParseError with dbt's own words.
    """
    manifest = manifest_path(settings)
    stamp = manifest.with_name("parsed_for.txt")
    fingerprint = project_fingerprint(settings, PARSED)
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint:
        return manifest
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    written = settings.dbt_target / "manifest.json"
    project = parsed_project(settings)
    project.write(str(written))  # type: ignore[no-untyped-call]
    # Without its stamp a manifest counts as none, so nothing that is killed in between pairs new with old.
    stamp.unlink(missing_ok=True)
    replace_file(manifest, written.read_bytes())
    semantic = settings.dbt_target / "semantic_manifest.json"
    SemanticManifest(project).write_json_to_file(str(semantic))
    replace_file(semantic_manifest_path(settings), semantic.read_bytes())
    replace_file(stamp, fingerprint.encode())
    return manifest


def parsed_project(settings: Settings) -> Manifest:
    """The project as dbt has it in memory, with the enabled sources; parsed once a process, unless a file changes.

    Raises DbtParseError with dbt's own words.
    """
    return _parsed(project_fingerprint(settings, PARSED), tuple(settings.child_environment().items()))


@functools.lru_cache(maxsize=1)
def _parsed(fingerprint: str, environment: tuple[tuple[str, str], ...]) -> Manifest:
    with _environment(environment):
        try:
            project: Manifest = run_dbt("parse")
        except DbtError as error:
            raise DbtParseError(str(error)) from error
    return project


@contextmanager
def _environment(variables: Iterable[tuple[str, str]]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def project_fingerprint(settings: Settings, names: Iterable[str]) -> str:
    """Changes when one of these files, or a file in these folders, does, the sources that are on, or the as-of date."""
    files = hashlib.md5(usedforsecurity=False)
    for name in names:
        root = PROJECT_ROOT / name
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                status = path.stat()
                files.update(f"{path} {status.st_mtime_ns} {status.st_size}\n".encode())
    return f"{files.hexdigest()} {sorted(settings.project_environment().items())}"
