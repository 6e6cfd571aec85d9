"""How tools that companies have are read: by their pages, tokens and parameters, and within their limits."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.lake import write_view
from orchestration.ingestion.load import SourceLoad
from orchestration.ingestion.records import load_records
from orchestration.ingestion.rest_api import (
    ApiSource,
    Endpoint,
    HeaderLinkedPages,
    LinkedPages,
    NumberedPages,
    OffsetPages,
)
from orchestration.sources import source_named
from tests.python.tools import klaviyo, shopify, zendesk
from tests.python.tools.server import Answer, Tool, serving
from tests.python.unit.rest.conftest import IMPATIENT, TOKEN, Canned

TOOLS = {
    "shopify": (shopify.shop, shopify.TOKEN),
    "zendesk": (zendesk.desk, zendesk.TOKEN),
    "klaviyo": (klaviyo.account, klaviyo.TOKEN),
}
# Whom the tool itself tells as deleted.
DELETED = {("zendesk", "tickets"): ["5"], ("zendesk", "users"): ["54"]}


def api(name: str) -> ApiSource:
    source = source_named(name)
    assert isinstance(source, ApiSource)
    return source


class Home:
    """A lake, and what was loaded there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loads = 0

    def load(self, tool: Tool, token: str | None = None) -> SourceLoad:
        connection = api(tool.name).connect(tool.url, token or TOOLS[tool.name][1], IMPATIENT)
        loaded_at = datetime(2024, 12, 1, 0, self.loads, tzinfo=UTC)
        self.loads += 1
        return load_records(connection, self.folder / "lake", self.folder / "dlt", loaded_at)

    def keys(self, source: str, table: str) -> list[str]:
        database = self.folder / f"{source}_{table}_{self.loads}.duckdb"
        write_view(database, self.folder / "lake", source, table)
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute(f"select id from raw_{source}.{table} order by 1").fetchall()
        return [key for (key,) in rows]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def rows_of(load: SourceLoad) -> dict[str, int]:
    return {table: loaded.rows for table, loaded in load.tables.items() if loaded.rows}


@pytest.mark.parametrize("name", TOOLS)
def test_every_record_comes_once_by_every_page_and_nothing_is_new_to_the_contract(name: str, home: Home) -> None:
    tool = TOOLS[name][0]()
    with serving(tool):
        # An export that goes on by time sends the last of a page once more.
        assert [notice for notice in home.load(tool).notices if "rows repeat the id of another" not in notice] == []
        for table in raw_contract(name):
            keys = {str(record["id"]) for record in tool.tables[table]}
            assert home.keys(name, table) == sorted(keys - {*DELETED.get((name, table), [])})
        assert rows_of(home.load(tool)) == {}


