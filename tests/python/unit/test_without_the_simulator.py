"""A company with its own sources never imports the simulator; import-linter says so of the parts, this of a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.python.conftest import REPOSITORY

# The graph is put together, and a file loaded as its asset does.
PROGRAM = """
import sys
import orchestration.defs.graph
from orchestration.defs.ingestion import ingestion_definitions
from orchestration.demo_loading import load_or_serve
from orchestration.settings import Settings

settings = Settings.from_environment()
assert not settings.uses_demo
ingestion_definitions(settings)
print(load_or_serve("ads", settings).tables["campaign_days"].rows)
print(sorted(name for name in sys.modules if name.startswith("orchestration.demo_company")))
"""


def test_loading_real_files_imports_no_simulator(tmp_path: Path) -> None:
    folder = tmp_path / "landing" / "ads"
    folder.mkdir(parents=True)
    (folder / "campaign_days_2024-05.csv").write_text(
        "date,campaign,channel,impressions,clicks,spend,currency\n2024-05-01,spring,search,1000,10,5.00,EUR\n",
        encoding="utf-8",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CEM_")}
    environment |= {"CEM_HOME": str(tmp_path / "home"), "CEM_SOURCES": "ads", "CEM_LANDING": str(folder.parent)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1\n[]\n"), done.stderr
