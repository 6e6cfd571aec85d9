"""What a source's files become in the lake: everything once, the newest version, nothing by halves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion.delimited_files import stage_delimited
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import completed_loads, keep_what_counts, landed_files, table_files
from orchestration.ingestion.landing_source import LandingSource, find_new_files, tables_without_files
from orchestration.ingestion.load import load_source
from orchestration.ingestion.losses import LossLimit
from tests.python.unit.ingestion.conftest import HEADER, NOW, Ads, Home


def test_loading_twice_loads_nothing_twice(ads: Ads) -> None:
    ads.deliver("days-1.csv", "a", "b")
    assert ads.load().tables["campaign_days"].rows == 2
    second = ads.load().tables["campaign_days"]
    assert (second.files, second.rows) == (0, 0)
    assert ads.campaigns() == ["a", "b"]


def test_a_file_touched_or_packed_again_is_the_same_file(ads: Ads) -> None:
    path = ads.deliver("days-1.csv.gz", "a")
    ads.load()
    os.utime(path, (1, 1))
    assert ads.load().tables["campaign_days"].files == 0
    ads.deliver("days-1.csv.gz", "a")
    assert ads.load().tables["campaign_days"].files == 0
    assert ads.campaigns() == ["a"]


def test_the_same_content_under_another_name_counts_once(ads: Ads) -> None:
    ads.deliver("days-1.csv", "a")
    ads.load()
    ads.deliver("days-2.csv.gz", "a")
    loaded = ads.load().tables["campaign_days"]
    assert (loaded.files, loaded.repeated_files) == (1, 1)
    assert ads.campaigns() == ["a"]


def test_two_copies_that_arrive_together_count_once(ads: Ads) -> None:
    ads.deliver("days-1.csv", "a")
    ads.deliver("days-2.csv", "a")
    loaded = ads.load().tables["campaign_days"]
    assert (loaded.files, loaded.repeated_files) == (2, 1)
    assert ads.campaigns() == ["a"]


def test_a_copy_stands_in_when_the_file_it_repeats_gets_other_content(ads: Ads) -> None:
    ads.deliver("days-1.csv", "a")
    ads.deliver("days-2.csv", "a")
    ads.load()
    ads.deliver("days-1.csv", "b")
    ads.load()
    assert ads.campaigns() == ["b", "a"]


def test_former_versions_of_files_are_removed_for_good_and_copies_stay(ads: Ads) -> None:
    ads.deliver("days-1.csv", "a", "gone")
    ads.deliver("days-2.csv", "copied")
    ads.deliver("days-3.csv", "copied")
    ads.load()
    ads.deliver("days-1.csv", "a")
    ads.load(LossLimit(1))
    before = ads.home.raw("ads", "campaign_days", "*")

    assert keep_what_counts(ads.home.lake, "ads") == 2
    assert keep_what_counts(ads.home.lake, "ads") == 0

    assert ads.home.raw("ads", "campaign_days", "*") == before
    paths = table_files(ads.home.lake, "ads", "campaign_days")
    stored = [name for path in paths for name in pq.read_table(path, partitioning=None)["campaign"].to_pylist()]
    assert sorted(stored) == ["a", "copied", "copied"]
    # Nothing is delivered again, and the copy still stands in.
    assert ads.load().tables["campaign_days"].files == 0
    ads.deliver("days-2.csv", "new")
    ads.load()
    assert sorted(ads.campaigns()) == ["a", "copied", "new"]


@settings(max_examples=10, deadline=None)
@given(
    deliveries=st.lists(
        st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(["a", "b", "c"])), min_size=1, max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_read_depends_on_the_last_content_of_each_name_alone(
    deliveries: list[list[tuple[str, str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever arrives under whatever name, in whatever order and however often."""
    folder = tmp_path_factory.mktemp("deliveries")
    (folder / "landing").mkdir()
    ads = Ads(folder / "landing", Home(folder / "home"))
    last: dict[str, str] = {}
    for delivery in deliveries:
        for name, content in delivery:
            ads.deliver(f"days-{name}.csv", content)
            last[name] = content
        ads.load()
    assert sorted(ads.campaigns()) == sorted(set(last.values()))


def test_a_corrected_file_replaces_its_former_rows(ads: Ads) -> None:
    ads.deliver("days-1.csv", "a", "b")
    ads.deliver("days-2.csv", "c")
    ads.load()
    ads.deliver("days-1.csv", "a", "x")
    ads.load()
    assert ads.campaigns() == ["a", "x", "c"]


