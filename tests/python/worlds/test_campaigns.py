"""Effects of campaigns by the models' own SQL: published experiments, and companies in which nothing has an effect."""

from __future__ import annotations

import csv
import gzip
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from orchestration.settings import DEMO_SOURCES
from tests.python.worlds.world import Compiled, compiled_for

Rows = dict[tuple[str, str, str, str], dict[str, Any]]

# The tables that the models of campaigns rest on, as far as these read them: all else is made by the models' SQL.
GIVEN = {
    "message_events": (
        "message_event_id string, message_id string, customer_id string, source_system string, campaign string,"
        " channel string, event_type string, offer_category string, occurred_at timestamp, business_date date,"
        " cost_amount decimal(18, 4)"
    ),
    "orders": (
        "order_id string, customer_id string, currency string, business_date date, is_purchase boolean,"
        " freight_amount decimal(18, 4)"
    ),
    "order_lines": (
        "order_id string, source_system string, product_id string, product_type string, counts_as string,"
        " original_amount decimal(18, 4), amount decimal(18, 4), cost_amount decimal(18, 4)"
    ),
    "refunds": (
        "refund_id string, customer_id string, source_system string, order_id string, product_id string,"
        " counts_as string, business_date date, currency string, original_amount decimal(18, 4), amount decimal(18, 4)"
    ),
    "sessions": "customer_id string, started_date date",
    "customer_dimensions": "customer_id string, attribute string, attribute_value string",
    "hold_out_shares": "source_system string, campaign string, held_out_share double",
    "int_clock__as_of": "as_of_date date, as_of_at timestamp",
    "int_money__exchange_rates": "currency string, rate_date date, rate double",
    "survey_invitation_events": (
        "survey_invitation_event_id string, customer_id string, source_system string, channel string,"
        " event_type string, occurred_at timestamp, business_date date"
    ),
    "ticket_events": (
        "ticket_event_id string, ticket_id string, customer_id string, source_system string, channel string,"
        " event_type string, occurred_at timestamp, business_date date"
    ),
    "ticket_comments": (
        "ticket_comment_id string, ticket_id string, customer_id string, source_system string, channel string,"
        " author string, is_public boolean, occurred_at timestamp, business_date date"
    ),
    "agent_activities": (
        "agent_activity_id string, customer_id string, source_system string, channel string, direction string,"
        " duration_minutes double, occurred_at timestamp, business_date date"
    ),
}
SCHEMAS = {
    "behavioural": {"orders", "order_lines", "refunds"},
    "marts": {"customer_dimensions"},
    "rules": {"hold_out_shares"},
    "intermediate": {"int_clock__as_of", "int_money__exchange_rates"},
}
# A row of `members` is a customer of an arm; somebody held out of two campaigns is in it twice, and one customer.
FILL = """
    insert into intermediate.int_clock__as_of values (date '2024-12-31', timestamp '2025-01-01');
    insert into interaction.message_events
    select
        concat_ws('-', campaign, customer_id), concat_ws('-', campaign, customer_id), customer_id, 'mail', campaign,
        'email', case arm when 'contacted' then 'sent' else 'held_out' end, null, timestamp '2024-06-01 08:00',
        date '2024-06-01', case arm when 'contacted' then message_cost end
    from members;
    create temp table people as
    select customer_id, any_value(has_visited) as has_visited, any_value(spent) as spent, any_value(cost) as cost
    from members group by customer_id;
    insert into interaction.sessions select customer_id, date '2024-06-02' from people where has_visited;
    insert into behavioural.orders
    select customer_id, customer_id, 'EUR', date '2024-06-03', true, 0 from people where spent > 0;
    insert into behavioural.order_lines
    select customer_id, 'shop', null, 'product', 'revenue', spent, spent, cost from people where spent > 0;
"""


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compiled_for(DEMO_SOURCES)


@contextmanager
def warehouse(compiled: Compiled, folder: Path, members: pa.Table, told: list[dict[str, str]]) -> Iterator[Any]:
    """campaign_uplift and message_funnel of `members`, a row a customer and campaign with the columns that FILL reads.

    `told` has what is known of customers, by attribute.
    """
    path = folder / compiled.template.name
    shutil.copyfile(compiled.template, path)
    nodes = {node.name: node for _, of_stage in compiled.stages for node in of_stage}
    needed: dict[str, None] = {}

    def need(name: str) -> None:
        if name in nodes and name not in GIVEN and name not in needed:
            for parent in sorted(nodes[name].after):
                need(parent)
            needed[name] = None

    for wanted in ("campaign_uplift", "message_funnel"):
        need(wanted)
    with duckdb.connect(str(path)) as connection:
        connection.execute("set threads = 1")
        for name, columns in GIVEN.items():
            schema = next((schema for schema, names in SCHEMAS.items() if name in names), "interaction")
            connection.execute(f"create or replace table {schema}.{name} ({columns})")
        connection.register("members", members)
        connection.execute(FILL)
        if told:
            connection.register("told", pa.Table.from_pylist(told))
            connection.execute(
                "insert into marts.customer_dimensions unpivot (from told) on columns (* exclude customer_id)"
                " into name attribute value attribute_value"
            )
        for name in needed:
            connection.execute(f"create table {nodes[name].relation} as {nodes[name].sql}")
        yield connection
    path.unlink()


