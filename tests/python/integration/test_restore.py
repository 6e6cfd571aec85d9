"""A company restored from a backup, in another folder, publishes what it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.python.integration.conftest import Project, differences, succeeded
from tests.python.integration.test_killed_runs import SMALL

pytestmark = pytest.mark.long


def test_a_company_that_was_lost_publishes_the_same_again(tmp_path: Path) -> None:
    lost = Project(tmp_path / "lost", SMALL)
    succeeded(lost.run())
    succeeded(lost.command("backup", str(tmp_path / "backups")))
    (backup,) = (tmp_path / "backups").iterdir()

    restored = Project(tmp_path / "another machine" / "home", SMALL)
    # What the harness knows of the parsed project stands there already.
    succeeded(restored.command("restore", str(backup), "--replace"))
    assert not restored.warehouse_file.exists()
    assert restored.version() == 1
    succeeded(restored.run())

    assert restored.version() == 2
    assert not differences(lost.published_file, restored.published_file)
    succeeded(restored.command("rollback"))
    assert restored.version() == 1
    assert "cem-000001 stays" in succeeded(restored.run()).stderr
    assert restored.version() == 1
