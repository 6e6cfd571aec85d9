"""What comes in wrong, by source and form, and how each of it has to end: loaded right, in quarantine, or refused.

`VALUES` are rows that can be loaded, one a case, of which staging validates. `FILES` are whole files, `DATABASES` and
`ANSWERS` (of an API) that are loaded or refused as a whole.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]
GOOD: dict[str, Row] = {
    "ads.campaign_days": {
        "date": "2024-01-01", "campaign": "spring", "channel": "search", "impressions": "1000", "clicks": "10",
        "spend": "7.50", "currency": "EUR",
    },
    "finance.exchange_rates": {"date": "2024-01-01", "currency": "GBP", "rate": "1.15"},
    "finance.fixed_costs": {"month": "2024-01-01", "cost_kind": "rent", "amount": "1000.00", "currency": "EUR"},
    "finance.discount_rates": {"valid_from": "2024-01-01", "annual_rate": "0.10"},
    "social.posts": {
        "post_id": "R1", "platform": "stars", "handle": "@ann", "kind": "review", "rating": 4, "language": "en",
        "text": "fine", "product_id": "P1", "posted_at": "2024-01-01T10:00:00Z", "reply_text": None, "replied_at": None,
    },
    "web.app_events": {
        "event_id": "E1", "anonymous_id": "D1", "account_id": None, "event": "page_view",
        "occurred_at": "2024-01-01T10:00:00Z", "page": "home", "product_id": None, "category": None,
        "search_term": None, "utm_source": None, "utm_medium": None, "utm_campaign": None, "device": "app",
    },
    "web.events": {
        "event_id": "E1", "anonymous_id": "D1", "account_id": None, "event": "page_view",
        "occurred_at": datetime(2024, 1, 1, tzinfo=UTC), "page": "home", "product_id": None, "category": None,
        "search_term": None, "utm_source": None, "utm_medium": None, "utm_campaign": None, "device": "desktop",
    },
    "messaging.message_events": {
        "event_id": "M1", "message_id": "M1", "customer_number": "C1", "campaign": "spring", "channel": "email",
        "offer_category": None, "event": "sent", "occurred_at": datetime(2024, 1, 1, tzinfo=UTC), "cost": 0.25,
        "currency": "EUR",
    },
    "crm.consents": {
        "consent_id": "K1", "customer_number": "C1", "purpose": "profiling", "is_granted": 1, "document_version": "v1",
        "channel": "web", "recorded_at": "2024-01-01 10:00:00",
    },
    "shop.payments": {
        "payment_id": "Z1", "order_id": "O1", "paid_at": "2024-01-01 10:00:00", "time_zone": "Europe/Berlin",
        "method": "card", "amount": 7.5, "currency": "EUR", "updated_at": "2024-01-01 09:00:00",
    },
    "shop.orders": {
        "order_id": "O1", "account_id": "A1", "email": None, "ordered_at": "2024-01-01 09:00:00",
        "time_zone": "Europe/Berlin", "status": "completed", "channel": "web", "region": "north", "currency": "EUR",
        "freight_amount": 5, "promised_delivery_at": None, "shipped_at": None, "delivered_at": None,
        "updated_at": "2024-01-01 09:00:00",
    },
    "survey.invitations": {
        "invitation_id": "I1", "customer_number": "C1", "instrument": "csi_2023", "channel": "email",
        "touchpoint": None, "order_id": None, "sent_at": "2024-01-01T10:00:00Z", "opened_at": None, "started_at": None,
        "completed_at": None, "incentive_amount": 0, "currency": "EUR", "updated_at": "2024-01-01T10:00:00Z",
    },
    "helpdesk.tickets": {
        "ticket_id": "T1", "requester_email": "a@example.com", "customer_number": "C1", "order_id": None,
        "channel": "email", "category": "delivery", "status": "open", "priority": "normal", "agent": "Kim",
        "created_at": "2024-01-01T10:00:00+01:00", "first_replied_at": None, "solved_at": None,
        "satisfaction_score": None, "satisfaction_rated_at": None, "updated_at": "2024-01-01T10:00:00+01:00",
    },
}  # fmt: skip
KEY = {
    "ads.campaign_days": "campaign", "social.posts": "post_id", "web.app_events": "event_id", "web.events": "event_id",
    "messaging.message_events": "event_id", "crm.consents": "consent_id", "shop.payments": "payment_id",
    "survey.invitations": "invitation_id", "helpdesk.tickets": "ticket_id",
}  # fmt: skip

LONG = "x" * (10 << 20)
# Texts that mean nothing bad, whatever they look like.
HARMLESS = {
    "a field of 10 MB": LONG,
    "line breaks and quotes": 'two\r\nlines, "quoted"; it\'s',
    "accents and emoji": "Zoë 👩‍👩‍👧 ﷽",
    "what looks like nothing": "NULL",
    "SQL": "'); drop table customers; --",
    "spaces around": "  x  ",
}
TIMES = {"an impossible day": "2024-02-30 10:00:00", "a word for a time": "soon", "an hour 25": "2024-01-01 25:00:00"}
NUMBERS = {"1e400": "1e400", "NaN": "NaN", "Infinity": "Infinity", "a decimal comma": "12,50", "a word": "ten",
           "a huge integer": "9" * 40}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A row of `table` that differs from a good one in `changes`; `rule` is the one it breaks, if it breaks one."""

    table: str
    kind: str
    changes: Row
    rule: str | None


