"""The report of a version says what the version holds, and why where it holds nothing."""

from __future__ import annotations

import hashlib
import re
import shutil
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from orchestration.report import write_report as writing
from orchestration.report.errors import ReportError
from orchestration.report.pages import all_pages, read_page
from orchestration.report.write_report import write_report
from orchestration.settings import PROJECT_ROOT, PUBLISHED_FILE
from tests.python.unit.report.page import ReadPage
from tests.python.unit.report.published_file import Rows, published_version

FOLDER = PROJECT_ROOT / "orchestration" / "report"
CUSTOMER = "customer-4711-of-nobody"


def month(number: int, basis: str = "margin", **amounts: str | None) -> dict[str, object]:
    figures = {
        "equity_amount": f"15194{number}.4280",
        "equity_lower_95_amount": "135674.2533",
        "equity_upper_95_amount": "170170.2160",
        **amounts,
    }
    return {"month_date": date(2024, number, 1), "value_basis": basis, "customer_count": 2600 + number, **figures}


CHANGES = {
    "previous_equity_amount": "151941.4280",
    "acquisition_amount": "3902.7312",
    "retention_amount": "-4375.6001",
    "frequency_amount": "-780.1000",
    "margin_amount": None,
    "model_change_amount": "99.4000",
    "equity_change_amount": "1.0000",
    "return_on_customer": "0.020540",
    "return_on_customer_lower_95": "0.017001",
    "return_on_customer_upper_95": "0.024002",
    "profit_amount": "4575.1234",
}
EQUITY: Rows = [month(1), month(2, **CHANGES), month(2, "revenue", equity_amount="999999.0000")]


def measured(value: str, answers: int, score: str | None, dimension: str = "stage") -> dict[str, object]:
    return {
        "questionnaire": "nps",
        "measure": "nps",
        "dimension": dimension,
        "dimension_value": value,
        "period_type": "12 months",
        "period_start_date": date(2024, 1, 1),
        "period_end_date": date(2024, 12, 31),
        "answer_count": answers,
        "respondent_count": answers,
        "score": score,
        "lower_95": score and str(Decimal(score) - 8),
        "upper_95": score and str(Decimal(score) + 8),
        "suppression_reason": None if score else "too few respondents",
    }


SATISFACTION: Rows = [
    measured("all", 344, "15.406977", "none"),
    measured("loyal", 300, "18.000001"),
    measured("new", 7, None),
]


