"""The rules that the source systems of one company keep among each other, checked over what was written.

Each rule is a query with one row a thing examined and a column `broken`. A rule that examines nothing fails too, and
so does one whose answer is unknown. Wall clocks are compared with an hour of grace where a clock may be set back.
"""

from __future__ import annotations

import duckdb
import pytest

from tests.python.unit.demo_company.conftest import Written

LINE_TOTALS = "select order_id, line_number, quantity * unit_price - discount_amount as net from shop_order_lines"
MESSAGES = """
    select message_id, any_value(customer_number) as customer_number, any_value(campaign) as campaign,
        any_value(channel) as channel, any_value(offer_category) as offer_category,
        max(occurred_at) filter (event = 'planned') as planned_at,
        max(occurred_at) filter (event = 'held_out') as held_at,
        max(occurred_at) filter (event = 'sent') as sent_at,
        max(occurred_at) filter (event = 'delivered') as delivered_at,
        max(occurred_at) filter (event = 'bounced') as bounced_at,
        max(occurred_at) filter (event = 'opened') as opened_at,
        max(occurred_at) filter (event = 'clicked') as clicked_at,
        max(occurred_at) filter (event in ('unsubscribed', 'complained')) as left_at
    from messaging_message_events group by message_id
"""
STAGES = """
    select opportunity_id, max(changed_at) filter (stage = 'opened') as opened_at,
        max(changed_at) filter (stage = 'qualified') as qualified_at,
        max(changed_at) filter (stage = 'quoted') as quoted_at,
        max(changed_at) filter (stage in ('won', 'lost')) as ended_at, max(changed_at) as newest_at,
        count(*) filter (stage in ('won', 'lost')) as ends
    from crm_opportunity_stages group by opportunity_id
"""
# `<table>.<column>` names the key `<key of>` of another table; empty fields aside.
REFERENCES = {
    "crm_customer_changes.customer_number": "crm_customers.customer_number",
    "crm_consents.customer_number": "crm_customers.customer_number",
    "crm_life_events.customer_number": "crm_customers.customer_number",
    "crm_needs.customer_number": "crm_customers.customer_number",
    "crm_opportunities.customer_number": "crm_customers.customer_number",
    "crm_opportunity_stages.opportunity_id": "crm_opportunities.opportunity_id",
    "crm_activities.customer_number": "crm_customers.customer_number",
    "crm_activities.opportunity_id": "crm_opportunities.opportunity_id",
    "crm_customers.referred_by": "crm_customers.customer_number",
    "shop_accounts.customer_number": "crm_customers.customer_number",
    "shop_orders.account_id": "shop_accounts.account_id",
    "shop_order_lines.order_id": "shop_orders.order_id",
    "shop_order_lines.product_id": "shop_products.product_id",
    "shop_payments.order_id": "shop_orders.order_id",
    "shop_refunds.order_id": "shop_orders.order_id",
    "shop_subscriptions.account_id": "shop_accounts.account_id",
    "shop_subscription_uses.subscription_id": "shop_subscriptions.subscription_id",
    "survey_invitations.customer_number": "crm_customers.customer_number",
    "survey_invitations.order_id": "shop_orders.order_id",
    "survey_invitations.instrument": "survey_questions.instrument",
    "survey_answers.invitation_id": "survey_invitations.invitation_id",
    "helpdesk_tickets.customer_number": "crm_customers.customer_number",
    "helpdesk_tickets.order_id": "shop_orders.order_id",
    "helpdesk_ticket_events.ticket_id": "helpdesk_tickets.ticket_id",
    "helpdesk_comments.ticket_id": "helpdesk_tickets.ticket_id",
    "web_events.account_id": "shop_accounts.account_id",
    "web_events.product_id": "shop_products.product_id",
    "web_app_events.account_id": "shop_accounts.account_id",
    "web_app_events.product_id": "shop_products.product_id",
    "messaging_message_events.customer_number": "crm_customers.customer_number",
    "social_posts.product_id": "shop_products.product_id",
    "shop_products.category": "messaging_message_events.offer_category",
}
KEYS = (
    *("crm_customers.customer_number", "crm_customer_changes.change_id", "crm_consents.consent_id"),
    *("crm_life_events.life_event_id", "crm_needs.need_id", "crm_opportunities.opportunity_id"),
    *("crm_opportunity_stages.stage_change_id", "crm_activities.activity_id", "shop_accounts.account_id"),
    *("shop_products.product_id", "shop_orders.order_id", "shop_payments.payment_id", "shop_refunds.refund_id"),
    *("shop_subscriptions.subscription_id", "shop_subscription_uses.use_id"),
    *("survey_invitations.invitation_id", "survey_answers.answer_id"),
    *("helpdesk_tickets.ticket_id", "helpdesk_ticket_events.event_id", "helpdesk_comments.comment_id"),
    *("web_events.event_id", "web_app_events.event_id", "messaging_message_events.event_id", "social_posts.post_id"),
)
SINCE_RECORD = """
    select customer_number, created_at, moment from crm_customers join (
        select customer_number, changed_at as moment from crm_customer_changes
        union all select customer_number, recorded_at from crm_consents
        union all select customer_number, reported_at from crm_life_events
        union all select customer_number, stated_at from crm_needs
        union all select customer_number, opened_at from crm_opportunities
        union all select customer_number, occurred_at from crm_activities
        union all select customer_number, sent_at from survey_invitations
        union all select customer_number, occurred_at from messaging_message_events
        union all select customer_number, created_at from helpdesk_tickets where customer_number is not null
    ) using (customer_number)
"""

