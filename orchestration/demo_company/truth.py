"""What only the simulator knows: who is who, what each person is worth and will do, the true stages, true effects.

It is written beside the landing folder, never into it, and nothing of the warehouse reads it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-untyped, unused-ignore]

from orchestration.demo_company import names, planted
from orchestration.demo_company.block import Block
from orchestration.demo_company.catalogue import RISEN, Products
from orchestration.demo_company.clock import DAY, END, MISSING, WEEK, Floats, Ints
from orchestration.demo_company.experience import Orders
from orchestration.demo_company.messaging import HELD_OUT, SENT, Messages, make_campaigns
from orchestration.demo_company.outlook import Outlook
from orchestration.demo_company.people import ACQUISITION_CHANNELS, CHANNELS, TOUCHPOINTS, People, person_ids
from orchestration.demo_company.purchases import Courses
from orchestration.demo_company.records import Accounts, Records
from orchestration.demo_company.sales import Talks
from orchestration.demo_company.shop import DISCOUNT_SHARE, DISCOUNTS, HIGHEST_SENSITIVITY, Keys
from orchestration.demo_company.web import Traffic
from orchestration.demo_company.writing import Columns, constant, ids, numbers, texts, typed_instants, words

STAGES = ("anonymous", "prospect", "opportunity", "new", "active", "loyal", "at_risk", "lapsed", "won_back")
_ANONYMOUS, _PROSPECT, _OPPORTUNITY, _NEW, _ACTIVE, _LOYAL, _AT_RISK, _LAPSED, _WON_BACK = range(9)
_LOYAL_FROM = 5  # orders
UPLIFT_SHAPE = (len(make_campaigns()), len(names.CATEGORIES), 5)
TABLES = ("identities", "people", "stages", "planted_events", "offer_uplift")
_OWN_RHYTHM = np.log(5.0)  # 80 % of the gaps of an exponential are shorter, in mean gaps


def basket_values(people: People, products: Products) -> tuple[Floats, Floats]:
    """Mean net value and mean margin of a basket of each person at the end's prices, EUR; shapes (n,).

    Value: own mean at list prices, the risen category at its new price, less expected discounts. Margin: value less
    unit costs; before refunds, freight and messages.
    """
    upward = np.ones(len(names.CATEGORIES))
    upward[RISEN] = planted.PRICE_RISE_FACTOR
    listed = people.basket[:, None] * people.affinity * upward
    discount = DISCOUNT_SHARE * np.minimum(people.price_sensitivity, HIGHEST_SENSITIVITY) * np.mean(DISCOUNTS) / 100
    value: Floats = listed.sum(axis=1) * (1 - discount)
    margin: Floats = (listed * products.margin_shares()).sum(axis=1) - listed.sum(axis=1) * discount
    return value, margin


def people_truth(
    block: Block, people: People, courses: Courses, orders: Orders, products: Products, outlook: Outlook
) -> Columns:
    """One row a person: latent parameters, how it went, and what is to be expected from the end on."""
    n = len(people)
    everybody, end = np.arange(n), np.full(n, END)
    alive = courses.is_alive(everybody, end)
    rate_now = people.purchase_rate * people.rate_factor(everybody, end)
    value, margin = basket_values(people, products)
    again = courses.dropped_again != MISSING
    return {
        "person_id": texts(person_ids(block, everybody)),
        "first_touch_at": typed_instants(people.first_touch),
        "acquired_at": typed_instants(people.acquired),
        "acquisition_channel": words(ACQUISITION_CHANNELS, people.acquisition_channel),
        "referred_by_person_id": texts(person_ids(block, people.referrer)),
        "usual_channel": words(CHANNELS, people.channel),
        "has_account": pa.array(people.has_account),
        "household_person_id": texts(person_ids(block, people.partner)),
        "first_order_at": typed_instants(people.first_order),
        "order_count": pa.array(np.bincount(orders.person, minlength=n)),
        "purchase_rate_base_weekly": numbers(people.purchase_rate),
        "purchase_rate_at_end_weekly": numbers(rate_now),
        "dropout_probability": numbers(people.dropout),
        "mean_list_basket_amount": numbers(people.basket),
        "mean_basket_amount": numbers(value),
        "mean_margin_amount": numbers(margin),
        "price_sensitivity": numbers(people.price_sensitivity),
        "contentment": numbers(people.contentment),
        "engagement": numbers(people.engagement),
        **{f"expectation_{name}": numbers(people.expectation[:, i].copy()) for i, name in enumerate(TOUCHPOINTS)},
        **{f"affinity_{name}": numbers(people.affinity[:, i].copy()) for i, name in enumerate(names.CATEGORIES)},
        "is_alive_at_end": pa.array(alive),
        "dropped_out_at": typed_instants(np.where(again, courses.dropped_again, courses.dropped)),
        "came_back_at": typed_instants(courses.returned),
        "expected_discounted_purchases": numbers(outlook.discounted_purchases),
        "expected_residual_value": numbers(outlook.residual_value),
        "expected_residual_value_36_months": numbers(outlook.residual_value_36_months),
        "expected_purchases_12_months": numbers(outlook.purchases_12_months),
        "expected_margin_12_months": numbers(outlook.margin_12_months),
    }


def stages_truth(block: Block, people: People, courses: Courses, orders: Orders, talks: Talks) -> Columns:
    """One row a person and interval on the relationship axis, without gaps from the first touch to the end.

    Anonymous until the company knows the person; prospect until the first order, opportunity while a sales talk is
    open before it. After an order: new (the first), active, loyal (from the fifth), won back (the one that ended a
    lapse). At risk once the own 80 % inter-purchase time at the rate of the order has passed. Lapsed from the day
    after the purchase at which the person truly left.
    """
    n = len(people)
    everybody = np.arange(n)
    first = np.where(people.first_order == MISSING, END, people.first_order)
    talk_from = np.full(n, END)
    talk_to = np.full(n, END)
    opened = talks.at[:, 0]
    early = np.flatnonzero(opened < first[talks.person])[::-1]  # the earliest talk of a person wins
    talk_from[talks.person[early]] = opened[early]
    talk_to[talks.person[early]] = talks.ended()[early]
    talk_from, talk_to = np.minimum(talk_from, first), np.minimum(talk_to, first)

    order = np.lexsort((orders.ordered, orders.person))
    who, at = orders.person[order], orders.ordered[order]
    number = np.arange(len(who)) - np.searchsorted(who, who) + 1
    following = np.append(at[1:], END)
    last = np.append(who[1:] != who[:-1], True) if len(who) else np.zeros(0, np.bool_)
    following = np.where(last, END, following)
    stage = np.select([number == 1, number >= _LOYAL_FROM], [_NEW, _LOYAL], _ACTIVE)
    stage = np.where(at == courses.returned[who], _WON_BACK, stage)
    alive = courses.is_alive(who, at)
    left = np.where(alive, END, at + DAY)
    was_left_before = ~alive & (at != courses.dropped[who]) & (at != courses.dropped_again[who])
    left = np.where(was_left_before, at, left)  # an order after leaving, that a message caused, changes nothing
    pace = people.purchase_rate[who] * people.rate_factor(who, at)
    risky = at + np.minimum(_OWN_RHYTHM / pace * WEEK, END).astype(np.int64)
    left, risky = np.minimum(left, following), np.minimum(risky, following)
    risky = np.minimum(risky, left)

    parts: list[tuple[Ints, Ints, Ints, Ints | int]] = [
        (everybody, people.first_touch, people.acquired, _ANONYMOUS),
        (everybody, people.acquired, talk_from, _PROSPECT),
        (everybody, talk_from, talk_to, _OPPORTUNITY),
        (everybody, talk_to, first, _PROSPECT),
        (who, at, risky, stage),
        (who, risky, left, _AT_RISK),
        (who, left, following, _LAPSED),
    ]
    person = np.concatenate([part[0] for part in parts])
    start = np.concatenate([part[1] for part in parts])
    end = np.concatenate([part[2] for part in parts])
    kind = np.concatenate([np.broadcast_to(part[3], len(part[0])) for part in parts])
    real = np.flatnonzero(end > start)
    real = real[np.lexsort((start[real], person[real]))]
    person, start, end, kind = person[real], start[real], end[real], kind[real]
    begins = np.append(True, (person[1:] != person[:-1]) | (kind[1:] != kind[:-1]))
    ends = np.append(begins[1:], True)
    person, start, end, kind = person[begins], start[begins], end[ends], kind[begins]
    return {
        "person_id": texts(person_ids(block, person)),
        "axis": constant("relationship", len(person)),
        "stage": words(STAGES, kind),
        "valid_from": typed_instants(start),
        "valid_to": typed_instants(np.where(end >= END, MISSING, end)),
    }


def identities(
    block: Block,
    records: Records,
    accounts: Accounts,
    orders: Orders,
    keys: Keys,
    traffic: Traffic,
    exports: dict[str, Columns],
    ticket_person: Ints,
    post_person: Ints,
) -> Columns:
    """The columns of every key that appears in a source, and the person behind it; a row may be there twice.

    A key value with several persons is shared: mailboxes and numbers of a household, devices, placeholders. Strangers
    have a name of their own, beginning with V.
    """
    record_person, account_person = _names(block, records.person), _names(block, accounts.person)
    customers, changes = exports["crm/customers"], exports["crm/customer_changes"]
    parts = [_part("crm", "customer_number", customers["customer_number"], record_person)]
    kinds = (("email", "email"), ("phone", "phone"), ("loyalty_number", "loyalty_number"), ("social_handle", "handle"))
    parts += [_part("crm", kind, customers[column], record_person) for column, kind in kinds]
    changed_person = record_person.take(pc.index_in(changes["customer_number"], customers["customer_number"]))
    for kind in ("email", "phone"):
        chosen = pc.equal(changes["field"], kind)
        for column in ("old_value", "new_value"):
            parts.append(_part("crm", kind, changes[column].filter(chosen), changed_person.filter(chosen)))
    shop_accounts, shop_orders = exports["shop/accounts"], exports["shop/orders"]
    parts.append(_part("shop", "account_id", shop_accounts["account_id"], account_person))
    parts += [_part("shop", kind, shop_accounts[kind], account_person) for kind in ("email", "phone", "loyalty_number")]
    parts.append(_part("shop", "email", texts(accounts.email), account_person))
    order_person = _names(block, orders.person)
    parts.append(_part("shop", "email", shop_orders["email"], order_person))
    guests = pa.array(keys.account == MISSING)
    parts.append(_part("shop", "order_id", shop_orders["order_id"].filter(guests), order_person.filter(guests)))
    devices, device_ids = traffic.devices, traffic.device_ids
    strangers = ids("V", block.numbers(np.arange(len(devices.owner))))
    owner = _names(block, devices.owner)
    parts.append(_part("web", "anonymous_id", device_ids, pc.coalesce(owner, strangers)))
    sharing = np.flatnonzero(devices.partner != MISSING)
    shared = device_ids.take(devices.first[devices.partner[sharing]])
    parts.append(_part("web", "anonymous_id", shared, _names(block, sharing)))
    tickets, posts = exports["helpdesk/tickets"], exports["social/posts"]
    parts.append(_part("helpdesk", "email", tickets["requester_email"], _names(block, ticket_person)))
    parts.append(_part("social", "handle", posts["handle"], _names(block, post_person)))
    joined = pa.concat_tables(parts)
    return {name: joined.column(name) for name in joined.column_names}


def uplift_sums(messages: Messages, caused: Ints, margin: Floats) -> Floats:
    """Sums a campaign and offer: sent, held out, true chance of an order, true margin, orders caused.

    `caused` are the messages that brought about an order. Shape (campaigns, categories, 5); only what was sent or held
    out counts.
    """
    counted = (messages.at[:, SENT] != MISSING) | (messages.at[:, HELD_OUT] != MISSING)
    happened = np.zeros(len(messages.person))
    happened[caused] = 1.0
    sums = np.zeros(UPLIFT_SHAPE)
    offers = counted & (messages.offer != MISSING)
    values = np.stack(
        [
            messages.at[:, SENT] != MISSING,
            messages.at[:, HELD_OUT] != MISSING,
            messages.uplift,
            messages.uplift * margin[messages.person],
            happened,
        ],
        axis=1,
    )
    np.add.at(sums, (messages.campaign[offers], messages.offer[offers]), values[offers])
    return sums


def uplift_truth(sums: Floats) -> Columns:
    """One row a campaign and offer: the true effect of sending it, on average over sent and held-out."""
    campaign, offer = np.nonzero(sums[:, :, :2].sum(axis=2))
    sent, held, orders, margin, caused = (sums[campaign, offer, i].copy() for i in range(5))
    return {
        "campaign": words([plan.name for plan in make_campaigns()], campaign),
        "offer_category": words(names.CATEGORIES, offer),
        "sent_count": pa.array(sent.astype(np.int64)),
        "held_out_count": pa.array(held.astype(np.int64)),
        "uplift_orders_per_message": numbers(orders / (sent + held)),
        "uplift_margin_per_message": numbers(margin / (sent + held)),
        "caused_order_count": pa.array(caused.astype(np.int64)),
    }


def planted_truth() -> Columns:
    """One row a planted event and effect."""
    events = planted.PLANTED_EVENTS
    starts, ends = np.array([event.starts for event in events]), np.array([event.ends - 1 for event in events])
    return {
        "event": texts([event.event for event in events]),
        "starts_on": pa.array(starts.astype("datetime64[s]").astype("datetime64[D]")),
        "ends_on": pa.array(ends.astype("datetime64[s]").astype("datetime64[D]")),
        "scope": texts([event.scope for event in events]),
        "metric": texts([event.metric for event in events]),
        "effect": numbers(np.array([event.effect for event in events])),
    }


def _names(block: Block, person: Ints) -> Any:
    return ids("P", np.where(person == MISSING, MISSING, block.first_person + person + 1), 8)


def _part(source: str, kind: str, values: Any, persons: Any) -> Any:
    present = values.is_valid()
    values = values.filter(present)
    table = {
        "source": constant(source, len(values)),
        "key_kind": constant(kind, len(values)),
        "key_value": values,
        "person_id": persons.filter(present),
    }
    return pa.table(table)
