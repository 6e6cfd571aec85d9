"""What a run says first: figures with interval and n, and in words what is hidden or not known."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.headlines import headlines
from orchestration.summary import summary
from tests.python.unit.report.published_file import Rows, published_version

EQUITY = [
    {"month_date": "2024-12-01", "value_basis": basis, "customer_count": count, "equity_amount": amount}
    | {"equity_lower_95_amount": lower, "equity_upper_95_amount": upper}
    for basis, count, amount, lower, upper in (
        ("margin", 1200, 98765.4, 90000, 110000.6),
        ("revenue", 2400, 500000, None, None),
    )
]
MONTHS = [
    {"customer_id": customer, "month_date": month, "snapshot_version": version, "revenue_amount": amount}
    for customer, month, version, amount in (
        ("A", "2024-11-01", 1, 1000),
        ("A", "2024-12-01", 1, 7),
        ("A", "2024-12-01", 2, 1500),
        ("B", "2024-12-01", 2, 500),
    )
]
SATISFACTION = [
    {"questionnaire": questionnaire, "measure": measure, "dimension": dimension, "period_type": period}
    | {"period_end_date": "2024-12-31", "answer_count": answers, "score": score, "suppression_reason": reason}
    | {"lower_95": score and score - 2, "upper_95": score and score + 2}
    for questionnaire, measure, dimension, period, answers, score, reason in (
        ("csi", "satisfaction_index", "none", "12 months", 400, 71.25, None),
        ("csi", "satisfaction_index", "none", "1 month", 40, 50.0, None),
        ("social_review", "satisfaction_index", "none", "12 months", 30, 90.0, None),
        ("csi", "satisfaction_index", "country", "12 months", 900, 10.0, None),
        ("nps", "nps", "none", "12 months", 12, None, "too few respondents"),
    )
]
TRENDS = [
    {"satisfaction_trend_id": key, "alert_class": alert, "questionnaire": "csi", "measure": "satisfaction_index"}
    | {"dimension": "country", "dimension_value": value, "score_change": change, "score": 60}
    | {"period_type": "3 months", "period_end_date": end, "adjusted_p_value": p}
    for key, alert, value, change, end, p in (
        ("1", "rise", "DE", 9, "2024-12-31", 0.00001),
        ("2", "fall", "AT", -8.04, "2024-12-31", 0.0001),
        ("3", None, "CH", -20, "2024-12-31", 0.5),
        ("4", "fall", "CH", -30, "2024-11-30", 0.00001),
    )
]
ANOMALY = {"data_anomaly_id": "1", "severity": "warn", "source_system": "web", "entity": "web_events"}
ANOMALIES = [ANOMALY | {"anomaly_type": "silence", "first_date": "2024-12-20"}]
CUSTOMERS = [{"customer_id": name} for name in "ABC"]
VALUES = [{"customer_id": "A", "order_count": 2}, {"customer_id": "B", "order_count": 0}]


def said(folder: Path, rows: dict[str, Rows], **more: object) -> list[str]:
    version = published_version(folder, rows, **more)  # type: ignore[arg-type]
    with duckdb.connect(str(version / "cem.duckdb"), read_only=True) as connection:
        return headlines(connection)


def test_each_figure_comes_with_its_interval_and_n(tmp_path: Path) -> None:
    rows: dict[str, Rows] = {
        "marts.customers": CUSTOMERS,
        "marts.customer_value": VALUES,
        "marts.customer_equity_monthly": EQUITY,
        "marts.customer_value_monthly": MONTHS,
        "marts.satisfaction": SATISFACTION,
        "marts.satisfaction_trends": TRENDS,
        "marts.data_anomalies": ANOMALIES,
    }
    assert said(tmp_path, rows) == [
        "customers           3, of whom 1 have bought",
        "customer equity     98,765 CHF (95 %: 90,000 to 110,001; on margin, end of 2024-12, n 1,200)",
        "revenue             2,000 CHF (2024-12, the last full month; 2024-11: 1,000)",
        "satisfaction index  71.2 (95 %: 69.2 to 73.2; csi, 12 months to 2024-12-31, n 400)",
        "NPS                 hidden: too few respondents (nps, 12 months to 2024-12-31, n 12)",
        "alerts              2 of satisfaction, 1 of the data; first: fall of satisfaction_index by -8.0 to 60.0"
        " (csi, country AT, 3 months to 2024-12-31)",
    ]


def test_what_is_not_there_says_why(tmp_path: Path) -> None:
    equity = [row for row in EQUITY if row["value_basis"] == "revenue"]
    rows: dict[str, Rows] = {"marts.customer_equity_monthly": equity, "marts.data_anomalies": ANOMALIES}
    why = {"marts.satisfaction": "no source has answers"}
    assert said(tmp_path, rows, why_empty=why) == [
        "customers           0, of whom 0 have bought",
        "customer equity     500,000 CHF (interval open; on revenue, end of 2024-12, n 2,400)",
        "revenue             none: no month is closed",
        "satisfaction index  none: no source has answers",
        "NPS                 none: no source has answers",
        "alerts              0 of satisfaction, 1 of the data; first: warn: silence in web.web_events since 2024-12-20",
    ]


def test_a_version_of_an_earlier_release_says_what_it_has(tmp_path: Path) -> None:
    absent = ("marts.customer_equity_monthly", "marts.satisfaction_trends")
    names = [line.split("  ")[0] for line in said(tmp_path, {}, absent=absent)]
    assert names == ["customers", "revenue", "satisfaction index", "NPS"]


def test_figures_and_the_report_come_before_the_table(tmp_path: Path) -> None:
    version = published_version(tmp_path, {"marts.customers": CUSTOMERS})
    (version / "report").mkdir()
    (version / "report" / "index.html").touch()
    lines = summary(version / "cem.duckdb").splitlines()
    assert lines[0] == "customers           3, of whom 0 have bought"
    assert lines[6:8] == [f"report              {version}/report/index.html", ""]
    assert lines[8].startswith("published")
