"""Olist from its files to the marts, to the cent and the row."""

from __future__ import annotations

import csv
import shutil
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.python.integration.conftest import MIB, Project, copied, differences, succeeded

ROWS = {
    "customers": "olist_customers_dataset",
    "orders": "olist_orders_dataset",
    "order_items": "olist_order_items_dataset",
    "order_payments": "olist_order_payments_dataset",
    "order_reviews": "olist_order_reviews_dataset",
    "products": "olist_products_dataset",
    "product_category_names": "product_category_name_translation",
    "sellers": "olist_sellers_dataset",
    "leads": "olist_marketing_qualified_leads_dataset",
    "closed_deals": "olist_closed_deals_dataset",
}

MONTHS_OF_SATISFACTION = "marts.satisfaction where dimension = 'none' and period_type = '1 month'"


@pytest.fixture(scope="module")
def files(real_data: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of every file, read with nothing but Python's csv module."""
    found = {}
    for table, name in ROWS.items():
        with (real_data / "olist" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            found[table] = list(csv.DictReader(stream))
    return found


@pytest.fixture(scope="module")
def otherwise(olist: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The models of Olist's lake built anew, without publishing: as of 2017, in the files' currency."""
    folder = tmp_path_factory.mktemp("otherwise")
    built = Project(folder, {**olist.environment, "CEM_AS_OF": "2017-12-31"})
    shutil.copytree(olist.home / "lake", folder / "lake")
    built.build_anew(dbt_vars='{"base_currency": "BRL"}')
    return built


def test_every_row_of_every_file_is_loaded_or_quarantined(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    counted = olist.query(
        "select raw_table, file_row_count, loaded_row_count, quarantined_row_count from marts.load_reconciliation"
    )
    assert {table: rows for table, rows, _, _ in counted} == {table: len(rows) for table, rows in files.items()}
    assert all(rows == loaded and quarantined == 0 for _, rows, loaded, quarantined in counted)


def test_orders_reconcile_from_file_to_mart(olist: Project, files: dict[str, list[dict[str, str]]]) -> None:
    cancelled = {o["order_id"] for o in files["orders"] if o["order_status"] in ("canceled", "unavailable")}
    purchased = [o for o in files["orders"] if o["order_id"] not in cancelled]
    assert olist.warehouse("select count(*) from staging.stg_olist__orders") == [(len(files["orders"]),)]
    assert olist.query("select count(*), count(*) filter (is_purchase) from behavioural.orders") == [
        (len(files["orders"]), len(purchased))
    ]
    assert olist.query("select sum(order_count) from marts.customer_value") == [(len(purchased),)]


def test_order_items_reconcile_to_the_cent_from_file_to_mart(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    items = files["order_items"]
    price = sum(Decimal(i["price"]) for i in items)
    freight = sum(Decimal(i["freight_value"]) for i in items)
    assert olist.warehouse("select sum(price), sum(freight) from staging.base_olist__order_items") == [(price, freight)]
    assert olist.query("select count(*), sum(original_amount) from behavioural.order_lines") == [(len(items), price)]
    assert olist.query("select sum(original_freight_amount) from behavioural.orders") == [(freight,)]
    # The mart is in base currency: the same conversion, line by line, of the same amounts.
    assert olist.query("select sum(goods_amount), sum(freight_amount) from marts.customer_value") == olist.query(
        """
        select
            (select sum(l.amount) from behavioural.order_lines l join behavioural.orders o using (order_id)
             where o.is_purchase),
            (select sum(freight_amount) from behavioural.orders where is_purchase)
        """
    )


def test_with_the_files_currency_as_base_currency_the_mart_holds_the_files_sums(
    otherwise: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    """Of what was bought by the end of 2017, in UTC."""
    bought = {
        order["order_id"]
        for order in files["orders"]
        if order["order_status"] not in ("canceled", "unavailable")
        and _utc(order["order_purchase_timestamp"]) < datetime(2018, 1, 1, tzinfo=UTC)
    }
    items = [item for item in files["order_items"] if item["order_id"] in bought]
    assert 0 < len(items) < len(files["order_items"])
    assert otherwise.warehouse("select sum(goods_amount), sum(freight_amount) from marts.customer_value") == [
        (sum(Decimal(i["price"]) for i in items), sum(Decimal(i["freight_value"]) for i in items))
    ]


def _utc(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("America/Sao_Paulo")).astimezone(UTC)


def test_payments_reconcile_to_the_cent_from_file_to_timeline(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    payments = files["order_payments"]
    expected = [(len(payments), sum(Decimal(p["payment_value"]) for p in payments))]
    assert olist.warehouse("select count(*), sum(payment_value) from staging.base_olist__order_payments") == expected
    assert olist.warehouse("select count(*), sum(original_amount) from staging.stg_olist__payments") == expected
    assert olist.query("select count(*), sum(original_amount) from behavioural.payments") == expected
    assert olist.query(
        "select count(*), sum(event_value) from marts.customer_timeline where entity = 'payments'"
    ) == olist.query("select count(*), sum(amount) from behavioural.payments")


def test_reviews_reconcile_from_file_to_satisfaction(olist: Project, files: dict[str, list[dict[str, str]]]) -> None:
    reviews = files["order_reviews"]
    assert olist.query("select rating::int, count(*) from attitudinal.reviews group by 1 order by 1") == sorted(
        Counter(int(r["review_score"]) for r in reviews).items()
    )
    # One review can span orders, and is one response all the same.
    assert olist.query(f"select sum(answer_count) from {MONTHS_OF_SATISFACTION}") == [
        (len({r["review_id"] for r in reviews}),)
    ]


def test_a_month_s_index_is_the_mean_of_the_scores_on_0_to_100(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    scores: dict[str, list[int]] = defaultdict(list)
    people: dict[str, set[str]] = defaultdict(set)
    person = {c["customer_id"]: c["customer_unique_id"] for c in files["customers"]}
    buyer = {order["order_id"]: person[order["customer_id"]] for order in files["orders"]}
    for review in {r["review_id"]: r for r in files["order_reviews"]}.values():
        scores[review["review_answer_timestamp"][:7]].append(int(review["review_score"]))
        people[review["review_answer_timestamp"][:7]].add(buyer[review["order_id"]])
    rows = olist.query(
        f"select strftime(period_start_date, '%Y-%m'), answer_count, is_suppressed, score from {MONTHS_OF_SATISFACTION}"
    )
    assert len(rows) == 26
    for month, count, suppressed, score in rows:
        assert count == len(scores[month])
        assert suppressed == (len(people[month]) < 30)
        if not suppressed:
            mean = sum(scores[month]) / count
            assert float(score) == pytest.approx(100 * (mean - 1) / 4, abs=1e-5)
        else:
            assert score is None


def test_a_year_s_index_by_delivery_and_by_category_is_that_of_the_file(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    """Late is what had not come on the promised day when they answered; the category is of what cost most."""
    english = {
        row["product_category_name"]: row["product_category_name_english"] for row in files["product_category_names"]
    }
    category = {row["product_id"]: english.get(row["product_category_name"]) for row in files["products"]}
    bought: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for item in files["order_items"]:
        if name := category[item["product_id"]]:
            bought[item["order_id"]][name] += Decimal(item["price"])
    orders = {order["order_id"]: order for order in files["orders"]}
    reviews = defaultdict(list)
    for review in files["order_reviews"]:
        reviews[review["review_id"]].append(review)
    scores: dict[tuple[str, str], list[int]] = defaultdict(list)
    for [review, *others] in reviews.values():
        answered_at = review["review_answer_timestamp"]
        if others or not "2017-09" <= answered_at[:7] <= "2018-08":
            continue
        order = orders[review["order_id"]]
        promised = str(date.fromisoformat(order["order_estimated_delivery_date"][:10]) + timedelta(days=1))
        delivered = order["order_delivered_customer_date"] or "never"
        if delivered <= answered_at and delivered <= promised:
            scores["delivery", "on time"].append(int(review["review_score"]))
        elif answered_at > promised:
            scores["delivery", "late"].append(int(review["review_score"]))
        if amounts := bought[review["order_id"]]:
            dearest = min(amounts, key=lambda name: (-amounts[name], name))
            scores["product_category", dearest].append(int(review["review_score"]))
    shown = olist.query(
        "select dimension, dimension_value, answer_count, score from marts.satisfaction"
        " where dimension in ('delivery', 'product_category') and dimension_value <> 'unknown' and not is_suppressed"
        " and period_type = '12 months' and period_start_date = date '2017-09-01'"
    )
    assert len(shown) > 20
    for dimension, value, count, score in shown:
        rated = scores[dimension, value]
        assert (value, count) == (value, len(rated))
        assert float(score) == pytest.approx(25 * (sum(rated) / len(rated) - 1), abs=1e-5)
    index = {value: score for dimension, value, _, score in shown if dimension == "delivery"}
    assert index["late"] < index["on time"] - 50


def test_every_comment_is_assessed_and_its_sentiment_is_held_against_the_file_s_stars(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    """By a model that did not learn from the comment. Four or five stars praise, one or two blame."""
    stars = {
        f"review:olist:{row['review_id']}:{row['order_id']}": int(row["review_score"])
        for row in files["order_reviews"]
        if row["review_comment_title"].strip() or row["review_comment_message"].strip()
    }
    assessed = {
        text: (language, found)
        for text, language, found in olist.query(
            "select text_id, language, holdout_sentiment_class from attitudinal.text_assessments"
        )
    }
    assert set(assessed) == set(stars)
    languages = Counter(language for language, _ in assessed.values())
    assert languages["pt"] / (len(assessed) - languages["und"]) > 0.97

    meant = {text: "positive" if s >= 4 else "negative" if s <= 2 else "neutral" for text, s in stars.items()}
    told = [(meant[text], found) for text, (_, found) in assessed.items() if found]
    assert len(told) / len(stars) > 0.95
    right = Counter(rated for rated, found in told if rated == found)
    of_class = Counter(rated for rated, _ in told)
    accuracy = sum(right.values()) / len(told)
    balanced = sum(right[rated] / of_class[rated] for rated in of_class) / 3
    majority = max(of_class.values()) / len(told)
    ((stated, as_stated, share),) = olist.query(
        "select accuracy, balanced_accuracy, majority_share from marts.sentiment_accuracy where language = 'all'"
    )
    assert (float(stated), float(as_stated), float(share)) == pytest.approx((accuracy, balanced, majority), abs=1e-6)
    print(f"\nsentiment: accuracy {accuracy:.3f}, balanced {balanced:.3f}, majority {majority:.3f}, of {len(told)}")
    assert accuracy > 0.8 > majority + 0.25
    assert balanced > 0.6


def test_no_nps_is_made_of_an_instrument_that_does_not_ask_for_it(olist: Project) -> None:
    assert olist.query("select distinct measure from marts.satisfaction") == [("satisfaction_index",)]


def test_sellers_of_the_lead_funnel_are_organisations_not_shoppers(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    persons = {c["customer_unique_id"] for c in files["customers"]}
    leads = {lead["mql_id"] for lead in files["leads"]}
    won = {d["seller_id"] for d in files["closed_deals"]}
    other_sellers = {s["seller_id"] for s in files["sellers"]} - won
    assert dict(olist.query("select customer_type, count(*) from marts.customers group by 1")) == {
        "person": len(persons),
        "organisation": len(leads) + len(other_sellers),
    }
    assert olist.query("select count(*) from interaction.opportunity_events where stage = 'won'") == [(842,)]
    # A lead with a deal is a customer: its journey left the prospect's stages.
    assert olist.query(
        """
        select count(distinct s.customer_id) from marts.journey_stages s join marts.customers c using (customer_id)
        where c.customer_type = 'organisation' and s.stage = 'new'
        """
    ) == [(842,)]


def test_what_closed_deals_say_of_sellers_tells_customers_apart(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    stated = ("business_type", "lead_behaviour_profile", "lead_type")
    in_the_file = Counter((name, deal[name]) for deal in files["closed_deals"] for name in stated if deal[name])
    shown = olist.query(
        "select attribute, attribute_value, count(distinct customer_id) from marts.customer_dimensions"
        f" where attribute in {stated} group by all"
    )
    assert {(name, value): count for name, value, count in shown} == in_the_file
    # With the moment from which it is known; the history holds no more than the file.
    history = olist.query(
        f"select count(*), count(valid_from) from descriptive.customer_attributes where attribute in {stated}"
    )
    assert history == [(in_the_file.total(), in_the_file.total())]


def test_all_four_types_of_customer_data_are_filled(olist: Project) -> None:
    covered = dict(olist.query("select data_type, event_count from marts.data_coverage"))
    assert set(covered) == {"descriptive", "behavioural", "attitudinal", "interaction"}
    assert all(count > 0 for count in covered.values())


@pytest.mark.long
def test_what_is_built_again_loads_nothing_and_gives_identical_marts(olist: Project, tmp_path: Path) -> None:
    """A publication copies the warehouse, so what was published before is what the warehouse holds again."""
    again = copied(olist, tmp_path)

    loads = again.build()

    assert {table.rows for load in loads.values() for table in load.tables.values()} == {0}
    assert differences(olist.published_file, again.warehouse_file) == {}


def test_a_second_run_finds_that_nothing_has_changed_and_leaves_the_version(olist: Project) -> None:
    """In the home that other tests read: it changes nothing there but Dagster's record of runs."""
    version, written_at = olist.published_file, olist.warehouse_file.stat().st_mtime_ns

    second = succeeded(Project(olist.home, olist.environment).run())

    assert "✓ load olist: nothing new" in second.stderr
    assert f"nothing has changed: {version.parent.name} stays" in second.stderr
    assert "Blocking" not in second.stderr
    assert "✓ publish" not in second.stderr
    assert olist.published_file == version
    assert olist.warehouse_file.stat().st_mtime_ns == written_at
    assert "marts.customer_value" in second.stdout
    assert "  interaction.sessions: no source that is on brings web_events (web would)" in second.stdout
    assert " brings orders" not in second.stdout


def test_a_run_stays_under_two_gibibytes(olist: Project) -> None:
    assert 100 * MIB < olist.peak_bytes < 2048 * MIB


def test_the_as_of_date_cuts_the_marts(otherwise: Project) -> None:
    """In São Paulo the year ended at two o'clock, UTC."""
    assert otherwise.warehouse(
        """
        select
            (select max(business_date) from marts.customer_timeline) = date '2017-12-31',
            (select max(last_purchase_at) < '2018-01-01 02:00' from marts.customer_value),
            (select max(period_end_date) from marts.satisfaction) = date '2017-12-31',
            (select max(valid_from) < '2018-01-01 02:00' from marts.journey_stages),
            (select count(*) from behavioural.orders)
        """
    ) == [(True, True, True, True, 4845)]


def test_free_text_and_identifiers_are_not_published(olist: Project) -> None:
    schemas = {schema for (schema,) in olist.query("select distinct table_schema from publication.tables")}
    assert schemas == {"descriptive", "behavioural", "attitudinal", "interaction", "marts"}
    assert olist.warehouse("select count(*) > 2000 from restricted.review_comments") == [(True,)]


def test_one_time_buyers_are_not_taken_for_alive_and_the_hold_out_is_predicted(
    olist: Project, files: dict[str, list[dict[str, str]]]
) -> None:
    """Fourteen of 4,377 customers came back on another day of São Paulo's: little is predicted, and little came."""
    persons = {customer["customer_id"]: customer["customer_unique_id"] for customer in files["customers"]}
    days: dict[str, set[str]] = defaultdict(set)
    for order in files["orders"]:
        if order["order_status"] not in ("canceled", "unavailable"):
            days[persons[order["customer_id"]]].add(order["order_purchase_timestamp"][:10])
    came_back = sum(len(bought_on) > 1 for bought_on in days.values())
    assert came_back == 14
    assert olist.query(
        "select count(*), count(*) filter (repeat_purchase_count > 0), max(probability_alive) < 1 "
        "from marts.customer_value where repeat_purchase_count is not null"
    ) == [(4377, came_back, True)]
    [(customers, predicted, actual)] = olist.query(
        "select customer_count, predicted_purchases, actual_purchase_count from marts.clv_calibration "
        "where dimension = 'all'"
    )
    assert (customers, actual) == (2715, 4)
    assert 2 < predicted < 9
    # Before the first repeat purchase there is nothing to fit, and the reason is told.
    assert olist.query(
        "select distinct status, reason like '%has a repeat purchase%' from marts.clv_model_fits "
        "where model = 'mbg_nbd' and window_to_date = (select min(window_to_date) from marts.clv_model_fits)"
    ) == [("not_identified", True)]
    assert olist.query("select count(*) from marts.customer_value where residual_clv_amount is not null") == [(0,)]


def test_a_restated_order_adds_a_version_of_its_month_and_the_later_ones_and_leaves_what_was_written(
    olist: Project, tmp_path: Path, real_data: Path
) -> None:
    """An item of December 2017 turns out a hundred reais dearer. Built, and not published."""
    shutil.copytree(real_data / "olist", tmp_path / "landing" / "olist")
    items = tmp_path / "landing" / "olist" / "olist_order_items_dataset.csv"
    items.chmod(0o644)
    with (real_data / "olist" / "olist_orders_dataset.csv").open(encoding="utf-8-sig", newline="") as stream:
        orders = {row["order_id"]: row for row in csv.DictReader(stream)}
    lines = items.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(
        number
        for number, line in enumerate(lines)
        if number
        and orders[line.split(",")[0].strip('"')]["order_purchase_timestamp"].startswith("2017-12-1")
        and orders[line.split(",")[0].strip('"')]["order_status"] == "delivered"
    )
    fields = lines[place].split(",")
    fields[5] = str(Decimal(fields[5]) + 100)
    lines[place] = ",".join(fields)
    items.write_text("".join(lines), encoding="utf-8")
    restated = copied(olist, tmp_path / "home", CEM_LANDING=str(tmp_path / "landing"))
    before = restated.warehouse("from marts.customer_value_monthly order by all")

    restated.build(only=("+customer_value_monthly",))

    after = restated.warehouse("from marts.customer_value_monthly order by all")
    version = 1  # column of snapshot_version
    assert [row for row in after if row[version] == 1] == before
    versions = dict(
        restated.warehouse(
            "select strftime(month_date, '%Y-%m'), max(snapshot_version) from marts.customer_value_monthly group by 1"
        )
    )
    assert {month for month, newest in versions.items() if newest == 2} == {m for m in versions if m >= "2017-12"}
    assert restated.warehouse(
        """
        select
            new.month_date >= '2017-12-01' and sum(new.revenue_amount) - sum(old.revenue_amount) > 20,
            sum(abs(new.revenue_amount - old.revenue_amount)) > 0
        from marts.customer_value_monthly as new
        join marts.customer_value_monthly as old using (customer_id, month_date)
        where new.snapshot_version = 2 and old.snapshot_version = 1 and month_date = '2017-12-01'
        group by new.month_date
        """
    ) == [(True, True)]
