"""A help desk of Zendesk's: what it holds, and how its incremental exports tell it."""

from __future__ import annotations

from typing import Any

from tests.python.tools.server import (
    Answer,
    Query,
    Record,
    Tables,
    Tool,
    WrongRequestError,
    address,
    cursor,
    moment,
    read_cursor,
)

TOKEN = "oauth-n0body-may-see"


def desk() -> Tool:
    return Tool("zendesk", "/zendesk/api/v2", {"Authorization": f"Bearer {TOKEN}"}, _answer, _tables())


def _answer(tool: Tool, path: str, query: Query, url: str) -> Answer:
    if path == "satisfaction_ratings.json":
        return _page_of_ratings(tool, query, url)
    _, table, *kind = path.removesuffix(".json").split("/")
    return _page_by_cursor(tool, table, query, url) if kind == ["cursor"] else _page_by_time(tool, table, query, url)


def _seconds(record: Record, column: str) -> int:
    return int(moment(record[column]).timestamp())


def _page_by_cursor(tool: Tool, table: str, query: Query, url: str) -> Answer:
    state = read_cursor(query["cursor"]) if "cursor" in query else {"since": int(query["start_time"]), "at": 0}
    found = [record for record in tool.tables[table] if _seconds(record, "updated_at") >= state["since"]]
    at, size = state["at"], min(int(query.get("per_page", "1000")), tool.page_size)
    # The last page names one to come as well: to be asked another day.
    after = cursor(**{**state, "at": min(at + size, len(found))})
    return Answer(
        {
            table: found[at : at + size],
            "after_url": address(url, {"per_page": str(size), "cursor": after}),
            "after_cursor": after,
            "before_url": None,
            "end_of_stream": at + size >= len(found),
        }
    )


def _page_by_time(tool: Tool, table: str, query: Query, url: str) -> Answer:
    if query.get("include") != "comment_events":
        raise WrongRequestError("comments are in no event that does not ask for them")
    in_order = sorted(tool.tables[table], key=lambda record: _seconds(record, "created_at"))
    found = [record for record in in_order if _seconds(record, "created_at") >= int(query["start_time"])]
    page = found[: tool.page_size]
    # The next page begins with the second that this one ends with, so what was in it comes once more.
    end = str(_seconds(page[-1], "created_at") if page else query["start_time"])
    return Answer(
        {
            table: page,
            "next_page": address(url, {**query, "start_time": end}),
            "end_time": end,
            "end_of_stream": len(page) == len(found),
            "count": len(page),
        }
    )


def _page_of_ratings(tool: Tool, query: Query, url: str) -> Answer:
    since = int(query.get("start_time", "0"))
    found = [one for one in tool.tables["satisfaction_ratings"] if _seconds(one, "created_at") >= since]
    at = int(query.get("page[after]", "0"))
    size = min(int(query["page[size]"]), tool.page_size)
    there = address(url, {**query, "page[after]": str(at + size)})
    return Answer(
        {
            "satisfaction_ratings": found[at : at + size],
            "meta": {"has_more": at + size < len(found), "after_cursor": str(at + size)},
            "links": {"next": there, "prev": None},
        }
    )


def _user(key: int, name: str, role: str = "end-user", **more: Any) -> Record:
    return {
        "id": key,
        "url": f"https://desk.example.com/users/{key}",
        "name": name,
        "email": f"{role}{key}@example.org",
        "phone": None,
        "role": role,
        "verified": role != "end-user",
        "active": True,
        "time_zone": "Berlin",
        "created_at": "2024-01-02T08:00:00Z",
        "updated_at": "2024-01-02T08:00:00Z",
        **more,
    }


def _ticket(key: int, requester: int, channel: str, status: str, created_at: str, **more: Any) -> Record:
    return {
        "id": key,
        "url": f"https://desk.example.com/tickets/{key}",
        "requester_id": requester,
        "assignee_id": 90,
        "via": {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}},
        "subject": "My kettle leaks",
        "description": "Dear all, it leaks. Ada",
        "status": status,
        "priority": "normal",
        "tags": [],
        "satisfaction_rating": {"score": "unoffered"},
        "created_at": created_at,
        "updated_at": more.pop("updated_at", created_at),
        **more,
    }


def _event(key: int, ticket: int, updater: int, created_at: str, *parts: Record) -> Record:
    return {
        "id": key,
        "ticket_id": ticket,
        "timestamp": int(moment(created_at).timestamp()),
        "created_at": created_at,
        "updater_id": updater,
        "via": "Web form",
        "system": {"client": "x"},
        "event_type": "Audit",
        "child_events": [{"id": key * 10 + number, **part} for number, part in enumerate(parts, 1)],
    }


def _set(**values: Any) -> Record:
    return {"event_type": "Create", **values}


