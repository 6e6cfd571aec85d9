"""What a source's files become in the lake: everything once, the newest version, nothing by halves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion.delimited_files import LandingError
from orchestration.ingestion.lake import completed_loads, landed_files, table_files
from tests.python.conftest import REPOSITORY
from tests.python.unit.ingestion.conftest import HEADER, Survey


def test_loading_twice_loads_nothing_twice(survey: Survey) -> None:
    survey.deliver("answers-1.csv", "a", "b")
    assert survey.load().tables["answers"].rows == 2
    second = survey.load().tables["answers"]
    assert (second.files, second.rows) == (0, 0)
    assert survey.answers() == ["a", "b"]


def test_a_file_touched_or_packed_again_is_the_same_file(survey: Survey) -> None:
    path = survey.deliver("answers-1.csv.gz", "a")
    survey.load()
    os.utime(path, (1, 1))
    assert survey.load().tables["answers"].files == 0
    survey.deliver("answers-1.csv.gz", "a")
    assert survey.load().tables["answers"].files == 0
    assert survey.answers() == ["a"]


def test_the_same_content_under_another_name_counts_once(survey: Survey) -> None:
    survey.deliver("answers-1.csv", "a")
    survey.load()
    survey.deliver("answers-2.csv.gz", "a")
    loaded = survey.load().tables["answers"]
    assert (loaded.files, loaded.repeated_files) == (1, 1)
    assert survey.answers() == ["a"]


def test_two_copies_that_arrive_together_count_once(survey: Survey) -> None:
    survey.deliver("answers-1.csv", "a")
    survey.deliver("answers-2.csv", "a")
    loaded = survey.load().tables["answers"]
    assert (loaded.files, loaded.repeated_files) == (2, 1)
    assert survey.answers() == ["a"]


def test_a_copy_stands_in_when_the_file_it_repeats_gets_other_content(survey: Survey) -> None:
    survey.deliver("answers-1.csv", "a")
    survey.deliver("answers-2.csv", "a")
    survey.load()
    survey.deliver("answers-1.csv", "b")
    survey.load()
    assert survey.answers() == ["b", "a"]


@settings(max_examples=15, deadline=None)
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
    survey = Survey(folder / "landing", folder / "home")
    last: dict[str, str] = {}
    for delivery in deliveries:
        for name, content in delivery:
            survey.deliver(f"answers-{name}.csv", content)
            last[name] = content
        survey.load()
    assert sorted(survey.answers()) == sorted(set(last.values()))


def test_a_corrected_file_replaces_its_former_rows(survey: Survey) -> None:
    survey.deliver("answers-1.csv", "a", "b")
    survey.deliver("answers-2.csv", "c")
    survey.load()
    survey.deliver("answers-1.csv", "a", "x")
    survey.load()
    assert survey.answers() == ["a", "x", "c"]


def test_a_file_that_goes_back_to_its_first_content_counts_once(survey: Survey) -> None:
    for ids in (["a"], ["b"], ["a"]):
        survey.deliver("answers-1.csv", *ids)
        survey.load()
    assert survey.answers() == ["a"]
    assert landed_files(survey.lake, "survey")["answers", "answers-1.csv"].version == 3


def test_a_header_alone_is_a_file_without_rows(survey: Survey) -> None:
    survey.deliver("answers-1.csv")
    assert survey.load().tables["answers"].files == 1
    assert survey.answers() == []


def test_line_breaks_quotes_and_a_byte_order_mark_are_read_right(survey: Survey) -> None:
    row = 'a,I1,C1,"csi, ""2023""","two\nlines",7,delivery,web,2024-01-01 10:00:00\n'
    survey.deliver("answers-1.csv", text=b"\xef\xbb\xbf" + (HEADER + "\n" + row).encode())
    survey.load()
    (file,) = table_files(survey.lake, "survey", "answers")
    (loaded,) = pq.read_table(file, partitioning=None).to_pylist()
    assert loaded["instrument"] == 'csi, "2023"'
    assert loaded["question"] == "two\nlines"
    assert (loaded["_file_name"], loaded["_file_version"], loaded["_file_row"]) == ("answers-1.csv", 1, 1)


def test_an_empty_field_is_null_and_text_is_kept_as_it_is(survey: Survey) -> None:
    survey.deliver("answers-1.csv", text=(HEADER + "\na,,007,NA,null,07.50,nan, x ,\n").encode())
    survey.load()
    (file,) = table_files(survey.lake, "survey", "answers")
    (loaded,) = pq.read_table(file, partitioning=None).to_pylist()
    assert loaded["invitation_id"] is None
    assert [loaded[c] for c in ("customer_number", "instrument", "question", "score", "touchpoint", "channel")] == [
        "007", "NA", "null", "07.50", "nan", " x ",
    ]  # fmt: skip


