"""What a person at the terminal sees of a run, on standard error: one line a stage, as it ends."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Stage:
    outcome: str = ""


@contextmanager
def stage(name: str) -> Iterator[Stage]:
    """Announce a stage and, when it is over, what came of it and how long it took."""
    started = time.monotonic()
    stage = Stage()
    _write(f"… {name}\n")
    yield stage
    _write(f"✓ {name}: {stage.outcome or 'done'} ({time.monotonic() - started:.1f} s)\n")


def notice(text: str) -> None:
    _write(f"! {text}\n")


def dbt_line(text: str) -> None:
    """Shorten what dbt says of a node to a counter on a terminal, and to what went wrong elsewhere."""
    done = re.match(r"(\d+) of (\d+) (OK|PASS)", text)
    if done and sys.stderr.isatty():
        _write(f"\r  {done[1]} of {done[2]}\r")
    elif re.match(r"\d+ of \d+ (ERROR|FAIL|WARN)", text):
        _write(f"  {text.strip()}\n")


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
