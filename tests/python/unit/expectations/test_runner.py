"""Suites are held against DuckDB itself, and what they find is kept as a page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from expectations.duckdb_dialect import keep_duckdb_connections
from expectations.runner import run_suite
from expectations.suites import Suite, load_suites

CHECKED_AT = datetime(2024, 2, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checks") / "checked.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.orders as"
            " select i as order_id, i - 1 as amount, 1 as low, 2 as high from range(100) t(i)"
        )
        connection.execute("insert into marts.orders values (7, -1, 1, 2)")
    return path


def suite(*expectations: dict[str, object]) -> Suite:
    return Suite("marts", "marts", "orders", tuple({"because": "it is said so", **e} for e in expectations))


def test_an_upgrade_that_moves_the_private_list_of_dialects_fails_loudly() -> None:
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    keep_duckdb_connections()
    assert "duckdb" in {dialect.value for dialect in engine._PERSISTED_CONNECTION_DIALECTS}
    assert "sqlite" in {dialect.value for dialect in engine._PERSISTED_CONNECTION_DIALECTS}


def test_what_fails_is_counted_and_named_by_its_keys(database: Path, tmp_path: Path) -> None:
    result = run_suite(
        suite(
            {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "order_id"}},
            {"type": "expect_column_values_to_be_between", "kwargs": {"column": "amount", "min_value": 0}},
            {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}},
            {"type": "expect_column_mean_to_be_between", "kwargs": {"column": "low", "min_value": 5}},
        ),
        database,
        tmp_path,
        CHECKED_AT,
    )
    unique, between, rows, mean = result.findings
    assert not result.success
    assert (unique.success, unique.unexpected_count) == (False, 2)
    assert (between.success, between.unexpected_count) == (False, 2)
    assert unique.observed == "2 unexpected of 101 rows: order_id 7"
    assert between.observed == "2 unexpected of 101 rows: values of amount are not shown"
    assert rows.success
    assert rows.observed == "101"
    assert not mean.success
    assert result.failures().count("\n") == 2
    assert (
        "marts.orders: expect column values to be unique (column order_id); found 2 unexpected of 101 rows"
        in result.failures()
    )


PERSON = ("Anna", "anna@example.org", "Hauptstr", "neighbour", "1980", "4711")


def test_nothing_of_a_person_is_shown_whatever_fails(tmp_path: Path) -> None:
    path = tmp_path / "people.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.orders as select * from (values"
            " (1, 'anna@example.org', 'Anna', 'Hauptstr. 1', 'A neighbour.', date '1980-05-01', '4711'),"
            " (1, 'anna@example.org', 'Anna', 'Hauptstr. 1', 'A neighbour.', date '1980-05-01', '4711')"
            ") as t(order_id, account_id, first_name, street, comment, birth_date, loyalty_number)"
        )
    personal = ("account_id", "first_name", "street", "comment", "birth_date", "loyalty_number")
    result = run_suite(
        suite(
            *({"type": "expect_column_values_to_be_unique", "kwargs": {"column": column}} for column in personal),
            *(
                {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": column, "value_set": ["x"]}}
                for column in personal
                if column != "birth_date"
            ),
            {"type": "expect_column_distinct_values_to_be_in_set", "kwargs": {"column": "street", "value_set": ["x"]}},
            {
                "type": "expect_column_most_common_value_to_be_in_set",
                "kwargs": {"column": "street", "value_set": ["x"]},
            },
            {"type": "expect_column_max_to_be_between", "kwargs": {"column": "birth_date", "max_value": "1970-01-01"}},
            {"type": "expect_column_value_lengths_to_equal", "kwargs": {"column": "first_name", "value": 1}},
            {
                "type": "expect_compound_columns_to_be_unique",
                "kwargs": {"column_list": ["order_id", "first_name", "birth_date"]},
            },
            {
                "type": "expect_column_pair_values_to_be_equal",
                "kwargs": {"column_A": "first_name", "column_B": "street"},
            },
            {
                "type": "unexpected_rows_expectation",
                "kwargs": {"unexpected_rows_query": "select * from {batch} where order_id = 1"},
            },
        ),
        path,
        tmp_path / "quality",
        CHECKED_AT,
    )

    assert not any(finding.success for finding in result.findings)
    written = [page.read_text() for page in (tmp_path / "quality").iterdir()]
    for shown in [result.failures(), *written]:
        assert [word for word in PERSON if word in shown] == []
    (compound,) = [f.observed for f in result.findings if "compound" in f.expectation]
    assert compound == "2 unexpected of 2 rows: order_id 1; values of first_name, birth_date are not shown"


def test_rows_asked_for_by_a_query_fail_by_their_number(database: Path, tmp_path: Path) -> None:
    def asking(condition: str) -> bool:
        query = f"select * from {{batch}} where {condition}"
        expectation = {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": query}}
        return run_suite(suite(expectation), database, tmp_path, CHECKED_AT).success

    assert not asking("amount < 0")
    assert asking("amount < -10")


def test_a_column_that_is_not_there_is_an_error_not_a_finding(database: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="could not evaluate expect column values to be unique"):
        run_suite(
            suite({"type": "expect_column_values_to_be_unique", "kwargs": {"column": "gone"}}),
            database,
            tmp_path,
            CHECKED_AT,
        )


def test_the_page_shows_each_expectation_with_its_reason_and_needs_no_network(database: Path, tmp_path: Path) -> None:
    result = run_suite(
        suite(
            {
                "type": "expect_column_values_to_be_between",
                "kwargs": {"column": "amount", "min_value": 0},
                "because": "amounts < 0 are refunds",
            }
        ),
        database,
        tmp_path,
        CHECKED_AT,
    )
    page = result.report.read_text()
    assert "FAILED" in page
    assert "amounts &lt; 0 are refunds" in page
    assert "2024-02-01 06:00:00 UTC" in page
    assert "http" not in page
    index = (tmp_path / "index.html").read_text()
    assert "marts.orders: 1 expectations, 1 failed" in index
    assert "FAILED" in index


def test_every_suite_in_the_project_can_be_read_and_says_why() -> None:
    raw, marts = load_suites("raw"), load_suites("marts")
    assert len(raw) >= 3
    assert len(marts) >= 3
    assert all(e["because"] for s in raw + marts for e in s.expectations)
