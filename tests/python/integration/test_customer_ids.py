"""Customer ids over time, against a plain union-find: small random worlds, side by side in one warehouse.

What comes before (which records there are, and which pairs of them were accepted) is written straight into the
warehouse, as the models before would have left it. dbt then runs the models in question, day after day.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.loading import load
from orchestration.pseudonyms import keep_key
from orchestration.settings import Settings
from tests.python.integration.conftest import Project
from tests.python.worlds.world import dbt_environment, load_nothing, manifest_of, run_dbt

MODELS = (
    "int_identity__components",
    "int_identity__resolved_keys",
    "int_identity__key_history",
    "int_identity__customer_keys",
    "customer_id_history",
)
RECORDS = 6
WORLDS = 60
DAYS = 3
# Those of small worlds, for which dbt's project is parsed already.
SOURCES = ("crm", "shop", "finance")
# Hypothesis tries the simplest example first, and here it is the only one: a filter leaves it any other.
seeds = st.integers(0, 2**32 - 1).filter(bool)

Component = frozenset[str]


class Day:
    """What the sources of every world say on one day, and the components that a union-find makes of it."""

    def __init__(self, rng: random.Random) -> None:
        self.keys: list[str] = []
        self.pairs: list[tuple[str, str]] = []
        for world in range(WORLDS):
            present = [f"crm:{world}-{record}" for record in range(RECORDS) if rng.random() < 0.6]
            self.keys += present
            self.pairs += [pair for pair in combinations(present, 2) if rng.random() < 0.25]
        parent = {key: key for key in self.keys}

        def root(key: str) -> str:
            while parent[key] != key:
                key = parent[key]
            return key

        for one, other in self.pairs:
            parent[root(other)] = root(one)
        members = defaultdict(set)
        for key in self.keys:
            members[root(key)].add(key)
        self.components: set[Component] = {frozenset(keys) for keys in members.values()}


class Warehouse(Project):
    """A warehouse whose models dbt builds in this process."""

    def dbt(self, *arguments: str) -> None:
        with dbt_environment(
            Settings.from_environment({"CEM_HOME": str(self.home), **self.environment}).child_environment()
        ):
            run_dbt(manifest_of(SOURCES), *arguments)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One in which something was loaded, so that dbt has raw tables to register."""
    home, landing = tmp_path_factory.mktemp("ids"), tmp_path_factory.mktemp("landing")
    _write(landing / "finance" / "discount_rates.csv", [["valid_from", "annual_rate"], ["2021-01-01", "0.08"]])
    _write(landing / "finance" / "exchange_rates.csv", [["date", "currency", "rate"], ["2021-12-01", "GBP", "1.17"]])
    _write(
        landing / "finance" / "fixed_costs.csv",
        [["month", "cost_kind", "amount", "currency"], ["2022-01-01", "rent", "600", "EUR"]],
    )
    settings = Settings(home=home, sources=SOURCES, landing=landing)
    load("finance", settings)
    load_nothing(settings.lake, *(source for source in SOURCES if source != "finance"))
    keep_key(settings)
    settings.warehouse.parent.mkdir()
    project = Warehouse(home, {"CEM_SOURCES": ",".join(SOURCES), "CEM_LANDING": str(landing)})
    project.dbt("seed", "--select", "identity_namespaces", "identity_decisions")
    project.dbt("run", "--select", "int_quality__landing_files", "int_clock__known_at")
    return project


@given(seeds)
@settings(
    max_examples=1,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_names_stay_as_far_as_customers_do(project: Warehouse, seed: int) -> None:
    rng = random.Random(seed)
    forget(project)
    births: dict[str, int] = {}
    former: dict[Component, str] = {}
    former_history: list[tuple[object, ...]] = []
    for number in range(DAYS):
        day = Day(rng)
        bring(project, day)
        project.dbt("run", "--select", *MODELS)
        ids = components_by_id(project)
        assert set(ids) == day.components, "components differ from those of a union-find"
        assert len(set(ids.values())) == len(ids), "two customers have one id"
        assert_ids_stayed(former, ids, births)
        history = project.warehouse("select * from intermediate.int_identity__key_history order by generation, key")
        assert history[: len(former_history)] == former_history, "history was changed"
        for customer_id in ids.values():
            births.setdefault(customer_id, number)
        assert_every_id_leads_on(project, births.keys(), set(ids.values()))
        former, former_history = ids, history
    afresh(project)
    assert components_by_id(project) == former, "worked out afresh, something else comes out"


def assert_ids_stayed(former: dict[Component, str], ids: dict[Component, str], births: dict[str, int]) -> None:
    key_was = {key: component for component in former for key in component}
    for component, customer_id in ids.items():
        came_from = {key_was[key] for key in component if key in key_was}
        if all(was <= component for was in came_from) and came_from:
            older = min(births[former[was]] for was in came_from)
            assert customer_id in {former[was] for was in came_from if births[former[was]] == older}, (
                "a merge keeps the older"
            )
    for was, customer_id in former.items():
        parts = [component for component in ids if component & was]
        if parts and all({key_was.get(key, was) for key in part} == {was} for part in parts):
            assert [ids[part] for part in parts].count(customer_id) == 1, "one part of a split keeps the id"


def assert_every_id_leads_on(project: Warehouse, ever: object, present: set[str]) -> None:
    leads_to = dict(project.warehouse("select customer_id, current_customer_id from marts.customer_id_history"))
    assert leads_to.keys() == ever
    assert {customer_id for customer_id in leads_to.values() if customer_id} == present
    assert all(leads_to[customer_id] == customer_id for customer_id in present)


def components_by_id(project: Warehouse) -> dict[Component, str]:
    members = defaultdict(set)
    for key, customer_id in project.warehouse(
        "select customer_namespace || ':' || source_customer_id, customer_id"
        " from intermediate.int_identity__customer_keys"
    ):
        members[customer_id].add(key)
    return {frozenset(keys): customer_id for customer_id, keys in members.items()}


def afresh(project: Warehouse) -> None:
    project.dbt("run", "--full-refresh", "--select", *MODELS)


def forget(project: Warehouse) -> None:
    with duckdb.connect(str(project.warehouse_file)) as connection:
        for model in (*MODELS[:-1], "int_identity__components__pairs"):
            connection.execute(f"drop table if exists intermediate.{model}")


def bring(project: Warehouse, day: Day) -> None:
    with duckdb.connect(str(project.warehouse_file)) as connection:
        connection.execute("create temp table keys (key varchar)")
        connection.execute("create temp table pairs (one varchar, other varchar)")
        if day.keys:
            connection.executemany("insert into keys values (?)", [[key] for key in day.keys])
        if day.pairs:
            connection.executemany("insert into pairs values (?, ?)", day.pairs)
        connection.execute(
            """
            create or replace table intermediate.int_identity__source_keys as
            select split_part(key, ':', 1) as customer_namespace, split_part(key, ':', 2) as source_customer_id
            from keys;
            create or replace table intermediate.int_identity__links as
            select null::varchar as alias_namespace, null::varchar as alias_customer_id,
                null::varchar as customer_namespace, null::varchar as source_customer_id
            where false;
            create or replace table intermediate.int_identity__identifier_use as
            select null::varchar as namespace, null::varchar as identifier_id, null::varchar as refusal_reason
            where false;
            create or replace table intermediate.int_identity__decided_pairs as
            select split_part(one, ':', 1) as first_namespace, split_part(one, ':', 2) as first_customer_id,
                split_part(other, ':', 1) as second_namespace, split_part(other, ':', 2) as second_customer_id,
                null::varchar as refusal_reason
            from pairs;
            """
        )


def _write(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
