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
from tests.python.tools import shopify
from tests.python.tools.server import Record, Tool, serving
from tests.python.worlds.company import Company
from tests.python.worlds.world import World

# What these tools feed, and what is asked of it below.
BUILT = (
    *("customer_records", "customer_identifiers", "consents", "products", "orders", "order_lines", "refunds"),
    *("int_value__month_flows", "load_reconciliation", "quarantine_reasons"),
)


@dataclasses.dataclass
class Tools:
    world: World
    shop: Tool


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    shop = shopify.shop()
    with serving(shop):
        world = World.of(Company(), tmp_path_factory.mktemp("tools"), "shopify")
        world.settings = dataclasses.replace(
            world.settings, urls={"shopify": shop.url}, tokens={"shopify": shopify.TOKEN}
        )
        yield Tools(world.load().build(*BUILT), shop)


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
        from intermediate.int_value__month_flows group by customer_id order by net_revenue_amount
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
    told = "(?i)@example|main street|[+]4969|doe[0-9]|^(ada|ben|cleo|dan)$"
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
