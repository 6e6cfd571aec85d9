"""Metrics of a company that every model has been through: cut as its marts are, they are what its marts say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.python.asked_metrics import Metrics, metrics_of
from tests.python.worlds.ordinary import ordinary_world


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    with metrics_of(ordinary_world(tmp_path_factory).settings.warehouse) as asked:
        yield asked


@pytest.mark.parametrize(
    ("asked", "by", "expected"),
    [
        (
            "satisfaction_score,satisfaction_lower_95,satisfaction_upper_95,satisfaction_answer_count,response_rate",
            "metric_time__day,satisfaction__measure,satisfaction__questionnaire,satisfaction__dimension,"
            "satisfaction__dimension_value,satisfaction__period_type",
            "select cast(period_end_date as timestamp), measure, questionnaire, dimension, dimension_value,"
            " period_type, score, lower_95, upper_95, answer_count, response_rate from marts.satisfaction",
        ),
        (
            "service_met_share,service_median_minutes,service_ticket_count",
            "metric_time__month,service__measure,service__dimension,service__dimension_value",
            "select cast(month_date as timestamp), measure, dimension, dimension_value, met_share, median_minutes,"
            " ticket_count from marts.service_monthly",
        ),
        (
            "customer_equity_amount,customer_equity_lower_95_amount,customer_equity_upper_95_amount,"
            "valued_customer_count,profit_amount,return_on_customer",
            "metric_time__month",
            "select cast(month_date as timestamp), equity_amount, equity_lower_95_amount, equity_upper_95_amount,"
            " customer_count, profit_amount, return_on_customer from marts.customer_equity_monthly"
            " where value_basis = 'margin'",
        ),
        (
            "acquisition_cost_amount,acquired_customer_count,clv_to_acquisition_cost",
            "",
            "select acquisition_cost_amount, customer_count, clv_to_acquisition_cost from marts.cohort_value"
            " where cohort_level = 'all'",
        ),
        (
            "pressing_contact_count,quiet_hours_contact_count,pressed_customer_count",
            "metric_time__day",
            "select cast(contact_date as timestamp), sum(pressing_contact_count), sum(quiet_hours_contact_count),"
            " count(*) filter (pressing_contact_count > 0) from marts.contact_pressure_daily"
            " where channel_family = 'all' group by all",
        ),
        (
            "relationship_stage_customer_count",
            "journey__stage",
            "select stage, sum(1) filter (is_current and axis = 'relationship') from marts.journey_stages"
            " group by stage",
        ),
        ("customer_count", "customer__country", "select country, count(*) from marts.customers group by all"),
    ],
)
def test_a_metric_cut_as_its_mart_is_its_mart(metrics: Metrics, asked: str, by: str, expected: str) -> None:
    answers = metrics.ask(asked, by=by)
    assert answers
    assert answers == metrics.expect(expected)


def test_revenue_is_what_customers_are_valued_by(metrics: Metrics) -> None:
    assert metrics.ask("revenue_amount,order_count") == metrics.expect(
        "select sum(revenue_amount), sum(order_count) from marts.customer_value"
    )


def test_an_average_order_is_that_of_all_who_buy(metrics: Metrics) -> None:
    assert metrics.ask("average_order_amount") == metrics.expect(
        "select cast(sum(goods_amount) as double) / sum(order_count) from marts.purchase_behaviour"
    )


def test_messages_are_counted_as_they_are_told(metrics: Metrics) -> None:
    assert metrics.ask("sent_message_count") == metrics.expect(
        "select count(*) from interaction.message_events where event_type = 'sent'"
    )


def test_some_figures_of_this_company_are_shown_and_some_hidden(metrics: Metrics) -> None:
    assert metrics.expect("select distinct is_suppressed from marts.satisfaction") == [(False,), (True,)]
