"""The rules that the exports of one company keep among each other, checked over the written files.

Each rule is a query with one row a thing examined and a column `broken`. A rule that examines nothing fails too, and
so does one whose answer is unknown.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

LINE_TOTALS = """
    select order_id, line_number, quantity * unit_price - discount_amount as net from order_lines
"""
FIRST_TOUCH = """
    select c.customer_number, c.created_at, x.moment from customers c join (
        select customer_number, ordered_at as moment from orders
        union all select o.customer_number, paid_at from payments join orders o using (order_id)
        union all select o.customer_number, refunded_at from refunds join orders o using (order_id)
        union all select customer_number, recorded_at from consents
        union all select customer_number, occurred_at from opportunity_events
        union all select customer_number, occurred_at from invitation_events
        union all select customer_number, answered_at from answers
        union all select customer_number, occurred_at from message_events
        union all select customer_number, occurred_at from web_events
    ) x using (customer_number)
"""
ALL_TIMES = """
    select unnest([created_at, updated_at]) as moment from customers
    union all select recorded_at from consents
    union all select occurred_at from opportunity_events
    union all select unnest([ordered_at, shipped_at, delivered_at]) from orders
    union all select paid_at from payments
    union all select refunded_at from refunds
    union all select occurred_at from invitation_events
    union all select answered_at from answers
    union all select occurred_at from message_events
    union all select occurred_at from web_events
"""
ALL_IDS = """
    select customer_number as id from customers
    union all select consent_id from consents
    union all select event_id from opportunity_events
    union all select distinct opportunity_id from opportunity_events
    union all select product_id from products
    union all select order_id from orders
    union all select payment_id from payments
    union all select refund_id from refunds
    union all select event_id from invitation_events
    union all select distinct invitation_id from invitation_events
    union all select answer_id from answers
    union all select event_id from message_events
    union all select distinct message_id from message_events
    union all select event_id from web_events
    union all select distinct anonymous_id from web_events
"""
ALL_CUSTOMERS_NAMED = """
    select customer_number from consents
    union all select customer_number from opportunity_events
    union all select customer_number from orders where customer_number is not null
    union all select customer_number from invitation_events
    union all select customer_number from answers
    union all select customer_number from message_events
    union all select customer_number from web_events where customer_number is not null
"""
MESSAGE_STEPS = """
    select message_id, any_value(customer_number) as customer_number, any_value(channel) as channel,
        min(occurred_at) filter (event = 'sent') as sent_at,
        min(occurred_at) filter (event = 'delivered') as delivered_at,
        min(occurred_at) filter (event = 'opened') as opened_at,
        min(occurred_at) filter (event = 'clicked') as clicked_at,
        min(occurred_at) filter (event = 'unsubscribed') as unsubscribed_at
    from message_events group by all
"""
SURVEY_STEPS = """
    select invitation_id,
        min(occurred_at) filter (event = 'sent') as sent_at,
        min(occurred_at) filter (event = 'opened') as opened_at,
        min(occurred_at) filter (event = 'started') as started_at,
        min(occurred_at) filter (event = 'completed') as completed_at
    from invitation_events group by all
"""
OPPORTUNITY_STEPS = """
    select opportunity_id, any_value(customer_number) as customer_number,
        min(occurred_at) filter (stage = 'opened') as opened_at,
        min(occurred_at) filter (stage = 'quoted') as quoted_at,
        min(occurred_at) filter (stage in ('won', 'lost')) as ended_at
    from opportunity_events group by all
"""
SESSIONS = """
    select *, sum(is_new::int) over (order by anonymous_id, event_id) as session_id from (
        select *, coalesce(occurred_at - lag(occurred_at) over w > interval 30 minute, true) as is_new
        from web_events window w as (partition by anonymous_id order by event_id)
    )
"""
ANSWER_RANGES = """
    values ('overall_satisfaction', 'csi_2023', 1, 10), ('expectancy_disconfirmation', 'csi_2023', 1, 10),
        ('distance_to_ideal', 'csi_2023', 1, 10), ('likelihood_to_recommend', 'nps_relationship', 0, 10),
        ('ease', 'ces_service', 1, 7)
