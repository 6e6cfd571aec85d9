"""What a page, and what is no page, becomes: nothing is lost, nothing is guessed, nothing secret is told."""

from __future__ import annotations

import gzip
import json
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo_company.server import PASSING_FAULTS, DemoServer, Fault, Misbehaviour
from orchestration.ingestion.contract import NEW_COLUMNS
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.missing_columns import Former
from orchestration.ingestion.rest_api import ApiConnection, Patience
from tests.python.unit.rest.conftest import (
    HURRIED,
    IMPATIENT,
    SLOW_SECONDS,
    SOURCES,
    TABLES,
    TOKEN,
    Canned,
    Company,
    Serve,
    as_rows,
    connected,
)

IMPATIENT_TWICE = replace(IMPATIENT, attempts=2)
COMMENT = {
    "comment_id": "C1",
    "ticket_id": "T1",
    "author": "customer",
    "is_public": True,
    "body": "Hello",
    "created_at": "2024-03-31T01:59:10+01:00",
    "updated_at": "2024-03-31T03:00:10+02:00",
}


def comments(*records: object, following: str | None = None, **more: Any) -> dict[str, Any]:
    """A page of the help desk's comments."""
    return {"comments": list(records), "next_page": following, "end_of_stream": following is None, **more}


def desk(canned: Canned, patience: Patience = IMPATIENT_TWICE) -> ApiConnection:
    return SOURCES["helpdesk"].connect(canned.url, TOKEN, patience)


def refused(connection: ApiConnection, table: str) -> str:
    """The message of the refusal; it and what led to it hold no secret."""
    with pytest.raises(LandingError) as caught:
        as_rows(connection.read(table, None))
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert TOKEN not in str(error)
    assert "Nothing was loaded." in str(error)
    return str(error)


@pytest.mark.parametrize(("source", "table"), [(source, table) for source in TABLES for table in TABLES[source]])
def test_every_record_arrives_once_as_the_api_writes_it(
    company: Company, serve: Serve, source: str, table: str
) -> None:
    company.put("helpdesk", "tickets", "T1", status="open")
    rows = as_rows(connected(serve(), source).read(table, None))
    assert len(rows) == len(set(rows))
    assert set(rows) == company.expected(source, table)


@pytest.mark.parametrize("fault", PASSING_FAULTS)
def test_a_fault_that_passes_costs_and_doubles_nothing(company: Company, serve: Serve, fault: Fault) -> None:
    script: dict[int, Fault] = dict.fromkeys((1, 3, 4, 6, 9, 10, 12, 14), fault)
    server = serve(Misbehaviour(script=script, slow_seconds=SLOW_SECONDS))
    patience = HURRIED if fault == "slow answer" else IMPATIENT
    for source, table in (("survey", "answers"), ("helpdesk", "tickets")):
        rows = as_rows(connected(server, source, patience).read(table, None))
        if fault != "page twice":
            assert len(rows) == len(set(rows))
        assert set(rows) == company.expected(source, table)
    assert sum(met == fault for _, met in server.requests) >= 5


def test_the_time_is_compared_as_an_instant_when_an_hour_is_lived_twice(company: Company, serve: Serve) -> None:
    """02:30+02:00 is before 02:10+01:00, and a text after it."""
    rows = as_rows(connected(serve(), "helpdesk").read("ticket_events", "2024-10-27T01:00:00Z"))
    assert 0 < len(rows) < len(company.expected("helpdesk", "ticket_events"))
    assert set(rows) == {
        row for row in company.expected("helpdesk", "ticket_events") if _utc(str(row[-1])) >= "2024-10-27T01:00:00"
    }
    assert any("02:" in str(row[-1]) and "+01:00" in str(row[-1]) for row in rows)


def _utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def test_keys_come_without_the_rest(company: Company, serve: Serve) -> None:
    server = serve()
    for table, key in (("invitations", 0), ("answers", 0)):
        found = as_rows(connected(server, "survey").keys(table))
        assert sorted(found) == sorted((row[key],) for row in company.expected("survey", table))
    assert len(server.requests) < 12


def test_records_that_change_while_pages_are_read_are_not_lost(company: Company, serve: Serve) -> None:
    """What changes moves to a later page; what is around it stays in its place."""

    def change(request: int) -> None:
        company.put("survey", "invitations", f"IN{request}", channel=f"changed before request {request}")
        company.put("survey", "invitations", f"IN{20 + request}", channel=f"changed before request {request}")

    server = serve(Misbehaviour(before=lambda request: change(request) if request <= 5 else None))
    newest = {row[0]: row for row in as_rows(connected(server, "survey").read("invitations", None))}
    assert set(newest.values()) == company.expected("survey", "invitations")


