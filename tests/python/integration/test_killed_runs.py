"""A run killed at random moments: the next one needs no hand, and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.python.conftest import REPOSITORY
from tests.python.integration.conftest import Project, clean_environment, differences, succeeded

KILLS = 50
SMALL = {"CEM_SOURCES": "crm,shop,finance", "CEM_DEMO_FACTOR": "0.002", "CEM_NOW": "2026-01-01T06:00:00"}


@pytest.mark.long
def test_a_run_killed_at_any_moment_is_made_good_by_the_next(tmp_path: Path) -> None:
    """Half of the runs are a company's first, half are its second; after each kill one run has to succeed."""
    undisturbed = Project(tmp_path / "undisturbed", SMALL)
    started = time.monotonic()
    succeeded(undisturbed.run())
    seconds = time.monotonic() - started
    expected = undisturbed.home / "published" / "current.duckdb"
    moments = random.Random(os.environ.get("CEM_TEST_SEED", "50"))
    for number in range(KILLS):
        home = tmp_path / "killed"
        shutil.rmtree(home, ignore_errors=True)
        if number % 2:
            shutil.copytree(undisturbed.home, home, symlinks=True)
        project = Project(home, SMALL)
        moment = moments.uniform(0, seconds)
        said = killed_after(project, moment)
        again = project.run()
        assert again.returncode == 0, f"kill {number} after {moment:.1f} s, {said[-200:]}: {again.stderr[-4000:]}"
        assert not differences(expected, project.home / "published" / "current.duckdb"), f"kill {number}"
        print(f"kill {number} after {moment:.1f} s: {said.strip().splitlines()[-1:]}")


def killed_after(project: Project, seconds: float) -> str:
    """Start a run, kill all its processes after `seconds`, and return what it had said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration", "run"],
        cwd=REPOSITORY,
        env={**clean_environment(), "CEM_HOME": str(project.home), **project.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[1]
