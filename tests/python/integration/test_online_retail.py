"""Online Retail from its files to the marts: a source with behaviour only, and a rough one."""

from __future__ import annotations

import csv
import gzip
import random
import shutil
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest

from orchestration.ingestion.load import load_source
from orchestration.sources import source_named
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import count_histories
from orchestration.statistics.mbg_nbd import MbgNbd
from tests.python.conftest import REPOSITORY
from tests.python.integration.conftest import Project, relations_apart

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


def test_nothing_is_found_that_would_stop_a_publication(online_retail: Project) -> None:
    assert online_retail.failed_checks() == {}


def test_rows_quantities_and_amounts_reconcile_from_file_to_the_types(
    online_retail: Project, lines: list[Line]
) -> None:
    cancellations = [line for line in lines if line["InvoiceNo"].startswith("C")]
    bad_debt = [line for line in lines if line["InvoiceNo"].startswith("A")]
    others = [line for line in lines if line["InvoiceNo"].isdigit()]
    assert len(cancellations) + len(bad_debt) + len(others) == len(lines) == 320_705

    sold = online_retail.warehouse("select count(*), sum(quantity), sum(original_amount) from behavioural.order_lines")
    assert sold == [sums([line for line in others if int(line["Quantity"]) > 0])]
    given_back = online_retail.warehouse(
        "select count(*), -sum(quantity), -sum(original_amount) from behavioural.refunds"
    )
    assert given_back == [sums(cancellations)]
    adjusted = online_retail.warehouse(
        "select adjustment_type, count(*), sum(quantity), sum(original_amount) from behavioural.ledger_adjustments "
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
    assert online_retail.warehouse(
        "select sum(original_amount) from behavioural.order_lines where customer_id is not null"
    ) == [(sums(bought)[2],)]
    assert online_retail.warehouse(
        "select sum(original_amount) from behavioural.refunds where customer_id is not null"
    ) == [(-sums(given_back)[2],)]
    assert online_retail.warehouse(
        "select sum(revenue_amount), sum(refund_amount) from marts.customer_value"
    ) == online_retail.warehouse(
        """
        select
            (select sum(amount) from behavioural.order_lines where customer_id is not null),
            (select sum(amount) from behavioural.refunds where customer_id is not null)
        """
    )
    assert online_retail.warehouse("select count(*) from marts.customers") == [
        (len({line["CustomerID"] for line in known}),)
    ]


def test_the_lines_without_a_customer_are_kept_and_nobody_s(online_retail: Project, lines: list[Line]) -> None:
    nobody_s = [line for line in lines if not line["CustomerID"]]
    types = ("order_lines", "refunds")
    counted = (
        sum(
            online_retail.warehouse(f"select count(*) from behavioural.{table} where customer_id is null")[0][0]
            for table in types
        )
        + online_retail.warehouse("select count(*) from behavioural.ledger_adjustments")[0][0]
    )
    assert counted == len(nobody_s)


def test_a_repeated_line_is_a_line_of_its_own(online_retail: Project, lines: list[Line]) -> None:
    repeated = sum(count - 1 for count in Counter(tuple(line.values()) for line in lines).values())
    assert repeated == 2_483
    assert online_retail.warehouse("select count(*) = count(distinct order_line_id) from behavioural.order_lines") == [
        (True,)
    ]


def test_what_is_no_product_is_told_apart(online_retail: Project) -> None:
    kinds = dict(online_retail.warehouse("select product_type, count(*) from behavioural.products group by 1"))
    assert {"product", "freight", "fee", "discount", "manual", "sample", "gift_card", "adjustment"} == set(kinds)
    assert online_retail.warehouse("select sum(freight_amount) > 0 from marts.customer_value") == [(True,)]


def test_the_largest_order_and_its_cancellation_net_to_nothing(online_retail: Project) -> None:
    ((customer,), *_) = online_retail.warehouse(
        "select customer_id from behavioural.orders where source_customer_id = '12346'"
    )
    assert online_retail.warehouse(
        "select order_count, revenue_amount > 80000, net_revenue_amount from marts.customer_value"
        " where customer_id = ?",
        [customer],
    ) == [(1, True, Decimal("0.0000"))]


def test_attitude_and_interaction_stay_visibly_empty(online_retail: Project) -> None:
    assert dict(online_retail.warehouse("select data_type, event_count from marts.data_coverage")) == {
        "descriptive": 3360,
        "behavioural": online_retail.warehouse(
            "select count(*) from marts.customer_timeline where data_type = 'behavioural'"
        )[0][0],
        "attitudinal": 0,
        "interaction": 0,
    }
    for mart in ("marts.customer_360", "marts.customer_data_coverage"):
        assert online_retail.warehouse(
            "select bool_and(behavioural_event_count > 0), max(attitudinal_event_count), max(interaction_event_count),"
            f" max(last_attitudinal_event_at), max(last_interaction_event_at) from {mart}"
        ) == [(True, 0, 0, None, None)]
    assert online_retail.warehouse(
        "select count(*), count(value_tier), count(last_satisfaction_index), max(open_ticket_count)"
        " from marts.customer_360"
    ) == [
        (
            *online_retail.warehouse(
                "select count(*), count(value_tier) from marts.customers left join marts.customer_value"
                " using (customer_id)"
            )[0],
            0,
            0,
        )
    ]
    assert online_retail.warehouse("select count(*) from marts.satisfaction") == [(0,)]
    assert online_retail.warehouse("select count(*) from attitudinal.survey_answers") == [(0,)]


@pytest.mark.parametrize("singly", [12, pytest.param(219, marks=pytest.mark.long)])
def test_one_day_at_a_time_in_any_order_with_files_twice_gives_the_same_marts(
    online_retail: Project, real_data: Path, tmp_path: Path, singly: int
) -> None:
    """The last of them, in an order drawn by lot; the others before, at once. 219 days are all."""
    days = sorted((real_data / "online_retail").glob("*.csv.gz"))
    assert len(days) == 219
    order = random.Random(7)
    order.shuffle(days)
    landing = tmp_path / "landing" / "online_retail"
    landing.mkdir(parents=True)
    home = tmp_path / "home"
    source = source_named("online_retail")
    repeated = 0
    arrived = 0
    for number, day in enumerate(days):
        shutil.copy(day, landing / day.name)
        arrived += 1
        if number % 10 == 3:
            # The same day once more, under another name and packed again: other bytes, same content.
            with gzip.open(day) as content, gzip.open(landing / f"again-{day.name}", "wb", compresslevel=1) as copy:
                shutil.copyfileobj(content, copy)
        if number % 10 == 7:
            # A day that is already there is delivered again.
            (landing / days[number - 1].name).touch()
        if number + 1 < len(days) - singly:
            continue
        loaded = load_source(
            source, landing, home / "lake" / "raw", home / "dlt", datetime(2026, 1, 1, 6, tzinfo=UTC)
        ).tables["invoice_lines"]
        assert loaded.files == arrived + loaded.repeated_files
        repeated += loaded.repeated_files
        arrived = 0
    assert repeated == len([n for n in range(len(days)) if n % 10 == 3])

    project = Project(home, {**online_retail.environment, "CEM_LANDING": str(tmp_path / "landing")})
    # The marts follow from the types: with a few days, it is told where they would begin to differ.
    types = () if singly == len(days) else ("+path:models/behavioural", "+load_reconciliation")
    assert project.build(only=types)["online_retail"].tables["invoice_lines"].files == 0
    compared = [
        relation for relation in online_retail.public_relations() if not types or relation.startswith("behavioural.")
    ]
    found = relations_apart(compared, online_retail.warehouse_file, project.warehouse_file)
    # Only the count of files differs: it says that some were delivered twice.
    assert set(found) == (set() if types else {"marts.load_reconciliation"})
    assert project.warehouse(
        "select repeated_file_count, file_row_count, loaded_row_count from marts.load_reconciliation"
    ) == [(repeated, 320_705, 320_705)]


def test_the_fits_are_those_of_histories_made_straight_from_the_files(
    online_retail: Project, lines: list[Line]
) -> None:
    """Days, netting and spend worked out anew from the raw lines, with nothing of the warehouse.

    What was paid back is held against what was bought in pounds, and takes that share of its value in euros.
    """
    seeds = REPOSITORY / "seeds"
    with (seeds / "behavioural" / "product_codes.csv").open() as stream:
        freight = {
            row["code_or_category"]
            for row in csv.DictReader(stream)
            if row["source_system"] == "online_retail" and row["product_type"] == "freight"
        }
    with (seeds / "finance" / "exchange_rates.csv").open() as stream:
        rates = {
            row["valid_from_date"][:4]: Decimal(row["rate"])
            for row in csv.DictReader(stream)
            if row["currency"] == "GBP"
        }

    def in_euro(line: Line) -> Decimal:
        cents = Decimal("0.0001")
        return (amount(line).quantize(cents) * rates[line["InvoiceDate"][:4]]).quantize(cents, ROUND_HALF_UP)

    def day(line: Line) -> date:
        return date.fromisoformat(line["InvoiceDate"][:10])

    bought: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    bought_for: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    taken: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    of_product: dict[tuple[str, str], set[date]] = defaultdict(set)
    known = [line for line in lines if line["CustomerID"]]
    for line in known:
        if line["InvoiceNo"].isdigit() and int(line["Quantity"]) > 0:
            customer = line["CustomerID"]
            is_goods = line["StockCode"] not in freight
            bought[customer][day(line)] += in_euro(line) if is_goods else Decimal()
            bought_for[customer][day(line)] += amount(line) if is_goods else Decimal()
            of_product[customer, line["StockCode"]].add(day(line))
    for line in known:
        if line["InvoiceNo"].startswith("C"):
            customer = line["CustomerID"]
            candidates = [d for d in of_product[customer, line["StockCode"]] if d <= day(line)]
            candidates = candidates or [d for d in bought[customer] if d <= day(line)]
            if candidates:
                taken[customer][max(candidates)] -= amount(line)

    end = date(2011, 8, 31)
    histories, spends = [], []
    for customer, days in bought.items():
        for purchase_day, paid_back in taken[customer].items():
            paid = bought_for[customer][purchase_day]
            days[purchase_day] *= (paid - paid_back) / paid if paid else Decimal()
        counted = sorted(d for d, spend in days.items() if spend > 0)
        if counted:
            x = len(counted) - 1
            histories.append((x, (counted[-1] - counted[0]).days, (end - counted[0]).days))
            if x:
                mean = float(sum(days[d] for d in counted[1:])) / x
                spends.append((x, round(mean, 10)))
    assert online_retail.warehouse(
        "select frequency, recency_days, age_days, sum(customer_count) from intermediate.int_value__counted_histories "
        "where valuation_id = 'current:2011-08-31' group by all order by all"
    ) == sorted((*history, count) for history, count in Counter(histories).items())

    transactions = MbgNbd.fit(
        count_histories(*(np.array(column) for column in zip(*sorted(histories), strict=True)))[0]
    )
    spend = GammaGamma.fit(*(np.array(column) for column in zip(*sorted(spends), strict=True)))
    for model, fit in (("mbg_nbd", transactions), ("gamma_gamma", spend)):
        stored = {
            parameter: (estimate, likelihood)
            for parameter, estimate, likelihood in online_retail.warehouse(
                "select parameter, estimate, log_likelihood from marts.clv_model_fits "
                "where purpose = 'current' and segment is null and model = ? and status <> 'kept'",
                [model],
            )
        }
        assert fit.log_likelihood == pytest.approx(stored[fit.names[0]][1], abs=1e-3)
        for name, value in zip(fit.names, fit.values, strict=True):
            # Without drop-out in nine months, a and b are known by their ratio alone, which is 0.
            if name not in ("a", "b"):
                assert value == pytest.approx(stored[name][0], rel=1e-4), (model, name)


def test_what_a_third_of_the_time_brought_was_predicted(online_retail: Project) -> None:
    [(customers, predicted, actual, bias)] = online_retail.warehouse(
        "select customer_count, predicted_purchases, actual_purchase_count, bias from marts.clv_calibration "
        "where dimension = 'all'"
    )
    assert (customers, actual) == (2728, 2791)
    assert float(bias) == pytest.approx(float(predicted) / actual - 1, abs=1e-6)
    assert abs(bias) < 0.10
    by_frequency = online_retail.warehouse(
        "select mean_predicted_purchases, mean_actual_purchases from marts.clv_calibration "
        "where dimension = 'frequency' order by dimension_value"
    )
    assert len(by_frequency) == 8
    assert all(abs(predicted - actual) < Decimal("0.25") * actual for predicted, actual in by_frequency)


def test_cancelled_purchases_and_negative_spend_reach_no_model(online_retail: Project) -> None:
    # The largest order was cancelled whole within the quarter of an hour: its customer has bought nothing.
    ((customer,), *_) = online_retail.warehouse(
        "select customer_id from behavioural.orders where source_customer_id = '12346'"
    )
    assert online_retail.warehouse(
        "select repeat_purchase_count, residual_revenue_amount, value_tier from marts.customer_value "
        "where customer_id = ?",
        [customer],
    ) == [(None, None, None)]
    assert online_retail.warehouse("select count(*) > 5 from marts.customer_value where net_revenue_amount < 0") == [
        (True,)
    ]
    assert online_retail.warehouse(
        "select count(*) from marts.customer_value "
        "where residual_revenue_amount < 0 or isnan(cast(probability_alive as double))"
    ) == [(0,)]
    assert online_retail.warehouse(
        "select count(*) from intermediate.int_value__counted_spends where mean_spend_amount <= 0"
    ) == [(0,)]


def test_without_costs_value_is_told_in_revenue_and_no_margin_is_made_up(online_retail: Project) -> None:
    assert online_retail.warehouse(
        "select count(residual_clv_amount), count(margin_rate), count(residual_revenue_amount) > 3000 "
        "from marts.customer_value"
    ) == [(0, 0, True)]
    assert online_retail.warehouse("select distinct value_basis, profit_amount from marts.customer_equity_monthly") == [
        ("revenue", None)
    ]
