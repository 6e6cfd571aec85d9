"""An account of Klaviyo's: what it holds, and how its JSON:API tells it."""

from __future__ import annotations

import re
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

TOKEN = "pk_n0body-may-see"
# What each kind is called in the parameters, and the field that a filter or an order may name.
_KINDS = {
    "profiles": ("profile", "updated"),
    "events": ("event", "datetime"),
    "metrics": ("metric", None),
    "campaigns": ("campaign", None),
}
_MOST_A_PAGE = {"profiles": 100, "events": 1000}


def account() -> Tool:
    shown = {"Authorization": f"Klaviyo-API-Key {TOKEN}", "revision": "2026-10-15"}
    return Tool("klaviyo", "/klaviyo/api", shown, _answer, _tables())


def _answer(tool: Tool, path: str, query: Query, url: str) -> Answer:
    kind, changed = _KINDS[path]
    if "page[size]" in query and int(query["page[size]"]) > _MOST_A_PAGE.get(path, 0):
        raise WrongRequestError("a page holds less, or is of one size")
    if path == "campaigns" and query.get("filter") != "equals(messages.channel,'email')":
        raise WrongRequestError("a channel has to be asked for")
    found = tool.tables[path]
    if changed:
        found = sorted(found, key=lambda record: moment(record["attributes"][changed]))
        since = re.fullmatch(rf"greater-(?:than|or-equal)\({changed},(.*)\)", query.get("filter", ""))
        if "filter" in query and not since:
            raise WrongRequestError(query["filter"])
        if since:
            found = [one for one in found if moment(one["attributes"][changed]) >= moment(since[1])]
    at = read_cursor(query["page[cursor]"])["at"] if "page[cursor]" in query else 0
    following = at + tool.page_size
    there = address(url, {**query, "page[cursor]": cursor(at=following)}) if following < len(found) else None
    fields = {name.split(".")[0] for name in query[f"fields[{kind}]"].split(",")}
    if "subscriptions" in fields and query.get("additional-fields[profile]") != "subscriptions":
        raise WrongRequestError("subscriptions have to be asked for")
    data = [
        {**record, "attributes": {name: value for name, value in record["attributes"].items() if name in fields}}
        for record in found[at:following]
    ]
    return Answer({"data": data, "links": {"self": url, "next": there, "prev": None}})


def _record(kind: str, key: str, relationships: Record | None = None, **attributes: Any) -> Record:
    return {
        "type": kind,
        "id": key,
        "attributes": attributes,
        "relationships": relationships or {},
        "links": {"self": f"https://klaviyo.example.com/{key}"},
    }


def _profile(key: str, email: str | None, first_name: str, subscriptions: Record, **more: Any) -> Record:
    return _record(
        *("profile", key),
        email=email,
        phone_number=more.pop("phone", None),
        first_name=first_name,
        last_name=more.pop("last_name", None),
        external_id=None,
        location={"city": "Frankfurt", "region": "Hesse", "country": "Germany"},
        properties={"favourite": "tea"},
        subscriptions=subscriptions,
        created="2024-01-10T08:00:00+00:00",
        updated=more.pop("updated", "2024-02-01T08:00:00+00:00"),
    )


def _consent(state: str, given_at: str | None = None, changed_at: str | None = None) -> Record:
    return {"marketing": {"consent": state, "consent_timestamp": given_at, "last_updated": changed_at}}


def _event(key: str, metric: str, profile: str, at: str, **properties: Any) -> Record:
    return _record(
        *("event", key),
        {
            "metric": {"data": {"type": "metric", "id": metric}},
            "profile": {"data": {"type": "profile", "id": profile}},
        },
        datetime=at,
        timestamp=int(moment(at).timestamp()),
        event_properties=properties,
        uuid=f"uuid-{key}",
    )


def _tables() -> Tables:
    metrics = {
        "M1": "Received Email",
        "M2": "Opened Email",
        "M3": "Clicked Email",
        "M4": "Unsubscribed from Email Marketing",
        "M5": "Placed Order",
        "M6": "Received SMS",
        "M7": "Bounced Email",
        "M8": "Marked Email as Spam",
    }
    spring = {"$message": "MSG1", "Campaign Name": "Spring", "Subject": "Ada, it is spring"}
    # Of a message whose campaign only the list names.
    summer = {"$message": "MSG2", "Subject": "Summer"}
    return {
        "profiles": [
            # Who is customer 1 of the shop.
            _profile(
                *("PR1", "customer1@EXAMPLE.org", "Ada"),
                {
                    "email": _consent("SUBSCRIBED", "2024-01-10T08:00:00+00:00"),
                    "sms": _consent("SUBSCRIBED", "2024-01-11T08:00:00+00:00", "2024-01-12T09:00:00+01:00"),
                },
                last_name="Doe1",
                phone="+49690000001",
            ),
            _profile(
                *("PR2", "reader2@example.org", "Gus"),
                {"email": _consent("UNSUBSCRIBED", "2024-01-10T08:00:00+00:00", "2024-03-04T10:00:00+00:00")},
                updated="2024-03-04T10:00:00+00:00",
            ),
            _profile("PR3", None, "Hal", {"email": _consent("NEVER_SUBSCRIBED")}, phone="+49690000003"),
        ],
        "metrics": [
            _record("metric", key, name=name, integration={"name": "Klaviyo"}) for key, name in metrics.items()
        ],
        "campaigns": [
            _record(
                *("campaign", "CA1"),
                {"campaign-messages": {"data": [{"type": "campaign-message", "id": "MSG2"}]}},
                name="Summer",
                status="Sent",
            ),
            _record(
                *("campaign", "CA2"),
                {"campaign-messages": {"data": [{"type": "campaign-message", "id": "MSG1"}]}},
                name="Spring",
                status="Sent",
            ),
        ],
        "events": [
            _event("E1", "M1", "PR1", "2024-03-01T09:00:00+00:00", **spring),
            _event("E2", "M2", "PR1", "2024-03-01T09:00:05+00:00", **spring, machine_open=True),
            _event("E3", "M2", "PR1", "2024-03-01T12:00:00+02:00", **spring, machine_open=False),
            _event("E4", "M3", "PR1", "2024-03-01T10:01:00+00:00", **spring, URL="https://shop.example.com"),
            _event("E5", "M5", "PR1", "2024-03-01T10:30:00+00:00", **{"$value": 99.0}),
            _event("E6", "M1", "PR2", "2024-03-01T09:00:00+00:00", **spring),
            _event("E7", "M4", "PR2", "2024-03-04T10:00:00+00:00", **spring),
            _event("E8", "M1", "PR1", "2024-06-01T09:00:00+00:00", **summer),
            _event("E9", "M6", "PR1", "2024-06-02T09:00:00+00:00", **{"$message": "MSG3", "Campaign Name": "Sale"}),
            _event("E10", "M7", "PR2", "2024-06-01T09:00:01+00:00", **summer),
            _event("E11", "M8", "PR1", "2024-06-02T10:00:00+00:00", **summer),
        ],
    }
