"""What an earlier run was killed over is read by none, or made again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.report import write_report
from expectations.suites import load_suites
from orchestration.computed import ComputedLoad
from orchestration.ingestion.lake import completed_loads, write_view

NOW = datetime(2024, 1, 2, tzinfo=UTC)


def load(lake: Path) -> None:
    with ComputedLoad(lake, "olist", NOW) as computed:
        computed.add("sellers", "sellers.csv", 1, "md5", pa.table({"seller_id": ["1"]}))


def test_a_completion_record_cut_in_the_middle_completes_nothing(tmp_path: Path) -> None:
    load(tmp_path)
    (record,) = (tmp_path / "olist" / "_dlt_loads").iterdir()
    whole = record.read_text()
    for length in range(len(whole) - 1):
        record.write_text(whole[:length])
        assert completed_loads(tmp_path, "olist") == set()
    record.write_text(whole)
    assert completed_loads(tmp_path, "olist") == {"0000000000"}


def test_a_raw_view_is_made_anew_over_what_a_killed_check_left(tmp_path: Path) -> None:
    load(tmp_path / "lake")
    database = tmp_path / "raw_olist__sellers.duckdb"
    write_view(database, tmp_path / "lake", "olist", "sellers")
    # The log of a process that was killed before its changes were in the file.
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("set checkpoint_threshold = '1 GB'; pragma disable_checkpoint_on_shutdown")
        connection.execute("create schema raw_olist; create table raw_olist.sellers (cut_off int)")
    database.write_bytes(database.read_bytes()[:1000])
    other.with_name("other.duckdb.wal").rename(database.with_name(f"{database.name}.wal"))

    write_view(database, tmp_path / "lake", "olist", "sellers")
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select seller_id from raw_olist.sellers").fetchall() == [("1",)]


def test_a_quality_page_is_never_seen_half_written(tmp_path: Path) -> None:
    suite = load_suites("marts")[0]
    page = write_report(suite, (), tmp_path, NOW)
    page.with_suffix(".partial").write_text("<!doctype html><ht")
    write_report(load_suites("marts")[1], (), tmp_path, NOW)
    assert "all held" in (tmp_path / "index.html").read_text()
