"""Where the time of a run goes, and how much memory it takes: two runs on a new CEM_HOME, the second with nothing new.

CEM_SOURCES=olist CEM_LANDING=../shared/data python benchmarks/run/run.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]


def measured_run(home: str) -> tuple[list[tuple[float, str]], float, float]:
    """Run once; return (seconds since the start, line) of each line it shows, seconds in all, peak memory in MiB."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration", "run"],
        cwd=REPOSITORY,
        env={**os.environ, "CEM_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = [0.0]
    threading.Thread(target=_watch, args=[psutil.Process(process.pid), peak], daemon=True).start()
    assert process.stderr is not None
    lines = [(time.monotonic() - started, line.strip()) for line in process.stderr]
    if process.wait() != 0:
        sys.exit("\n".join(line for _, line in lines))
    return lines, time.monotonic() - started, peak[0]


def _watch(process: psutil.Process, peak: list[float]) -> None:
    """Keep the most memory that the process and its children held together."""
    while process.is_running():
        try:
            family = [process, *process.children(recursive=True)]
            peak[0] = max(peak[0], sum(member.memory_info().rss for member in family) / 2**20)
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.05)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        for name in ("first run", "second run"):
            lines, seconds, peak = measured_run(home)
            print(f"{name}: {seconds:.1f} s, peak memory {peak:.0f} MiB")
            for at, line in lines:
                if line.startswith("✓"):
                    print(f"  {at:6.1f}  {line}")


if __name__ == "__main__":
    main()