def test_a_new_column_is_reported_and_stops_nothing(survey: Survey) -> None:
    survey.deliver("answers-1.csv", "a", header=HEADER + ",mood")
    text = survey.rows("a").decode().replace(HEADER, HEADER + ",mood").replace("10:00:00", "10:00:00,fine")
    survey.deliver("answers-1.csv", text=text.encode())
    assert survey.load().notices == ["answers-1.csv: column mood is not in the contract and was not loaded"]
    assert survey.answers() == ["a"]


def test_columns_are_found_by_name_whatever_their_order(survey: Survey) -> None:
    names = HEADER.split(",")
    survey.deliver("answers-1.csv", text=(",".join(reversed(names)) + "\n2024,web,t,5,q,i,C1,I1,a\n").encode())
    survey.load()
    assert survey.answers() == ["a"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("answers-9.csv", HEADER.replace("score", "points").encode() + b"\n", "column score is missing"),
        (
            "answers-9.csv",
            HEADER.replace("score", "points").encode() + b"\n",
            "perhaps the same under a new name: points",
        ),
        ("answers-9.csv", b"", "the file is empty, not even a header"),
        ("answers-9.csv.gz", b"", "the file is empty, not even a header"),
        (
            "answers-9.csv",
            (HEADER + "\na,I1,C1,i,q,7,t,c,x\nb,I1,C\xe9,i,q,7,t,c,x\n").encode("latin-1"),
            "line 3 holds the byte 0xE9",
        ),
        ("answers-9.csv", (HEADER + "\na,I1,C1\n").encode(), "Expected 9 columns, got 3"),
        ("answers-9.csv", (HEADER + ",score\n").encode(), "score stands in the header more than once"),
        ("answers-9.csv", HEADER.replace(",", ";").encode() + b"\n", "is missing"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_loaded_is_named_and_nothing_is_loaded(
    survey: Survey, name: str, text: bytes, says: str
) -> None:
    survey.deliver("answers-1.csv", "a")
    survey.deliver(name, text=text)
    with pytest.raises(LandingError, match=says) as refused:
        survey.load()
    assert str(survey.folder / name) in str(refused.value)
    assert survey.answers() == []
    assert completed_loads(survey.lake, "survey") == set()


def test_a_gzip_that_is_cut_off_is_named_and_nothing_is_loaded(survey: Survey) -> None:
    survey.deliver("answers-1.csv", "a")
    path = survey.deliver("answers-2.csv.gz", *(str(n) for n in range(2000)))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(LandingError, match="cut off or damaged"):
        survey.load()
    assert survey.answers() == []


def test_a_bad_file_is_loaded_once_it_is_mended(survey: Survey) -> None:
    survey.deliver("answers-1.csv", text=b"")
    with pytest.raises(LandingError):
        survey.load()
    survey.deliver("answers-1.csv", "a")
    survey.load()
    assert survey.answers() == ["a"]


def test_a_table_without_any_file_is_an_error_that_says_where_it_belongs(survey: Survey) -> None:
    with pytest.raises(LandingError, match="no such file, and the lake holds no earlier one") as refused:
        survey.load()
    assert str(survey.folder / "answers*") in str(refused.value)


def test_a_landing_folder_that_was_emptied_after_loading_is_fine(survey: Survey) -> None:
    path = survey.deliver("answers-1.csv", "a")
    survey.load()
    path.unlink()
    assert survey.load().tables["answers"].files == 0
    assert survey.answers() == ["a"]


def test_a_load_that_did_not_complete_is_not_read_and_the_next_one_makes_it_good(survey: Survey) -> None:
    """The process dies by SIGKILL after the data files are written, before the load is recorded as complete."""
    survey.deliver("answers-1.csv", "a")
    survey.load()
    survey.deliver("answers-2.csv", "b")
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                f"""
                import os, signal
                from datetime import UTC, datetime
                from pathlib import Path
                from dlt.destinations.impl.filesystem.filesystem import FilesystemClient
                from orchestration.ingestion.landing_source import LandingSource
                from orchestration.ingestion.load import load_source

                FilesystemClient.complete_load = lambda self, load_id: os.kill(os.getpid(), signal.SIGKILL)
                load_source(
                    LandingSource("survey", {{"answers": "answers*"}}), Path({str(survey.folder)!r}),
                    Path({str(survey.lake)!r}), Path({str(survey.home / "dlt")!r}), datetime(2024, 2, 1, tzinfo=UTC),
                )
                """
            ),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(list((survey.lake / "survey" / "answers").glob("*/*.parquet"))) == 2
    assert survey.answers() == ["a"]
    assert survey.load().tables["answers"].rows == 1
    assert survey.answers() == ["a", "b"]
