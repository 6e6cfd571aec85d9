"""CEM_HOME holds personal data, so it is its user's alone. Only what is published can be opened to others."""

from __future__ import annotations

import os
from pathlib import Path

from orchestration.settings import PUBLISHED_FOLDER


def keep_private(home: Path) -> None:
    """Make `home` where it is missing; what this process and its children write is for their user alone from now on.

    Folders that a release of before left open are closed. `home` itself and the published versions keep the mode that
    somebody gave them, so that readers of another account can be let in to what is published.
    """
    os.umask(0o077)
    home.mkdir(parents=True, exist_ok=True)
    for folder in home.iterdir():
        is_open = folder.is_dir() and not folder.is_symlink() and folder.stat().st_mode & 0o077
        if is_open and folder.name != PUBLISHED_FOLDER:
            folder.chmod(0o700)
