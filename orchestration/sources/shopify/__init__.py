"""Shopify: the REST Admin API. Pages follow the header Link, and only the columns of the contract are asked for.

An order that was archived and then deleted is not told, and an app that may see the orders of 60 days alone (without
the scope read_all_orders) would seem to lose one after the other: so keys of orders are not compared. Customers are, as
Shopify removes who asks for it.
"""

from orchestration.ingestion.records import RecordTable
from orchestration.ingestion.rest_api import ApiSource, Endpoint, HeaderLinkedPages

# The most that a page may hold.
_PAGE = 250

SOURCE = ApiSource(
    name="shopify",
    tables={
        "customers": RecordTable(("id",), "updated_at", compares_keys=True),
        "orders": RecordTable(("id",), "updated_at"),
        "products": RecordTable(("id",), "updated_at"),
    },
    endpoints={
        table: Endpoint(
            f"{table}.json",
            records=table,
            pages=HeaderLinkedPages(),
            # Without it, orders come without those that were cancelled or archived.
            parameters={"status": "any"} if table == "orders" else {},
            since_parameter="updated_at_min",
            page_size=_PAGE,
            keys_page_size=_PAGE,
            names_fields=True,
        )
        for table in ("customers", "orders", "products")
    },
    token_header="X-Shopify-Access-Token",
    token_prefix="",
)