@pytest.mark.parametrize("fault", ["rate limit", "rate limit until"])
def test_the_server_says_how_long_to_wait(serve: Serve, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    server = serve(Misbehaviour(script={2: fault, 3: "503"}, retry_after_seconds=40))
    as_rows(connected(server, "survey", Patience()).read("invitations", None))
    assert 39 < waits[0] <= 41
    assert waits[1:] == [2.0]


def test_no_wait_is_longer_than_its_bound(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    server = serve(Misbehaviour(share=1, faults=["rate limit"], retry_after_seconds=86_400))
    message = refused(connected(server, "survey", Patience()), "invitations")
    assert waits == [120.0] * 5
    assert "answered 429 6 times, and last asked to wait for 86400" in message


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("500", "answered 500 2 times"),
        ("502", "answered 502 2 times"),
        ("slow answer", "did not answer within 0.2 s, 2 times"),
        ("cut before the headers", "cannot be reached, or hangs up, 2 times"),
        ("cut in the body", "cannot be reached, or hangs up, 2 times"),
        ("cut in the body, length untold", "bytes (application/json) that are not whole JSON (2 times)"),
        ("HTML page", "bytes (text/html) that are not whole JSON (2 times)"),
        ("same cursor for ever", "goes round in circles: page 2"),
        ("new cursors for ever", "goes round in circles: page 6"),
    ],
)
def test_a_fault_that_stays_is_told_with_what_to_do(serve: Serve, fault: Fault, told: str) -> None:
    server = serve(Misbehaviour(share=1, faults=[fault], slow_seconds=SLOW_SECONDS))
    patience = replace(HURRIED if fault == "slow answer" else IMPATIENT, attempts=2)
    for source, table, path in (("survey", "answers", "responses"), ("helpdesk", "tickets", "incremental/tickets")):
        message = refused(connected(server, source, patience), table)
        assert message.startswith(f"{source}.{table}: {server.url(source)}/{path}")
        assert told in message


def test_a_wrong_token_is_told(serve: Serve) -> None:
    url = serve().url("survey")
    wrong = SOURCES["survey"].connect(url, "wr0ng", IMPATIENT)
    message = refused(wrong, "invitations")
    assert "answered 401: it does not accept the token. Set CEM_SURVEY_TOKEN to a valid one." in message
    assert "wr0ng" not in message + repr(wrong)
    none = SOURCES["survey"].connect(url, None, IMPATIENT)
    assert "asks for a token, and none is set. Set CEM_SURVEY_TOKEN" in refused(none, "invitations")


def test_a_wrong_address_is_told(serve: Serve) -> None:
    wrong = SOURCES["survey"].connect(serve().url("survey") + "/v2", TOKEN, IMPATIENT)
    assert "answered 404. Check CEM_SURVEY_URL" in refused(wrong, "invitations")
    for url in ("localhost:8080/survey", "ftp://example.com", "", "http://host:x/", "http://[::1", "http://h/?a=b"):
        with pytest.raises(LandingError, match="CEM_SURVEY_URL is no address of an API"):
            SOURCES["survey"].connect(url, TOKEN)


def test_a_server_that_is_not_there_is_told_without_the_secrets_of_its_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    url = f"http://user:passw0rd@127.0.0.1:{port}/survey"
    connection = SOURCES["survey"].connect(url, TOKEN, IMPATIENT_TWICE)
    message = refused(connection, "invitations")
    assert f"http://127.0.0.1:{port}/survey/invitations, page 1: cannot be reached" in message
    assert "(Connection refused), 2 times" in message
    assert "passw0rd" not in message + repr(connection)
    assert TOKEN not in repr(connection)


@pytest.mark.parametrize("token", ["t0ken\n", "t0k en", "t0kén", "\x00t0k"])
def test_what_can_be_no_token_is_refused_before_it_is_sent(token: str) -> None:
    with pytest.raises(LandingError, match="CEM_SURVEY_TOKEN holds a space, a line break") as caught:
        SOURCES["survey"].connect("http://127.0.0.1:9/survey", token)
    assert "t0k" not in str(caught.value)


def test_a_demo_company_that_is_not_there_is_told(tmp_path: Path) -> None:
    with DemoServer(tmp_path) as server, pytest.raises(LandingError, match=r"survey\.sqlite: no such file"):
        server.url("survey")


def test_numbers_stay_as_the_api_wrote_them(canned: Canned) -> None:
    record = json.dumps(COMMENT)
    texts = ["7", "7.0", "1.10", "1e5", "-0", "12345678901234567890.123456789", "true", "false"]
    pages = ", ".join(record.replace('"Hello"', text) for text in texts)
    canned.say(f'{{"comments": [{pages}], "next_page": null, "end_of_stream": true}}'.encode())
    assert [row[4] for row in as_rows(desk(canned).read("comments", None))] == texts


