"""The same company leaves the same bytes, is written whole, and is written only when it has to be."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from orchestration.demo_company import MARKER, company, generate
from orchestration.demo_company.clock import DAY, END, START, SeasonalClock

SIZE = 150


def fingerprints(landing: Path) -> dict[str, str]:
    files = (path for path in landing.rglob("*") if path.is_file())
    return {path.relative_to(landing).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def times(landing: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in landing.rglob("*")}


def test_same_seed_leaves_the_same_bytes_in_another_folder(tmp_path: Path) -> None:
    first = generate(tmp_path / "one", seed=7, customers=SIZE)
    assert generate(tmp_path / "two", seed=7, customers=SIZE) == first
    assert fingerprints(tmp_path / "one") == fingerprints(tmp_path / "two")


def test_another_seed_changes_every_file(tmp_path: Path) -> None:
    generate(tmp_path / "one", seed=7, customers=SIZE)
    generate(tmp_path / "two", seed=8, customers=SIZE)
    one, two = fingerprints(tmp_path / "one"), fingerprints(tmp_path / "two")
    assert one.keys() == two.keys()
    assert not [name for name in one if one[name] == two[name]]


def test_global_random_state_has_no_part_in_it(tmp_path: Path) -> None:
    np.random.seed(1)
    generate(tmp_path / "one", seed=7, customers=SIZE)
    before = np.random.get_state()[1]
    np.random.seed(2)
    generate(tmp_path / "two", seed=7, customers=SIZE)
    assert fingerprints(tmp_path / "one") == fingerprints(tmp_path / "two")
    np.random.seed(1)
    assert np.array_equal(before, np.random.get_state()[1])


def test_a_second_call_writes_nothing(tmp_path: Path) -> None:
    first = generate(tmp_path, seed=7, customers=SIZE)
    before = times(tmp_path)
    assert generate(tmp_path, seed=7, customers=SIZE) == first
    assert times(tmp_path) == before


def test_another_size_replaces_the_company(tmp_path: Path) -> None:
    generate(tmp_path, seed=7, customers=SIZE)
    assert generate(tmp_path, seed=7, customers=60)["crm/customers"] == 60
    generate(tmp_path / "fresh", seed=7, customers=60)
    fresh = fingerprints(tmp_path / "fresh")
    assert {name: mark for name, mark in fingerprints(tmp_path).items() if not name.startswith("fresh")} == fresh


@pytest.mark.parametrize("damage", ["missing", "truncated"])
def test_a_damaged_company_is_written_again(tmp_path: Path, damage: str) -> None:
    generate(tmp_path, seed=7, customers=SIZE)
    whole = fingerprints(tmp_path)
    file = tmp_path / "web" / "events_2024-02.csv.gz"
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-20])
    generate(tmp_path, seed=7, customers=SIZE)
    assert fingerprints(tmp_path) == whole


def test_a_call_that_is_cut_off_leaves_only_whole_files_and_the_next_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = company.write_csv, 0

    def stops_at_the_tenth(path: Path, columns: company.Columns) -> int:
        nonlocal calls
        calls += 1
        if calls == 10:
            raise KeyboardInterrupt
        return real(path, columns)

    monkeypatch.setattr(company, "write_csv", stops_at_the_tenth)
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "cut", seed=7, customers=SIZE)
    monkeypatch.undo()
    generate(tmp_path / "whole", seed=7, customers=SIZE)
    cut, whole = fingerprints(tmp_path / "cut"), fingerprints(tmp_path / "whole")
    assert len(cut) == 10  # nine files and the marker
    assert all(whole[name] == mark for name, mark in cut.items() if name != MARKER)
    generate(tmp_path / "cut", seed=7, customers=SIZE)
    assert fingerprints(tmp_path / "cut") == whole


def test_a_file_appears_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Path, target: Path) -> Path:
        raise OSError("no room")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match="no room"):
        generate(tmp_path, seed=7, customers=5)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_somebody_elses_exports_are_not_overwritten(tmp_path: Path) -> None:
    theirs = tmp_path / "shop" / "orders.csv.gz"
    theirs.parent.mkdir()
    theirs.write_bytes(b"real orders")
    with pytest.raises(FileExistsError, match=r"shop/orders\.csv\.gz"):
        generate(tmp_path, seed=7, customers=5)
    assert fingerprints(tmp_path).keys() == {"shop/orders.csv.gz"}
    assert theirs.read_bytes() == b"real orders"


@pytest.mark.parametrize("customers", [1, 2, 9])
def test_the_smallest_companies_have_all_files(tmp_path: Path, customers: int) -> None:
    for seed in range(4):
        landing = tmp_path / str(seed)
        assert generate(landing, seed=seed, customers=customers)["crm/customers"] == customers
        assert len(list(landing.rglob("*.csv.gz"))) == 58


def test_a_company_without_customers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one customer"):
        generate(tmp_path, customers=0)


def test_files_are_plain_utf8_csv_with_iso_times_and_two_decimals(tmp_path: Path) -> None:
    generate(tmp_path, seed=7, customers=SIZE)
    for path in tmp_path.rglob("*.csv.gz"):
        raw = path.read_bytes()
        assert raw[4:8] == b"\0\0\0\0", "a gzip header without a time"
        text = gzip.decompress(raw).decode("utf-8")
        assert text.endswith("\n")
        assert not set('"\r\0') & set(text)
        header, *lines = text.splitlines()
        columns = header.split(",")
        for line in lines:
            for column, value in zip(columns, line.split(","), strict=True):
                if value and column.endswith("_at"):
                    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", value), (path, column, value)
                if value and (column.endswith(("_amount", "_price", "_cost")) or column == "amount"):
                    assert re.fullmatch(r"\d+\.\d\d", value), (path, column, value)


def test_the_busy_clock_turns_back_into_calendar_time_and_never_runs_backwards() -> None:
    clock = SeasonalClock()
    instant = np.linspace(START, END, 5_000).astype(np.int64)
    assert np.abs(clock.calendar(clock.busy(instant)) - instant).max() <= 1
    assert np.all(np.diff(clock.busy(instant)) > 0)
    later = clock.later(instant, np.full(len(instant), float(DAY)))
    assert np.all((later >= instant) & (later <= END))
