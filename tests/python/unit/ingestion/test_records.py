"""Records of a database: their changes reach the lake once, and the raw table shows them as they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion import records
from orchestration.ingestion.contract import NEW_COLUMNS, raw_contract
from orchestration.ingestion.errors import ConnectionLostError, LandingError
from orchestration.ingestion.lake import completed_loads, keep_what_counts, landed_files, stored_rows, table_files
from orchestration.ingestion.losses import LossLimit
from orchestration.ingestion.missing_columns import Former
from orchestration.ingestion.records import ALWAYS, RecordTable, load_records
from orchestration.ingestion.sql_source import SqlSource
from tests.python.unit.ingestion.conftest import CONSENTS, NOW, ORDER_LINES, Database, Home


def consent(database: Database, key: str | None, granted: object = 1, at: str | None = "2024-05-01 10:00:00") -> None:
    database.insert("consents", consent_id=key, customer_number="C1", is_granted=granted, recorded_at=at)


def seen(database: Database) -> list[tuple[str, str]]:
    return sorted(database.home.raw("crm", "consents", "consent_id, is_granted"))


def stored(home: Home, source: str, table: str) -> duckdb.DuckDBPyRelation:
    """All rows of a raw table in the lake, with what no reader sees."""
    return duckdb.sql(f"from {stored_rows(table_files(home.lake, source, table))}")


def test_loading_twice_loads_nothing_twice(consents: Database) -> None:
    consent(consents, "a")
    consent(consents, "b", None)
    assert consents.load().tables["consents"].rows == 2
    before = consents.home.raw("crm", "consents", "*")
    second = consents.load().tables["consents"]
    assert (second.files, second.rows) == (0, 0)
    assert consents.home.raw("crm", "consents", "*") == before


def test_values_arrive_as_the_database_renders_them(consents: Database) -> None:
    consents.insert(
        "consents", consent_id="007", customer_number="", purpose="a|b", is_granted=1, document_version=None
    )
    consents.insert("consents", consent_id="é", is_granted="maybe", recorded_at="never", channel="two\nlines")
    consents.load()
    assert consents.home.raw("crm", "consents") == [
        ("007", "", "a|b", "1", None, None, None),
        ("é", None, None, "maybe", None, "two\nlines", "never"),
    ]
    columns = "_record_key, _is_deleted, _file_name, _file_version, _file_row"
    assert consents.home.raw("crm", "consents", columns) == [
        ("007", False, "consents/000001", 1, 1),
        ("é", False, "consents/000001", 1, 2),
    ]


def test_an_update_replaces_the_former_state_and_nothing_else_is_written(consents: Database) -> None:
    for key in "abc":
        consent(consents, key)
    consents.load()
    consents.execute("update consents set is_granted = 0, recorded_at = '2024-05-02' where consent_id = 'b'")
    assert consents.load().tables["consents"].rows == 1
    assert seen(consents) == [("a", "1"), ("b", "0"), ("c", "1")]
    newest = landed_files(consents.home.lake, "crm")["consents", "consents/000002"]
    assert (newest.row_count, newest.superseded_row_count) == (1, 1)


def test_a_state_that_comes_back_counts_again(consents: Database) -> None:
    consent(consents, "a")
    for granted in (0, 1, 0):
        consents.load()
        consents.execute("update consents set is_granted = ?", granted)
    consents.load()
    assert seen(consents) == [("a", "0")]
    assert consents.home.balance("crm", "consents") == 1


def test_a_row_that_becomes_visible_late_is_loaded(consents: Database) -> None:
    consent(consents, "a", at="2024-05-10 00:00:00")
    consents.load()
    consent(consents, "within the overlap", at="2024-05-09 01:00:00")
    consent(consents, "with no time", at=None)
    assert consents.load().notices == []
    consent(consents, "long before", at="2023-01-01 00:00:00")
    (notice,) = consents.load().notices
    assert notice.startswith("crm.consents: 1 records became visible later than 1 day")
    assert len(seen(consents)) == 4


def test_only_what_changed_is_read(consents: Database) -> None:
    for day in range(1, 29):
        consent(consents, str(day), at=f"2024-05-{day:02d} 12:00:00")
    consents.load()
    connection = CONSENTS.connect(f"sqlite:///{consents.path}")
    batches = list(connection.read("consents", "2024-05-27T12:00:00Z"))
    assert sorted(key for batch in batches for key in batch["consent_id"].to_pylist()) == ["27", "28"]


def test_a_deleted_record_is_gone_and_comes_back(consents: Database) -> None:
    consent(consents, "a")
    consent(consents, "b")
    consents.load()
    consents.execute("delete from consents where consent_id = 'a'")
    assert consents.load().tables["consents"].rows == 1
    assert seen(consents) == [("b", "1")]
    assert consents.load().tables["consents"].rows == 0
    newest = landed_files(consents.home.lake, "crm")["consents", "consents/000002"]
    assert (newest.row_count, newest.superseded_row_count) == (1, 2)
    # The very same row as before its deletion, with its old time.
    consent(consents, "a")
    consents.load()
    assert seen(consents) == [("a", "1"), ("b", "1")]
    assert consents.home.balance("crm", "consents") == 2


def test_the_mark_of_a_deletion_holds_the_key_and_nothing_else(consents: Database) -> None:
    """Case 17: what a record held is not written once more because it is gone."""
    consents.insert("consents", consent_id="a", customer_number="C1", purpose="news", channel="ann@example.org")
    consent(consents, "stays")
    consents.load()
    consents.execute("delete from consents where channel is not null")
    consents.load()

    paths = [str(path) for path in table_files(consents.home.lake, "crm", "consents")]
    marks = duckdb.read_parquet(paths[-1]).filter("_is_deleted")
    assert marks.project("consent_id, _record_key").fetchall() == [("a", "a")]
    told = [column for column in marks.columns if column != "consent_id" and not column.startswith("_")]
    assert marks.aggregate(", ".join(f"count({column})" for column in told)).fetchall() == [(0,) * len(told)]
    assert seen(consents) == [("stays", "1")]


def test_a_record_that_its_source_calls_deleted_is_kept_by_its_key_alone(consents: Database) -> None:
    """The source may go on showing what it held: that is no news, and nothing of it comes here."""
    rule = RecordTable(("consent_id",), "recorded_at", deleted_when=("purpose", "deleted"))
    consents.source = SqlSource("crm", {"consents": rule})
    for purpose in ("news", "deleted"):
        consents.insert("consents", consent_id=purpose, purpose=purpose, channel="ann@example.org")
    assert consents.load().tables["consents"].rows == 2
    assert consents.load().tables["consents"].rows == 0
    assert consents.home.raw("crm", "consents", "consent_id, channel") == [("news", "ann@example.org")]
    assert consents.home.balance("crm", "consents") == 1
    told = stored(consents.home, "crm", "consents").filter("_is_deleted").project("consent_id, purpose, channel")
    assert told.fetchall() == [("deleted", None, None)]


def test_what_no_reader_sees_is_removed_for_good(consents: Database) -> None:
    """Former states, and who was deleted; what is read, and what the manifest counts, is as before."""
    home = consents.home
    for key in ("changed", "deleted", "stays"):
        consents.insert("consents", consent_id=key, channel=f"{key}@example.org", recorded_at="2024-05-01 10:00:00")
    consents.load()
    consents.execute("update consents set channel = 'new@example.org' where consent_id = 'changed'")
    consents.execute("delete from consents where consent_id = 'deleted'")
    consents.load()
    unread = home.lake / "crm" / "consents" / "load_id=1.5" / "cut_off.parquet"
    unread.parent.mkdir()
    unread.write_bytes(b"ann@example.org")
    before, types = home.raw("crm", "consents", "*"), stored(home, "crm", "consents").types

    assert keep_what_counts(home.lake, "crm") == 3
    assert keep_what_counts(home.lake, "crm") == 0

    assert sorted(stored(home, "crm", "consents").project("channel").fetchall()) == [
        ("new@example.org",),
        ("stays@example.org",),
    ]
    assert len(list((home.lake / "crm" / "consents").rglob("*.parquet*"))) == 2
    assert (home.raw("crm", "consents", "*"), stored(home, "crm", "consents").types) == (before, types)
    assert home.balance("crm", "consents") == 2
    # The next load finds nothing new, and who comes back is there again.
    assert consents.load().tables["consents"].rows == 0
    consents.insert("consents", consent_id="deleted", channel="again@example.org", recorded_at="2024-05-01 10:00:00")
    consents.load()
    assert home.balance("crm", "consents") == len(home.raw("crm", "consents")) == 3


def test_a_table_whose_records_are_all_gone_keeps_no_file(consents: Database) -> None:
    consent(consents, "a")
    consents.load()
    consents.execute("delete from consents")
    consents.load()
    assert keep_what_counts(consents.home.lake, "crm") == 2
    assert table_files(consents.home.lake, "crm", "consents") == []
    assert consents.home.raw("crm", "consents") == []
    consent(consents, "b")
    consents.load()
    assert seen(consents) == [("b", "1")]


def test_a_table_that_was_emptied_is_worth_a_notice(consents: Database) -> None:
    consent(consents, "a")
    consents.load()
    consents.execute("delete from consents")
    assert consents.load().notices == ["crm.consents: all 1 records are gone from the source, and count as deleted"]
    assert seen(consents) == []


def test_half_an_export_is_refused_until_somebody_confirms(consents: Database) -> None:
    for number in range(40):
        consent(consents, str(number))
    consents.load()
    consents.execute("delete from consents where cast(consent_id as integer) % 2 = 0")
    says = r"crm\.consents: 20 of 40 rows are gone at once, more than 10% .* CEM_CONFIRMED_LOSS=crm\.consents:20\."
    with pytest.raises(LandingError, match=says):
        consents.load()
    with pytest.raises(LandingError, match=says):
        consents.load(LossLimit(confirmed={"crm.consents": 19}))
    assert len(seen(consents)) == 40
    assert consents.load(LossLimit(confirmed={"crm.consents": 20})).tables["consents"].rows == 20
    assert len(seen(consents)) == 20
    # What comes back is no loss, and a few always may go.
    consents.execute("delete from consents where cast(consent_id as integer) < 20")
    consents.load()
    assert len(seen(consents)) == 10


def test_a_table_that_is_read_whole_shows_what_changed_without_its_time(consents: Database) -> None:
    corrected = SqlSource("crm", {"consents": replace(CONSENTS.tables["consents"], whole_up_to=ALWAYS)})
    small = SqlSource("crm", {"consents": replace(CONSENTS.tables["consents"], whole_up_to=4)})
    consent(consents, "withdrawn", at="2023-01-01 10:00:00")
    consent(consents, "newest", at="2024-05-31 10:00:00")
    consents.load()
    consents.execute("update consents set is_granted = 0 where consent_id = 'withdrawn'")
    assert consents.load().tables["consents"].rows == 0
    consents.source = small
    assert consents.load().tables["consents"].rows == 1
    assert seen(consents) == [("newest", "1"), ("withdrawn", "0")]
    consents.execute("update consents set is_granted = 1 where consent_id = 'withdrawn'")
    assert consents.load().tables["consents"].rows == 1
    consents.execute("update consents set is_granted = 0 where consent_id = 'withdrawn'")
    assert consents.load().tables["consents"].rows == 1
    # Five states, so it is small no more.
    consent(consents, "one more", at="2024-05-31 10:00:00")
    consents.load()
    consents.execute("update consents set is_granted = 1 where consent_id = 'withdrawn'")
    assert consents.load().tables["consents"].rows == 0
    consents.source = corrected
    consents.execute("delete from consents where consent_id = 'newest'")
    assert consents.load().tables["consents"].rows == 2
    assert seen(consents) == [("one more", "1"), ("withdrawn", "1")]


def test_a_source_whose_tables_are_all_empty_has_been_loaded(consents: Database) -> None:
    assert consents.load().tables["consents"].rows == 0
    assert completed_loads(consents.home.lake, "crm")
    assert seen(consents) == []
    consents.load()
    assert len(completed_loads(consents.home.lake, "crm")) == 1
    consent(consents, "a")
    consents.load()
    assert seen(consents) == [("a", "1")]


def test_a_time_to_come_does_not_hide_what_happens_until_then(consents: Database) -> None:
    consent(consents, "a", at="2999-01-01 00:00:00")
    consents.load()
    consent(consents, "b", at="2024-05-31 00:00:00")
    consents.load()
    consents.execute("update consents set is_granted = 0, recorded_at = '2024-05-31 01:00:00' where consent_id = 'b'")
    consents.load()
    assert seen(consents) == [("a", "1"), ("b", "0")]


def test_of_rows_with_the_same_key_the_newest_counts(consents: Database) -> None:
    consent(consents, "a", 0, at="2024-05-02")
    consent(consents, "a", 1, at="2024-05-01")
    consent(consents, "b", 0, at="2024-05-01")
    consent(consents, "b", 1, at="2024-05-01")
    assert consents.load().notices == ["crm.consents: 2 rows repeat the consent_id of another; the newest state counts"]
    assert seen(consents) == [("a", "0"), ("b", "1")]
    assert consents.load().tables["consents"].rows == 0


def test_rows_without_a_key_are_loaded_to_be_validated(consents: Database) -> None:
    consent(consents, None, 0)
    consent(consents, None, 1)
    consents.load()
    assert sorted(consents.home.raw("crm", "consents", "is_granted")) == [("0",), ("1",)]
    assert consents.load().tables["consents"].rows == 0


def test_a_column_that_the_contract_gained_is_filled_for_all_records(
    consents: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = raw_contract("crm")
    before = {"consents": [column for column in whole["consents"] if column.name != "channel"]}
    consents.insert("consents", consent_id="a", channel="store", recorded_at="2023-01-01")
    consents.insert("consents", consent_id="b", channel="web", recorded_at="2024-05-31")
    for module in ("records", "sql_source"):
        monkeypatch.setattr(f"orchestration.ingestion.{module}.raw_contract", lambda _: before)
    consents.load()
    monkeypatch.undo()
    assert consents.load().tables["consents"].rows == 2
    assert consents.home.raw("crm", "consents", "consent_id, channel") == [("a", "store"), ("b", "web")]


KEYS = st.tuples(st.sampled_from(["o", "o|1", "o\\", "é", ""]), st.integers(-1, 2))
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "delete", "load"]),
        KEYS,
        st.sampled_from([None, "", "7.50", "1e400", "x|y", "ü'\"\n"]),
        # Hours by which a change's time lies before the clock: it may go backwards by less than the overlap.
        st.integers(0, 23) | st.none(),
    ),
    min_size=2,
    max_size=14,
)


@settings(max_examples=12, deadline=None)
@given(changes=CHANGES)
def test_after_any_changes_and_loads_the_raw_table_is_the_table_of_the_database(
    changes: list[tuple[str, tuple[str, int], str | None, int | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Insertions, updates, deletions, the same key again, times out of order, in whatever order loads come between."""
    folder = tmp_path_factory.mktemp("changes")
    database = Database(ORDER_LINES, folder / "shop.sqlite", Home(folder / "home"))
    database.create()
    database.execute("create unique index by_key on order_lines (order_id, line_number)")
    for hour, (change, (order, line), price, earlier) in enumerate(changes):
        if change == "load":
            database.load()
            continue
        database.execute("delete from order_lines where order_id = ? and line_number = ?", order, line)
        if change == "put":
            at = None if earlier is None else str(NOW - timedelta(days=9) + timedelta(hours=hour - earlier))[:19]
            database.insert("order_lines", order_id=order, line_number=line, unit_price=price, updated_at=at)
    database.load()
    rows = database.home.raw("shop", "order_lines")
    assert sorted(map(repr, rows)) == sorted(map(repr, database.rows("order_lines")))
    assert database.home.balance("shop", "order_lines") == len(rows)
    assert database.load().tables["order_lines"].rows == 0


