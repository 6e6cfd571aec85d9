"""Which records are proposed as one person, in a small made world with cases of which one knows what is right."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet
import pytest

from orchestration.ingestion.lake import landed_files, table_files
from orchestration.matching import match_records as module
from orchestration.matching import model
from orchestration.matching.blocking import LARGEST_BLOCK
from orchestration.matching.comparisons import COMPARISONS
from orchestration.matching.match_records import Matched, compare_records, match_records, read_records
from tests.python.unit.matching.world import COLUMNS, Record, record, typo, world, write, write_warehouse

NOW = datetime(2024, 4, 1, 6, tzinfo=UTC)
BORN = date(1985, 3, 4)
HOME = {"street": "rosenweg4", "postal_code": "20111", "city": "elsewhere"}

CASES = [
    # A typo in the name, the same birth date, and nothing else known.
    record("crm", "typo-1", "typo-1", "annabella", "lindqvist", birth_date=BORN),
    record("shop", "typo-2", "typo-2", "annabella", typo("lindqvist"), birth_date=BORN),
    # First and last name in each other's place.
    record("crm", "swapped-1", "swapped-1", "henrik", "thomas", birth_date=date(1977, 7, 7)),
    record("crm", "swapped-2", "swapped-2", "thomas", "henrik", birth_date=date(1977, 7, 7)),
    # A digit of the birth date, at one address.
    record("crm", "digit-1", "digit-1", "viola", "zetterling", birth_date=date(1964, 10, 11), **HOME),
    record("crm", "digit-2", "digit-2", "viola", "zetterling", birth_date=date(1964, 10, 17), **HOME),
    # Twins.
    record("crm", "twin-1", "twin-1", "clara", "obermayer", birth_date=BORN, street="seeweg1", postal_code="30001"),
    record("crm", "twin-2", "twin-2", "judith", "obermayer", birth_date=BORN, street="seeweg1", postal_code="30001"),
    # A mother, the daughter named after her, and an account of one of them that its mailbox ties to the daughter.
    record("crm", "mother", "mother", "isolde", "quandt", birth_date=date(1950, 1, 2), **HOME),
    record(
        "crm", "daughter", "daughter", "isolde", "quandt", birth_date=date(1981, 5, 6), email="q@example.com", **HOME
    ),
    record("shop", "of-daughter", "daughter", "isolde", "quandt", email="q@example.com", **HOME),
    # Namesakes far apart.
    record("crm", "namesake-1", "namesake-1", "lorki", "mudenfi", street="x1", postal_code="40001", city="here"),
    record("crm", "namesake-2", "namesake-2", "lorki", "mudenfi", street="y2", postal_code="50001", city="there"),
    # Records that somebody joined though all that is known of both differs.
    record("crm", "joined-1", "joined", "wanda", "ippen", birth_date=date(1990, 1, 1), phone="+495550000001"),
    record("crm", "joined-2", "joined", "egon", "xaver", birth_date=date(1950, 9, 9), phone="+495559999999"),
]


def compared(rows: list[Record]) -> Matched:
    with duckdb.connect(":memory:") as connection:
        write(connection, rows)
        read_records(connection, "compared")
        return compare_records(connection)


@pytest.fixture(scope="module", autouse=True)
def _fewer_sampled_pairs() -> Iterator[None]:
    """Enough for so small a world, and quicker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "SAMPLED_PAIRS", 100_000)
        yield


@pytest.fixture(scope="module")
def matched() -> Matched:
    return compared(world() + CASES)


def pair(matched: Matched, one: str, another: str) -> dict[str, Any] | None:
    found = [row for row in matched.pairs if {row["first_customer_id"], row["second_customer_id"]} == {one, another}]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("case", "comparison", "level"),
    [("typo", "name", "typo"), ("swapped", "name", "swapped"), ("digit", "birth_date", "typo")],
)
def test_what_is_typed_wrongly_is_a_candidate(matched: Matched, case: str, comparison: str, level: str) -> None:
    found = pair(matched, f"{case}-1", f"{case}-2")
    assert found is not None
    assert found["match_probability"] >= 0.95
    assert not found["is_contradicted"]
    assert found[f"{comparison}_level"] == level


def test_twins_are_two_persons_whatever_they_share(matched: Matched) -> None:
    found = pair(matched, "twin-1", "twin-2")
    assert found is None or found["is_contradicted"]


def test_a_mother_and_her_daughter_are_told_apart_by_a_third_record_s_birth_date(matched: Matched) -> None:
    """The account has no birth date and looks like the mother's; it is the daughter's, whose birth date differs."""
    looks_alike = pair(matched, "mother", "of-daughter")
    assert looks_alike is not None
    assert looks_alike["match_probability"] >= 0.95
    apart = pair(matched, "mother", "daughter")
    assert apart is not None
    assert apart["is_contradicted"]
    assert apart["differed"] == "birth date"


def test_a_name_alone_proposes_nobody(matched: Matched) -> None:
    assert pair(matched, "namesake-1", "namesake-2") is None


def test_unlike_records_within_a_customer_are_told(matched: Matched) -> None:
    found = pair(matched, "joined-1", "joined-2")
    assert found is not None
    assert found["is_contradicted"]
    assert found["evidence_weight"] < 0
    assert found["differed"] == "first name, birth date, telephone number"


