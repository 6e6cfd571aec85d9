"""What a restore puts in the place of what a home holds: all of it, whenever its process is killed."""

from __future__ import annotations

import shutil
from pathlib import Path

# What is complete, checked, and to be moved into the home that it stands in.
READY_FOLDER = "restored"


def take_over(home: Path) -> None:
    """Put each folder of `home/restored` in the place of its namesake. To be called by who holds the home.

    A call that was cut off is made good by the next: what has its place already is not in `home/restored` any more.
    """
    ready = home / READY_FOLDER
    if not ready.is_dir():
        return
    for folder in sorted(ready.iterdir()):
        place = home / folder.name
        if place.is_symlink():
            place.unlink()
        elif place.exists():
            shutil.rmtree(place)
        folder.rename(place)
    ready.rmdir()
