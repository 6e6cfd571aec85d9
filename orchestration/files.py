"""Files that a later run reads: whole or not there, whenever the process that writes them is killed."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step; the temporary name matches no export's name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = partial_of(path)
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def partial_of(path: Path) -> Path:
    """Where a file stands while it is written."""
    return path.parent / f".{path.name}.{os.getpid()}.partial"
