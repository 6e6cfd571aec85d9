"""What loads bring to the lake while records change, pages fail, and the token stays where it is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.demo_company.server import PASSING_FAULTS, DemoServer, Misbehaviour
from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import keep_what_counts, landed_files, stored_rows, table_files, write_view
from orchestration.ingestion.load import SourceLoad
from orchestration.ingestion.records import load_records, mark_parts_of_deleted
from orchestration.ingestion.rest_api import Patience
from orchestration.sources import helpdesk
from tests.python.unit.rest.conftest import (
    HURRIED,
    IMPATIENT,
    SLOW_SECONDS,
    TABLES,
    TOKEN,
    Company,
    Rows,
    Serve,
    connected,
)

# More of them, after a change of the reader, by hand.
SEEDS = range(1, 2)


@dataclass
class Home:
    folder: Path

    @property
    def lake(self) -> Path:
        return self.folder / "lake" / "raw"

    def load(self, server: DemoServer, source: str, patience: Patience = IMPATIENT) -> SourceLoad:
        loaded_at = datetime(2024, 12, 1, tzinfo=UTC)
        return load_records(connected(server, source, patience), self.lake, self.folder / "dlt", loaded_at)

    def raw(self, source: str, table: str) -> Rows:
        """The rows that a reader of the raw table sees, each of which has to be there once."""
        database = self.folder / "views" / f"{source}_{table}.duckdb"
        write_view(database, self.lake, source, table)
        columns = ", ".join(column.name for column in raw_contract(source)[table])
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute(f"select {columns} from raw_{source}.{table}").fetchall()
        assert len(rows) == len(set(rows)) == self.counted(source, table)
        return set(rows)

    def counted(self, source: str, table: str) -> int:
        """The rows that there have to be by the records of the extractions."""
        files = [file for (of_table, _), file in landed_files(self.lake, source).items() if of_table == table]
        return sum(file.row_count - file.superseded_row_count for file in files)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def rows_of(load: SourceLoad) -> dict[str, int]:
    return {table: loaded.rows for table, loaded in load.tables.items() if loaded.rows}


def assert_equal(home: Home, company: Company, source: str) -> None:
    for table in TABLES[source]:
        assert home.raw(source, table) == company.expected(source, table), f"{source}.{table}"


def test_changes_are_loaded_and_nothing_else(company: Company, serve: Serve, home: Home) -> None:
    server = serve()
    assert rows_of(home.load(server, "survey")) == {"questions": 8, "invitations": 30, "answers": 60}
    assert_equal(home, company, "survey")
    assert rows_of(home.load(server, "survey")) == {}
    company.put("survey", "invitations", "IN3", channel="letter")
    company.put("survey", "invitations", "IN1000")
    company.put("survey", "answers", "AN7", score=9.5)
    company.put("survey", "questions", "QU1", scale_max=11)
    assert rows_of(home.load(server, "survey")) == {"questions": 1, "invitations": 2, "answers": 1}
    assert_equal(home, company, "survey")


def test_only_what_is_newer_than_the_overlap_is_asked_for(company: Company, serve: Serve, home: Home) -> None:
    """The newest of all times as instants: of the texts, another one is the greatest."""
    company.put("helpdesk", "tickets", "TI1", at=datetime(2024, 11, 9, tzinfo=UTC))
    server = serve()
    home.load(server, "helpdesk")
    pages = len(server.requests)
    home.load(server, "helpdesk")
    tickets = [path for path, _ in server.requests[pages:] if path.endswith("/tickets")]
    assert len(tickets) == 1


def stored(home: Home, source: str, table: str) -> list[tuple[object, ...]]:
    """All rows of a raw table in the lake, with what no reader sees."""
    return duckdb.sql(f"from {stored_rows(table_files(home.lake, source, table))}").fetchall()


def test_a_deleted_response_is_gone_and_may_come_back(company: Company, serve: Serve, home: Home) -> None:
    server = serve()
    home.load(server, "survey")
    company.remove("survey", "answers", "invitation_id", "IV2")
    company.remove("survey", "invitations", "invitation_id", "IN5")
    home.load(server, "survey")
    assert_equal(home, company, "survey")
    company.put("survey", "invitations", "IN5")
    home.load(server, "survey")
    assert_equal(home, company, "survey")


def test_a_deleted_ticket_is_gone_and_may_come_back(company: Company, serve: Serve, home: Home) -> None:
    server = serve()
    home.load(server, "helpdesk")
    company.put("helpdesk", "tickets", "TI4", status="deleted")
    company.put("helpdesk", "tickets", "never seen before", status="deleted")
    home.load(server, "helpdesk")
    assert len(home.raw("helpdesk", "tickets")) == 39
    assert_equal(home, company, "helpdesk")
    company.put("helpdesk", "tickets", "TI4", status="open")
    home.load(server, "helpdesk")
    assert_equal(home, company, "helpdesk")


def test_what_was_written_to_a_deleted_ticket_is_erased_with_it(company: Company, serve: Serve, home: Home) -> None:
    """The help desk says of a ticket that it is deleted, and nothing of its comments, which it does not send again."""
    for number in range(3):
        company.put("helpdesk", "comments", f"deleted{number}", ticket_id="TI4", body="the secret of Ann")
    company.put("helpdesk", "comments", "stays", ticket_id="TI5")
    server = serve()
    home.load(server, "helpdesk")
    company.put("helpdesk", "tickets", "TI4", status="deleted")
    company.remove("helpdesk", "comments", "ticket_id", "TI4")
    company.tick()
    home.load(server, "helpdesk")
    assert len(home.raw("helpdesk", "comments")) == 24

    for marked in (3, 0):
        before = home.counted("helpdesk", "comments")
        mark_parts_of_deleted("helpdesk", helpdesk.SOURCE.tables, home.lake, home.folder / "dlt", datetime.now(UTC))
        assert before - home.counted("helpdesk", "comments") == marked
        keep_what_counts(home.lake, "helpdesk")
        assert_equal(home, company, "helpdesk")
    assert not any("secret" in str(row) for row in stored(home, "helpdesk", "comments"))
    home.load(server, "helpdesk")
    assert_equal(home, company, "helpdesk")


def test_a_record_that_became_visible_late_is_loaded(company: Company, serve: Serve, home: Home) -> None:
    """The clocks of a tool's servers differ, and a change is written after its time: within the overlap."""
    server = serve()
    for source, tables in (("survey", ("invitations", "answers")), ("helpdesk", ("comments",))):
        for table in tables:
            company.put(source, table, "newest1")
        home.load(server, source)
        for table in tables:
            company.put(source, table, "late1", at=company.moment - timedelta(hours=20))
            company.put(source, table, "ahead1", at=company.moment + timedelta(hours=5))
        home.load(server, source)
        for table in tables:
            company.put(source, table, "after1", at=company.moment + timedelta(hours=1))
        home.load(server, source)
        assert_equal(home, company, source)


