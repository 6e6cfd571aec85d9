"""What is booked as a line of an order: goods, discounts, freight, and what is no revenue at all."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.python.worlds.company import Company
from tests.python.worlds.world import World

SOURCES = ("crm", "shop", "finance")


def company_with_products() -> Company:
    company = Company()
    company.product("P1", unit_cost=4)
    company.product("P2", unit_cost=0.5, category="Gift Cards")
    for buyer in ("A1", "A2"):
        company.buyer(buyer)
    return company


def order(company: Company, name: str, lines: list[tuple[str, float]], paid: float | None, **values: object) -> None:
    """An order of A1 on a day of its own, with a line a product and price; not paid at all where that is None."""
    day = 1 + len(company.rows["shop", "orders"])
    company.order(name, "A1", f"2024-07-{day:02d} 12:00:00", *(price for _, price in lines), **values)
    for line, (product, _) in zip(company.rows["shop", "order_lines"][-len(lines) :], lines, strict=True):
        line["product_id"] = product
    if paid is None:
        company.rows["shop", "payments"].pop()
    else:
        company.rows["shop", "payments"][-1]["amount"] = paid


# The lines of an order and what was paid of it; the revenue in goods and the freight that they are.
BOOKED: dict[str, tuple[list[tuple[str, float]], float | None, float, float]] = {
    "a discount on the goods": ([("P1", 100), ("P1", -20)], 80, 80, 0),
    "a coupon": ([("P1", 100), ("COUPON", -10)], 90, 90, 0),
    "a gift card alone": ([("P2", 50)], 50, 0, 0),
    "goods paid with a gift card": ([("P1", 60), ("P2", -50)], 10, 60, 0),
    "goods paid with a voucher by name": ([("P1", 60), ("gift-voucher", -15)], 45, 60, 0),
    "a deposit and a tip": ([("P1", 30), ("Pfand", 0.25), ("TIP", 3)], 33.25, 30, 0),
    "a deposit given back": ([("P1", 30), ("DEPOSIT", -5)], 25, 30, 0),
    "postage as a line": ([("P1", 30), ("shipping", 4.9)], 34.9, 30, 4.9),
    "everything": ([("P1", 70), ("P1", -7), ("P2", 20), ("P2", -5), ("donation", 1), ("Postage", 3)], 82, 63, 3),
    "not paid yet": ([("P1", 12)], None, 12, 0),
}


def test_a_line_is_revenue_freight_or_owed_by_what_is_booked_on_it(tmp_path: Path) -> None:
    company = company_with_products()
    for name, (lines, paid, _, _) in BOOKED.items():
        order(company, name, lines, paid)
    company.add(
        *("shop", "refunds"),
        **{"refund_id": "R1", "order_id": "a gift card alone", "line_number": 1, "amount": 50},
        refunded_at="2024-09-01 12:00:00",
    )

    world = World.of(company, tmp_path, *SOURCES).load().build()

    assert world.failed_tests() == {}
    booked = world.query(
        "select o.source_record_id, coalesce(sum(l.amount) filter (l.counts_as = 'revenue'), 0),"
        " coalesce(sum(l.amount) filter (l.counts_as = 'freight'), 0), sum(l.original_amount)"
        " from behavioural.orders o join behavioural.order_lines l using (order_id) group by 1"
    )
    assert {name: (float(goods), float(freight)) for name, goods, freight, _ in booked} == {
        name: (goods, freight) for name, (_, _, goods, freight) in BOOKED.items()
    }
    assert {name: float(total) for name, _, _, total in booked} == {
        name: sum(price for _, price in lines) for name, (lines, *_) in BOOKED.items()
    }
    goods = Decimal(str(sum(goods for _, _, goods, _ in BOOKED.values())))
    freight = Decimal(str(sum(freight for *_, freight in BOOKED.values())))
    # Each order but the gift card's holds one cup, and no discount costs another.
    assert world.query(
        "select goods_amount, freight_amount, refund_amount, product_cost_amount from marts.customer_value"
    ) == [(goods, freight, 0, 4 * (len(BOOKED) - 1))]
    assert world.query("select sum(goods_amount) from intermediate.int_value__purchase_days") == [(goods,)]
    assert world.query("select sum(goods_amount), sum(refund_amount) from intermediate.int_value__month_flows") == [
        (goods, 0)
    ]


# What goes to quarantine whole: the lines, what was paid, what else is said of the order, and why.
DISAGREE: dict[str, tuple[list[tuple[str, float]], float, dict[str, object], str]] = {
    "less was paid": ([("P1", 100)], 80, {}, "payments are not what lines and freight come to"),
    "more was paid": ([("P1", 100)], 150, {}, "payments are not what lines and freight come to"),
    "freight was not paid": (
        [("P1", 100)],
        100,
        {"freight_amount": 5},
        "payments are not what lines and freight come to",
    ),
    "a line cannot be read": ([("P1", 100), ("", 20)], 120, {}, "order_id is of an order with a line in quarantine"),
}


def test_an_order_goes_to_quarantine_with_all_its_parts_or_not_at_all(tmp_path: Path) -> None:
    company = company_with_products()
    for name, (lines, paid, values, _) in DISAGREE.items():
        order(company, name, lines, paid, **values)
    order(company, "open", [("P1", 100)], 10, status="open")
    order(company, "in rounding", [("P1", 33.33), ("P1", 66.66)], 100)
    order(company, "with freight", [("P1", 100)], 104.9, freight_amount=4.9)

    world = World.of(company, tmp_path, *SOURCES).load().build()

    assert world.failed_tests() == {}
    left = [("in rounding",), ("open",), ("with freight",)]
    assert world.query("select source_record_id from behavioural.orders order by 1") == left
    for part in ("order_lines", "payments"):
        assert world.query(f"select distinct substr(order_id, 6) from behavioural.{part} order by 1") == left
    reasons = dict(
        world.query(
            "select quarantine_value, quarantine_rule from staging.base_shop__orders where quarantine_rule <> ''"
        )
    )
    assert reasons == {
        "80.0000 of 100.0000": DISAGREE["less was paid"][-1],
        "150.0000 of 100.0000": DISAGREE["more was paid"][-1],
        "100.0000 of 105.0000": DISAGREE["freight was not paid"][-1],
        "a line cannot be read": DISAGREE["a line cannot be read"][-1],
    }
    assert world.query(
        "select sum(file_row_count - loaded_row_count - quarantined_row_count) from marts.load_reconciliation"
    ) == [(0,)]