def test_most_pairs_that_are_one_person_are_found_and_hardly_any_other(matched: Matched) -> None:
    """In the made world records of one person end in the same number."""
    likely = [
        row
        for row in matched.pairs
        if row["match_probability"] >= 0.95 and not row["is_contradicted"] and row["first_customer_id"][1:].isdigit()
    ]
    right = [row for row in likely if row["first_customer_id"][1:] == row["second_customer_id"][1:]]
    assert len(right) >= 0.98 * len(likely)
    unlinked = {row["source_customer_id"] for row in world() if row["customer_id"][0] in "ad"}
    found = {row[f"{place}_customer_id"] for row in right for place in ("first", "second")} & unlinked
    assert len(found) >= 0.95 * len(unlinked)


def test_a_common_name_makes_no_pairs_and_is_counted(matched: Matched) -> None:
    crowd = [record("shop", f"N{i}", f"n{i}", "anna", "muller") for i in range(10 * LARGEST_BLOCK)]
    with_crowd = compared(world() + CASES + crowd)
    (names,) = [blocked for blocked in with_crowd.blocked if blocked.rule == "full_name"]
    assert names.left_out_record_count == names.largest_block_record_count == len(crowd)
    assert names.left_out_pair_count == len(crowd) * (len(crowd) - 1) // 2
    assert with_crowd.compared == matched.compared
    assert not [row for row in with_crowd.pairs if row["first_customer_id"].startswith("N")]


def test_the_order_of_the_records_makes_no_difference(matched: Matched) -> None:
    rows = world() + CASES
    random.Random(5).shuffle(rows)
    again = compared(rows)
    assert again.pairs == matched.pairs
    assert again.levels == matched.levels
    assert again.blocked == matched.blocked


def test_nothing_is_printed_and_nobody_is_called(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the matching opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    compared(world(150))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("rows", [[], CASES[:1], CASES], ids=["none", "one", "few"])
def test_too_few_records_are_a_reason_and_no_failure(rows: list[Record]) -> None:
    found = compared(rows)
    assert found.reason == f"{len(rows)} records have a name; fewer than 100 teach nothing"
    assert not found.pairs


@pytest.mark.parametrize(
    "empty",
    [["birth_date"], ["street", "postal_code", "city"], ["email", "email_number"], ["phone"]],
    ids=lambda columns: columns[0],
)
def test_what_no_record_knows_is_left_out(empty: list[str]) -> None:
    found = compared([{**row, **dict.fromkeys(empty)} for row in world()])
    assert found.reason is None
    assert [row for row in found.pairs if row["match_probability"] >= 0.95]
    name = {"street": "address"}.get(empty[0], empty[0])
    assert {row[f"{name}_level"] for row in found.pairs} == {None}


def test_names_alone_teach_nothing_and_fail_nothing() -> None:
    unknown = dict.fromkeys(set(COLUMNS) - {"customer_namespace", "source_customer_id", "customer_id"})
    names = ("first_name", "last_name", "full_name")
    found = compared([{**row, **unknown, **{name: row[name] for name in names}} for row in world()])
    assert found.reason is not None
    assert found.reason.startswith("nothing teaches how the name of one person agrees: 0 pairs share")
    assert not found.pairs


def test_an_estimation_that_does_not_settle_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails where Splink no longer tells how many rounds it took."""
    monkeypatch.setattr(model, "MOST_ITERATIONS", 1)
    found = compared(world())
    assert found.reason is not None
    assert "did not settle in 1 rounds" in found.reason
    assert not found.pairs


def test_the_same_records_are_compared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse, lake = tmp_path / "warehouse.duckdb", tmp_path / "lake"
    rows = world(150)
    write_warehouse(warehouse, rows)
    first = match_records(warehouse, lake, NOW)
    assert (first.is_unchanged, first.reason) == (False, None)
    stored = table_files(lake, "matching", "scored_pairs")

    write_warehouse(warehouse, rows[::-1])
    assert match_records(warehouse, lake, NOW).outcome == "nothing new"
    assert table_files(lake, "matching", "scored_pairs") == stored

    write_warehouse(warehouse, [*rows[:-1], {**rows[-1], "phone": "+4955512345678"}])
    assert not match_records(warehouse, lake, NOW).is_unchanged
    monkeypatch.setattr(module, "METHOD", f"{module.METHOD} and another")
    assert not match_records(warehouse, lake, NOW).is_unchanged
    assert landed_files(lake, "matching")["scored_pairs", "current"].version == 3


def test_no_name_address_or_birth_date_goes_into_the_lake(tmp_path: Path) -> None:
    rows = world(150)
    write_warehouse(tmp_path / "warehouse.duckdb", rows)
    match_records(tmp_path / "warehouse.duckdb", tmp_path / "lake", NOW)
    personal = ("first_name", "last_name", "birth_date", "street", "postal_code", "email", "phone")
    values = {str(row[column]) for row in rows for column in personal if row[column]}
    files = list((tmp_path / "lake").rglob("*.parquet"))
    assert files
    for path in files:
        for row in pyarrow.parquet.read_table(path, partitioning=None).to_pylist():
            texts = " ".join(value for value in row.values() if isinstance(value, str))
            assert not [value for value in values if value in texts], (path, row)


def test_shares_of_each_comparison_add_up_and_agreement_speaks_for_one_person(matched: Matched) -> None:
    for comparison in COMPARISONS:
        levels = [row for row in matched.levels if row["comparison"] == comparison.name]
        assert [row["comparison_level"] for row in levels] == [level.name for level in comparison.levels]
        for share in ("share_among_same", "share_among_others"):
            assert sum(row[share] for row in levels) == pytest.approx(1.0)
        assert levels[0]["match_weight"] > 5
        assert levels[-1]["match_weight"] < 0
