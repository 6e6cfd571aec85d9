"""The default run: nothing configured, the demo company's nine source systems.

Each domain has a file of its own: test_demo_company_….py.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from orchestration.publishing.public_models import public_models
from orchestration.settings import DEMO_SOURCES
from tests.python.integration.conftest import Project
from tests.python.integration.demo_sources import (
    profile_intervals,
    records,
    rows_by_table,
)


def test_every_row_of_nine_source_systems_arrives(demo: Project, landing: Path) -> None:
    """Set aside is only what belongs to a ticket that the help desk deleted."""
    expected = {key: (rows, 0) for key, rows in rows_by_table(landing).items()}
    for table in ("ticket_events", "comments"):
        ((of_deleted,),) = records(
            landing,
            "helpdesk",
            f"select count(*) from {table} where ticket_id in (select ticket_id from tickets where status = 'deleted')",
        )
        rows, _ = expected["helpdesk", table]
        expected["helpdesk", table] = (rows, of_deleted)
    found = demo.query(
        "select source_system, raw_table, file_row_count, loaded_row_count, quarantined_row_count"
        " from marts.load_reconciliation"
    )
    assert {source for source, *_ in found} == set(DEMO_SOURCES)
    assert {(source, table): (rows, bad) for source, table, rows, _, bad in found} == expected
    assert all(rows == loaded + bad for _, _, rows, loaded, bad in found)


def test_what_the_contracts_require_is_never_null_in_the_published_file(demo: Project) -> None:
    required = {
        (model.schema, model.name, column)
        for model in public_models(demo.home / "dbt" / "manifest.json")
        for column in model.required_columns
    }
    assert len(required) > 400
    assert (
        set(demo.query("select schema_name, table_name, column_name from duckdb_columns() where not is_nullable"))
        == required
    )


def test_they_fill_all_four_types(demo: Project) -> None:
    assert demo.query("select data_type, sum(event_count) > 0 from marts.data_coverage group by 1 order by 1") == [
        ("attitudinal", True),
        ("behavioural", True),
        ("descriptive", True),
        ("interaction", True),
    ]


def test_the_row_of_a_customer_says_what_the_systems_say_now(demo: Project, landing: Path) -> None:
    """Open tickets by the help desk's own status, last answers by the survey tool's files."""
    assert demo.query("select sum(open_ticket_count) from marts.customer_360") == records(
        landing, "helpdesk", "select count(*) from tickets where status not in ('solved', 'closed', 'deleted')"
    )
    assert demo.query(
        "select count(*), count(distinct customer_id), sum(former_id_count), count(*) filter (stage is null)"
        " from marts.customer_360"
    ) == demo.query("select count(*), count(distinct customer_id), 0, 0 from marts.customers")

    # What the survey tool asked on 0-10, newest first, of everyone whom the warehouse knows by the same invitation.
    customer_of = dict(demo.query("select distinct invitation_id, customer_id from attitudinal.survey_answers"))
    newest: dict[str, tuple[str, float]] = {}
    for invitation, answered_at, score in records(
        landing,
        "survey",
        "select answers.invitation_id, answers.answered_at, answers.score from answers"
        " join questions using (instrument, question) where questions.construct = 'recommendation'",
    ):
        customer = customer_of[f"survey:{invitation}"]
        newest[customer] = max(newest.get(customer, ("", 0.0)), (str(answered_at), float(str(score))))
    kinds = {
        customer: "promoter" if score >= 9 else "detractor" if score <= 6 else "passive"
        for customer, (_, score) in newest.items()
    }
    assert len(kinds) > 300
    assert kinds == dict(
        demo.query("select customer_id, last_nps_class from marts.customer_360 where last_nps_class is not null")
    )


def test_every_answer_stands_on_0_to_100_by_the_scale_of_its_own_system(demo: Project, landing: Path) -> None:
    """By what the survey tool says of its questions, not by our seed; stars of tickets and posts are of five."""
    expected = {
        f"survey:{answer}": (100 * ((score - low) if direction > 0 else (high - score)) / (high - low), None)
        for answer, score, low, high, direction in records(
            landing,
            "survey",
            "select answer_id, cast(score as double), scale_min, scale_max, scale_direction"
            " from answers join questions using (instrument, question)",
        )
    }
    for ticket, stars in records(
        landing,
        "helpdesk",
        "select 'helpdesk:' || ticket_id, cast(satisfaction_score as double) from tickets"
        " where satisfaction_score is not null and status <> 'deleted'",
    ):
        expected[f"{ticket}:rating"] = (25 * (stars - 1), ticket)
    found = demo.warehouse(
        "select record_key, cast(item_index as double), ticket_id from intermediate.int_satisfaction__scaled_items"
        " where source_system in ('survey', 'helpdesk')"
    )
    assert {key: (round(index, 6), ticket) for key, index, ticket in found} == {
        key: (round(index, 6), ticket) for key, (index, ticket) in expected.items()
    }
    assert {ticket is None for _, _, ticket in found} == {True, False}


def test_local_times_became_utc_through_both_changes_of_the_clocks(demo: Project, landing: Path) -> None:
    """Against Python's own time zones; of an hour that comes twice the second counts."""
    of_shop = records(landing, "shop", "select order_id, ordered_at, time_zone from orders")
    expected = {
        order_id: datetime.fromisoformat(str(at)).replace(tzinfo=ZoneInfo(str(zone)), fold=1).astimezone(UTC)
        for order_id, at, zone in of_shop
    }
    found = demo.query("select source_record_id, occurred_at, time_zone from behavioural.orders")
    assert {order_id: at.replace(tzinfo=UTC) for order_id, at, _ in found} == expected
    assert {zone for _, _, zone in found} == {zone for _, _, zone in of_shop}
    offsets = {(zone, (datetime.fromisoformat(str(at)) - expected[i].replace(tzinfo=None))) for i, at, zone in of_shop}
    assert len(offsets) == 2 * len({zone for zone, _ in offsets}), "summer and winter time of each zone"

    of_desk = records(landing, "helpdesk", "select ticket_id, created_at from tickets where status <> 'deleted'")
    opened = dict(demo.query("select source_record_id, occurred_at from interaction.tickets"))
    assert {i: at.replace(tzinfo=UTC) for i, at in opened.items()} == {
        i: datetime.fromisoformat(str(at)).astimezone(UTC) for i, at in of_desk
    }


