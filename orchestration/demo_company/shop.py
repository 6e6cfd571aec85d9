"""The shop's database: orders as they were keyed in, lines, payments, refunds, subscriptions and their uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company import names
from orchestration.demo_company.block import Block
from orchestration.demo_company.catalogue import Products, product_numbers
from orchestration.demo_company.clock import DAY, END, HOUR, MINUTE, MISSING, Flags, Floats, Ints, local, seconds
from orchestration.demo_company.experience import Orders
from orchestration.demo_company.people import BASKET_SHAPE, CHANNELS, PHONE, STORE, People
from orchestration.demo_company.records import Accounts, email_at
from orchestration.demo_company.writing import Columns, booleans, ids, instants, integers, money, texts, words

DISCOUNT_SHARE = 0.18  # of the lines, at average price sensitivity
DISCOUNTS = (5, 10, 15, 20)  # per cent
HIGHEST_SENSITIVITY = 2.5  # discounts do not become more frequent beyond
CARDLESS_SHARE = 0.15  # of the orders that account holders place in a store: they name nobody

_ZONES = [country.time_zone for country in names.COUNTRIES]
_CURRENCIES = [country.currency for country in names.COUNTRIES]
# The company's own price lists, by country: units of the currency for one euro, and to what prices are rounded
# (hundredths).
_LIST_RATES = np.array([{"EUR": 1.0, "GBP": 0.86, "CHF": 0.98, "SEK": 11.2}[currency] for currency in _CURRENCIES])
_ROUNDED_TO = np.array([{"EUR": 1, "GBP": 1, "CHF": 5, "SEK": 100}[currency] for currency in _CURRENCIES])

_STATUSES = ("completed", "cancelled", "open")
_METHODS = ("card", "invoice", "wallet", "cash", "voucher")
_CARD, _INVOICE, _WALLET, _CASH, _VOUCHER = range(5)
_REASONS = ("late", "damaged", "wrong_item", "not_as_described", "changed_mind")
_LATE = 0
_PLANS = ("coffee_box", "care_plan", "delivery_pass")
_PLAN_CENTS = np.array([1490, 690, 490])
_CANCEL_REASONS = ("price", "not_used", "service", "other")
_NOT_USED = 1
# What of each plan is used, how often a month at average engagement, and with what chance it is the second.
_FEATURES = ("box", "extra_box", "repair", "cleaning", "express", "evening_slot")
_USES_A_MONTH = np.array([1.3, 0.4, 1.6])
_SECOND_FEATURE_SHARES = np.array([0.15, 0.4, 0.35])
_UNUSED_FACTOR = 0.35  # of who will cancel because it is not used, all along
_LEAVING_FACTOR, _LEAVING = 0.4, 60 * DAY  # of who cancels at all, in the last two months


@dataclass(frozen=True)
class Lines:
    """Order lines, grouped by order; shape (l,). Money in hundredths of the order's currency."""

    order: Ints
    number: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints
    discount: Ints  # of the whole line
    is_backordered: Flags

    def net(self) -> Ints:
        """What the line costs in the end, shape (l,)."""
        return self.quantity * self.unit_price - self.discount


@dataclass(frozen=True)
class Refunds:
    """What was paid back, in the order of time; shape (k,). Money in hundredths of the order's currency."""

    line: Ints  # row of the lines
    at: Ints
    amount: Ints
    reason: Ints


@dataclass(frozen=True)
class Keys:
    """By what each order names its buyer; shape (m,)."""

    account: Ints  # MISSING for guests
    email: list[str | None]


