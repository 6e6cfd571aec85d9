"""Values of customers whose histories are far from the usual one."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from tests.python.worlds.company import Company
from tests.python.worlds.world import World

SOURCES = ("shop",)


def occasional_buyers(company: Company, count: int = 150) -> None:
    """Buyers who came one to four times in a year, at random."""
    chance = random.Random(1)
    company.product("P1")
    for number in range(count):
        company.buyer(f"A{number}")
        day = date(2024, 1, 1) + timedelta(days=chance.randrange(200))
        while day < date(2024, 12, 30):
            company.order(f"A{number}-{day}", f"A{number}", f"{day} 12:00:00", chance.randrange(10, 60))
            day += timedelta(days=chance.randrange(30, 300))


def test_the_parts_of_equity_sum_to_its_change_when_regular_buyers_come_back_after_long_absences(
    tmp_path: Path,
) -> None:
    """Daily, every other and every third day, up to 600 purchases, and one more after five to twenty months."""
    company = Company()
    occasional_buyers(company)
    for buyer, (step, count, back) in enumerate(
        [(2, 80, "2024-09-10"), (1, 300, "2024-08-05"), (3, 120, "2024-11-20"), (1, 600, "2024-12-20")]
    ):
        company.buyer(f"regular{buyer}")
        first = date(2022, 7, 1)
        days = [first + timedelta(days=step * number) for number in range(count)] + [date.fromisoformat(back)]
        for day in days:
            company.order(f"regular{buyer}-{day}", f"regular{buyer}", f"{day} 12:00:00", 20)

    world = World.of(company, tmp_path, *SOURCES).load().build()

    assert world.failed_tests() == {}
    came_back = world.query(
        "select min(probability_alive) < 1e-9, max(probability_alive) > 0.5 from marts.customer_value_monthly"
        " where repeat_purchase_count >= 80"
    )
    assert came_back == [(True, True)]
    assert world.query(
        "select count(*) > 10, bool_and(equity_change_amount = acquisition_amount + retention_amount + frequency_amount"
        " + margin_amount + model_change_amount) from marts.customer_equity_monthly"
        " where equity_change_amount is not null"
    ) == [(True, True)]
