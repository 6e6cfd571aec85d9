"""The command that asks for metrics: of the published version, whatever goes on beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_project import PARSED, project_fingerprint, semantic_manifest_path
from orchestration.metrics import query
from orchestration.settings import DEMO_SOURCES, PROJECT_ROOT, Settings, SettingsError
from tests.python.asked_metrics import semantic_manifest_json
from tests.python.unit.report.published_file import published_version


def test_nothing_is_asked_where_nothing_is_published(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing has been published yet"):
        query(Settings(home=tmp_path, sources=DEMO_SOURCES), ["list", "metrics"])


def test_it_asks_the_published_version_while_a_run_has_the_warehouse(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sources=DEMO_SOURCES)
    orders = [
        {"order_id": f"O{number}", "business_date": "2024-12-01", "is_purchase": True, "freight_amount": 2}
        for number in range(3)
    ]
    days = [{"date_day": "2024-12-01", "is_until_as_of": True}]
    settings.published.mkdir()
    version = published_version(settings.published, {"behavioural.orders": orders, "marts.dates": days})
    (settings.published / "current").symlink_to(version.name)
    published = settings.current.read_bytes()
    keep_parsed(settings)
    settings.warehouse.parent.mkdir()
    with duckdb.connect(str(settings.warehouse)):
        done = subprocess.run(
            [sys.executable, "-m", "orchestration", "query", "--quiet", "--metrics", "order_count,revenue_amount"],
            env={**os.environ, "CEM_HOME": str(settings.home)},
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    names, _, figures = done.stdout.splitlines()
    assert (names.split(), figures.split()) == (["order_count", "revenue_amount"], ["3", "6"])
    assert settings.current.read_bytes() == published


def keep_parsed(settings: Settings) -> None:
    """Leave what a parse leaves, so that the command finds the metrics without one."""
    folder = semantic_manifest_path(settings).parent
    folder.mkdir(parents=True)
    semantic_manifest_path(settings).write_bytes(semantic_manifest_json())
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    (folder / "parsed_for.txt").write_text(project_fingerprint(settings, PARSED), encoding="utf-8")
