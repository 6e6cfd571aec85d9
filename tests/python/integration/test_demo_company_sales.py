"""The demo company: recurring revenue, purchases, contact pressure and pipeline, against counts of what is there."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.parquet

from tests.python.integration.conftest import Project
from tests.python.integration.demo_sources import records

MONTHS = [f"{year}-{month:02}" for year in (2022, 2023, 2024) for month in range(1, 13)]
MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation")


def test_recurring_revenue_is_what_the_shop_s_subscriptions_come_to(demo: Project, landing: Path) -> None:
    """Month end by month end: who had what then, and what that was at the end before."""
    customers = dict(
        demo.query("select source_record_id, coalesce(customer_id, source_record_id) from behavioural.subscriptions")
    )
    with (landing / "finance" / "exchange_rates.csv").open(encoding="utf-8", newline="") as file:
        rates = {(row["date"], row["currency"]): Decimal(row["rate"]) for row in csv.DictReader(file)}
    subscriptions = records(
        landing,
        "shop",
        "select subscription_id, plan, currency, cast(monthly_amount as text), cast(started_at as text),"
        " coalesce(cast(ended_at as text), '9999') from subscriptions",
    )
    assert len(subscriptions) > 150

    expected: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    closing_in_base: dict[str, Decimal] = defaultdict(Decimal)
    customer_moves: dict[tuple[str, str], int] = defaultdict(int)
    held_before: dict[tuple[str, str, str], Decimal] = {}
    ever: set[str] = set()
    for month in MONTHS:
        held: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for key, plan, currency, amount, started, ended in subscriptions:
            if str(started)[:7] <= month < str(ended)[:7]:
                held[customers[key], str(plan), str(currency)] += Decimal(str(amount))
                rate = rates[str(started)[:10], str(currency)] if currency != "EUR" else Decimal(1)
                closing_in_base[month] += (Decimal(str(amount)) * rate).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        now, before = ({customer for customer, *_ in of} for of in (held, held_before))
        for customer, plan, currency in held.keys() | held_before.keys():
            change = held.get((customer, plan, currency), Decimal(0)) - held_before.get(
                (customer, plan, currency), Decimal(0)
            )
            if customer not in now:
                movement = "churn"
            elif customer in before:
                movement = "expansion" if change > 0 else "contraction"
            else:
                movement = "reactivation" if customer in ever else "new"
            expected[month, currency, movement] += change
        customer_moves[month, "new"] += len(now - before - ever)
        customer_moves[month, "reactivation"] += len((now - before) & ever)
        customer_moves[month, "churn"] += len(before - now)
        ever |= now
        held_before = dict(held)
        for (_, _, currency), amount in held.items():
            expected[month, currency, "closing"] += amount

    found = demo.query(
        f"""
        select strftime(month_date, '%Y-%m'), currency,
            {", ".join(f"sum(original_{movement}_amount)" for movement in (*MOVEMENTS, "closing"))}
        from marts.recurring_revenue_monthly group by 1, 2
        """
    )
    in_mart = {
        (month, currency, movement): amount
        for month, currency, *amounts in found
        for movement, amount in zip((*MOVEMENTS, "closing"), amounts, strict=True)
        if amount != 0
    }
    assert in_mart == {key: amount for key, amount in expected.items() if amount != 0}
    assert {currency for _, currency, _ in in_mart} > {"EUR"}
    assert {movement for *_, movement in in_mart} >= {"new", "churn", "closing"}
    by_month = demo.query(
        """
        select strftime(month_date, '%Y-%m'), sum(closing_amount), sum(new_customer_count),
            sum(reactivated_customer_count), sum(churned_customer_count),
            sum(opening_amount + new_amount + expansion_amount + contraction_amount + churn_amount
                + reactivation_amount + exchange_rate_amount)
        from marts.recurring_revenue_monthly group by 1 order by 1
        """
    )
    assert {month: amount for month, amount, *_ in by_month} == dict(closing_in_base)
    assert [counts for _, _, *counts, _ in by_month] == [
        [customer_moves[month, movement] for movement in ("new", "reactivation", "churn")] for month, *_ in by_month
    ]
    assert all(closing == carried for _, closing, *_, carried in by_month)


def test_how_customers_buy_is_what_the_shop_s_orders_come_to(demo: Project, landing: Path) -> None:
    """Days between purchases, pieces and discounts, order by order; whose order it is, the warehouse says."""
    customers = dict(
        demo.query(
            "select source_record_id, customer_id from behavioural.orders where is_purchase and customer_id is not null"
        )
    )
    days: dict[str, set[date]] = defaultdict(set)
    for order, ordered_at in records(landing, "shop", "select order_id, cast(ordered_at as text) from orders"):
        if order in customers:
            days[customers[order]].add(date.fromisoformat(str(ordered_at)[:10]))
    lines = records(
        landing,
        "shop",
        "select order_id, product_id, quantity, coalesce(discount_amount, 0) from order_lines",
    )
    pieces: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    discounted: dict[str, set[str]] = defaultdict(set)
    goods = {
        str(product)
        for (product,) in demo.query("select source_record_id from behavioural.products where product_type = 'product'")
    }
    for order, product, quantity, discount in lines:
        if order in customers and str(product) in goods:
            pieces[customers[order]][str(order)] += float(str(quantity))
            if float(str(discount)) > 0:
                discounted[customers[order]].add(str(order))

    found = demo.query(
        "select customer_id, purchase_day_count, days_since_last_purchase, median_days_between_purchases,"
        " percentile_80_days_between_purchases, units_per_order, discounted_order_share from marts.purchase_behaviour"
    )
    assert len(found) == len(days) > 1000
    for customer, day_count, silent_days, median, percentile_80, units, share in found:
        gaps = np.diff([day.toordinal() for day in sorted(days[customer])])
        assert day_count == len(days[customer])
        assert silent_days == (date(2024, 12, 31) - max(days[customer])).days
        if len(gaps):
            assert float(median) == round(float(np.quantile(gaps, 0.5)), 4)
            assert float(percentile_80) == round(float(np.quantile(gaps, 0.8)), 4)
        else:
            assert (median, percentile_80) == (None, None)
        if orders := pieces[customer]:
            assert abs(float(units) - sum(orders.values()) / len(orders)) < 1e-4
            assert abs(float(share) - len(discounted[customer]) / len(orders)) < 1e-6
    assert 0.05 < np.mean([float(share) for *_, share in found if share is not None]) < 0.95


def test_the_classes_are_told_by_what_customers_do(demo: Project) -> None:
    """Champions bought later than who hibernates, and oftener; a fifth of the customers is about a fifth."""
    rows = demo.query(
        "select rfm_class, count(*), max(days_since_last_purchase), min(days_since_last_purchase), min(order_count)"
        " from marts.purchase_behaviour group by 1"
    )
    found = {name: figures for name, *figures in rows}
    assert set(found) > {"champion", "hibernating", "at_risk"}
    assert found["champion"][1] < found["hibernating"][2]
    shares = demo.query(
        "select recency_score, count(*) / sum(count(*)) over () from marts.purchase_behaviour group by 1"
    )
    assert all(0.15 < share < 0.25 for _, share in shares)


def test_contact_pressure_is_what_a_count_day_by_day_gives(demo: Project) -> None:
    """Each window counted anew from the contacts, for each row of every tenth customer; the hour by Python's zones."""
    families = dict(demo.warehouse("select channel, family from rules.channels where is_outbound"))
    quiet = {
        channel: (start, end)
        for channel, start, end in demo.warehouse(
            "select channel, quiet_from_hour, quiet_until_hour from rules.quiet_hours"
        )
    }
    clocks = dict(
        demo.warehouse(
            "select customer_id, max_by(time_zone, (occurred_at, order_id)) from behavioural.orders"
            " where customer_id is not null group by 1"
        )
    )
    contacts: dict[tuple[str, str], list[tuple[date, str, bool]]] = defaultdict(list)
    for customer, touch_type, channel, occurred_at, day in demo.warehouse(
        "select customer_id, touch_type, channel, occurred_at, business_date from intermediate.int_contacts__touches"
        " where direction = 'outbound' and has_reached_customer and customer_id like '%7'"
    ):
        if channel in families:
            hour = _hour(occurred_at, clocks.get(customer, "UTC"))
            start, end = quiet.get(channel, (0, 0))
            is_quiet = start <= hour < end if start <= end else hour >= start or hour < end
            for family in (families[channel], "all"):
                contacts[customer, family].append((day, touch_type, is_quiet))
    found = demo.query(
        """
        select customer_id, channel_family, contact_date, pressing_contact_count, quiet_hours_contact_count,
            survey_invitation_count_28_days, service_message_count_28_days, pressing_contact_count_7_days,
            pressing_contact_count_28_days
        from marts.contact_pressure_daily where customer_id like '%7'
        """
    )
    assert {(customer, family, day) for customer, family, day, *_ in found} == {
        (customer, family, day) for (customer, family), those in contacts.items() for day, *_ in those
    }
    assert len(found) > 1000
    for customer, family, day, pressing, in_quiet_hours, surveys, answers, within_7, within_28 in found:
        those = contacts[customer, family]
        own = [(at, is_quiet) for at, touch_type, is_quiet in those if touch_type != "support_message"]
        of_28 = [touch_type for at, touch_type, _ in those if day - timedelta(days=27) <= at <= day]
        assert pressing == sum(at == day for at, _ in own)
        assert in_quiet_hours == sum(at == day and is_quiet for at, is_quiet in own)
        assert within_7 == sum(day - timedelta(days=6) <= at <= day for at, _ in own)
        assert within_28 == len(of_28) - of_28.count("support_message")
        assert (surveys, answers) == (of_28.count("survey_invitation"), of_28.count("support_message"))
    assert sum(row[4] for row in found) > 0


