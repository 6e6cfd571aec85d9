"""The demo company's shop: products, orders, lines, payments, refunds."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="shop",
    patterns={
        "products": "products.csv.gz",
        "orders": "orders.csv.gz",
        "order_lines": "order_lines.csv.gz",
        "payments": "payments.csv.gz",
        "refunds": "refunds.csv.gz",
    },
)