def _values() -> list[Value]:
    cases = []

    def add(table: str, rule: str | None, what: str, **changes: Any) -> None:
        cases.append(Value(table, what, changes, rule))

    texts = {
        "ads.campaign_days": "campaign", "social.posts": "text", "web.app_events": "search_term",
        "web.events": "search_term", "messaging.message_events": "campaign", "crm.consents": "document_version",
        "survey.invitations": "touchpoint", "helpdesk.tickets": "agent",
    }  # fmt: skip
    for table, column in texts.items():
        for kind, text in HARMLESS.items():
            if not (kind == "a field of 10 MB" and table in ("survey.invitations", "web.events", "crm.consents")):
                add(table, None, kind, **{column: text})
    times = {"ads.campaign_days": "date", "social.posts": "posted_at", "web.app_events": "occurred_at",
             "crm.consents": "recorded_at", "shop.payments": "paid_at", "survey.invitations": "sent_at"}  # fmt: skip
    for table, column in times.items():
        for kind, text in TIMES.items():
            add(table, f"{column} is not a time", kind, **{column: text})
    add("helpdesk.tickets", "created_at is not a time with its offset", "no offset", created_at="2024-01-01 10:00:00")
    add("helpdesk.tickets", "created_at is not a time with its offset", "a word for a time", created_at="soon")
    for table, column in {"ads.campaign_days": "spend", "shop.payments": "amount"}.items():
        for kind, text in NUMBERS.items():
            add(table, f"{column} is not a number", kind, **{column: text})
    for kind, number in {"1e400": b"1e400", "NaN": b"NaN", "nested": b'{"stars": [null, 4]}', "true": b"true",
                         "a fraction": b"4.5", "a huge integer": b"9" * 40}.items():  # fmt: skip
        add("social.posts", "rating is not a whole number", kind, rating=number)
    add("social.posts", "rating is off the scale of its question", "a negative", rating=-4)
    add("social.posts", "kind is none of review, mention", "an unknown value", kind="rumour")
    add("social.posts", "handle is missing", "a null", handle=None)
    add("ads.campaign_days", "clicks is below 0", "a negative", clicks="-1")
    add("ads.campaign_days", "channel is none of search, social, display, affiliate", "an unknown value", channel="tv")
    add("ads.campaign_days", "date is after it was loaded", "a time to come", date="2999-01-01")
    add("ads.campaign_days", "currency is no ISO 4217 code", "an unknown value", currency="euro")
    add("ads.campaign_days", "impressions is not a whole number", "columns swapped", impressions="7.50", spend="1000")
    add("ads.campaign_days", "spend is missing", "a null", spend="")
    add("web.app_events", "event_id is missing", "a null", event_id=None, anonymous_id="no event_id")
    add("web.app_events", "occurred_at is after it was loaded", "a time to come", occurred_at="2999-01-01T00:00:00Z")
    add("web.app_events", "event is missing", "a null", event=None)
    add("web.events", "anonymous_id is missing", "a null", anonymous_id=None)
    add("web.events", "occurred_at is missing", "a null", occurred_at=None)
    add(
        "web.events",
        "occurred_at is after it was loaded",
        "a time to come",
        occurred_at=datetime(2999, 1, 1, tzinfo=UTC),
    )
    add("messaging.message_events", "cost is below 0", "a negative", cost=-0.25)
    add("messaging.message_events", "cost is not a number", "NaN", cost=float("nan"))
    add("messaging.message_events", "cost is not a number", "Infinity", cost=float("inf"))
    add("messaging.message_events", "currency is missing", "a null", currency=None)
    add("messaging.message_events", "customer_number is missing", "a null", customer_number=None)
    add("crm.consents", "is_granted is neither true nor false", "another type", is_granted="perhaps")
    add("crm.consents", "is_granted is neither true nor false", "a huge integer", is_granted=9**18)
    add("crm.consents", "customer_number is missing", "a null", customer_number=None)
    add("crm.consents", "recorded_at is not a time", "another type", recorded_at=1704103200)
    add("crm.consents", "purpose is missing", "a null", purpose=None)
    add("shop.payments", "order_id is of no order that was loaded", "a part of nothing", order_id="-7")
    add("shop.payments", "currency is no ISO 4217 code", "an unknown value", currency="Fr.")
    add("shop.payments", "currency is missing", "a null", currency="")
    add("survey.invitations", "customer_number is missing", "a null", customer_number=None)
    add("survey.invitations", "incentive_amount is below 0", "a negative", incentive_amount=-5)
    add("survey.invitations", "incentive_amount is not a number", "another type", incentive_amount="much")
    add("survey.invitations", "opened_at is before sent_at", "the order of times", opened_at="2023-01-01T10:00:00Z")
    add("helpdesk.tickets", "satisfaction_score is not a whole number", "another type", satisfaction_score="good")
    add("helpdesk.tickets", "satisfaction_score is off the scale of its question", "a negative", satisfaction_score=-1,
        satisfaction_rated_at="2024-01-02T10:00:00+01:00")  # fmt: skip
    add("helpdesk.tickets", "channel is not a known channel", "an unknown value", channel="fax")
    add("helpdesk.tickets", "solved_at is before created_at", "the order of times",
        solved_at="2023-01-01T10:00:00+01:00")  # fmt: skip
    return cases


