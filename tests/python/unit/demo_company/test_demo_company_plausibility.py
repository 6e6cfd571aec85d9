"""The company looks like a small retailer, and its satisfaction has causes and consequences."""

from __future__ import annotations

from typing import Any

import duckdb

Company = duckdb.DuckDBPyConnection


def one(company: Company, query: str) -> Any:
    row = company.execute(query).fetchall()[0]
    return row[0] if len(row) == 1 else row


def test_it_has_the_size_of_a_thin_demo(rows: dict[str, int]) -> None:
    assert rows["crm/customers"] == 3000
    assert 8_000 <= rows["shop/orders"] <= 15_000
    events = ("crm/opportunity_events", "survey/invitation_events", "messaging/message_events", "web/events")
    assert 100_000 <= sum(rows[name] for name in events) <= 200_000


def test_reported_rows_are_the_rows_written(company: Company, rows: dict[str, int]) -> None:
    for file_set, expected in rows.items():
        table = file_set.split("/")[1]
        assert one(company, f"select count(*) from {'web_events' if table == 'events' else table}") == expected, table


def test_most_customers_buy_and_a_majority_of_buyers_buys_again(company: Company) -> None:
    buyers, repeat_rate = one(
        company,
        """select count(*), avg((n > 1)::int)
        from (select count(*) n from orders where customer_number is not null group by customer_number)""",
    )
    assert 0.75 <= buyers / 3000 <= 0.95
    assert 0.5 <= repeat_rate <= 0.8


def test_guests_buy_a_small_share(company: Company) -> None:
    assert 0.03 <= one(company, "select avg((customer_number is null)::int) from orders") <= 0.12


def test_baskets_are_skewed_around_a_usual_size(company: Company) -> None:
    mean, median = one(
        company, "select avg(a)::double, median(a)::double from (select sum(amount) a from payments group by order_id)"
    )
    assert 40 <= median <= 100
    assert median < mean <= 150


def test_the_weeks_before_christmas_are_the_busiest_and_nights_are_quiet(company: Company) -> None:
    high, low = one(
        company,
        """select count(*) filter (month(ordered_at) in (11, 12)), count(*) filter (month(ordered_at) in (7, 8))
        from orders where year(ordered_at) = 2024""",
    )
    assert high > 1.3 * low
    assert one(company, "select avg((hour(ordered_at) < 5)::int) from orders") < 0.05


def test_some_deliveries_are_late_and_some_never_arrive(company: Company) -> None:
    late, missing = one(
        company,
        """select avg((delivered_at > promised_delivery_at)::int),
            avg((delivered_at is null)::int) filter (promised_delivery_at < timestamp '2024-12-01')
        from orders where shipped_at is not null""",
    )
    assert 0.08 <= late <= 0.25
    assert 0.001 <= missing <= 0.02


def test_scores_lean_to_the_good_side_and_use_the_scale(company: Company) -> None:
    for question, low, high in (
        ("overall_satisfaction", 6.5, 8.5),
        ("likelihood_to_recommend", 7, 8.5),
        ("ease", 4, 6),
    ):
        mean, values = one(
            company, f"select avg(score), count(distinct score) from answers where question = '{question}'"
        )
        assert low <= mean <= high, question
        assert values >= 6, question


def test_monthly_satisfaction_can_be_reported_in_most_months(company: Company) -> None:
    months = one(
        company,
        """select count(*) from (select 1 from answers where instrument = 'csi_2023'
        group by date_trunc('month', answered_at) having count(distinct invitation_id) >= 30)""",
    )
    assert months >= 16


def test_late_delivery_lowers_the_answers_that_follow(company: Company) -> None:
    kept, late = one(
        company,
        """select avg(score) filter (not is_late), avg(score) filter (is_late) from (
            select score, delivered_at > promised_delivery_at as is_late
            from answers a join orders o on o.customer_number = a.customer_number and a.touchpoint = 'delivery'
                and o.delivered_at between a.answered_at - interval 10 day and a.answered_at
            where question = 'overall_satisfaction'
        )""",
    )
    assert kept - late > 0.7


def test_the_content_buy_again_more_often_than_the_disappointed(company: Company) -> None:
    content, disappointed = one(
        company,
        """select avg(again::int) filter (score >= 8), avg(again::int) filter (score <= 6) from (
            select score, exists (select 1 from orders o where o.customer_number = a.customer_number
                and o.ordered_at between a.answered_at and a.answered_at + interval 180 day) as again
            from answers a where question = 'overall_satisfaction' and answered_at < timestamp '2024-06-30'
        )""",
    )
    assert content > disappointed


def test_clicks_follow_what_the_customer_buys(company: Company) -> None:
    rates = company.execute("""
        with bought as (
            select distinct customer_number, category
            from orders join order_lines using (order_id) join products using (product_id)
            where customer_number is not null
        )
        select b.category is not null, count(distinct message_id) filter (event = 'clicked')
            / count(distinct message_id) filter (event = 'opened')
        from message_events m left join bought b
            on b.customer_number = m.customer_number and b.category = m.offer_category
        where channel <> 'sms' and m.customer_number in (select customer_number from bought)
        group by 1 order by 1
    """).fetchall()
    assert rates[1][1] > 1.2 * rates[0][1]


def test_thousands_of_visitors_never_log_in(company: Company) -> None:
    anonymous = one(
        company,
        """select count(*) from (select 1 from web_events group by anonymous_id having bool_and(event <> 'login'))""",
    )
    assert anonymous > 3_000


def test_a_few_products_have_no_cost_and_the_others_earn(company: Company) -> None:
    unknown, earning = one(
        company, "select count(*) filter (unit_cost is null), bool_and(unit_cost < list_price) from products"
    )
    assert 1 <= unknown <= 10
    assert earning
