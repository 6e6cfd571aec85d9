"""Parquet and JSON Lines: what arrives as it is, and what is refused by name."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.landing_source import LandingSource
from orchestration.ingestion.load import SourceLoad, load_source
from tests.python.unit.ingestion.conftest import NOW, Home

MESSAGES = LandingSource("messaging", {"message_events": "message_events/date=*/*.parquet"})
POSTS = LandingSource("social", {"posts": "posts_*.jsonl*"})
POST = {
    "post_id": "R1", "platform": "stars", "handle": "@ann", "kind": "review", "rating": 4, "language": None,
    "text": "fine", "product_id": None, "posted_at": "2024-01-01T10:00:00Z", "reply_text": None, "replied_at": None,
}  # fmt: skip


class Folder:
    """A source's landing folder and the home it is loaded to."""

    def __init__(self, folder: Path, home: Home) -> None:
        self.folder = folder
        self.home = home

    def load(self, source: LandingSource) -> SourceLoad:
        return load_source(source, self.folder, self.home.lake, self.home.work, NOW)

    def messages(self, day: str, *ids: str, part: int = 0, **columns: Any) -> Path:
        """A Parquet file of messages; `columns` replaces columns of it, or adds some, or takes some away (None)."""
        path = self.folder / "message_events" / f"date={day}" / f"part-{part}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        moment = datetime.fromisoformat(day)
        table = {
            "event_id": list(ids),
            "message_id": list(ids),
            "customer_number": ["C1"] * len(ids),
            "campaign": ["spring"] * len(ids),
            "channel": ["email"] * len(ids),
            "offer_category": pa.nulls(len(ids)),
            "event": ["sent"] * len(ids),
            "occurred_at": pa.array([moment] * len(ids), pa.timestamp("us")),
            "cost": pa.array([0.25] * len(ids), pa.float64()),
            "currency": ["EUR"] * len(ids),
            **columns,
        }
        pq.write_table(pa.table({name: values for name, values in table.items() if values is not None}), path)
        return path

    def posts(self, name: str, *lines: dict[str, Any] | bytes) -> Path:
        content = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
        path = self.folder / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path


@pytest.fixture
def folder(tmp_path: Path, home: Home) -> Folder:
    (tmp_path / "landing").mkdir()
    return Folder(tmp_path / "landing", home)


def test_parquet_keeps_its_types_and_is_loaded_once(folder: Folder) -> None:
    folder.messages("2024-01-01", "a", "b")
    folder.messages("2024-01-02", "c")
    assert folder.load(MESSAGES).tables["message_events"].rows == 3
    before = folder.home.raw("messaging", "message_events", "*")
    assert folder.load(MESSAGES).tables["message_events"].files == 0
    assert folder.home.raw("messaging", "message_events", "*") == before
    columns = "event_id, offer_category, occurred_at, cost, _file_name, _file_version, _file_row"
    assert folder.home.raw("messaging", "message_events", columns) == [
        ("a", None, datetime(2024, 1, 1, tzinfo=UTC), 0.25, "message_events/date=2024-01-01/part-0.parquet", 1, 1),
        ("b", None, datetime(2024, 1, 1, tzinfo=UTC), 0.25, "message_events/date=2024-01-01/part-0.parquet", 1, 2),
        ("c", None, datetime(2024, 1, 2, tzinfo=UTC), 0.25, "message_events/date=2024-01-02/part-0.parquet", 1, 1),
    ]


def test_a_late_part_is_added_and_a_new_version_of_a_part_takes_its_place(folder: Folder) -> None:
    folder.messages("2024-01-01", "a", "b")
    folder.messages("2024-01-02", "c")
    folder.load(MESSAGES)
    folder.messages("2024-01-01", "late", part=1)
    folder.messages("2024-01-02", "c", "d")
    assert folder.load(MESSAGES).tables["message_events"].rows == 3
    rows = folder.home.raw("messaging", "message_events", "event_id, _file_version")
    assert rows == [("a", 1), ("b", 1), ("late", 1), ("c", 2), ("d", 2)]