def test_the_pipeline_is_what_the_crm_s_stages_come_to(demo: Project, landing: Path) -> None:
    """Open at each month end, and the share won of those decided by then, of all that were ever quoted."""
    steps: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for opportunity, changed_at, change, stage in records(
        landing,
        "crm",
        "select opportunity_id, cast(changed_at as text), stage_change_id, stage from opportunity_stages",
    ):
        steps[str(opportunity)].append((str(changed_at), str(change), str(stage)))
    expected: dict[tuple[str, str], int] = defaultdict(int)
    rates: dict[str, tuple[int, int]] = {}
    for month in MONTHS:
        until = [sorted(step for step in of if step[0][:7] <= month) for of in steps.values()]
        for of in until:
            if of and of[-1][2] not in ("won", "lost"):
                expected[month, of[-1][2]] += 1
        quoted = [of[-1][2] for of in until if "quoted" in [stage for *_, stage in of] and of[-1][2] in ("won", "lost")]
        rates[month] = (len(quoted), quoted.count("won"))
    found = demo.query(
        "select strftime(month_date, '%Y-%m'), stage, sum(open_opportunity_count), min(win_rate), max(win_rate),"
        " max(decided_opportunity_count) from marts.sales_pipeline group by 1, 2"
    )
    assert {(month, stage): count for month, stage, count, *_ in found if count} == dict(expected)
    of_quoted = [
        (month, lowest, highest, decided) for month, stage, _, lowest, highest, decided in found if stage == "quoted"
    ]
    assert len(of_quoted) > 30
    for month, lowest, highest, decided in of_quoted:
        assert decided == rates[month][0]
        assert lowest == highest
        if decided >= 30:
            assert abs(float(lowest) - rates[month][1] / decided) < 1e-6
        else:
            assert lowest is None


