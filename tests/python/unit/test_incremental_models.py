"""Incremental models: of what arrives, only what was touched is made anew, and it is what a full refresh would make."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.python.conftest import REPOSITORY
from tests.python.worlds.world import dbt_environment, run_dbt

PROFILE = """
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: small.duckdb, threads: 2}
"""
PROJECT = f"""
name: small
profile: small
macro-paths: ["{REPOSITORY / "macros" / "materializations"}"]
on-run-start: ["{{{{ begin_builds() }}}}"]
models: {{+materialized: table}}
"""
SOURCES = """
version: 2
sources:
  - {name: raw, schema: raw, tables: [{name: events}, {name: landing_files}]}
  - {name: crm, schema: crm, tables: [{name: keys}]}
"""
MODELS = {
    # A row a delivered row, and which of those with one key counts: the first.
    "base_shop__events": """
        {{ config(meta={'incremental': {'key': ['event_id'], 'inputs': {'events': ['event_id']}}}) }}
        select event_id, device, login, happened_on, _file_name as file_name, _file_row as file_row,
            row_number() over (partition by event_id order by _file_name, _file_row) as delivery
        from {{ source('raw', 'events') }}
    """,
    "stg_shop__events": """
        {{ config(materialized='view') }}
        select 'shop:' || event_id as event_id, device, login, happened_on
        from (select * from {{ ref('base_shop__events') }} where delivery = 1 and event_id is not null) as counted
    """,
    "customer_keys": """
        select login, customer_id from {{ source('crm', 'keys') }}
    """,
    # A visit is what a device did on a day, under the name of its first event.
    "visits": """
        {{ config(meta={'incremental': {'key': ['device'], 'inputs': {'events': ['device']}}}) }}
        select event_id, device,
            first_value(event_id) over (partition by device, happened_on order by event_id) as visit_id
        from {{ ref('stg_shop__events') }}
    """,
    "events": """
        {{ config(meta={'incremental': {
            'key': ['event_id'], 'inputs': {'events': ['event_id'], 'visits': ['event_id']},
            'lookups': {'customer_keys': {'login': 'login'}},
        }}) }}
        select staged.event_id, staged.login, staged.happened_on, visits.visit_id, customer_keys.customer_id
        from {{ ref('stg_shop__events') }} as staged
        inner join {{ ref('visits') }} as visits on staged.event_id = visits.event_id
        left join {{ ref('customer_keys') }} as customer_keys on staged.login = customer_keys.login
    """,
    "all_events": """
        {{ config(materialized='view') }}
        select event_id, customer_id, happened_on, 'began' as event_type from {{ ref('events') }}
        where event_id = visit_id
        union all
        select event_id, customer_id, happened_on, 'went on' from {{ ref('events') }}
        where event_id <> visit_id
    """,
    "int_clock__as_of": "select max(happened_on) - 1 as as_of_date from {{ ref('events') }}",
    "timeline": """
        {{ config(meta={'incremental': {
            'key': ['event_id'], 'inputs': {'all_events': ['event_id']}, 'as_of': 'happened_on',
        }}) }}
        select event_id, customer_id, event_type from {{ ref('all_events') }}
        where happened_on <= (select as_of_date from {{ ref('int_clock__as_of') }})
    """,
}
# Every event as it was ever told: dbt's own incremental model, which only adds.
MODELS["versions"] = """
    {{ config(
        materialized='incremental', incremental_strategy='append', full_refresh=false,
        post_hook="{{ keep_what_was_added('customer_id', 'generation') }}",
        meta={'incremental': {'key': ['event_id'], 'inputs': {'all_events': ['event_id']}}},
    ) }}
    with history as (
        {% if is_incremental() %}
        select event_id, generation, customer_id from {{ of_touched(this, 'customer_id') }}
        {% else %}
        select '' as event_id, 0 as generation, '' as customer_id where false
        {% endif %}
    ),
    newest as (select event_id, max_by(customer_id, generation) as customer_id from history group by event_id)
    select
        coalesce(events.event_id, newest.event_id) as event_id,
        case when events.event_id is null then 'gone' else coalesce(events.customer_id, 'nobody') end as customer_id,
        (select coalesce(max(generation), 0) + 1 from {{ this if is_incremental() else 'history' }}) as generation
    from {{ of_touched(ref('all_events'), 'customer_id') }} as events
    full outer join newest on events.event_id = newest.event_id
    where case when events.event_id is null then 'gone' else coalesce(events.customer_id, 'nobody') end
        is distinct from newest.customer_id
"""
# What is known of an event, by the newest of its versions.
MODELS["known"] = """
    {{ config(meta={'incremental': {'key': ['event_id'], 'inputs': {'versions': ['event_id']}}}) }}
    select event_id, max_by(customer_id, generation) as customer_id from {{ ref('versions') }} group by event_id