def test_times_of_any_unit_and_zone_become_utc_and_files_of_different_types_go_together(folder: Folder) -> None:
    noon = datetime(2024, 7, 1, 12, tzinfo=UTC)
    for day, unit in enumerate((pa.timestamp("ns"), pa.timestamp("ms", "Europe/Berlin"), pa.timestamp("us", "UTC"))):
        folder.messages(f"2024-07-0{day + 1}", str(day), occurred_at=pa.array([noon], unit))
    folder.messages("2024-07-04", "3", occurred_at=pa.array([noon], pa.timestamp("us")), cost=pa.nulls(1))
    folder.load(MESSAGES)
    rows = folder.home.raw("messaging", "message_events", "event_id, occurred_at, cost")
    assert rows == [(str(n), noon, None if n == 3 else 0.25) for n in range(4)]


def test_columns_are_found_by_name_and_a_new_one_is_one_notice(folder: Folder) -> None:
    for day in ("2024-01-01", "2024-01-02", "2024-01-03"):
        folder.messages(day, "a" + day, mood=["fine"])
    (notice,) = folder.load(MESSAGES).notices
    assert notice.startswith(
        "message_events/date=2024-01-01/part-0.parquet and 2 more: column mood is not in the contract and was taken"
    )


def test_a_folder_whose_name_looks_like_a_pattern_is_read(tmp_path: Path, home: Home) -> None:
    folder = Folder(tmp_path / "data [1] it's *new*", home)
    folder.folder.mkdir()
    folder.messages("2024-01-01", "a")
    folder.posts("posts_1.jsonl", POST)
    assert folder.load(MESSAGES).tables["message_events"].rows == 1
    assert folder.load(POSTS).tables["posts"].rows == 1
    names = folder.home.raw("social", "posts", "_file_name")
    assert names == [("posts_1.jsonl",)]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"cost": None}, "column cost is missing"),
        ({"cost": None, "price": [0.25]}, "perhaps the same under a new name: price"),
        ({"cost": ["0.25"]}, "column cost arrives as string; the contract says double"),
        ({"cost": pa.array([1], pa.int64())}, "column cost arrives as int64; the contract says double"),
        ({"cost": pa.array([Decimal("1.5")])}, "column cost arrives as decimal128"),
        ({"event_id": [1]}, "column event_id arrives as int64; the contract says string"),
        ({"occurred_at": ["2024-01-01"]}, "column occurred_at arrives as string; the contract says timestamp"),
        ({"campaign": [{"name": "spring"}]}, "column campaign arrives as struct"),
    ],
)
def test_parquet_that_breaks_the_contract_is_refused_by_name(
    folder: Folder, columns: dict[str, Any], says: str
) -> None:
    folder.messages("2024-01-01", "a")
    path = folder.messages("2024-01-02", "b", **columns)
    with pytest.raises(LandingError, match=says) as refused:
        folder.load(MESSAGES)
    assert str(path) in str(refused.value)
    assert folder.home.raw("messaging", "message_events") == []


def cut_the_end(content: bytes) -> bytes:
    return content[:-20]


def spoil_the_middle(content: bytes) -> bytes:
    # Behind the first four bytes, which name the format, stand the values of the first column.
    return content[:4] + b"\xff" * 60 + content[64:]


def put_text(content: bytes) -> bytes:
    return b"event_id,message_id\na,b\n"


@pytest.mark.parametrize("harm", [cut_the_end, spoil_the_middle, put_text])
def test_damaged_parquet_is_refused_by_name(folder: Folder, harm: Callable[[bytes], bytes]) -> None:
    folder.messages("2024-01-01", "a")
    path = folder.messages("2024-01-02", *(f"event {n}" for n in range(100)))
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(LandingError, match="the Parquet file is cut off or damaged") as refused:
        folder.load(MESSAGES)
    assert str(path) in str(refused.value)


