"""How long typical questions take, asked of a version's tables and of its Parquet files, and what both weigh.

    python benchmarks/published/run.py .cem/published/current

Each question is asked once to warm up, then so many times; the median counts. Decision 70 draws its line by these.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import duckdb

TIMES = 10

# `{table}` is a table of the file, or the Parquet files of that name; a parameter is a customer.
QUESTIONS = {
    "one customer's timeline": ("marts.customer_timeline", "from {table} where customer_id = ? order by occurred_at"),
    "one customer's value by month": (
        "marts.customer_value_monthly",
        "select month_date, residual_clv_amount from {table} where customer_id = ? order by all",
    ),
    "events by month and type": (
        "marts.customer_timeline",
        "select date_trunc('month', business_date), data_type, count(*) from {table} group by all",
    ),
    "messages by month, channel and event": (
        "interaction.message_events",
        "select date_trunc('month', occurred_at), channel, event_type, count(*) from {table} group by all",
    ),
    "visits by day and channel of one quarter": (
        "interaction.sessions",
        "select cast(started_at as date), channel, count(*), count(distinct customer_id) from {table}"
        " where started_at >= timestamp '2024-10-01' group by all",
    ),
    "events of the site, and by how many": (
        "interaction.web_events",
        "select event_type, count(*), count(distinct customer_id) from {table} group by all",
    ),
    "value by month and channel": (
        "marts.customer_value_monthly",
        "select month_date, acquisition_channel, sum(residual_clv_amount) from {table} group by all",
    ),
}


def milliseconds(connection: duckdb.DuckDBPyConnection, question: str, parameters: list[str]) -> float:
    """The median of so many times, after one that pays for the file's pages."""
    taken = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        connection.execute(question, parameters).fetchall()
        taken.append(time.perf_counter() - began)
    return 1000 * statistics.median(taken[1:])


def main(version: Path) -> None:
    version = version.resolve()
    in_file = (version / "cem.duckdb").stat().st_size
    in_parquet = sum(path.stat().st_size for path in version.rglob("*.parquet"))
    print(f"{version.name}: file {in_file / 2**20:,.0f} MiB, Parquet {in_parquet / 2**20:,.0f} MiB")
    with duckdb.connect(str(version / "cem.duckdb"), read_only=True) as connection:
        customers = connection.execute(
            "select customer_id from marts.customer_timeline where customer_id is not null"
            " group by 1 order by count(*), 1"
        ).fetchall()
        (typical,) = customers[len(customers) // 2]
        for name, (table, question) in QUESTIONS.items():
            folder = version / table.replace(".", "/")
            files = f"read_parquet('{folder}/*.parquet')" if folder.is_dir() else f"'{folder}.parquet'"
            asked = [typical] if "?" in question else []
            of_table, of_files = (
                milliseconds(connection, question.format(table=place), asked) for place in (table, files)
            )
            print(f"  {name:42} table {of_table:7.1f} ms   Parquet {of_files:7.1f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
