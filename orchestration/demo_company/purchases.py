"""Products, orders with their delivery, lines, payments and refunds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from orchestration.demo_company import names
from orchestration.demo_company.clock import (
    DAY,
    END,
    FIRST_EVENT,
    HOUR,
    LAST_ORDER,
    MINUTE,
    MISSING,
    Flags,
    Floats,
    Ints,
    SeasonalClock,
    hour_of_day,
    seconds,
)
from orchestration.demo_company.people import CHANNELS, PHONE, STORE, WEB, People, customer_numbers
from orchestration.demo_company.writing import Columns, constant, ids, instants, integers, money, texts, words

_METHODS = ("card", "paypal", "direct_debit", "cash", "gift_card")
CASH, GIFT_CARD = 3, 4
_REASONS = ("damaged", "wrong_item", "changed_mind", "late", "not_as_described", "not_received")
LATE_REASON, NOT_RECEIVED = 3, 5
_GUEST_CHANNELS = (0.55, 0.35, 0.0, 0.10)
_SMALLEST_GAP = 30 * MINUTE


@dataclass(frozen=True)
class Products:
    """The range, grouped by category and sorted by price inside it; shape (p,). Money in cents."""

    category: Ints
    name: list[str]
    list_cents: Ints
    cost_cents: Ints  # MISSING for a few
    first_of_category: Ints  # shape (categories + 1,)

    def draw(self, rng: np.random.Generator, category: Ints, tier: Floats) -> Ints:
        """A product of each category; a larger tier (1 = average) leans to its dearer end. Shape of `category`."""
        first, following = self.first_of_category[category], self.first_of_category[category + 1]
        place = rng.random(len(category)) ** (1 / np.maximum(tier, 0.2))
        drawn: Ints = first + np.minimum((place * (following - first)).astype(np.int64), following - first - 1)
        return drawn


@dataclass(frozen=True)
class Orders:
    """Orders in the order of time; shape (m,). MISSING is used for guests and for what was not reached."""

    customer: Ints
    is_first: Flags
    ordered: Ints
    channel: Ints
    cancelled: Flags
    promised: Ints
    shipped: Ints
    delivered: Ints
    satisfaction: Floats  # after the order was lived through, standard units

    def __len__(self) -> int:
        return len(self.ordered)

    def days_late(self) -> Floats:
        """Days of delivery beyond the promise; 0 if kept, in a store, or not delivered."""
        late = np.where(self.delivered == MISSING, 0, self.delivered - self.promised) / DAY
        return np.maximum(late, 0.0)

    def lost(self) -> Flags:
        """Parcels that left and never arrived, seen one week after the promise."""
        gone: Flags = (self.shipped != MISSING) & (self.delivered == MISSING) & (self.promised + 7 * DAY < END)
        return gone


@dataclass(frozen=True)
class Lines:
    """Order lines, grouped by order; shape (l,). Money in cents; `discount` is of the whole line."""

    order: Ints
    number: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints
    discount: Ints

    def net(self) -> Ints:
        """What the line costs in the end, shape (l,)."""
        return self.quantity * self.unit_price - self.discount


def make_products(rng: np.random.Generator) -> Products:
    """Twenty products in each category, with log-normal prices around its typical one and a cost of 40-60 %."""
    labels, cents = [], []
    for goods, materials, typical in zip(names.GOODS, names.MATERIALS, names.TYPICAL_PRICES, strict=True):
        labels += [f"{material} {good}" for good in goods for material in materials]
        price = np.sort(typical * rng.lognormal(0.0, 0.55, len(goods) * len(materials)))
        cents.append((np.rint(price * 2) * 50 - 5).astype(np.int64))  # prices end in .45 or .95
    count = np.array([len(block) for block in cents])
    price_cents = np.concatenate(cents)
    cost = np.rint(price_cents * rng.uniform(0.4, 0.6, len(price_cents))).astype(np.int64)
    cost[rng.choice(len(cost), 5, replace=False)] = MISSING
    return Products(
        category=np.repeat(np.arange(len(count)), count),
        name=labels,
        list_cents=price_cents,
        cost_cents=cost,
        first_of_category=np.concatenate([[0], np.cumsum(count)]),
    )


def make_orders(rng: np.random.Generator, clock: SeasonalClock, people: People) -> Orders:
    """All orders of all customers, one purchase of everybody a round, and guest orders beside them.

    A customer buys with exponential gaps (busy time) at the own rate and leaves for good after a purchase with the own
    drop-out chance, as in BG/NBD; here that chance also rises as satisfaction falls, and satisfaction, which has a
    memory of one half, falls with late and lost parcels.
    """
    buyers = np.flatnonzero(people.first_order != MISSING)
    instant = people.first_order[buyers]
    mood = people.contentment[buyers]
    rounds: list[Orders] = []
    while len(buyers):
        made = _one_round(rng, clock, buyers, instant, people.channel[buyers], people.country[buyers])
        base = people.contentment[buyers]
        mood = base + 0.5 * (mood - base) + _effect_of_experience(rng, made)
        rounds.append(_replace_mood(made, mood, first=not rounds))
        leaving = np.clip(people.dropout[buyers] * np.exp(-0.5 * mood), 0.0, 0.95)
        stays = rng.random(len(buyers)) >= leaving
        gap = rng.exponential(DAY / people.purchase_rate[buyers])
        following = np.maximum(clock.later(instant, gap), instant + _SMALLEST_GAP)
        stays &= following < LAST_ORDER
        buyers, instant, mood = buyers[stays], following[stays], mood[stays]
    rounds.append(_guest_orders(rng, clock, int(0.07 * sum(len(made) for made in rounds))))
    return _in_order_of_time(rounds)


def make_lines(rng: np.random.Generator, people: People, products: Products, orders: Orders) -> Lines:
    """What was bought: number of lines, quantities and price tier follow the spend trait, categories the affinity."""
    guest = orders.customer == MISSING
    spend = np.where(guest, 0.8, people.spend[orders.customer])
    lines_of = 1 + np.minimum(rng.poisson(1.1 * spend), 8)
    order = np.repeat(np.arange(len(orders)), lines_of)
    number = np.arange(len(order)) - np.repeat(np.cumsum(lines_of) - lines_of, lines_of) + 1
    product = products.draw(rng, draw_categories(rng, people, orders.customer[order]), spend[order])
    quantity = 1 + np.minimum(rng.poisson(0.3 * spend[order]), 11)
    unit_price = products.list_cents[product]
    percent = np.where(rng.random(len(order)) < 0.22, rng.choice([5, 10, 15, 20], len(order)), 0)
    return Lines(order, number, product, quantity, unit_price, quantity * unit_price * percent // 100)


def draw_categories(rng: np.random.Generator, people: People, customer: Ints) -> Ints:
    """A category by each customer's affinity, or by the average one for guests and visitors (MISSING)."""
    average = np.vstack([people.affinity, people.affinity.mean(axis=0)])  # MISSING = -1 is the last row
    edges = np.cumsum(average, axis=1)[customer]
    drawn: Ints = (rng.random(len(customer))[:, None] > edges[:, :-1]).sum(axis=1)
    return drawn


