"""A table without rows says why: on lineages of a few tables, and on what dbt writes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.emptiness import (
    Lineage,
    Reading,
    empty_inputs,
    lineage,
    reasons_for_no_rows,
    tables_read,
    why_empty,
)

FEEDS = {
    "shop": ["orders", "refunds"],
    "crm": ["life_events"],
    "survey": ["answers"],
    "desk": ["answers", "tickets"],
}
READINGS = {
    "t.orders": Reading("select * from staging.stg_shop__orders", ("orders",)),
    "t.refunds": Reading("select * from staging.stg_shop__refunds", ("refunds",)),
    "t.answers": Reading("with a as (select cast(null as string) as x where false) select x from a", ("answers",)),
    "t.tickets": Reading("select 1 as x where false", ("tickets",)),
    "m.spent": Reading("select o.x from t.orders as o left join t.answers as a on o.x = a.x"),
    "m.happy": Reading("select a.x from t.orders as o inner join t.answers as a on o.x = a.x"),
    "m.monthly": Reading("with h as (select * from m.happy) select x, count(*) from h group by x"),
    "m.heard": Reading("select x from t.answers union all select x from t.tickets union all select x from t.refunds"),
    "m.large": Reading("select x from t.orders where x >= 30", limits=("minimum_orders 30",)),
    "c.fits": Reading(computed_from=("m.monthly", "t.orders")),
    "m.fitted": Reading("select * from c.fits"),
    "c.groups": Reading(computed_from=("t.orders",)),
}
NO_ANSWERS = "no source that is on brings answers (survey or desk would)"


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        ("t.answers", NO_ANSWERS),
        ("t.refunds", "shop brought no refunds that could be loaded"),
        ("m.happy", NO_ANSWERS),
        ("m.monthly", NO_ANSWERS),
        ("m.fitted", NO_ANSWERS),
        (
            "m.heard",
            "no source that is on brings answers (survey or desk would) or tickets (desk would);"
            " shop brought no refunds that could be loaded",
        ),
        ("m.large", "none of the rows of orders counts (minimum_orders 30)"),
        ("m.spent", "none of the rows of orders counts"),
        ("c.groups", "none of the rows of orders counts"),
        ("m.unheard_of", "none of the rows of unheard_of counts"),
    ],
)
def test_the_reason_is_what_the_rows_would_come_from(relation: str, reason: str) -> None:
    have_rows = {"t.orders", "staging.stg_shop__orders"}

    assert why_empty(relation, Lineage(READINGS, FEEDS, ("shop", "crm")), lambda name: name not in have_rows) == reason


def test_with_the_source_on_its_delivery_is_what_lacks() -> None:
    fed = READINGS | {"t.answers": Reading("select * from staging.stg_survey__answers", ("answers",))}

    found = why_empty("m.monthly", Lineage(fed, FEEDS, ("shop", "survey")), lambda name: name != "t.orders")

    assert found == "survey brought no answers that could be loaded"


@pytest.mark.parametrize(
    ("sql", "blamed", "read"),
    [
        ("select * from s.full", [], ["s.full"]),
        ("select * from s.none", ["s.none"], ["s.none"]),
        ('select * from "db"."s"."none"', ["s.none"], ["s.none"]),
        ("select * from s.full, s.none", ["s.none"], ["s.full"]),
        ("select * from s.full cross join s.none", ["s.none"], ["s.full"]),
        ("select * from s.full left join s.none using (x)", [], ["s.full"]),
        ("select * from s.full where x not in (select x from s.none)", [], ["s.full"]),
        ("select * from s.none full outer join s.full using (x)", [], ["s.none", "s.full"]),
        ("select * from s.none full outer join s.void using (x)", ["s.none", "s.void"], ["s.none", "s.void"]),
        ("select * from (select * from s.none) as inner_query", ["s.none"], ["s.none"]),
        ("select * from s.none union all select * from s.full", [], ["s.none", "s.full"]),
        ("with none as (select * from s.full) select * from none", [], ["s.full"]),
        ("with a as (select * from s.none), b as (select * from a) select * from b", ["s.none"], ["s.none"]),
        ("select count(*) from s.none", [], []),
        ("select x, count(*) from s.none group by x", ["s.none"], ["s.none"]),
        ("select count(*) over (partition by x) from s.none", ["s.none"], ["s.none"]),
        ("select (select count(*) from s.full) as n from s.none", ["s.none"], ["s.none"]),
        ("select 1", [], []),
        ("", [], []),
    ],
)
def test_what_leaves_a_query_without_rows(sql: str, blamed: list[str], read: list[str]) -> None:
    assert empty_inputs(sql, lambda name: name != "s.full") == blamed
    assert tables_read(sql) == read


def test_the_lineage_is_that_of_dbt_and_rows_are_those_of_the_warehouse(tmp_path: Path) -> None:
    def model(name: str, sql: str, reads: tuple[str, ...] = ()) -> dict[str, object]:
        path = tmp_path / "compiled" / "cem" / f"models/{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql)
        return {
            **{"resource_type": "model", "schema": "marts", "name": name, "package_name": "cem"},
            **{"original_file_path": f"models/{name}.sql", "raw_code": "{{ var('least') }}"},
            **{"config": {"meta": {f"reads_{entity}": True for entity in reads}}, "depends_on": {"macros": ["m"]}},
        }

    manifest = tmp_path / "manifest.json"
    nodes = [
        model("orders", "select 1 as x where false", ("orders",)),
        model("values", "select * from raw_fits.fits"),
        model("many", "select * from marts.few"),
        model("few", "select 1 as x"),
    ]
    manifest.write_text(
        json.dumps(
            {
                "nodes": {str(node["name"]): node for node in nodes} | {"t": {"resource_type": "test"}},
                "macros": {"m": {"macro_sql": "{{ var('most') }} {{ var('sources') }}"}},
                "sources": {"s": {"source_name": "fits", "schema": "raw_fits", "name": "fits"}},
            }
        )
    )
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("create schema marts; create schema raw_fits; create table raw_fits.fits (x int)")
        connection.execute("create table marts.few as select 1 as x")
        for table in ("orders", "values", "many"):
            connection.execute(f"create table marts.{table} (x int)")
    variables = {"sources": {"shop": ["orders"]}, "least": 3, "most": 0.5}

    read = lineage(manifest, tmp_path / "compiled", {"fits": ("marts.orders",)}, variables, ("crm",))

    assert reasons_for_no_rows(tmp_path / "w.duckdb", [f"marts.{node['name']}" for node in nodes], read) == {
        "marts.orders": "no source that is on brings orders (shop would)",
        "marts.values": "no source that is on brings orders (shop would)",
        "marts.many": "none of the rows of few counts (least 3, most 0.5)",
    }
