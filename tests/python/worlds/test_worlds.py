"""What a world shows is what a run shows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.python.worlds.company import Company
from tests.python.worlds.world import World


def small_company() -> Company:
    """Forty buyers of one product, known to the CRM and the shop; three of four came again, some of them often."""
    company = Company()
    company.product("P1")
    for number in range(1, 41):
        customer, day = f"C{number}", f"2024-0{number % 9 + 1}-11"
        company.add(
            *("crm", "customers"),
            **{"customer_number": customer, "email": f"A{number}@example.org", "country_code": "DE"},
            **{"acquisition_channel": "search", "created_at": f"{day} 08:00:00"},
        )
        company.add(
            *("crm", "consents"),
            **{"consent_id": f"N{number}", "customer_number": customer, "purpose": "marketing_email"},
            **{"document_version": "v1", "recorded_at": f"{day} 08:00:00"},
        )
        company.buyer(f"A{number}", customer_number=customer, created_at=f"{day} 08:00:00")
        for again in range(1 + number % 4):
            bought_on = date.fromisoformat(day) + timedelta(days=7 * again * (1 + number % 5))
            company.order(f"O{number}-{again}", f"A{number}", f"{bought_on} 12:00:00", 10 + number)
    return company


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.of(small_company(), tmp_path_factory.mktemp("small"), "crm", "shop", "finance").load().build()


def test_a_small_company_goes_through_all_models_and_passes_every_data_test(world: World) -> None:
    assert world.failed_tests() == {}
    orders = [1 + number % 4 for number in range(1, 41)]
    revenue = sum(count * (10 + number) for number, count in enumerate(orders, start=1))
    assert world.query("select count(*), sum(order_count), sum(revenue_amount) from marts.customer_value") == [
        (40, sum(orders), revenue)
    ]
    assert world.query("select count(*), count(residual_clv_amount) from marts.customer_360") == [(40, 40)]


def test_a_code_that_the_seed_does_not_list_stops_publication(world: World) -> None:
    ((orders,),) = world.query("select count(*) from behavioural.orders")
    ((listed,),) = world.query("delete from rules.codes where entity = 'orders' and code = 'completed'")
    failed = world.failed_tests()
    world.query("insert into rules.codes values ('orders', 'status', 'completed')")

    assert listed == 1
    assert failed == {"known_code_orders_status": [("completed", orders)]}
    assert world.failed_tests() == {}