def freight_cents(people: People, orders: Orders, lines: Lines) -> Ints:
    """4.90 at home below 60.00 of goods, 8.90 abroad, nothing in a store; shape (m,)."""
    goods = np.bincount(lines.order, lines.net(), len(orders)).astype(np.int64)
    guest = orders.customer == MISSING
    abroad = ~guest & (people.country[orders.customer] != names.HOME_COUNTRY)
    freight = np.where(abroad, 890, np.where(goods < 6000, 490, 0))
    return np.where(orders.channel == STORE, 0, freight)


def order_totals(people: People, orders: Orders, lines: Lines) -> Ints:
    """What each order costs in all, freight included, in cents; shape (m,)."""
    goods: Ints = np.bincount(lines.order, lines.net(), len(orders)).astype(np.int64)
    return goods + freight_cents(people, orders, lines)


def purchases_exports(
    rng: np.random.Generator, people: People, products: Products, orders: Orders, lines: Lines
) -> dict[str, Columns]:
    """Every export of the shop, by name."""
    return {
        "shop/products": _products_export(products),
        "shop/orders": _orders_export(orders, freight_cents(people, orders, lines)),
        "shop/order_lines": _lines_export(lines),
        "shop/payments": _payments_export(rng, orders, order_totals(people, orders, lines)),
        "shop/refunds": _refunds_export(rng, orders, lines),
    }


