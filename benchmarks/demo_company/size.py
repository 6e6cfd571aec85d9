"""How long the demo company of a size takes, and how much memory and room: python benchmarks/demo_company/size.py 1"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from orchestration.demo_company import generate


def main() -> None:
    """Print rows by table, time, memory and bytes for the factor on the command line."""
    factor = float(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        landing, truth = Path(folder) / "landing", Path(folder) / "truth"
        started = time.monotonic()
        rows = generate(landing, truth, factor=factor)
        wall = time.monotonic() - started
        written = sum(path.stat().st_size for path in landing.rglob("*") if path.is_file())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    for table, count in rows.items():
        print(f"| {table} | {count:,} |")
    events = sum(count for table, count in rows.items() if not table.startswith(("ads/", "finance/")))
    print(f"factor {factor:g}: {events:,} rows about people, {written / 2**20:,.0f} MiB")
    processor, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**10
    print(f"{wall:.0f} s, {processor:.0f} s of processor time, {memory:,.0f} MiB at most")


if __name__ == "__main__":
    main()
