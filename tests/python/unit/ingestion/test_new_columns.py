"""Columns beyond the contract: taken as they are, reported, and columns of their own once the contract names them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingestion.contract import LINEAGE_COLUMNS, RawColumn, declared_types, raw_contract
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import landed_files
from orchestration.pseudonyms import keep_key
from orchestration.settings import DEMO_SOURCES, PROJECT_ROOT, Settings, source_entities
from tests.python.unit.ingestion.conftest import HEADER, NOW, Ads, Database, Home
from tests.python.unit.ingestion.test_event_files import MESSAGES, POST, POSTS, Folder
from tests.python.worlds.world import dbt_environment, manifest_of, run_dbt


@pytest.fixture
def folder(tmp_path: Path, home: Home) -> Folder:
    (tmp_path / "landing" / "events").mkdir(parents=True)
    return Folder(tmp_path / "landing" / "events", home)


def taken(home: Home, source: str, table: str) -> list[dict[str, str] | None]:
    """What each row of a raw table has beyond the contract."""
    return [text and json.loads(text) for (text,) in home.raw(source, table, "_new_columns")]


def csv(header: str, *rows: str) -> bytes:
    lines = [f"{HEADER},{header}", *(f"2024-01-01,a,search,1000,10,7.50,EUR,{row}" for row in rows)]
    return "\n".join(lines).encode() + b"\n"


def test_csv_is_taken_with_its_values_and_a_notice_says_what_to_do(ads: Ads) -> None:
    ads.deliver("days-1.csv", "before")
    ads.deliver("days-2.csv", text=csv("Mood!,e-mail,", 'fine,"a, ""b""",', ",,", "007,é🙂,x"))
    assert ads.load().notices == [
        "days-2.csv: column moodx, e_mail, unnamed_10 is not in the contract and was taken into _new_columns. To make "
        "it a column of its own, for the rows loaded already too, declare it in models/staging/ads/_ads__sources.yml"
    ]
    assert taken(ads.home, "ads", "campaign_days") == [
        None,
        {"moodx": "fine", "e_mail": 'a, "b"'},
        None,
        {"moodx": "007", "e_mail": "é🙂", "unnamed_10": "x"},
    ]
    brought = {file.name: file.new_columns for file in landed_files(ads.home.lake, "ads").values()}
    assert brought == {"days-1.csv": (), "days-2.csv": ("moodx", "e_mail", "unnamed_10")}
    assert ads.load().tables["campaign_days"].files == 0


def test_parquet_is_taken_as_text_whatever_its_types(folder: Folder) -> None:
    noon = datetime(2024, 7, 1, 12, tzinfo=UTC)
    columns: dict[str, Any] = {
        "count": pa.array([2**62, None], pa.int64()),
        "ratio": [0.1, float("nan")],
        "price": [Decimal("1.50"), None],
        "is_new": [True, None],
        "birthday": [date(2024, 7, 1), None],
        "at": pa.array([noon, None], pa.timestamp("ms", "Europe/Berlin")),
        "local": pa.array([datetime(2024, 7, 1, 12, 0, 0, 5), None], pa.timestamp("us")),
        "tags": [["a", None], []],
        "who": [{"name": "é", "age": 7}, None],
        "Mood": pa.array(["fine", None]).dictionary_encode(),
        "nothing": pa.nulls(2),
        'a "b", c': ["x", None],
    }
    folder.messages("2024-07-01", "a", "b", **columns)
    folder.load(MESSAGES)
    first, second = taken(folder.home, "messaging", "message_events")
    assert first == {
        "count": str(2**62), "ratio": "0.1", "price": "1.50", "is_new": "true", "birthday": "2024-07-01",
        "at": "2024-07-01 12:00:00", "local": "2024-07-01 12:00:00.000005", "tags": '["a",null]',
        "who": '{"name":"é","age":7}', "Mood": "fine", 'a "b", c': "x",
    }  # fmt: skip
    assert second == {"ratio": "nan", "tags": "[]"}