def order_numbers(index: Ints) -> Any:
    """O0000001 for order 0."""
    return ids("O", index + 1, 7)


def product_numbers(index: Ints) -> Any:
    """P0001 for product 0; MISSING stays empty."""
    return ids("P", np.where(index == MISSING, MISSING, index + 1), 4)


def _one_round(
    rng: np.random.Generator, clock: SeasonalClock, customer: Ints, ordered: Ints, usual: Ints, country: Ints
) -> Orders:
    """One order of each customer; `usual` is the preferred channel, used three times out of four."""
    n = len(customer)
    channel = np.where(rng.random(n) < 0.75, usual, rng.choice(4, n, p=(0.5, 0.25, 0.18, 0.07)))
    return _with_delivery(rng, clock, customer, ordered, channel, country)


def _guest_orders(rng: np.random.Generator, clock: SeasonalClock, n: int) -> Orders:
    """Orders of people who stay unknown: on the web without an account, or at the till."""
    ordered = clock.between(rng, np.full(n, FIRST_EVENT), np.full(n, LAST_ORDER - 1))
    channel = rng.choice(4, n, p=_GUEST_CHANNELS)
    return _with_delivery(rng, clock, np.full(n, MISSING), ordered, channel, np.full(n, names.HOME_COUNTRY))


