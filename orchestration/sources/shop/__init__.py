"""The demo company's shop, a SQL database: accounts, products, orders, payments, refunds, subscriptions."""

from orchestration.ingestion.records import SMALL, RecordTable
from orchestration.ingestion.sql_source import SqlSource

SOURCE = SqlSource(
    name="shop",
    tables={
        "accounts": RecordTable(("account_id",), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "products": RecordTable(("product_id",), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "orders": RecordTable(("order_id",), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "order_lines": RecordTable(("order_id", "line_number"), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "payments": RecordTable(("payment_id",), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "refunds": RecordTable(("refund_id",), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "subscriptions": RecordTable(("subscription_id",), "updated_at", whole_up_to=SMALL, compares_keys=True),
        "subscription_uses": RecordTable(("use_id",), "updated_at", whole_up_to=SMALL, compares_keys=True),
    },
)
