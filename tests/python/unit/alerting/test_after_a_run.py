"""What Dagster records of a run is what is told of it, by the resource that every run holds."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import pytest

from orchestration import run as running
from orchestration.alerting import reach
from orchestration.alerting.alerts import Alerts
from orchestration.defs.automation import automation_definitions
from orchestration.defs.exclusive import REQUIRED, exclusive_definitions
from orchestration.settings import Settings

PUBLISHED = dg.AssetKey(["published", "current"])


class Company:
    """A graph of two tables, a blocking check and a publication, in a home of its own."""

    def __init__(self, home: Path, manifest: Path) -> None:
        self.settings = Settings(home=home, sources=("shop",), alert_free_disk_share=1e-9)
        self.manifest = manifest
        self.loads = self.passes = True

    def run(self, selection: list[dg.AssetKey] | None = None) -> bool:
        @dg.asset(key=["shop", "orders"], required_resource_keys=REQUIRED)
        def load_shop() -> None:
            if not self.loads:
                raise ValueError("row 3 of anna@example.org")

        @dg.asset(key=["marts", "value"], deps=[load_shop], required_resource_keys=REQUIRED)
        def value() -> None:
            pass

        @dg.asset_check(asset=value, name="expectations", blocking=True, required_resource_keys=REQUIRED)
        def expectations() -> dg.AssetCheckResult:
            return dg.AssetCheckResult(
                passed=self.passes, metadata={"failed": dg.MetadataValue.json(["key is unique"])}
            )

        @dg.asset(key=PUBLISHED, deps=[value], required_resource_keys=REQUIRED)
        def published() -> None:
            pass

        job = dg.Definitions.merge(
            dg.Definitions(assets=[load_shop, value, published], asset_checks=[expectations]),
            exclusive_definitions(self.settings, self.manifest, PUBLISHED),
            automation_definitions(self.settings),
        ).resolve_job_def("refresh")
        running.dagster_home(self.settings)
        with running.open_records(self.settings) as instance:
            return job.execute_in_process(instance=instance, raise_on_error=False, asset_selection=selection).success

    def told(self) -> dict[str, str]:
        return {key: alert.what for key, alert in Alerts.read(self.settings.alerts).open.items()}

    def log(self) -> list[str]:
        lines = self.settings.alert_log.read_text(encoding="utf-8").splitlines()
        return [f"{said['status']} {said['key']}" for said in map(json.loads, lines)]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setattr(reach, "computed_from", lambda _: {})
    manifest = tmp_path / "manifest.json"
    project = {
        "sources": {"s": {"source_name": "shop", "name": "orders"}},
        "nodes": {
            "m": {"resource_type": "model", "schema": "marts", "name": "value", "access": "public", "config": {}}
        },
        "exposures": {},
        "child_map": {"s": ["m"], "m": []},
    }
    manifest.write_text(json.dumps(project), encoding="utf-8")
    return Company(tmp_path / "home", manifest)


def test_a_run_that_fails_is_told_and_the_next_one_that_holds_solves_it(company: Company) -> None:
    company.loads = False
    assert not company.run()
    assert company.told() == {
        "run:shop__orders": "the run failed at shop__orders, and nothing was published (ValueError)"
    }
    assert Alerts.read(company.settings.alerts).open["run:shop__orders"].marts == ("marts.value",)
    assert "anna" not in company.settings.alert_log.read_text(encoding="utf-8")

    company.loads, company.passes = True, False
    assert not company.run()
    assert company.told() == {
        "check:marts.value:expectations": "check expectations of marts.value failed: key is unique"
    }

    company.passes = True
    assert company.run()
    assert company.told() == {}
    assert company.log() == [
        "open run:shop__orders",
        "open check:marts.value:expectations",
        "solved run:shop__orders",
        "solved check:marts.value:expectations",
    ]


def test_who_picks_some_assets_looks_on_and_is_told_nothing(company: Company) -> None:
    company.loads = False
    assert not company.run([dg.AssetKey(["shop", "orders"])])
    assert not company.settings.alerts.exists()


def test_a_run_that_could_not_begin_or_was_killed_is_told_by_who_comes_next(company: Company) -> None:
    company.settings.memory.parent.mkdir(parents=True)
    company.settings.memory.write_bytes(b"half a memory")
    assert not company.run()
    assert company.told() == {"run:start": "a run could not begin (MemoryLostError)"}

    company.settings.memory.unlink()

    @dg.job(name="refresh")
    def refresh() -> None:
        pass

    with running.open_records(company.settings) as instance:
        instance.create_run_for_job(refresh, status=dg.DagsterRunStatus.STARTED)
    assert company.run()
    assert company.log()[1:] == ["open run:killed", "solved run:start", "solved run:killed"]
    assert company.told() == {}
