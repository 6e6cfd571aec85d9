"""What is recorded through kept connections is what Dagster itself records and reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.event_log import opened_instance
from tests.python.conftest import REPOSITORY


@dg.asset
def an_asset() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.asset_check(asset=an_asset)
def has_rows() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


# What another process does meanwhile, with Dagster's own event log.
OTHER = """
import sys
from tests.python.unit.test_event_log import dg, run
with dg.DagsterInstance.from_config(sys.argv[1]) as own:
    for _ in range(3):
        print(run(own))
"""
JOB = dg.Definitions(
    assets=[an_asset], asset_checks=[has_rows], jobs=[dg.define_asset_job("all_of_it")]
).resolve_job_def("all_of_it")


def run(instance: dg.DagsterInstance) -> str:
    return JOB.execute_in_process(instance=instance).run_id


def recorded(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    return [str(entry.dagster_event_type) for entry in instance.all_logs(run_id)]


@pytest.fixture
def records(tmp_path: Path) -> Path:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    return tmp_path


def test_dagster_reads_what_was_recorded_and_records_the_same(records: Path) -> None:
    with opened_instance(records) as kept:
        run_id = run(kept)
        seen = recorded(kept, run_id)
    with dg.DagsterInstance.from_config(str(records)) as own:
        assert recorded(own, run_id) == seen
        assert own.get_latest_materialization_event(dg.AssetKey("an_asset")).run_id == run_id  # type: ignore[union-attr]
        assert recorded(own, run(own)) == seen
    assert "ASSET_MATERIALIZATION" in str(seen)
    assert "ASSET_CHECK_EVALUATION" in str(seen)


def test_records_of_before_are_read_and_deleted(records: Path) -> None:
    with dg.DagsterInstance.from_config(str(records)) as own:
        before = run(own)
    with opened_instance(records) as kept:
        assert recorded(kept, before)
        kept.delete_run(before)
        assert recorded(kept, before) == []
        assert recorded(kept, run(kept))


def test_two_processes_record_at_once(records: Path) -> None:
    """`make dev` looks on, and may record, while a run goes on: a connection that is kept holds up nobody."""
    with opened_instance(records) as kept:
        ours = [run(kept)]
        other = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(records)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        )
        while other.poll() is None:
            ours.append(run(kept))
        assert other.returncode == 0
        assert other.stdout is not None
        run_ids = [*ours, *other.stdout.read().split()]
        assert len(run_ids) > 4
    with dg.DagsterInstance.from_config(str(records)) as own:
        seen = [recorded(own, run_id) for run_id in run_ids]
    assert all(events == seen[0] != [] for events in seen)