def test_cases_are_answered_and_solved_when_the_help_desk_says_so(demo: Project, landing: Path) -> None:
    """Cycles are made of events and comments; the desk keeps the first answer and the last solution with the ticket."""

    def moment(text: object) -> datetime | None:
        return None if text is None else datetime.fromisoformat(str(text)).astimezone(UTC).replace(tzinfo=None)

    of_desk = {
        f"helpdesk:{ticket}": (moment(replied), None if status not in ("solved", "closed") else moment(solved))
        for ticket, status, replied, solved in records(
            landing,
            "helpdesk",
            "select ticket_id, status, first_replied_at, solved_at from tickets where status <> 'deleted'",
        )
    }
    found = demo.warehouse(
        "select ticket_id, max(first_replied_at) filter (cycle_number = 1), last(solved_at order by cycle_number),"
        " count(*), max(cycle_number), count(*) filter (is_open), bool_or(is_open and reopened_at is not null)"
        " from intermediate.int_service__ticket_cycles group by ticket_id"
    )
    assert {ticket: (replied, solved) for ticket, replied, solved, *_ in found} == of_desk
    assert all(cycles == last and open_cycles <= 1 and not left for *_, cycles, last, open_cycles, left in found)
    reopened = records(landing, "helpdesk", "select count(*) from ticket_events where event = 'reopened'")
    assert 0 < sum(cycles - 1 for _, _, _, cycles, *_ in found) <= int(str(reopened[0][0]))


def test_service_takes_as_long_as_the_help_desk_s_own_times_say(demo: Project, landing: Path) -> None:
    """Of each case, the minutes to the first answer, and to the last solution where it is solved; each case once."""

    def minutes(start: object, end: object) -> float | None:
        if end is None:
            return None
        return round((datetime.fromisoformat(str(end)) - datetime.fromisoformat(str(start))).total_seconds() / 60, 2)

    of_desk = {
        f"helpdesk:{ticket}": (minutes(at, replied), minutes(at, solved) if status in ("solved", "closed") else None)
        for ticket, status, at, replied, solved in records(
            *(landing, "helpdesk"),
            "select ticket_id, status, created_at, first_replied_at, solved_at from tickets where status <> 'deleted'",
        )
    }
    found = demo.query("select ticket_id, first_reply_minutes, full_resolution_minutes from marts.service_quality")
    assert {
        ticket: tuple(None if value is None else float(value) for value in values) for ticket, *values in found
    } == of_desk
    counted = "select sum(ticket_count) from marts.service_monthly where measure = 'one_touch' and dimension = 'none'"
    assert demo.query(counted) == [(len(of_desk),)]