@pytest.mark.parametrize("name", TOOLS)
def test_a_limit_is_kept_and_a_wrong_token_told(name: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    tool = TOOLS[name][0]()
    with serving(tool):
        tool.refusals = [Answer({"errors": "too many"}, 429, {"Retry-After": "2.0"})]
        api(name).connect(tool.url, TOOLS[name][1]).check()
        assert waits == [2.0]
        with pytest.raises(LandingError, match=f"Set CEM_{name.upper()}_TOKEN to a valid one") as refused:
            home.load(tool, "wr0ng")
    assert "wr0ng" not in str(refused.value)


def test_of_shopify_only_what_changed_is_asked_for_and_only_what_is_declared(home: Home) -> None:
    shop = shopify.shop()
    with serving(shop):
        home.load(shop)
        shop.asked.clear()
        order = shop.one("orders", 102)
        order["financial_status"], order["updated_at"] = "refunded", "2024-06-01T12:00:00+02:00"
        assert rows_of(home.load(shop)) == {"orders": 1}
        query = next(query for path, query in shop.asked if path == "orders.json")
    # A day before the newest change, whatever zone it was written in.
    assert query["updated_at_min"] == "2024-05-10T10:00:00Z"
    assert query["status"] == "any"
    assert query["fields"].split(",") == [column.name for column in raw_contract("shopify")["orders"]]


def test_a_customer_who_was_removed_at_shopify_is_gone_and_an_order_out_of_sight_is_not(home: Home) -> None:
    """An app that may see 60 days of orders sees one after the other no more."""
    shop = shopify.shop()
    with serving(shop):
        home.load(shop)
        shop.tables["customers"] = [one for one in shop.tables["customers"] if one["id"] != 4]
        shop.tables["orders"] = shop.tables["orders"][1:]
        home.load(shop)
        assert home.keys("shopify", "customers") == ["1", "2", "3"]
        assert len(home.keys("shopify", "orders")) == 11


def test_of_zendesk_only_what_changed_is_asked_for_and_a_ticket_goes_when_it_is_deleted(home: Home) -> None:
    desk = zendesk.desk()
    with serving(desk):
        home.load(desk)
        desk.asked.clear()
        ticket = desk.one("tickets", 4)
        ticket["status"], ticket["updated_at"] = "deleted", "2024-06-20T12:00:00Z"
        assert rows_of(home.load(desk)) == {"tickets": 1}
        assert home.keys("zendesk", "tickets") == ["1", "2", "3"]
        asked = dict(reversed(desk.asked))
        # A day before the newest ticket, in seconds.
        assert asked["incremental/tickets/cursor.json"]["start_time"] == str(
            int(datetime(2024, 6, 9, 9, tzinfo=UTC).timestamp())
        )
        # Few ratings are read whole: one that is given late was offered before the newest.
        assert "start_time" not in asked["satisfaction_ratings.json"]


def test_of_klaviyo_only_what_changed_is_asked_for_and_a_profile_that_is_gone_is_deleted(home: Home) -> None:
    account = klaviyo.account()
    with serving(account):
        home.load(account)
        account.asked.clear()
        account.tables["profiles"].pop()
        account.one("profiles", "PR1")["attributes"]["first_name"] = "Adele"
        assert rows_of(home.load(account)) == {"profiles": 2}
        assert home.keys("klaviyo", "profiles") == ["PR1", "PR2"]
        asked = dict(reversed(account.asked))
        # Three days before the newest event.
        assert asked["events"]["filter"] == "greater-or-equal(datetime,2024-05-30T10:00:00Z)"
        assert asked["events"]["fields[event]"] == "datetime,event_properties"
        # Few profiles are read whole: who changed without a time of change is seen.
        assert "filter" not in asked["profiles"]


def test_keys_of_profiles_are_asked_for_without_the_rest() -> None:
    account = klaviyo.account()
    with serving(account):
        connection = api("klaviyo").connect(account.url, klaviyo.TOKEN, IMPATIENT)
        found = [key for batch in connection.keys("profiles") for key in batch["id"].to_pylist()]
        assert sorted(found) == ["PR1", "PR2", "PR3"]
        assert {query["fields[profile]"] for _, query in account.asked} == {"id"}
        changed = connection.read("profiles", "2024-03-01T00:00:00Z")
        assert [key for batch in changed for key in batch["id"].to_pylist()] == ["PR2"]


def customers(*numbers: int, **around: object) -> dict[str, object]:
    return {"customers": [{"id": number} for number in numbers], **around}


def counted(canned: Canned, pages: NumberedPages | OffsetPages) -> list[str]:
    """The keys that an API answering as `canned` is found to have, asked for two a page."""
    source = replace(api("shopify"), endpoints={"customers": Endpoint("customers", "customers", pages)})
    connection = source.connect(canned.url, TOKEN, IMPATIENT)
    return [key for batch in connection.keys("customers") for key in batch["id"].to_pylist()]


@pytest.mark.parametrize(
    ("pages", "answers", "asked"),
    [
        (NumberedPages(), [customers(1, 2), customers(3), customers()], ["page=1", "page=2", "page=3"]),
        (
            NumberedPages("p", 0, "meta.pages"),
            [customers(1, 2, meta={"pages": 2}), customers(3, meta={"pages": 2})],
            ["p=0", "p=1"],
        ),
        # The server sends less than it is asked for, and once nothing that a filter leaves.
        (
            NumberedPages(page_count_field="pages"),
            [customers(1, pages=4), customers(2, pages=4), customers(pages=4), customers(3, pages=4)],
            ["page=1", "page=2", "page=3", "page=4"],
        ),
        (OffsetPages(), [customers(1, 2), customers(3), customers()], ["offset=0", "offset=2", "offset=3"]),
        (
            OffsetPages("skip", "total"),
            [customers(1, total=3), customers(2, 3, total="3")],
            ["skip=0", "skip=1"],
        ),
        (OffsetPages(record_count_field="total"), [customers(total=0)], ["offset=0"]),
    ],
)
def test_pages_are_counted_to_the_last(
    pages: NumberedPages | OffsetPages, answers: list[dict[str, object]], asked: list[str], canned: Canned
) -> None:
    for answer in answers:
        canned.say(answer)
    expected = [str(one["id"]) for answer in answers for one in answer["customers"]]  # type: ignore[attr-defined]
    assert counted(canned, pages) == expected
    assert [path.partition("?")[2].split("&")[-1] for path, _ in canned.asked] == asked


@pytest.mark.parametrize(
    ("pages", "answer"),
    [
        # A server that does not know the parameter answers with its first page for ever.
        (NumberedPages(), customers(1, 2)),
        (OffsetPages(), customers(1, 2)),
        # It says that there is more, and sends none.
        (OffsetPages(record_count_field="total"), customers(total=100)),
    ],
)
def test_pages_that_do_not_go_on_are_refused(
    pages: NumberedPages | OffsetPages, answer: dict[str, object], canned: Canned
) -> None:
    canned.say(answer)
    with pytest.raises(LandingError, match="goes round in circles"):
        counted(canned, pages)


def test_a_redirect_does_not_show_the_token_to_another_server(canned: Canned) -> None:
    """requests takes Authorization out on the way to another host, and no other header."""
    canned.say({}, 302, Location="http://elsewhere.example.com/customers.json?sig=s3cret")
    connection = api("shopify").connect(canned.url, TOKEN, IMPATIENT)
    with pytest.raises(LandingError) as refused:
        list(connection.read("customers", None))
    assert "is answered from another server, http://elsewhere.example.com, which must not be shown" in str(
        refused.value
    )
    assert "s3cret" not in str(refused.value)
    assert len(canned.asked) == 1


def test_a_redirect_on_the_same_server_is_followed(canned: Canned) -> None:
    canned.say({}, 301, Location="/api/v2/customers.json")
    canned.say({"customers": []})
    assert list(api("shopify").connect(canned.url, TOKEN, IMPATIENT).read("customers", None)) == []
    assert canned.asked[1][0] == "/api/v2/customers.json"


@pytest.mark.parametrize(
    ("pages", "body", "flaw"),
    [
        (LinkedPages("links.next", None), {"links": {"next": None}}, None),
        (LinkedPages("links.next", None), {"links": {"next": "http://h/2"}}, None),
        (LinkedPages("links.next", None), {"links": {}}, "with more to follow and without the field links.next"),
        (LinkedPages("links.next", None), {"links": []}, "with more to follow and without the field links.next"),
        (LinkedPages("links.next", "meta.has_more", end_value=False), {"meta": {"has_more": False}}, None),
        (LinkedPages("links.next", "meta.has_more", end_value=False), {"meta": {"has_more": True}}, "with more"),
        (LinkedPages("links.next", "meta.has_more", end_value=False), {}, "without the field meta.has_more"),
        (HeaderLinkedPages(), {}, None),
        (NumberedPages(), {}, None),
        (NumberedPages(page_count_field="meta.pages"), {"meta": {"pages": "12"}}, None),
        (NumberedPages(page_count_field="meta.pages"), {"meta": {}}, "without the field meta.pages, which is a whole"),
        (OffsetPages(record_count_field="total"), {"total": None}, "without the field total, which is a whole number"),
        (OffsetPages(record_count_field="total"), {"total": "1.5"}, "without the field total, which is a whole number"),
    ],
)
def test_a_page_says_where_it_goes_on_or_is_none(
    pages: LinkedPages | HeaderLinkedPages | NumberedPages | OffsetPages, body: dict[str, object], flaw: str | None
) -> None:
    found = pages.flaw(body)
    assert found is None if flaw is None else found is not None and found.startswith(flaw)


def test_what_an_object_holds_stands_beside_what_is_around_it_but_for_what_is_of_no_use() -> None:
    endpoint = replace(api("shopify").endpoints["orders"], unfolded="attributes", left_out=("type", "ip"))
    sent = {"type": "profile", "id": "P1", "attributes": {"id": "inner", "email": "a@b.c", "ip": "::1"}}
    assert endpoint.record(sent) == {"id": "P1", "email": "a@b.c"}
    assert (
        endpoint.flaw({"orders": [{"attributes": ["no object"]}]})
        == "with something else than lists of records in orders"
    )