def test_files_whose_new_columns_differ_in_name_or_type_are_read_together_and_late(folder: Folder) -> None:
    folder.messages("2024-07-02", "b", mood=["fine"])
    folder.messages("2024-07-03", "c", mood=[7])
    folder.messages("2024-07-04", "d", tone=["loud"], mood=[[True]])
    folder.load(MESSAGES)
    folder.messages("2024-07-01", "a", tone=["late"])
    assert len(folder.load(MESSAGES).notices) == 1
    assert folder.load(MESSAGES).tables["message_events"].files == 0
    assert taken(folder.home, "messaging", "message_events") == [
        {"tone": "late"}, {"mood": "fine"}, {"mood": "7"}, {"mood": "[true]", "tone": "loud"},
    ]  # fmt: skip


def test_json_lines_are_taken_whichever_line_has_a_new_key(folder: Folder) -> None:
    plain = [POST] * 3000
    folder.posts("posts_1.jsonl", *plain, {**POST, "mood": {"a": [1, None]}, "level": 7, "none": None}, POST)
    folder.posts("posts_2.jsonl", {**POST, "mood": "every", "Rating": 1.50}, {**POST, "mood": "line", "Rating": None})
    notices = folder.load(POSTS).notices
    assert [notice.split(" is not")[0] for notice in notices] == [
        "posts_1.jsonl: column level, mood, none",
        "posts_2.jsonl: column Rating, mood",
    ]
    rows = taken(folder.home, "social", "posts")
    assert rows[:3000] == [None] * 3000
    assert rows[3000:] == [
        {"mood": '{"a":[1,null]}', "level": "7", "none": None},
        None,
        {"mood": "every", "Rating": "1.5"},
        {"mood": "line", "Rating": None},
    ]
    assert folder.home.raw("social", "posts", "distinct rating") == [("4",)]


def test_the_first_line_may_have_new_keys_and_lack_others(folder: Folder) -> None:
    first = {"mood": "first", **{name: value for name, value in POST.items() if name != "rating"}}
    folder.posts("posts_1.jsonl", first, POST, {**first, "mood": 2}, {**POST, "rating": 5})
    folder.load(POSTS)
    assert taken(folder.home, "social", "posts") == [{"mood": "first"}, None, {"mood": "2"}, None]
    assert folder.home.raw("social", "posts", "rating") == [(None,), ("4",), (None,), ("5",)]


@pytest.mark.parametrize("count", [100, 101, 5000])
@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_more_new_columns_than_a_table_gains_are_refused(ads: Ads, folder: Folder, form: str, count: int) -> None:
    names = [f"column_{number}" for number in range(count)]
    load: Callable[[], Any]
    if form == "csv":
        path = ads.deliver("days-1.csv", text=csv(",".join(names), ",".join(names)))
        load = ads.load
    elif form == "parquet":
        path = folder.messages("2024-07-01", "a", **{name: ["x"] for name in names})
        load = lambda: folder.load(MESSAGES)  # noqa: E731
    else:
        # As where keys are values: each line has others.
        path = folder.posts("posts_1.jsonl", POST, *({**POST, name: "x"} for name in names))
        load = lambda: folder.load(POSTS)  # noqa: E731
    if count <= 100:
        load()
        return
    with pytest.raises(LandingError, match=r"more than 100 columns are not in the contract \(column_") as refused:
        load()
    assert str(path) in str(refused.value)
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\nb", "a\0b"])
def test_what_is_no_name_is_refused(folder: Folder, name: str) -> None:
    path = folder.posts("posts_1.jsonl", {**POST, name: "x"})
    with pytest.raises(LandingError, match="a column is named") as refused:
        folder.load(POSTS)
    assert str(path) in str(refused.value)
    folder.messages("2024-07-01", "a", **{name: ["x"]})
    with pytest.raises(LandingError, match="a column is named"):
        folder.load(MESSAGES)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"Cost": [9.9]}, "column Cost and cost differ by case alone"),
        ({"mood": ["a"], "MOOD": ["b"]}, "column MOOD and mood differ by case alone"),
        ({"File_Row_Number": [1]}, "column File_Row_Number is a name of the reader's own"),
    ],
)
def test_names_that_cannot_be_told_apart_are_refused(folder: Folder, columns: dict[str, Any], says: str) -> None:
    path = folder.messages("2024-07-01", "a", **columns)
    with pytest.raises(LandingError, match=says) as refused:
        folder.load(MESSAGES)
    assert str(path) in str(refused.value)