"""

RULES = {
    "ids are unique across the whole company": f"select count(*) > 1 as broken from ({ALL_IDS}) group by id",
    "an order line number is unique in its order": """
        select count(*) > 1 as broken from order_lines group by order_id, line_number
    """,
    "every customer number is in the CRM": f"""
        select c.customer_number is null as broken
        from ({ALL_CUSTOMERS_NAMED}) x left join customers c using (customer_number)
    """,
    "every line has an order and a product": """
        select o.order_id is null or p.product_id is null as broken
        from order_lines left join orders o using (order_id) left join products p using (product_id)
    """,
    "every order has a line": """
        select count(l.order_id) = 0 as broken
        from orders o left join order_lines l using (order_id) group by o.order_id
    """,
    "payments of a completed order sum to lines less discounts plus freight": f"""
        select paid <> goods + freight_amount as broken
        from orders
        join (select order_id, sum(net) as goods from ({LINE_TOTALS}) group by all) using (order_id)
        left join (select order_id, sum(amount) as paid from payments group by all) using (order_id)
        where status = 'completed'
    """,
    "a cancelled order is neither paid, shipped nor refunded": """
        select o.shipped_at is not null or p.order_id is not null or r.order_id is not null as broken
        from orders o left join payments p using (order_id) left join refunds r using (order_id)
        where status = 'cancelled'
    """,
    "payments follow their order": """
        select paid_at < ordered_at or amount <= 0 as broken from payments join orders using (order_id)
    """,
    "refunds never exceed their line": f"""
        select refunded > net or net is null as broken
        from (select order_id, line_number, sum(amount) as refunded from refunds group by all)
        left join ({LINE_TOTALS}) using (order_id, line_number)
    """,
    "a refund follows its order, and its delivery if there was one": """
        select refunded_at < ordered_at or refunded_at < coalesce(delivered_at, ordered_at) or amount <= 0 as broken
        from refunds join orders using (order_id)
    """,
    "a discount is less than its line": """
        select discount_amount < 0 or discount_amount >= quantity * unit_price or quantity < 1 as broken
        from order_lines
    """,
    "ordered, shipped and delivered follow one another": """
        select ordered_at > coalesce(shipped_at, ordered_at) or shipped_at is null and delivered_at is not null
            or coalesce(shipped_at > delivered_at, false) as broken
        from orders
    """,
    "store orders have no freight and no delivery; all others have a promise": """
        select case when channel = 'store'
            then freight_amount <> 0 or coalesce(promised_delivery_at, shipped_at, delivered_at) is not null
            else promised_delivery_at is null or promised_delivery_at <= ordered_at end as broken
        from orders
    """,
    "nothing named happens to a customer before the CRM knows of it": f"""
        select moment < created_at as broken from ({FIRST_TOUCH})
    """,
    "a customer record is changed after it is made": "select updated_at < created_at as broken from customers",
    "nothing happens outside the two years": f"""
        select moment < timestamp '2023-01-01' or moment >= timestamp '2025-01-01' as broken
        from ({ALL_TIMES}) where moment is not null
    """,
    "every customer states each consent once at the start": """
        select count(*) filter (recorded_at = created_at) <> 1 as broken
        from customers join consents using (customer_number) group by customer_number, purpose
    """,
    "only a granted consent is withdrawn, once and later": """
        select count(*) > 2 or not bool_or(is_granted) or max(recorded_at) filter (is_granted)
            > max(recorded_at) filter (not is_granted) as broken
        from consents group by customer_number, purpose having count(*) > 1
    """,
    "a consent needs the address or number that it is about": """
        select purpose = 'marketing_email' and email is null or purpose = 'marketing_sms' and phone is null as broken
        from consents join customers using (customer_number) where is_granted
    """,
    "message steps are in order": f"""
        select sent_at is null
            or coalesce(delivered_at < sent_at or opened_at < delivered_at or clicked_at < opened_at
                or unsubscribed_at < opened_at or clicked_at < delivered_at or unsubscribed_at < delivered_at, false)
            or (coalesce(opened_at, clicked_at, unsubscribed_at) is not null and delivered_at is null)
            or (channel <> 'sms' and coalesce(clicked_at, unsubscribed_at) is not null and opened_at is null)
            or (channel = 'sms' and opened_at is not null) as broken
        from ({MESSAGE_STEPS})
    """,
    "each message step happens once": """
        select count(*) > 1 as broken from message_events group by message_id, event
    """,
    "nobody gets a message after unsubscribing": f"""
        select m.sent_at >= u.unsubscribed_at or coalesce(m.delivered_at > u.unsubscribed_at, false) as broken
        from ({MESSAGE_STEPS}) m
        join (select customer_number, unsubscribed_at from ({MESSAGE_STEPS}) where unsubscribed_at is not null) u
        using (customer_number)
    """,
    "a customer unsubscribes once": """
        select count(*) > 1 as broken from message_events where event = 'unsubscribed' group by customer_number
    """,
    "unsubscribing ends every marketing consent": """
        select w.recorded_at is null or w.recorded_at > u.occurred_at as broken
        from message_events u
        join consents g on g.customer_number = u.customer_number and g.is_granted and g.purpose like 'marketing_%'
        left join consents w
            on w.customer_number = g.customer_number and w.purpose = g.purpose and not w.is_granted
        where u.event = 'unsubscribed'
    """,
    "a message is sent only while its consent stands": f"""
        select g.recorded_at is null or g.recorded_at > sent_at or coalesce(w.recorded_at < sent_at, false) as broken
        from (select *, case channel when 'email' then 'marketing_email' when 'sms' then 'marketing_sms'
            else 'profiling' end as purpose from ({MESSAGE_STEPS})) m
        left join consents g on g.customer_number = m.customer_number and g.purpose = m.purpose and g.is_granted
        left join consents w on w.customer_number = m.customer_number and w.purpose = m.purpose and not w.is_granted
    """,
    "a cost and its currency stand on sent messages only": """
        select (cost_amount is null) <> (event <> 'sent') or (currency is null) <> (event <> 'sent') as broken
        from message_events
    """,
    "survey steps are in order and none is skipped": f"""
        select sent_at is null or coalesce(opened_at < sent_at or started_at < opened_at
            or completed_at < started_at, false) or (opened_at is null and started_at is not null)
            or (started_at is null and completed_at is not null) as broken
        from ({SURVEY_STEPS})
    """,
    "answers come from completed invitations, between start and end": f"""
        select completed_at is null or answered_at not between started_at and completed_at as broken
        from answers left join ({SURVEY_STEPS}) using (invitation_id)
    """,
    "an answer names the customer and instrument of its invitation": """
        select a.customer_number <> i.customer_number or a.instrument <> i.instrument as broken
        from answers a join invitation_events i using (invitation_id)
    """,
    "a question is answered once an invitation, on its own scale": f"""
        select bool_or(score not between low and high or score <> round(score) or low is null) or count(*) > 1 as broken
        from answers left join ({ANSWER_RANGES}) scale(question, instrument, low, high) using (question, instrument)
        group by invitation_id, question
    """,
    "opportunity stages are in order": f"""
        select opened_at is null or coalesce(quoted_at < opened_at or ended_at < quoted_at, false)
            or (quoted_at is null and ended_at is not null) as broken
        from ({OPPORTUNITY_STEPS})
    """,
    "an opportunity ends once": """
        select count(*) filter (stage in ('won', 'lost')) > 1 as broken from opportunity_events group by opportunity_id
    """,
    "a won opportunity is an order of that customer, moment and amount": """
        select o.order_id is null or p.paid <> e.expected_amount as broken
        from opportunity_events e
        left join orders o on o.customer_number = e.customer_number and o.ordered_at = e.occurred_at
        left join (select order_id, sum(amount) as paid from payments group by all) p using (order_id)
        where stage = 'won'
    """,
    "an anonymous id belongs to one customer at most": """
        select count(distinct customer_number) > 1 as broken from web_events group by anonymous_id
    """,
    "a visit names the customer from its login on and never before": f"""
        select (customer_number is not null) <> coalesce(bool_or(event = 'login') over (
            partition by session_id order by event_id rows unbounded preceding), false) as broken
        from ({SESSIONS})
    """,
    "product pages and carts name a product of the range; nothing else does": """
        select case when event = 'add_to_cart' or page like '/product/%' then p.product_id is null
            or (event = 'page_view' and page <> '/product/' || w.product_id)
            else w.product_id is not null end as broken
        from web_events w left join products p using (product_id)
    """,
    "every click in a message opens a visit of its channel": """
        select not exists (
            select 1 from web_events w where w.campaign_channel = m.channel
            and w.occurred_at between m.occurred_at and m.occurred_at + interval 6 second
        ) as broken
        from message_events m where event = 'clicked' and occurred_at < timestamp '2024-12-31 23:00:00'
    """,
    "everything is in euro": """
        select currency <> 'EUR' as broken from (
            select currency from customers union all select currency from opportunity_events
            union all select currency from products union all select currency from orders
            union all select currency from payments union all select currency from refunds
            union all select currency from message_events where currency is not null
        )
    """,
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_holds(company: duckdb.DuckDBPyConnection, rule: str) -> None:
    examined, broken = company.execute(
        f"select count(*), count(*) filter (broken is distinct from false) from ({RULES[rule]})"
    ).fetchall()[0]
    assert examined > 0, f"the rule examined nothing: {rule}"
    assert broken == 0, f"{broken} of {examined} break the rule: {rule}"


def test_anonymous_visits_precede_sign_up_on_devices_that_log_in_later(company: duckdb.DuckDBPyConnection) -> None:
    early = company.execute("""
        select count(distinct w.anonymous_id)
        from web_events w
        join (select distinct anonymous_id, customer_number from web_events where customer_number is not null) k
            using (anonymous_id)
        join customers c on c.customer_number = k.customer_number
        where w.occurred_at < c.created_at - interval 1 hour
    """).fetchall()[0][0]
    assert early > 300


def test_message_and_web_files_hold_the_rows_of_their_month(company: duckdb.DuckDBPyConnection, landing: Path) -> None:
    strays = company.execute(f"""
        select count(*) filter (filename not like '%\\_' || strftime(occurred_at, '%Y-%m') || '.csv.gz' escape '\\'),
            count(distinct filename)
        from read_csv(['{landing}/web/*.csv.gz', '{landing}/messaging/*.csv.gz'], filename = true, union_by_name = true)
    """).fetchall()[0]
    assert strays == (0, 48)
