"""Visits to the web shop and the app: anonymous until somebody logs in, and some visitors never do."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from orchestration.demo_company import names, planted
from orchestration.demo_company.ads import AD_CAMPAIGNS, draw_ads
from orchestration.demo_company.block import Block
from orchestration.demo_company.catalogue import PRODUCTS_IN_A_CATEGORY, product_numbers
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
from orchestration.demo_company.experience import Orders
from orchestration.demo_company.helpdesk import Tickets
from orchestration.demo_company.messaging import CHANNELS as MESSAGE_CHANNELS
from orchestration.demo_company.messaging import CLICKED, Messages, make_campaigns
from orchestration.demo_company.people import APP, REFERRAL, STORE, People
from orchestration.demo_company.records import Accounts
from orchestration.demo_company.shop import Keys, Lines, draw_categories
from orchestration.demo_company.writing import Columns, ids, opaque_ids, typed_instants, words

_EVENTS = ("page_view", "search", "add_to_cart", "checkout", "login")
VIEW, SEARCH, CART, CHECKOUT, LOGIN = range(5)
_PAGES = ("home", "category", "product", "cart", "checkout", "account", "help", "search")
_HOME, _CATEGORY, _PRODUCT, _CART_PAGE, _CHECKOUT_PAGE, _ACCOUNT, _HELP, _SEARCH_PAGE = range(8)
_DEVICES = ("desktop", "mobile", "app")
_DESKTOP, _MOBILE, _APP = range(3)

# Where a visit comes from: 0 is nowhere in particular, then the ads, a friend's link, and messages by campaign.
_DIRECT = 0
_FIRST_AD = 1
_FROM_FRIEND = _FIRST_AD + len(AD_CAMPAIGNS)
_FIRST_MESSAGE = _FROM_FRIEND + 1


@dataclass(frozen=True)
class Devices:
    """Browsers and apps, known by an anonymous id. A person's devices lie side by side; strangers' follow."""

    first: Ints  # (n,) the first browser of each person
    browsers: Ints  # (n,) how many browsers
    app: Ints  # (n,) the app, or MISSING
    owner: Ints  # (devices,) person, or MISSING
    kind: Ints  # (devices,) desktop, mobile or app
    partner: Ints  # (n,) whose first browser a person uses as well, or MISSING

    def one_of(self, rng: np.random.Generator, person: Ints) -> Ints:
        """A browser of each person, mostly the first; where a household shares one, now and then that of the other."""
        other = (rng.random(len(person)) * self.browsers[person]).astype(np.int64)
        chosen = self.first[person] + np.where(rng.random(len(person)) < 0.7, 0, other)
        partner = self.partner[person]
        borrowed = (partner != MISSING) & (rng.random(len(person)) < 0.3)
        return np.where(borrowed, self.first[partner], chosen)


@dataclass(frozen=True)
class Visits:
    """Sessions to be filled with events; shape (s,)."""

    start: Ints
    device: Ints
    person: Ints  # whose taste leads it; MISSING for strangers
    account: Ints  # that logs in, or MISSING
    origin: Ints


@dataclass(frozen=True)
class Rows:
    """Web events; shape (e,). `account` is set from the login of a visit on."""

    at: Ints
    device: Ints
    account: Ints
    event: Ints
    page: Ints
    product: Ints
    category: Ints
    term: Ints
    origin: Ints  # on the first event of a visit, else MISSING


@dataclass(frozen=True)
class Traffic:
    """What the web recorded of a block: the rows of the site and the app, and who stands behind each device."""

    site: Columns
    app: Columns
    devices: Devices
    device_ids: Any
    ad_visits: Ints  # (days, ad campaigns), those during the outage among them: the platforms count clicks themselves


def make_traffic(
    block: Block,
    people: People,
    accounts: Accounts,
    orders: Orders,
    keys: Keys,
    lines: Lines,
    tickets: Tickets,
    messages: Messages,
) -> Traffic:
    """All visits of a block's people, and of as many strangers, but those that the outage swallowed."""
    rng, clock = block.rng("web"), block.clock
    devices = _make_devices(rng, people)
    visits = [
        _before_acquisition(rng, clock, people, devices),
        _browsing(rng, clock, people, accounts, orders, devices),
        _from_messages(rng, messages, accounts, devices),
        _looking_for_help(rng, tickets, accounts, devices),
        _of_strangers(rng, clock, devices),
    ]
    parts = [_fill(rng, people, visit, helps=index == 3) for index, visit in enumerate(visits)]
    parts.append(_checkouts(rng, people, orders, keys, lines, devices))
    rows = _in_order(parts)
    from_ad = (rows.origin >= _FIRST_AD) & (rows.origin < _FROM_FRIEND)
    ad_visits = np.zeros(((END - START) // DAY, len(AD_CAMPAIGNS)), np.int64)
    np.add.at(ad_visits, ((rows.at[from_ad] - START) // DAY, rows.origin[from_ad] - _FIRST_AD), 1)
    in_app = devices.kind[rows.device] == _APP
    outage = ~in_app & (rows.at >= planted.OUTAGE_FROM) & (rows.at < planted.OUTAGE_TO)
    rows, in_app = _take(rows, ~outage), in_app[~outage]
    device_ids = opaque_ids("d", block.numbers(np.arange(len(devices.owner))))
    site, app = _take(rows, ~in_app), _take(rows, in_app)
    return Traffic(
        site=_export(block, "WE", site, devices, device_ids),
        app=_export(block, "AE", app, devices, device_ids),
        devices=devices,
        device_ids=device_ids,
        ad_visits=ad_visits,
    )


def _export(block: Block, prefix: str, rows: Rows, devices: Devices, device_ids: Any) -> Columns:
    campaigns = make_campaigns()
    sources = [None, *(ad.platform for ad in AD_CAMPAIGNS), "friend"]
    mediums = [None, *(ad.medium for ad in AD_CAMPAIGNS), "referral"]
    labels = [None, *(ad.name for ad in AD_CAMPAIGNS), "bring-a-friend"]
    sources += ["crm"] * len(campaigns)
    mediums += [MESSAGE_CHANNELS[campaign.channel] for campaign in campaigns]
    labels += [campaign.name for campaign in campaigns]
    terms = [good for goods in names.GOODS for good in goods]
    return {
        "event_id": ids(prefix, block.numbers(np.arange(len(rows.at)))),
        "anonymous_id": device_ids.take(rows.device),
        "account_id": ids("A", block.numbers(rows.account)),
        "event": words(_EVENTS, rows.event),
        "occurred_at": typed_instants(rows.at),
        "page": words(_PAGES, rows.page),
        "product_id": product_numbers(rows.product),
        "category": words(names.CATEGORIES, rows.category),
        "search_term": words(terms, rows.term),
        "utm_source": words(sources, rows.origin),
        "utm_medium": words(mediums, rows.origin),
        "utm_campaign": words(labels, rows.origin),
        "device": words(_DEVICES, devices.kind[rows.device]),
    }


def _make_devices(rng: np.random.Generator, people: People) -> Devices:
    n = len(people)
    browsers = 1 + np.minimum(rng.poisson(0.45, n), 2)
    has_app = (people.channel == APP) | (rng.random(n) < 0.12)
    count = browsers + has_app
    first = np.cumsum(count) - count
    owner = np.concatenate([np.repeat(np.arange(n), count), np.full(n, MISSING)])
    kind = np.where(rng.random(len(owner)) < 0.55, _MOBILE, _DESKTOP)
    app = np.where(has_app, first + browsers, MISSING)
    kind[app[has_app]] = _APP
    return Devices(first, browsers, app, owner, kind, np.where(people.shares_device, people.partner, MISSING))


def _arrival(rng: np.random.Generator, at: Ints) -> Ints:
    """Where a visit comes from: one in three from an ad that runs on its day."""
    from_ad = rng.random(len(at)) < 0.34
    return np.where(from_ad, _FIRST_AD + draw_ads(rng, at), _DIRECT)


def _before_acquisition(rng: np.random.Generator, clock: SeasonalClock, people: People, devices: Devices) -> Visits:
    """Anonymous visits before somebody is known, on the browser that will sign up; the first sets the first touch."""
    earlier = np.flatnonzero(people.first_touch < people.acquired)
    again = np.repeat(earlier, rng.poisson(0.9, len(earlier)))
    until = np.maximum(people.acquired[again] - 2 * HOUR, people.first_touch[again])
    start = np.concatenate([people.first_touch[earlier], clock.between(rng, people.first_touch[again], until)])
    person = np.concatenate([earlier, again])
    paid = people.acquisition_channel[person] <= 3  # search, social, display and affiliate
    origin = np.where(paid, _FIRST_AD + draw_ads(rng, start, people.acquisition_channel[person]), _DIRECT)
    origin = np.where(people.acquisition_channel[person] == REFERRAL, _FROM_FRIEND, origin)
    origin = np.where((np.arange(len(start)) >= len(earlier)) & (rng.random(len(start)) < 0.4), _DIRECT, origin)
    return Visits(start, devices.first[person], person, np.full(len(start), MISSING), origin)


def _browsing(
    rng: np.random.Generator, clock: SeasonalClock, people: People, accounts: Accounts, orders: Orders, devices: Devices
) -> Visits:
    """Visits without an order, from signing up until some weeks after the last order."""
    last = people.acquired.copy()
    np.maximum.at(last, orders.person, orders.ordered)
    until = np.minimum(last + 50 * DAY, END - 1)
    pace = np.where(people.channel == STORE, 0.006, 0.014)  # visits a day
    count = rng.poisson(pace * (until - people.acquired) / DAY * people.engagement)
    person = np.repeat(np.arange(len(people)), count)
    since = people.acquired[person] + HOUR
    start = clock.between(rng, since, np.maximum(until[person], since))
    app = devices.app[person]
    uses_app = (app != MISSING) & (rng.random(len(person)) < np.where(people.channel[person] == APP, 0.8, 0.25))
    device = np.where(uses_app, app, devices.one_of(rng, person))
    logs_in = rng.random(len(person)) < np.where(uses_app, 0.75, 0.32)
    account = np.where(logs_in, accounts.used_by(rng, person, start), MISSING)
    return Visits(start, device, person, account, np.where(uses_app, _DIRECT, _arrival(rng, start)))


def _from_messages(rng: np.random.Generator, messages: Messages, accounts: Accounts, devices: Devices) -> Visits:
    """Every click in a message opens a visit a few seconds later; push messages open the app."""
    clicked = np.flatnonzero(messages.at[:, CLICKED] != MISSING)
    person = messages.person[clicked]
    start = messages.at[clicked, CLICKED] + seconds(rng, 1, 6, len(clicked))
    channel = np.array([campaign.channel for campaign in make_campaigns()])[messages.campaign[clicked]]
    app = devices.app[person]
    device = np.where((channel == MESSAGE_CHANNELS.index("push")) & (app != MISSING), app, devices.one_of(rng, person))
    account = np.where(rng.random(len(person)) < 0.4, accounts.used_by(rng, person, start), MISSING)
    return Visits(start, device, person, account, _FIRST_MESSAGE + messages.campaign[clicked])


def _looking_for_help(rng: np.random.Generator, tickets: Tickets, accounts: Accounts, devices: Devices) -> Visits:
    """Half of those who turn to the help desk looked for help on the web first."""
    chosen = np.flatnonzero(rng.random(len(tickets)) < 0.5)
    person = tickets.person[chosen]
    start = np.maximum(tickets.created[chosen] - seconds(rng, 10 * MINUTE, 5 * HOUR, len(chosen)), FIRST_EVENT)
    account = np.where(rng.random(len(person)) < 0.5, accounts.used_by(rng, person, start), MISSING)
    return Visits(start, devices.one_of(rng, person), person, account, np.full(len(person), _DIRECT))


def _of_strangers(rng: np.random.Generator, clock: SeasonalClock, devices: Devices) -> Visits:
    """People who look and are never known: one to a few visits within weeks."""
    strangers = np.flatnonzero(devices.owner == MISSING)
    first = clock.between(rng, np.full(len(strangers), FIRST_EVENT), np.full(len(strangers), END - 1))
    again = np.repeat(np.arange(len(strangers)), rng.geometric(0.72, len(strangers)))
    new = np.concatenate([[True], again[1:] != again[:-1]])
    start = clock.later(first[again], np.where(new, 0.0, rng.exponential(12 * DAY, len(again))))
    nobody = np.full(len(again), MISSING)
    return Visits(start, strangers[again], nobody, nobody, _arrival(rng, start))


def _fill(rng: np.random.Generator, people: People, visits: Visits, helps: bool) -> Rows:
    """The events of each visit: a landing page, then views, searches and carts some 40 s apart, and perhaps a login.

    Three events out of four stay with one category; a cart takes the product that was viewed last. Who looks for help
    reads help pages.
    """
    length = np.minimum(rng.geometric(0.36, len(visits.start)), 25) + (visits.account != MISSING)
    visit = np.repeat(np.arange(len(length)), length)
    start = np.cumsum(length) - length
    first = start[visit]  # the row at which the row's visit begins
    row = np.arange(len(visit))
    landing = row == first
    gaps = np.where(landing, 0, rng.exponential(40, len(row)).astype(np.int64) + 2)
    elapsed = np.cumsum(gaps)
    at = visits.start[visit] + elapsed - elapsed[first]

    theme = draw_categories(rng, people, visits.person)[visit]
    stray = draw_categories(rng, people, visits.person[visit])
    category = np.where(rng.random(len(row)) < 0.75, theme, stray)
    place = (rng.random(len(row)) ** 1.3 * PRODUCTS_IN_A_CATEGORY).astype(np.int64)
    product = category * PRODUCTS_IN_A_CATEGORY + place
    draw: Floats = rng.random(len(row))
    kind = np.where(landing | (draw < 0.76), VIEW, np.where(draw < 0.89, SEARCH, CART))
    depth: Floats = rng.random(len(row))
    shows_product = (kind == VIEW) & (depth > np.where(landing, 0.65, 0.35))
    shows_home = (kind == VIEW) & ~shows_product & landing & (depth < 0.4)
    shows_help = (kind == VIEW) & (~landing & (depth < (0.6 if helps else 0.02)))
    shows_product &= ~shows_help
    last_seen = np.maximum.accumulate(np.where(shows_product, row, -1))
    kind = np.where((kind == CART) & (last_seen < first), VIEW, kind)
    in_cart = kind == CART
    product = np.where(in_cart, product[last_seen], product)
    category = np.where(in_cart, category[last_seen], category)

    logs_in = visits.account != MISSING
    login_row = start + 1 + (rng.random(len(length)) * (length - 1)).astype(np.int64)
    is_login = np.zeros(len(row), np.bool_)
    is_login[login_row[logs_in]] = True
    # A login takes the place of what was drawn; a cart that followed it keeps its product.
    kind = np.where(is_login, LOGIN, kind)
    shows_product &= ~is_login
    in_cart &= ~is_login
    page = np.select(
        [is_login, kind == SEARCH, in_cart, shows_product, shows_home, shows_help],
        [_ACCOUNT, _SEARCH_PAGE, _CART_PAGE, _PRODUCT, _HOME, _HELP],
        _CATEGORY,
    )
    themed = (page == _CATEGORY) | (page == _PRODUCT) | in_cart
    terms = len(names.GOODS[0])
    return Rows(
        at=at,
        device=visits.device[visit],
        account=np.where(row >= login_row[visit], visits.account[visit], MISSING),
        event=kind,
        page=page,
        product=np.where(shows_product | in_cart, product, MISSING),
        category=np.where(themed, category, MISSING),
        term=np.where(kind == SEARCH, category * terms + (depth * terms).astype(np.int64), MISSING),
        origin=np.where(landing & (visits.origin[visit] != _DIRECT), visits.origin[visit], MISSING),
    )


def _checkouts(
    rng: np.random.Generator, people: People, orders: Orders, keys: Keys, lines: Lines, devices: Devices
) -> Rows:
    """The visit that ends in an online order: landing, each product seen and put into the cart, login, checkout.

    Customers log in within the two minutes before the order, thus never before their account exists; guests do not.
    """
    online = np.flatnonzero(orders.is_online())
    person = orders.person[online]
    by_app = orders.channel[online] == APP
    browser = np.where(orders.is_first[online], devices.first[person], devices.one_of(rng, person))
    device_of = np.full(len(orders), MISSING)
    device_of[online] = np.where(by_app & (devices.app[person] != MISSING), devices.app[person], browser)
    line = np.flatnonzero(device_of[lines.order] != MISSING)
    order, product = lines.order[line], lines.product[line]
    carted = orders.ordered[order] - 2 * MINUTE - lines.number[line] * 70 + seconds(rng, -20, 0, len(line))
    viewed = carted - seconds(rng, 8, 45, len(line))
    per_order = np.bincount(lines.order, minlength=len(orders))[online]
    landed = orders.ordered[online] - 4 * MINUTE - per_order * 70 - seconds(rng, 0, 60, len(online))
    account = keys.account[online]
    logged = account != MISSING
    bought = orders.ordered[online] - seconds(rng, 5, 35, len(online))
    login = orders.ordered[online] - seconds(rng, 45, 105, len(online))
    origin = _arrival(rng, landed)
    first_ever = orders.is_first[online] & (people.first_touch[person] == people.acquired[person])
    paid = first_ever & (people.acquisition_channel[person] <= 3)
    origin = np.where(paid, _FIRST_AD + draw_ads(rng, landed, people.acquisition_channel[person]), origin)
    origin = np.where(by_app | (origin == _DIRECT), MISSING, origin)
    category = product // PRODUCTS_IN_A_CATEGORY
    none = np.full(len(line), MISSING)
    return _concatenate(
        [
            _plain(landed, device_of[online], VIEW, _HOME, MISSING, origin),
            *(
                Rows(
                    at=at,
                    device=device_of[order],
                    account=none,
                    event=np.full(len(line), event),
                    page=np.full(len(line), page),
                    product=product,
                    category=category,
                    term=none,
                    origin=none,
                )
                for at, event, page in ((viewed, VIEW, _PRODUCT), (carted, CART, _CART_PAGE))
            ),
            _plain(login[logged], device_of[online][logged], LOGIN, _ACCOUNT, account[logged], MISSING),
            _plain(bought, device_of[online], CHECKOUT, _CHECKOUT_PAGE, account, MISSING),
        ]
    )


def _plain(at: Ints, device: Ints, event: int, page: int, account: Ints | int, origin: Ints | int) -> Rows:
    n = len(at)
    none = np.full(n, MISSING)
    return Rows(
        at=at,
        device=device,
        account=np.broadcast_to(account, n),
        event=np.full(n, event),
        page=np.full(n, page),
        product=none,
        category=none,
        term=none,
        origin=np.broadcast_to(origin, n),
    )


def _take(rows: Rows, chosen: Ints | Flags) -> Rows:
    return Rows(**{field.name: getattr(rows, field.name)[chosen] for field in fields(Rows)})


def _concatenate(parts: list[Rows]) -> Rows:
    return Rows(**{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Rows)})


def _in_order(parts: list[Rows]) -> Rows:
    """All events inside the three years, in the order of time; ties keep the order in which they were made."""
    joined = _concatenate(parts)
    order = np.lexsort((joined.device, joined.at))
    return _take(joined, order[(joined.at[order] >= START) & (joined.at[order] < END)])
