"""A shop of Shopify's: what it holds, and how the REST Admin API tells it."""

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

TOKEN = "shpat_n0body-may-see"


def shop() -> Tool:
    return Tool("shopify", "/shopify/admin/api/2024-10", {"X-Shopify-Access-Token": TOKEN}, _answer, _tables())


def _answer(tool: Tool, path: str, query: Query, url: str) -> Answer:
    table = path.removesuffix(".json")
    if "page_info" in query:
        # Whatever was asked for at first is in there, and nothing but these may stand beside it.
        if query.keys() - {"page_info", "limit", "fields"}:
            raise WrongRequestError("page_info goes with limit and fields alone")
        state = read_cursor(query["page_info"])
    else:
        state = {"since": query.get("updated_at_min"), "status": query.get("status", "open"), "at": 0}
    if int(query["limit"]) > 250:
        raise WrongRequestError("a page holds 250")
    found = [record for record in tool.tables[table] if _is_asked_for(table, record, state)]
    at, size = state["at"], min(int(query["limit"]), tool.page_size)
    links = []
    for relation, place in (("previous", at - size), ("next", at + size)):
        if 0 <= place < len(found):
            kept = {name: query[name] for name in ("limit", "fields") if name in query}
            there = address(url, {**kept, "page_info": cursor(**{**state, "at": place})})
            links.append(f'<{there}>; rel="{relation}"')
    fields = query["fields"].split(",") if "fields" in query else None
    records = [
        {name: value for name, value in record.items() if fields is None or name in fields}
        for record in found[at : at + size]
    ]
    return Answer({table: records}, headers={"Link": ", ".join(links)} if links else {})


def _is_asked_for(table: str, record: Record, state: Record) -> bool:
    if state["since"] and moment(record["updated_at"]) < moment(state["since"]):
        return False
    return table != "orders" or state["status"] == "any" or record["cancelled_at"] is None


def _money(amount: str, presented: str | None = None) -> Record:
    return {
        "shop_money": {"amount": amount, "currency_code": "EUR"},
        "presentment_money": {"amount": presented or amount, "currency_code": "USD" if presented else "EUR"},
    }


def _line(key: int, product: int | None, title: str, price: str, quantity: int = 1, **more: Any) -> Record:
    """A line; `off` are the discounts it was given a share of, `tax` what its tax comes to."""
    off, tax = more.pop("off", ()), more.pop("tax", None)
    return {
        "id": key,
        "product_id": product,
        "title": title,
        "quantity": quantity,
        "current_quantity": quantity,
        "price": price,
        "price_set": _money(price, more.pop("presented", None)),
        "gift_card": False,
        "total_discount": "0.00",
        "discount_allocations": [{"amount": amount, "discount_application_index": 0} for amount in off],
        "tax_lines": [{"price": tax, "rate": 0.19, "title": "VAT"}] if tax else [],
        **more,
    }


def _freight(price: str, tax: str | None = None, **more: Any) -> Record:
    taxes = [{"price": tax, "rate": 0.19}] if tax else []
    return {"id": 1, "price": price, "discounted_price": price, "discount_allocations": [], "tax_lines": taxes, **more}


def _order(key: int, customer: int | None, at: str, total: str, *lines: Record, **more: Any) -> Record:
    return {
        "id": key,
        "name": f"#{key}",
        "customer": {"id": customer, "email": f"customer{customer}@example.org"} if customer else None,
        "email": f"customer{customer}@example.org" if customer else None,
        "test": False,
        "source_name": "web",
        "currency": "EUR",
        "presentment_currency": "EUR",
        "taxes_included": False,
        "financial_status": "paid",
        "fulfillment_status": None,
        "total_price": total,
        "current_total_price": total,
        "line_items": list(lines),
        "shipping_lines": [],
        "refunds": [],
        "fulfillments": [],
        "shipping_address": {"province": "Hesse", "address1": "Main Street 1"},
        "processed_at": at,
        "created_at": at,
        "cancelled_at": None,
        "updated_at": at,
        **more,
    }


def _refund(key: int, at: str, *lines: tuple[int, int, str, str], **more: Any) -> Record:
    """Lines that are given back: line, quantity, subtotal, tax."""
    return {
        "id": key,
        "created_at": at,
        "processed_at": at,
        "note": "",
        "refund_line_items": [
            {
                "id": key * 10 + number,
                "line_item_id": line,
                "quantity": quantity,
                # A number where every other amount is a text.
                "subtotal": float(subtotal),
                "total_tax": float(tax),
                "restock_type": "return",
            }
            for number, (line, quantity, subtotal, tax) in enumerate(lines, 1)
        ],
        "order_adjustments": [],
        "transactions": [],
        **more,
    }


def _customer(key: int, first_name: str, *, is_verified: bool, **more: Any) -> Record:
    return {
        "id": key,
        "email": f"customer{key}@example.org",
        "phone": f"+4969000000{key}",
        "first_name": first_name,
        "last_name": f"Doe{key}",
        "verified_email": is_verified,
        "default_address": {
            "address1": f"Main Street {key}",
            "zip": "60311",
            "city": "Frankfurt",
            "province": "Hesse",
            "country_code": "DE",
        },
        "email_marketing_consent": {"state": "not_subscribed", "consent_updated_at": None},
        "sms_marketing_consent": None,
        "tags": "",
        "created_at": f"2024-01-0{key}T10:00:00+01:00",
        "updated_at": f"2024-01-0{key}T10:00:00+01:00",
        **more,
    }


