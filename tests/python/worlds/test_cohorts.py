"""Cohorts of a small company: all that was spent, and nothing of a handful, not even by subtraction."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.python.worlds.company import Company
from tests.python.worlds.world import World

SIZES = {
    ("2024-01", "search"): 90,
    ("2024-01", "social"): 40,
    ("2024-01", "email"): 8,
    ("2024-02", "search"): 50,
    ("2024-02", "social"): 45,
    ("2024-02", "email"): 35,
    ("2024-03", "search"): 60,
    ("2024-03", "social"): 70,
    ("2024-03", "email"): 50,
}


def record(company: Company, customer: str, channel: str, day: str, cost: object) -> None:
    """Somebody of whom the CRM says how they were won, for what."""
    company.add(
        *("crm", "customers"),
        customer_number=customer,
        email=f"{customer}@example.org",
        country_code="DE",
        acquisition_channel=channel,
        created_at=f"{day} 08:00:00",
        acquisition_cost=cost,
        currency="EUR",
    )


def test_cohorts_carry_all_that_was_spent_and_tell_nothing_of_a_handful(tmp_path: Path) -> None:
    """Buyers for 2.00 each; a lead of January who never bought; five leads of February, of whom one bought in March."""
    company = Company()
    company.product("P1")
    for (month, channel), count in SIZES.items():
        for number in range(count):
            customer = f"{channel}-{month}-{number}"
            record(company, customer, channel, f"{month}-11", 2)
            company.buyer(customer, customer_number=customer, created_at=f"{month}-11 08:00:00")
            company.order(f"O-{customer}", customer, f"{month}-11 12:00:00", 10)
            if (month, channel) == ("2024-03", "search"):
                company.order(f"O-{customer}-again", customer, "2024-04-02 12:00:00", 10)
    record(company, "lead", "search", "2024-01-20", 30)
    for number in range(5):
        record(company, f"store-{number}", "store", "2024-02-20", 7)
    company.buyer("store-0", customer_number="store-0", created_at="2024-03-11 08:00:00")
    company.order("O-late", "store-0", "2024-03-11 12:00:00", 10)

    world = World.of(company, tmp_path, "crm", "shop", "finance").load().build()

    assert world.failed_tests() == {}
    rows = world.query(
        "select cohort_level, strftime(cohort_month_date, '%Y-%m'), acquisition_channel, customer_count, is_suppressed,"
        " acquisition_cost_amount, acquisition_cost_without_purchase_amount, cumulative_net_revenue_amount"
        " from marts.cohort_value where month_date = (select max(month_date) from marts.cohort_value)"
    )
    found = {row[:3]: row[3:] for row in rows}
    everything = Decimal(2 * sum(SIZES.values()) + 30 + 5 * 7)
    assert found["all", None, "all"][2:4] == (everything, 30 + 4 * 7)
    assert found["channel and month", "2024-01", "search"] == (90, False, 2 * 90 + 30, 30, 900)
    assert found["channel and month", "2024-02", "store"] == (0, False, 28, 28, 0)
    assert found["month", "2024-01", "all"] == (138, False, 2 * 138 + 30, 30, 1380)
    assert found["month", "2024-03", "all"] == (181, False, 2 * 180 + 7, 0, 1810)
    # Too few are email's eight of January and the store's one; the others would tell them, and one another, by a total.
    hidden = {key for key, row in found.items() if row[1]}
    assert hidden == {
        *{("channel and month", month, channel) for month in ("2024-01", "2024-02") for channel in ("email", "social")},
        *{("channel and month", "2024-03", channel) for channel in ("store", "email")},
        *{("channel", None, channel) for channel in ("store", "email")},
    }
    assert all(row[2:] == (None, None, None) for key, row in found.items() if key in hidden)
    assert all(None not in row for key, row in found.items() if key not in hidden)
