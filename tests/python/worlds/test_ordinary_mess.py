"""Whatever ordinary mess a company's systems hold, a run ends with figures, and every row is loaded or set aside."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.settings import DEMO_SOURCES
from tests.python.worlds.mess import KINDS
from tests.python.worlds.ordinary import ordinary_company, ordinary_world
from tests.python.worlds.world import World

# The columns of a customer's row that are known of everybody who bought in the company without mess.
FIGURES = (
    *("order_count", "revenue_amount", "net_revenue_amount", "margin_amount", "accounting_clv_amount"),
    *("probability_alive", "residual_clv_amount"),
)


def build(kinds: list[str], seed: int, home: Path) -> World:
    company = ordinary_company()
    chance = random.Random(seed)
    for name in kinds:
        KINDS[name](company, chance)
    return World.of(company, home).load().build()


def holds(world: World) -> None:
    """What must be true of every world: nothing stops publication, no row is lost, no figure of a customer is gone."""
    assert world.failed_tests() == {}
    delivered = {key: len(rows) for key, rows in world.company.rows.items() if rows and key[0] in DEMO_SOURCES}
    counted = {
        (source, table): (rows, loaded + quarantined)
        for source, table, rows, loaded, quarantined in world.query(
            "select source_system, raw_table, file_row_count, loaded_row_count, quarantined_row_count"
            " from marts.load_reconciliation"
        )
    }
    assert {key: counted.get(key) for key in delivered} == {key: (count, count) for key, count in delivered.items()}
    known = " or ".join(f"{figure} is null" for figure in FIGURES)
    unknown = world.query(
        f"select record.source_customer_id, {', '.join(FIGURES)} from marts.customer_value"
        " join descriptive.customer_records as record using (customer_id)"
        f" where record.source_system = 'shop' and record.source_customer_id like 'A%' and ({known})"
    )
    assert unknown == []
    assert world.query("select * from marts.customer_value where not coalesce(isfinite(probability_alive), true)") == []


def test_the_company_without_mess_has_every_figure(tmp_path_factory: pytest.TempPathFactory) -> None:
    holds(ordinary_world(tmp_path_factory))


def test_an_event_of_the_site_is_not_the_one_of_the_app_with_the_same_id(tmp_path: Path) -> None:
    company = ordinary_company()
    seen = {"anonymous_id": "V", "event": "search", "page": "search", "device": "app"}
    for event, term in (("7", "pan"), ("app:7", "pot"), ("events:7", "cup")):
        company.add("web", "events", event_id=event, search_term=term, **seen, occurred_at="2024-05-01 10:00:00")
        company.add(
            "web", "app_events", event_id=event, search_term=f"{term}s", **seen, occurred_at="2024-05-01T10:00:00Z"
        )
    world = World.of(company, tmp_path).load().build()

    assert world.failed_tests() == {}
    assert world.query(
        "select channel, list(search_term order by search_term), count(distinct session_id)"
        " from interaction.web_events join restricted.search_terms using (web_event_id) where anonymous_id = 'V'"
        " group by 1 order by 1"
    ) == [("app", ["cups", "pans", "pots"], 1), ("web", ["cup", "pan", "pot"], 1)]
    events = sum(len(company.rows["web", stream]) for stream in ("events", "app_events"))
    assert world.query(
        "select count(*), count(distinct event_id) from marts.customer_timeline where entity = 'web_events'"
    ) == [(events, events)]


def dealt() -> list[list[str]]:
    """The kinds of mess, dealt to four worlds: each kind is in one of them, beside others."""
    kinds = sorted(KINDS)
    random.Random(12).shuffle(kinds)
    return [kinds[world::4] for world in range(4)]


@pytest.mark.parametrize("world", range(4))
def test_four_worlds_of_mess(world: int, tmp_path: Path) -> None:
    holds(build(dealt()[world], world, tmp_path))


@pytest.mark.long
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_one_kind_of_mess(kind: str, tmp_path: Path) -> None:
    holds(build([kind], 1, tmp_path))


@pytest.mark.long
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=3, max_size=6, unique=True), seed=st.integers(0, 2**32))
def test_kinds_of_mess_together(kinds: list[str], seed: int) -> None:
    with TemporaryDirectory() as home:
        holds(build(kinds, seed, Path(home)))
