"""How long event files take to reach the lake, against DuckDB reading the same files and writing them as Parquet.

    python benchmarks/ingest/run.py [EVENTS]

Web events of three years, a folder a day, once as Parquet and once as JSON Lines. Both ways are taken in turns, so that
what else the machine does hits both; the median of the turns counts.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import duckdb

from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.landing_source import LandingSource
from orchestration.ingestion.load import load_source
from orchestration.sources.web import SOURCE

DAYS = 1096
TURNS = 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EVENT = """
    'E' || lpad(i::varchar, 9, '0') as event_id,
    md5((i // 7 % 40000)::varchar)[:16] as anonymous_id,
    case when i // 7 % 3 = 0 then 'A' || lpad((i // 7 % 9000)::varchar, 6, '0') end as account_id,
    ['page_view', 'page_view', 'search', 'add_to_cart', 'checkout', 'login'][1 + (hash(i) % 6)::int] as event,
    timestamp '{day}' + to_milliseconds(i * 86400000 // {events}) as occurred_at,
    ['home', 'category', 'product', 'cart', 'account', 'help'][1 + (hash(i + 1) % 6)::int] as page,
    case when hash(i + 2) % 2 = 0 then 'P' || lpad((hash(i + 3) % 400)::varchar, 5, '0') end as product_id,
    case when hash(i + 2) % 2 = 0 then ['coffee', 'tea', 'grinders'][1 + (hash(i + 4) % 3)::int] end as category,
    case when hash(i) % 6 = 2 then 'search for ' || (hash(i + 5) % 500)::varchar end as search_term,
    case when i % 7 = 0 then ['google', 'newsletter', 'direct'][1 + (hash(i + 6) % 3)::int] end as utm_source,
    case when i % 7 = 0 then 'cpc' end as utm_medium,
    case when i % 7 = 0 then 'campaign ' || (hash(i + 7) % 40)::varchar end as utm_campaign,
    ['desktop', 'mobile', 'app'][1 + (i // 7 % 3)::int] as device
"""


def write_events(landing: Path, events: int, days: int) -> None:
    """The landing files of the web source: `events` in all, spread over `days`, in both forms."""
    with duckdb.connect() as duck:
        for number in range(days):
            day = date(2023, 1, 1) + timedelta(days=number)
            of_day = events // days
            rows = f"select {EVENT.format(day=day, events=of_day)} from range({of_day}) as event(i)"
            for table, form, suffix, time_of in (
                ("events", "parquet", "parquet", "occurred_at"),
                ("app_events", "json", "jsonl", "strftime(occurred_at, '%Y-%m-%dT%H:%M:%SZ')"),
            ):
                path = landing / table / f"date={day}" / f"part-0.{suffix}"
                path.parent.mkdir(parents=True)
                duck.execute(
                    f"copy (select * replace ({time_of} as occurred_at) from ({rows})) to '{path}' (format {form})"
                )


def bare(landing: Path, table: str, target: Path) -> None:
    """What DuckDB alone needs: read the same columns of the same files, write one Parquet file."""
    files = [str(path) for path in sorted(landing.glob(SOURCE.patterns[table]))]
    read = f"read_parquet({files!r})"
    if table == "app_events":
        types = ", ".join(f"{column.name}: 'varchar'" for column in raw_contract("web")[table])
        read = f"read_json({files!r}, columns = {{{types}}}, format = 'newline_delimited')"
    with duckdb.connect() as duck:
        duck.execute(f"copy (from {read}) to '{target}' (format parquet)")


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of processor time, which others on the machine disturb less."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def main(events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_events(root / "small", 1000, 2)
        write_events(root / "landing", events, DAYS)

        def load(table: str, home: str, landing: str = "landing") -> None:
            source = LandingSource("web", {table: SOURCE.patterns[table]})
            load_source(source, root / landing, root / home / "lake", root / home / "dlt", NOW)

        print(
            f"first load of a process, 1,000 events: {seconds(lambda: load('events', 'small_home', 'small'))[0]:.1f} s"
        )
        print(f"\n{events:,} events in {DAYS:,} files; seconds by the clock, and in brackets of processor time")
        print("table | MiB | DuckDB | load | ratio | nothing new")
        for table in SOURCE.patterns:
            size = sum(path.stat().st_size for path in (root / "landing").glob(SOURCE.patterns[table])) / 2**20
            alone, loaded = [], []
            for turn in range(TURNS):
                alone.append(seconds(partial(bare, root / "landing", table, root / "bare.parquet")))
                loaded.append(seconds(partial(load, table, f"{table}_{turn}")))
            clock, cpu = (statistics.median(times) for times in zip(*alone, strict=True))
            load_clock, load_cpu = (statistics.median(times) for times in zip(*loaded, strict=True))
            again, _ = seconds(partial(load, table, f"{table}_0"))
            print(
                f"{table} | {size:.0f} | {clock:.1f} ({cpu:.1f}) | {load_clock:.1f} ({load_cpu:.1f}) | "
                f"{load_clock / clock:.2f} ({load_cpu / cpu:.2f}) | {again:.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000)