def valued(stage: str, count: int, amount: str) -> list[dict[str, object]]:
    return [
        {"customer_id": f"{CUSTOMER}-{stage}-{number}", "stage": stage, "residual_clv_amount": amount}
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_version(
        tmp_path_factory.mktemp("published"),
        {
            "marts.customer_equity_monthly": EQUITY,
            "marts.satisfaction": SATISFACTION,
            "marts.customer_360": [
                *valued("loyal", 31, "10.0001"),
                *valued("lapsed", 35, "2.5"),
                *valued("new", 3, "9"),
            ],
            "marts.journey_stages": [
                {
                    "customer_id": CUSTOMER,
                    "axis": "relationship",
                    "stage": "loyal",
                    "previous_stage": "active",
                    "valid_from": datetime(2024, 11, 30, 23, 59),
                    "is_current": True,
                    "stage_days": 31,
                }
            ],
            "marts.journey_dwell": [
                {
                    "axis": "relationship",
                    "dimension": "none",
                    "stage": stage,
                    "customer_count": 40,
                    "stay_count": 50,
                    "open_stay_count": 20,
                    "median_days": days,
                    "median_lower_95_days": days and days - 5,
                    "median_upper_95_days": days and days + 9,
                }
                for stage, days in (("new", 146), ("lapsed", None))
            ],
            "marts.journey_exits": [
                {
                    "axis": "relationship",
                    "dimension": "none",
                    "stage": "new",
                    "next_stage": next_stage,
                    "within_days": days,
                    "customer_count": 40,
                    "stay_count": 50,
                    "probability": probability,
                }
                for next_stage, days, probability in (
                    ("active", 30, "0.2"),
                    ("active", 90, "0.412345"),
                    ("new", 90, "0.587655"),
                )
            ],
            "marts.dates": [
                {"date_day": day, "month_date": day.replace(day=1), "is_until_as_of": True}
                for day in (date(2024, 10, 31), date(2024, 11, 30), date(2024, 12, 31))
            ],
        },
        {"marts.satisfaction_drivers": "no source that is on brings survey_answers (survey would)"},
    )


@pytest.fixture(scope="module")
def page(version: Path) -> ReadPage:
    return ReadPage(write_report(version))


def test_figures_are_the_marts_to_the_last_digit(version: Path, page: ReadPage) -> None:
    with duckdb.connect(str(version / PUBLISHED_FILE), read_only=True) as connection:
        held = connection.execute(
            "select equity_amount::varchar, equity_lower_95_amount::varchar, equity_upper_95_amount::varchar"
            " from marts.customer_equity_monthly where value_basis = 'margin' order by month_date"
        ).fetchall()
    names = ("equity_amount", "equity_lower_95_amount", "equity_upper_95_amount")
    shown = page.parts["board-equity"]
    assert list(zip(*(shown.column(name) for name in names), strict=True)) == held
    assert shown.column("month_date") == ["2024-01-01", "2024-02-01"]
    assert "Customers: 2,601 – 2,602" in shown.text
    assert "The range is the 95 % interval." in shown.text


def test_the_bridge_is_that_of_the_newest_month(page: ReadPage) -> None:
    shown = page.parts["board-bridge"]
    assert shown.column("bridge_step")[0] == "previous_equity_amount"
    assert shown.column("amount") == [CHANGES[name] for name in list(CHANGES)[:4]] + [
        None,
        CHANGES["model_change_amount"],
        "151942.4280",
    ]
    assert shown.words("amount")[4] == "not known"


def test_at_a_glance_says_the_figure_its_interval_and_what_nobody_knows(page: ReadPage) -> None:
    shown = page.parts["board-now"]
    for held in ("151942.4280", "135674.2533", "170170.2160", "0.020540", "0.017001", "4575.1234", "2602"):
        assert held in shown.figures
    assert "151,942 CHF" in shown.text
    assert "CLV : acquisition cost" in shown.text
    assert "not known" in shown.text
    assert "999999.0000" not in shown.figures


def test_what_is_hidden_says_why_and_is_no_zero(page: ReadPage) -> None:
    shown = page.parts["satisfaction-cuts"]
    assert shown.words("dimension_value") == ["New", "Loyal"]
    assert shown.column("score") == [None, "18.000001"]
    assert shown.words("score")[0] == "too few respondents"
    assert page.parts["satisfaction-measures"].column("score") == ["15.406977"]


def test_how_long_stages_last_and_what_comes_next_is_told_as_far_as_it_is_known(page: ReadPage) -> None:
    dwell, exits = page.parts["journey-dwell"], page.parts["journey-exits"]
    assert dict(zip(dwell.words("stage"), dwell.words("median_days"), strict=True)) == {
        "New": "146",
        "Lapsed": "half are still there",
    }
    assert "41.2 %" in exits.text
    assert "20.0 %" not in exits.text


def test_what_few_customers_are_worth_is_hidden_and_so_is_what_would_tell_it(page: ReadPage) -> None:
    """Three customers are new; the sum of all less what is shown would tell theirs, but for the next smallest stage."""
    shown = page.parts["board-at_stake"]
    assert dict(zip(shown.words("stage"), shown.words("residual_clv_amount"), strict=True)) == {
        "New": "too few customers",
        "Loyal": "too few customers",
        "Lapsed": "87.50 CHF",
    }
    assert shown.column("residual_clv_amount") == [None, None, "87.5000"]


def test_stages_are_counted_at_the_end_of_each_month(page: ReadPage) -> None:
    shown = page.parts["journey-stages"]
    assert list(zip(shown.column("month_date"), shown.column("customer_count"), strict=True)) == [
        ("2024-11-01", "1"),
        ("2024-12-01", "1"),
    ]
    assert "Active" in page.parts["journey-flows"].text


def test_a_mart_without_rows_says_why_and_what_to_connect(page: ReadPage) -> None:
    assert (
        "There is no figure yet: no source that is on brings survey_answers (survey would)."
        in page.parts["satisfaction-drivers"].text
    )
    assert "Nothing is out of line with its past." in page.parts["data-anomalies"].text
    assert "survey would" in page.parts["data-without_rows"].text


def test_where_costs_are_not_known_it_says_what_lacks_and_shows_what_there_is(tmp_path: Path) -> None:
    channel = {"cohort_level": "channel", "acquisition_channel": "search", "customer_count": 40, "is_suppressed": False}
    rows: dict[str, Rows] = {
        "marts.customer_equity_monthly": [
            month(1, equity_amount=None),
            month(1, "revenue", equity_amount="396.1200"),
        ],
        "marts.cohort_value": [
            {**channel, "acquisition_cost_amount": "0"},
            {**channel, "acquisition_channel": "store", "customer_count": 3, "is_suppressed": True},
        ],
    }
    parts = ReadPage(write_report(published_version(tmp_path, rows))).parts
    assert "Valued by: revenue" in parts["board-now"].text
    assert parts["board-equity"].column("equity_amount") == ["396.1200"]
    assert "Connect a source that says what goods cost." in parts["board-return_on_customer"].text
    assert parts["board-channels"].words("residual_clv_amount") == ["not known", "too few customers"]
    assert parts["board-channels"].words("clv_to_acquisition_cost") == ["no acquisition cost", "too few customers"]


def test_a_part_whose_mart_is_not_published_says_so(tmp_path: Path) -> None:
    version = published_version(tmp_path, absent=["marts.satisfaction"])
    page = ReadPage(write_report(version))
    assert "This version has no table marts.satisfaction." in page.parts["satisfaction-measures"].text


def test_no_part_is_left_without_an_answer(tmp_path: Path) -> None:
    """In a version without any row each part has a question and a reason, in each language."""
    version = published_version(tmp_path)
    write_report(version)
    for path in (version / "report").iterdir():
        parts = ReadPage(path).parts
        for page in all_pages():
            for part in page.parts:
                assert len(parts[part.key].text.split()) > 12, part.key


def test_nothing_of_a_person_is_in_it(version: Path, page: ReadPage) -> None:
    for path in (version / "report").iterdir():
        assert CUSTOMER.encode() not in path.read_bytes()


def test_no_request_leaves_the_page(version: Path, page: ReadPage) -> None:
    """Nothing is fetched that is not in the file: no address, no style or script from elsewhere; and none may be."""
    for path in (version / "report").iterdir():
        elements = ReadPage(path).elements
        links = [attributes["href"] or "" for _, attributes in elements if "href" in attributes]
        assert {link for link in links if not link.startswith("#")} == {"index.html", "index.de.html"}
        assert not [tag for tag, attributes in elements if "src" in attributes or tag in ("link", "iframe", "object")]
        (policy,) = [each["content"] or "" for _, each in elements if "Content-Security-Policy" in each.values()]
        assert policy.startswith("default-src 'none'; ")
    for name in ("style.css", "report.js", "template.html"):
        assert not re.search(r"https?:|//\w+\.|url\(|@import|fetch\(|XMLHttp", (FOLDER / name).read_text()), name


def test_links_within_lead_somewhere(page: ReadPage) -> None:
    ids = {attributes["id"] for _, attributes in page.elements if attributes.get("id")}
    links = [attributes["href"] or "" for _, attributes in page.elements if "href" in attributes]
    assert {link[1:] for link in links if link.startswith("#")} <= ids
    assert "What marts.satisfaction says." in page.parts["definition-marts.satisfaction"].text


def test_each_chart_has_a_name_and_its_table(page: ReadPage) -> None:
    charts = [attributes for _, attributes in page.elements if attributes.get("class") == "chart"]
    assert len(charts) >= 7
    assert all(chart["role"] == "img" and chart["aria-label"] for chart in charts)
    assert sum(tag == "details" for tag, _ in page.elements) == len(charts)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert ("html", {"lang": "en", "data-currency": "CHF"}) in page.elements


def test_it_is_small_and_the_same_each_time(version: Path, page: ReadPage, tmp_path: Path) -> None:
    files = {path.name: path.read_bytes() for path in (version / "report").iterdir()}
    assert sum(map(len, files.values())) < 2_000_000
    shutil.copy(version / PUBLISHED_FILE, tmp_path)
    write_report(tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "report").iterdir()} == files


