"""How long it takes to read one customer's timeline, as a ratio to reading all of it.

    python benchmarks/timeline/run.py .cem/published/current/cem.duckdb 33

Takes the timeline of a published version so many times under other customers' names (33 times the default demo company
is factor 1), sorted as it is published, and asks for customers one by one through a connection of its own each, as a
service that shows a customer would.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb

CUSTOMERS = 100


def main(published: Path, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cem.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"attach '{published.resolve()}' as published (read_only)")
            connection.execute("create schema marts")
            connection.execute(
                f"""
                create table marts.customer_timeline as
                select * replace (
                    md5(customer_id || copy) as customer_id, event_id || ':' || copy as event_id
                )
                from published.marts.customer_timeline cross join (select unnest(range({times})) as copy)
                order by customer_id nulls last, occurred_at, event_id
                """
            )
        with duckdb.connect(str(path), read_only=True) as connection:
            ((rows,),) = connection.execute("select count(*) from marts.customer_timeline").fetchall()
            names = connection.execute(
                "select distinct customer_id from marts.customer_timeline where customer_id is not null"
            ).fetchall()
        everything = _seconds(path, "select count(columns(*)) from marts.customer_timeline")
        chosen = sorted(name for (name,) in names)[:: max(1, len(names) // CUSTOMERS)][:CUSTOMERS]
        one = [_seconds(path, "from marts.customer_timeline where customer_id = ?", [name]) for name in chosen]
        print(f"{rows:,} events of {len(names):,} customers, {path.stat().st_size / 2**20:,.0f} MiB")
        median = 1000 * statistics.median(one)
        print(f"one customer: {median:.1f} ms (median of {len(one)}), slowest {1000 * max(one):.1f}")
        print(f"all of them:  {1000 * everything:.0f} ms; ratio {everything / statistics.median(one):.0f}")


def _seconds(path: Path, query: str, parameters: list[str] | None = None) -> float:
    """Of the second reading: the first pays for the file's pages."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for _ in range(2):
            began = time.perf_counter()
            connection.execute(query, parameters or []).fetchall()
            taken = time.perf_counter() - began
    return taken


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