def test_contacts_are_those_of_the_landing_files(demo: Project, landing: Path) -> None:
    """A message once, held out or sent; an invitation, a case, an activity; and what is written in a case after it."""
    kept = "ticket_id in (select ticket_id from tickets where status <> 'deleted')"
    messages = f"'{landing}/messaging/message_events/*/*.parquet'"
    (held_out,), (sent,), (reached,) = (
        duckdb.sql(f"select count(distinct message_id) from {messages} where {which}").fetchall()[0]
        for which in ("event = 'held_out'", "event = 'sent'", "event = 'delivered'")
    )
    ((cost,),) = duckdb.sql(f"select cast(sum(cost) as decimal(18, 4)) from {messages}").fetchall()
    ((invited,),) = records(landing, "survey", "select count(*) from invitations where sent_at is not null")
    ((cases,),) = records(landing, "helpdesk", f"select count(*) from tickets where {kept}")
    ((replies,),) = records(
        landing, "helpdesk", f"select count(*) from comments where author = 'agent' and is_public and {kept}"
    )
    ((activities,),) = records(landing, "crm", "select count(*) from activities")
    found = demo.warehouse(
        "select touch_type, direction, count(*), count(*) filter (has_reached_customer), sum(cost_amount)"
        " from intermediate.int_contacts__touches group by 1, 2"
    )
    counted = {(touch_type, direction): counts for touch_type, direction, *counts in found}
    assert counted["campaign_message", "outbound"] == [held_out + sent, reached, cost]
    assert counted["survey_invitation", "outbound"][0] == invited
    assert counted["support_case", "inbound"][0] == cases
    assert counted["support_message", "outbound"][0] == replies
    assert sum(counted["agent_activity", way][0] for way in ("inbound", "outbound")) == activities
    arms = "select count(*) from intermediate.int_contacts__touches where experiment_arm = 'held_out'"
    assert demo.warehouse(arms) == [(held_out,)]


def test_the_marts_are_filled(demo: Project) -> None:
    stages: dict[str, set[str]] = defaultdict(set)
    for axis, stage in demo.query("select distinct axis, stage from marts.journey_stages"):
        stages[axis].add(stage)
    assert stages == {
        "relationship": {
            *("anonymous", "prospect", "opportunity", "new", "active", "loyal", "at_risk", "lapsed", "won_back")
        },
        "attitude": {"unknown", "detractor", "passive", "promoter", "advocate"},
    }
    measures = {measure for (measure,) in demo.query("select distinct measure from marts.satisfaction")}
    assert {"effort_index", "nps", "satisfaction_index"} <= measures
    assert demo.query(
        "select count(*) > 1000, bool_and(costed_line_margin_amount < costed_revenue_amount),"
        " bool_and(margin_amount < goods_amount - refund_amount), bool_and(accounting_clv_on_margin_amount"
        " < accounting_clv_amount) from marts.customer_value where costed_line_margin_amount is not null"
    ) == [(True, True, True, True)]


def test_who_waits_for_a_late_delivery_is_less_satisfied(demo: Project) -> None:
    """Planted, and at this size too few late ones a year to be shown: of all years, whoever answered."""
    (late, late_count), (on_time, on_time_count) = demo.warehouse(
        "select sum(value_sum) / sum(answer_count), sum(answer_count)"
        " from intermediate.int_satisfaction__respondent_months"
        " where questionnaire = 'csi' and dimension = 'delivery' and dimension_value in ('late', 'on time')"
        " group by dimension_value order by dimension_value"
    )
    assert min(late_count, on_time_count) > 30
    assert late < on_time - 8


def test_the_calendar_has_every_day_of_the_years_that_the_marts_speak_of(demo: Project) -> None:
    ((first, as_of),) = demo.query(
        "select (select min(business_date) from marts.customer_timeline), as_of_date from publication.version"
    )
    days = [date(first.year, 1, 1) + timedelta(days=number) for number in range(366 * (as_of.year - first.year + 1))]
    expected = [
        (
            *(day, day - timedelta(days=day.weekday()), day.replace(day=1)),
            *(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), day.year, day.month),
            *(day.isoweekday(), day.isoweekday() > 5, day <= as_of),
        )
        for day in days
        if day.year <= as_of.year
    ]
    assert demo.query("from marts.dates order by date_day") == expected


def test_profiles_have_the_intervals_that_the_sources_logs_tell(demo: Project, landing: Path) -> None:
    """Of each attribute the values one after another, as a plain reader of the sources' tables finds them."""
    found = demo.query(
        "select source_system, attribute, count(*), count(*) filter (is_current), bool_and(has_public_value)"
        " from descriptive.customer_attributes group by all"
    )
    assert {(source, attribute): (rows, current) for source, attribute, rows, current, _ in found} == profile_intervals(
        landing
    )
    personal = {attribute for *_, attribute, _, _, is_public in found if not is_public}
    assert {"email", "phone", "last_name", "birth_date", "street"} <= personal
    assert demo.query(
        "select count(*) from descriptive.customer_attributes"
        " where attribute_value is not null and not has_public_value"
    ) == [(0,)]


