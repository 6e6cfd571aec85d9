"""A load that is killed, whenever that is, leaves nothing half done that is read, and the next one makes it good."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.python.conftest import REPOSITORY


@pytest.mark.parametrize("crashes", [8, pytest.param(40, marks=pytest.mark.long)])
def test_a_load_killed_at_any_moment_and_resumed_ends_as_an_undisturbed_one(tmp_path: Path, crashes: int) -> None:
    """CSV, Parquet, JSON Lines and a database, killed while they are loaded for the first and for the second time."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.python.unit.ingestion.crashing_loads", str(tmp_path), "1", str(crashes)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    died = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(died) == crashes
    wrong = [crash for crash in died if not all(value for value in crash.values() if isinstance(value, bool))]
    assert not wrong, ran.stderr
    # The moments are spread over all sources: some died in the first, some when three others were complete.
    complete = {crash["complete"] for crash in died}
    assert min(complete) == 0
    assert max(complete) >= 3
