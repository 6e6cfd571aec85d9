"""The same company leaves the same bytes, is written whole, and is written only when it has to be."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from orchestration.demo_company import MARKER, company, generate
from orchestration.demo_company.clock import DAY, END, HOUR, START, SeasonalClock, utc_offset
from tests.python.unit.demo_company.conftest import FACTOR, Written

TINY = 0.0005


def fingerprints(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("tiny")
    landing, truth = folder / "landing", folder / "truth"
    return Written(landing, truth, generate(landing, truth, seed=7, factor=TINY), 0.0)


def test_same_seed_leaves_the_same_bytes_in_another_folder_whatever_the_global_random_state(
    tiny: Written, tmp_path: Path
) -> None:
    np.random.seed(1)
    assert generate(tmp_path / "landing", tmp_path / "truth", seed=7, factor=TINY) == tiny.rows
    assert fingerprints(tmp_path / "landing") == fingerprints(tiny.landing)
    assert fingerprints(tmp_path / "truth") == fingerprints(tiny.truth)


def test_another_company_takes_the_place_of_the_former_and_leaves_nothing_of_it(tiny: Written, tmp_path: Path) -> None:
    generate(tmp_path / "landing", tmp_path / "truth", seed=8, factor=2 * TINY)
    other = fingerprints(tmp_path / "landing")
    assert not {name for name, mark in fingerprints(tiny.landing).items() if other.get(name) == mark} - {
        name for name in other if name.startswith("finance/discount_rates")
    }
    assert generate(tmp_path / "landing", tmp_path / "truth", seed=7, factor=TINY) == tiny.rows
    assert fingerprints(tmp_path / "landing") == fingerprints(tiny.landing)


def test_a_small_company_takes_seconds(written: Written) -> None:
    """Processor time, so that a busy machine does not matter; about 7 s."""
    assert written.processor_seconds < 30


def test_a_second_call_writes_nothing(written: Written) -> None:
    before = {path: path.stat().st_mtime_ns for path in written.landing.rglob("*")}
    started = time.monotonic()
    assert generate(written.landing, written.truth, seed=1, factor=FACTOR) == written.rows
    assert time.monotonic() - started < 5
    assert {path: path.stat().st_mtime_ns for path in written.landing.rglob("*")} == before


def test_a_call_that_is_cut_off_leaves_no_partial_file_and_the_next_completes_it(
    tiny: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(company.EventFiles, "write_days_as_json_lines", fails)
        with pytest.raises(KeyboardInterrupt):
            generate(tmp_path / "landing", tmp_path / "truth", seed=7, factor=TINY)
    whole = fingerprints(tiny.landing)
    left = fingerprints(tmp_path / "landing")
    assert left
    assert all(whole[name] == mark for name, mark in left.items() if name != MARKER)
    generate(tmp_path / "landing", tmp_path / "truth", seed=7, factor=TINY)
    assert fingerprints(tmp_path / "landing") == whole


def test_somebody_elses_files_are_not_overwritten(tmp_path: Path) -> None:
    theirs = tmp_path / "landing" / "shop" / "orders.csv"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"real orders")
    with pytest.raises(FileExistsError, match=r"shop/orders\.csv"):
        generate(tmp_path / "landing", tmp_path / "truth", factor=TINY)
    assert fingerprints(tmp_path / "landing").keys() == {"shop/orders.csv"}


def test_the_smallest_company_has_all_tables_and_a_missing_file_is_written_again(tiny: Written, tmp_path: Path) -> None:
    rows = generate(tmp_path / "landing", tmp_path / "truth", seed=7, factor=0.00001)
    assert rows["crm/customers"] <= 2
    assert set(rows) == set(tiny.rows)
    whole = fingerprints(tmp_path / "landing")
    for name in ("finance/exchange_rates.csv", "finance/discount_rates.csv"):
        assert whole[name] == fingerprints(tiny.landing)[name], "reference data does not depend on the size"
    (tmp_path / "landing" / "shop" / "shop.sqlite").unlink()
    generate(tmp_path / "landing", tmp_path / "truth", seed=7, factor=0.00001)
    assert fingerprints(tmp_path / "landing") == whole


def test_a_company_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one person"):
        generate(tmp_path / "landing", tmp_path / "truth", factor=0.0)


def test_the_busy_clock_turns_back_into_calendar_time_and_never_runs_backwards() -> None:
    clock = SeasonalClock()
    instant = np.linspace(START, END, 5_000).astype(np.int64)
    assert np.abs(clock.calendar(clock.busy(instant)) - instant).max() <= 1
    assert np.all(np.diff(clock.busy(instant)) > 0)
    later = clock.later(instant, np.full(len(instant), float(DAY)))
    assert np.all((later >= instant) & (later <= END))


@pytest.mark.parametrize(("zone", "standard"), [("Europe/Berlin", HOUR), ("Europe/London", 0), ("Europe/Madrid", HOUR)])
def test_wall_clocks_are_those_of_the_time_zone_database(zone: str, standard: int) -> None:
    instants = np.arange(START, END, 7 * HOUR, dtype=np.int64)
    expected = [
        np.datetime64(int(at), "s").item().replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).utcoffset()
        for at in instants
    ]
    assert [offset.total_seconds() for offset in expected if offset is not None] == utc_offset(
        instants, standard
    ).tolist()