RULES = {
    "payments of a completed order sum to lines less discounts plus freight": f"""
        select paid is distinct from goods + freight_amount as broken from shop_orders
        join (select order_id, sum(net) as goods from ({LINE_TOTALS}) group by all) using (order_id)
        left join (select order_id, sum(amount) as paid from shop_payments group by all) using (order_id)
        where status = 'completed'
    """,
    "every order has a line": """
        select l.order_id is null as broken
        from shop_orders o left join (select distinct order_id from shop_order_lines) l using (order_id)
    """,
    "a cancelled order is neither paid, shipped nor refunded": """
        select o.shipped_at is not null or p.order_id is not null or r.order_id is not null as broken
        from shop_orders o left join shop_payments p using (order_id) left join shop_refunds r using (order_id)
        where status = 'cancelled'
    """,
    "an open order is not delivered, and young": """
        select delivered_at is not null or ordered_at < timestamp '2024-11-01' as broken
        from shop_orders where status = 'open'
    """,
    "amounts of an order have its currency and clock": """
        select x.currency <> o.currency or x.time_zone <> o.time_zone as broken from shop_orders o join (
            select order_id, currency, time_zone from shop_payments
            union all select order_id, currency, time_zone from shop_refunds) x using (order_id)
    """,
    "payments follow their order": """
        select paid_at < ordered_at - interval 1 hour or amount <= 0 as broken
        from shop_payments join shop_orders using (order_id)
    """,
    "refunds never exceed their line": f"""
        select refunded > net or net is null or refunded <= 0 as broken
        from (select order_id, line_number, sum(amount) as refunded from shop_refunds group by all)
        left join ({LINE_TOTALS}) using (order_id, line_number)
    """,
    "a refund follows its order, and its delivery if there was one": """
        select refunded_at < coalesce(delivered_at, ordered_at) - interval 1 hour or status <> 'completed' as broken
        from shop_refunds join shop_orders using (order_id)
    """,
    "a discount is less than its line": """
        select discount_amount < 0 or discount_amount >= quantity * unit_price or quantity < 1 as broken
        from shop_order_lines
    """,
    "ordered, shipped and delivered follow one another": """
        select ordered_at > coalesce(shipped_at, ordered_at) + interval 1 hour
            or shipped_at is null and delivered_at is not null
            or coalesce(shipped_at > delivered_at + interval 1 hour, false) as broken
        from shop_orders
    """,
    "store orders have no freight and no delivery; all others have a promise": """
        select case when channel = 'store'
            then freight_amount <> 0 or coalesce(promised_delivery_at, shipped_at, delivered_at) is not null
            else promised_delivery_at is null or promised_delivery_at <= ordered_at end as broken
        from shop_orders
    """,
    "all orders but those of a store's till name an account or an e-mail address": """
        select account_id is null and email is null as broken from shop_orders where channel <> 'store'
    """,
    "an account is made before it orders": """
        select ordered_at + interval 1 hour < created_at as broken
        from shop_orders join shop_accounts using (account_id)
    """,
    "an account is made before it subscribes, and a subscription starts before it ends": """
        select started_at + interval 1 hour < created_at or coalesce(ended_at < started_at, false)
            or (ended_at is null) <> (status = 'active') or (cancel_reason is null) <> (status = 'active') as broken
        from shop_subscriptions join shop_accounts using (account_id)
    """,
    "what a subscription covers is used while it runs": """
        select used_at + interval 1 hour < started_at or coalesce(used_at > ended_at + interval 1 hour, false)
            or quantity < 1 as broken
        from shop_subscription_uses join shop_subscriptions using (subscription_id)
    """,
    "nobody orders before being acquired": """
        select first_order_at < acquired_at or acquired_at < first_touch_at as broken from truth_people
        where first_order_at is not null
    """,
    "nothing named happens to a customer record before it is made": f"""
        select moment < created_at as broken from ({SINCE_RECORD})
    """,
    "an advocate's record is older than that of whom they brought": """
        select a.created_at >= c.created_at or c.acquisition_channel <> 'referral' as broken
        from crm_customers c join crm_customers a on a.customer_number = c.referred_by
    """,
    "the last change of a field is what the record holds": """
        select new_value is distinct from present as broken from (
            select c.new_value, case c.field when 'email' then r.email when 'street' then r.street
                when 'postal_code' then r.postal_code when 'city' then r.city when 'region' then r.region
                when 'last_name' then r.last_name when 'phone' then r.phone
                when 'preferred_channel' then r.preferred_channel end as present
            from crm_customer_changes c join crm_customers r using (customer_number)
            qualify row_number() over (partition by customer_number, field order by changed_at desc) = 1)
    """,
    "a change changes something, and the record knows of it": """
        select old_value is not distinct from new_value or changed_at > updated_at as broken
        from crm_customer_changes join crm_customers using (customer_number)
    """,
    "consents: one answer a purpose at the start; only what was granted is withdrawn, once and later": """
        select count(*) filter (recorded_at = created_at) <> 1 or count(*) > 2
            or count(*) = 2 and not (arg_min(is_granted, recorded_at) and not arg_max(is_granted, recorded_at))
            as broken
        from crm_consents join crm_customers using (customer_number) group by customer_number, purpose
    """,
    "message steps are in order": f"""
        select planned_at is null or (sent_at is not null and held_at is not null)
            or coalesce(sent_at < planned_at or held_at < planned_at or delivered_at < sent_at
                or bounced_at < sent_at or opened_at < delivered_at or clicked_at < delivered_at
                or clicked_at < opened_at or left_at < delivered_at, false)
            or (coalesce(delivered_at, bounced_at) is not null and sent_at is null)
            or (delivered_at is not null and bounced_at is not null)
            or (coalesce(opened_at, clicked_at, left_at) is not null and delivered_at is null) as broken
        from ({MESSAGES})
    """,
    "each message step happens once": """
        select count(*) > 1 as broken from messaging_message_events group by message_id, event
    """,
    "a marketing message is planned and sent only while its consent stands": f"""
        select g.recorded_at is null or g.recorded_at > planned_at
            or coalesce(w.recorded_at < coalesce(sent_at, planned_at), false) as broken
        from ({MESSAGES}) m
        left join crm_consents g on g.customer_number = m.customer_number and g.purpose = 'marketing_' || m.channel
            and g.is_granted
        left join crm_consents w on w.customer_number = m.customer_number and w.purpose = 'marketing_' || m.channel
            and not w.is_granted
        where offer_category is not null
    """,
    "whoever unsubscribes or complains has withdrawn the consent by then": f"""
        select w.recorded_at is null or w.recorded_at > left_at as broken
        from ({MESSAGES}) m
        left join crm_consents w on w.customer_number = m.customer_number and w.purpose = 'marketing_' || m.channel
            and not w.is_granted
        where left_at is not null
    """,
    "a cost and its currency stand on sent messages only": """
        select (cost is null) <> (event <> 'sent') or (currency is null) <> (event <> 'sent') as broken
        from messaging_message_events
    """,
    "survey steps are in order and none is skipped": """
        select sent_at is null or coalesce(opened_at < sent_at or started_at < opened_at
            or completed_at < started_at, false) or (opened_at is null and started_at is not null)
            or (started_at is null and completed_at is not null) as broken
        from survey_invitations
    """,
    "answers come from completed invitations, between start and end, on the scale of their question": """
        select completed_at is null or answered_at not between started_at and completed_at
            or a.instrument <> i.instrument or q.question is null or score not between q.scale_min and q.scale_max
            or answered_at < q.valid_from as broken
        from survey_answers a join survey_invitations i using (invitation_id)
        left join survey_questions q on q.instrument = a.instrument and q.question = a.question
    """,
    "a question is answered once an invitation": """
        select count(*) > 1 as broken from survey_answers group by invitation_id, question
    """,
    "what is expected of an order is said after ordering, what was perceived after delivery": """
        select case instrument when 'expectation_v1' then sent_at + interval 3 hour < ordered_at
            else sent_at + interval 3 hour < delivered_at or delivered_at is null end as broken
        from survey_invitations join shop_orders using (order_id)
        where instrument in ('expectation_v1', 'perception_v1')
    """,
    "opportunity stages are in order, and the opportunity shows the newest": f"""
        select o.opened_at <> s.opened_at or s.newest_at <> o.updated_at or ends > 1
            or coalesce(qualified_at < s.opened_at or quoted_at < qualified_at or ended_at < quoted_at, false) as broken
        from crm_opportunities o left join ({STAGES}) s using (opportunity_id)
    """,
    "activities of an opportunity fall into it": """
        select occurred_at < opened_at as broken from crm_activities join crm_opportunities using (opportunity_id)
    """,
    "a ticket follows its order": """
        select created_at + interval 3 hour < ordered_at as broken
        from helpdesk_tickets join shop_orders using (order_id)
    """,
    "a ticket's times are in order": """
        select coalesce(first_replied_at < created_at or solved_at < first_replied_at
            or satisfaction_rated_at < solved_at, false) or updated_at < coalesce(solved_at, created_at)
            or (solved_at is not null and first_replied_at is null)
            or (satisfaction_score is null) <> (satisfaction_rated_at is null) as broken
        from helpdesk_tickets
    """,
    "the last events of a ticket are what it shows": """
        select arg_max(new_value, occurred_at)
                filter (event in ('created', 'status_changed', 'solved', 'reopened')) is distinct from status
            or coalesce(max(new_value) filter (event = 'rated') <> any_value(satisfaction_score)::varchar, false)
            or max(e.occurred_at) <> any_value(t.updated_at)
            or max(e.occurred_at) filter (event = 'solved') is distinct from any_value(t.solved_at) as broken
        from helpdesk_tickets t join helpdesk_ticket_events e using (ticket_id) group by ticket_id, status
    """,
    "comments fall into their ticket": """
        select c.created_at < t.created_at as broken from helpdesk_comments c join helpdesk_tickets t using (ticket_id)
    """,
    "a visit never names an account before it is made": """
        select e.occurred_at < a.created_at as broken
        from (from web_events union all by name from (select * replace (occurred_at::timestamp as occurred_at)
            from web_app_events)) e join shop_accounts a using (account_id)
    """,
    "a login names an account": "select account_id is null as broken from web_events where event = 'login'",
    "product pages and carts name a product; nothing else but a checkout does": """
        select (product_id is not null) <> (page = 'product' or event = 'add_to_cart') as broken from web_events
    """,
    "a reply follows its post, and a mention has no stars": """
        select coalesce(replied_at < posted_at, false) or (reply_text is null) <> (replied_at is null)
            or (kind = 'mention') <> (rating is null) as broken
        from social_posts
    """,
    "day folders hold the events of their day": """
        select date <> occurred_at::date as broken from web_events
        union all select date <> occurred_at::date from messaging_message_events
        union all select date <> occurred_at::timestamp::date from web_app_events
    """,
    "stages of a person follow each other without gap or overlap, and one is open": """
        select coalesce(valid_to <> following, following is not null) as broken from (
            select valid_to, lead(valid_from) over (partition by person_id order by valid_from) as following
            from truth_stages)
    """,
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_holds(company: duckdb.DuckDBPyConnection, rule: str) -> None:
    examined, broken = company.execute(
        f"select count(*), count(*) filter (broken is distinct from false) from ({RULES[rule]})"
    ).fetchall()[0]
    assert examined > 0, f"the rule examined nothing: {rule}"
    assert broken == 0, f"{broken} of {examined} break the rule: {rule}"


def test_references_lead_somewhere(company: duckdb.DuckDBPyConnection) -> None:
    lost = {}
    for reference, key in REFERENCES.items():
        table, column = reference.split(".")
        other, other_column = key.split(".")
        named, missing = company.execute(f"""
            select count({column}), count(*) filter (k is null and {column} is not null)
            from {table} left join (select distinct {other_column} as k from {other}) on k = {column}
        """).fetchall()[0]
        assert named > 0, reference
        if missing:
            lost[reference] = missing
    assert not lost


def test_keys_are_unique(company: duckdb.DuckDBPyConnection) -> None:
    repeated = [
        key
        for key in KEYS
        if company.execute(f"select count(*) - count(distinct {key.split('.')[1]}) from {key.split('.')[0]}").fetchall()
        != [(0,)]
    ]
    assert not repeated


def test_nothing_is_newer_than_its_row_or_the_simulation(company: duckdb.DuckDBPyConnection) -> None:
    """`updated_at` is UTC; wall clocks of the shop are up to two hours ahead of it."""
    ahead = {}
    for table, column, kind in company.execute(
        "select table_name, column_name, data_type from information_schema.columns where data_type ^@ 'TIMESTAMP'"
    ).fetchall():
        if table.startswith("truth_") or table == "survey_questions":
            continue
        clock = "interval 2 hour" if table.startswith("shop_") and table != "shop_accounts" else "interval 0 hour"
        has_updated = "updated_at" in company.sql(f"from {table}").columns
        # A promise may lie in the future.
        newest = "updated_at" if has_updated and column != "promised_delivery_at" else f'"{column}"'
        grace = "interval 30 day" if column == "promised_delivery_at" else clock
        late = company.execute(f"""
            select count(*) from {table}
            where "{column}" > {newest} + {clock} or "{column}" >= timestamp '2025-01-01' + {grace}
                or "{column}" < timestamp '2021-12-01'
        """).fetchall()[0][0]
        if late:
            ahead[f"{table}.{column} ({kind})"] = late
    assert not ahead


def test_reported_rows_are_the_rows_written(company: duckdb.DuckDBPyConnection, written: Written) -> None:
    for name, expected in written.rows.items():
        table = name.replace("/", "_")
        assert company.execute(f"select count(*) from {table}").fetchall()[0][0] == expected, name


def test_every_identifier_of_the_sources_has_its_person(company: duckdb.DuckDBPyConnection) -> None:
    seen = """
        select 'crm' as source, 'customer_number' as key_kind, customer_number as key_value from crm_customers
        union select 'crm', 'email', email from crm_customers
        union select 'crm', 'phone', phone from crm_customers
        union select 'crm', 'loyalty_number', loyalty_number from crm_customers
        union select 'crm', 'handle', social_handle from crm_customers
        union select 'crm', field, unnest([old_value, new_value]) from crm_customer_changes
            where field in ('email', 'phone')
        union select 'shop', 'account_id', account_id from shop_accounts
        union select 'shop', 'email', email from shop_accounts
        union select 'shop', 'phone', phone from shop_accounts
        union select 'shop', 'loyalty_number', loyalty_number from shop_accounts
        union select 'shop', 'email', email from shop_orders
        union select 'shop', 'order_id', order_id from shop_orders where account_id is null
        union select 'web', 'anonymous_id', anonymous_id from web_events
        union select 'web', 'anonymous_id', anonymous_id from web_app_events
        union select 'helpdesk', 'email', requester_email from helpdesk_tickets
        union select 'social', 'handle', handle from social_posts
    """
    unknown = company.execute(f"""
        select source, key_kind, count(*) from ({seen}) where key_value is not null
            and (source, key_kind, key_value) not in (select (source, key_kind, key_value) from truth_identities)
        group by all
    """).fetchall()
    assert not unknown


def test_identities_name_people_of_the_truth_or_strangers(company: duckdb.DuckDBPyConnection) -> None:
    assert company.execute("""
        select count(*) from truth_identities
        where person_id not in (select person_id from truth_people)
            and not (key_kind = 'anonymous_id' and person_id like 'V%')
    """).fetchall() == [(0,)]
