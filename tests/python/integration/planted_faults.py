"""Faults as they happen in companies, each put alone into the demo company's four types, as SQL on one table.

`{recent}` stands for the last 31 days up to the as-of day, 2024-12-31, `{since}` for the last 60, `{half}` for half of
the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

_RECENT = "business_date between date '2024-12-01' and date '2024-12-31'"
_SINCE = "business_date > date '2024-11-01'"
# Half of the rows, the same ones always.
_HALF = "substr(md5(source_record_id), 1, 1) < '8'"


@dataclass(frozen=True)
class Fault:
    """What went wrong, with which entity, and what finds it.

    None where nothing does: six opt-outs are too few to be missed in a company so small, half of the answers are within
    what two waves of a survey differ by, a tenth is no size, and what one customer does is one customer's.
    """

    name: str
    entity: str
    sql: str
    found_by: str | None

    @property
    def statement(self) -> str:
        return self.sql.format(recent=_RECENT, since=_SINCE, half=_HALF)


def _gone(name: str, entity: str, where: str, found_by: str | None) -> Fault:
    return Fault(name, entity, f"delete from {entity} where {where}", found_by)


def _changed(name: str, entity: str, change: str, where: str, found_by: str | None) -> Fault:
    return Fault(name, entity, f"update {entity} set {change} where {where}", found_by)


def _again(name: str, entity: str, key: str, where: str, found_by: str | None, change: str = "") -> Fault:
    """Rows once more, under other keys."""
    other = f"{key} || '-again' as {key}, source_record_id || '-again' as source_record_id{change}"
    return Fault(name, entity, f"insert into {entity} select * replace ({other}) from {entity} where {where}", found_by)


FAULTS = (
    # Rows that are not there.
    _gone("a month's web events are missing", "web_events", "{recent}", "silence"),
    _gone("a week's web events are missing", "web_events", "business_date > date '2024-12-24'", "silence"),
    _gone("a day's web events are missing", "web_events", "business_date = date '2024-12-11'", "silence"),
    _gone("half of all orders are missing since a day", "orders", "{since} and {half}", "fewer_rows"),
    _gone("half of all order lines are missing since a day", "order_lines", "{since} and {half}", "fewer_rows"),
    _gone("a month's payments are missing", "payments", "{recent}", "silence"),
    _gone("a month's messages are missing", "message_events", "{recent}", "fewer_rows"),
    _gone("unsubscribes are gone for two months", "message_events", "{since} and event_type = 'unsubscribed'", None),
    _gone("opens are gone for a month", "message_events", "{recent} and event_type = 'opened'", "rarer_value"),
    _gone("deliveries are gone for a month", "message_events", "{recent} and event_type = 'delivered'", "rarer_value"),
    _gone("a month's answers are missing", "survey_answers", "{recent}", "silence"),
    _gone("half of the answers are missing", "survey_answers", "{since} and {half}", None),
    _gone("invitations are missing for a month", "survey_invitation_events", "{recent}", "silence"),
    _gone("ticket events are missing for a month", "ticket_events", "{recent}", "silence"),
    _gone("tickets are missing for two months", "tickets", "{since}", "silence"),
    _gone("refunds are missing for two months", "refunds", "{since}", "silence"),
    _gone("new customers are missing for two months", "customer_records", "{since}", "fewer_rows"),
    _gone("consents are missing for a month", "consents", "{recent}", "silence"),
    _gone("the app's events are missing for a month", "web_events", "{recent} and channel = 'app'", "rarer_value"),
    _gone("orders of one channel are missing", "orders", "{since} and channel = 'web'", "rarer_value"),
    _gone("checkouts are not tracked for a month", "web_events", "{recent} and event_type = 'checkout'", "rarer_value"),
    _gone("withdrawn consents are not delivered", "consents", "{since} and not is_granted", "fewer_rows"),
    # Rows that come again under other keys.
    _again("last month's orders are sent again", "orders", "order_id", "{recent}", "repeated_content"),
    _again("last month's payments are sent again", "payments", "payment_id", "{recent}", "repeated_content"),
    _again(
        "a week of web events is sent again",
        "web_events",
        "web_event_id",
        "business_date > date '2024-12-24'",
        "repeated_content",
    ),
    _again("last month's answers are sent again", "survey_answers", "survey_answer_id", "{recent}", "repeated_content"),
    _again(
        "last month's messages are sent again", "message_events", "message_event_id", "{recent}", "repeated_content"
    ),
    _again("last month's refunds are sent again", "refunds", "refund_id", "{since}", "repeated_content"),
    # Columns that are empty.
    _changed(
        "all new customers' countries are empty", "customer_records", "country = null", "{since}", "missing_values"
    ),
    _changed(
        "half of the channels of orders are empty", "orders", "channel = null", "{since} and {half}", "missing_values"
    ),
    _changed(
        "orders have no customer for a month",
        "orders",
        "customer_id = null, source_customer_id = null",
        "{recent}",
        "missing_values",
    ),
    _changed("order lines have no cost for a month", "order_lines", "cost_amount = null", "{recent}", "missing_values"),
    _changed("pages are not tracked for a month", "web_events", "page = null", "{recent}", "missing_values"),
    _changed(
        "payment methods are empty for a month", "payments", "payment_method = null", "{recent}", "missing_values"
    ),
    # Figures that mean something else.
    _changed(
        "a scale is flipped for two months",
        "survey_answers",
        "score = scale_max + scale_min - score",
        "{since}",
        "commoner_value",
    ),
    _changed(
        "cost and price are swapped for a month",
        "order_lines",
        "amount = cost_amount, cost_amount = amount",
        "{recent}",
        "commoner_value",
    ),
    _changed("amounts are in cents for a month", "order_lines", "amount = amount * 100", "{recent}", "commoner_value"),
    _changed("payments are in cents for a month", "payments", "amount = amount * 100", "{recent}", "commoner_value"),
    _changed("amounts are a tenth for a month", "order_lines", "amount = amount / 10", "{recent}", "commoner_value"),
    _changed("all amounts are zero for a month", "payments", "amount = 0", "{recent}", "commoner_value"),
    _changed(
        "quantities are ten times as large for a month",
        "order_lines",
        "quantity = quantity * 10",
        "{recent}",
        "commoner_value",
    ),
    _changed("amounts are a tenth too high", "order_lines", "amount = amount * 1.1", "{recent}", None),
    # Codes that mean something else.
    _changed("every currency is USD for a month", "orders", "currency = 'USD'", "{recent}", "commoner_value"),
    _changed(
        "every message counts as opened for a month",
        "message_events",
        "event_type = 'opened'",
        "{recent} and event_type = 'delivered'",
        "commoner_value",
    ),
    _changed("every consent is granted for two months", "consents", "is_granted = true", "{since}", "rarer_value"),
    _changed(
        "all web events are desktop's for a month", "web_events", "device = 'desktop'", "{recent}", "commoner_value"
    ),
    # Times that mean something else.
    _changed(
        "orders lose their time of day",
        "orders",
        "occurred_at = date_trunc('day', occurred_at)",
        "{recent}",
        "commoner_value",
    ),
    Fault(
        "a test customer has 50 orders of 9,999",
        "payments",
        "insert into payments select * replace (payment_id || '-test' as payment_id, source_record_id || '-test' as "
        "source_record_id, 'test' as customer_id, 9999 as amount) from payments where {recent} "
        "order by payment_id limit 50",
        None,
    ),
)
