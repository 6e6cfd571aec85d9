"""What one more day costs: the demo company, the same with nothing new, and with a day more of messages and visits.

CEM_DEMO_FACTOR=0.3 python -m benchmarks.day.run
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.run.run import measured_run

# Streams that come as a folder a day, with the columns that name a row.
STREAMS = {"messaging/message_events": ("event_id", "message_id"), "web/events": ("event_id",)}


def add_a_day(landing: Path) -> int:
    """Deliver the last day of each stream once more, a day later and under other keys; return the rows."""
    rows = 0
    for stream, keys in STREAMS.items():
        last = max((landing / stream).iterdir())
        name, _, day = last.name.partition("=")
        folder = last.with_name(f"{name}={date.fromisoformat(day) + timedelta(days=1)}")
        folder.mkdir()
        renamed = ", ".join(f"{key} || '+' as {key}" for key in keys)
        for file in last.iterdir():
            (counted,) = duckdb.execute(
                f"copy (from read_parquet('{file}', hive_partitioning = false) "
                f"select * replace ({renamed}, occurred_at + interval 1 day as occurred_at)) "
                f"to '{folder / file.name}' (format parquet)"
            ).fetchall()
            rows += counted[0]
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        steps: dict[str, Callable[[], object]] = {
            "first run": lambda: "",
            "nothing new": lambda: "",
            "one more day": lambda: f"{add_a_day(Path(home) / 'landing'):,} rows",
        }
        for name, prepare in steps.items():
            prepared = prepare()
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            lines, seconds, peak = measured_run(home)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            print(f"{name} {prepared}: {spent:.0f} s of processor time, {seconds:.0f} s, at most {peak:.0f} MiB")
            print(
                "\n".join(
                    f"  {at:6.1f}  {line}" for at, line in lines if line.startswith(("✓ build", "✓ publish", "!"))
                )
            )


if __name__ == "__main__":
    main()
