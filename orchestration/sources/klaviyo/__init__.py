"""Klaviyo: its JSON:API. What a record is stands in `attributes`; a page names the next one, and the last one null.

A profile that was deleted is in no list any more, so keys are compared. An event never changes, but may come some days
late from an app that was offline. Of profiles and events only what is used is asked for: no place on the map, no IP.
"""

from datetime import timedelta

from orchestration.ingestion.records import SMALL, RecordTable
from orchestration.ingestion.rest_api import ApiSource, Endpoint, LinkedPages

# The version of the API that the fields below are of.
_REVISION = "2026-10-15"
# What comes only where it is asked for.
_ALSO = {"profile": {"additional-fields[profile]": "subscriptions"}}


def _list(
    path: str,
    kind: str,
    fields: str,
    page_size: int | None = None,
    since_form: str | None = None,
    *,
    is_related: bool = False,
    **parameters: str,
) -> Endpoint:
    """The records of one `kind` with their `fields`, and where it `is_related`, with what they belong to."""
    return Endpoint(
        path,
        records="data",
        pages=LinkedPages("links.next", end_field=None),
        unfolded="attributes",
        left_out=("type", "links") if is_related else ("type", "links", "relationships"),
        parameters={f"fields[{kind}]": fields, **parameters, **_ALSO.get(kind, {})},
        page_size=page_size or 0,
        size_parameter="page[size]" if page_size else None,
        since_parameter="filter" if since_form else None,
        since_form=since_form or "",
        fields_parameter=f"fields[{kind}]",
        keys_page_size=page_size or 0,
    )


SOURCE = ApiSource(
    name="klaviyo",
    tables={
        "profiles": RecordTable(("id",), "updated", SMALL, compares_keys=True),
        "events": RecordTable(("id",), "datetime", overlap=timedelta(days=3)),
        "metrics": RecordTable(("id",), None),
        "campaigns": RecordTable(("id",), None),
    },
    endpoints={
        "profiles": _list(
            *("profiles", "profile"),
            "email,phone_number,first_name,last_name,created,updated,location.city,location.country,location.region,"
            "subscriptions",
            100,
            "greater-than(updated,{since})",
            sort="updated",
        ),
        "events": _list(
            *("events", "event", "datetime,event_properties"),
            1000,
            "greater-or-equal(datetime,{since})",
            is_related=True,
            sort="datetime",
        ),
        "metrics": _list("metrics", "metric", "name"),
        # The names of those by text message and push stand in the events.
        "campaigns": _list("campaigns", "campaign", "name", is_related=True, filter="equals(messages.channel,'email')"),
    },
    token_prefix="Klaviyo-API-Key ",
    headers={"revision": _REVISION},
)
