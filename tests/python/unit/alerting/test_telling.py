"""An alert is told once when it begins and once when it is over, across runs, and never of a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.alerting import reach
from orchestration.alerting.alerts import Alerts
from orchestration.alerting.telling import Check, FailedStep, Outcome, open_alerts, tell, tell_failed_start, tell_killed
from orchestration.ingestion.lake import LandedFile, manifest_rows
from orchestration.settings import Settings
from tests.python.unit.alerting import receivers

HELD = Outcome("run 1", (), frozenset({"load_shop", "models", "published"}), (), has_published=True)
NOW = datetime(2026, 1, 2, 5, tzinfo=UTC)


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """shop.orders → staging → behavioural.orders → (Python) → marts.value → the page Board; web stands alone."""
    monkeypatch.setattr(reach, "computed_from", lambda _: {"valuation": ("behavioural.orders",)})
    project = {
        "sources": {
            "s.shop": {"source_name": "shop", "name": "orders"},
            "s.web": {"source_name": "web", "name": "events"},
            "s.valuation": {"source_name": "valuation", "name": "scores"},
        },
        "nodes": {
            "m.stg": {"resource_type": "model", "schema": "staging", "name": "stg_shop__orders", "access": "protected"},
            "m.orders": {"resource_type": "model", "schema": "behavioural", "name": "orders", "access": "public"},
            "m.value": {"resource_type": "model", "schema": "marts", "name": "value", "access": "public"},
            "t.unique": {"resource_type": "test", "schema": "tests", "name": "unique"},
        },
        "exposures": {"e.board": {"label": "Report: Board"}},
        "child_map": {
            "s.shop": ["m.stg"],
            "m.stg": ["m.orders"],
            "m.orders": ["t.unique"],
            "s.valuation": ["m.value"],
            "m.value": ["e.board"],
            "s.web": [],
        },
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(project), encoding="utf-8")
    return path


@pytest.fixture
def received() -> Iterator[tuple[str, receivers.Received]]:
    with receivers.webhook() as hook:
        yield hook


@pytest.fixture
def settings(tmp_path: Path, received: tuple[str, receivers.Received]) -> Settings:
    settings = Settings(
        home=tmp_path / "home",
        sources=("shop", "web"),
        now=NOW,
        alert_webhook=received[0],
        alert_free_disk_share=1e-9,
    )
    settings.warehouse.parent.mkdir(parents=True)
    in_warehouse(
        settings,
        """
        create schema marts;
        create table marts.data_anomalies (severity varchar, source_system varchar, entity varchar, part varchar,
            column_name varchar, anomaly_type varchar, first_date date, last_date date, observed_count bigint,
            expected_count bigint, owner varchar, remedy varchar);
        create table marts.load_reconciliation (source_system varchar, raw_table varchar, file_row_count bigint,
            quarantined_row_count bigint, repeated_row_count bigint)
        """,
    )
    return settings


def in_warehouse(settings: Settings, sql: str) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(sql)


def told(received: tuple[str, receivers.Received]) -> list[tuple[str, str]]:
    """What was posted since the last call: whether it is open or solved, and of what."""
    posted: list[dict[str, Any]] = [alert for message in received[1] for alert in message["alerts"]]
    received[1].clear()
    return sorted((alert["status"], alert["key"]) for alert in posted)


def failed_load(words: str = "shop.sqlite: no such table") -> Outcome:
    step = FailedStep("load_shop", "RecordsError", words, ("shop.orders",))
    return Outcome("run 2", (step,), frozenset(), (), has_published=False)


def test_a_failure_is_told_once_and_that_it_is_over_once(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received]
) -> None:
    tell(settings, manifest, failed_load())
    ((message),) = received[1]
    (alert,) = message["alerts"]
    assert alert["what"] == "the run failed at load_shop, and nothing was published (RecordsError)"
    assert alert["since"] == "2026-01-02T05:00:00+00:00"
    assert (alert["marts"], alert["pages"]) == (["behavioural.orders", "marts.value"], ["Report: Board"])
    assert alert["owner"] == "data engineering"
    assert alert["severity"] == "block"
    assert "run 2" in alert["what_to_do"]
    assert told(received) == [("open", "run:load_shop")]
    assert "the run failed at load_shop" in open_alerts(settings)

    tell(replace(settings, now=NOW + timedelta(days=1)), manifest, failed_load())
    assert told(received) == []
    assert Alerts.read(settings.alerts).open["run:load_shop"].since == "2026-01-02T05:00:00+00:00"

    tell(settings, manifest, HELD)
    tell(settings, manifest, HELD)
    assert told(received) == [("solved", "run:load_shop")]
    assert open_alerts(settings) == "No alert is open."
    logged = [json.loads(line) for line in settings.alert_log.read_text(encoding="utf-8").splitlines()]
    assert [line["status"] for line in logged] == ["open", "solved"]


def test_a_run_that_was_killed_or_could_not_begin_is_told_until_one_holds(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received]
) -> None:
    tell_failed_start(settings, OSError("No space left on device"))
    (alert,) = received[1][0]["alerts"]
    assert alert["what"] == "a run could not begin (OSError)"
    assert alert["what_to_do"].startswith("The disk is full")
    assert told(received) == [("open", "run:start")]
    tell_killed(settings)
    assert told(received) == [("open", "run:killed"), ("solved", "run:start")]
    tell(settings, manifest, failed_load())
    assert told(received) == [("open", "run:load_shop")]
    tell(settings, manifest, HELD)
    assert told(received) == [("solved", "run:killed"), ("solved", "run:load_shop")]


def test_what_a_run_did_not_come_to_stays_open(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received]
) -> None:
    unique = Check("marts.value", "expectations", False, True, ("values are unique (column key)",))
    warns = Check("behavioural.orders", "orders_have_lines", False, False)
    tell(settings, manifest, Outcome("run 1", (), frozenset({"load_shop"}), (unique, warns), has_published=False))
    assert "check expectations of marts.value failed: values are unique (column key)" in open_alerts(settings)
    assert told(received) == [
        ("open", "check:behavioural.orders:orders_have_lines"),
        ("open", "check:marts.value:expectations"),
    ]

    tell(settings, manifest, failed_load())
    assert told(received) == [("open", "run:load_shop")]

    passed = (replace(unique, has_passed=True), warns)
    tell(settings, manifest, Outcome("run 3", (), frozenset({"load_shop"}), passed, has_published=True))
    assert told(received) == [("solved", "check:marts.value:expectations"), ("solved", "run:load_shop")]
    unchanged = Outcome("run 4", (), frozenset({"load_shop", "models"}), (), has_published=False)
    tell(settings, manifest, unchanged)
    assert told(received) == []
    tell(settings, manifest, HELD)  # all checks there are were made, and this one is not among them any more
    assert told(received) == [("solved", "check:behavioural.orders:orders_have_lines")]


def test_an_anomaly_that_moves_with_the_weeks_is_the_same_and_one_that_blocks_is_told_again(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received]
) -> None:
    def stretch(severity: str, first: str, last: str) -> None:
        in_warehouse(
            settings,
            f"""
            delete from marts.data_anomalies;
            insert into marts.data_anomalies values ('{severity}', 'shop', 'orders', 'all', 'rows', 'fewer_rows',
                '{first}', '{last}', 3, 25, 'sales', 'Ask the shop.')
            """,
        )
        tell(settings, manifest, HELD)

    stretch("warn", "2025-12-20", "2025-12-27")
    (alert,) = received[1][0]["alerts"]
    assert alert["what"] == ("shop.orders, rows: fewer_rows from 2025-12-20 to 2025-12-27, 3 where 25 were expected")
    assert (alert["owner"], alert["what_to_do"], alert["since"]) == ("sales", "Ask the shop.", "2025-12-20")
    assert alert["pages"] == ["Report: Board"]
    first = [("open", "anomaly:shop:orders:all:rows:fewer_rows:2025-12-20:2025-12-27")]
    assert told(received) == first
    stretch("warn", "2025-12-22", "2025-12-29")
    assert told(received) == []
    stretch("block", "2025-12-23", "2025-12-30")
    assert told(received) == first
    stretch("accepted", "2025-12-23", "2025-12-30")
    assert told(received) == [("solved", first[0][1])]


def test_rows_in_quarantine_stale_sources_and_a_full_disk_are_told(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received]
) -> None:
    in_warehouse(
        settings,
        """
        insert into marts.load_reconciliation values
            ('shop', 'orders', 100, 11, 5), ('shop', 'payments', 100, 9, 5), ('shop', 'refunds', 0, 0, 0)
        """,
    )
    load(settings, "shop", NOW - timedelta(days=3))
    load(settings, "web", NOW - timedelta(days=3))
    strict = replace(settings, alert_free_disk_share=0.999999, alert_stale_days={"shop": 2, "web": 4, "crm": 1})
    tell(strict, manifest, HELD)
    assert told(received) == [("open", "disk"), ("open", "quarantine:shop.orders"), ("open", "stale:shop")]
    said = open_alerts(settings)
    assert "shop.orders: 6 of 100 rows are in quarantine" in said
    assert "shop has brought nothing new for more than 2 days\n  since: 2025-12-30T05:00:00+00:00" in said

    load(settings, "shop", NOW)
    in_warehouse(settings, "update marts.load_reconciliation set quarantined_row_count = repeated_row_count")
    tell(replace(strict, alert_free_disk_share=1e-9), manifest, HELD)
    assert told(received) == [
        ("solved", "disk"),
        ("solved", "quarantine:shop.orders"),
        ("solved", "stale:shop"),
    ]


def load(settings: Settings, source: str, loaded_at: datetime) -> None:
    """A load of the lake that completed."""
    import pyarrow.parquet as pq

    name = f"{loaded_at:%Y%m%d}"
    folder = settings.lake / source
    rows = folder / "landing_files" / f"load_id={name}"
    rows.mkdir(parents=True)
    pq.write_table(manifest_rows([LandedFile("orders", "a", 1, "", 0, 0, 1)], loaded_at), rows / "a.parquet")
    (folder / "_dlt_loads").mkdir(exist_ok=True)
    (folder / "_dlt_loads" / f"{name}.jsonl").write_text(json.dumps({"load_id": name, "status": 0}), encoding="utf-8")


def test_what_a_receiver_did_not_take_is_sent_by_the_next_run(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received], capsys: pytest.CaptureFixture[str]
) -> None:
    with receivers.webhook(500) as (down, _):
        tell(replace(settings, alert_webhook=down), manifest, failed_load())
        assert "the next run sends them again: webhook: status 500" in capsys.readouterr().err
        assert "webhook: 1 to be sent" in open_alerts(settings)
        tell(replace(settings, alert_webhook=down), manifest, failed_load())
    tell(settings, manifest, failed_load())
    assert told(received) == [("open", "run:load_shop")]
    tell(settings, manifest, failed_load())
    assert told(received) == []


def test_a_channel_that_is_new_learns_what_is_open(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received]
) -> None:
    tell(replace(settings, alert_webhook=None), manifest, failed_load())
    tell(settings, manifest, failed_load())
    assert told(received) == [("open", "run:load_shop")]


def test_no_alert_repeats_what_a_source_or_an_error_says(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received], capsys: pytest.CaptureFixture[str]
) -> None:
    person = "anna@example.org"
    tell(settings, manifest, failed_load(f"row 3: '{person}' is no number"))
    tell_failed_start(settings, ValueError(person))
    everything = json.dumps(received[1]) + capsys.readouterr().err + open_alerts(settings)
    everything += "".join(path.read_text(encoding="utf-8") for path in settings.alerts.parent.iterdir())
    assert person not in everything
    assert "secret-token" not in everything
    assert told(received) == [("open", "run:load_shop"), ("open", "run:start")]


def test_nothing_that_goes_wrong_with_alerts_fails_a_run(
    settings: Settings, manifest: Path, received: tuple[str, receivers.Received], capsys: pytest.CaptureFixture[str]
) -> None:
    settings.alerts.parent.mkdir()
    settings.alerts.write_text("half a fi", encoding="utf-8")
    settings.warehouse.write_bytes(b"x" * 5000)
    tell(settings, manifest, failed_load())
    assert told(received) == [("open", "run:load_shop")]
    settings.alerts.unlink()
    settings.alerts.mkdir()
    tell(settings, manifest, failed_load())
    assert "! alerts: IsADirectoryError" in capsys.readouterr().err