def make_lines(block: Block, people: People, products: Products, orders: Orders) -> Lines:
    """What was bought: a basket's value at list prices is gamma around the person's own mean, as in gamma-gamma.

    It is split over lines, each of which takes the product of its category whose price is nearest.
    """
    rng, m = block.rng("lines"), len(orders)
    value = 100 * people.basket[orders.person] * rng.gamma(BASKET_SHAPE, 1 / BASKET_SHAPE, m)
    lines_of = 1 + np.minimum(rng.poisson(1.1 * np.sqrt(value / 7000)), 7)
    lines_of = np.minimum(lines_of, np.maximum(value // 900, 1).astype(np.int64))
    order = np.repeat(np.arange(m), lines_of)
    start = np.repeat(np.cumsum(lines_of) - lines_of, lines_of)
    weight = rng.gamma(2.5, 1.0, len(order))
    share = weight / np.bincount(order, weight, m)[order]
    favourite = draw_categories(rng, people, orders.person)
    theme = np.where(orders.theme == MISSING, favourite, orders.theme)[order]
    category = np.where(rng.random(len(order)) < 0.6, theme, draw_categories(rng, people, orders.person[order]))
    quantity = 1 + np.minimum(rng.geometric(0.74, len(order)) - 1, 5)
    cheapest, dearest = products.first_list_cents.reshape(len(names.CATEGORIES), -1)[:, [0, -1]][category].T
    target = value[order] * share
    quantity = np.where(target < 2 * cheapest, 1, quantity)
    quantity = np.maximum(quantity, np.ceil(target / dearest)).astype(np.int64)
    product = products.near(rng, category, np.maximum(target / quantity, 100.0))

    country = people.country[orders.person][order]
    rate = _LIST_RATES[country]
    step = _ROUNDED_TO[country]
    listed = products.list_cents(product, orders.ordered[order])
    unit_price = np.maximum(np.rint(listed * rate / step), 1).astype(np.int64) * step
    sensitivity = np.minimum(people.price_sensitivity[orders.person][order], HIGHEST_SENSITIVITY)
    discounted = rng.random(len(order)) < DISCOUNT_SHARE * sensitivity
    percent = np.where(discounted, rng.choice(DISCOUNTS, len(order)), 0)
    last_of_order = np.arange(len(order)) - start == lines_of[order] - 1
    return Lines(
        order=order,
        number=np.arange(len(order)) - start + 1,
        product=product,
        quantity=quantity,
        unit_price=unit_price,
        discount=quantity * unit_price * percent // 100,
        is_backordered=orders.is_backordered[order] & last_of_order,
    )


def draw_categories(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    """A category by each person's affinity, or by the average one for visitors (MISSING)."""
    average = np.vstack([people.affinity, people.affinity.mean(axis=0)])  # MISSING = -1 is the last row
    edges = np.cumsum(average, axis=1)[person]
    drawn: Ints = (rng.random(len(person))[:, None] > edges[:, :-1]).sum(axis=1)
    return drawn


def make_keys(block: Block, people: People, accounts: Accounts, orders: Orders) -> Keys:
    """Online and by phone an account or, for guests, the e-mail address alone; in stores the card of four in five."""
    rng, m = block.rng("order keys"), len(orders)
    in_store = orders.channel == STORE
    account = accounts.used_by(rng, orders.person, orders.ordered)
    as_guest = np.where(in_store, rng.random(m) < CARDLESS_SHARE, rng.random(m) < 0.03)
    account = np.where(as_guest, MISSING, account)
    addresses = email_at(people, orders.person, orders.ordered)
    shown = (~in_store).tolist()
    return Keys(account, [address if given else None for address, given in zip(addresses, shown, strict=True)])


def freight_hundredths(people: People, orders: Orders, lines: Lines) -> Ints:
    """4.90 at home below 60.00 of goods, 8.90 abroad below 120.00, nothing in a store; in the order's currency."""
    country = people.country[orders.person]
    rate = _LIST_RATES[country]
    goods = np.bincount(lines.order, lines.net(), len(orders)) / rate
    abroad = country != 0
    freight = np.where(abroad & (goods < 12000), 890, np.where(~abroad & (goods < 6000), 490, 0)) * rate
    rounded: Ints = (np.rint(freight / 10) * 10).astype(np.int64)
    return np.where(orders.channel == STORE, 0, rounded)


def order_totals(people: People, orders: Orders, lines: Lines) -> Ints:
    """What each order costs in all, freight included, in hundredths of its currency; shape (m,)."""
    goods: Ints = np.rint(np.bincount(lines.order, lines.net(), len(orders))).astype(np.int64)
    return goods + freight_hundredths(people, orders, lines)


def order_contributions(people: People, products: Products, orders: Orders, lines: Lines, refunds: Refunds) -> Floats:
    """What each order leaves: goods less what was paid back and what the goods cost, EUR at the price lists; (m,)."""
    rate = _LIST_RATES[people.country[orders.person]]
    kept = lines.net().astype(np.float64)
    np.subtract.at(kept, refunds.line, refunds.amount)
    cost = lines.quantity * products.cost_cents[lines.product]
    contribution: Floats = np.bincount(lines.order, kept / rate[lines.order] - cost, len(orders)) / 100
    return contribution


def shop_exports(
    block: Block, people: People, accounts: Accounts, orders: Orders, keys: Keys, lines: Lines
) -> dict[str, Columns]:
    """The columns of the shop's tables that hold what was bought."""
    offset = people.standard_offset(orders.person)
    subscriptions = _make_subscriptions(block, accounts)
    return {
        "orders": _orders(block, people, orders, keys, lines, offset),
        "order_lines": {
            "order_id": order_numbers(block, lines.order),
            "line_number": integers(lines.number),
            "product_id": product_numbers(lines.product),
            "quantity": integers(lines.quantity),
            "unit_price": money(lines.unit_price),
            "discount_amount": money(lines.discount),
            "is_backordered": booleans(lines.is_backordered),
            "updated_at": instants(orders.ordered[lines.order] + 2),
        },
        "payments": _payments(block, people, orders, order_totals(people, orders, lines), offset),
        "refunds": _refunds(block, people, orders, lines, offset),
        "subscriptions": _subscriptions(block, people, subscriptions),
        "subscription_uses": _subscription_uses(block, people, subscriptions),
    }


def order_numbers(block: Block, order: Ints) -> object:
    """The id of each order of a block; MISSING stays empty."""
    return ids("O", block.numbers(order))


def _orders(block: Block, people: People, orders: Orders, keys: Keys, lines: Lines, offset: Ints) -> Columns:
    country = people.country[orders.person]
    status = np.where(orders.cancelled != MISSING, 1, np.where(orders.is_open(), 2, 0))
    given_up = np.where(orders.lost, orders.promised + 7 * DAY, MISSING)
    steps = (orders.ordered + 2, orders.cancelled, orders.shipped, orders.delivered, given_up)
    return {
        "order_id": order_numbers(block, np.arange(len(orders))),
        "account_id": ids("A", block.numbers(keys.account)),
        "email": texts(keys.email),
        "ordered_at": instants(local(orders.ordered, offset)),
        "time_zone": words(_ZONES, country),
        "status": words(_STATUSES, status),
        "channel": words(CHANNELS, orders.channel),
        "region": words([place.region for place in names.PLACES], orders.place),
        "currency": words(_CURRENCIES, country),
        "freight_amount": money(freight_hundredths(people, orders, lines)),
        "promised_delivery_at": instants(local(orders.promised, offset)),
        "shipped_at": instants(local(orders.shipped, offset)),
        "delivered_at": instants(local(orders.delivered, offset)),
        "updated_at": instants(np.maximum.reduce(steps)),
    }


def _payments(block: Block, people: People, orders: Orders, total: Ints, offset: Ints) -> Columns:
    """Completed orders are paid in full, some partly by voucher, invoices within weeks; open ones mostly at once."""
    rng, m = block.rng("payments"), len(orders)
    method = rng.choice(3, m, p=[0.50, 0.22, 0.28])
    method = np.where(orders.channel == STORE, np.where(rng.random(m) < 0.35, _CASH, _CARD), method)
    method = np.where((orders.channel == PHONE) & (rng.random(m) < 0.6), _INVOICE, method)
    later = np.maximum(orders.ordered, orders.delivered) + (rng.uniform(1, 20, m) * DAY).astype(np.int64)
    method = np.where((method == _INVOICE) & (later >= END) & orders.is_completed(), _CARD, method)
    at = np.where(method == _INVOICE, later, orders.ordered + seconds(rng, 3, 4 * MINUTE, m))
    paid = np.flatnonzero((orders.cancelled == MISSING) & (at < END) & ~(orders.is_open() & (method == _INVOICE)))
    voucher = np.where(rng.random(len(paid)) < 0.05, total[paid] * rng.integers(10, 51, len(paid)) // 100, 0)
    split = np.flatnonzero(voucher > 0)
    order = np.concatenate([paid, paid[split]])
    amount = np.concatenate([total[paid] - voucher, voucher[split]])
    used = np.concatenate([method[paid], np.full(len(split), _VOUCHER)])
    rows = np.lexsort((used, order, at[order]))
    order = order[rows]
    country = people.country[orders.person[order]]
    return {
        "payment_id": ids("PY", block.numbers(np.arange(len(order)))),
        "order_id": order_numbers(block, order),
        "paid_at": instants(local(at[order], offset[order])),
        "time_zone": words(_ZONES, country),
        "method": words(_METHODS, used[rows]),
        "amount": money(amount[rows]),
        "currency": words(_CURRENCIES, country),
        "updated_at": instants(at[order]),
    }


def _refunds(block: Block, people: People, orders: Orders, lines: Lines, offset: Ints) -> Columns:
    refunds = make_refunds(block, orders, lines)
    chosen, at = refunds.line, refunds.at
    o = lines.order
    country = people.country[orders.person[o[chosen]]]
    return {
        "refund_id": ids("RF", block.numbers(np.arange(len(chosen)))),
        "order_id": order_numbers(block, o[chosen]),
        "line_number": integers(lines.number[chosen]),
        "refunded_at": instants(local(at, offset[o[chosen]])),
        "time_zone": words(_ZONES, country),
        "amount": money(refunds.amount),
        "currency": words(_CURRENCIES, country),
        "reason": words(_REASONS, refunds.reason),
        "updated_at": instants(at),
    }


def make_refunds(block: Block, orders: Orders, lines: Lines) -> Refunds:
    """At most one refund a line, of the whole line or a part of it, after the goods were there (or given up)."""
    rng = block.rng("refunds")
    o, net, count = lines.order, lines.net(), len(lines.order)
    late, lost = orders.days_late()[o] > 0, orders.lost[o]
    received = np.where(orders.channel == STORE, orders.ordered, orders.delivered)[o]
    chance = np.where(late, 0.085, 0.035) * np.exp(-0.3 * np.clip(orders.mood[o], -3, 3))
    since = np.where(lost, orders.promised[o] + 7 * DAY, received)
    at = since + (rng.gamma(2.0, 4.0, count) * DAY).astype(np.int64) + HOUR
    happens = lost | ((received != MISSING) & (rng.random(count) < chance))
    happens &= orders.is_completed()[o] & (at < block.clock.end) & (net > 0)
    share = np.where(lost | (rng.random(count) < 0.8), 100, rng.integers(30, 71, count))
    amount = np.maximum(net * share // 100, 1)
    reason = rng.choice(5, count, p=[0.0, 0.22, 0.13, 0.25, 0.40])
    reason = np.where(lost | (late & (rng.random(count) < 0.4)), _LATE, reason)
    chosen = np.flatnonzero(happens)
    chosen = chosen[np.lexsort((chosen, at[chosen]))]
    return Refunds(chosen, at[chosen], amount[chosen], reason[chosen])


@dataclass(frozen=True)
class Subscriptions:
    """Plans that accounts are subscribed to, in the order in which they began; shape (s,)."""

    account: Ints
    person: Ints
    plan: Ints
    started: Ints
    ended: Ints  # MISSING while it runs
    reason: Ints  # why it was cancelled; MISSING while it runs


def _make_subscriptions(block: Block, accounts: Accounts) -> Subscriptions:
    """One account in fourteen subscribes to something, and leaves it with a chance of its own each month."""
    rng = block.rng("subscriptions")
    account = np.flatnonzero(rng.random(len(accounts.person)) < 0.07)
    person = accounts.person[account]
    created = accounts.created[account]
    started = created + (rng.beta(1, 2.5, len(account)) * (END - created)).astype(np.int64) + 10 * MINUTE
    keep = started < END
    account, person, started = account[keep], person[keep], started[keep]
    churn: Floats = rng.beta(1.2, 14.0, len(account))
    months = rng.geometric(np.clip(churn, 1e-3, 1.0))
    ended = started + months * 30 * DAY
    over = ended < END
    order = np.lexsort((account, started))
    account, person, started, ended, over = account[order], person[order], started[order], ended[order], over[order]
    plan = rng.choice(3, len(account), p=(0.4, 0.25, 0.35))
    reason = rng.choice(4, len(account), p=(0.35, 0.3, 0.15, 0.2))
    return Subscriptions(
        account, person, plan, started, ended=np.where(over, ended, MISSING), reason=np.where(over, reason, MISSING)
    )


def _subscriptions(block: Block, people: People, subscriptions: Subscriptions) -> Columns:
    country = people.country[subscriptions.person]
    rate = _LIST_RATES[country]
    offset = people.standard_offset(subscriptions.person)
    started, ended = subscriptions.started, subscriptions.ended
    return {
        "subscription_id": _subscription_numbers(block, np.arange(len(started))),
        "account_id": ids("A", block.numbers(subscriptions.account)),
        "plan": words(_PLANS, subscriptions.plan),
        "monthly_amount": money((np.rint(_PLAN_CENTS[subscriptions.plan] * rate / 10) * 10).astype(np.int64)),
        "currency": words(_CURRENCIES, country),
        "started_at": instants(local(started, offset)),
        "ended_at": instants(local(ended, offset)),
        "time_zone": words(_ZONES, country),
        "status": words(("active", "cancelled"), (ended != MISSING).astype(np.int64)),
        "cancel_reason": words(_CANCEL_REASONS, subscriptions.reason),
        "updated_at": instants(np.maximum(started, ended)),
    }


def _subscription_uses(block: Block, people: People, subscriptions: Subscriptions) -> Columns:
    """What of the plans is used: the oftener, the more engaged the person; little by who cancels for lack of use.

    Whoever cancels, for whatever reason, uses less of it in the two months before.
    """
    rng, count = block.rng("subscription uses"), len(subscriptions.plan)
    is_over = subscriptions.ended != MISSING
    until = np.where(is_over, subscriptions.ended, END)
    a_month = _USES_A_MONTH[subscriptions.plan] * people.engagement[subscriptions.person]
    a_month = a_month * np.where(subscriptions.reason == _NOT_USED, _UNUSED_FACTOR, 1.0)
    uses = rng.poisson(a_month * (until - subscriptions.started) / (30 * DAY))
    subscription = np.repeat(np.arange(count), uses)
    at = block.clock.between(rng, subscriptions.started[subscription], until[subscription] - 1)
    leaving = is_over[subscription] & (at >= until[subscription] - _LEAVING)
    kept = np.flatnonzero(~leaving | (rng.random(len(at)) < _LEAVING_FACTOR))
    kept = kept[np.lexsort((subscription[kept], at[kept]))]
    subscription, at = subscription[kept], at[kept]
    plan, person = subscriptions.plan[subscription], subscriptions.person[subscription]
    is_second = rng.random(len(at)) < _SECOND_FEATURE_SHARES[plan]
    return {
        "use_id": ids("SU", block.numbers(np.arange(len(at)))),
        "subscription_id": _subscription_numbers(block, subscription),
        "used_at": instants(local(at, people.standard_offset(person))),
        "time_zone": words(_ZONES, people.country[person]),
        "feature": words(_FEATURES, 2 * plan + is_second),
        "quantity": integers(1 + np.minimum(rng.geometric(0.85, len(at)) - 1, 3)),
        "updated_at": instants(at),
    }


def _subscription_numbers(block: Block, subscription: Ints) -> object:
    return ids("SB", block.numbers(subscription))
