"""Drivers of value among simulated customers: what is chance is told apart from what is not, on the SQL of the mart."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from tests.python.worlds.world import compiled_for

SOURCES = ("crm", "shop", "finance")
CHANNELS = np.array(["search", "social", "email", "store"])
COUNTRIES = np.array(["AT", "CH", "DE", "ES", "FR", "GB", "IT", "SE"])


@pytest.fixture(scope="module")
def mart() -> str:
    """The query of value_drivers."""
    nodes = (node for _, nodes in compiled_for(SOURCES).stages for node in nodes)
    return next(node.sql for node in nodes if node.name == "value_drivers")


def drivers(mart: str, seed: int, austria_costs: float = 0) -> list[tuple[str, str, float, float, bool]]:
    """Attribute, level, both differences and verdict, of 2,000 customers whose value grows with orders and scatters.

    Who has more orders is likelier to have had a refund, and to prefer the app. Nothing moves value in itself, but for
    living in Austria, which costs `austria_costs`.
    """
    random = np.random.default_rng(seed)
    orders = random.geometric(0.35, 2000)
    countries = random.choice(COUNTRIES, 2000)
    values = 30.0 * orders * random.lognormal(-0.125, 0.5, 2000) - austria_costs * (countries == "AT")
    value = pa.table(
        {
            "customer_id": [str(number) for number in range(2000)],
            "order_count": orders,
            "tenure_months": random.uniform(3, 36, 2000),
            "refund_count": (random.random(2000) > 0.85**orders).astype(int),
            "residual_clv_amount": values.round(2),
            "residual_revenue_amount": pa.nulls(2000, pa.float64()),
        }
    )
    customers = pa.table(
        {
            "customer_id": [str(number) for number in range(2000)],
            "acquisition_channel": random.choice(CHANNELS, 2000),
            "preferred_channel": np.where(random.random(2000) < 0.1 * orders, "app", "letter"),
            "age_band": random.choice(CHANNELS, 2000),
            "country": countries,
            "customer_type": ["person"] * 2000,
        }
    )
    with duckdb.connect() as connection:
        connection.register("value", value)
        connection.register("people", customers)
        for statement in (
            *("attach ':memory:' as cem_warehouse", "use cem_warehouse"),
            *("create schema marts", "create schema behavioural", "create schema intermediate"),
            "create table marts.customer_value as"
            " select * replace (cast(tenure_months as decimal(18, 4)) as tenure_months) from value",
            "create table marts.customer_dimensions as"
            " unpivot people on columns (* exclude customer_id) into name attribute value attribute_value",
            "create table behavioural.orders (order_id string, channel string, promised_delivery_at timestamp,"
            " delivered_at timestamp)",
            "create table intermediate.int_value__customer_segments (customer_id string, first_order_id string)",
        ):
            connection.execute(statement)
        return connection.execute(
            "select attribute, attribute_value, unadjusted_difference_amount, adjusted_difference_amount,"
            f" is_beyond_chance from ({mart}) where adjusted_difference_amount is not null"
        ).fetchall()


def test_what_orders_explain_is_taken_for_chance(mart: str) -> None:
    """Ten companies of some 20 levels: the refunded are worth far more in each, and next to nobody is beyond chance."""
    companies = [drivers(mart, seed) for seed in range(10)]
    refunded = [row for rows in companies for row in rows if row[:2] == ("refunded", "yes")]
    assert min(float(unadjusted) for _, _, unadjusted, _, _ in refunded) > 30
    assert abs(np.mean([float(adjusted) for _, _, _, adjusted, _ in refunded])) < 4
    assert min(len(rows) for rows in companies) >= 18
    assert sum(any(row[4] for row in rows) for rows in companies) <= 2


def test_what_moves_value_is_found_and_little_else(mart: str) -> None:
    found = [row for seed in range(10) for row in drivers(mart, seed, austria_costs=45) if row[4]]
    adjusted = [float(difference) for _, level, _, difference, _ in found if level == "AT"]
    assert len(adjusted) == 10
    assert abs(np.mean(adjusted) + 45) < 5
    assert sum(attribute != "country" for attribute, *_ in found) <= 2