def test_json_values_become_text_as_they_are_and_are_loaded_once(folder: Folder) -> None:
    odd = (
        b'{"post_id": "\\u00e9\\u0000", "platform": {"a": [1, null, {"b": true}]}, "handle": 12345678901234567890123, '
        b'"kind": 1e400, "rating": 4.5, "language": true, "text": "two\\nlines", "product_id": [], "posted_at": "", '
        b'"reply_text": null, "replied_at": NaN}'
    )
    folder.posts("posts_1.jsonl.gz", POST, b"", odd, b"  ")
    assert folder.load(POSTS).tables["posts"].rows == 2
    assert folder.load(POSTS).tables["posts"].files == 0
    fine, loaded = folder.home.raw("social", "posts")
    assert fine == ("R1", "stars", "@ann", "review", "4", None, "fine", None, "2024-01-01T10:00:00Z", None, None)
    assert loaded == (
        "é\0", '{"a":[1,null,{"b":true}]}', "12345678901234567890123", "1e400", "4.5", "true", "two\nlines", "[]", "",
        None, "NaN",
    )  # fmt: skip
    assert folder.home.raw("social", "posts", "_file_row") == [(1,), (2,)]


def test_rows_are_numbered_by_file_however_many_files_there_are(folder: Folder) -> None:
    for number in range(40):
        folder.posts(
            f"posts_{number:02d}.jsonl", *({**POST, "post_id": f"{number}-{n}"} for n in range(1 + number % 3))
        )
    folder.load(POSTS)
    rows = folder.home.raw("social", "posts", "post_id, _file_row")
    assert rows == [(f"{number}-{n}", n + 1) for number in range(40) for n in range(1 + number % 3)]


def test_a_gzip_of_two_members_is_read_to_its_end(folder: Folder) -> None:
    one = gzip.compress(json.dumps(POST).encode() + b"\n")
    two = gzip.compress(json.dumps({**POST, "post_id": "R2"}).encode() + b"\n")
    (folder.folder / "posts_1.jsonl.gz").write_bytes(one + two)
    folder.load(POSTS)
    assert folder.home.raw("social", "posts", "post_id") == [("R1",), ("R2",)]


def test_a_key_that_some_lines_lack_is_null_there(folder: Folder) -> None:
    shorter = {name: value for name, value in POST.items() if name not in ("reply_text", "language")}
    folder.posts("posts_1.jsonl", shorter, {**POST, "reply_text": "thanks"}, shorter)
    folder.posts("posts_2.jsonl", {}, {**dict(reversed(POST.items())), "post_id": "R2"})
    folder.load(POSTS)
    assert folder.home.raw("social", "posts", "post_id, reply_text, rating") == [
        ("R1", None, "4"), ("R1", "thanks", "4"), ("R1", None, "4"), (None, None, None), ("R2", None, "4"),
    ]  # fmt: skip


