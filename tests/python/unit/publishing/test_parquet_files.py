"""What has not changed since the version before is written once, and what is gone from a version is nowhere in it."""

from __future__ import annotations

import os
import random
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing import parquet_files
from orchestration.publishing import publish as publishing
from orchestration.publishing.public_models import PublicModel
from orchestration.publishing.publish import PublicationError, PublishedVersion, publish

EVENTS = PublicModel("marts", "events", "Events.", {"event_id": "Its key."}, month_column="occurred_at")
COUNTRIES = PublicModel("marts", "countries", "Countries.", {})


@pytest.fixture(autouse=True)
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are tested elsewhere, and take longer than all that is written here."""
    monkeypatch.setattr(publishing, "write_report", lambda _: None)


# A row of an event.
Event = tuple[str, str, str | None, str]
JANUARY: list[Event] = [(f"j{n}", f"customer {n % 3}", f"2024-01-{1 + n % 28:02} 10:00:00", "1.50") for n in range(50)]
MARCH: list[Event] = [(f"m{n}", f"customer {n % 3}", f"2024-03-{1 + n % 28:02} 10:00:00", "0.25") for n in range(50)]
NO_TIME: Event = ("n", "customer 1", None, "7")


def published_once(
    home: Path,
    events: list[Event],
    countries: tuple[str, ...] = ("DE", "FR"),
    models: tuple[PublicModel, ...] = (EVENTS, COUNTRIES),
    keep: int = 3,
) -> PublishedVersion:
    """A version of these rows, in whatever order the warehouse holds them."""
    warehouse = home / "cem_warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema if not exists marts; create schema if not exists intermediate")
        connection.execute(
            "create or replace table intermediate.int_clock__as_of as"
            " select date '2024-03-31' as as_of_date, timestamp '2024-04-01' as as_of_at"
        )
        connection.execute(
            "create or replace table marts.events"
            " (event_id varchar, customer_id varchar, occurred_at timestamp, amount decimal(18, 2))"
        )
        if events:
            connection.executemany("insert into marts.events values (?, ?, ?, ?)", events)
        connection.execute("create or replace table marts.countries as select unnest(?) as country", [list(countries)])
    now = datetime(2024, 4, 1, tzinfo=UTC)
    return publish(warehouse, home / "published", list(models), now, "shop", keep, {}, {"release": "1"})


def files_of(version: PublishedVersion) -> dict[str, Path]:
    folder = version.path.parent
    return {str(path.relative_to(folder)): path for path in folder.rglob("*.parquet")}


def shared(one: PublishedVersion, other: PublishedVersion) -> set[str]:
    """The files that are one in both versions."""
    before = files_of(one)
    return {name for name, path in files_of(other).items() if name in before and path.samefile(before[name])}


def test_a_table_that_says_its_time_is_a_file_a_month_with_the_columns_that_it_has(tmp_path: Path) -> None:
    version = published_once(tmp_path, [*JANUARY, *MARCH, NO_TIME])
    assert set(files_of(version)) == {
        "marts/countries.parquet",
        *(f"marts/events/{month}.parquet" for month in ("2024-01", "2024-03", "no_month")),
    }
    read = f"from '{version.path.parent}/marts/events/*.parquet'"
    with duckdb.connect(str(version.path), read_only=True) as connection:
        columns = [name for name, *_ in connection.execute(f"describe {read}").fetchall()]
        assert columns == [name for name, *_ in connection.execute("describe marts.events").fetchall()]
        for one, other in ((read, "from marts.events"), ("from marts.events", read)):
            assert connection.execute(f"({one}) except all ({other})").fetchall() == []
    file = files_of(version)["marts/events/2024-03.parquet"]
    (march,) = duckdb.sql(f"select min(occurred_at)::date, max(occurred_at)::date from '{file}'").fetchall()
    assert march == (date(2024, 3, 1), date(2024, 3, 28))


def test_what_has_not_changed_is_shared_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    first = published_once(tmp_path, [*JANUARY, *MARCH])
    shuffled = random.Random(1).sample([*JANUARY, *MARCH], 100)
    again = published_once(tmp_path, shuffled, ("FR", "DE"))
    assert shared(first, again) == set(files_of(again))

    corrected = [("j0", "customer 0", "2024-01-01 10:00:00", "1.51"), *JANUARY[1:], *MARCH]
    third = published_once(tmp_path, corrected, ("DE", "FR", "IT"))
    assert shared(again, third) == {"marts/events/2024-03.parquet"}
    with duckdb.connect() as connection:
        read = f"select max(amount) from '{third.path.parent}/marts/events/*.parquet'"
        assert connection.execute(read).fetchall() == [(1.51,)]
        before = f"select max(amount) from '{again.path.parent}/marts/events/*.parquet'"
        assert connection.execute(before).fetchall() == [(1.5,)]


def test_a_row_that_moves_to_another_month_leaves_none_behind(tmp_path: Path) -> None:
    published_once(tmp_path, [*JANUARY, *MARCH])
    moved = [("j0", "customer 0", "2024-02-01 10:00:00", "1.50"), *JANUARY[1:], *MARCH]
    version = published_once(tmp_path, moved)
    by_file = (
        "select parse_filename(filename, true), count(*) from read_parquet(?, filename = true) group by 1 order by 1"
    )
    assert duckdb.execute(by_file, [f"{version.path.parent}/marts/events/*.parquet"]).fetchall() == [
        ("2024-01", 49),
        ("2024-02", 1),
        ("2024-03", 50),
    ]


def test_what_a_file_says_of_its_columns_is_part_of_it(tmp_path: Path) -> None:
    first = published_once(tmp_path, JANUARY)
    told = PublicModel("marts", "events", "Events.", {"event_id": "Its only key."}, month_column="occurred_at")
    second = published_once(tmp_path, JANUARY, models=(told, COUNTRIES))
    assert shared(first, second) == {"marts/countries.parquet"}


def test_the_same_rows_are_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing could be shared, too: in another home, in another order, and a month at a time."""
    for home in ("one", "other"):
        (tmp_path / home).mkdir()
    one = published_once(tmp_path / "one", [*JANUARY, *MARCH])
    monkeypatch.setattr(parquet_files, "_ROWS_AT_ONCE", 60)
    other = published_once(tmp_path / "other", [*reversed(MARCH), *reversed(JANUARY)])
    assert {name: path.read_bytes() for name, path in files_of(one).items()} == {
        name: path.read_bytes() for name, path in files_of(other).items()
    }


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    version = published_once(tmp_path, [])
    (file,) = (path for name, path in files_of(version).items() if "events" in name)
    assert [name for name, *_ in duckdb.sql(f"describe from '{file}'").fetchall()] == [
        *("event_id", "customer_id", "occurred_at", "amount")
    ]


