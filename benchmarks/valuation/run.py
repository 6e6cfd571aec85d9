"""How long all valuations of a warehouse take, and how much memory: fitted and scored anew, into a lake of their own.

    CEM_DEMO_FACTOR=1 CEM_SOURCES=crm,shop,finance python -m orchestration run
    python -m benchmarks.valuation.run .cem/warehouse/cem_warehouse.duckdb

Memory is the process's at its highest, with what it took before the first valuation beside it.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.valuation.value_customers import value_customers


def main(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        ((customers, scored),) = connection.execute(
            "select count(distinct customer_id), count(*) from intermediate.int_value__purchase_histories"
        ).fetchall()
    before, started = _peak_mebibytes(), time.perf_counter()
    with tempfile.TemporaryDirectory() as lake:
        valued = value_customers(warehouse, Path(lake), datetime.now(UTC))
        written = sum(file.stat().st_size for file in Path(lake).rglob("*.parquet")) / 2**20
    seconds = time.perf_counter() - started
    print(f"{customers:,} customers, {valued.made} valuations, {valued.fits} fits: {seconds:.1f} s")
    print(f"{scored:,} customers at a valuation have {valued.histories:,} histories, {written:.0f} MiB of them written")
    print(f"peak memory {_peak_mebibytes():.0f} MiB, before the first valuation {before:.0f} MiB")


def _peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


if __name__ == "__main__":
    main(Path(sys.argv[1]))
