"""People: who they are, how they can be reached, and the latent traits that no export shows."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.demo_company import names, planted
from orchestration.demo_company.block import Block
from orchestration.demo_company.catalogue import RISEN
from orchestration.demo_company.clock import (
    DAY,
    END,
    FIRST_EVENT,
    HOUR,
    LAST_ORDER,
    MINUTE,
    MISSING,
    START,
    WEEK,
    Flags,
    Floats,
    Ints,
)

CHANNELS = ("web", "app", "store", "phone")
WEB, APP, STORE, PHONE = range(4)
_CHANNEL_SHARES = (0.47, 0.20, 0.23, 0.10)

ACQUISITION_CHANNELS = ("search", "social", "display", "affiliate", "referral", "direct", "store", "email")
SEARCH, SOCIAL, DISPLAY, AFFILIATE, REFERRAL, DIRECT, IN_STORE, BY_EMAIL = range(8)
_ACQUISITION_SHARES = (0.29, 0.18, 0.07, 0.09, 0.11, 0.22, 0.0, 0.04)  # store is decided by the usual channel
_ACQUISITION_EUR = np.array([24.0, 18.0, 31.0, 15.0, 8.0, 0.0, 3.0, 4.0])

# The base process of purchases is BG/NBD, that of basket values gamma-gamma; time in weeks, money in EUR.
RATE_SHAPE, RATE_SCALE = 0.65, 11.0  # r and alpha: purchases a week
DROPOUT_A, DROPOUT_B = 0.9, 3.3
BASKET_SHAPE, BASKET_HETEROGENEITY, BASKET_RATE = 3.5, 3.5, 48.0  # p, q and v

LIFE_EVENTS = ("marriage", "birth", "mortgage", "move", "retirement")
MARRIAGE, BIRTH, MORTGAGE, MOVE, RETIREMENT = range(5)
LIFE_EVENT_RATE_FACTORS = (1.15, 1.30, 0.80, 1.25, 0.85)

TOUCHPOINTS = ("delivery", "support", "website")


@dataclass(frozen=True)
class People:
    """One entry a person in every array, shape (n,); `affinity` is (n, categories) and its rows sum to 1."""

    # Course
    acquired: Ints  # when the company came to know of the person
    first_touch: Ints  # first, anonymous visit; equals `acquired` where there was none
    first_order: Ints  # MISSING for those who never buy
    life_at: Ints  # (n, 2), MISSING where there is none
    life_kind: Ints  # (n, 2)
    email_changed: Ints  # MISSING where it never did
    # Identity
    has_account: Flags  # others order as guests
    country: Ints
    place: Ints
    street: list[str]
    new_place: Ints  # after moving; the same country
    new_street: list[str]
    first_name: list[str]
    last_name: list[str]
    email: list[str]  # before a change
    new_email: list[str | None]  # after it
    phone: Ints  # digits after the dialling code
    birth_date: NDArray[np.datetime64]
    partner: Ints  # who lives in the same household, or MISSING
    shares_device: Flags  # uses the partner's device as well
    handle: list[str]
    # Acquisition
    acquisition_channel: Ints
    acquisition_cents: Ints
    referrer: Ints  # MISSING
    # Latent traits
    purchase_rate: Floats  # purchases a week while active, before life events and prices: gamma over people
    dropout: Floats  # chance to leave after a purchase but the first: beta over people
    basket: Floats  # mean value of a basket at list prices, EUR: inverse gamma over people
    affinity: Floats
    price_sensitivity: Floats  # 1 = average
    contentment: Floats  # satisfaction when nothing happens, standard units
    expectation: Floats  # (n, touchpoints), standard units
    engagement: Floats  # 1 = average; drives opening, clicking, answering
    channel: Ints  # the channel really preferred

    def __len__(self) -> int:
        return len(self.acquired)

    def standard_offset(self, person: Ints) -> Ints:
        """Offset of each person's wall clock from UTC in winter, in seconds."""
        offsets = np.array([country.standard_offset for country in names.COUNTRIES], np.int64)
        return offsets[self.country[person]]

    def rate_factor(self, person: Ints, instant: Ints) -> Floats:
        """By what life events so far and the price rise have multiplied the purchase rate; shape of `person`."""
        factors = np.array(LIFE_EVENT_RATE_FACTORS)
        factor = np.ones(len(person))
        for slot in range(2):
            at = self.life_at[person, slot]
            factor *= np.where((at != MISSING) & (instant >= at), factors[self.life_kind[person, slot]], 1.0)
        exponent = planted.PRICE_RISE_ELASTICITY * self.affinity[person, RISEN] * self.price_sensitivity[person]
        dearer = planted.PRICE_RISE_FACTOR**-exponent
        return factor * np.where(instant >= planted.PRICE_RISE_AT, dearer, 1.0)

    def moved(self) -> Ints:
        """When each person moved, or MISSING; shape (n,)."""
        moves: Ints = np.where(self.life_kind == MOVE, self.life_at, MISSING).max(axis=1)
        return moves

    def place_at(self, person: Ints, instant: Ints) -> Ints:
        """Where each person lives at an instant."""
        moved = self.moved()[person]
        return np.where((moved != MISSING) & (instant >= moved), self.new_place[person], self.place[person])


