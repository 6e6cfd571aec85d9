"""Customers: what the CRM knows of them, and the latent traits that no export shows."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.demo_company import names
from orchestration.demo_company.clock import (
    DAY,
    END,
    FIRST_EVENT,
    LAST_ORDER,
    MISSING,
    Floats,
    Ints,
    SeasonalClock,
)
from orchestration.demo_company.writing import (
    Columns,
    constant,
    dates,
    ids,
    instants,
    money,
    texts,
    words,
)

CHANNELS = ("web", "store", "app", "phone")
WEB, STORE, APP, PHONE = range(4)
_CHANNEL_SHARES = (0.48, 0.27, 0.17, 0.08)

ACQUISITION_CHANNELS = ("paid_search", "social", "referral", "email", "store", "organic")
_ACQUISITION_SHARES = (0.30, 0.22, 0.12, 0.08, 0.0, 0.28)  # store is decided by the first visit, not by chance
_ACQUISITION_COST_EUR = np.array([14.0, 10.0, 6.0, 3.0, 1.5, 0.0])


@dataclass(frozen=True)
class People:
    """One entry a customer in every array, shape (n,); `affinity` is (n, categories) and its rows sum to 1."""

    created: Ints
    updated: Ints
    first_order: Ints  # MISSING for those who never buy
    country: Ints
    city: Ints
    first_name: list[str]
    last_name: list[str]
    email: list[str | None]
    phone: list[str | None]
    postal_code: list[str]
    birth_date: NDArray[np.datetime64]
    stated_channel: Ints  # what the CRM shows; MISSING for some
    acquisition_channel: Ints
    acquisition_cents: Ints  # MISSING for a few
    # Latent traits
    purchase_rate: Floats  # purchases a day while active: gamma over customers
    dropout: Floats  # chance to leave after a purchase at neutral satisfaction: beta over customers
    spend: Floats  # 1 = average; drives lines, quantities and price tier
    affinity: Floats
    contentment: Floats  # satisfaction when nothing happens, standard units
    engagement: Floats  # 1 = average; drives opening and clicking
    channel: Ints  # the channel really preferred

    def __len__(self) -> int:
        return len(self.created)


def make_people(rng: np.random.Generator, clock: SeasonalClock, n: int) -> People:
    """Draw n customers. Arrivals thin out over the two years, so that most have a history to look back on.

    Three ways in: an account made while ordering (46 %), a sign-up that leads to a first order weeks later (41 %)
    if time is left, and a sign-up that never does (13 %).
    """
    window = clock.busy(np.array([FIRST_EVENT, LAST_ORDER], np.int64))
    arrival = clock.calendar(window[0] + rng.beta(1.0, 1.5, n) * (window[1] - window[0]))
    way_in = rng.choice(3, n, p=[0.46, 0.41, 0.13])
    waited = clock.later(arrival, rng.exponential(24 * DAY, n) + 300)
    first_order = np.where(way_in == 0, arrival, np.where(way_in == 1, waited, MISSING))
    first_order[first_order >= LAST_ORDER] = MISSING
    created = np.where(way_in == 0, arrival - 120, arrival)  # a new account precedes its first order by two minutes

    channel = rng.choice(4, n, p=_CHANNEL_SHARES)
    country = rng.choice(len(names.COUNTRIES), n, p=names.COUNTRY_SHARES)
    city = _city_in(rng, country)
    first_name = _named(rng, country, names.FIRST_NAMES)
    last_name = _named(rng, country, names.LAST_NAMES)
    acquisition = rng.choice(len(ACQUISITION_CHANNELS), n, p=_ACQUISITION_SHARES)
    acquisition[(channel == STORE) & (rng.random(n) < 0.8)] = ACQUISITION_CHANNELS.index("store")
    cost = np.rint(100 * _ACQUISITION_COST_EUR[acquisition] * rng.gamma(4.0, 0.25, n)).astype(np.int64)
    edited = created + (rng.random(n) * (END - 1 - created)).astype(np.int64)
    birth = np.datetime64("1945-01-01") + rng.integers(0, 61 * 365, n).astype("timedelta64[D]")

    return People(
        created=created,
        updated=np.where(rng.random(n) < 0.4, edited, created),
        first_order=first_order,
        country=country,
        city=city,
        first_name=first_name,
        last_name=last_name,
        email=_emails(rng, first_name, last_name),
        phone=_phones(rng, country),
        postal_code=_postal_codes(rng, city),
        birth_date=np.where(rng.random(n) < 0.2, np.datetime64("NaT"), birth).astype("datetime64[D]"),
        stated_channel=np.where(rng.random(n) < 0.1, MISSING, channel),
        acquisition_channel=acquisition,
        acquisition_cents=np.where(rng.random(n) < 0.03, MISSING, cost),
        purchase_rate=rng.gamma(1.0, 1 / 55.0, n),
        dropout=rng.beta(1.0, 3.9, n),
        spend=rng.gamma(4.0, 0.25, n),
        affinity=rng.dirichlet(np.array([1.1, 0.8, 0.6, 0.9, 0.6, 0.8]), n),
        contentment=rng.normal(0.25, 0.6, n),
        engagement=rng.gamma(2.5, 0.4, n),
        channel=channel,
    )


def customers_export(people: People) -> Columns:
    """The columns of crm/customers."""
    places = names.CITIES
    return {
        "customer_number": customer_numbers(np.arange(len(people))),
        "created_at": instants(people.created),
        "updated_at": instants(people.updated),
        "first_name": texts(people.first_name),
        "last_name": texts(people.last_name),
        "email": texts(people.email),
        "phone": texts(people.phone),
        "birth_date": dates(people.birth_date),
        "country_code": words(names.COUNTRIES, people.country),
        "region": words([place.region for place in places], people.city),
        "city": words([place.city for place in places], people.city),
        "postal_code": texts(people.postal_code),
        "preferred_channel": words(CHANNELS, people.stated_channel),
        "acquisition_channel": words(ACQUISITION_CHANNELS, people.acquisition_channel),
        "acquisition_cost": money(people.acquisition_cents),
        "currency": constant("EUR", len(people)),
    }


def customer_numbers(index: Ints) -> Any:
    """C000001 for customer 0; MISSING stays empty."""
    return ids("C", np.where(index == MISSING, MISSING, index + 1), 6)


def _city_in(rng: np.random.Generator, country: Ints) -> Ints:
    """A city of each customer's country, all cities of a country alike; shape (n,)."""
    home = np.array([place.country for place in names.CITIES])
    first = np.searchsorted(home, np.arange(len(names.COUNTRIES)))  # the pool is grouped by country
    count = np.bincount(home)
    return first[country] + (rng.random(len(country)) * count[country]).astype(np.int64)


