"""One demo company of the usual size for all tests of this folder, opened with DuckDB as its exports lie there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.demo_company import generate

TABLES = {
    "customers": "crm/customers",
    "consents": "crm/consents",
    "opportunity_events": "crm/opportunity_events",
    "products": "shop/products",
    "orders": "shop/orders",
    "order_lines": "shop/order_lines",
    "payments": "shop/payments",
    "refunds": "shop/refunds",
    "invitation_events": "survey/invitation_events",
    "answers": "survey/answers",
    "message_events": "messaging/message_events_*",
    "web_events": "web/events_*",
}
MONEY = ("acquisition_cost", "expected_amount", "unit_cost", "list_price", "freight_amount", "unit_price")
MONEY += ("discount_amount", "amount", "cost_amount")


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("landing")


@pytest.fixture(scope="session")
def rows(landing: Path) -> dict[str, int]:
    """What `generate` says that it wrote."""
    return generate(landing)


@pytest.fixture(scope="session")
def company(landing: Path, rows: dict[str, int]) -> Iterator[duckdb.DuckDBPyConnection]:
    """One table a file set; amounts are decimals, so that sums are exact."""
    with duckdb.connect() as connection:
        for table, files in TABLES.items():
            path = (landing / f"{files}.csv.gz").as_posix()
            source = f"read_csv('{path}', sample_size = -1)"
            header = connection.sql(f"from {source} limit 0").columns
            exact = ", ".join(f"{name}::decimal(18, 2) as {name}" for name in header if name in MONEY)
            chosen = f"* replace ({exact})" if exact else "*"
            connection.execute(f"create table {table} as select {chosen} from {source}")
        yield connection