def is_crisis_region(place: Ints) -> Flags:
    """Which places lie where deliveries failed."""
    failed: Flags = np.array([where.region == planted.CRISIS_REGION for where in names.PLACES], np.bool_)[place]
    return failed


def make_people(block: Block) -> People:
    """Draw the people of a block. Arrivals thin out over the three years, so that most have a history to look back on.

    Ways in: an account made while ordering (46 %), a sign-up that leads to a first order weeks later (44 %) if time is
    left, and a sign-up that never does (10 %). One person in eleven has no account and orders as a guest.
    """
    rng, clock, n = block.rng("people"), block.clock, block.size
    window = clock.busy(np.array([FIRST_EVENT, LAST_ORDER], np.int64))
    acquired = clock.calendar(window[0] + rng.beta(1.0, 1.3, n) * (window[1] - window[0]))
    has_account = rng.random(n) >= 0.09
    way_in = np.where(has_account, rng.choice(3, n, p=[0.46, 0.44, 0.10]), 0)
    waited = clock.later(acquired, rng.exponential(24 * DAY, n) + 300)
    first_order = np.where(way_in == 0, acquired + 3 * MINUTE, np.where(way_in == 1, waited, MISSING))
    first_order[first_order >= LAST_ORDER] = MISSING

    country = rng.choice(len(names.COUNTRIES), n, p=[country.share for country in names.COUNTRIES])
    place = draw_places(rng, country)
    channel = rng.choice(4, n, p=_CHANNEL_SHARES)
    channel[~has_account & (channel == STORE)] = WEB
    first_name, last_name = _named(rng, country, names.FIRST_NAMES), _named(rng, country, names.LAST_NAMES)
    street = draw_streets(rng, country)
    number = block.first_person + np.arange(n)

    partner, shares_device = _households(rng, n, country, place, last_name, street)
    phone = np.where((partner != MISSING) & (partner < np.arange(n)) & (rng.random(n) < 0.5), number[partner], number)
    email, new_email, email_changed = _emails(rng, block, first_name, last_name, partner, acquired)
    acquisition, referrer = _acquisition(rng, channel, acquired, contentment := rng.normal(0.25, 0.6, n))
    cost = np.rint(100 * _ACQUISITION_EUR[acquisition] * rng.gamma(4.0, 0.25, n)).astype(np.int64)
    touched = (acquired - (rng.exponential(12 * DAY, n)).astype(np.int64) - 2 * HOUR).clip(FIRST_EVENT)
    anonymous_before = (rng.random(n) < 0.6) & (channel != STORE) & (touched < acquired)
    birth = np.datetime64("1942-01-01") + rng.integers(0, 62 * 365, n).astype("timedelta64[D]")
    life_at, life_kind = _life_events(rng, birth)

    return People(
        acquired=acquired,
        first_touch=np.where(anonymous_before, touched, acquired),
        first_order=first_order,
        life_at=life_at,
        life_kind=life_kind,
        email_changed=email_changed,
        has_account=has_account,
        country=country,
        place=place,
        street=street,
        new_place=draw_places(rng, country),
        new_street=draw_streets(rng, country),
        first_name=first_name,
        last_name=last_name,
        email=email,
        new_email=new_email,
        phone=phone,
        birth_date=birth,
        partner=partner,
        shares_device=shares_device,
        handle=[f"{plain(first_name[i])[:5]}_{code:x}" for i, code in enumerate((number * 7 + 4096).tolist())],
        acquisition_channel=acquisition,
        acquisition_cents=cost,
        referrer=referrer,
        purchase_rate=rng.gamma(RATE_SHAPE, 1 / RATE_SCALE, n),
        dropout=rng.beta(DROPOUT_A, DROPOUT_B, n),
        basket=BASKET_SHAPE / rng.gamma(BASKET_HETEROGENEITY, 1 / BASKET_RATE, n),
        affinity=rng.dirichlet(np.array([1.1, 0.8, 0.6, 0.9, 0.6, 0.8]), n),
        price_sensitivity=rng.gamma(4.0, 0.25, n),
        contentment=contentment,
        expectation=rng.normal(0.0, 0.6, (n, len(TOUCHPOINTS))),
        engagement=rng.gamma(2.5, 0.4, n),
        channel=channel,
    )