def test_names_that_the_lake_would_spell_alike_are_refused(ads: Ads) -> None:
    ads.deliver("days-1.csv", text=csv("Mood,mood", "a,b"))
    with pytest.raises(LandingError, match="mood stands in the header more than once, as 'Mood', 'mood'"):
        ads.load()


def test_names_of_the_loader_s_own_clash_with_nothing(ads: Ads, folder: Folder) -> None:
    names = {"_file_name": "a", "_new_columns": "b", "_loaded_at": "c", "filename": "d"}
    ads.deliver("days-1.csv", text=csv(",".join(names), ",".join(names.values())))
    ads.load()
    folder.messages("2024-07-01", "a", **{name: [value] for name, value in names.items()})
    folder.load(MESSAGES)
    folder.posts("posts_1.jsonl", {**POST, **names})
    folder.load(POSTS)
    for source, table in (("ads", "campaign_days"), ("messaging", "message_events"), ("social", "posts")):
        assert taken(folder.home, source, table) == [names]
    assert folder.home.raw("ads", "campaign_days", "_file_name, _loaded_at") == [("days-1.csv", NOW)]


@pytest.mark.parametrize("source", sorted(source_entities()))
def test_every_raw_table_shows_what_was_taken(source: str) -> None:
    for table in raw_contract(source):
        assert set(LINEAGE_COLUMNS) <= set(declared_types(source, table))


def test_what_was_taken_is_read_by_staging_alone() -> None:
    """It may hold names and addresses: raw tables are not published, and nothing behind staging may ask for it."""
    for path in (PROJECT_ROOT / "models").rglob("*.sql"):
        if "staging" not in path.parts:
            # dbt's own `append_new_columns` is another thing.
            assert not re.search(r"(?<!append)_new_columns|new_column\(", path.read_text()), path


def test_a_lake_of_before_new_columns_were_taken_is_read_and_added_to(ads: Ads, consents: Database) -> None:
    ads.deliver("days-1.csv", "before")
    ads.load()
    consents.execute("alter table consents add column mood text")
    consents.execute("insert into consents (consent_id, recorded_at, mood) values ('a', '2020-01-01', null)")
    consents.execute("insert into consents (consent_id, recorded_at, mood) values ('b', '2024-05-01', null)")
    consents.load()
    make_former(ads.home.lake)
    assert ads.campaigns() == ["before"]
    consents.execute("update consents set mood = 'fine'")
    assert consents.load().tables["consents"].rows == 2
    ads.deliver("days-2.csv", text=csv("mood", "fine"))
    ads.load()
    assert taken(ads.home, "ads", "campaign_days") == [None, {"mood": "fine"}]
    assert taken(ads.home, "crm", "consents") == [{"mood": "fine"}] * 2


def make_former(lake: Path) -> None:
    """Take from a lake what loads did not write once."""
    for path in lake.glob("*/*/load_id=*/*.parquet"):
        table = pq.read_table(path, partitioning=None)
        pq.write_table(
            table.drop_columns([c for c in ("_new_columns", "new_columns") if c in table.column_names]), path
        )


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Take columns out of the contract, as if they were not declared yet."""

    def reduced(source: str) -> dict[str, list[RawColumn]]:
        return {table: [c for c in columns if c.name not in names] for table, columns in raw_contract(source).items()}

    for module in ("load", "records", "sql_source"):
        monkeypatch.setattr(f"orchestration.ingestion.{module}.raw_contract", reduced)


def build(home: Home, *models: str) -> None:
    """Build `models` with what they read: their rules rest on seeds. Raises AssertionError with dbt's own words."""
    settings = Settings(home=home.folder, sources=DEMO_SOURCES)
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    assert settings.lake == home.lake
    keep_key(settings)
    with dbt_environment(settings.child_environment()):
        run_dbt(
            manifest_of(settings.sources),
            *("build", "--exclude-resource-type", "test", "unit_test"),
            *("--select", *(f"+{model}" for model in models)),
        )