def _tables() -> Tables:
    asked = "2024-01-05T09:30:00Z"
    customers = [
        _customer(
            *(1, "Ada"),
            is_verified=True,
            email_marketing_consent={"state": "subscribed", "consent_updated_at": asked},
        ),
        _customer(
            *(2, "Ben"),
            is_verified=False,
            email_marketing_consent={"state": "unsubscribed", "consent_updated_at": None},
            sms_marketing_consent={"state": "subscribed", "consent_updated_at": asked},
        ),
        _customer(
            *(3, "Cleo"),
            is_verified=True,
            email_marketing_consent={"state": "pending", "consent_updated_at": asked},
        ),
        _customer(4, "Dan", is_verified=True),
    ]
    products = [
        {"id": 11, "title": "Kettle", "product_type": "Kitchen", "updated_at": "2024-01-01T09:00:00+01:00"},
        {"id": 12, "title": "Mug", "product_type": "Kitchen", "updated_at": "2024-01-01T09:00:00+01:00"},
        {"id": 13, "title": "Voucher", "product_type": "", "updated_at": "2024-01-01T09:00:00+01:00"},
    ]
    orders = [
        # Prices with tax, 10 % off the whole order, one of two kettles and the freight given back.
        _order(
            *(101, 1, "2024-03-31T23:30:00-05:00", "123.76"),
            _line(1001, 11, "Kettle", "59.50", 2, off=["11.90"], tax="17.10"),
            _line(1002, 12, "Mug", "11.90", off=["1.00", "0.19"], tax="1.71"),
            taxes_included=True,
            financial_status="partially_refunded",
            fulfillment_status="fulfilled",
            shipping_lines=[_freight("5.95", "0.95"), _freight("9.00", is_removed=True)],
            fulfillments=[
                {"id": 1, "status": "success", "created_at": "2024-04-01T10:00:00-05:00"},
                {"id": 2, "status": "success", "created_at": "2024-04-02T10:00:00-05:00"},
                {"id": 3, "status": "cancelled", "created_at": "2024-04-03T10:00:00-05:00"},
            ],
            refunds=[
                _refund(
                    *(701, "2024-04-10T12:00:00-05:00", (1001, 1, "53.55", "8.55")),
                    order_adjustments=[{"id": 71, "kind": "shipping_refund", "amount": "-5.00", "tax_amount": "-0.95"}],
                )
            ],
        ),
        # Paid in dollars: what the shop books is euros. Tax on top.
        _order(
            *(102, 2, "2024-05-02T12:00:00+02:00", "40.60"),
            _line(1003, 12, "Mug", "10.00", 3, tax="5.70", presented="10.83"),
            presentment_currency="USD",
            shipping_lines=[_freight("4.90")],
        ),
        # A guest of the store, an item that was keyed in, a tip.
        _order(
            *(103, None, "2024-05-03T12:00:00+02:00", "9.50"),
            _line(1004, None, "Engraving", "7.50"),
            _line(1005, None, "Tip", "2.00", tip={"payment_method": None, "payment_gateway": None}),
            source_name="pos",
            email="Guest@Example.org",
            shipping_address=None,
        ),
        # A gift card, and a mug that is on the list no more.
        _order(
            *(104, 1, "2024-05-04T12:00:00+02:00", "58.00"),
            _line(1006, 13, "Voucher", "50.00", gift_card=True),
            _line(1007, 19, "Old mug", "8.00"),
            source_name="4711",
        ),
        _order(
            *(105, 2, "2024-05-05T12:00:00+02:00", "10.00"),
            _line(1008, 12, "Mug", "10.00"),
            financial_status="refunded",
            cancelled_at="2024-05-05T13:00:00+02:00",
            refunds=[_refund(705, "2024-05-05T13:00:00+02:00", (1008, 1, "10.00", "0.00"))],
        ),
        _order(106, 1, "2024-05-06T12:00:00+02:00", "59.50", _line(1009, 11, "Kettle", "59.50"), test=True),
        _order(
            *(107, 3, "2024-05-07T12:00:00+02:00", "59.50"),
            _line(1010, 11, "Kettle", "50.00", tax="9.50"),
            financial_status="pending",
        ),
        # More was given back than the line comes to.
        _order(
            *(108, 3, "2024-05-08T12:00:00+02:00", "11.90"),
            _line(1011, 12, "Mug", "10.00", tax="1.90"),
            financial_status="refunded",
            refunds=[
                _refund(
                    *(708, "2024-05-20T12:00:00+02:00", (1011, 1, "10.00", "1.90")),
                    order_adjustments=[
                        {"id": 78, "kind": "refund_discrepancy", "amount": "-2.00", "tax_amount": "0.00"}
                    ],
                )
            ],
        ),
        # Less was given back: a fee was kept.
        _order(
            *(109, 1, "2024-05-09T12:00:00+02:00", "60.00"),
            _line(1012, 12, "Mug", "10.00", 6),
            financial_status="partially_refunded",
            refunds=[
                _refund(
                    *(709, "2024-05-21T12:00:00+02:00", (1012, 2, "20.00", "0.00")),
                    order_adjustments=[
                        {"id": 79, "kind": "refund_discrepancy", "amount": "5.00", "tax_amount": "0.00"}
                    ],
                )
            ],
        ),
        _order(110, 1, "2024-05-10T12:00:00+02:00", "10.00", _line(1013, 12, "Mug", "ten")),
        _order(
            *(111, 3, "2024-05-11T12:00:00+02:00", "10.00"),
            _line(1014, 12, "Mug", "10.00"),
            financial_status="voided",
        ),
    ]
    return {"customers": customers, "orders": orders, "products": products}