def test_what_is_nested_becomes_json(canned: Canned) -> None:
    nested = '{"text":"Größe","sizes":[1.50,2,null,true,{}]}'
    canned.say(json.dumps(comments(COMMENT)).replace('"Hello"', nested).encode())
    assert [row[4] for row in as_rows(desk(canned).read("comments", None))] == [nested]


def test_half_a_character_is_mended_and_told(canned: Canned) -> None:
    """A text that was cut in the middle of an emoji: JSON allows it, UTF-8 does not."""
    canned.say(json.dumps(comments(COMMENT)).replace("Hello", r"cut \ud83d").encode())
    connection = desk(canned)
    assert [row[4] for row in as_rows(connection.read("comments", None))] == ["cut �"]
    assert connection.notices == [
        "helpdesk.comments: 1 values held half of a character (a lone surrogate), loaded as U+FFFD"
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"items": []}, "answered without the field comments (2 times)"),
        ([COMMENT], "answered without the field comments (2 times)"),
        ({"comments": None, "next_page": None, "end_of_stream": True}, "something else than lists of records"),
        ({"comments": ["C1"], "next_page": None, "end_of_stream": True}, "something else than lists of records"),
        ({"comments": [], "next_page": None}, "without the field end_of_stream"),
        ({"comments": [], "end_of_stream": False}, "with more to follow and without the field next_page"),
        (b'{"comments": [], "end_of_stream": true, "count": NaN}', "not whole JSON"),
        ('{"comments": [], "end_of_stream": true, "text": "\xe4"}'.encode("latin-1"), "not whole JSON"),
        (b"", "answered with 0 bytes"),
    ],
)
def test_an_answer_that_is_no_page_is_refused(canned: Canned, body: object, told: str) -> None:
    canned.say(body)
    assert told in refused(desk(canned), "comments")
    assert len(canned.asked) == 2


def test_a_page_that_does_not_say_whether_it_is_the_last_is_not_taken_for_it(canned: Canned) -> None:
    canned.say({"items": [{"invitation_id": "I1"}], "cursor": "more"})
    connection = SOURCES["survey"].connect(canned.url, TOKEN, IMPATIENT_TWICE)
    assert "answered without the field next_cursor" in refused(connection, "invitations")