def test_words_of_the_data_are_words_and_no_markup(tmp_path: Path) -> None:
    rule = "<script>alert('&')</script>"
    row = {"source_system": "crm", "raw_table": "x", "quarantine_rule": rule, "quarantined_row_count": 3}
    path = write_report(published_version(tmp_path, {"marts.quarantine_reasons": [row]}))
    assert rule not in path.read_text(encoding="utf-8")
    assert ReadPage(path).parts["data-quarantine"].words("quarantine_rule") == [rule]


PART = (
    "{name: p, kind: table, tables: [marts.dates], sql: 'select date_day from marts.dates', columns: {date_day: date}}"
)


def test_what_is_written_in_a_page_is_what_is_shown(
    version: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part is a few lines in the file of its page; its words are in the files of texts."""
    written = """
    parts:
      - name: attention
        kind: bars
        tables: [marts.customer_360]
        sql: select stage, count(*) as customer_count from marts.customer_360 group by stage order by stage
        columns: {stage: code, customer_count: count}
        roles: {x: stage, y: customer_count}
    """
    monkeypatch.setattr(writing, "all_pages", lambda: (read_page("board", written),))
    shutil.copy(version / PUBLISHED_FILE, tmp_path)
    page = ReadPage(write_report(tmp_path))
    assert [key for key in page.parts if not key.startswith("definition")] == ["board-attention"]
    shown = page.parts["board-attention"]
    assert list(zip(shown.words("stage"), shown.column("customer_count"), strict=True)) == [
        ("Lapsed", "35"),
        ("Loyal", "31"),
        ("New", "3"),
    ]
    assert "Counted, not estimated" in shown.text


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("select date_day from", "select day from", r"part p of .*board\.yml.*\"day\""),
        ("select date_day from", "select date_day, 1 as one from", r"part p of .*the query gives"),
    ],
)
def test_a_query_that_cannot_be_answered_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was: str, now: str, message: str
) -> None:
    version = published_version(tmp_path)
    monkeypatch.setattr(writing, "all_pages", lambda: (read_page("board", f"parts: [{PART.replace(was, now)}]"),))
    with pytest.raises(ReportError, match=message):
        write_report(version)


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("kind: table", "kind: pie", "the kind is pie"),
        ("kind: table", "kind: bars", "bars needs the roles"),
        ("kind: table", "kind: table, roles: {n: [many]}", "no column is called many"),
        ("date_day: date}", "date_day: day}", "no format is called day"),
    ],
)
def test_a_page_that_says_what_nobody_understands_is_refused(was: str, now: str, message: str) -> None:
    with pytest.raises(ReportError, match=message):
        read_page("board", f"parts: [{PART.replace(was, now)}]")


def test_the_library_is_the_one_that_its_readme_names() -> None:
    folder = FOLDER / "vendor" / "echarts"
    digest = hashlib.sha256((folder / "echarts.common.min.js").read_bytes()).hexdigest()
    assert digest in (folder / "README.md").read_text()
    assert "Apache License" in (folder / "LICENSE").read_text()
