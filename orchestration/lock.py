"""One process at a time works on a CEM_HOME, however it was started: a terminal, Dagster's UI, a schedule."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.private_home import keep_private
from orchestration.taking_over import take_over

_held_here: set[Path] = set()


class AlreadyRunning(Exception):
    """Another run holds this CEM_HOME."""


@contextmanager
def only_run(home: Path) -> Iterator[None]:
    """Hold `home` for this process; within it, holding it again changes nothing. The system frees it with the process.

    What the process writes from now on can be read by its user alone.

    Raises AlreadyRunning where another process holds it.
    """
    if home in _held_here:
        yield
        return
    keep_private(home)
    with (home / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"{home}: a run is going on (process {lock.read().strip()}). "
                "Wait for it, or give this one its own CEM_HOME."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _held_here.add(home)
        try:
            take_over(home)  # a restore that was cut off is ended before anything else is done
            yield
        finally:
            _held_here.discard(home)


def process_of_run(home: Path) -> str | None:
    """The process that holds `home`, if one does; nothing is written to find out."""
    try:
        with (home / "run.lock").open(encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return lock.read().strip() or "unknown"
    except OSError:
        pass
    return None
