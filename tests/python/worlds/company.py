"""A company of a few rows: its source systems as files and databases, each row written as a test says."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.demo_company.schemas import SQL_SOURCES

Row = dict[str, Any]

# What stands in a column that a test does not name, where it may not be empty. Everything else is null.
_USUAL: Row = {
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "status": "completed",
    "channel": "web",
    "is_email_verified": 1,
    "freight_amount": 0,
    "discount_amount": 0,
    "is_backordered": 0,
    "quantity": 1,
    "line_number": 1,
    "is_granted": 1,
    "is_public": 1,
    "priority": "normal",
    "category": "other",
}
_UPDATED_AT = "2024-12-30 12:00:00"

# A column of a Parquet file is text, but for these.
_PARQUET_TYPES = {"occurred_at": pa.timestamp("s"), "cost": pa.float64()}
# The streams of files: where a file stands, and the columns in their order.
_WEB_COLUMNS = (
    *("event_id", "anonymous_id", "account_id", "event", "occurred_at", "page", "product_id", "category"),
    *("search_term", "utm_source", "utm_medium", "utm_campaign", "device"),
)
FILES: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("web", "events"): ("events/date=2024-01-01/part-0.parquet", _WEB_COLUMNS),
    ("web", "app_events"): ("app_events/date=2024-01-01/part-0.jsonl", _WEB_COLUMNS),
    ("messaging", "message_events"): (
        "message_events/date=2024-01-01/part-0.parquet",
        (
            *("event_id", "message_id", "customer_number", "campaign", "channel", "offer_category", "event"),
            *("occurred_at", "cost", "currency"),
        ),
    ),
    ("social", "posts"): (
        "posts_2024-01.jsonl",
        (
            *("post_id", "platform", "handle", "kind", "rating", "language", "text", "product_id", "posted_at"),
            *("reply_text", "replied_at"),
        ),
    ),
    ("ads", "campaign_days"): (
        "campaign_days_2024-01.csv",
        ("date", "campaign", "channel", "impressions", "clicks", "spend", "currency"),
    ),
    ("finance", "fixed_costs"): ("fixed_costs.csv", ("month", "cost_kind", "amount", "currency")),
    ("finance", "exchange_rates"): ("exchange_rates.csv", ("date", "currency", "rate")),
    ("finance", "discount_rates"): ("discount_rates.csv", ("valid_from", "annual_rate")),
}
# A file of JSON Lines without a line is none: so somebody looked at a page, and somebody mentioned us.
_QUIET: dict[tuple[str, str], Row] = {
    ("web", "app_events"): {
        "event_id": "quiet",
        "anonymous_id": "quiet",
        "event": "page_view",
        "occurred_at": "2024-01-01T10:00:00Z",
        "page": "home",
        "device": "app",
    },
    ("social", "posts"): {
        "post_id": "quiet",
        "platform": "trustvoice",
        "handle": "quiet",
        "kind": "mention",
        "text": "Hello.",
        "posted_at": "2024-01-01T10:00:00Z",
    },
}


class Company:
    """The rows of a company's source systems, by source and table, until `write` makes files and databases of them."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[Row]] = defaultdict(list)

    def add(self, source: str, table: str, **values: Any) -> Row:
        """Add a row; a column that is not named is null, or what is usual. Returns the row, which may be changed."""
        row = {column: values.pop(column, _usual(source, table, column)) for column in columns_of(source, table)}
        assert not values, f"{source}.{table} has no column {', '.join(values)}"
        self.rows[source, table].append(row)
        return row

    def buyer(self, account: str, **values: Any) -> Row:
        """An account of the shop with a confirmed address of its own."""
        return self.add("shop", "accounts", **{"account_id": account, "email": f"{account}@example.org", **values})

    def product(self, product: str, unit_cost: object = 4, list_price: object = 10, **values: Any) -> Row:
        """A product of the shop."""
        named = {"product_name": product, "category": "kitchen", "unit_cost": unit_cost, "list_price": list_price}
        return self.add("shop", "products", **{"product_id": product, **named, **values})

    def order(self, order: str, account: str | None, ordered_at: str, *prices: object, **values: Any) -> Row:
        """An order of one line a price, all of product `P1`, which was paid as it stands."""
        row = self.add("shop", "orders", order_id=order, account_id=account, ordered_at=ordered_at, **values)
        for number, price in enumerate(prices, start=1):
            self.add(
                *("shop", "order_lines"),
                order_id=order,
                line_number=number,
                product_id="P1",
                unit_price=price,
            )
        if prices:
            self.add(
                *("shop", "payments"),
                payment_id=f"{order}-paid",
                order_id=order,
                paid_at=ordered_at,
                time_zone=row["time_zone"],
                method="card",
                amount=sum(float(str(price)) for price in prices),
                currency=row["currency"],
            )
        return row

    def write(self, landing: Path, sources: tuple[str, ...]) -> None:
        """Make the files and databases of `sources` below `landing`; a table without rows is there, and empty."""
        for source in sources:
            (landing / source).mkdir(parents=True, exist_ok=True)
            if source in SQL_SOURCES:
                self._write_database(source, landing / source / f"{source}.sqlite")
        for (source, table), (name, columns) in FILES.items():
            if source in sources:
                _write_file(landing / source / name, self._rows_of_file(source, table), columns)

    def _rows_of_file(self, source: str, table: str) -> list[Row]:
        rows = self.rows[source, table]
        return rows or [_QUIET[source, table]] if (source, table) in _QUIET else rows

    def _write_database(self, source: str, path: Path) -> None:
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as database:
            for table, declared in SQL_SOURCES[source].items():
                columns = ", ".join(f"{name} {kind}" for name, kind in declared.columns.items())
                database.execute(f"create table {table} ({columns}, primary key ({', '.join(declared.key)}))")
                database.executemany(
                    f"insert into {table} values ({', '.join('?' * len(declared.columns))})",
                    [tuple(row.values()) for row in self.rows[source, table]],
                )
            database.commit()


def columns_of(source: str, table: str) -> tuple[str, ...]:
    """The columns of a table as its source system holds it."""
    return tuple(SQL_SOURCES[source][table].columns) if source in SQL_SOURCES else FILES[source, table][1]


def _usual(source: str, table: str, column: str) -> Any:
    if column == "updated_at" or (source in SQL_SOURCES and column == SQL_SOURCES[source][table].cursor):
        return _UPDATED_AT
    if source not in SQL_SOURCES:
        return None
    return _USUAL.get(column)


def _write_file(path: Path, rows: list[Row], columns: tuple[str, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".jsonl":
        lines = [json.dumps({name: row.get(name) for name in columns}, default=str) for row in rows]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    elif path.suffix == ".parquet":
        types = {name: _PARQUET_TYPES.get(name, pa.string()) for name in columns}
        values = {name: [_parquet_value(name, row.get(name)) for row in rows] for name in columns}
        pq.write_table(pa.table({name: pa.array(values[name], types[name]) for name in columns}), path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _parquet_value(column: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if column == "occurred_at" and isinstance(value, str) else value