def test_who_is_gone_stands_in_no_file_that_is_kept(tmp_path: Path) -> None:
    """As an erasure leaves it: one version, of rows without the person (docs/decisions/0049-erasure.md)."""
    person = "somebody whom nobody else is like"
    published_once(tmp_path, [*JANUARY, ("p", person, "2024-01-15 09:00:00", "3"), *MARCH])
    version = published_once(tmp_path, [*JANUARY, *MARCH], keep=1)

    held = [path for path in (tmp_path / "published").rglob("*") if path.is_file()]
    assert [path for path in held if person.encode() in path.read_bytes()] == []
    assert {path.parent.name for path in held if path.suffix == ".duckdb"} == {version.path.parent.name}
    for path in files_of(version).values():
        # Compressed, a value is not to be found in the bytes.
        assert duckdb.sql(f"select 1 from '{path}' as row where row::varchar like '%{person}%'").fetchall() == []
        assert path.stat().st_nlink == 1


@pytest.mark.parametrize("refused", [OSError(1, "not permitted"), OSError(18, "another file system")])
def test_where_the_file_system_has_no_links_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: OSError
) -> None:
    def no_link(*_: object) -> None:
        raise refused

    first = published_once(tmp_path, [*JANUARY, *MARCH])
    monkeypatch.setattr(os, "link", no_link)
    second = published_once(tmp_path, [*JANUARY, *MARCH])
    assert shared(first, second) == set()
    assert {name: path.read_bytes() for name, path in files_of(first).items()} == {
        name: path.read_bytes() for name, path in files_of(second).items()
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another group")
def test_what_another_group_is_to_read_from_now_on_is_copied(tmp_path: Path) -> None:
    first = published_once(tmp_path, JANUARY)
    os.chown(tmp_path / "published", -1, 4711)
    (tmp_path / "published").chmod(0o2750)
    second = published_once(tmp_path, JANUARY)
    assert shared(first, second) == set()
    assert {path.stat().st_gid for path in files_of(second).values()} == {4711}
    assert {path.stat().st_gid for path in files_of(first).values()} != {4711}


def test_a_version_outlives_those_that_it_shares_files_with(tmp_path: Path) -> None:
    published_once(tmp_path, [*JANUARY, *MARCH])
    for _ in range(2):
        version = published_once(tmp_path, [*JANUARY, *MARCH], keep=1)
    assert [path.name for path in (tmp_path / "published").glob("cem-*")] == ["cem-000003"]
    read = f"select count(*) from '{version.path.parent}/marts/events/*.parquet'"
    assert duckdb.sql(read).fetchall() == [(100,)]


@pytest.mark.parametrize("damage", ["emptied", "overwritten", "removed", "folder removed"])
def test_what_is_no_more_what_it_was_is_written_anew(tmp_path: Path, damage: str) -> None:
    first = published_once(tmp_path, [*JANUARY, *MARCH])
    file = files_of(first)["marts/events/2024-01.parquet"]
    file.chmod(0o600)
    if damage == "emptied":
        file.write_bytes(b"")
    elif damage == "overwritten":
        duckdb.sql("select 'mine' as event_id").write_parquet(str(file))
    elif damage == "removed":
        file.unlink()
    else:
        shutil.rmtree(file.parent)
    second = published_once(tmp_path, [*JANUARY, *MARCH])
    assert "marts/events/2024-01.parquet" not in shared(first, second)
    assert duckdb.sql(f"select count(*) from '{second.path.parent}/marts/events/*.parquet'").fetchall() == [(100,)]


def test_files_that_hold_other_rows_than_the_table_are_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = published_once(tmp_path, [*JANUARY, *MARCH])
    monkeypatch.setattr(parquet_files, "_share", lambda file, path: None)
    with pytest.raises(PublicationError, match=r"marts\.\w+ holds \d+ rows as Parquet, the warehouse"):
        published_once(tmp_path, [*JANUARY, ("m", "customer 9", "2024-03-31 10:00:00", "1")], ("DE", "FR", "IT"))
    assert (tmp_path / "published" / "current").resolve() == first.path.parent