@dataclass
class Desk:
    """A help desk that hands out what the test puts in, and goes away when it is told to."""

    name: str = "helpdesk"
    tables: Mapping[str, RecordTable] = field(
        default_factory=lambda: {
            "comments": RecordTable(("comment_id",), "updated_at", deleted_when=("author", "deleted"))
        }
    )
    notices: list[str] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)
    at: str = "2024-03-31T01:59:10+01:00"
    failures: int = 0
    asked: list[str | None] = field(default_factory=list)

    def read(self, table: str, since: str | None, _: Former) -> Iterator[pa.Table]:
        self.asked.append(since)
        for key, author in self.comments.items():
            row = {column.name: [None] for column in raw_contract(self.name)[table]}
            row |= {"updated_at": [self.at], NEW_COLUMNS: pa.array([self.new.get(key)], pa.string())}
            yield pa.table({**row, "comment_id": [key], "author": [author]})
            if self.failures:
                self.failures -= 1
                raise ConnectionLostError("helpdesk.comments: the desk went away")

    def keys(self, table: str) -> Iterator[pa.Table]:
        raise AssertionError("keys are not compared")


@pytest.fixture
def load_desk(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[[Desk], int]:
    monkeypatch.setattr(records, "WAITS", (0.0, 0.0))

    def load(desk: Desk) -> int:
        return load_records(desk, home.lake, home.work, NOW).tables["comments"].rows

    return load


def test_a_record_that_the_source_marks_as_deleted_is_gone(home: Home, load_desk: Callable[[Desk], int]) -> None:
    desk = Desk(comments={"a": "agent", "b": "customer", "never seen": "deleted"})
    assert load_desk(desk) == 3
    assert home.balance("helpdesk", "comments") == 2
    desk.comments["a"] = "deleted"
    assert load_desk(desk) == 1
    assert home.raw("helpdesk", "comments", "comment_id") == [("b",)]
    assert home.balance("helpdesk", "comments") == 1
    assert load_desk(desk) == 0
    desk.comments["a"] = "agent"
    load_desk(desk)
    assert sorted(home.raw("helpdesk", "comments", "comment_id")) == [("a",), ("b",)]
    assert home.balance("helpdesk", "comments") == 2


def test_a_value_in_a_new_column_is_a_change_and_the_first_one_reads_everything(
    home: Home, load_desk: Callable[[Desk], int]
) -> None:
    desk = Desk(comments={"a": "agent", "b": "agent"})
    load_desk(desk)
    desk.new["b"] = '{"mood": "fine"}'
    assert load_desk(desk) == 1
    assert home.raw("helpdesk", "comments", f"comment_id, {NEW_COLUMNS}") == [("a", None), ("b", '{"mood": "fine"}')]
    assert load_desk(desk) == 0
    # A column that is filled for all leaves their times as they are: so the first value of one asks for all.
    assert desk.asked == [None, "2024-03-30T00:59:10Z", None, "2024-03-30T00:59:10Z"]
    del desk.new["b"]
    assert load_desk(desk) == 1
    assert home.balance("helpdesk", "comments") == 2


def test_where_to_begin_is_the_newest_time_less_the_overlap_in_utc(load_desk: Callable[[Desk], int]) -> None:
    desk = Desk(comments={"a": "agent"})
    load_desk(desk)
    load_desk(desk)
    assert desk.asked == [None, "2024-03-30T00:59:10Z"]


def test_a_source_that_goes_away_is_read_again_from_the_beginning(home: Home, load_desk: Callable[[Desk], int]) -> None:
    desk = Desk(comments={"a": "agent", "b": "agent"}, failures=2)
    assert load_desk(desk) == 2
    assert home.raw("helpdesk", "comments", "comment_id") == [("a",), ("b",)]


def test_a_source_that_stays_away_is_named_and_nothing_is_loaded(home: Home, load_desk: Callable[[Desk], int]) -> None:
    with pytest.raises(LandingError, match="the desk went away"):
        load_desk(Desk(comments={"a": "agent"}, failures=9))
    assert home.raw("helpdesk", "comments") == []


def test_no_file_at_the_address_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match=r"crm\.sqlite is not there.*CEM_CRM_DSN"):
        CONSENTS.connect(f"sqlite:///{tmp_path}/crm.sqlite")
