"""What is predicted for a company is what its own rules have in store for it. 100,000 people: little is left to chance.

With that many, what customers of one history may differ, and what the fitted parameters may err, come to 1.6 % of the
total; 2.9 % with 30,000, 9 % with 3,000. By how much the prediction of a year before was off comes to that, as in
marts.customer_equity_monthly. docs/decisions/0019 has the table over five companies.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from orchestration.demo_company import outlook, planted, purchases
from orchestration.demo_company.clock import Floats, Ints
from tests.python.unit.valuation.demo_customers import Company, Prediction, make_company, predict

PEOPLE = 100_000
END_OF_2023, END_OF_2024 = date(2023, 12, 31), date(2024, 12, 31)


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(2, PEOPLE)


@pytest.fixture(scope="module")
def predicted(company: Company) -> Prediction:
    return predict(company.orders, END_OF_2024)


def test_the_data_tell_that_nobody_leaves_after_a_first_purchase(predicted: Prediction) -> None:
    assert {row["model"] for row in predicted.result.model_fits if row["status"] == "fitted"} == {
        "bg_nbd",
        "gamma_gamma",
    }


def test_total_residual_value_is_the_true_one_within_five_per_cent(company: Company, predicted: Prediction) -> None:
    true = company.outlook.residual_value_36_months[predicted.person].sum()
    found = predicted.residual_value.sum()
    assert found == pytest.approx(true, rel=0.05)
    error = _error_of_fits(predicted)
    assert error < 0.02
    assert abs(np.log(found / true)) < 1.96 * error
    for_ever = company.outlook.residual_value[predicted.person].sum()
    assert predicted.residual_value_infinite_horizon.sum() == pytest.approx(for_ever, rel=0.05)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3, 4, 5))])
def test_the_interval_covers_what_each_of_five_smaller_companies_is_worth(seed: int) -> None:
    company = make_company(seed, 30_000)
    predicted, before = predict(company.orders, END_OF_2024), predict(company.orders, END_OF_2023)
    missed = np.log((_purchases_of_2024(company)[before.person].sum() + 0.5) / (before.purchases_12_months.sum() + 0.5))
    error = np.hypot(_error_of_fits(predicted), missed)
    true, found = company.outlook.residual_value_36_months[predicted.person].sum(), predicted.residual_value.sum()
    assert error < 0.10
    assert abs(np.log(found / true)) < 1.96 * error


def test_residual_value_for_ever_is_the_true_one_in_every_decile_within_fifteen_per_cent(
    company: Company, predicted: Prediction
) -> None:
    """Of 100,000 people, chance alone moves the value of the first decile by 6 %."""
    _assert_deciles_of_residual_value(company, predicted, 0.15)


@pytest.mark.long
def test_residual_value_for_ever_of_a_million_people_is_the_true_one_in_every_decile_within_ten_per_cent() -> None:
    company = make_company(2, 1_000_000)
    _assert_deciles_of_residual_value(company, predict(company.orders, END_OF_2024), 0.10)


def test_purchases_of_the_year_to_come_are_the_true_ones_within_two_per_cent(
    company: Company, predicted: Prediction
) -> None:
    true = company.outlook.purchases_12_months[predicted.person].sum()
    assert predicted.purchases_12_months.sum() == pytest.approx(true, rel=0.02)


def test_so_are_those_of_each_decile_but_the_first_within_ten_per_cent(company: Company, predicted: Prediction) -> None:
    _assert_deciles_but_the_first(company.outlook.purchases_12_months[predicted.person], predicted.purchases_12_months)


def test_so_is_the_residual_value_of_36_months(company: Company, predicted: Prediction) -> None:
    _assert_deciles_but_the_first(company.outlook.residual_value_36_months[predicted.person], predicted.residual_value)


def test_a_year_held_out_is_predicted_as_far_as_it_was_like_those_before(company: Company) -> None:
    """2024 brought a month of newsletters on six days a week, some 2 to 3 % more purchases, that no past tells of."""
    before = predict(company.orders, END_OF_2023, holdout_days=366)
    made = _purchases_of_2024(company)[before.person]
    assert before.holdout_purchases.sum() == pytest.approx(made.sum(), rel=0.08)
    for decile in _deciles(before.holdout_purchases)[7:]:
        assert before.holdout_purchases[decile].sum() == pytest.approx(made[decile].sum(), rel=0.10)


def test_it_is_predicted_in_every_decile_where_nobody_comes_back_and_no_month_is_an_exception(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (purchases, outlook):
        monkeypatch.setattr(module, "COMEBACK_SHARE", 0.0)
    monkeypatch.setattr(planted, "OVERMAIL_TO", planted.OVERMAIL_FROM)
    company = make_company(2, PEOPLE)
    before = predict(company.orders, END_OF_2023, holdout_days=366)
    made = _purchases_of_2024(company)[before.person]
    for decile in _deciles(before.holdout_purchases):
        assert before.holdout_purchases[decile].sum() == pytest.approx(made[decile].sum(), rel=0.10)


def _assert_deciles_of_residual_value(company: Company, predicted: Prediction, within: float) -> None:
    true, found = company.outlook.residual_value[predicted.person], predicted.residual_value_infinite_horizon
    assert found.sum() == pytest.approx(true.sum(), rel=0.05)
    for decile in _deciles(found):
        assert found[decile].sum() == pytest.approx(true[decile].sum(), rel=within)


def _assert_deciles_but_the_first(true: Floats, found: Floats) -> None:
    """The first decile, taken for gone, brings half a per cent of all: come-backs, which these models do not know."""
    first, *others = _deciles(found)
    for decile in others:
        assert found[decile].sum() == pytest.approx(true[decile].sum(), rel=0.10)
    assert true[first].sum() < 0.01 * true.sum()
    assert found[first].sum() == pytest.approx(true[first].sum(), rel=0.20)


def _error_of_fits(predicted: Prediction) -> float:
    """Relative to the total: parameters as if all errors went one way, and customers of one history each for itself."""
    error = np.hypot(predicted.parameter_error.sum(), np.sqrt((predicted.deviation**2).sum()))
    return float(error / predicted.residual_value.sum())


def _purchases_of_2024(company: Company) -> Ints:
    """Days of 2024 with a purchase, by person."""
    later = (company.orders.spend > 0) & (company.orders.day > (END_OF_2023 - date(1970, 1, 1)).days)
    days = np.unique(company.orders.person[later] * 100_000 + company.orders.day[later]) // 100_000
    return np.bincount(days, minlength=len(company.outlook.residual_value))


def _deciles(of: Floats) -> list[Ints]:
    return np.array_split(np.argsort(of, kind="stable"), 10)
