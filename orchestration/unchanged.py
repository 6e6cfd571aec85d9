"""What the published version was made from. Where nothing of it has changed, a run has nothing to do.

A version follows from what the lake holds, the project's files, the installed packages and the configuration: of each
a fingerprint is kept beside the warehouse, so that what removes the warehouse makes the next run do everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import sysconfig
from pathlib import Path
from typing import Any

from orchestration.dbt_project import PARSED, project_fingerprint
from orchestration.files import replace_file
from orchestration.ingestion.lake import completed_loads
from orchestration.settings import Settings

_PROJECT = "project"
_FILES = (*PARSED, "orchestration", "expectations")


def begin_version(settings: Settings) -> None:
    """Note what the version that is begun now is made from. Until it is published, nothing counts as unchanged."""
    _write(settings, {"made_from": _made_from(settings), "version": None})


def complete_version(settings: Settings) -> None:
    """Note that the version that was begun is the published one, with what was computed for it, and its warehouse.

    A publication of models that nobody built as a whole says nothing of what they are made from, and is not noted.
    """
    noted = _read(settings)
    if "made_from" in noted and noted["version"] is None:
        made_from = {**_made_from(settings), _PROJECT: noted["made_from"][_PROJECT]}
        _write(settings, {"made_from": made_from, **_version(settings)})


def stand_by_version(settings: Settings) -> bool:
    """Let a run leave the version that readers were switched to, until something changes; return whether it will.

    It will not where a run has failed since the last publication, or nothing tells what that was made from.
    """
    noted = _read(settings)
    if noted.get("version") is None:
        return False
    _write(settings, {**noted, "version": _version(settings)["version"]})
    return True


def is_unchanged(settings: Settings, source: str | None = None) -> bool:
    """Whether a run would publish again what is published; or, of one source, check again what was checked.

    What `source` brought was checked before the version that its loads are part of was published.
    """
    noted = _read(settings)
    if noted.get("version") is None:
        return False
    before, now = noted.pop("made_from"), _made_from(settings)
    if source is not None:
        return all(before.get(part) == now.get(part) for part in (_PROJECT, source))
    return before == now and noted == _version(settings)


def _made_from(settings: Settings) -> dict[str, str]:
    """A fingerprint of the project with its configuration, and of each source's loads, by name."""
    folders = sorted(folder.name for folder in settings.lake.iterdir() if folder.is_dir())
    loads = {source: _md5(sorted(completed_loads(settings.lake, source))) for source in folders}
    key = settings.pseudonym_key_file.read_bytes()
    # A version's folder of metadata is named after the package and its version.
    packages = sorted(name for name in os.listdir(sysconfig.get_path("purelib")) if name.endswith(".dist-info"))
    project = [project_fingerprint(settings, _FILES), settings.keep_versions, hashlib.sha256(key).hexdigest(), packages]
    return {_PROJECT: _md5(project), **loads}


def _version(settings: Settings) -> dict[str, Any]:
    """Which version is published, and what tells whether somebody has written into the warehouse since."""
    warehouse, published = settings.warehouse, settings.current
    return {
        "version": published.resolve().parent.name if published.exists() else None,
        "warehouse": [warehouse.stat().st_size, warehouse.stat().st_mtime_ns] if warehouse.exists() else None,
    }


def _md5(value: Any) -> str:
    return hashlib.md5(json.dumps(value).encode(), usedforsecurity=False).hexdigest()


def _path(settings: Settings) -> Path:
    return settings.warehouse.with_name("published_from.json")


def _read(settings: Settings) -> dict[str, Any]:
    """What was noted; nothing where no version was begun, or the note cannot be read."""
    try:
        noted: dict[str, Any] = json.loads(_path(settings).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return noted


def _write(settings: Settings, noted: dict[str, Any]) -> None:
    replace_file(_path(settings), json.dumps(noted, indent=2).encode())
