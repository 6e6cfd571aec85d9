"""Tools that companies have, in one world: what the types hold of them is what a count by hand says, to the cent."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from orchestration.settings import PROJECT_ROOT
from tests.python.tools import klaviyo, shopify, zendesk
from tests.python.tools.server import Record, Tool, serving
from tests.python.worlds.company import Company
from tests.python.worlds.world import World

# What these tools feed, and what is asked of it below.
BUILT = (
    *("customer_records", "customer_identifiers", "consents", "products", "orders", "order_lines", "refunds"),
    *("tickets", "ticket_events", "ticket_comments", "ticket_comment_texts", "survey_answers", "survey_comments"),
    *(
        "message_events",
        "int_contacts__touches",
        "int_value__month_flows",
        "service_quality",
        "customers",
        "load_reconciliation",
        "quarantine_reasons",
    ),
)


@dataclasses.dataclass
class Tools:
    world: World
    shop: Tool
    desk: Tool
    account: Tool


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    shop, desk, account = shopify.shop(), zendesk.desk(), klaviyo.account()
    with serving(shop, desk, account):
        world = World.of(Company(), tmp_path_factory.mktemp("tools"), "shopify", "zendesk", "klaviyo")
        world.settings = dataclasses.replace(
            world.settings,
            urls={tool.name: tool.url for tool in (shop, desk, account)},
            tokens={"shopify": shopify.TOKEN, "zendesk": zendesk.TOKEN, "klaviyo": klaviyo.TOKEN},
        )
        yield Tools(world.load().build(*BUILT), shop, desk, account)


def cents(amount: object) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def of_lines(entries: list[Record], amount: str) -> Decimal:
    return sum((cents(entry[amount]) for entry in entries), Decimal(0))


def net(order: Record, charged: Decimal, taxes: list[Record]) -> Decimal:
    return charged - of_lines(taxes, "price") if order["taxes_included"] else charged


def line_amount(order: Record, line: Record) -> Decimal:
    charged = line["quantity"] * cents(line["price"]) - of_lines(line["discount_allocations"], "amount")
    return net(order, charged, line["tax_lines"])


def freight_amount(order: Record) -> Decimal:
    kept = [line for line in order["shipping_lines"] if not line.get("is_removed")]
    return sum((net(order, cents(line["price"]), line["tax_lines"]) for line in kept), Decimal(0))


def readable(shop: Tool) -> list[Record]:
    """Its orders, without the one to try the shop, and the one with a price that is none."""
    return [order for order in shop.tables["orders"] if order["id"] not in (106, 110)]


def test_the_orders_made_up_here_add_up_as_shopify_has_them(tools: Tools) -> None:
    for order in readable(tools.shop):
        taxes = [tax for part in order["line_items"] + order["shipping_lines"] for tax in part["tax_lines"]]
        parts = sum((line_amount(order, line) for line in order["line_items"]), freight_amount(order))
        assert parts + of_lines(taxes, "price") == cents(order["total_price"]), order["id"]


def test_lines_are_what_was_charged_less_discounts_and_tax(tools: Tools) -> None:
    expected = {
        f"shopify:{line['id']}": (line_amount(order, line), of_lines(line["discount_allocations"], "amount"))
        for order in readable(tools.shop)
        for line in order["line_items"]
    }
    found = tools.world.query(
        "select order_line_id, original_amount, original_discount_amount from behavioural.order_lines"
    )
    assert {key: (cents(amount), cents(discount)) for key, amount, discount in found} == expected
    # By hand: of two kettles at 59.50, a tenth less is 107.10, of which 17.10 are tax.
    assert expected["shopify:1001"] == (Decimal("90.00"), Decimal("11.90"))
    assert expected["shopify:1002"] == (Decimal("9.00"), Decimal("1.19"))


def test_gift_cards_and_tips_are_owed_and_all_else_is_revenue(tools: Tools) -> None:
    found = tools.world.query(
        "select product_id, product_type, counts_as, sum(original_amount) from behavioural.order_lines "
        "where counts_as <> 'revenue' group by all order by all"
    )
    assert found == [
        ("shopify:13", "gift_card", "liability", Decimal("50.0000")),
        ("shopify:tip", "tip", "liability", Decimal("2.0000")),
    ]


def test_what_is_given_back_is_without_tax_and_of_no_cancelled_order(tools: Tools) -> None:
    found = tools.world.query(
        "select order_id, product_id, quantity, original_amount, counts_as from behavioural.refunds order by refund_id"
    )
    assert found == [
        ("shopify:101", "shopify:11", 1, Decimal("45.0000"), "revenue"),
        ("shopify:108", "shopify:12", 1, Decimal("10.0000"), "revenue"),
        ("shopify:109", "shopify:12", 2, Decimal("20.0000"), "revenue"),
        ("shopify:101", "shopify:shipping", None, Decimal("5.0000"), "freight"),
        ("shopify:108", None, None, Decimal("2.0000"), "revenue"),
        ("shopify:109", None, None, Decimal("-5.0000"), "revenue"),
    ]


def test_customers_are_worth_what_they_paid_less_what_came_back(tools: Tools) -> None:
    """By hand: Ada 99, 5 freight, 8 and 60, less 45, 5 and 15; Ben 30 and 4.90; the guest 7.50; Cleo 60 less 12."""
    found = tools.world.query(
        """
        select sum(order_count), sum(goods_amount + freight_amount - refund_amount) as net_revenue_amount
        from intermediate.int_value__month_flows group by customer_id having sum(order_count) > 0
        order by net_revenue_amount
        """
    )
    assert found == [
        (1, Decimal("7.5000")),
        (1, Decimal("34.9000")),
        (2, Decimal("48.0000")),
        (3, Decimal("107.0000")),
    ]


def test_orders_stand_where_they_stand_and_on_the_day_of_the_shop(tools: Tools) -> None:
    found = tools.world.query(
        """
        select source_record_id, status, channel, original_freight_amount, currency, customer_namespace, business_date
        from behavioural.orders order by 1
        """
    )
    assert [(key, status, channel) for key, status, channel, *_ in found] == [
        ("101", "completed", "web"),
        ("102", "completed", "web"),
        ("103", "completed", "store"),
        # An app by its number: which channel that is, nobody says.
        ("104", "completed", None),
        ("105", "cancelled", "web"),
        ("107", "open", "web"),
        ("108", "completed", "web"),
        ("109", "completed", "web"),
        ("111", "cancelled", "web"),
    ]
    freight = {str(order["id"]): freight_amount(order) for order in readable(tools.shop)}
    assert {key: cents(amount) for key, _, _, amount, *_ in found} == freight
    assert freight["101"] == Decimal("5.00")
    assert {currency for _, _, _, _, currency, *_ in found} == {"EUR"}
    assert [namespace for *_, namespace, _ in found[:3]] == ["shopify", "shopify", "email"]
    # 23:30 in the shop, the day after in UTC.
    assert found[0][-1] == date(2024, 3, 31)
    ((handed_over_at,),) = tools.world.query(
        "select handed_over_at from behavioural.orders where handed_over_at is not null"
    )
    assert handed_over_at == datetime(2024, 4, 2, 15)


def test_every_order_is_loaded_or_set_aside_with_its_reason(tools: Tools) -> None:
    reasons = tools.world.query(
        "select source_system, raw_table, quarantine_rule, quarantined_row_count from marts.quarantine_reasons "
        "order by all"
    )
    assert reasons == [
        ("shopify", "orders", "id is of an order with a line in quarantine", 1),
        ("shopify", "orders", "test is true: an order to try the shop", 1),
        # Of a ticket that was deleted.
        ("zendesk", "ticket_events", "ticket_id is of no ticket that was loaded", 1),
    ]
    lost = tools.world.query(
        "select * from marts.load_reconciliation "
        "where loaded_row_count + quarantined_row_count + repeated_row_count <> file_row_count"
    )
    assert lost == []


def test_only_who_decided_is_told_as_having_decided(tools: Tools) -> None:
    found = tools.world.query(
        "select source_record_id, is_granted, occurred_at from descriptive.consents where source_system = 'shopify' "
        "order by 1"
    )
    assert found == [
        ("1:marketing_email", True, datetime(2024, 1, 5, 9, 30)),
        ("2:marketing_email", False, datetime(2024, 1, 2, 9)),
        ("2:marketing_sms", True, datetime(2024, 1, 5, 9, 30)),
    ]
    found = tools.world.query(
        "select source_record_id, is_granted, occurred_at from descriptive.consents where source_system = 'klaviyo' "
        "order by 1"
    )
    assert found == [
        ("PR1:marketing_email", True, datetime(2024, 1, 10, 8)),
        ("PR1:marketing_sms", True, datetime(2024, 1, 12, 8)),
        ("PR2:marketing_email", False, datetime(2024, 3, 4, 10)),
    ]


def test_tickets_are_answered_and_solved_when_their_events_say(tools: Tools) -> None:
    found = tools.world.query(
        """
        select source_record_id, channel, status, priority, agent, first_replied_at, solved_at
        from interaction.tickets order by 1
        """
    )
    assert found == [
        # Answered by the second agent, as the note of the first is internal; solved a second time.
        ("1", "email", "closed", "high", "90", datetime(2024, 6, 1, 10), datetime(2024, 6, 2, 10)),
        ("2", "phone", "closed", "normal", "90", None, datetime(2024, 6, 2, 10, 0, 1)),
        ("3", None, "on_hold", None, None, None, None),
        ("4", "chat", "open", "normal", "90", None, None),
    ]


def test_events_say_what_happened_and_who_did_it(tools: Tools) -> None:
    found = tools.world.query(
        """
        select ticket_id, event_type, old_value, new_value, actor, agent from interaction.ticket_events
        order by ticket_id, occurred_at, source_record_id
        """
    )
    assert found == [
        ("zendesk:1", "created", None, "new", "customer", None),
        ("zendesk:1", "priority_changed", "normal", "high", "system", None),
        ("zendesk:1", "assigned", None, "90", "agent", "91"),
        ("zendesk:1", "status_changed", "new", "open", "agent", "91"),
        ("zendesk:1", "solved", "open", "solved", "agent", "90"),
        ("zendesk:1", "reopened", "solved", "open", "customer", None),
        ("zendesk:1", "solved", "open", "solved", "agent", "90"),
        ("zendesk:1", "rated", None, "1", "customer", None),
        ("zendesk:1", "status_changed", "solved", "closed", "system", None),
        ("zendesk:2", "created", None, "new", "customer", None),
        ("zendesk:2", "merged", None, "zendesk:1", "agent", "90"),
        ("zendesk:2", "solved", "new", "closed", "agent", "90"),
        ("zendesk:3", "created", None, "open", "customer", None),
        ("zendesk:3", "status_changed", "open", "on_hold", "agent", "90"),
        ("zendesk:3", "rated", None, "0", "customer", None),
        ("zendesk:4", "created", None, "open", "customer", None),
    ]
    # What the records hold: all comments but those of the deleted ticket.
    comments = [
        (f"zendesk:{event['ticket_id']}", part["public"], len(part["body"]), part["author_id"] < 90)
        for event in tools.desk.tables["ticket_events"]
        for part in event["child_events"]
        if part["event_type"] == "Comment" and event["ticket_id"] != 5
    ]
    written = tools.world.query(
        "select ticket_id, is_public, text_length, author = 'customer' from interaction.ticket_comments"
    )
    assert sorted(written) == sorted(comments)


def test_service_is_measured_from_these_events(tools: Tools) -> None:
    """A ticket that was merged is no case of its own."""
    found = tools.world.query(
        """
        select ticket_id, first_resolution_minutes, full_resolution_minutes, reopen_count, is_open
        from marts.service_quality order by 1
        """
    )
    assert [(key, float(first or 0), float(full or 0), *rest) for key, first, full, *rest in found] == [
        ("zendesk:1", 60.0, 25 * 60.0, 1, False),
        ("zendesk:3", 0.0, 0.0, 0, True),
        ("zendesk:4", 0.0, 0.0, 0, True),
    ]


def test_a_rating_is_an_answer_once_it_is_given(tools: Tools) -> None:
    found = tools.world.query(
        """
        select instrument, construct, scale_min, scale_max, score, ticket_id, has_comment
        from attitudinal.survey_answers order by source_record_id
        """
    )
    scale = ("zendesk_rating", "contact_satisfaction", Decimal("0.00"), Decimal("1.00"))
    assert found == [
        (*scale, Decimal("1.00"), "zendesk:1", True),
        (*scale, Decimal("0.00"), "zendesk:3", False),
    ]
    assert tools.world.query("select comment_text from restricted.survey_comments") == [("Kind Agnes",)]


def test_who_writes_to_the_desk_is_who_bought_in_the_shop(tools: Tools) -> None:
    """Both know the address, in whatever case; another customer of the desk never bought."""
    ((customers,),) = tools.world.query(
        """
        select count(distinct customer_id) from (
            select customer_id from behavioural.orders where source_record_id in ('101', '104', '109')
            union all
            select customer_id from interaction.tickets where source_record_id in ('1', '2')
        )
        """
    )
    assert customers == 1
    names = tools.world.query(
        "select source_customer_id, first_name, last_name from restricted.customer_identifiers "
        "where source_system = 'zendesk' order by 1"
    )
    assert names == [("51", "Ada", "Doe1"), ("52", "Eve van", "Doe2"), ("53", None, None)]


def test_messages_are_what_klaviyo_tells_of_them_but_for_what_machines_open(tools: Tools) -> None:
    found = tools.world.query(
        """
        select source_record_id, event_type, channel, campaign, message_id, occurred_at
        from interaction.message_events order by cast(substr(source_record_id, 2) as integer)
        """
    )
    assert [(key, event, channel, campaign) for key, event, channel, campaign, *_ in found] == [
        ("E1", "delivered", "email", "Spring"),
        ("E3", "opened", "email", "Spring"),
        ("E4", "clicked", "email", "Spring"),
        ("E6", "delivered", "email", "Spring"),
        ("E7", "unsubscribed", "email", "Spring"),
        # Its campaign only the list names.
        ("E8", "delivered", "email", "Summer"),
        ("E9", "delivered", "sms", "Sale"),
        ("E10", "bounced", "email", "Summer"),
        ("E11", "complained", "email", "Summer"),
    ]
    assert len({message for *_, message, _ in found}) == 5
    assert found[1][-1] == datetime(2024, 3, 1, 10)
    # Of all events there are, the opening of a machine and an order are none of a message.
    (held,) = tools.world.query("select count(*) from staging.base_klaviyo__events where quarantine_rule is null")
    assert held == (len(tools.account.tables["events"]),)


def test_a_message_is_a_touch_of_the_customer_who_buys_and_asks(tools: Tools) -> None:
    """One person, by one address, in all three."""
    found = tools.world.query(
        """
        select count(distinct customer_id), count(*) from (
            select customer_id from behavioural.orders where source_record_id in ('101', '104', '109')
            union all
            select customer_id from interaction.tickets where source_record_id in ('1', '2')
            union all
            select customer_id from interaction.message_events where source_customer_id = 'PR1'
        )
        """
    )
    assert found == [(1, 11)]
    touches = tools.world.query(
        "select channel, has_reached_customer, count(*) from intermediate.int_contacts__touches "
        "where source_system = 'klaviyo' group by 1, 2 order by 1, 2"
    )
    # Of one nothing is told but that it came back.
    assert touches == [("email", False, 1), ("email", True, 3), ("sms", True, 1)]


def test_nothing_stops_publication(tools: Tools) -> None:
    assert tools.world.failed_tests(*BUILT) == {}


def test_direct_identifiers_stand_in_no_type_and_no_mart(tools: Tools) -> None:
    """Every column of text of every public table is searched for addresses, names and numbers of telephones."""
    tables: dict[str, list[str]] = defaultdict(list)
    for table, column in tools.world.query(
        "select table_schema || '.' || table_name, column_name from information_schema.columns "
        "where data_type = 'VARCHAR' and table_schema in "
        "('descriptive', 'behavioural', 'attitudinal', 'interaction', 'marts')"
    ):
        tables[table].append(column)
    assert len(tables) > 5
    told = "(?i)@example|main street|[+]4969|doe[0-9]|^(ada|ben|cleo|dan|eve|gus|hal)$|leaks|kind agnes"
    for table, columns in tables.items():
        found = " or ".join(f"regexp_matches({column}, '{told}')" for column in columns)
        assert tools.world.query(f"select * from {table} where {found} limit 1") == [], table
    held = tools.world.query("select count(*) from restricted.customer_identifiers where email is not null")
    assert held[0][0] > 0


def test_no_pack_names_the_demo_company(tools: Tools) -> None:
    for source in tools.world.settings.sources:
        for folder in (f"models/staging/{source}", f"orchestration/sources/{source}"):
            for path in (PROJECT_ROOT / folder).rglob("*.*"):
                if path.suffix in (".sql", ".yml", ".py"):
                    assert not re.search(r"demo|'(crm|shop|helpdesk)'", path.read_text(encoding="utf-8")), path
