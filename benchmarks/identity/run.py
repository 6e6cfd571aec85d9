"""How long a million identifiers take to become customers: all of them, and after a day that changed a thousand pairs.

    python -m benchmarks.identity.run 1000000

People of two to six identifiers, each accepted as the same as the one before, and one chain of ten thousand, which
takes the most rounds. The pairs are written into a warehouse of their own, as the models before would have left them,
and dbt runs the model of components. What it finds after the change is compared with all worked out anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from orchestration.demo_company import generate
from orchestration.loading import load
from orchestration.pseudonyms import keep_key
from orchestration.settings import Settings

REPOSITORY = Path(__file__).parents[2]
MODEL = "int_identity__components"
COMPONENTS = f"intermediate.{MODEL}"
CHAIN = 10_000
CHANGED = 1_000


def main(identifiers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), sources=("finance",))
        # One source with a completed load: dbt registers its raw tables whatever it runs.
        generate(settings.demo_landing, settings.truth, factor=0.0001)
        load("finance", settings)
        keep_key(settings)
        settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(settings.warehouse)) as connection:
            pairs = _write_pairs(connection, identifiers)
        seconds = [_run(settings)]
        with duckdb.connect(str(settings.warehouse)) as connection:
            ((keys, found),) = connection.execute(
                f"select count(*), count(distinct component_key) from {COMPONENTS}"
            ).fetchall()
            ((changed,),) = connection.execute(
                "delete from intermediate.int_identity__decided_pairs"
                f" where hash(second_customer_id) % {pairs // CHANGED} = 0"
            ).fetchall()
        seconds.append(_run(settings))
        with duckdb.connect(str(settings.warehouse)) as connection:
            connection.execute(f"create table intermediate.afterwards as from {COMPONENTS}")
        seconds.append(_run(settings, "--full-refresh"))
        with duckdb.connect(str(settings.warehouse)) as connection:
            differences = connection.execute(
                f"(from {COMPONENTS} except from intermediate.afterwards)"
                f" union all (from intermediate.afterwards except from {COMPONENTS})"
            ).fetchall()
    assert not differences, f"{len(differences):,} identifiers are elsewhere when all is worked out anew"
    print(f"{keys:,} identifiers, {pairs:,} pairs, {found:,} customers: {seconds[0]:.1f} s")
    print(f"after {changed:,} pairs were taken away: {seconds[1]:.1f} s; all anew: {seconds[2]:.1f} s, the same")


def _write_pairs(connection: duckdb.DuckDBPyConnection, identifiers: int) -> int:
    """Each identifier with the one before it, of the same person or in the chain; returns how many pairs."""
    connection.execute(
        f"""
        create schema if not exists intermediate;
        create table intermediate.int_identity__decided_pairs as
        with identifiers as (
            select n, md5(cast(n as varchar)) as name, lag(md5(cast(n as varchar))) over (order by n) as name_before
            from (
                select person * 6 + place as n
                from range({identifiers // 4}) as people(person)
                cross join range(6) as places(place)
                where place < 2 + hash(person) % 5
            )
        )
        select
            'crm' as first_namespace,
            name_before as first_customer_id,
            'crm' as second_namespace,
            name as second_customer_id,
            cast(null as varchar) as refusal_reason
        from identifiers
        where n % 6 <> 0 or n <= {CHAIN}
        """
    )
    connection.execute("delete from intermediate.int_identity__decided_pairs where first_customer_id is null")
    ((pairs,),) = connection.execute("select count(*) from intermediate.int_identity__decided_pairs").fetchall()
    return int(pairs)


def _run(settings: Settings, *arguments: str) -> float:
    """Seconds that dbt took for the model, without its own start."""
    environment = {**os.environ, **settings.child_environment()}
    command = [sys.executable, "-m", "orchestration", "dbt", "--quiet", "run", "--select", MODEL]
    subprocess.run([*command, *arguments], cwd=REPOSITORY, env=environment, check=True)
    (path,) = settings.home.rglob("run_results.json")
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    (seconds,) = [one["execution_time"] for one in results if one["unique_id"].endswith(MODEL)]
    return float(seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]))