def uplift(connection: Any) -> Rows:
    """The rows of campaign_uplift by campaign, dimension, its value, and outcome; decimals as floats."""
    found = connection.execute("from marts.campaign_uplift")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        for name in ("contacted_mean", "held_out_mean", "difference", "standard_error"):
            row[name] = None if row[name] is None else float(row[name])
    return {(row["campaign"], row["dimension"], row["dimension_value"], row["outcome"]): row for row in rows}


def rows_of(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        pytest.skip(f"no {path.parent.name} in {path.parent.parent}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_hillstrom_s_e_mails_have_the_published_effects(real_data: Path, compiled: Compiled, tmp_path: Path) -> None:
    """Two e-mails against none, 64,000 customers: three arms are two campaigns, of which the last third is held out."""
    rows = rows_of(real_data / "hillstrom" / "hillstrom.csv.gz")
    arms = {"Mens E-Mail": ("men",), "Womens E-Mail": ("women",), "No E-Mail": ("men", "women")}
    # A line is a customer: 6,562 are like others in all that is told of them, and others all the same.
    members = [
        {
            "campaign": campaign,
            "customer_id": str(number),
            "arm": "held_out" if row["segment"] == "No E-Mail" else "contacted",
            "has_visited": row["visit"] == "1",
            "spent": float(row["spend"]),
            "cost": None,
            "message_cost": None,
        }
        for number, row in enumerate(rows)
        for campaign in arms[row["segment"]]
    ]
    told = [
        {"customer_id": str(number), "zip_code": row["zip_code"], "channel": row["channel"]}
        for number, row in enumerate(rows)
    ]
    schema = pa.schema(
        {
            **{"campaign": pa.string(), "customer_id": pa.string(), "arm": pa.string(), "has_visited": pa.bool_()},
            **{"spent": pa.float64(), "cost": pa.float64(), "message_cost": pa.float64()},
        }
    )
    with warehouse(compiled, tmp_path, pa.Table.from_pylist(members, schema), told) as connection:
        found = uplift(connection)
        funnel = connection.execute(
            "select campaign, planned_count, held_out_count, sent_count, ordered_count, cost_amount"
            " from marts.message_funnel order by campaign"
        ).fetchall()

    published = {"men": (21_307, 0.1828, 0.0125, 1.423), "women": (21_387, 0.1514, 0.0088, 1.077)}
    for campaign, (count, visit, conversion, spend) in published.items():
        whole = {outcome: found[campaign, "none", "all", outcome] for outcome in ("visit", "conversion", "revenue")}
        assert {row["contacted_customer_count"] for row in whole.values()} == {count}
        assert {row["held_out_customer_count"] for row in whole.values()} == {21_306}
        assert round(whole["visit"]["contacted_mean"], 4) == visit
        assert round(whole["conversion"]["contacted_mean"], 4) == conversion
        assert round(whole["revenue"]["contacted_mean"], 3) == spend
        assert round(whole["visit"]["held_out_mean"], 4) == 0.1062
        assert round(whole["conversion"]["held_out_mean"], 4) == 0.0057
        assert round(whole["revenue"]["held_out_mean"], 3) == 0.653
        assert {row["verdict"] for row in whole.values()} == {"gain"}
        # Nobody tells what the goods cost.
        assert found[campaign, "none", "all", "net_margin"]["reason"] == "margin_not_known"
        assert found[campaign, "none", "all", "net_margin"]["difference"] is None
        print(campaign, {name: (row["difference"], row["standard_error"]) for name, row in whole.items()})
    buyers = {name: sum(r["conversion"] == "1" and r["segment"] == name for r in rows) for name in arms}
    assert funnel == [
        ("men", 42_613, 21_306, 21_307, buyers["Mens E-Mail"], None),
        ("women", 42_693, 21_306, 21_387, buyers["Womens E-Mail"], None),
    ]
    # Part by part what a count of the file's lines gives.
    for (campaign, dimension, value, outcome), row in found.items():
        if dimension in ("zip_code", "channel") and outcome == "visit":
            for arm, segment in (("contacted", f"{campaign.capitalize()}s E-Mail"), ("held_out", "No E-Mail")):
                visits = [int(r["visit"]) for r in rows if r[dimension] == value and r["segment"] == segment]
                assert row[f"{arm}_customer_count"] == len(visits)
                assert row[f"{arm}_mean"] == pytest.approx(np.mean(visits), abs=1e-8)
    assert {(dimension, value) for _, dimension, value, _ in found} >= {("zip_code", "Rural"), ("channel", "Web")}


def test_a_response_can_lose_money(real_data: Path, compiled: Compiled, tmp_path: Path) -> None:
    """A promotion that sells more than nothing, at 0.15 each; a purchase leaves 10."""
    rows = rows_of(real_data / "promotion_test" / "starbucks_train.csv.gz")
    bought = np.array([row["purchase"] == "1" for row in rows])
    members = pa.table(
        {
            "campaign": ["promotion"] * len(rows),
            "customer_id": [row["ID"] for row in rows],
            "arm": ["contacted" if row["Promotion"] == "Yes" else "held_out" for row in rows],
            "has_visited": np.zeros(len(rows), np.bool_),
            "spent": 10.0 * bought,
            "cost": np.zeros(len(rows)),
            "message_cost": np.full(len(rows), 0.15),
        }
    )
    with warehouse(compiled, tmp_path, members, []) as connection:
        found = uplift(connection)
    conversion = found["promotion", "none", "all", "conversion"]
    assert (conversion["contacted_customer_count"], conversion["held_out_customer_count"]) == (42_364, 42_170)
    assert round(conversion["difference"], 5) == 0.00945
    assert round(conversion["standard_error"], 5) == 0.00076
    assert conversion["verdict"] == "gain"
    assert found["promotion", "none", "all", "margin"]["verdict"] == "gain"
    net = found["promotion", "none", "all", "net_margin"]
    # The published sum takes the arms as they are, though one has 194 customers more.
    of_both = (
        net["contacted_mean"] * net["contacted_customer_count"] - net["held_out_mean"] * net["held_out_customer_count"]
    )
    assert round(of_both, 2) == -2334.60
    assert net["verdict"] == "loss"
    # No visit is recorded of anybody: that is no figure of 0.
    assert found["promotion", "none", "all", "visit"]["reason"] == "nothing_recorded"


def simulated(seed: int, effect: float = 0.0) -> tuple[pa.Table, list[dict[str, str]]]:
    """Forty campaigns to 600 customers each, a tenth of whom chance holds out; one in ten buys, and spends a lognormal.

    In the first five campaigns a message raises the chance of a purchase by `effect`. Beside it, what is told of them.
    """
    random = np.random.default_rng(seed)
    count = 40 * 600
    campaign = np.repeat(np.arange(40), 600)
    is_held_out = random.random(count) < 0.1
    buys: npt.NDArray[np.bool_] = random.random(count) < 0.1 + effect * (campaign < 5) * ~is_held_out
    spent = np.round(np.where(buys, random.lognormal(3.5, 1.0, count) + 1, 0), 2)
    members = pa.table(
        {
            "campaign": [f"campaign {number:02}" for number in campaign],
            "customer_id": [str(number) for number in range(count)],
            "arm": np.where(is_held_out, "held_out", "contacted"),
            "has_visited": random.random(count) < 0.3,
            "spent": spent,
            "cost": np.round(0.6 * spent, 2),
            "message_cost": np.zeros(count),
        }
    )
    countries, bands = random.choice(["AT", "DE"], count), random.choice(["young", "old"], count)
    told = [
        {"customer_id": str(number), "country": country, "age_band": band}
        for number, (country, band) in enumerate(zip(countries.tolist(), bands.tolist(), strict=True))
    ]
    return members, told


def verdicts(compiled: Compiled, folder: Path, seed: int, effect: float = 0.0) -> list[tuple[str, str, bool, str]]:
    """Campaign, outcome, whether it is of all its customers, and verdict, of a simulated company."""
    with warehouse(compiled, folder, *simulated(seed, effect)) as connection:
        found: list[tuple[str, str, bool, str]] = connection.execute(
            "select campaign, outcome, dimension = 'none', verdict from marts.campaign_uplift where reason is null"
        ).fetchall()
    assert sum(is_whole for _, _, is_whole, _ in found) == 6 * 40
    assert len(found) > 6 * 40 * 2
    return found


def test_where_messages_do_nothing_no_gain_is_shown(compiled: Compiled, tmp_path: Path) -> None:
    found = [verdict for seed in range(2) for *_, verdict in verdicts(compiled, tmp_path, seed)]
    assert len(found) > 1_000
    assert found.count("gain") == 0
    assert found.count("loss") <= 0.001 * len(found)


def test_what_messages_do_is_found_and_little_else(compiled: Compiled, tmp_path: Path) -> None:
    found = verdicts(compiled, tmp_path, 7, effect=0.25)
    gains = {campaign for campaign, outcome, whole, verdict in found if verdict == "gain" and outcome == "conversion"}
    assert gains == {f"campaign {number:02}" for number in range(5)}


@pytest.mark.long
def test_false_verdicts_are_as_rare_as_said(compiled: Compiled, tmp_path: Path) -> None:
    """Twenty companies in which nothing has an effect: one outcome in twenty, wholes or parts, may have a false one."""
    families: dict[tuple[int, str, bool], set[str]] = defaultdict(set)
    for seed in range(100, 120):
        for _, outcome, is_whole, verdict in verdicts(compiled, tmp_path, seed):
            families[seed, outcome, is_whole].add(verdict)
    gains = np.mean(["gain" in family for family in families.values()])
    losses = np.mean(["loss" in family for family in families.values()])
    print(f"families with a false gain {gains:.3f}, with a false loss {losses:.3f}")
    assert gains <= 0.05
    assert gains + losses <= 0.08