def _hour(occurred_at: datetime, zone: str) -> int:
    return occurred_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).hour


def test_what_messages_bring_about_is_what_the_truth_says(demo: Project) -> None:
    """Of nearly all campaigns the interval holds the true effect, which one alone cannot show; so does that of all."""
    found = demo.query(
        f"""
        select difference::double, (difference_upper_95 - difference)::double / 1.96, contacted_customer_count,
            true_orders, true_orders between difference_lower_95 and difference_upper_95
        from marts.campaign_uplift
        inner join (
            select campaign,
                sum(uplift_orders_per_message * (sent_count + held_out_count)) / sum(sent_count + held_out_count)
                    as true_orders
            from '{demo.home}/truth/offer_uplift.parquet' group by campaign
        ) using (campaign)
        where outcome = 'orders' and dimension = 'none' and reason is null
        """
    )
    assert len(found) > 30
    difference, error, count, truth, is_covered = (np.array(column) for column in zip(*found, strict=True))
    weight = count / count.sum()
    together, its_error = weight @ difference, np.sqrt(weight**2 @ error**2)
    print(
        f"\n{len(found)} campaigns, {is_covered.mean():.3f} covered; together {together:.5f} orders a message"
        f" (standard error {its_error:.5f}), truly {weight @ truth:.5f}"
    )
    assert is_covered.mean() > 0.9
    assert abs(together - weight @ truth) < 3 * its_error
    # A tenth of some 400 customers is too few to tell 0.01 orders from chance: no campaign alone may claim it.
    verdicts = demo.query("select verdict, count(*) from marts.campaign_uplift where reason is null group by 1")
    assert dict(verdicts)["no_gain_shown"] > 0.99 * sum(number for _, number in verdicts)
    # Service mails hold nobody out, and what they bring about is not known.
    assert demo.query(
        "select distinct reason, difference from marts.campaign_uplift where campaign like 'service-%'"
    ) == [("no_hold_out", None)]


def test_the_funnel_counts_what_the_messaging_system_tells(demo: Project, landing: Path) -> None:
    """Message by message from its files; nothing in it opens faster than a person can."""
    reached: dict[str, set[str]] = defaultdict(set)
    for file in (landing / "messaging").glob("message_events/*/*.parquet"):
        table = pyarrow.parquet.read_table(file, columns=["message_id", "event"]).to_pydict()
        for message, event in zip(table["message_id"], table["event"], strict=True):
            reached[event].add(message)
    ((planned, held_out, sent, delivered, opened, by_machine, clicked, unsubscribed, complaints),) = demo.query(
        "select sum(planned_count), sum(held_out_count), sum(sent_count), sum(delivered_count), sum(opened_count),"
        " sum(machine_opened_count), sum(clicked_count), sum(unsubscribed_count), sum(complaint_count)"
        " from marts.message_funnel"
    )
    assert planned == len(set.union(*reached.values()))
    assert (held_out, sent, clicked) == tuple(len(reached[name]) for name in ("held_out", "sent", "clicked"))
    assert delivered == len(reached["sent"] - reached["bounced"])
    assert opened == len(reached["opened"] | reached["clicked"])
    assert by_machine == 0
    assert (unsubscribed, complaints) == (len(reached["unsubscribed"]), len(reached["complained"]))