def test_a_key_is_missing_where_no_line_of_a_file_has_it_whatever_other_files_have(folder: Folder) -> None:
    shorter = {name: value for name, value in POST.items() if name != "language"}
    folder.posts("posts_1.jsonl", POST, shorter)
    path = folder.posts("posts_2.jsonl", shorter, {**shorter, "sprache": "de"})
    folder.posts("posts_3.jsonl", shorter, POST)
    with pytest.raises(LandingError, match=r"column language is missing.* under a new name: sprache\.") as refused:
        folder.load(POSTS)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"post_id": "R2"', "line 2 is not a JSON object"),
        (b'["R2"]', r"line 2 is not a JSON object\. Nothing"),
        (b"null", r"line 2 is not a JSON object\. Nothing"),
        (b"post_id,platform", "line 2 is not a JSON object"),
        (json.dumps(POST).encode() * 2, "line 2 is not a JSON object"),
        (json.dumps(POST, indent=1).encode(), "line 2 is not a JSON object"),
        (json.dumps({**POST, "text": "é"}, ensure_ascii=False).encode("latin-1"), "line 2 holds the byte 0xE9"),
        (json.dumps(POST).encode("utf-16"), "line 2 holds the byte 0xFF"),
        (b"\xef\xbb\xbf" + json.dumps(POST).encode(), "line 2 starts with a byte order mark"),
        (json.dumps(POST).encode()[:-1] + b', "rating": 5}', "line 2 has the key rating more than once"),
        (json.dumps(POST).encode().replace(b"fine", b"fi\0ne"), "line 2 is not a JSON object"),
    ],
)
def test_a_line_that_is_not_one_json_object_is_refused_by_number(folder: Folder, line: bytes, says: str) -> None:
    folder.posts("posts_1.jsonl", POST)
    path = folder.posts("posts_2.jsonl", POST, line)
    with pytest.raises(LandingError, match=says) as refused:
        folder.load(POSTS)
    assert str(path) in str(refused.value)
    assert folder.home.raw("social", "posts") == []


def test_a_byte_order_mark_is_refused_though_no_value_is_missing(folder: Folder) -> None:
    whole = {name: value or "x" for name, value in POST.items()}
    folder.posts("posts_1.jsonl", whole)
    folder.posts("posts_2.jsonl", b"\xef\xbb\xbf" + json.dumps(whole).encode())
    with pytest.raises(LandingError, match=r"posts_2\.jsonl: line 1 starts with a byte order mark"):
        folder.load(POSTS)


def test_a_quiet_day_whose_lines_leave_out_what_is_null_is_loaded_with_a_notice(folder: Folder) -> None:
    quiet = {name: value for name, value in POST.items() if name not in ("reply_text", "replied_at")}
    folder.posts("posts_1.jsonl", quiet)
    # Also as the first delivery ever.
    notices = folder.load(POSTS).notices
    assert notices == [
        "posts_1.jsonl: column reply_text, replied_at has no value in any record, and was taken for null"
    ]
    assert folder.home.raw("social", "posts", "post_id, replied_at") == [("R1", None)]
    # A key of every day is no new name of the one that is missing today.
    folder.posts("posts_3.jsonl", {**POST, "app": "4.2"}, {**POST, "post_id": "R2"})
    folder.posts("posts_4.jsonl", {**quiet, "post_id": "R3", "app": "4.2"})
    folder.load(POSTS)
    folder.posts("posts_5.jsonl", {**quiet, "post_id": "R4", "app": "4.2"})
    folder.load(POSTS)
    assert len(folder.home.raw("social", "posts")) == 5


def test_a_key_that_every_row_needs_may_be_left_out_where_earlier_files_had_it(folder: Folder) -> None:
    nobody = {name: value for name, value in POST.items() if name != "handle"}
    folder.posts("posts_1.jsonl", nobody)
    with pytest.raises(LandingError, match="column handle is missing: it is in no record, was in none before"):
        folder.load(POSTS)
    folder.posts("posts_0.jsonl", {**POST, "post_id": "R0"})
    folder.load(POSTS)
    assert folder.home.raw("social", "posts", "handle")[1:] == [(None,)]
    folder.posts("posts_2.jsonl", {**nobody, "post_id": "R2", "text": "other"})
    folder.load(POSTS)
    assert len(folder.home.raw("social", "posts")) == 3


def test_a_key_that_no_line_has_is_a_missing_column(folder: Folder) -> None:
    folder.posts("posts_1.jsonl", POST)
    renamed = {("stars" if name == "rating" else name): value for name, value in POST.items()}
    folder.posts("posts_2.jsonl", renamed, renamed)
    with pytest.raises(LandingError, match=r"column rating is missing.* under a new name: stars"):
        folder.load(POSTS)