def test_a_file_that_goes_back_to_its_first_content_counts_once(ads: Ads) -> None:
    for ids in (["a"], ["b"], ["a"]):
        ads.deliver("days-1.csv", *ids)
        ads.load()
    assert ads.campaigns() == ["a"]
    assert landed_files(ads.home.lake, "ads")["campaign_days", "days-1.csv"].version == 3


def test_a_header_alone_is_a_file_without_rows(ads: Ads) -> None:
    ads.deliver("days-1.csv")
    assert ads.load().tables["campaign_days"].files == 1
    assert ads.campaigns() == []


def test_line_breaks_quotes_and_a_byte_order_mark_are_read_right(ads: Ads) -> None:
    row = '2024-01-01,"a, ""2024""","two\nlines",1000,10,7.50,EUR\n'
    ads.deliver("days-1.csv", text=b"\xef\xbb\xbf" + (HEADER + "\n" + row).encode())
    ads.load()
    (file,) = table_files(ads.home.lake, "ads", "campaign_days")
    (loaded,) = pq.read_table(file, partitioning=None).to_pylist()
    assert loaded["campaign"] == 'a, "2024"'
    assert loaded["channel"] == "two\nlines"
    assert (loaded["_file_name"], loaded["_file_version"], loaded["_file_row"]) == ("days-1.csv", 1, 1)


def test_an_empty_field_is_null_and_text_is_kept_as_it_is(ads: Ads) -> None:
    ads.deliver("days-1.csv", text=(HEADER + "\n,007,NA,null,07.50,nan, x \n").encode())
    ads.load()
    (file,) = table_files(ads.home.lake, "ads", "campaign_days")
    (loaded,) = pq.read_table(file, partitioning=None).to_pylist()
    assert [loaded[column] for column in HEADER.split(",")] == [None, "007", "NA", "null", "07.50", "nan", " x "]


