"""A load that is killed, whenever that is, leaves nothing half done that is read, and the next one makes it good."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.python.conftest import REPOSITORY

CRASHES = 20


def test_a_load_killed_at_any_moment_and_resumed_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    """CSV, Parquet, JSON Lines and a database, killed while they are loaded for the first and for the second time."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.python.unit.ingestion.crashing_loads", str(tmp_path), "1", str(CRASHES)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    crashes = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(crashes) == CRASHES
    wrong = [crash for crash in crashes if not all(value for value in crash.values() if isinstance(value, bool))]
    assert not wrong, ran.stderr
    # The moments are spread over all sources: some died in the first, some when others were complete.
    assert {crash["complete"] for crash in crashes} >= {0, 3}