def person_ids(block: Block, person: Ints) -> list[str | None]:
    """The person's name in the truth: P and a number; MISSING gives None."""
    return [None if i == MISSING else f"P{block.first_person + i + 1:08d}" for i in person.tolist()]


def plain(name: str) -> str:
    """Lower case without accents, blanks or letters that have no plain form."""
    ascii_form = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss").replace("ø", "o"))
    return "".join(letter for letter in ascii_form if letter.isascii() and letter.isalpha())


def dialling_code(country: Ints) -> list[str]:
    """The dialling code of each country."""
    codes = [country.dialling_code for country in names.COUNTRIES]
    return [codes[index] for index in country.tolist()]


def postal_codes(rng: np.random.Generator, place: Ints) -> list[str]:
    """A postal code of each place."""
    draw = rng.random(len(place)).tolist()
    codes = []
    for index, u in zip(place.tolist(), draw, strict=True):
        where = names.PLACES[index]
        code = where.postal + str(int(u * 10**where.digits)).zfill(where.digits)
        if where.country == "GB":
            code += chr(65 + int(u * 1e3) % 26) + chr(65 + int(u * 1e5) % 26)
        codes.append(code)
    return codes


def draw_places(rng: np.random.Generator, country: Ints) -> Ints:
    """A place in each country, larger ones more often; shape (n,)."""
    place = np.empty(len(country), np.int64)
    for index, market in enumerate(names.COUNTRIES):
        rows = country == index
        here = np.array([i for i, where in enumerate(names.PLACES) if where.country == market.code])
        weight = np.array([names.PLACES[i].weight for i in here])
        place[rows] = rng.choice(here, int(rows.sum()), p=weight / weight.sum())
    return place


def _named(rng: np.random.Generator, country: Ints, pools: tuple[tuple[str, ...], ...]) -> list[str]:
    draw = rng.random(len(country))
    return [pools[c][int(u * len(pools[c]))] for c, u in zip(country.tolist(), draw.tolist(), strict=True)]


def draw_streets(rng: np.random.Generator, country: Ints) -> list[str]:
    """A street and number in each country."""
    house = rng.integers(1, 140, len(country)).tolist()
    return [f"{street} {no}" for street, no in zip(_named(rng, country, names.STREETS), house, strict=True)]