def test_columns_are_found_by_name_whatever_their_order(ads: Ads) -> None:
    names = HEADER.split(",")
    ads.deliver("days-1.csv", text=(",".join(reversed(names)) + "\nEUR,1,2,3,search,a,2024-01-01\n").encode())
    ads.load()
    assert ads.campaigns() == ["a"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("days-9.csv", HEADER.replace("spend", "cost").encode() + b"\n", "column spend is missing"),
        (
            "days-9.csv",
            HEADER.replace("spend", "cost").encode() + b"\n",
            "perhaps the same under a new name: cost",
        ),
        ("days-9.csv", b"", "the file is empty, not even a header"),
        ("days-9.csv.gz", b"", "the file is empty, not even a header"),
        (
            "days-9.csv",
            (HEADER + "\n2024-01-01,a,s,1,1,1,EUR\n2024-01-01,\xe9,s,1,1,1,EUR\n").encode("latin-1"),
            "line 3 holds the byte 0xE9",
        ),
        ("days-9.csv", (HEADER + "\n2024-01-01,a,s\n").encode(), "Expected 7 columns, got 3"),
        ("days-9.csv", (HEADER + ",spend\n").encode(), "spend stands in the header more than once"),
        ("days-9.csv", HEADER.replace(",", ";").encode() + b"\n", "is missing"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_loaded_is_named_and_nothing_is_loaded(
    ads: Ads, name: str, text: bytes, says: str
) -> None:
    ads.deliver("days-1.csv", "a")
    ads.deliver(name, text=text)
    with pytest.raises(LandingError, match=says) as refused:
        ads.load()
    assert str(ads.folder / name) in str(refused.value)
    assert ads.campaigns() == []
    assert completed_loads(ads.home.lake, "ads") == set()


def test_a_gzip_that_is_cut_off_is_named_and_nothing_is_loaded(ads: Ads) -> None:
    ads.deliver("days-1.csv", "a")
    path = ads.deliver("days-2.csv.gz", *(str(n) for n in range(2000)))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(LandingError, match="cut off or damaged"):
        ads.load()
    assert ads.campaigns() == []


def test_a_bad_file_is_loaded_once_it_is_mended(ads: Ads) -> None:
    ads.deliver("days-1.csv", text=b"")
    with pytest.raises(LandingError):
        ads.load()
    ads.deliver("days-1.csv", "a")
    ads.load()
    assert ads.campaigns() == ["a"]


def test_a_table_without_any_file_is_an_error_that_says_where_it_belongs(ads: Ads) -> None:
    with pytest.raises(LandingError, match="no such file, and the lake holds no earlier one") as refused:
        ads.load()
    assert str(ads.folder / "days*") in str(refused.value)


def test_a_stream_without_a_file_yet_is_one_without_rows_where_another_of_its_source_has_files(
    tmp_path: Path, home: Home
) -> None:
    source = LandingSource("ads", {"campaign_days": "days*", "others": "others_*.csv"})
    (tmp_path / "days-1.csv").write_text(f"{HEADER}\n2024-01-01,a,search,1,1,1,EUR\n")
    assert tables_without_files(source, tmp_path, home.lake) == ["others"]
    assert [file.landed.name for file in find_new_files(source, tmp_path, home.lake)] == ["days-1.csv"]
    # Under a name that nobody expects, it is there and not taken.
    (tmp_path / "other-1.csv").write_text("a\n")
    with pytest.raises(LandingError, match=r"others_\*\.csv: no such file.* other-1\.csv is there, which no table"):
        find_new_files(source, tmp_path, home.lake)


def test_a_much_shorter_file_of_the_same_name_is_refused_until_somebody_confirms(ads: Ads) -> None:
    whole = [f"c{number:02d}" for number in range(40)]
    ads.deliver("days-1.csv", *whole)
    ads.load()
    ads.deliver("days-1.csv", *whole[:20])
    with pytest.raises(
        LandingError, match=r"ads\.campaign_days: 20 of 40 rows .* CEM_CONFIRMED_LOSS=ads\.campaign_days:20"
    ):
        ads.load()
    assert len(ads.campaigns()) == 40
    ads.load(LossLimit(confirmed={"ads.campaign_days": 20}))
    assert len(ads.campaigns()) == 20


def test_a_file_that_changed_at_the_same_size_and_time_is_seen(ads: Ads) -> None:
    path = ads.deliver("days-1.csv", "a")
    ads.load()
    before = path.stat()
    ads.deliver("days-1.csv", "b")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    ads.load()
    assert ads.campaigns() == ["b"]


def test_a_gzip_file_that_unpacks_to_far_more_than_text_does_is_refused(
    ads: Ads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.ingestion.landing_source._UNPACKED_BYTES", 1 << 16)
    ads.deliver("days-1.csv.gz", *(["a"] * 100_000))
    with pytest.raises(LandingError, match=r"days-1\.csv\.gz: .* unpacks to more than .* CEM_MOST_UNPACKED"):
        ads.load()
    ads.load(most_unpacked=1000)
    assert len(ads.campaigns()) == 100_000


@pytest.mark.parametrize("line", ["Jane Doe,jane@example.org,DE,DE,1,2,3", "2024-01-01,Jane,jane@example.org,x"])
def test_a_refusal_tells_nothing_of_what_a_row_holds(ads: Ads, line: str) -> None:
    ads.deliver("days-1.csv", text=f"{line}\n{line}\n".encode())
    with pytest.raises(LandingError) as refused:
        ads.load()
    ads.deliver("days-1.csv", text=f"{HEADER}\n{line},too,many,fields,here,1\n".encode())
    with pytest.raises(LandingError) as also:
        ads.load()
    told = str(refused.value) + str(also.value)
    assert "Jane" not in told
    assert "jane" not in told


def test_a_landing_folder_that_was_emptied_after_loading_is_fine(ads: Ads) -> None:
    path = ads.deliver("days-1.csv", "a")
    ads.load()
    path.unlink()
    assert ads.load().tables["campaign_days"].files == 0
    assert ads.campaigns() == ["a"]


def test_a_file_in_a_folder_is_known_by_its_path_below_the_source(tmp_path: Path, home: Home) -> None:
    for day in ("date=2024-01-01", "date=2024-01-02"):
        (tmp_path / "web" / day).mkdir(parents=True)
        (tmp_path / "web" / day / "part-0.csv").write_text(f"{HEADER}\n{day[5:]},a,search,1,1,1,EUR\n")
    source = LandingSource("ads", {"campaign_days": "date=*/*.csv"})
    assert load_source(source, tmp_path / "web", home.lake, home.work, NOW).tables["campaign_days"].files == 2
    assert home.raw("ads", "campaign_days", "_file_name, date") == [
        ("date=2024-01-01/part-0.csv", "2024-01-01"),
        ("date=2024-01-02/part-0.csv", "2024-01-02"),
    ]


def test_a_file_that_is_written_to_while_it_is_read_is_refused(ads: Ads, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ads.deliver("days-1.csv", "a")

    def read_slowly(*arguments: Any) -> Any:
        arguments[3].mkdir()
        staged = stage_delimited(*arguments[:5])
        path.write_bytes(path.read_bytes() + b"2024-01-01,late,search,1,1,1,EUR\n")
        return staged

    monkeypatch.setattr("orchestration.ingestion.load.stage_files", read_slowly)
    with pytest.raises(LandingError, match="was written to while it was read"):
        ads.load()
    assert ads.campaigns() == []
