"""The profiles of a company that was built, and those of the same company with a fault in one table."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import duckdb

from orchestration.profiling.judging import BELONG_TOGETHER, CUSTOMERS, ROWS, Judgement, Series, judge

_RELATION = re.compile(r'"cem_warehouse"\."(\w+)"\."(\w+)"')


class ProfiledCompany:
    """A warehouse, and the compiled SQL of int_profiles__weeks. Of a fault, only its entity is profiled anew."""

    def __init__(self, warehouse: Path, profiles_sql: Path) -> None:
        self._sql = profiles_sql.read_text(encoding="utf-8")
        self._connection = duckdb.connect(":memory:")
        self._connection.execute(f"attach '{warehouse}' as good (read_only)")
        self._connection.execute("attach ':memory:' as cem_warehouse")
        self._relations: dict[str, str] = {}
        for schema, table in sorted(set(_RELATION.findall(self._sql))):
            self._connection.execute(f"create schema if not exists cem_warehouse.{schema}")
            rows = "" if table == "int_clock__as_of" else "limit 0"
            self._connection.execute(
                f"create table cem_warehouse.{schema}.{table} as from good.{schema}.{table} {rows}"
            )
            self._relations[table] = f"{schema}.{table}"
        self._weeks = self._connection.execute("from good.intermediate.int_profiles__weeks").fetchall()
        self._days = self._connection.execute(
            """
            select entity, source_system, date_diff('day', event_date, as_of_date), cast(sum(event_count) as bigint)
            from good.intermediate.int_clock__event_days, good.intermediate.int_clock__as_of
            where event_date <= as_of_date group by all
            """
        ).fetchall()

    def judged(self) -> Judgement:
        """What is out of line in the company as it is."""
        return _judged(self._weeks, self._days)

    def judged_with(self, entity: str, fault: str) -> tuple[int, Judgement]:
        """How many rows `fault`, a statement on `entity`, touched, and what is out of line then."""
        relation = self._relations[entity]
        run = self._connection.execute
        run(f"insert into cem_warehouse.{relation} from good.{relation}")
        run("use cem_warehouse")
        run(f"set schema = 'cem_warehouse.{relation.split('.')[0]}'")
        ((touched,),) = run(fault).fetchall()
        weeks = run(self._sql).fetchall()
        days = run(
            f"""
            select '{entity}', source_system, date_diff('day', business_date, as_of_date), count(*)
            from {relation}, intermediate.int_clock__as_of where business_date <= as_of_date group by all
            """
        ).fetchall()
        run(f"delete from {relation}")
        sources = {row[0] for row in weeks}
        # What belongs to it is judged with it.
        others = [
            row
            for row in self._weeks
            if row[1] != entity and row[1] in BELONG_TOGETHER and row[0] in sources and row[4] in (ROWS, CUSTOMERS)
        ]
        return touched, _judged([*others, *weeks], days)


def _judged(weekly: list[tuple[str, str, str, int, str, int]], daily: list[tuple[str, str, int, int]]) -> Judgement:
    weeks: dict[Series, dict[int, int]] = defaultdict(dict)
    for source, entity, part, ago, value_class, count in weekly:
        weeks[Series(source, entity, part or "none", value_class)][ago] = count
    days: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for entity, source, ago, count in daily:
        days[source, entity][ago] = count
    return judge(weeks, days)
