"""Credits of counted paths as they stand in the warehouse: read, credited, and told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from orchestration.attribution.credits import credit_channels
from orchestration.attribution.path_counts import CountedPaths, read_paths

# Type of conversion, path, group, paths, conversions, goods: twice the example by hand, in two groups, and more.
ROWS = [
    *(("first_purchase", "ga", group, 3, 2, 20) for group in ("00", "a1")),
    *(("first_purchase", "mail", group, 1, 1, 0.10) for group in ("00", "a1")),
    *(("first_purchase", "ga > mail", group, 1, 1, 10) for group in ("00", "a1")),
    ("first_purchase", "direct", "ff", 5, 5, 50.05),
    ("repeat_purchase", "direct", "ff", 1, 1, 7),
]


def read(rows: Sequence[tuple[Any, ...]]) -> tuple[list[CountedPaths], str]:
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_journey__path_counts (conversion_type text, path text, customer_group text,"
            " path_count bigint, conversion_count bigint, goods_amount decimal(28, 4))"
        )
        if rows:
            connection.executemany("insert into intermediate.int_journey__path_counts values (?, ?, ?, ?, ?, ?)", rows)
        return read_paths(connection)


@pytest.fixture(scope="module")
def credits() -> dict[tuple[str, str, str], dict[str, Any]]:
    counted, _ = read(ROWS)
    found = credit_channels(counted, seed=1)
    return {(row["conversion_type"], row["channel"], row["attribution_model"]): row for row in found}


def test_direct_conversions_stand_beside_what_channels_are_credited_with(
    credits: dict[tuple[str, str, str], dict[str, Any]],
) -> None:
    def told(conversion_type: str, model: str, figure: str) -> dict[str, Any]:
        keys = [key for key in credits if key[0] == conversion_type and key[2] == model]
        return {channel: credits[conversion_type, channel, model][figure] for _, channel, _ in keys}

    assert told("first_purchase", "markov_1", "conversion_credit") == {"ga": 4.8, "mail": 3.2, "direct": 5}
    assert told("first_purchase", "markov_1", "removal_effect") == pytest.approx(
        {"ga": 0.75, "mail": 0.5, "direct": None}
    )
    # Of 60.20 in all.
    assert told("first_purchase", "markov_1", "revenue_ten_thousandths") == {
        "ga": 361_200,
        "mail": 240_800,
        "direct": 500_500,
    }
    assert told("first_purchase", "last_touch", "revenue_ten_thousandths") == {
        "ga": 400_000,
        "mail": 202_000,
        "direct": 500_500,
    }
    assert told("repeat_purchase", "linear", "conversion_credit") == {"direct": 1}
    assert told("all", "markov_1", "conversion_credit") == {"ga": 4.8, "mail": 3.2, "direct": 6}
    assert told("all", "linear", "removal_effect") == {"ga": None, "mail": None, "direct": None}
    assert set(told("repeat_purchase", "markov_2", "is_best_order").values()) == {None}
    best = [told("first_purchase", f"markov_{order}", "is_best_order")["ga"] for order in (1, 2, 3)]
    assert sorted(best) == [False, False, True]


def test_an_interval_holds_the_credit_and_nothing_is_below_zero(
    credits: dict[tuple[str, str, str], dict[str, Any]],
) -> None:
    for row in credits.values():
        assert 0 <= row["conversion_credit_lower_95"] <= row["conversion_credit"] <= row["conversion_credit_upper_95"]


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = random.Random(1).sample(ROWS, len(ROWS))
    (counted, fingerprint), (others, other_fingerprint) = read(ROWS), read(shuffled)
    assert fingerprint == other_fingerprint
    assert credit_channels(counted, 1) == credit_channels(others, 1)
    assert read(ROWS[1:])[1] != fingerprint


def test_where_there_is_no_path_there_is_no_row() -> None:
    counted, _ = read([])
    assert credit_channels(counted, 1) == []
