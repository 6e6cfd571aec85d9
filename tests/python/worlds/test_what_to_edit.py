"""README's "What to edit to change what": each line has a test in which what it names is edited, and takes effect.

Most are dbt's unit tests, which set a var or the rows of a seed. What is left is edited in a small world here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from tests.python.conftest import REPOSITORY
from tests.python.worlds.test_worlds import small_company
from tests.python.worlds.world import World

HERE = "tests/python/worlds/test_what_to_edit.py::test_vars_of_time_and_of_predictions_take_effect"
STOPS = "tests/python/integration/test_what_stops_a_run.py"

# What a line is called -> dbt's unit tests that set (a var or seed), and tests of Python.
PROOFS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "an assumption": (
        {
            "fixed_cost_is_shared_among_the_customers_of_the_month": "expected_lifetime_months",
            "the_worked_example_of_the_accounting_clv": "fixed_cost_per_customer_month_amount",
            "what_is_missing_to_a_whole_is_not_shown_by_what_is": "minimum_answers",
            "fixed_costs_are_in_base_currency_at_the_rate_of_their_month_s_first_day": "base_currency",
        },
        (
            "tests/python/integration/test_olist.py::test_with_the_files_currency_as_base_currency_the_mart_holds_the_files_sums",
        ),
    ),
    "what a prediction rests on": (
        {
            "a_segment_is_the_first_source_and_how_the_customer_was_won": "value_segment_by",
            "flows_add_up_month_by_month_and_unknown_cost_stays_unknown": "cost_per_order_amount",
        },
        (HERE,),
    ),
    "what a line of an order counts as": (
        {"a_product_is_what_its_code_or_its_category_says": "product_types"},
        (),
    ),
    "survey scales and directions": (
        {"scores_of_any_scale_and_direction_are_brought_to_0_to_100": "survey_items"},
        (),
    ),
    "satisfaction's path model": (
        {
            "a_construct_that_nothing_asks_about_is_there_too": "satisfaction_constructs",
            "a_respondent_is_a_customer_over_the_window_and_their_answers_to_a_question_are_one": (
                "satisfaction_construct_items"
            ),
            "a_path_leads_from_one_construct_to_another": "satisfaction_paths",
        },
        (),
    ),
    "how rarely an alert of satisfaction may be false": (
        {
            "an_alert_is_sure_and_large_and_is_told_when_it_begins": "satisfaction_false_alarm_rate",
            "a_shift_is_told_once_and_a_second_one_again": "satisfaction_least_change",
        },
        (),
    ),
    "attributes of customers": (
        {"an_attribute_that_is_added_to_the_seed_tells_customers_apart": "profile_attributes"},
        ("tests/python/integration/test_olist.py::test_what_closed_deals_say_of_sellers_tells_customers_apart",),
    ),
    "codes": ({}, ("tests/python/worlds/test_worlds.py::test_a_code_that_the_seed_does_not_list_stops_publication",)),
    "channels": ({"a_channel_that_is_added_to_the_seed_is_taken": "channels"}, ()),
    "how often the company may reach a customer": (
        {
            "contacts_press_within_7_and_28_days_by_family_and_in_all": "contact_caps",
            "an_hour_is_quiet_where_the_seed_says_so": "quiet_hours",
        },
        (),
    ),
    "how long after a campaign its effect is counted": (
        {
            "a_customer_is_of_the_arm_that_chance_put_them_to_first": "campaign_outcome_days",
            "where_nothing_can_be_compared_there_is_a_reason_and_no_effect": "hold_out_shares",
            "what_opens_a_message_as_it_arrives_is_a_machine": "machine_open_seconds",
        },
        (),
    ),
    "classes of customers by recency": (
        {"how_a_customer_buys_is_counted_order_by_order": "rfm_classes"},
        (),
    ),
    "journey stages": ({"a_stage_that_is_added_to_the_seed_takes_effect": "journey_stage_rules"}, ()),
    "how long before a purchase a contact may have led to it": (
        {
            "paths_end_with_a_purchase_or_without_one_in_the_window_and_open_ones_are_neither": (
                "attribution_window_days"
            ),
        },
        (),
    ),
    "opening hours of the service desk": (
        {
            "a_calendar_opens_by_its_own_clock_on_its_own_days": "service_calendar_hours",
            "a_target_is_that_of_the_priority_at_the_end": "service_level_targets",
            "a_case_is_counted_once_by_the_rule_that_fits_first": "repeat_contact_days",
        },
        (),
    ),
    "exchange rates": (
        {"a_quote_holds_until_the_next_one_or_for_so_many_days_and_the_seed_before_the_first": "exchange_rates"},
        ("tests/python/worlds/test_times.py::test_a_weekend_has_friday_s_rate_and_what_has_none_is_refused_once",),
    ),
    "on which calendar day a thing happened": (
        {"an_event_is_of_the_day_of_the_place_where_it_happened_as_far_as_its_row_says": "company_time_zone"},
        (HERE,),
    ),
    "the first day that can be true": ({}, (HERE,)),
    "who is one customer": (
        {
            "a_value_that_the_seed_blocks_is_nobody_s_own": "identity_blocked_identifiers",
            "what_two_records_share_joins_them_only_where_names_and_birth_dates_agree": "identity_decisions",
            "a_record_belongs_to_its_component_and_an_identifier_to_the_only_customer_it_was_seen_with": (
                "identity_namespaces"
            ),
        },
        (),
    ),
    "which candidates are shown for a decision": (
        {
            "customers_are_proposed_by_their_likeliest_records_unless_a_person_or_a_record_says_otherwise": (
                "candidate_minimum_probability"
            ),
        },
        ("tests/python/unit/matching/test_matching.py::test_what_is_typed_wrongly_is_a_candidate",),
    ),
    "what sends a row to quarantine": (
        {},
        (f"{STOPS}::test_rows_that_break_a_row_rule_are_quarantined_with_their_reason", HERE),
    ),
    "what stops publication": (
        {},
        (
            f"{STOPS}::test_a_table_that_breaks_a_table_rule_fails_the_run_and_the_old_version_stays_whole",
            f"{STOPS}::test_a_failing_dbt_test_names_itself_and_its_rows_and_stops_publication",
        ),
    ),
    "from which move on an anomaly is one": (
        {
            "stretches_of_one_fault_are_one_row_and_what_is_small_unsure_or_accepted_stops_nothing": "anomaly_checks",
        },
        (),
    ),
    "which columns hold personal data": (
        {},
        (
            "tests/python/unit/test_graph.py::test_what_yaml_says_of_personal_data_reaches_publication",
            "tests/python/unit/publishing/test_publish.py::test_what_is_not_said_to_be_at_most_indirect_is_not_published",
        ),
    ),
    "what the report shows": (
        {},
        (
            "tests/python/unit/report/test_report.py::test_what_is_written_in_a_page_is_what_is_shown",
            "tests/python/unit/report/test_texts.py::test_each_part_and_column_is_spoken_of_and_nothing_else_is",
        ),
    ),
    "a metric": (
        {},
        (
            "tests/python/unit/metrics/test_metrics.py::test_every_metric_and_saved_query_has_an_answer",
            "tests/python/worlds/test_metrics.py::test_a_metric_cut_as_its_mart_is_its_mart",
        ),
    ),
    "who owns a mart": (
        {},
        ("tests/python/unit/test_graph.py::test_every_mart_is_of_the_group_that_its_folder_is_called_by",),
    ),
    "a definition": ({}, ("tests/python/worlds/test_what_to_edit.py::test_a_model_is_described_beside_it",)),
}


def test_every_line_of_readme_has_a_test_that_edits_what_it_names() -> None:
    assert [line.partition(":")[0].partition(",")[0] for line in lines_of_readme()] == list(PROOFS)
    edited = dict(dbt_unit_tests())
    for line, (of_dbt, of_python) in PROOFS.items():
        assert of_dbt or of_python, line
        for name, what in of_dbt.items():
            assert what in edited[name], f"{line}: {name} leaves {what} as it is"
        for place in of_python:
            path, _, name = place.partition("::")
            functions = ast.walk(ast.parse((REPOSITORY / path).read_text(encoding="utf-8")))
            assert name in {part.name for part in functions if isinstance(part, ast.FunctionDef)}, place


def test_what_a_line_of_readme_names_is_there() -> None:
    """Every file, folder and var that stands in the right column."""
    project = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text(encoding="utf-8"))
    named = {name for places in lines_of_readme().values() for name in re.findall("`([^`]+)`", places)}
    paths = {name.replace("<source>", "shop") for name in named if "/" in name or "." in name}
    others = (
        named
        - paths
        - {name for name in named if "<source>" in name}
        - {"finance", "vars:", "row_rules", "personal_data"}
    )
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []
    assert others <= set(project["vars"])


def test_a_model_is_described_beside_it() -> None:
    """In a file of its name, with its unit tests; only the models of a source pack share theirs."""
    described: dict[str, Path] = {}
    tested: dict[str, Path] = {}
    for path in (REPOSITORY / "models").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        is_of_a_pack = "staging" in path.parts
        described |= {m["name"]: path.parent if is_of_a_pack else path for m in content.get("models", [])}
        tested |= {test["model"]: path for test in content.get("unit_tests", []) if not is_of_a_pack}
    assert described == {
        path.stem: path.parent if "staging" in path.parts else path.with_suffix(".yml")
        for path in (REPOSITORY / "models").rglob("*.sql")
    }
    assert tested.items() <= described.items()


def test_vars_of_time_and_of_predictions_take_effect(tmp_path: Path) -> None:
    company = small_company()
    company.order("BEFORE", "A1", "2023-05-31 12:00:00", 20)
    company.order("ON THE DAY", "A1", "2023-06-01 12:00:00", 20)
    company.order("FAST", "A1", "2024-05-03 10:00:00", 20, shipped_at="2024-05-03 09:59:00")
    told: dict[str, Any] = {"customer_number": "C1", "kind": "move", "occurred_on": "2019-12-01"}
    company.add("crm", "life_events", life_event_id="TOO EARLY", reported_at="2019-12-31 18:59:59", **told)
    company.add("crm", "life_events", life_event_id="IN TIME", reported_at="2019-12-31 19:00:00", **told)
    won = {"acquisition_channel": "search", "country_code": "US", "email": "late@example.org"}
    company.add("crm", "customers", customer_number="LATE", created_at="2024-08-01 23:30:00", **won)
    world = World.of(
        *(company, tmp_path, "crm", "shop", "finance"),
        company_time_zone="Asia/Tokyo",
        source_time_zones={"crm": "America/New_York"},
        company_began_on="2023-06-01",
        source_began_on={"crm": "2020-01-01"},
        clock_tolerance_minutes=0,
        transaction_model="bg_nbd",
        annual_discount_rate=0.25,
    )
    world.load().build("quarantine_reasons", "customer_records", "life_events", "orders", "int_value__valuations")

    reasons = "select raw_table, quarantine_rule, quarantined_row_count from marts.quarantine_reasons order by all"
    assert world.query(reasons) == [
        ("life_events", "reported_at is before the company began, 2020-01-01", 1),
        ("order_lines", "order_id is of no order that was loaded", 2),
        ("orders", "ordered_at is before the company began, 2023-06-01", 1),
        ("orders", "shipped_at is before ordered_at", 1),
        ("payments", "order_id is of no order that was loaded", 1),
        ("payments", "paid_at is before the company began, 2023-06-01", 1),
    ]
    # The CRM writes the time of New York, and its days are those of that place, whatever the company's are.
    late = "select occurred_at, business_date from descriptive.customer_records where source_customer_id = 'LATE'"
    assert world.query(late) == [(datetime(2024, 8, 2, 3, 30), date(2024, 8, 1))]
    valued = "select distinct transaction_model, annual_discount_rate from intermediate.int_value__valuations"
    assert world.query(valued) == [("bg_nbd", 0.25)]


def lines_of_readme() -> dict[str, str]:
    """The table, by its left column."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("## What to edit to change what")[2]
    rows = [line.strip("| ").split(" | ") for line in text.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return dict(rows[2:])


def dbt_unit_tests() -> Iterator[tuple[str, set[str]]]:
    """Each of dbt's unit tests, with the vars and the rows of models and seeds that it sets."""
    for path in (REPOSITORY / "models").rglob("*.yml"):
        for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", []):
            given = {
                name for one in test["given"] if "rows" in one for name in re.findall(r"ref\('(\w+)'\)", one["input"])
            }
            yield test["name"], given | set(test.get("overrides", {}).get("vars", {}))
