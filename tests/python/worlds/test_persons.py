"""Who is one person, on companies of a few rows: values that name nobody, placeholders, and names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.python.worlds.test_worlds import small_company
from tests.python.worlds.world import World


@pytest.mark.parametrize("nobody", ["", " ", "NULL", "undefined", "0", "-1", "00000000-0000-0000-0000-000000000000"])
def test_two_guests_stay_two_whatever_stands_for_their_missing_account(nobody: str, tmp_path: Path) -> None:
    company = small_company()
    company.order("G1", nobody, "2024-05-03 12:00:00", 10, email="guest.one@example.org")
    company.order("G2", nobody, "2024-05-04 12:00:00", 20, email="Guest.\u00a0Two@example.org")
    company.order("G3", nobody, "2024-05-05 12:00:00", 20, email="guest.two@ＥＸＡＭＰＬＥ.org\u200b")
    company.order("G4", nobody, "2024-05-06 12:00:00", 20, email=nobody)

    world = World.of(company, tmp_path, "crm", "shop", "finance").load().build("orders")

    assert world.query(
        "select list(source_record_id order by source_record_id) from behavioural.orders"
        " where source_record_id like 'G%' group by customer_id order by 1"
    ) == [(["G1"],), (["G2", "G3"],), (["G4"],)]
    assert world.query(
        "select customer_namespace, customer_id from behavioural.orders where source_record_id = 'G4'"
    ) == [(None, None)]


def test_a_placeholder_typed_for_a_telephone_joins_nobody(tmp_path: Path) -> None:
    company = small_company()
    for number, phone in enumerate(["123456789", "+49 (0) 1111111", "9999999"]):
        for city in ("Hamburg", "München"):
            company.add(
                *("crm", "customers"),
                **{"customer_number": f"T{number}{city[0]}", "first_name": "Anna", "last_name": "Schmidt"},
                **{"phone": phone, "city": city, "country_code": "DE", "created_at": "2024-05-01 08:00:00"},
            )

    world = World.of(company, tmp_path, "crm", "shop", "finance").load().build("int_identity__customer_keys")

    assert world.query(
        "select count(distinct customer_id) from intermediate.int_identity__customer_keys"
        " where customer_namespace = 'crm' and source_customer_id like 'T%'"
    ) == [(6,)]
