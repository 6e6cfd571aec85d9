"""A small made world of records as int_identity__compared_records holds them, to put special cases into."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

COLUMNS = {
    "customer_namespace": "varchar",
    "source_customer_id": "varchar",
    "customer_id": "varchar",
    "first_name": "varchar",
    "last_name": "varchar",
    "full_name": "varchar",
    "birth_date": "date",
    "street": "varchar",
    "postal_code": "varchar",
    "city": "varchar",
    "email": "varchar",
    "email_number": "varchar",
    "phone": "varchar",
}
Record = dict[str, Any]
_SYLLABLES = ("ba", "den", "fi", "go", "hal", "ki", "lor", "mu", "nes", "pa", "ros", "tu")


def record(source: str, key: str, customer: str, first: str | None, last: str | None, **known: Any) -> Record:
    names = {"first_name": first, "last_name": last, "full_name": f"{first} {last}" if first and last else None}
    row = {**dict.fromkeys(COLUMNS), "customer_namespace": source, "source_customer_id": key, "customer_id": customer}
    return {**row, **names, **known}


def world(people: int = 600) -> list[Record]:
    """A CRM record each; four in ten have an account, known to be theirs or not; a few a second record with a typo."""
    generator = np.random.default_rng(11)
    rows = []
    for i in range(people):
        first = "".join(generator.choice(_SYLLABLES, 2))
        last = "".join(generator.choice(_SYLLABLES, 3))
        known = {
            "birth_date": date(1940, 1, 1) + timedelta(days=int(generator.integers(0, 25_000))),
            "street": f"{generator.choice(_SYLLABLES)}weg{generator.integers(1, 150)}",
            "postal_code": f"{generator.integers(10_000, 10_200)}",
            "city": "bigtown" if generator.random() < 0.3 else "elsewhere",
        }
        number = f"{generator.integers(100, 999)}"
        email = {"email": f"{first}.{last}{number}@example.com", "email_number": number}
        phone = {"phone": f"+49555{generator.integers(10**7, 10**8)}"}
        rows.append(record("crm", f"C{i}", f"c{i}", first, last, **known, **email, **phone))
        if generator.random() < 0.4:
            owner = f"c{i}" if generator.random() < 0.7 else f"a{i}"
            reached = {**email, **(phone if generator.random() < 0.5 else {})}
            rows.append(record("shop", f"A{i}", owner, first, last, **reached))
        if generator.random() < 0.12:
            again = {**known, **(phone if generator.random() < 0.5 else {}), "phone": phone["phone"]}
            rows.append(record("crm", f"D{i}", f"d{i}", first, typo(last), **again))
    return rows


def typo(name: str) -> str:
    return name[0] + name[2] + name[1] + name[3:]


def write(connection: duckdb.DuckDBPyConnection, rows: list[Record], relation: str = "compared") -> None:
    """Make a table of the rows."""
    connection.execute(f"create table {relation} ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
    if rows:
        connection.executemany(
            f"insert into {relation} values ({', '.join('?' * len(COLUMNS))})", [list(row.values()) for row in rows]
        )


def write_warehouse(path: Path, rows: list[Record]) -> None:
    """A warehouse that holds them where dbt puts them."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema restricted")
        write(connection, rows, "restricted.int_identity__compared_records")