VALUES = _values()


def csv(rows: list[Row], header: list[str] | None = None, delimiter: str = ",") -> bytes:
    lines = [delimiter.join(header or list(rows[0]))]
    lines += [delimiter.join('"' + str(v).replace('"', '""') + '"' for v in row.values()) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def json_lines(rows: list[Row]) -> bytes:
    """A line a row. Bytes stand for JSON that Python would not write."""
    lines = []
    for row in rows:
        pairs = (
            json.dumps(k).encode() + b":" + (v if isinstance(v, bytes) else json.dumps(v).encode())
            for k, v in row.items()
        )
        lines.append(b"{" + b",".join(pairs) + b"}\n")
    return b"".join(lines)


def parquet(rows: list[Row], types: dict[str, pa.DataType] | None = None) -> bytes:
    schema = {}
    for name, value in rows[0].items():
        kind = pa.timestamp("us") if name == "occurred_at" else pa.float64() if name == "cost" else pa.string()
        schema[name] = (types or {}).get(name, kind if value is None or kind != pa.string() else None)
    arrays = {name: pa.array([row[name] for row in rows], schema[name]) for name in rows[0]}
    target = io.BytesIO()
    pq.write_table(pa.table(arrays), target)
    return target.getvalue()


@dataclass(frozen=True)
class File:
    """A whole file: what it holds, and either the rows it brings or what the refusal says."""

    table: str
    kind: str
    suffix: str
    content: bytes
    rows: int | None = None
    says: str = ""


def _files() -> list[File]:
    cases = []
    for table in ("ads.campaign_days", "finance.exchange_rates", "finance.fixed_costs"):
        good = GOOD[table]
        text = csv([good])
        first, last = next(iter(good)), list(good)[-1]
        renamed = [*list(good)[:-1], "renamed"]
        fine: dict[str, tuple[bytes, int]] = {
            "a byte order mark": (b"\xef\xbb\xbf" + text, 1),
            "CRLF": (text.replace(b"\n", b"\r\n"), 1),
            "no line break at the end": (text.rstrip(b"\n"), 1),
            "a header alone": (text.split(b"\n")[0] + b"\n", 0),
            "columns in another order": (csv([dict(reversed(good.items()))]), 1),
            "a row twice": (csv([good, good]), 2),
            "a new column": (csv([{**good, "mood": "good"}]), 1),
        }
        refused: dict[str, tuple[bytes, str]] = {
            "an empty file": (b"", "the file is empty"),
            "blank lines alone": (b"\n\n", "is no header|is missing"),
            "another delimiter": (csv([good], delimiter=";"), "is missing"),
            "Latin-1": (csv([{**good, last: "é"}]).decode().encode("latin-1"), "line 2 holds the byte 0xE9"),
            "UTF-16": (text.decode().encode("utf-16"), "the header is not UTF-8"),
            "a short row": (text + b"a,b\n", "Expected .* columns, got 2"),
            "a long row": (text + b",".join([b"a"] * 20) + b"\n", "Expected .* columns, got 20"),
            "a quote that is not closed": (text[:-2] + b"\nmore\n", "a quote is opened and not closed"),
            "a quote that is not closed in front": (text + b'"a,b\n' + b"c,d\n", "Check delimiter and quotes"),
            "a renamed column": (csv([good], renamed), f"column {last} is missing.*new name: renamed"),
            "a missing column": (csv([{k: v for k, v in good.items() if k != first}]), f"column {first} is missing"),
            "a column twice": (
                csv([good], [*list(good)[:-1], first]),
                f"column {first} stands in the header more than",
            ),
            "no header": (text.split(b"\n")[1] + b"\n", "is missing"),
            "a page of HTML": (b"<html><body>Please log in</body></html>\n", "is missing"),
        }
        cases += [File(table, kind, ".csv", content, rows) for kind, (content, rows) in fine.items()]
        cases += [File(table, kind, ".csv", content, says=says) for kind, (content, says) in refused.items()]
    for table in ("social.posts", "web.app_events"):
        good = GOOD[table]
        text = json_lines([good])
        key = next(iter(good))
        without = {k: v for k, v in good.items() if k != key}
        fine = {
            "CRLF": (text.replace(b"\n", b"\r\n"), 1),
            "blank lines": (b"\n" + text + b"\n\n", 1),
            "no line break at the end": (text.rstrip(b"\n"), 1),
            "keys in another order": (json_lines([good, dict(reversed(good.items()))]), 2),
            "a key that a line lacks": (json_lines([without, good]), 2),
            "a new key": (json_lines([{**good, "mood": {"good": [True]}}]), 1),
            "a row twice": (json_lines([good, good]), 2),
        }
        refused = {
            "an empty file": (b"", "the file is empty"),
            "a cut line": (text + text[:-20], "line 2 is not a JSON object"),
            "a byte order mark": (b"\xef\xbb\xbf" + text, "line 1 starts with a byte order mark"),
            "Latin-1": (text.replace(b"2024", b"2\xe924"), "line 1 holds the byte 0xE9"),
            "UTF-16": (text.decode().encode("utf-16"), "line 1 holds the byte 0xFF"),
            "a NUL byte": (text.replace(b"2024", b"2\0024"), "line 1 is not a JSON object"),
            "a key twice": (text[:-2] + b',"' + key.encode() + b'":"x"}\n', f"line 1 has the key {key} more than once"),
            "a list": (text + b"[" + text.strip() + b"]\n", "line 2 is not a JSON object"),
            "a JSON document": (json.dumps([good], indent=1).encode(), "line 1 is not a JSON object"),
            "trailing garbage": (text + b"-- end of export --\n", "line 2 is not a JSON object"),
            "a CSV file": (b"post_id,platform\na,b\n", "line 1 is not a JSON object"),
            "single quotes": (str(good).encode(), "line 1 is not a JSON object"),
            "a missing key": (json_lines([without]), f"column {key} is missing"),
            "a renamed key": (json_lines([{**without, "renamed": 1}]), f"column {key} is missing.*new name: renamed"),
            "a line of 40 MB": (json_lines([{**good, key: "x" * (40 << 20)}]), "line 1 is 41,9.* bytes long"),
        }
        cases += [File(table, kind, ".jsonl", content, rows) for kind, (content, rows) in fine.items()]
        cases += [File(table, kind, ".jsonl", content, says=says) for kind, (content, says) in refused.items()]
    packed = gzip.compress(json_lines([GOOD["social.posts"]]), mtime=0)
    cases += [
        File("social.posts", "two gzip members", ".jsonl.gz", packed + packed, 2),
        File("social.posts", "a cut gzip", ".jsonl.gz", packed[:-9], says="the gzip data is cut off or damaged"),
        File("social.posts", "garbage after gzip", ".jsonl.gz", packed + b"garbage", says="cut off or damaged"),
        File("social.posts", "no gzip at all", ".jsonl.gz", b"{}", says="cut off or damaged"),
        File("ads.campaign_days", "a cut gzip", ".csv.gz", gzip.compress(csv([GOOD["ads.campaign_days"]]))[:-9],
             says="cut off or damaged"),
    ]  # fmt: skip
    for table in ("web.events", "messaging.message_events"):
        good = GOOD[table]
        content = parquet([good])
        key, time = "event_id", "occurred_at"
        empty = "search_term" if table == "web.events" else "offer_category"
        fine = {
            "columns in another order": (parquet([dict(reversed(good.items()))]), 1),
            "a new column": (parquet([{**good, "mood": "good"}]), 1),
            "no rows": (parquet_without_rows(good), 0),
            "a row twice": (parquet([good, good]), 2),
            "times in nanoseconds of Berlin": (parquet([good], {time: pa.timestamp("ns", "Europe/Berlin")}), 1),
            "a column of nothing but null": (parquet([good], {empty: pa.null()}), 1),
        }
        refused = {
            "an empty file": (b"", "the file is empty"),
            "a cut end": (content[:-30], "cut off or damaged"),
            "a cut beginning": (content[30:], "cut off or damaged"),
            "spoilt pages": (content[:4] + b"\xff" * 60 + content[64:], "cut off or damaged"),
            "trailing garbage": (content + b"garbage", "cut off or damaged"),
            "a CSV file": (b"event_id,event\na,b\n", "cut off or damaged"),
            "a missing column": (parquet([{k: v for k, v in good.items() if k != key}]), f"column {key} is missing"),
            "a renamed column": (parquet([{("id" if k == key else k): v for k, v in good.items()}]), "new name: id"),
            "another type of key": (parquet([{**good, key: 7}], {key: pa.int64()}), f"{key} arrives as int64"),
            "another type of time": (parquet([{**good, time: "x"}], {time: pa.string()}), f"{time} arrives as string"),
            "a time without a time": (parquet([good], {time: pa.date32()}), f"{time} arrives as date32"),
            "bytes for text": (parquet([{**good, key: b"\xff"}], {key: pa.binary()}), f"{key} arrives as binary"),
            "a nested value": (parquet([{**good, key: ["a"]}], {key: pa.list_(pa.string())}), f"{key} arrives as list"),
        }
        cases += [File(table, kind, ".parquet", content, rows) for kind, (content, rows) in fine.items()]
        cases += [File(table, kind, ".parquet", content, says=says) for kind, (content, says) in refused.items()]
    return cases


def parquet_without_rows(row: Row) -> bytes:
    target = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(parquet([row]))).slice(0, 0), target)
    return target.getvalue()


