"""What breaks a rule is found by its keys; nothing that is shown of it tells of a person."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.discretion import examples, told, without_values

PERSONAL = {
    "first_name": "Anna",
    "email": "anna@example.org",
    "phone_number": "+49 170 1234567",
    "street": "Hauptstraße 1",
    "birth_date": date(1980, 5, 1),
    "comment": "My neighbour told me.",
    "social_handle": "anna_w",
    "city": "Hamburg",
    "old_value": "Weidenfelder",
    "loyalty_number": "4711",
    "unique_field": "anna@example.org",
}


@pytest.mark.parametrize("column", sorted(PERSONAL))
def test_what_may_be_personal_is_named_and_not_shown(column: str) -> None:
    assert told([column], [PERSONAL[column]]) == ""
    assert examples([column, "order_id"], [[PERSONAL[column], "O-7"]], at_most=3) == [
        "order_id O-7",
        f"values of {column} are not shown",
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("order_id", "shop:O-7"),
        ("id", 7),
        ("source_record_id", "events:7"),
        ("text_key", "0cc175b9c0f1b6a831c399e269772661"),
        ("customer_number", "C0001"),
        ("row_count", 2),
        ("n_records", 3),
        ("source_system", "shop"),
    ],
)
def test_keys_sources_and_counts_are_shown(column: str, value: object) -> None:
    assert examples([column], [[value], [value]], at_most=3) == [f"{column} {value}"]


@pytest.mark.parametrize("key", ["anna@example.org", "Anna Weidenfelder", "Müller", "+49170123", "", None])
def test_a_key_that_is_an_address_or_a_name_is_not_shown(key: str | None) -> None:
    assert told(["account_id", "order_id"], [key, 1]) == (
        "account_id None, order_id 1" if key is None else "order_id 1"
    )


def test_no_more_than_the_first_are_shown() -> None:
    assert examples(["order_id"], [[number] for number in (1, 1, 2, 3, 4)], at_most=3) == [
        "order_id 1",
        "order_id 2",
        "order_id 3",
    ]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "Runtime Error in model orders\n  Conversion Error: Could not convert string 'Anna O'Brien' to INT32",
            "Runtime Error in model orders\n  Conversion Error: Could not convert string (a value) to INT32",
        ),
        (
            'Invalid Input Error: Could not parse string "1980-05-01 Anna" by "%Y"',
            "Invalid Input Error: Could not parse string (a value)",
        ),
        (
            'Constraint Error: Duplicate key "email: anna@example.org" violates primary key constraint.',
            "Constraint Error: Duplicate key (a value) violates primary key constraint.",
        ),
        ("IO Error: Cannot open file 'cem.duckdb'", "IO Error: Cannot open file 'cem.duckdb'"),
    ],
)
def test_values_that_duckdb_quotes_are_left_out(message: str, shown: str) -> None:
    assert without_values(message) == shown