def test_once_the_contract_names_a_column_rows_of_before_have_it_too(
    ads: Ads, consents: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = ads.home
    noon = datetime(2024, 5, 1, 12)
    columns = {"occurred_at": pa.array([noon, noon], pa.timestamp("us", "Asia/Tokyo")), "cost": [0.1, None]}
    with monkeypatch.context() as former:
        without(former, "currency", "campaign", "cost", "occurred_at", "rating", "channel")
        ads.deliver("days-1.csv", "before")
        ads.load()
        folder.messages("2024-05-01", "before", "none", **columns)
        folder.load(MESSAGES)
        folder.posts("posts_1.jsonl", {**POST, "post_id": "before"}, {**POST, "post_id": "none", "rating": None})
        folder.load(POSTS)
        consents.insert("consents", consent_id="before", channel="store", recorded_at="2024-05-01 00:00:00")
        consents.load()
    build(home, "base_ads__campaign_days")
    ads.deliver("days-2.csv", text=csv("mood", "fine"))
    ads.load()
    folder.messages("2024-05-02", "after", mood=["fine"])
    folder.load(MESSAGES)
    folder.posts("posts_2.jsonl", {**POST, "post_id": "after"})
    folder.load(POSTS)
    expected = {
        ("ads", "campaign_days", "campaign, currency, _new_columns"): {
            ("before", "EUR", '{"campaign":"before","channel":"search","currency":"EUR"}'),
            ("a", "EUR", '{"mood":"fine"}'),
        },
        ("messaging", "message_events", "event_id, currency, cost, occurred_at::timestamp"): {
            ("before", "EUR", 0.1, noon),
            ("none", "EUR", None, noon),
            ("after", "EUR", 0.25, datetime(2024, 5, 2)),
        },
        ("social", "posts", "post_id, rating"): {("before", "4"), ("none", None), ("after", "4")},
        ("crm", "consents", "consent_id, channel"): {("before", "store")},
    }
    for (source, table, shown), rows in expected.items():
        assert set(home.raw(source, table, shown)) == rows
    readers = ("base_ads__campaign_days", "base_messaging__message_events", "base_social__posts", "base_crm__consents")
    build(home, *readers)
    with duckdb.connect(str(Settings(home=home.folder, sources=DEMO_SOURCES).warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for (source, table, shown), rows in expected.items():
            assert set(connection.execute(f"select {shown} from raw_{source}.{table}").fetchall()) == rows
        (kind,) = connection.execute("select distinct typeof(cost) from raw_messaging.message_events").fetchall()
        assert kind == ("DOUBLE",)
        brought = connection.execute("select file_name, new_columns from raw_ads.landing_files order by 1").fetchall()
    assert brought == [("days-1.csv", '["campaign", "channel", "currency"]'), ("days-2.csv", '["mood"]')]


def test_a_column_declared_as_a_type_that_rows_of_before_do_not_have_stops_the_build(
    ads: Ads, consents: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as former:
        without(former, "cost")
        folder.messages("2024-05-01", "a", "b", cost=["0.25", "much"])
        folder.load(MESSAGES)
    folder.posts("posts_1.jsonl", POST)
    folder.load(POSTS)
    ads.deliver("days-1.csv", "a")
    ads.load()
    consents.insert("consents", consent_id="a")
    consents.load()
    with pytest.raises(AssertionError) as failed:
        build(ads.home, "base_messaging__message_events")
    said = " ".join(str(failed.value).split())
    assert "raw_messaging.message_events: column cost is declared double, and 1 rows that were loaded before" in said
    assert "such as 'much'" in said