def _households(
    rng: np.random.Generator, n: int, country: Ints, place: Ints, last_name: list[str], street: list[str]
) -> tuple[Ints, Flags]:
    """Pairs of people who live together, 6 % of all: same address, mostly the same name; some share a device."""
    partner = np.full(n, MISSING)
    shares = np.zeros(n, np.bool_)
    first = np.flatnonzero(rng.random(n // 2) < 0.06) * 2
    same_name, same_device = rng.random(len(first)) < 0.7, rng.random(len(first)) < 0.5
    for one, name_too, device_too in zip(first.tolist(), same_name.tolist(), same_device.tolist(), strict=True):
        other = one + 1
        partner[one], partner[other] = other, one
        country[other], place[other], street[other] = country[one], place[one], street[one]
        shares[one] = shares[other] = device_too
        if name_too:
            last_name[other] = last_name[one]
    return partner, shares


def _emails(
    rng: np.random.Generator, block: Block, first: list[str], last: list[str], partner: Ints, acquired: Ints
) -> tuple[list[str], list[str | None], Ints]:
    """An address each, a few shared by a household or an office, and the later address of those who change it."""
    n = block.size
    folded_first, folded_last = [plain(name) for name in first], [plain(name) for name in last]
    domain = rng.integers(0, len(names.MAIL_DOMAINS), n).tolist()
    email = [
        f"{folded_first[i]}.{folded_last[i]}{block.first_person + i + 1}@{names.MAIL_DOMAINS[domain[i]]}"
        for i in range(n)
    ]
    second_of_two = np.flatnonzero((partner != MISSING) & (partner < np.arange(n)) & (rng.random(n) < 0.25))
    for i in second_of_two.tolist():
        email[i] = email[i - 1]
    office = np.flatnonzero(rng.random(n) < 0.003).tolist()
    for i, which in zip(office, rng.integers(0, len(names.SHARED_MAILBOXES), len(office)).tolist(), strict=True):
        email[i] = names.SHARED_MAILBOXES[which]
    at = acquired + DAY + (rng.random(n) * (END - acquired)).astype(np.int64)
    changes = (rng.random(n) < 0.05) & (at < END - DAY)
    new: list[str | None] = [
        f"{folded_first[i][0]}{folded_last[i]}{block.first_person + i + 1}@mail.example" if changed else None
        for i, changed in enumerate(changes.tolist())
    ]
    return email, new, np.where(changes, at, MISSING)


def _acquisition(rng: np.random.Generator, channel: Ints, acquired: Ints, contentment: Floats) -> tuple[Ints, Ints]:
    """How each person was won, and by whom: advocates are content people who were there a month before."""
    n = len(channel)
    acquisition = rng.choice(len(ACQUISITION_CHANNELS), n, p=_ACQUISITION_SHARES)
    acquisition[(channel == STORE) & (rng.random(n) < 0.75)] = IN_STORE
    advocates = np.flatnonzero(contentment > 0.5)
    advocates = advocates[np.argsort(acquired[advocates], kind="stable")]
    known = np.searchsorted(acquired[advocates], acquired - 30 * DAY)
    chosen = (rng.random(n) * known).astype(np.int64)
    referred = (acquisition == REFERRAL) & (known > 0)
    acquisition = np.where((acquisition == REFERRAL) & ~referred, DIRECT, acquisition)
    if not len(advocates):
        return acquisition, np.full(n, MISSING)
    return acquisition, np.where(referred, advocates[np.minimum(chosen, len(advocates) - 1)], MISSING)


def _life_events(rng: np.random.Generator, birth: NDArray[np.datetime64]) -> tuple[Ints, Ints]:
    """Up to two events a person within the three years, of kinds that suit the age, in the order of time."""
    n = len(birth)
    age = (np.datetime64("2023-07-01") - birth).astype(np.int64) / 365.25
    weights = np.stack(
        [
            np.where(age < 45, 0.30, 0.04),
            np.where(age < 42, 0.30, 0.0),
            np.where(age < 55, 0.18, 0.03),
            np.full(n, 0.30),
            np.where((age > 59) & (age < 69), 0.8, 0.0),
        ],
        axis=1,
    )
    edges = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    kind = np.stack([(rng.random(n)[:, None] > edges[:, :-1]).sum(axis=1) for _ in range(2)], axis=1)
    at = np.sort(START + (rng.random((n, 2)) * (END - WEEK - START)).astype(np.int64), axis=1) // DAY * DAY
    happens = rng.random((n, 2)) < np.array([0.22, 0.06])
    happens[:, 1] &= happens[:, 0] & (kind[:, 0] != kind[:, 1])  # nothing twice
    return np.where(happens, at, MISSING), kind