"""
TABLES = ("base_shop__events", "visits", "events", "timeline")


class Shop:
    """A shop whose events arrive in files, late, twice, corrected and withdrawn, and a dbt project over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "models").mkdir(parents=True)
        (folder / "profiles.yml").write_text(PROFILE, encoding="utf-8")
        (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
        (folder / "models" / "sources.yml").write_text(SOURCES, encoding="utf-8")
        for name, sql in MODELS.items():
            self.write(name, sql)
        self.execute(
            """
            create schema raw; create schema crm;
            create table raw.stored (event_id varchar, device varchar, login varchar, happened_on date,
                _file_name varchar, _file_version bigint, _file_row bigint);
            create table raw.landing_files
                (table_name varchar, file_name varchar, file_version bigint, is_counted boolean);
            create view raw.events as select stored.* from raw.stored inner join raw.landing_files as file
                on stored._file_name = file.file_name and stored._file_version = file.file_version where is_counted;
            create table crm.keys (login varchar, customer_id varchar);
            """
        )

    def write(self, model: str, sql: str) -> None:
        (self.folder / "models" / f"{model}.sql").write_text(sql, encoding="utf-8")

    def execute(self, sql: str, rows: list[Any] | None = None) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "small.duckdb")) as connection:
            if rows is not None:
                connection.executemany(sql, rows)
                return []
            return connection.execute(sql).fetchall()

    def deliver(self, file: str, rows: list[tuple[Any, ...]]) -> None:
        """A file arrives; where its name is known, it takes the place of the one before."""
        versions = self.execute("select file_name from raw.landing_files").count((file,))
        self.execute("update raw.landing_files set is_counted = false where file_name = ?", [[file]])
        self.execute("insert into raw.landing_files values ('events', ?, ?, true)", [[file, versions]])
        self.execute(
            "insert into raw.stored values (?, ?, ?, ?, ?, ?, ?)",
            [[*row, file, versions, number] for number, row in enumerate(rows or [(None,) * 4])],
        )

    def run(self, *arguments: str) -> None:
        with dbt_environment({"DBT_PROFILES_DIR": str(self.folder), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}):
            run_dbt(None, "run", "--project-dir", str(self.folder), *arguments)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        return sorted(self.execute(f"from {table}"), key=repr)

    def differences_from_a_full_refresh(self) -> dict[str, Any]:
        """The incremental tables that a full refresh makes others; and what is known, where it is not what is so."""
        made = {table: self.rows(table) for table in TABLES}
        is_so = "select event_id, coalesce(customer_id, 'nobody') from all_events order by all"
        assert self.execute("from known where customer_id <> 'gone' order by all") == self.execute(is_so)
        self.run("--full-refresh")
        return {table: rows for table, rows in made.items() if rows != self.rows(table)}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    return Shop(tmp_path)


def a_day(chance: random.Random, shop: Shop, day: int) -> None:
    """What a day brings: events of today and late ones, some a second time, a file anew, customers found to be one."""

    def event() -> tuple[Any, ...]:
        number = chance.randrange(40)
        login = chance.choice([None, *"abcde"])
        happened = f"2024-01-{1 + min(chance.randrange(day + 2), 27):02d}"
        return (chance.choice([str(number), None, f"{day}-{number}"]), f"d{number % 7}", login, happened)

    for _ in range(chance.randrange(3)):
        shop.deliver(f"it's {chance.randrange(day + 2)}", [event() for _ in range(chance.randrange(12))])
    if chance.random() < 0.3:
        shop.execute(
            f"update raw.landing_files set is_counted = not is_counted where file_version = {chance.randrange(2)}"
        )
    shop.execute("truncate crm.keys")
    shop.execute(
        "insert into crm.keys values (?, ?)",
        [[login, chance.choice("xyz")] for login in "abcde" if chance.random() < 0.8] or [["a", "x"]],
    )


def some_days(seed: int, shop: Shop, days: int) -> None:
    """Days of which some runs end early, so that a model misses what the others saw."""
    chance = random.Random(seed)
    shop.run()
    for day in range(days):
        a_day(chance, shop, day)
        some = chance.sample(list(MODELS), chance.randrange(1, len(MODELS)))
        shop.run(*(["--select", *some] if chance.random() < 0.4 else []))
    shop.run()


def made_anew(shop: Shop) -> set[str]:
    """The incremental models that the last run made anew as a whole."""
    noted = "select model from incremental_builds where complete_since = last_run"
    return {model for (model,) in shop.execute(noted)} & set(TABLES)


def test_days_in_any_order_leave_what_a_full_refresh_makes(shop: Shop) -> None:
    some_days(0, shop, days=6)
    assert shop.rows("timeline")
    assert shop.differences_from_a_full_refresh() == {}


@pytest.mark.long
def test_many_random_days_leave_what_a_full_refresh_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(20):
        seed = random.randrange(10**9)
        folder = tmp_path / str(seed)
        folder.mkdir()
        monkeypatch.chdir(folder)
        shop = Shop(folder)
        some_days(seed, shop, days=10)
        assert shop.differences_from_a_full_refresh() == {}, f"seed {seed}"


def test_only_what_was_touched_is_made_anew_and_a_changed_rule_is_made_anew_as_a_whole(shop: Shop) -> None:
    shop.deliver("monday", [("1", "phone", "a", "2024-01-01"), ("2", "laptop", "b", "2024-01-01")])
    shop.execute("insert into crm.keys values (?, ?)", [["a", "x"], ["b", "y"]])
    shop.run()
    assert made_anew(shop) == set(TABLES)

    # A customer is found to be another: of two events the one that is hers changes, and nothing is read of the files.
    shop.execute("update crm.keys set customer_id = 'z' where login = ?", [["a"]])
    shop.run()
    assert made_anew(shop) == set()
    assert shop.execute("select distinct event_id from events__changes") == [("shop:1",)]
    assert shop.execute("from base_shop__events__changes") == []
    assert shop.execute("select customer_id from events order by event_id") == [("z",), ("y",)]

    # Rules: of a model, of a view that it reads through, and of a view that groups, so that nobody can follow it.
    shop.write("visits", MODELS["visits"].replace("happened_on order", "login order"))
    shop.run()
    assert made_anew(shop) == {"visits", "events", "timeline"}
    shop.write("all_events", MODELS["all_events"].replace("'went on'", "'continued'"))
    shop.run()
    assert made_anew(shop) == {"timeline"}
    shop.write("stg_shop__events", MODELS["stg_shop__events"].replace("select 'shop", "select distinct 'shop"))
    shop.run()
    shop.run()
    assert made_anew(shop) >= {"visits", "events"}
    assert shop.differences_from_a_full_refresh() == {}
