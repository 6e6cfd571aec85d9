"""Values of customers whose histories are far from the usual one."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path

from tests.python.worlds.company import Company
from tests.python.worlds.world import World

SOURCES = ("crm", "shop", "finance")


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


def test_a_stranger_gets_the_same_values_from_what_is_published(tmp_path: Path) -> None:
    """P(alive), purchases, spend and value, by the published formulas of the models, from published tables alone."""
    company = Company()
    chance = random.Random(2)
    company.product("P1")
    for number in range(250):
        company.buyer(f"A{number}")
        day = date(2022, 1, 1) + timedelta(days=chance.randrange(900))
        while day < date(2024, 12, 30):
            company.order(f"A{number}-{day}", f"A{number}", f"{day} 12:00:00", chance.randrange(10, 60))
            if chance.random() < 0.15:
                break
            # Twice as many come in the last quarter of a year.
            day += timedelta(days=chance.randrange(10, 120) // (2 if day.month >= 9 else 1))

    world = World.of(company, tmp_path, *SOURCES).load().build()

    fits: dict[str, dict[str, float]] = {}
    models = {}
    for fit_id, model, parameter, estimate in world.query(
        "select fit_id, model, parameter, estimate from marts.clv_model_fits where parameter is not null"
    ):
        fits.setdefault(fit_id, {})[parameter] = estimate
        models[fit_id] = model
    season = dict(
        world.query("select month_number, seasonal_index from marts.clv_seasonal_indices where purpose = 'current'")
    )
    assert min(season.values()) < 0.95
    assert max(season.values()) > 1.05
    ((last,),) = world.query("select distinct window_to_date from marts.clv_seasonal_indices where purpose = 'current'")
    customers = world.query(
        "select transaction_fit_id, spend_fit_id, repeat_purchase_count, recency_days, age_days, mean_spend_amount,"
        " horizon_months, annual_discount_rate, probability_alive, discounted_purchases, expected_spend_amount,"
        " residual_revenue_amount, age_seasonally_adjusted_days from marts.customer_value"
    )
    assert len(customers) == 250
    for transactions, spends, x, recency, age, mean, months, yearly, alive, purchases, spend, value, busy in customers:
        fit, first = fits[transactions], last - timedelta(days=age)
        # A history begins at the start of the day of its first purchase and ends with that of the last day seen.
        T = sum(season[(first + timedelta(days=day)).month] for day in range(age))
        t_x = sum(season[(first + timedelta(days=day)).month] for day in range(recency))
        assert math.isclose(T, busy, abs_tol=1e-6)
        survived = x + (models[transactions] == "mbg_nbd")
        found_alive = _probability_alive(fit, x, t_x, T, survived)
        assert math.isclose(found_alive, alive, abs_tol=1e-9)
        total = before = 0.0
        for month in range(1, months + 1):
            until = found_alive * _purchases_while_alive(fit, x, T, survived, month * 365.25 / 12)
            total += (until - before) / (1 + float(yearly)) ** (month / 12)
            before = until
        assert math.isclose(total, purchases, rel_tol=1e-7, abs_tol=1e-9)
        p, q, v = (fits[spends][name] for name in "pqv")
        found_spend = p * (v + x * float(mean or 0)) / (p * x + q - 1)
        assert math.isclose(found_spend, spend, abs_tol=1e-4)
        assert math.isclose(total * found_spend, value, rel_tol=1e-6, abs_tol=1e-4)
    both = world.query(
        "select model, status, count(distinct log_likelihood) from marts.clv_model_fits"
        " where purpose = 'current' and segment is null and model <> 'gamma_gamma' group by all order by all"
    )
    assert {model for model, _, _ in both} == {"bg_nbd", "mbg_nbd"}
    assert all(count == 1 for *_, count in both)
    assert sum(status in ("fitted", "kept") for _, status, _ in both) == 1


def _probability_alive(fit: dict[str, float], x: int, t_x: float, T: float, survived: int) -> float:
    if survived == 0:
        return 1.0
    odds = fit["a"] / (fit["b"] + survived - 1) * ((fit["alpha"] + T) / (fit["alpha"] + t_x)) ** (fit["r"] + x)
    return 1 / (1 + odds)


def _purchases_while_alive(fit: dict[str, float], x: int, T: float, survived: int, t: float) -> float:
    """Fader, Hardie, Lee (2005), equation 10, without P(alive); the hypergeometric series term by term."""
    r, a, b, exposure = fit["r"] + x, fit["a"], fit["b"] + survived, fit["alpha"] + T
    z, term, series, n = t / (exposure + t), 1.0, 1.0, 0
    while abs(term) > 1e-17 * abs(series):
        term *= (r + n) * (b + n) / (a + b - 1 + n) / (n + 1) * z
        series += term
        n += 1
    return (a + b - 1) / (a - 1) * (1 - (exposure / (exposure + t)) ** r * series)
