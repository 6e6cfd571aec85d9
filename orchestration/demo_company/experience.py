"""What an order is like to live through: promise, stock, delivery, help, and what they leave of satisfaction."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from orchestration.demo_company import names, planted
from orchestration.demo_company.clock import (
    DAY,
    END,
    HOUR,
    MINUTE,
    MISSING,
    Flags,
    Floats,
    Ints,
    hour_of_day,
    local,
    utc_offset,
    weekday,
)
from orchestration.demo_company.people import APP, PHONE, STORE, WEB, People, is_crisis_region

_DELIVERY, _SUPPORT = 0, 1  # places in People.expectation


@dataclass(frozen=True)
class Orders:
    """Orders and what became of them; shape (m,). MISSING is used for what was not reached."""

    person: Ints
    is_first: Flags
    is_response: Flags  # caused by a message
    theme: Ints  # the category a message offered, or MISSING
    ordered: Ints
    channel: Ints
    place: Ints
    cancelled: Ints  # when
    is_backordered: Flags
    is_overpromised: Flags
    promised: Ints
    shipped: Ints
    delivered: Ints
    lost: Flags  # left and never arrived
    contacted: Ints  # when the person turned to the help desk about it
    reply_hours: Floats
    solve_hours: Floats
    surprise: Floats  # delivery against what was expected of it, standard units
    mood: Floats  # satisfaction after the order was lived through, standard units

    def __len__(self) -> int:
        return len(self.ordered)

    def days_late(self) -> Floats:
        """Days of delivery beyond the promise; 0 if kept, in a store, or not delivered."""
        late = np.where(self.delivered == MISSING, 0, self.delivered - self.promised) / DAY
        return np.maximum(late, 0.0)

    def is_open(self) -> Flags:
        """Orders under way at the end of the simulation."""
        under_way: Flags = (self.cancelled == MISSING) & (self.channel != STORE) & (self.delivered == MISSING)
        return under_way & ~self.lost

    def is_completed(self) -> Flags:
        """Orders that were delivered, taken home from a store, or lost on the way."""
        done: Flags = (self.cancelled == MISSING) & ~self.is_open()
        return done

    def is_online(self) -> Flags:
        """Orders of the web shop or the app."""
        online: Flags = (self.channel == WEB) | (self.channel == APP)
        return online

    def take(self, rows: Ints | Flags) -> Orders:
        """Some of the orders."""
        return Orders(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def join_orders(parts: list[Orders]) -> Orders:
    """All parts in the order of time; ties by person."""
    joined = Orders(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Orders)})
    return joined.take(np.lexsort((joined.person, joined.ordered)))


def live_through(
    rng: np.random.Generator,
    people: People,
    person: Ints,
    ordered: Ints,
    usual_share: float,
    mood_before: Floats,
    theme: Ints | None = None,
    until: int = END,
) -> Orders:
    """One order of each person with everything that happens to it before `until`; shape (n,).

    `mood` is the satisfaction afterwards: half of what was left of earlier experience, and the effect of this one.
    """
    n = len(person)
    channel = _channels(rng, people.channel[person], ordered, usual_share)
    if theme is not None:  # what a message offers is redeemed online or by phone
        channel = np.where(channel == STORE, WEB, channel)
    place = people.place_at(person, ordered)
    in_store = channel == STORE
    online = (channel == WEB) | (channel == APP)
    crisis = (ordered >= planted.CRISIS_FROM) & (ordered < planted.CRISIS_TO)
    crisis &= (channel == WEB) & is_crisis_region(place)
    overpromised = (ordered >= planted.OVERPROMISE_FROM) & (ordered < planted.OVERPROMISE_TO)
    overpromised &= online & (rng.random(n) < planted.OVERPROMISE_SHARE)

    country = people.country[person]
    promise_days = np.array([market.promise_days for market in names.COUNTRIES])[country]
    promise_days = np.where(overpromised, planted.OVERPROMISE_DAYS, promise_days)
    promised = _local_evening(ordered, people.standard_offset(person), promise_days)
    backordered = ~in_store & (rng.random(n) < 0.035)
    cancelled_at = ordered + (rng.exponential(10 * HOUR, n) + 5 * MINUTE).astype(np.int64)
    cancelled = ~in_store & (rng.random(n) < np.where(backordered, 0.12, 0.03)) & (cancelled_at < until)

    packing = rng.gamma(2.0, 0.40, n) + np.where(backordered, rng.uniform(1.0, 6.0, n), 0.0)  # days
    month = ordered.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
    crowded = np.where(month >= 10, 1.2, 1.0)
    typical = np.array([market.transit_days for market in names.COUNTRIES])[country]
    transit = typical * rng.lognormal(0.0, 0.42, n) * crowded
    transit += np.where(crisis, planted.CRISIS_EXTRA_DAYS * rng.uniform(0.4, 1.6, n), 0.0)
    shipped = ordered + (packing * DAY).astype(np.int64) + 20 * MINUTE
    delivered = _by_daylight(rng, shipped + (transit * DAY).astype(np.int64) + 2 * HOUR)
    vanished = rng.random(n) < 0.004
    none_sent = in_store | cancelled | (shipped >= until)
    lost = vanished & ~none_sent & (promised + 7 * DAY < until)
    shipped = np.where(none_sent, MISSING, shipped)
    delivered = np.where(none_sent | lost | (delivered >= until), MISSING, delivered)
    promised = np.where(in_store, MISSING, promised)

    late = np.maximum(np.where(delivered == MISSING, 0, delivered - promised) / DAY, 0.0)
    expected = people.expectation[person, _DELIVERY]
    expected = expected + np.where(overpromised, planted.OVERPROMISE_EXPECTATION, 0.0)
    hurt = np.where(late > 0, 0.6 + 0.17 * np.minimum(late, 7.0), 0.0) + np.where(lost, 2.0, 0.0)
    surprise = np.where(in_store, 0.05, 0.13 - 0.4 * expected - hurt)

    chance = np.where(lost, 0.9, np.where(late > 0, 0.32, np.where(backordered, 0.12, 0.045)))
    turned = np.where(lost, promised + 2 * DAY, np.where(late > 0, promised, np.where(in_store, ordered, delivered)))
    turned = _by_daylight(rng, turned + (rng.exponential(1.2 * DAY, n)).astype(np.int64) + HOUR)
    reachable = ~cancelled & (in_store | (delivered != MISSING) | lost)
    contacted = reachable & (rng.random(n) < chance) & (turned < until)
    reply_hours = rng.lognormal(np.log(4.0), 1.0, n) * np.where(month >= 10, 1.5, 1.0)
    solve_hours = reply_hours + rng.lognormal(np.log(18.0), 0.9, n)
    support = 0.55 - 0.25 * np.log1p(reply_hours / 2) - 0.10 * np.log1p(solve_hours / 24)
    support -= 0.2 * people.expectation[person, _SUPPORT]

    effect = rng.normal(0.0, 0.40, n) + 0.9 * surprise - np.where(backordered, 0.15, 0.0)
    effect += np.where(contacted, support, 0.0) - np.where(cancelled, 0.2, 0.0)
    base = people.contentment[person]
    return Orders(
        person=person,
        is_first=np.zeros(n, np.bool_),
        is_response=np.full(n, theme is not None),
        theme=np.full(n, MISSING) if theme is None else theme,
        ordered=ordered,
        channel=channel,
        place=place,
        cancelled=np.where(cancelled, cancelled_at, MISSING),
        is_backordered=backordered,
        is_overpromised=overpromised,
        promised=promised,
        shipped=shipped,
        delivered=delivered,
        lost=lost,
        contacted=np.where(contacted, turned, MISSING),
        reply_hours=reply_hours,
        solve_hours=solve_hours,
        surprise=surprise,
        mood=base + 0.5 * (mood_before - base) + effect,
    )


def _channels(rng: np.random.Generator, usual: Ints, ordered: Ints, usual_share: float) -> Ints:
    """The usual channel, or now and then another. Stores and telephones rest at night, and stores on Sundays."""
    n = len(usual)
    channel = np.where(rng.random(n) < usual_share, usual, rng.choice(4, n, p=(0.50, 0.18, 0.25, 0.07)))
    hour = hour_of_day(ordered)
    closed = (hour < 8) | (hour >= 18)
    closed = (closed & ((channel == STORE) | (channel == PHONE))) | ((channel == STORE) & (weekday(ordered) == 6))
    return np.where(closed, WEB, channel)


def _local_evening(instant: Ints, standard_offset: Ints, days: Ints) -> Ints:
    """20:00 on the wall clock, so many days after the local day of an instant."""
    day = local(instant, standard_offset) // DAY + days
    evening = day * DAY + 20 * HOUR - standard_offset
    result: Ints = evening - (utc_offset(evening, standard_offset) - standard_offset)
    return result


def _by_daylight(rng: np.random.Generator, instant: Ints) -> Ints:
    """The same day between 7 and 18 UTC and not before the instant; what falls into the night waits for the morning."""
    hour = hour_of_day(instant)
    day = instant // DAY + (hour >= 18)
    morning = day * DAY + 7 * HOUR + (rng.random(len(instant)) * 9 * HOUR).astype(np.int64)
    night = (hour < 7) | (hour >= 18)
    return np.where(night, morning, instant)
