"""Visits to the web shop and the app: anonymous until somebody logs in, and some visitors never do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company import names
from orchestration.demo_company.clock import (
    DAY,
    END,
    FIRST_EVENT,
    HOUR,
    MINUTE,
    MISSING,
    START,
    Flags,
    Floats,
    Ints,
    SeasonalClock,
    seconds,
)
from orchestration.demo_company.messaging import CLICKED, Messages
from orchestration.demo_company.people import APP, WEB, People, customer_numbers
from orchestration.demo_company.purchases import Lines, Orders, Products, draw_categories, product_numbers
from orchestration.demo_company.writing import Columns, ids, instants, words

SESSION_GAP = 30 * MINUTE  # a longer pause starts a new session, and forgets who was logged in

_EVENTS = ("page_view", "search", "add_to_cart", "login")
VIEW, SEARCH, CART, LOGIN = range(4)
_FIXED_PAGES = ("/home", "/search", "/cart", "/login", "/checkout")
HOME, SEARCH_PAGE, CART_PAGE, LOGIN_PAGE, CHECKOUT = range(5)
FIRST_CATEGORY_PAGE = len(_FIXED_PAGES)
FIRST_PRODUCT_PAGE = FIRST_CATEGORY_PAGE + len(names.CATEGORIES)

_CAMPAIGN_CHANNELS = ("paid_search", "social", "referral", "email", "sms", "push")
FROM_MESSAGE = 3  # where the channels of messaging begin
_ARRIVALS = (0.22, 0.16, 0.08, 0.54)  # paid search, social, referral, and none (direct or organic)


@dataclass(frozen=True)
class Devices:
    """Browsers and apps, known by an anonymous id. A customer's devices lie side by side; visitors' follow."""

    first: Ints  # (n,) the first device of each customer
    count: Ints  # (n,)
    owner: Ints  # (devices,) customer, or MISSING
    label: Ints  # (devices,) a number without meaning, so that an id tells nothing

    def one_of(self, rng: np.random.Generator, customer: Ints) -> Ints:
        """A device of each customer, mostly the first."""
        other = (rng.random(len(customer)) * self.count[customer]).astype(np.int64)
        chosen: Ints = self.first[customer] + np.where(rng.random(len(customer)) < 0.7, 0, other)
        return chosen


@dataclass(frozen=True)
class Visits:
    """Sessions to be filled with events; shape (s,)."""

    start: Ints
    device: Ints
    customer: Ints  # whose taste leads it; MISSING for visitors
    logs_in: Flags
    campaign_channel: Ints


@dataclass(frozen=True)
class Rows:
    """Web events; shape (e,)."""

    at: Ints
    device: Ints
    event: Ints
    page: Ints
    product: Ints
    campaign_channel: Ints  # on the first event of a visit


def web_export(
    rng: np.random.Generator,
    clock: SeasonalClock,
    people: People,
    products: Products,
    orders: Orders,
    lines: Lines,
    messages: Messages,
) -> tuple[Columns, Ints]:
    """The columns of web/events in the order of time, and the instant of each row."""
    devices = _make_devices(rng, len(people), visitors=2 * len(people))
    visits = [
        _before_sign_up(rng, clock, people, orders, devices),
        _browsing(rng, clock, people, orders, devices),
        _from_messages(rng, messages, devices),
        _of_visitors(rng, clock, devices),
    ]
    blocks = [_fill(rng, people, products, visit) for visit in visits]
    rows = _join([*blocks, _checkouts(rng, orders, lines, devices)])
    customer = _known_customer(rows, devices)
    return {
        "event_id": ids("WE", np.arange(1, len(rows.at) + 1), 8),
        "anonymous_id": ids("A", devices.label[rows.device] + 1, 7),
        "customer_number": customer_numbers(customer),
        "event": words(_EVENTS, rows.event),
        "occurred_at": instants(rows.at),
        "page": words(_page_names(products), rows.page),
        "product_id": product_numbers(rows.product),
        "campaign_channel": words(_CAMPAIGN_CHANNELS, rows.campaign_channel),
    }, rows.at


def _make_devices(rng: np.random.Generator, customers: int, visitors: int) -> Devices:
    count = 1 + np.minimum(rng.poisson(0.5, customers), 3)
    owner = np.concatenate([np.repeat(np.arange(customers), count), np.full(visitors, MISSING)])
    return Devices(np.cumsum(count) - count, count, owner, rng.permutation(len(owner)))


def _before_sign_up(
    rng: np.random.Generator, clock: SeasonalClock, people: People, orders: Orders, devices: Devices
) -> Visits:
    """Anonymous visits in the month before an online customer is known, on the device that will check out."""
    online = orders.is_first & _is_online(orders)
    customer = np.repeat(orders.customer[online], rng.poisson(1.3, int(online.sum())))
    until = people.created[customer] - 2 * HOUR  # the last of them is over before the account is made
    since = np.maximum(until - 30 * DAY, FIRST_EVENT)
    possible = since < until
    customer, since, until = customer[possible], since[possible], until[possible]
    return Visits(
        start=clock.between(rng, since, until),
        device=devices.first[customer],
        customer=customer,
        logs_in=np.zeros(len(customer), np.bool_),
        campaign_channel=_arrival(rng, len(customer)),
    )


def _browsing(
    rng: np.random.Generator, clock: SeasonalClock, people: People, orders: Orders, devices: Devices
) -> Visits:
    """Visits without an order, from signing up until some weeks after the last order."""
    last = people.created.copy()
    known = orders.customer != MISSING
    np.maximum.at(last, orders.customer[known], orders.ordered[known])
    until = np.minimum(last + 45 * DAY, END - 1)
    pace = np.where((people.channel == WEB) | (people.channel == APP), 0.016, 0.006)  # visits a day
    visits = rng.poisson(pace * (until - people.created) / DAY * people.engagement)
    customer = np.repeat(np.arange(len(people)), visits)
    return Visits(
        start=clock.between(
            rng, people.created[customer] + 5, np.maximum(until[customer], people.created[customer] + 5)
        ),
        device=devices.one_of(rng, customer),
        customer=customer,
        logs_in=rng.random(len(customer)) < 0.35,
        campaign_channel=_arrival(rng, len(customer)),
    )


def _from_messages(rng: np.random.Generator, messages: Messages, devices: Devices) -> Visits:
    """Every click in a message opens a visit a few seconds later."""
    clicked = np.flatnonzero(messages.at[:, CLICKED] != MISSING)
    customer = messages.customer[clicked]
    return Visits(
        start=messages.at[clicked, CLICKED] + seconds(rng, 1, 6, len(clicked)),
        device=devices.one_of(rng, customer),
        customer=customer,
        logs_in=rng.random(len(clicked)) < 0.4,
        campaign_channel=FROM_MESSAGE + messages.channel[clicked],
    )


def _of_visitors(rng: np.random.Generator, clock: SeasonalClock, devices: Devices) -> Visits:
    """People who look and are never known: one to a few visits within weeks."""
    visitors = np.flatnonzero(devices.owner == MISSING)
    first = clock.between(rng, np.full(len(visitors), FIRST_EVENT), np.full(len(visitors), END - 1))
    count = rng.geometric(0.72, len(visitors))
    again = np.repeat(np.arange(len(visitors)), count)
    new = np.concatenate([[True], again[1:] != again[:-1]])
    pause = np.where(new, 0.0, rng.exponential(12 * DAY, len(again)))
    return Visits(
        start=clock.later(first[again], pause),
        device=visitors[again],
        customer=np.full(len(again), MISSING),
        logs_in=np.zeros(len(again), np.bool_),
        campaign_channel=_arrival(rng, len(again)),
    )


def _fill(rng: np.random.Generator, people: People, products: Products, visits: Visits) -> Rows:
    """The events of each visit: a landing page, then views, searches and carts some 40 s apart, and perhaps a login.

    Three visits out of four stay with one category; a cart takes the product that was viewed last.
    """
    length = np.minimum(rng.geometric(0.41, len(visits.start)), 25)
    visit = np.repeat(np.arange(len(length)), length)
    first = (np.cumsum(length) - length)[visit]  # the row at which the row's visit begins
    row = np.arange(len(visit))
    landing = row == first
    gaps = np.where(landing, 0, rng.exponential(40, len(row)).astype(np.int64) + 2)
    elapsed = np.cumsum(gaps)
    at = visits.start[visit] + elapsed - elapsed[first]

    theme = draw_categories(rng, people, visits.customer)[visit]
    stray = draw_categories(rng, people, visits.customer[visit])
    category = np.where(rng.random(len(row)) < 0.75, theme, stray)
    product = products.draw(rng, category, np.ones(len(row)))
    draw: Floats = rng.random(len(row))
    kind = np.where(landing, VIEW, np.where(draw < 0.74, VIEW, np.where(draw < 0.88, SEARCH, CART)))
    depth: Floats = rng.random(len(row))
    shows_product = (kind == VIEW) & (depth > np.where(landing, 0.65, 0.3))
    shows_home = (kind == VIEW) & ~shows_product & landing & (depth < 0.4)
    last_seen = np.maximum.accumulate(np.where(shows_product, row, -1))
    nothing_seen = (kind == CART) & (last_seen < first)
    kind = np.where(nothing_seen, VIEW, kind)
    shows_product |= nothing_seen
    taken = np.where(kind == CART, product[last_seen], product)
    page = np.where(shows_home, HOME, FIRST_CATEGORY_PAGE + category)
    page = np.where(shows_product, FIRST_PRODUCT_PAGE + product, page)
    page = np.where(kind == SEARCH, SEARCH_PAGE, np.where(kind == CART, CART_PAGE, page))

    after = (np.cumsum(length) - length + (rng.random(len(length)) * length).astype(np.int64))[visits.logs_in]
    events = Rows(
        at=at,
        device=visits.device[visit],
        event=kind,
        page=page,
        product=np.where(shows_product | (kind == CART), taken, MISSING),
        campaign_channel=np.where(landing, visits.campaign_channel[visit], MISSING),
    )
    return _concatenate([events, _plain(at[after] + 1, visits.device[visit[after]], LOGIN, LOGIN_PAGE)])


def _checkouts(rng: np.random.Generator, orders: Orders, lines: Lines, devices: Devices) -> Rows:
    """The visit that ends in an online order: landing, each product seen and put into the cart, login, checkout.

    Customers log in within the two minutes before the order, thus never before their account exists. A first order
    comes from the customer's first device; guests use a visitor's device and do not log in.
    """
    online = np.flatnonzero(_is_online(orders))
    guest = orders.customer[online] == MISSING
    visitors = np.flatnonzero(devices.owner == MISSING)
    some_visitor = visitors[(rng.random(len(online)) * len(visitors)).astype(np.int64)]
    customer = np.where(guest, 0, orders.customer[online])
    own = np.where(orders.is_first[online], devices.first[customer], devices.one_of(rng, customer))
    device_of = np.full(len(orders), MISSING)
    device_of[online] = np.where(guest, some_visitor, own)
    login_at = orders.ordered[online] - seconds(rng, 45, 105, len(online))

    line = np.flatnonzero(device_of[lines.order] != MISSING)
    order, product = lines.order[line], lines.product[line]
    carted = orders.ordered[order] - 2 * MINUTE - lines.number[line] * 70 + seconds(rng, -20, 0, len(line))
    viewed = carted - seconds(rng, 8, 45, len(line))
    per_order = np.bincount(lines.order, minlength=len(orders))[online]
    landed = orders.ordered[online] - 4 * MINUTE - per_order * 70 - seconds(rng, 0, 90, len(online))
    landing = _plain(landed, device_of[online], VIEW, HOME)
    known = online[~guest]
    return _concatenate(
        [
            Rows(landed, landing.device, landing.event, landing.page, landing.product, _arrival(rng, len(online))),
            Rows(
                at=np.concatenate([viewed, carted]),
                device=np.tile(device_of[order], 2),
                event=np.repeat([VIEW, CART], len(line)),
                page=np.concatenate([FIRST_PRODUCT_PAGE + product, np.full(len(line), CART_PAGE)]),
                product=np.tile(product, 2),
                campaign_channel=np.full(2 * len(line), MISSING),
            ),
            _plain(login_at[~guest], device_of[known], LOGIN, LOGIN_PAGE),
            _plain(orders.ordered[online] - seconds(rng, 5, 35, len(online)), device_of[online], VIEW, CHECKOUT),
        ]
    )


def _known_customer(rows: Rows, devices: Devices) -> Ints:
    """The customer of each event: the owner of the device, from the login on until the session ends; shape (e,)."""
    order = np.lexsort((np.arange(len(rows.at)), rows.at, rows.device))
    device, at = rows.device[order], rows.at[order]
    begins = np.concatenate([[True], (device[1:] != device[:-1]) | (at[1:] - at[:-1] > SESSION_GAP)])
    logins = np.cumsum(rows.event[order] == LOGIN)
    before_session = (logins - (rows.event[order] == LOGIN))[begins][np.cumsum(begins) - 1]
    customer = np.empty(len(order), np.int64)
    customer[order] = np.where(logins > before_session, devices.owner[device], MISSING)
    return customer


def _is_online(orders: Orders) -> Flags:
    online: Flags = (orders.channel == WEB) | (orders.channel == APP)
    return online


def _arrival(rng: np.random.Generator, n: int) -> Ints:
    drawn: Ints = rng.choice(np.array([0, 1, 2, MISSING]), n, p=_ARRIVALS)
    return drawn


def _plain(at: Ints, device: Ints, event: int, page: int) -> Rows:
    nothing = np.full(len(at), MISSING)
    return Rows(at, device, np.full(len(at), event), np.full(len(at), page), nothing, nothing)


def _concatenate(parts: list[Rows]) -> Rows:
    return Rows(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})


def _join(parts: list[Rows]) -> Rows:
    """All events inside the two years, in the order of time; ties keep the order in which they were made."""
    joined = _concatenate(parts)
    order = np.lexsort((joined.device, joined.at))
    order = order[(joined.at[order] >= START) & (joined.at[order] < END)]
    return Rows(**{name: column[order] for name, column in vars(joined).items()})


def _page_names(products: Products) -> list[str]:
    categories = [f"/category/{name}" for name in names.CATEGORIES]
    return [*_FIXED_PAGES, *categories, *(f"/product/P{i:04d}" for i in range(1, len(products.category) + 1))]