def _changed(previous: object, **values: Any) -> Record:
    return {"event_type": "Change", "previous_value": previous, **values}


def _comment(author: int, body: str, *, public: bool = True, **more: Any) -> Record:
    via = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}
    return {
        "type": "Comment",
        "event_type": "Comment",
        "author_id": author,
        "body": body,
        "public": public,
        "via": via,
        **more,
    }


def _merge(**ends: Any) -> Record:
    return {"channel": "web", "source": {"from": {}, "to": {}, "rel": "merge", **ends}}


def _rating(key: int, ticket: int, requester: int, score: str, comment: str | None, updated_at: str) -> Record:
    return {
        "id": key,
        "url": f"https://desk.example.com/ratings/{key}",
        "ticket_id": ticket,
        "requester_id": requester,
        "assignee_id": 90,
        "score": score,
        "comment": comment,
        "created_at": "2024-06-03T00:00:00Z",
        "updated_at": updated_at,
    }


def _tables() -> Tables:
    users = [
        # Who is customer 1 of the shop.
        _user(51, "Ada Doe1", email="Customer1@Example.org"),
        _user(52, "Eve van Doe2"),
        _user(53, "frank@example.org", email=None, phone="+49690000053"),
        _user(54, "Gone Doe4", active=False),
        _user(90, "Agnes Agent", "agent"),
        _user(91, "Abel Admin", "admin"),
    ]
    tickets = [
        _ticket(1, 51, "email", "closed", "2024-06-01T09:00:00Z", priority="high", updated_at="2024-06-10T09:00:00Z"),
        _ticket(2, 51, "voice", "closed", "2024-06-02T09:00:00Z", tags=["kettle", "closed_by_merge"]),
        _ticket(3, 52, "api", "hold", "2024-06-03T09:00:00Z", priority=None, assignee_id=None),
        _ticket(4, 53, "native_messaging", "open", "2024-06-04T09:00:00Z"),
        _ticket(5, 52, "web", "deleted", "2024-06-05T09:00:00Z"),
    ]
    ticket_events = [
        _event(
            *(100, 1, 51, "2024-06-01T09:00:00Z"),
            _set(status="new"),
            _set(priority="normal"),
            _set(subject="My kettle leaks"),
            _comment(51, "Dear all, it leaks. Ada"),
        ),
        # A rule, which nobody is.
        _event(101, 1, -1, "2024-06-01T09:01:00Z", _changed("normal", priority="high"), {"event_type": "Notification"}),
        _event(
            *(102, 1, 91, "2024-06-01T09:30:00Z"),
            _changed(None, assignee_id="90"),
            _changed("new", status="open"),
            _comment(91, "Agnes, please", public=False),
        ),
        _event(
            *(103, 1, 90, "2024-06-01T10:00:00Z"),
            _changed("open", status="solved"),
            _comment(90, "Dear Ada, a new one is on its way"),
        ),
        _event(
            *(104, 1, 51, "2024-06-02T08:00:00Z"),
            _changed("solved", status="open"),
            _comment(51, "It leaks as well"),
        ),
        _event(105, 1, 90, "2024-06-02T10:00:00Z", _changed("open", status="solved"), _comment(90, "Sorry. Refunded")),
        _event(106, 1, -1, "2024-06-10T09:00:00Z", _changed("solved", status="closed")),
        _event(107, 2, 51, "2024-06-02T09:00:01Z", _set(status="new"), _comment(51, "I called about it")),
        _event(
            *(108, 2, 90, "2024-06-02T10:00:01Z"),
            _comment(90, "Merged into request #1", public=False, via=_merge(to={"ticket_id": 1})),
            _changed("new", status="closed"),
        ),
        _event(
            *(109, 1, 90, "2024-06-02T10:00:02Z"),
            _comment(90, "Request #2 was merged into this one", public=False, via=_merge()),
        ),
        _event(110, 3, 52, "2024-06-03T09:00:00Z", _set(status="open"), _comment(52, "Where is my order?")),
        _event(111, 3, 90, "2024-06-03T09:00:30Z", _changed("open", status="hold")),
        _event(112, 4, 53, "2024-06-04T09:00:00Z", _set(status="open"), _comment(53, "Hello")),
        # What is left of a ticket that was deleted.
        _event(113, 5, 52, "2024-06-05T09:00:00Z", _set(status="open"), _comment(52, "Forget it")),
    ]
    satisfaction_ratings = [
        _rating(201, 1, 51, "good", "Kind Agnes", "2024-06-04T08:00:00Z"),
        _rating(202, 3, 52, "bad", None, "2024-06-05T08:00:00Z"),
        _rating(203, 4, 53, "offered", None, "2024-06-05T09:00:00Z"),
    ]
    return {
        "tickets": tickets,
        "ticket_events": ticket_events,
        "users": users,
        "satisfaction_ratings": satisfaction_ratings,
    }