def test_an_extraction_that_fails_leaves_nothing_behind(company: Company, serve: Serve, home: Home) -> None:
    home.load(serve(), "survey")
    company.put("survey", "invitations", "IN3", channel="letter")
    before = {table: home.raw("survey", table) for table in TABLES["survey"]}
    hopeless = serve(Misbehaviour(share=1, faults=["503"]))
    with pytest.raises(LandingError, match="answered 503 2 times"):
        home.load(hopeless, "survey", replace(IMPATIENT, attempts=2))
    assert {table: home.raw("survey", table) for table in TABLES["survey"]} == before
    home.load(serve(), "survey")
    assert_equal(home, company, "survey")


def test_the_token_is_nowhere_below_the_home_folder(
    company: Company, serve: Serve, home: Home, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    home.load(serve(), "survey")
    failing = serve(Misbehaviour(share=1, faults=["502"]))
    for patience in (IMPATIENT, replace(IMPATIENT, attempts=1)):
        with pytest.raises(LandingError) as caught:
            home.load(failing, "survey", patience)
        error: BaseException | None = caught.value
        while error is not None:
            assert TOKEN not in repr(error) + str(error)
            error = error.__cause__ or error.__context__
    files = [file for file in home.folder.rglob("*") if file.is_file()]
    assert len(files) > 5
    assert not [file for file in files if TOKEN.encode() in file.read_bytes()]
    assert TOKEN not in "".join(capfd.readouterr()) + caplog.text


@pytest.mark.parametrize("seed", SEEDS)
def test_after_any_misbehaviour_the_lake_holds_what_the_tools_hold(
    company: Company, serve: Serve, home: Home, seed: int
) -> None:
    """Three loads while records change between the pages and four requests in ten go wrong, then one in peace."""
    draw = random.Random(seed)
    changes = iter(range(60))

    def change(_: int) -> None:
        if draw.random() < 0.5 and next(changes, None) is not None:
            draw.choice(_CHANGES)(company, draw)

    server = serve(Misbehaviour(share=0.4, seed=seed, slow_seconds=SLOW_SECONDS, before=change))
    loads = 0
    while next(changes, None) is not None:
        for source in TABLES:
            home.load(server, source, HURRIED)
        loads += 1
    for source in TABLES:
        home.load(server, source, HURRIED)
        assert_equal(home, company, source)
    assert loads > 1
    assert {fault for _, fault in server.requests} == {None, *PASSING_FAULTS}
    assert [rows_of(home.load(server, source, HURRIED)) for source in TABLES] == [{}, {}]


def _change(source: str, table: str, prefix: str) -> Callable[[Company, random.Random], None]:
    """A record is added or changed; sometimes it says that this was hours ago."""

    def change(company: Company, draw: random.Random) -> None:
        now = company.tick()
        at = now - timedelta(hours=draw.choice([0, 0, 0, 20]))
        company.put(source, table, f"{prefix}{draw.randrange(70)}", at=at, **draw.choice(_VALUES[table]))

    return change


_VALUES: dict[str, list[dict[str, object]]] = {
    "questions": [{"scale_max": 7}, {"phase": "after"}],
    "invitations": [{"channel": "sms"}, {"channel": None}, {"incentive_amount": 2.5}],
    "answers": [{"score": 3}, {"comment": "so so"}],
    "tickets": [{"status": "deleted"}, {"status": "open"}, {"satisfaction_score": 4}],
    "ticket_events": [{"new_value": "solved"}, {}],
    "comments": [{"is_public": 0}, {"body": "!"}],
}
_CHANGES: list[Callable[[Company, random.Random], None]] = [
    _change("survey", "questions", "QU"),
    _change("survey", "invitations", "IN"),
    _change("survey", "answers", "AN"),
    _change("helpdesk", "tickets", "TI"),
    _change("helpdesk", "ticket_events", "EV"),
    _change("helpdesk", "comments", "CO"),
    lambda company, draw: company.remove("survey", "answers", "answer_id", f"AN{draw.randrange(70)}"),
    lambda company, draw: company.remove("survey", "answers", "invitation_id", f"IV{draw.randrange(20)}"),
    lambda company, draw: company.remove("survey", "invitations", "invitation_id", f"IN{draw.randrange(40)}"),
]