def test_a_compressed_body_that_was_cut_is_asked_for_again(canned: Canned) -> None:
    whole = gzip.compress(json.dumps(comments(COMMENT)).encode())
    canned.say(whole[: len(whole) // 2], Content_Encoding="gzip")
    canned.say(b"no gzip at all", Content_Encoding="gzip")
    canned.say(whole, Content_Encoding="gzip")
    assert len(as_rows(desk(canned, IMPATIENT).read("comments", None))) == 1


def test_the_token_is_not_shown_to_another_server(canned: Canned) -> None:
    canned.say(comments(COMMENT, following="https://user:passw0rd@elsewhere.example.com/comments?page=2&sig=s3cret"))
    message = refused(desk(canned), "comments")
    assert "names a next page on another server, https://elsewhere.example.com," in message
    assert "passw0rd" not in message
    assert "s3cret" not in message
    assert canned.asked == [("/api/incremental/comments?limit=7", f"Bearer {TOKEN}")]


def test_a_link_that_names_the_usual_port_is_to_the_same_server() -> None:
    connection = SOURCES["helpdesk"].connect("https://desk.example.com/api", TOKEN)
    connection._check_host("helpdesk.comments", "https://desk.example.com:443/api/comments?page=2")
    with pytest.raises(LandingError, match="another server, http://desk"):
        connection._check_host("helpdesk.comments", "http://desk.example.com/api/comments?page=2")


def test_pages_that_stay_empty_for_ever_are_refused(canned: Canned) -> None:
    for number in range(120):
        canned.say(comments(following=f"/api/incremental/comments?page={number}"))
    assert "goes round in circles: page 101" in refused(desk(canned), "comments")


def test_a_field_that_is_gone_is_named_beside_those_that_are_new(canned: Canned) -> None:
    renamed = {name: value for name, value in COMMENT.items() if name != "body"} | {"html_body": "Hello", "via": None}
    canned.say(comments(renamed))
    message = refused(desk(canned), "comments")
    assert "helpdesk.comments: column body is missing: it is in no record." in message
    assert "perhaps the same under a new name: html_body, via." in message
    assert "models/staging/helpdesk/_helpdesk__sources.yml" in message


def test_a_field_that_some_records_leave_out_is_null_there(canned: Canned) -> None:
    canned.say(comments(COMMENT, {name: value for name, value in COMMENT.items() if name != "body"}))
    assert [row[4] for row in as_rows(desk(canned).read("comments", None))] == ["Hello", None]


def test_a_new_field_is_taken_with_a_notice_and_nothing_to_read_is_none(canned: Canned) -> None:
    canned.say(comments())
    new = {"via": {"app": [7.0, None]}, "html_body": "<p>\ud83d</p>", "_new_columns": 7e0, "empty": None}
    canned.say(comments(COMMENT | new, COMMENT))
    connection = desk(canned)
    assert as_rows(connection.read("comments", None)) == []
    assert connection.notices == []
    (batch,) = connection.read("comments", None)
    taken, nothing = batch[NEW_COLUMNS].to_pylist()
    assert nothing is None
    assert taken == '{"_new_columns": "7.0", "html_body": "<p>\ufffd</p>", "via": "{\\"app\\":[7.0,null]}"}'
    assert connection.notices == [
        "helpdesk.comments: column via, html_body, _new_columns, empty is not in the contract and was taken into "
        "_new_columns. To make it a column of its own, for the rows loaded already too, declare it in "
        "models/staging/helpdesk/_helpdesk__sources.yml",
        "helpdesk.comments: 1 values held half of a character (a lone surrogate), loaded as U+FFFD",
    ]


def test_thousands_of_new_fields_are_refused(canned: Canned) -> None:
    canned.say(comments(COMMENT | {f"field_{number}": "x" for number in range(5000)}))
    with pytest.raises(LandingError, match=r"helpdesk\.comments: more than 100 columns are not in the contract"):
        list(desk(canned).read("comments", None))


def test_a_nested_list_that_is_gone_is_named(canned: Canned) -> None:
    canned.say({"items": [{"invitation_id": "I1", "instrument": "csi", "replies": []}], "next_cursor": None})
    canned.say({"items": [{"invitation_id": "I1"}], "next_cursor": None})
    connection = SOURCES["survey"].connect(canned.url, TOKEN, IMPATIENT)
    assert "column answers is missing: it is in no record" in refused(connection, "answers")
    assert "was in none before" in refused(connection, "answers")
    # Where there were answers before, it is one that was left out because it is empty.
    before = Former(has_value=lambda column: column == "answer_id")
    assert as_rows(connection.read("answers", "2024-01-01T00:00:00Z", before)) == []
    assert connection.notices == ["survey.answers: column answers has no value in any record, and was taken for null"]


def test_a_field_that_all_records_leave_out_is_null_with_a_notice(canned: Canned) -> None:
    quiet = {name: value for name, value in COMMENT.items() if name not in ("body", "author_customer_number")}
    canned.say(comments(quiet))
    connection = desk(canned)
    (row,) = as_rows(connection.read("comments", None))
    assert row.count(None) == len(COMMENT) - len(quiet)
    (notice,) = connection.notices
    assert notice.startswith("helpdesk.comments: column ")
    assert notice.endswith("was taken for null")


def test_a_field_that_every_row_needs_may_be_left_out_where_earlier_records_had_it(canned: Canned) -> None:
    renamed = {name: value for name, value in COMMENT.items() if name != "created_at"}
    canned.say(comments(renamed))
    canned.say(comments(renamed | {"via": "web"}))
    canned.say(comments(renamed | {"made_at": "2024-01-01T00:00:00Z"}))
    assert "created_at is missing: it is in no record, was in none before" in refused(desk(canned), "comments")
    before = Former(new=frozenset({"via"}), has_value=lambda column: column == "created_at")
    assert len(as_rows(desk(canned).read("comments", None, before))) == 1
    with pytest.raises(LandingError, match="perhaps the same under a new name: made_at"):
        as_rows(desk(canned).read("comments", None, before))


def test_responses_without_answers_are_nothing_to_load(canned: Canned) -> None:
    canned.say({"items": [{"invitation_id": "I1", "instrument": "csi", "answers": []}], "next_cursor": None})
    connection = SOURCES["survey"].connect(canned.url, TOKEN, IMPATIENT)
    assert as_rows(connection.read("answers", None)) == []
    assert connection.notices == []


def test_records_without_a_key_are_not_taken_for_deleted_ones(canned: Canned) -> None:
    canned.say({"items": [{"id": "I1"}], "next_cursor": None})
    connection = SOURCES["survey"].connect(canned.url, TOKEN, IMPATIENT)
    with pytest.raises(LandingError, match="has records without invitation_id when asked with fields=invitation_id"):
        as_rows(connection.keys("invitations"))


def test_a_proxy_is_not_asked_for_a_server_on_this_machine(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert as_rows(connected(serve(), "survey").read("questions", None))
