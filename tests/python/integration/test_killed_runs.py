"""A run killed at random moments: the next one needs no hand, and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.python.conftest import REPOSITORY
from tests.python.integration.conftest import Project, clean_environment, differences, succeeded

pytestmark = pytest.mark.long

KILLS = 50
SMALL = {
    "CEM_SOURCES": "crm,shop,finance",
    "CEM_DEMO_FACTOR": "0.002",
    "CEM_NOW": "2026-01-01T06:00:00",
    # Of all homes, which are compared: a guest's customer_id is made with it.
    "CEM_PSEUDONYM_KEY": "of all homes that these tests compare",
}
# Other moments in every session; a failure says which, and how to have them again.
SEED = os.environ.get("CEM_TEST_SEED") or str(secrets.randbelow(10**9))


@dataclass
class Undisturbed:
    """A company after a run that nobody killed, and how long that took, seconds."""

    project: Project
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    project = Project(tmp_path_factory.mktemp("undisturbed"), SMALL)
    started = time.monotonic()
    succeeded(project.run())
    return Undisturbed(project, time.monotonic() - started)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_run_killed_at_any_moment_is_made_good_by_the_next(
    number: int, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """Half of the runs are a company's first, half are its second; after each kill one run has to succeed."""
    project = Project(tmp_path / "killed", SMALL)
    if number % 2:
        # A copied home is another one: all is done again.
        shutil.copytree(undisturbed.project.home, project.home, symlinks=True)
    share = random.Random(f"{SEED}-{number}").random()

    said = killed_after(project, share * undisturbed.seconds)
    again = project.run()

    stage = (said.strip().splitlines() or ["before it said anything"])[-1]
    moment = f"kill {number} of CEM_TEST_SEED={SEED}, after {share:.3f} of a run's time, at: {stage}"
    assert again.returncode == 0, f"{moment}\n{again.stderr[-4000:]}"
    assert not differences(undisturbed.project.published_file, project.published_file), moment
    shutil.rmtree(project.home)


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