def test_no_model_reads_the_truth(demo: Project) -> None:
    manifest = json.loads((demo.home / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    compiled = [node.get("compiled_code") or node.get("raw_code", "") for node in manifest["nodes"].values()]
    assert len(compiled) > 100
    assert not [code for code in compiled if str(demo.home / "truth") in code or "/truth" in code]
    with duckdb.connect(str(demo.warehouse_file), read_only=True) as connection:
        views = connection.execute("select sql from duckdb_views() where not internal").fetchall()
    assert views
    assert not [sql for (sql,) in views if "truth" in sql]


def test_the_functions_of_the_published_file_answer_under_whichever_name_it_is_attached(demo: Project) -> None:
    """Case 19: DuckDB looks a function's tables up where the reader stands, not where the function does."""
    ((customer,),) = demo.query("select min(customer_id) from marts.customer_360")
    moments = "timestamp '2024-06-01', timestamp '2026-12-31'"
    asked = f"select * from marts.customer_as_of('{customer}', {moments})"
    (itself,) = demo.query(asked)
    for name, named in (
        ("cem", ""),
        ("dwh", ", attached_as := 'dwh'"),
        ('"my marts"', ", attached_as := '\"my marts\"'"),
    ):
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"attach '{demo.published_file}' as {name} (read_only)")
            asked = f"select * from {name}.marts.customer_as_of('{customer}', {moments}{named})"
            assert connection.execute(asked).fetchall() == [itself]
            asked = f"select count(*) from {name}.marts.customer_timeline_as_of('{customer}', {moments}{named})"
            assert connection.execute(asked).fetchall() > [(0,)]


def test_no_identifier_of_a_customer_is_in_any_published_file(demo: Project, landing: Path) -> None:
    """Every text and date column of every published table, and every Parquet file, against the sources' identifiers."""
    values = {
        str(value)
        for source, query in (
            ("crm", "select email, phone, first_name || ' ' || last_name, birth_date, social_handle from customers"),
            ("shop", "select email, phone, first_name || ' ' || last_name, null, null from accounts"),
            ("shop", "select email, null, null, null, null from orders"),
            ("helpdesk", "select requester_email, null, null, null, null from tickets"),
        )
        for row in records(landing, source, query)
        for value in row
        if value is not None
    }
    assert len(values) > 5000
    with duckdb.connect(str(demo.published_file), read_only=True) as connection:
        connection.execute("create temp table identifiers (value varchar)")
        connection.executemany("insert into identifiers values (?)", [[value] for value in sorted(values)])
        columns = connection.execute(
            """
            select table_schema, table_name, column_name from information_schema.columns
            where table_schema not in ('publication', 'main') and data_type in ('VARCHAR', 'DATE')
            """
        ).fetchall()
        for schema, table, column in columns:
            if column.endswith("_date"):
                continue
            found = connection.execute(
                f"select count(*) from {schema}.{table} as published"
                f" semi join identifiers on cast(published.{column} as varchar) = identifiers.value"
            ).fetchall()
            assert found == [(0,)], (schema, table, column)
    emails = [value for value in sorted(values) if "@" in value][:50]
    for path in (demo.home / "published" / "current").resolve().rglob("*.parquet"):
        # As a reader reads it: compressed, no word stands in the bytes as it is.
        rows = duckdb.sql(f"select cast(published as varchar) from '{path}' as published").fetchall()
        content = "\n".join(row for (row,) in rows)
        assert not [email for email in emails if email in content], path


def test_the_report_shows_the_published_figures_and_nobody(demo: Project) -> None:
    folder = demo.published_file.parent / "report"
    pages = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert sum(len(page.encode()) for page in pages.values()) < 5_000_000
    ((equity, lower),) = demo.query(
        "select equity_amount, equity_lower_95_amount from marts.customer_equity_monthly"
        " where value_basis = 'margin' order by month_date desc limit 1"
    )
    scores = demo.query("select score from marts.satisfaction where dimension = 'none' and period_type = '12 months'")
    customers = [customer for (customer,) in demo.query("select customer_id from marts.customers")]
    for page in pages.values():
        assert all(f'data-value="{figure}"' in page for figure in (equity, lower))
        assert all(f'data-value="{score}"' in page for (score,) in scores if score is not None)
        assert not [customer for customer in customers if customer in page]