def _named(rng: np.random.Generator, country: Ints, pools: tuple[tuple[str, ...], ...]) -> list[str]:
    draw = rng.random(len(country))
    return [pools[c][int(u * len(pools[c]))] for c, u in zip(country.tolist(), draw.tolist(), strict=True)]


def _emails(rng: np.random.Generator, first: list[str], last: list[str]) -> list[str | None]:
    """An address of its own for each customer on a reserved domain; 4 % gave none."""
    domain = rng.integers(0, len(names.MAIL_DOMAINS), len(first)).tolist()
    given = (rng.random(len(first)) >= 0.04).tolist()
    return [
        f"{_ascii(first[i])}.{_ascii(last[i])}{i + 1}@{names.MAIL_DOMAINS[domain[i]]}" if given[i] else None
        for i in range(len(first))
    ]


def _ascii(name: str) -> str:
    """Lower case without accents, blanks or letters that have no plain form."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def _phones(rng: np.random.Generator, country: Ints) -> list[str | None]:
    """A number of its own in E.164 form for each customer; 30 % gave none. No numbering plan is followed."""
    given = (rng.random(len(country)) >= 0.3).tolist()
    return [f"{names.DIALLING_CODES[c]}600{i + 1:07d}" if given[i] else None for i, c in enumerate(country.tolist())]


def _postal_codes(rng: np.random.Generator, city: Ints) -> list[str]:
    draw = rng.random(len(city)).tolist()
    codes = []
    for index, u in zip(city.tolist(), draw, strict=True):
        place = names.CITIES[index]
        code = place.postal + str(int(u * 10**place.digits)).zfill(place.digits)
        if place.country == names.NETHERLANDS:
            code += " " + chr(65 + int(u * 1e3) % 26) + chr(65 + int(u * 1e5) % 26)
        codes.append(code)
    return codes