def _with_delivery(
    rng: np.random.Generator, clock: SeasonalClock, customer: Ints, ordered: Ints, channel: Ints, country: Ints
) -> Orders:
    """Promise, dispatch and arrival. Stores are open 8-19 UTC and hand over at once; at night the shop is online only.

    Abroad takes two days more and is promised so; the weeks before Christmas take longer and are not.
    """
    n = len(ordered)
    hour = hour_of_day(ordered)
    closed = (hour < 8) | (hour >= 19)
    channel = np.where(closed & ((channel == STORE) | (channel == PHONE)), WEB, channel)
    in_store = channel == STORE
    abroad = country != names.HOME_COUNTRY
    cancelled = ~in_store & (rng.random(n) < 0.04)

    promised = (ordered // DAY + 4 + 2 * abroad) * DAY + 19 * HOUR
    packing = rng.gamma(2.0, 0.45, n)  # days
    month = ordered.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
    crowded = np.where(month >= 10, 1.2, 1.0)
    transit = (1.7 + 1.7 * abroad) * rng.lognormal(0.0, 0.42, n) * crowded  # days
    shipped = ordered + (packing * DAY).astype(np.int64) + 10 * MINUTE
    delivered = shipped + (transit * DAY).astype(np.int64) + HOUR
    vanished = rng.random(n) < 0.005

    none_sent = in_store | cancelled | (shipped >= END)
    return Orders(
        customer=customer,
        is_first=np.zeros(n, np.bool_),
        ordered=ordered,
        channel=channel,
        cancelled=cancelled,
        promised=np.where(in_store, MISSING, promised),
        shipped=np.where(none_sent, MISSING, shipped),
        delivered=np.where(none_sent | vanished | (delivered >= END), MISSING, delivered),
        satisfaction=np.zeros(n),
    )


def _effect_of_experience(rng: np.random.Generator, orders: Orders) -> Floats:
    """What the last order does to satisfaction, in standard units: late hurts at once, then by the day."""
    late = orders.days_late()
    effect = rng.normal(0.1, 0.45, len(orders)) - np.where(late > 0, 0.7 + 0.25 * np.minimum(late, 6.0), 0.0)
    effect += np.where(orders.channel == STORE, 0.1, 0.0) - np.where(orders.lost(), 2.2, 0.0)
    return effect


def _replace_mood(orders: Orders, mood: Floats, first: bool) -> Orders:
    return Orders(
        **{**vars(orders), "satisfaction": mood, "is_first": np.full(len(orders), first)},
    )


def _in_order_of_time(parts: list[Orders]) -> Orders:
    joined = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    order = np.lexsort((joined["customer"], joined["ordered"]))
    return Orders(**{name: column[order] for name, column in joined.items()})


def _products_export(products: Products) -> Columns:
    return {
        "product_id": product_numbers(np.arange(len(products.category))),
        "product_name": texts(products.name),
        "category": words(names.CATEGORIES, products.category),
        "unit_cost": money(products.cost_cents),
        "list_price": money(products.list_cents),
        "currency": constant("EUR", len(products.category)),
    }


def _orders_export(orders: Orders, freight: Ints) -> Columns:
    return {
        "order_id": order_numbers(np.arange(len(orders))),
        "customer_number": customer_numbers(orders.customer),
        "ordered_at": instants(orders.ordered),
        "status": words(("completed", "cancelled"), orders.cancelled.astype(np.int64)),
        "channel": words(CHANNELS, orders.channel),
        "currency": constant("EUR", len(orders)),
        "freight_amount": money(freight),
        "promised_delivery_at": instants(orders.promised),
        "shipped_at": instants(orders.shipped),
        "delivered_at": instants(orders.delivered),
    }


def _lines_export(lines: Lines) -> Columns:
    return {
        "order_id": order_numbers(lines.order),
        "line_number": integers(lines.number),
        "product_id": product_numbers(lines.product),
        "quantity": integers(lines.quantity),
        "unit_price": money(lines.unit_price),
        "discount_amount": money(lines.discount),
    }


def _payments_export(rng: np.random.Generator, orders: Orders, total: Ints) -> Columns:
    """Completed orders are paid at once and in full, 5 % of them partly with a gift card; cancelled ones never."""
    paid = np.flatnonzero(~orders.cancelled)
    method = rng.choice(3, len(paid), p=[0.6, 0.27, 0.13])
    at_till = orders.channel[paid] == STORE
    method[at_till] = np.where(rng.random(int(at_till.sum())) < 0.35, CASH, 0)
    card_part = np.where(rng.random(len(paid)) < 0.05, total[paid] * rng.integers(10, 51, len(paid)) // 100, 0)
    split = np.flatnonzero(card_part > 0)
    order = np.concatenate([paid, paid[split]])
    instant = orders.ordered[paid] + seconds(rng, 5, 5 * MINUTE, len(paid))
    at = np.concatenate([instant, instant[split]])
    amount = np.concatenate([total[paid] - card_part, card_part[split]])
    used = np.concatenate([method, np.full(len(split), GIFT_CARD)])
    by_time = np.lexsort((used, order, at))
    return {
        "payment_id": ids("PY", np.arange(1, len(order) + 1), 7),
        "order_id": order_numbers(order[by_time]),
        "paid_at": instants(at[by_time]),
        "method": words(_METHODS, used[by_time]),
        "amount": money(amount[by_time]),
        "currency": constant("EUR", len(order)),
    }


def _refunds_export(rng: np.random.Generator, orders: Orders, lines: Lines) -> Columns:
    """At most one refund a line, of the whole line or a part of it, after the goods were there (or given up)."""
    o, net = lines.order, lines.net()
    late, lost = orders.days_late()[o] > 0, orders.lost()[o]
    received = np.where(orders.channel == STORE, orders.ordered, orders.delivered)[o]
    chance = np.where(late, 0.09, 0.035) * np.exp(-0.3 * orders.satisfaction[o])
    since = np.where(lost, orders.promised[o] + 7 * DAY, received)
    at = since + (rng.gamma(2.0, 4.0, len(o)) * DAY).astype(np.int64) + HOUR
    happens = ~orders.cancelled[o] & (lost | (received != MISSING) & (rng.random(len(o)) < chance)) & (at < END)
    share = np.where(lost | (rng.random(len(o)) < 0.8), 100, rng.integers(30, 71, len(o)))
    reason = rng.choice(5, len(o), p=[0.22, 0.13, 0.40, 0.0, 0.25])
    reason = np.where(late & (rng.random(len(o)) < 0.4), LATE_REASON, reason)
    reason = np.where(lost, NOT_RECEIVED, reason)
    chosen = np.flatnonzero(happens)
    chosen = chosen[np.lexsort((chosen, at[chosen]))]
    return {
        "refund_id": ids("RF", np.arange(1, len(chosen) + 1), 6),
        "order_id": order_numbers(o[chosen]),
        "line_number": integers(lines.number[chosen]),
        "refunded_at": instants(at[chosen]),
        "amount": money((net * share // 100)[chosen]),
        "currency": constant("EUR", len(chosen)),
        "reason": words(_REASONS, reason[chosen]),
    }
