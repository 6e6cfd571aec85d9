"""Who is one person, on companies of a few rows: values that name nobody, placeholders, and names."""

from __future__ import annotations

import unicodedata
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


@pytest.mark.parametrize("name", ["José", "Nguyễn", "Ёлкин"])
def test_an_accent_typed_apart_from_its_letter_makes_nobody_else(name: str, tmp_path: Path) -> None:
    together, apart = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    company = small_company()
    for number, typed in enumerate((together, apart, bare)):
        company.order(f"G{number}", None, f"2024-05-0{number + 1} 12:00:00", 10, email=f"{typed}@example.org")
    # A telephone that two records share joins them where it is one name.
    for number, (first, last) in enumerate(((together, apart), (apart, together))):
        company.add(
            *("crm", "customers"),
            **{"customer_number": f"N{number}", "first_name": first, "last_name": last, "country_code": "DE"},
            **{"street": f"{last} 1", "city": first, "phone": "+49 30 9018212", "created_at": "2024-05-01 08:00:00"},
        )

    world = (
        World.of(company, tmp_path, "crm", "shop", "finance").load().build("orders", "int_identity__compared_records")
    )

    assert together != apart
    assert world.query(
        "select list(source_record_id order by source_record_id) from behavioural.orders"
        " where source_record_id like 'G%' group by customer_id order by 1"
    ) == [(["G0", "G1"],), (["G2"],)]
    assert world.query(
        "select count(*), count(distinct (first_name, last_name, street, city)), count(distinct customer_id)"
        " from restricted.int_identity__compared_records where source_customer_id like 'N%'"
    ) == [(2, 1, 1)]
