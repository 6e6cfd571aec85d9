"""Metrics are what the marts say, whatever is asked at once; what a mart hides, no metric tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.python.asked_metrics import Metrics, metrics_of, semantic_manifest
from tests.python.unit.report.published_file import contracts, published_version

Row = dict[str, Any]


def figure(
    questionnaire: str, measure: str, period_type: str, end: str, n: int, score: float | None, **more: Any
) -> Row:
    """A row of satisfaction; without a score it is hidden."""
    row = {
        "dimension": "none",
        "dimension_value": "all",
        "period_start_date": f"{end[:7]}-01",
        "respondent_count": n - 1,
        "lower_95": None if score is None else score - 5,
        "upper_95": None if score is None else score + 4,
        "is_suppressed": score is None,
        "suppression_reason": "too few respondents" if score is None else None,
        "invitation_count": 2 * n,
        "response_rate": 0.5,
        **more,
    }
    key = f"{questionnaire}{measure}{period_type}{end}{row['dimension']}{row['dimension_value']}"
    return row | {
        "satisfaction_id": key,
        "questionnaire": questionnaire,
        "measure": measure,
        "period_type": period_type,
        "period_end_date": end,
        "answer_count": n,
        "score": score,
    }


def service(month: str, measure: str, judged: int | None, met: int | None, **more: Any) -> Row:
    """A row of service_monthly; without judged cases it is hidden."""
    row = {
        "dimension": "none",
        "dimension_value": "all",
        "ticket_count": judged or 7,
        "median_minutes": None if judged is None else judged / 2,
        "met_share": None if judged is None or met is None else round(met / judged, 6),
        "lower_95": None if judged is None else 0.1,
        "upper_95": None if judged is None else 0.9,
        "is_suppressed": judged is None,
        "suppression_reason": "too few customers" if judged is None else None,
        **more,
    }
    key = f"{month}{measure}{row['dimension']}{row['dimension_value']}"
    counts = {"judged_ticket_count": judged, "met_ticket_count": met}
    return row | counts | {"service_monthly_id": key, "month_date": month, "measure": measure}


EQUITY = [
    {
        "customer_equity_monthly_id": f"{month}{basis}",
        "month_date": month,
        "value_basis": basis,
        "customer_count": customers,
        "equity_amount": equity,
        "equity_lower_95_amount": equity - 10,
        "equity_upper_95_amount": equity + 10,
        "profit_amount": profit,
        "return_on_customer": returned,
    }
    for month, basis, customers, equity, profit, returned in (
        ("2024-10-01", "margin", 40, 1000, 50, 0.1),
        ("2024-11-01", "margin", 41, 1100, 60, 0.2),
        ("2024-12-01", "margin", 42, 1200, 70, 0.3),
        ("2024-12-01", "revenue", 90, 5000, None, 0.4),
    )
]
RECURRING = [
    {
        "month_date": month,
        "source_system": "shop",
        "plan": plan,
        "currency": "EUR",
        "country": "DE",
        "opening_customer_count": opening // 10,
        "churned_customer_count": -churn // 10,
        "closing_customer_count": closing // 10,
        "opening_amount": opening,
        "new_amount": new,
        "expansion_amount": 0,
        "contraction_amount": 0,
        "churn_amount": churn,
        "reactivation_amount": 0,
        "exchange_rate_amount": 0,
        "closing_amount": closing,
    }
    for month, plan, opening, new, churn, closing in (
        ("2024-11-01", "basic", 100, 50, -30, 120),
        ("2024-12-01", "basic", 120, 10, -20, 110),
        ("2024-11-01", "plus", 200, 0, -200, 0),
        ("2024-12-01", "plus", 0, 0, 0, 0),
    )
]
PIPELINE = [
    {
        "month_date": month,
        "source_system": "crm",
        "stage": stage,
        "category": category,
        "open_opportunity_count": opened,
        "unpriced_opportunity_count": 0,
        "expected_amount": 100 * opened,
        "win_rate": rate,
        "weighted_amount": None if rate is None else 100 * opened * rate,
        "won_opportunity_count": won,
        "lost_opportunity_count": 1,
        "won_amount": 100 * won,
    }
    for month, stage, category, opened, rate, won in (
        ("2024-11-01", "quoted", "pots", 3, 0.5, 1),
        ("2024-12-01", "quoted", "pots", 2, 0.6, 2),
        ("2024-12-01", "quoted", "pans", 4, 0.6, 0),
        ("2024-12-01", "opened", "pans", 9, None, 0),
    )
]
COHORTS = [
    {
        "cohort_value_id": level + channel,
        "cohort_level": level,
        "acquisition_channel": channel,
        "month_date": "2024-12-01",
        "customer_count": customers,
        "is_suppressed": cost is None,
        "acquisition_cost_amount": cost,
        "clv_to_acquisition_cost": ratio,
    }
    for level, channel, customers, cost, ratio in (
        ("all", "all", 100, 800, 2.5),
        ("channel", "search", 60, 300, 4),
        ("channel", "social", 35, 500, 1.5),
        ("channel", "affiliate", 5, None, None),
        ("month", "all", 100, 999, 9),
    )
]
ORDERS: list[Row] = [
    {
        "order_id": f"O{number}",
        "business_date": day,
        "is_purchase": is_purchase,
        "channel": channel,
        "freight_amount": 5,
    }
    for number, (day, is_purchase, channel) in enumerate(
        [
            ("2024-11-30", True, "web"),
            ("2024-12-01", True, "store"),
            ("2024-12-02", False, "web"),
            ("2025-01-05", True, "web"),
        ]
    )
]
LINES: list[Row] = [
    {"order_line_id": f"{order['order_id']}-{what}", "order_id": order["order_id"], "counts_as": what, "amount": amount}
    | {"business_date": order["business_date"]}
    for order in ORDERS
    for what, amount in (("revenue", 100), ("freight", 3), ("liability", 40))
]
DATES = [
    {"date_day": day, "is_until_as_of": day <= "2024-12-31", "is_weekend": False, "weekday_number": 1}
    for day in ("2024-11-30", "2024-12-01", "2024-12-02", "2025-01-05")
]
PRESSURE = [
    {"customer_id": customer, "contact_date": day, "channel_family": family}
    | {"pressing_contact_count": contacts, "quiet_hours_contact_count": 1}
    for customer, day, family, contacts in (
        ("A", "2024-12-01", "all", 3),
        ("A", "2024-12-01", "email", 2),
        ("A", "2024-12-02", "all", 1),
        ("B", "2024-12-02", "all", 4),
        ("C", "2024-12-02", "all", 0),
    )
]
STAGES = [
    {"journey_stage_id": customer + axis + since, "customer_id": customer, "axis": axis, "stage": stage}
    | {"valid_from": since, "is_current": is_current}
    for customer, axis, stage, since, is_current in (
        ("A", "relationship", "new", "2024-01-01", False),
        ("A", "relationship", "at_risk", "2024-02-01", True),
        ("A", "attitude", "advocate", "2024-01-01", True),
        ("B", "relationship", "loyal", "2024-01-01", True),
    )
]
SATISFACTION = [
    figure("nps", "nps", "1 month", "2024-10-31", 40, 10.0),
    figure("nps", "nps", "1 month", "2024-11-30", 12, None),
    figure("nps", "nps", "1 month", "2024-12-31", 50, 30.0),
    figure("nps", "nps", "12 months", "2024-12-31", 400, 20.0),
    figure("nps", "nps", "quarter", "2024-12-31", 102, 21.0),
    figure("nps", "nps", "1 month", "2024-12-31", 45, 35.0, dimension="country", dimension_value="DE"),
    figure("nps", "nps", "1 month", "2024-12-31", 5, None, dimension="country", dimension_value="AT"),
    figure("csi", "satisfaction_index", "1 month", "2024-12-31", 60, 70.0, response_rate=0.25),
    figure("csi", "effort_index", "1 month", "2024-12-31", 60, 55.0, response_rate=0.25),
    figure("social_review", "satisfaction_index", "1 month", "2024-12-31", 80, 80.0, response_rate=None),
]
SERVICE = [
    service("2024-10-01", "first_reply", 40, 30),
    service("2024-11-01", "first_reply", None, None),
    service("2024-12-01", "first_reply", 60, 40),
    service("2024-12-01", "first_reply", 35, 5, dimension="channel", dimension_value="email"),
    service("2024-12-01", "first_reply", None, None, dimension="channel", dimension_value="phone"),
    service("2024-12-01", "full_resolution", 55, 50),
    service("2024-11-01", "backlog", 11, None),
    service("2024-12-01", "backlog", 13, None),
]


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    rows = {
        "marts.satisfaction": SATISFACTION,
        "marts.service_monthly": SERVICE,
        "marts.customer_equity_monthly": EQUITY,
        "marts.recurring_revenue_monthly": RECURRING,
        "marts.sales_pipeline": PIPELINE,
        "marts.cohort_value": COHORTS,
        "marts.dates": DATES,
        "marts.contact_pressure_daily": PRESSURE,
        "marts.journey_stages": STAGES,
        "behavioural.orders": ORDERS,
        "behavioural.order_lines": LINES,
    }
    version = published_version(tmp_path_factory.mktemp("published"), rows)
    with metrics_of(version / "cem.duckdb") as asked:
        yield asked


def month(number: int) -> datetime:
    return datetime(2024, number, 1)


def test_every_metric_and_saved_query_has_an_answer(metrics: Metrics) -> None:
    for metric in semantic_manifest().metrics:
        metrics.ask(metric.name, by="metric_time__month")
    for saved in semantic_manifest().saved_queries:
        metrics.ask_saved(saved.name)


def test_every_metric_is_described_and_names_no_other_twice() -> None:
    metrics = semantic_manifest().metrics
    assert [metric.name for metric in metrics if len(metric.description or "") < 15 or not metric.label] == []
    assert len({metric.description for metric in metrics}) == len(metrics)
    assert len({metric.label for metric in metrics}) == len(metrics)


def test_a_figure_of_satisfaction_is_a_row_of_the_mart(metrics: Metrics) -> None:
    keys = "measure,questionnaire,dimension,dimension_value,period_type"
    figures = "score,lower_95,upper_95,answer_count,respondent_count"
    named = [name if name.startswith("response") else f"satisfaction_{name}" for name in figures.split(",")]
    by = ",".join(f"satisfaction__{key}" for key in keys.split(","))
    asked = metrics.ask(",".join([*named, "response_rate"]), by=f"metric_time__day,{by}")
    assert asked == metrics.expect(
        f"select cast(period_end_date as timestamp), {keys}, {figures}, response_rate from marts.satisfaction"
    )
    assert len(asked) == len(SATISFACTION)


def test_the_nps_of_a_month_is_the_whole_s_and_of_several_there_is_none(metrics: Metrics) -> None:
    asked = "nps,nps_lower_95,nps_upper_95,nps_answer_count"
    assert metrics.ask(asked, by="metric_time__month") == [
        (month(10), 10, 5, 14, 40),
        (month(11), None, None, None, 12),
        (month(12), 30, 25, 34, 50),
    ]
    assert metrics.ask(asked, by="metric_time__quarter") == [(month(10), None, None, None, None)]
    assert metrics.ask(asked) == [(None, None, None, None)]


def test_two_questionnaires_are_not_averaged(metrics: Metrics) -> None:
    assert metrics.ask("satisfaction_index", by="metric_time__month") == [(month(12), None)]
    assert metrics.ask("satisfaction_index", by="metric_time__month,satisfaction__questionnaire") == [
        (month(12), "csi", 70),
        (month(12), "social_review", 80),
    ]


def test_the_measures_of_a_questionnaire_share_its_response_rate(metrics: Metrics) -> None:
    december = [
        "{{ Dimension('satisfaction__dimension') }} = 'none'",
        "{{ Dimension('satisfaction__period_type') }} = '1 month'",
    ]
    by = "metric_time__month,satisfaction__questionnaire"
    assert metrics.ask("response_rate", by=by, where=december)[-2:] == [
        (month(12), "nps", 0.5),
        (month(12), "social_review", None),
    ]
    assert (month(12), "csi", 0.25) in [
        (when, name, None if rate is None else float(rate))
        for when, name, rate in metrics.ask("response_rate", by, december)
    ]
    assert metrics.ask("response_rate", where=december) == [(None,)]


def test_what_a_mart_hides_no_query_tells(metrics: Metrics) -> None:
    """Hidden cells by themselves, with what is shown beside them, and as what is left of the whole."""
    hidden = ["{{ Dimension('satisfaction__suppression_reason') }} is not null"]
    scores = "satisfaction_score,satisfaction_lower_95,satisfaction_upper_95"
    for by in ("satisfaction__dimension_value", "satisfaction__dimension", "metric_time__month", "metric_time__year"):
        assert {figures[1:] for figures in metrics.ask(scores, by=by, where=hidden)} == {(None, None, None)}
    country = ["{{ Dimension('satisfaction__dimension') }} = 'country'"]
    assert metrics.ask(scores, by="metric_time__month", where=country) == [(month(12), None, None, None)]
    late = ["{{ Dimension('service__suppression_reason') }} is not null"]
    shares = "service_met_share,service_median_minutes,first_reply_met_ticket_count,first_reply_met_share"
    assert {row[1:] for row in metrics.ask(shares, by="service__dimension_value", where=late)} == {
        (None, None, None, None)
    }
    assert metrics.ask("channel_acquisition_cost_per_customer_amount", by="cohort__acquisition_channel")[:1] == [
        ("affiliate", None)
    ]


def test_shares_of_service_are_sums_over_sums_of_what_is_shown(metrics: Metrics) -> None:
    asked = "first_reply_met_share,first_reply_met_ticket_count,first_reply_judged_ticket_count"
    assert metrics.ask(asked, by="metric_time__month") == [
        (month(10), 0.75, 30, 40),
        (month(11), None, None, None),
        (month(12), pytest.approx(2 / 3), 40, 60),
    ]
    assert metrics.ask(asked, by="metric_time__quarter") == [(month(10), 0.7, 70, 100)]
    assert metrics.ask("first_reply_median_minutes", by="metric_time__month") == [
        (month(10), 20),
        (month(11), None),
        (month(12), 30),
    ]
    assert metrics.ask("first_reply_median_minutes", by="metric_time__quarter") == [(month(10), None)]


def test_a_figure_of_service_is_a_row_of_the_mart(metrics: Metrics) -> None:
    keys = "measure,dimension,dimension_value"
    by = ",".join(f"service__{key}" for key in keys.split(","))
    names = ("met_share", "met_share_lower_95", "met_share_upper_95", "median_minutes", "ticket_count")
    assert metrics.ask(",".join(f"service_{name}" for name in names), by=f"metric_time__month,{by}") == metrics.expect(
        f"select cast(month_date as timestamp), {keys}, met_share, lower_95, upper_95, median_minutes, ticket_count"
        " from marts.service_monthly"
    )


def test_what_stands_at_an_end_is_of_the_last_month_asked_for(metrics: Metrics) -> None:
    equity = (
        "customer_equity_amount,customer_equity_lower_95_amount,customer_equity_upper_95_amount,valued_customer_count"
    )
    assert metrics.ask(equity, by="metric_time__quarter") == [(month(10), 1200, 1190, 1210, 42)]
    assert metrics.ask(equity, by="metric_time__month")[0] == (month(10), 1000, 990, 1010, 40)
    assert metrics.ask("customer_equity_on_revenue_amount") == [(5000,)]
    assert metrics.ask("average_residual_clv_amount", by="metric_time__quarter") == [
        (month(10), pytest.approx(1200 / 42))
    ]
    assert metrics.ask("profit_amount,return_on_customer", by="metric_time__quarter") == [(month(10), 180, None)]
    assert metrics.ask("return_on_customer", by="metric_time__month")[2] == (month(12), Decimal("0.3"))
    assert metrics.ask("backlog_ticket_count", by="metric_time__quarter") == [(month(10), 13)]


def test_recurring_revenue_closes_with_what_moved_it(metrics: Metrics) -> None:
    moves = "opening_recurring_revenue_amount,new_recurring_revenue_amount,churn_recurring_revenue_amount"
    assert metrics.ask(f"{moves},recurring_revenue_amount", by="metric_time__quarter") == [
        (month(10), 300, 60, -250, 110)
    ]
    assert metrics.ask("recurring_revenue_amount", by="recurring_revenue__plan") == [("basic", 110), ("plus", 0)]
    only_plus = ["{{ Dimension('recurring_revenue__plan') }} = 'plus'"]
    assert metrics.ask("recurring_revenue_amount", where=only_plus) == [(0,)]
    retention = "net_revenue_retention,gross_revenue_retention,subscriber_retention"
    assert metrics.ask(retention, by="metric_time__month") == [
        (month(11), pytest.approx(70 / 300), pytest.approx(70 / 300), pytest.approx(7 / 30)),
        (month(12), pytest.approx(100 / 120), pytest.approx(100 / 120), pytest.approx(10 / 12)),
    ]
    assert metrics.ask(retention, by="metric_time__quarter") == [(month(10), None, None, None)]


def test_a_win_rate_is_of_one_stage_whatever_the_categories(metrics: Metrics) -> None:
    assert metrics.ask("win_rate,open_opportunity_count", by="metric_time__month,pipeline__stage") == [
        (month(11), "quoted", 0.5, 3),
        (month(12), "opened", None, 9),
        (month(12), "quoted", Decimal("0.6"), 6),
    ]
    assert metrics.ask("win_rate") == [(None,)]
    pipeline = "pipeline_amount,weighted_pipeline_amount,unweighted_opportunity_count,won_opportunity_count"
    assert metrics.ask(pipeline) == [(1500, 360, 9, 3)]


def test_acquisition_cost_counts_what_was_spent_in_vain(metrics: Metrics) -> None:
    assert metrics.ask("acquisition_cost_per_customer_amount,clv_to_acquisition_cost") == [(8, 2.5)]
    assert metrics.ask(
        "channel_acquisition_cost_per_customer_amount,channel_clv_to_acquisition_cost", by="cohort__acquisition_channel"
    )[2:] == [("search", 5, 4), ("social", pytest.approx(500 / 35), 1.5)]
    assert metrics.ask("channel_acquisition_cost_per_customer_amount") == [(None,)]


def test_revenue_is_of_purchases_until_the_as_of_date(metrics: Metrics) -> None:
    asked = "revenue_amount,goods_amount,order_count"
    assert metrics.ask(asked, by="metric_time__month") == [(month(11), 108, 100, 1), (month(12), 108, 100, 1)]
    assert metrics.ask(asked, by="sale__channel") == [("store", 108, 100, 1), ("web", 108, 100, 1)]


def test_contacts_of_all_families_count_once(metrics: Metrics) -> None:
    asked = "pressing_contact_count,pressed_customer_count,pressing_contacts_per_customer,quiet_hours_share"
    assert metrics.ask(asked, by="metric_time__month") == [(month(12), 8, 2, 4, 0.5)]


def test_shares_of_stages_are_of_today_and_of_one_axis(metrics: Metrics) -> None:
    asked = "relationship_stage_customer_count,at_risk_customer_share,loyal_customer_share,advocate_customer_share"
    assert metrics.ask(asked) == [(2, 0.5, 0.5, 1)]


def test_money_of_customers_is_not_cut_by_who_they_are() -> None:
    """A sum by an attribute would tell what cohort_value hides: where customers are joined to, they are counted."""
    for model in semantic_manifest().semantic_models:
        if "customer" in {entity.name for entity in model.entities}:
            relation = f"{model.node_relation.schema_name}.{model.node_relation.alias}"
            amounts = {name for name in contracts()[relation] if name.endswith("_amount")}
            used = [measure.name for measure in model.measures if any(name in (measure.expr or "") for name in amounts)]
            assert used == [], f"{model.name} sums money of customers: {used}"


def test_the_days_of_the_time_spine_are_those_of_the_marts() -> None:
    (spine,) = semantic_manifest().project_configuration.time_spines
    assert (spine.node_relation.alias, spine.primary_column.name) == ("dates", "date_day")
