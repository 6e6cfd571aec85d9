"""What is recorded through kept connections is what Dagster itself records and reads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from orchestration.event_log import opened_instance


@dg.asset
def an_asset() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.asset_check(asset=an_asset)
def has_rows() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


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
    """`make dev` looks on, and may record, while a run goes on: one's open connection holds up nobody."""
    with opened_instance(records) as kept, dg.DagsterInstance.from_config(str(records)) as own:
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(run, instance) for instance in (kept, own, kept, own)]
        run_ids = [done.result() for done in runs]
        assert all(recorded(own, run_id) == recorded(kept, run_id) != [] for run_id in run_ids)
