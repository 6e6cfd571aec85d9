"""Counted histories in a warehouse become fits and scores in the lake, once an input."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from orchestration.ingestion.lake import landed_files
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import purchase_histories
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.seasonality import EVEN, in_adjusted_days
from orchestration.valuation import value_customers as module
from orchestration.valuation.histories import read_seasonalities
from orchestration.valuation.value_customers import Valued, value_customers

NOW = datetime(2024, 4, 1, 6, tzinfo=UTC)
MOMENTS = [
    ("month_end:2024-01-31", "month_end", date(2024, 1, 31), None),
    ("month_end:2024-02-29", "month_end", date(2024, 2, 29), None),
    ("month_end:2024-03-31", "month_end", date(2024, 3, 31), None),
    ("current:2024-03-31", "current", date(2024, 3, 31), None),
    ("calibration:2024-02-15", "calibration", date(2024, 2, 15), 45),
]


class Warehouse:
    """The tables that a valuation reads, filled from customers: segment, purchase days, mean spend."""

    def __init__(self, folder: Path) -> None:
        self.transaction_model = "mbg_nbd"
        self.repeat_purchases: list[tuple[str, date, int]] = []
        self.path = folder / "warehouse.duckdb"
        self.lake = folder / "lake"
        generator = np.random.default_rng(3)
        self.customers: list[tuple[str, list[date], float]] = []
        for segment, size in (("shop / a", 300), ("shop / b", 20)):
            for _ in range(size):
                first = int(generator.integers(0, 70))
                days = [first]
                rate = generator.gamma(1.0, 0.05)
                while generator.random() < 0.85 and days[-1] < 90:
                    days.append(days[-1] + 1 + int(generator.exponential(1 / rate)))
                kept = [date.fromordinal(date(2024, 1, 1).toordinal() + day) for day in days if day <= 90]
                self.customers.append((segment, kept, float(np.round(generator.gamma(4.0, 10.0), 2)) + 1))

    def write(self, minimum: int = 100) -> None:
        histories, spends = [], []
        for valuation_id, _, last, _ in MOMENTS:
            for segment, days, spend in self.customers:
                seen = [day for day in days if day <= last]
                if seen:
                    x = len(seen) - 1
                    histories.append((valuation_id, segment, x, (seen[-1] - seen[0]).days, (last - seen[0]).days))
                    if x:
                        spends.append((valuation_id, segment, x, spend))
        self.path.unlink(missing_ok=True)
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("create schema intermediate")
            connection.execute(
                "create table intermediate.int_value__valuations (valuation_id varchar, purpose varchar, "
                "last_date date, holdout_days bigint, transaction_model varchar, annual_discount_rate double, "
                "horizon_months bigint, minimum_segment_customers bigint, minimum_segment_repeat_buyers bigint)"
            )
            connection.executemany(
                "insert into intermediate.int_value__valuations values (?, ?, ?, ?, ?, 0.1, 36, ?, 10)",
                [(*moment, self.transaction_model, minimum) for moment in MOMENTS],
            )
            connection.execute(
                "create table intermediate.int_value__repeat_purchases (source_system varchar, month_date date, "
                "repeat_purchase_count bigint)"
            )
            if self.repeat_purchases:
                connection.executemany(
                    "insert into intermediate.int_value__repeat_purchases values (?, ?, ?)", self.repeat_purchases
                )
            connection.execute("create table h (valuation_id varchar, segment varchar, x bigint, t bigint, age bigint)")
            if histories:
                connection.executemany("insert into h values (?, ?, ?, ?, ?)", histories)
            connection.execute(
                "create table intermediate.int_value__counted_histories as select valuation_id, "
                "split_part(segment, ' / ', 1) as source_system, segment, x as frequency, t as recency_days, "
                "age as age_days, count(*) as customer_count from h group by all"
            )
            connection.execute("create table s (valuation_id varchar, segment varchar, x bigint, m decimal(18, 4))")
            if spends:
                connection.executemany("insert into s values (?, ?, ?, ?)", spends)
            connection.execute(
                "create table intermediate.int_value__counted_spends as select valuation_id, "
                "split_part(segment, ' / ', 1) as source_system, segment, x as frequency, m as mean_spend_amount, "
                "count(*) as customer_count from s group by all"
            )

    def value(self) -> Valued:
        return value_customers(self.path, self.lake, NOW)

    def rows(self, table: str, where: str = "true") -> list[dict[str, Any]]:
        """Rows of the newest version of each valuation."""
        with duckdb.connect() as connection:
            found = connection.execute(
                f"from read_parquet('{self.lake}/valuation/{table}/*/*.parquet', hive_partitioning = false) "
                f"where {where} order by all"
            )
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        newest = {
            name: file.version for (of, name), file in landed_files(self.lake, "valuation").items() if of == table
        }
        return [row for row in rows if newest[row["_file_name"]] == row["_file_version"]]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    made = Warehouse(tmp_path)
    made.write()
    return made


def test_fits_are_those_of_the_statistics_on_the_counted_histories(warehouse: Warehouse) -> None:
    valued = warehouse.value()
    assert (valued.made, valued.unchanged) == (5, 0)
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        columns = connection.execute(
            "select frequency, recency_days, age_days, customer_count from intermediate.int_value__counted_histories "
            "where valuation_id = 'current:2024-03-31' and segment = 'shop / a' order by all"
        ).fetchnumpy()
        spends = connection.execute(
            "select frequency, mean_spend_amount::double, customer_count from intermediate.int_value__counted_spends "
            "where valuation_id = 'current:2024-03-31' and segment = 'shop / a' order by all"
        ).fetchnumpy()
    direct = {
        "mbg_nbd": MbgNbd.fit(purchase_histories(*columns.values())),
        "gamma_gamma": GammaGamma.fit(*spends.values()),
    }
    for model, fit in direct.items():
        stored = {
            row["parameter"]: row
            for row in warehouse.rows(
                "model_fits",
                f"valuation_id like 'current%' and segment = 'shop / a' and model = '{model}' and status <> 'kept'",
            )
        }
        assert_allclose([stored[name]["estimate"] for name in fit.names], fit.values, rtol=1e-9)
        assert_allclose([stored[name]["standard_error"] for name in fit.names], fit.standard_errors, rtol=1e-9)
        assert stored[fit.names[0]]["log_likelihood"] == pytest.approx(fit.log_likelihood, abs=1e-6)


def test_a_segment_that_is_too_small_takes_the_fit_of_its_source_and_says_so(warehouse: Warehouse) -> None:
    warehouse.value()
    small = warehouse.rows("model_fits", "segment = 'shop / b' and valuation_id like 'current%'")
    assert {row["status"] for row in small} == {"too_small"}
    assert all("customers, " in row["reason"] and row["parameter"] is None for row in small)
    used = {row["transaction_fit_id"] for row in warehouse.rows("history_scores", "segment = 'shop / b'")}
    assert all(":shop:mbg_nbd:" in fit_id for fit_id in used)
    own = {row["transaction_fit_id"] for row in warehouse.rows("history_scores", "segment = 'shop / a'")}
    assert any(":shop:shop / a:mbg_nbd:" in fit_id for fit_id in own)


def test_nothing_is_made_twice_and_a_change_makes_only_what_it_touches(warehouse: Warehouse) -> None:
    warehouse.value()
    files = set(warehouse.lake.rglob("*.parquet"))
    assert warehouse.value() == Valued(made=0, unchanged=5, fits=0, histories=0)
    assert set(warehouse.lake.rglob("*.parquet")) == files

    # A purchase in March: January and February, and the hold-out's past, stay what they were.
    segment, days, spend = next(c for c in warehouse.customers if c[1][-1] < date(2024, 3, 1))
    warehouse.customers[warehouse.customers.index((segment, days, spend))] = (segment, [*days, date(2024, 3, 9)], spend)
    warehouse.write()
    valued = warehouse.value()
    assert (valued.made, valued.unchanged) == (2, 3)
    versions = {name: file.version for (table, name), file in landed_files(warehouse.lake, "valuation").items()}
    assert versions == {"month_end:2024-01": 1, "month_end:2024-02": 1, "month_end:2024-03": 2} | {
        "current": 2,
        "calibration": 1,
    }
    assert files < set(warehouse.lake.rglob("*.parquet"))


def test_the_month_before_is_known_whether_it_was_made_now_or_earlier(warehouse: Warehouse) -> None:
    warehouse.value()
    at_once = warehouse.rows("history_scores", "valuation_id = 'month_end:2024-03-31'")
    assert all(row["prior_discounted_purchases"] > 0 for row in at_once)
    assert all(row["prior_spend_fit_id"].startswith("month_end:2024-02-29:") for row in at_once)
    assert all(
        row["prior_discounted_purchases"] is None
        for row in warehouse.rows("history_scores", "valuation_id = 'month_end:2024-01-31'")
    )
    segment, days, spend = next(c for c in warehouse.customers if c[1][-1] < date(2024, 3, 1))
    place = warehouse.customers.index((segment, days, spend))
    warehouse.customers[place] = (segment, [*days, date(2024, 3, 9)], spend)
    warehouse.write()
    warehouse.value()
    warehouse.customers[place] = (segment, days, spend)
    warehouse.write()
    warehouse.value()
    again = warehouse.rows("history_scores", "valuation_id = 'month_end:2024-03-31'")
    assert [{**row, "_file_version": 0} for row in again] == [{**row, "_file_version": 0} for row in at_once]
    assert {row["_file_version"] for row in again} == {3}


def test_the_likelier_model_is_taken_and_where_neither_is_the_safer_one(warehouse: Warehouse) -> None:
    """First of customers who may leave after their first purchase, then of customers who never do."""
    generator = np.random.default_rng(11)
    loyal = []
    for _ in range(1000):
        days = [int(generator.integers(0, 50))]
        rate = generator.gamma(2.0, 0.04)
        while days[-1] < 90 and (len(days) == 1 or generator.random() < 0.6):
            days.append(days[-1] + 1 + int(generator.exponential(1 / rate)))
        kept = [date.fromordinal(date(2024, 1, 1).toordinal() + day) for day in days if day <= 90]
        loyal.append(("shop / a", kept, float(np.round(generator.gamma(4.0, 10.0), 2)) + 1))
    warehouse.transaction_model = "likeliest"
    for customers, model in ((warehouse.customers, "mbg_nbd"), (loyal, "bg_nbd")):
        warehouse.customers = customers
        warehouse.write()
        warehouse.value()
        fits = warehouse.rows("model_fits", "valuation_id like 'current%' and model <> 'gamma_gamma'")
        assert {row["model"] for row in fits if row["status"] in ("fitted", "kept")} == {model}
        used = {row["transaction_fit_id"] for row in warehouse.rows("history_scores", "valuation_id like 'current%'")}
        assert all(f":{model}:" in fit_id for fit_id in used)


def test_parameters_stay_until_others_are_clearly_likelier(warehouse: Warehouse) -> None:
    """Spends are alike in all months; whoever came in March comes back every other day, and not for long."""
    generator = np.random.default_rng(13)
    for _ in range(300):
        first = 60 + int(generator.integers(0, 9))
        days = range(first, first + 2 * int(generator.integers(1, 4)), 2)
        bought = [date.fromordinal(date(2024, 1, 1).toordinal() + day) for day in days]
        warehouse.customers.append(("shop / a", bought, float(np.round(generator.gamma(4.0, 10.0), 2)) + 1))
    warehouse.write()
    warehouse.value()
    rows = warehouse.rows("model_fits", "segment = 'shop / a' and valuation_id like 'month_end%'")
    used: dict[tuple[str, str], dict[str, float]] = {}
    status = {}
    for row in rows:
        key = (row["valuation_id"], row["model"])
        if row["status"] in ("fitted", "kept"):
            used.setdefault(key, {})[row["parameter"]] = row["estimate"]
            status[key] = row["status"]

    months = ("month_end:2024-01-31", "month_end:2024-02-29", "month_end:2024-03-31")
    assert [status[month, "mbg_nbd"] for month in months] == ["fitted", "fitted", "fitted"]
    assert [status[month, "gamma_gamma"] for month in months] == ["fitted", "kept", "kept"]
    assert used[months[0], "gamma_gamma"] == used[months[1], "gamma_gamma"] == used[months[2], "gamma_gamma"]
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        frequency, mean, counts = connection.execute(
            "select frequency, mean_spend_amount::double, customer_count from intermediate.int_value__counted_spends "
            "where valuation_id = 'month_end:2024-03-31' and segment = 'shop / a' order by all"
        ).fetchnumpy().values()  # fmt: skip
    likelihoods = {
        row["status"]: row["log_likelihood"]
        for row in rows
        if row["valuation_id"] == months[2] and row["model"] == "gamma_gamma"
    }
    old = GammaGamma(**used[months[0], "gamma_gamma"]).log_likelihood(frequency, mean)
    assert likelihoods["kept"] == pytest.approx(float(counts @ old), rel=1e-12)
    assert likelihoods["not_clearly_likelier"] == pytest.approx(GammaGamma.fit(frequency, mean, counts).log_likelihood)
    assert 0 <= likelihoods["not_clearly_likelier"] - likelihoods["kept"] <= 3
    told = {row["reason"] for row in rows if row["valuation_id"] == months[2] and row["status"] == "kept"}
    assert len(told) == 1
    assert "kept from month_end:2024-02-29" in told.pop()
    # What is valued now, on the last day of a month, is what the month-end is; what is held out has its own data alone.
    parameters = [
        {
            (row["model"], row["parameter"], row["status"], row["estimate"])
            for row in warehouse.rows("model_fits", f"segment = 'shop / a' and valuation_id like '{valuation}%'")
        }
        for valuation in ("current", "month_end:2024-03", "calibration")
    ]
    assert parameters[0] == parameters[1]
    assert {status for *_, status, _ in parameters[2]} == {"fitted"}


def test_histories_are_fitted_and_scored_by_the_seasonality_of_the_source_s_year(warehouse: Warehouse) -> None:
    """Two years of sales that double in March: the days of March count for more, and what was even is made anew."""
    warehouse.value()
    months = [date(2022 + month // 12, month % 12 + 1, 1) for month in range(27)]
    warehouse.repeat_purchases = [("shop", month, 2000 if month.month == 3 else 1000) for month in months]
    warehouse.write()
    assert warehouse.value().made == 5
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        seasonality = read_seasonalities(connection, date(2024, 3, 31))["shop"]
        assert read_seasonalities(connection, date(2024, 3, 30))["shop"] != seasonality, "March had not ended"
        assert read_seasonalities(connection, date(2023, 11, 30)) == {"shop": EVEN}
        columns = connection.execute(
            "select frequency, recency_days, age_days, customer_count from intermediate.int_value__counted_histories "
            "where valuation_id = 'current:2024-03-31' and segment = 'shop / a' order by all"
        ).fetchnumpy()
    assert seasonality.indices[2] > 1.5
    last_day = (date(2024, 3, 31) - date(1970, 1, 1)).days
    adjusted = in_adjusted_days(purchase_histories(*columns.values()), seasonality, last_day)
    direct = MbgNbd.fit(adjusted)
    rows = warehouse.rows("model_fits", "valuation_id like 'current%' and segment = 'shop / a' and model = 'mbg_nbd'")
    stored = {row["parameter"]: row["estimate"] for row in rows if row["status"] != "kept"}
    assert_allclose([stored[name] for name in direct.names], direct.values, rtol=1e-9)
    used = {row["parameter"]: row["estimate"] for row in rows if row["status"] in ("fitted", "kept")}
    scores = warehouse.rows("history_scores", "valuation_id like 'current%' and segment = 'shop / a'")
    found = {(row["frequency"], row["recency_days"], row["age_days"]): row["probability_alive"] for row in scores}
    expected = MbgNbd(**used).probability_alive(adjusted.frequency, adjusted.recency, adjusted.age)
    calendar = zip(columns["frequency"], columns["recency_days"], columns["age_days"], strict=True)
    assert_allclose([found[tuple(int(part) for part in key)] for key in calendar], expected, rtol=1e-9)


def test_the_month_before_is_known_by_its_own_seasonality_from_the_lake_too(warehouse: Warehouse) -> None:
    months = [date(2022 + month // 12, month % 12 + 1, 1) for month in range(27)]
    warehouse.repeat_purchases = [("shop", month, 2000 if month.month == 3 else 1000) for month in months]
    warehouse.write()
    warehouse.value()
    at_once = warehouse.rows("history_scores", "valuation_id = 'month_end:2024-03-31'")
    warehouse.repeat_purchases[-1] = ("shop", date(2024, 3, 1), 1900)
    warehouse.write()
    assert warehouse.value().made == 2, "March and now"
    again = warehouse.rows("history_scores", "valuation_id = 'month_end:2024-03-31'")
    prior = [[row["prior_discounted_purchases"] for row in rows] for rows in (at_once, again)]
    assert_allclose(prior[0], prior[1], rtol=1e-3)
    assert [row["discounted_purchases"] for row in at_once] != [row["discounted_purchases"] for row in again]


def test_what_was_interrupted_is_not_read_and_made_afresh(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = iter(range(3))

    def fails_at_the_third(*arguments: Any) -> Any:
        if next(made) == 2:
            raise KeyboardInterrupt
        return original(*arguments)

    original = module.score
    monkeypatch.setattr(module, "score", fails_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        warehouse.value()
    assert landed_files(warehouse.lake, "valuation") == {}
    left_over = set(warehouse.lake.rglob("*.parquet"))
    assert left_over
    monkeypatch.setattr(module, "score", original)
    assert warehouse.value().made == 5
    assert {file.version for file in landed_files(warehouse.lake, "valuation").values()} == {1}
    assert len(warehouse.rows("spend_fits")) == 10


def test_where_nobody_comes_back_nothing_is_predicted_and_the_reason_is_told(warehouse: Warehouse) -> None:
    warehouse.customers = [(segment, days[:1], spend) for segment, days, spend in warehouse.customers]
    warehouse.write()
    valued = warehouse.value()
    assert (valued.made, valued.fits) == (5, 0)
    for row in warehouse.rows("history_scores"):
        assert row["probability_alive"] is None
        assert "has a repeat purchase" in row["reason"]
    assert {row["status"] for row in warehouse.rows("model_fits")} == {"not_identified", "too_small"}


@pytest.mark.parametrize("model", ["mbg_nbd", "bg_nbd", "pareto_nbd", "likeliest"])
def test_where_nobody_leaves_the_value_says_so_whichever_parameter_ran_to_its_bound(
    warehouse: Warehouse, model: str
) -> None:
    generator = np.random.default_rng(5)
    warehouse.transaction_model = model
    first = date(2024, 1, 1).toordinal()
    warehouse.customers = [
        (
            segment,
            [date.fromordinal(first + day) for day in range(int(generator.integers(0, 9)), 91, step)],
            20.0 + step,
        )
        for segment, _, _ in warehouse.customers
        for step in [int(generator.integers(2, 9))]
    ]
    warehouse.write()
    warehouse.value()
    scores = [row for row in warehouse.rows("history_scores") if row["discounted_purchases"] is not None]
    assert scores
    for row in scores:
        assert row["probability_alive"] > 0.99
        assert "no drop-out" in row["reason"]
    used = {row["transaction_fit_id"] for row in scores}
    fits = [row for row in warehouse.rows("model_fits") if row["fit_id"] in used]
    assert fits
    assert all("no drop-out" in row["reason"] for row in fits)


def test_where_some_leave_no_reason_is_given(warehouse: Warehouse) -> None:
    warehouse.value()
    now = [row for row in warehouse.rows("history_scores") if row["valuation_id"].startswith("current")]
    assert {row["reason"] for row in now} == {None}


def test_the_hold_out_is_scored_for_its_length_alone(warehouse: Warehouse) -> None:
    warehouse.value()
    for row in warehouse.rows("history_scores"):
        assert (row["holdout_purchases"] is not None) == row["valuation_id"].startswith("calibration")
        assert (row["discounted_purchases"] is None) == row["valuation_id"].startswith("calibration")


def test_an_empty_warehouse_leaves_a_lake_that_says_so(warehouse: Warehouse) -> None:
    warehouse.customers = []
    with duckdb.connect(str(warehouse.path)) as connection:
        for table in ("valuations", "counted_histories", "counted_spends"):
            connection.execute(f"delete from intermediate.int_value__{table}")
    assert warehouse.value() == Valued(made=0, unchanged=0, fits=0, histories=0)
    assert len(list((warehouse.lake / "valuation" / "_dlt_loads").glob("*.jsonl"))) == 1
