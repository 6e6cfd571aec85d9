"""Online Retail from its files to the marts: a source with behaviour only, and a rough one."""

from __future__ import annotations

import csv
import gzip
import random
import shutil
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.ingestion.load import load_source
from orchestration.sources import source_named
from tests.python.integration.conftest import Project, differences, succeeded

Line = dict[str, str]


@pytest.fixture(scope="module")
def lines(real_data: Path) -> list[Line]:
    """Every line of every day, read with nothing but Python's csv module."""
    found = []
    for path in sorted((real_data / "online_retail").glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            found += list(csv.DictReader(stream))
    return found


def amount(line: Line) -> Decimal:
    return int(line["Quantity"]) * Decimal(line["UnitPrice"])


def sums(lines: list[Line]) -> tuple[int, int, Decimal]:
    return len(lines), sum(int(line["Quantity"]) for line in lines), sum((amount(line) for line in lines), Decimal())


def test_rows_quantities_and_amounts_reconcile_from_file_to_the_types(
    online_retail: Project, lines: list[Line]
) -> None:
    cancellations = [line for line in lines if line["InvoiceNo"].startswith("C")]
    bad_debt = [line for line in lines if line["InvoiceNo"].startswith("A")]
    others = [line for line in lines if line["InvoiceNo"].isdigit()]
    assert len(cancellations) + len(bad_debt) + len(others) == len(lines) == 320_705

    sold = online_retail.query("select count(*), sum(quantity), sum(original_amount) from behavioural.order_lines")
    assert sold == [sums([line for line in others if int(line["Quantity"]) > 0])]
    given_back = online_retail.query("select count(*), -sum(quantity), -sum(original_amount) from behavioural.refunds")
    assert given_back == [sums(cancellations)]
    adjusted = online_retail.query(
        "select adjustment_kind, count(*), sum(quantity), sum(original_amount) from behavioural.ledger_adjustments "
        "group by 1 order by 1"
    )
    assert adjusted == [
        ("bad_debt", *sums(bad_debt)),
        ("write_off", *sums([line for line in others if int(line["Quantity"]) < 0])),
    ]


def test_staging_holds_every_row_and_the_whole_amount(online_retail: Project, lines: list[Line]) -> None:
    assert online_retail.warehouse(
        "select count(*), sum(quantity), sum(quantity * unit_price) from staging.base_online_retail__invoice_lines"
    ) == [sums(lines)]


def test_revenue_and_refunds_of_known_customers_reach_the_mart(online_retail: Project, lines: list[Line]) -> None:
    known = [line for line in lines if line["CustomerID"]]
    bought = [line for line in known if line["InvoiceNo"].isdigit() and int(line["Quantity"]) > 0]
    given_back = [line for line in known if line["InvoiceNo"].startswith("C")]
    # In original currency from the types, which the mart's sums must equal in base currency.
    assert online_retail.query(
        "select sum(original_amount) from behavioural.order_lines where customer_id is not null"
    ) == [(sums(bought)[2],)]
    assert online_retail.query(
        "select sum(original_amount) from behavioural.refunds where customer_id is not null"
    ) == [(-sums(given_back)[2],)]
    assert online_retail.query(
        "select sum(revenue_amount), sum(refund_amount) from marts.customer_value"
    ) == online_retail.query(
        """
        select
            (select sum(amount) from behavioural.order_lines where customer_id is not null),
            (select sum(amount) from behavioural.refunds where customer_id is not null)
        """
    )
    assert online_retail.query("select count(*) from marts.customers") == [
        (len({line["CustomerID"] for line in known}),)
    ]


def test_the_lines_without_a_customer_are_kept_and_nobody_s(online_retail: Project, lines: list[Line]) -> None:
    nobody_s = [line for line in lines if not line["CustomerID"]]
    types = ("order_lines", "refunds")
    counted = (
        sum(
            online_retail.query(f"select count(*) from behavioural.{table} where customer_id is null")[0][0]
            for table in types
        )
        + online_retail.query("select count(*) from behavioural.ledger_adjustments")[0][0]
    )
    assert counted == len(nobody_s)


def test_a_repeated_line_is_a_line_of_its_own(online_retail: Project, lines: list[Line]) -> None:
    repeated = sum(count - 1 for count in Counter(tuple(line.values()) for line in lines).values())
    assert repeated == 2_483
    assert online_retail.query("select count(*) = count(distinct order_line_id) from behavioural.order_lines") == [
        (True,)
    ]


def test_what_is_no_product_is_told_apart(online_retail: Project) -> None:
    kinds = dict(online_retail.query("select product_kind, count(*) from behavioural.products group by 1"))
    assert {"product", "freight", "fee", "discount", "manual", "sample", "voucher", "adjustment"} == set(kinds)
    assert online_retail.query("select sum(freight_amount) > 0 from marts.customer_value") == [(True,)]


def test_the_largest_order_and_its_cancellation_net_to_nothing(online_retail: Project) -> None:
    customer = online_retail.query("select customer_id from behavioural.orders where source_customer_id = '12346'")[0][
        0
    ]
    assert online_retail.query(
        "select order_count, revenue_amount > 80000, net_revenue_amount from marts.customer_value"
        " where customer_id = ?",
        [customer],
    ) == [(1, True, Decimal("0.0000"))]


def test_attitude_and_interaction_stay_visibly_empty(online_retail: Project) -> None:
    assert dict(online_retail.query("select data_type, event_count from marts.data_coverage")) == {
        "descriptive": 3360,
        "behavioural": online_retail.query(
            "select count(*) from marts.customer_timeline where data_type = 'behavioural'"
        )[0][0],
        "attitudinal": 0,
        "interaction": 0,
    }
    assert online_retail.query("select count(*) from marts.satisfaction_monthly") == [(0,)]
    assert online_retail.query("select count(*) from attitudinal.survey_answers") == [(0,)]


def test_one_day_at_a_time_in_any_order_with_files_twice_gives_the_same_marts(
    online_retail: Project, real_data: Path, tmp_path: Path
) -> None:
    days = sorted((real_data / "online_retail").glob("*.csv.gz"))
    order = random.Random(7)
    order.shuffle(days)
    landing = tmp_path / "landing" / "online_retail"
    landing.mkdir(parents=True)
    home = tmp_path / "home"
    source = source_named("online_retail")
    repeated = 0
    for number, day in enumerate(days):
        shutil.copy(day, landing / day.name)
        if number % 10 == 3:
            # The same day once more, under another name and packed again: other bytes, same content.
            with gzip.open(day) as content, gzip.open(landing / f"again-{day.name}", "wb", compresslevel=1) as copy:
                shutil.copyfileobj(content, copy)
        if number % 10 == 7:
            # A day that is already there is delivered again.
            (landing / days[number - 1].name).touch()
        loaded = load_source(
            source, landing, home / "lake" / "raw", home / "dlt", datetime(2026, 1, 1, 6, tzinfo=UTC)
        ).tables["invoice_lines"]
        assert loaded.files == 1 + loaded.repeated_files
        repeated += loaded.repeated_files
    assert repeated == len([n for n in range(len(days)) if n % 10 == 3])

    project = Project(home, {**online_retail.environment, "CEM_LANDING": str(tmp_path / "landing")})
    assert "nothing new" in succeeded(project.run()).stderr
    found = differences(online_retail.home / "published" / "current.duckdb", home / "published" / "current.duckdb")
    # Only the count of files differs: it says that some were delivered twice.
    assert set(found) == {"marts.load_reconciliation"}
    assert project.query(
        "select repeated_file_count, file_row_count, loaded_row_count from marts.load_reconciliation"
    ) == [(repeated, 320_705, 320_705)]
