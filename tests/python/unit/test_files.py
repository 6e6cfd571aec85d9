"""What an earlier run was killed over is read by none, or made again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from expectations.report import write_report
from expectations.suites import load_suites
from orchestration.ingestion.lake import completed_loads, write_view
from orchestration.ingestion.landing_source import LandingSource
from orchestration.ingestion.load import load_source

NOW = datetime(2024, 1, 2, tzinfo=UTC)


def load(folder: Path) -> Path:
    """A lake below `folder` with one load of one row."""
    landing = folder / "landing"
    landing.mkdir()
    row = "2024-01-01,one,search,1000,10,7.50,EUR"
    (landing / "days.csv").write_text(f"date,campaign,channel,impressions,clicks,spend,currency\n{row}\n")
    load_source(LandingSource("ads", {"campaign_days": "days*"}), landing, folder / "lake", folder / "dlt", NOW)
    return folder / "lake"


def test_a_completion_record_cut_in_the_middle_completes_nothing(tmp_path: Path) -> None:
    lake = load(tmp_path)
    (record,) = (lake / "ads" / "_dlt_loads").iterdir()
    whole = record.read_text()
    for length in range(len(whole.rstrip())):
        record.write_text(whole[:length])
        assert completed_loads(lake, "ads") == set()
    record.write_text(whole)
    assert completed_loads(lake, "ads") == {json.loads(whole)["load_id"]}


def test_a_raw_view_is_made_anew_over_what_a_killed_check_left(tmp_path: Path) -> None:
    lake = load(tmp_path)
    database = tmp_path / "raw_ads__campaign_days.duckdb"
    write_view(database, lake, "ads", "campaign_days")
    # The log of a process that was killed before its changes were in the file.
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("set checkpoint_threshold = '1 GB'; pragma disable_checkpoint_on_shutdown")
        connection.execute("create schema raw_ads; create table raw_ads.campaign_days (cut_off int)")
    database.write_bytes(database.read_bytes()[:1000])
    other.with_name("other.duckdb.wal").rename(database.with_name(f"{database.name}.wal"))

    write_view(database, lake, "ads", "campaign_days")
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select campaign from raw_ads.campaign_days").fetchall() == [("one",)]


def test_a_quality_page_is_never_seen_half_written(tmp_path: Path) -> None:
    suite = load_suites("marts")[0]
    page = write_report(suite, (), tmp_path, NOW)
    page.with_suffix(".partial").write_text("<!doctype html><ht")
    write_report(load_suites("marts")[1], (), tmp_path, NOW)
    assert "all held" in (tmp_path / "index.html").read_text()