FILES = _files()


@dataclass(frozen=True)
class Harm:
    """What happens to a database, by statements or to its bytes, and what the refusal says."""

    kind: str
    says: str
    statements: tuple[str, ...] = ()
    spoil: Callable[[bytes], bytes] | None = None


DATABASES = [
    Harm("a table that is gone", "has no table {table}", ("drop table {table}",)),
    Harm("a column that is gone", "column {key} is missing", ("alter table {table} drop column {key}",)),
    Harm("a renamed column", "new name: renamed", ("alter table {table} rename column {key} to renamed",)),
    Harm("another type", "column {key} is declared BLOB", (
        "alter table {table} drop column {key}", "alter table {table} add column {key} blob")),
    Harm("a number for text", "column {key} is declared NUMERIC", (
        "alter table {table} drop column {key}", "alter table {table} add column {key} numeric(9, 2)")),
    Harm("no type", "column {key} is declared", (
        "alter table {table} drop column {key}", "alter table {table} add column {key}")),
    Harm("text that is not UTF-8", "a text that is not UTF-8", ("update {table} set {key} = cast(x'ff' as text)",)),
    Harm("a cut file", "it is cut off, or still being copied", spoil=lambda content: content[:-100]),
    Harm("spoilt pages", "malformed", spoil=lambda content: content[:4096] + b"\xff" * (len(content) - 4096)),
    Harm("an empty file", "has no table {table}", spoil=lambda _: b""),
    Harm("a CSV file", "file is not a database", spoil=lambda _: b"customer_number;name\n" * 200),
]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What an API answers to every request, and what the refusal says."""

    kind: str
    content: bytes
    says: str
    status: int = 200


def _page(records: bytes) -> bytes:
    """The last page of either API."""
    return b'{"items": %b, "tickets": %b, "next_cursor": null, "end_of_stream": true}' % (records, records)


ANSWERS = [
    Answer("cut JSON", b'{"items": [{"invitation_id": "I1"', "not whole JSON"),
    Answer("a page of HTML", b"<html>Please log in</html>", "not whole JSON"),
    Answer("nothing", b"", "not whole JSON"),
    Answer("Latin-1", '{"items": ["é"]}'.encode("latin-1"), "not whole JSON"),
    Answer("NaN", b'{"items": [{"invitation_id": NaN}], "next_cursor": null}', "not whole JSON"),
    Answer("a list", b"[]", "without the field"),
    Answer("another field", b'{"data": []}', "without the field"),
    Answer("records that are none", _page(b"[1]"), "something else than lists of records"),
    Answer("null for records", _page(b"null"), "something else than lists of records"),
    Answer("other fields", _page(b'[{"a": 1}]'), "is in no record"),
    Answer("an error", b"{}", "answered 500", status=500),
    Answer("no token", b"{}", "does not accept the token", status=401),
]  # fmt: skip
