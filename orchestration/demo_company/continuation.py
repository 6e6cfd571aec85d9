"""Plays the company's future out with its present customers: what `outlook` expects, drawn by the code of the past."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orchestration.demo_company.block import Block
from orchestration.demo_company.catalogue import Products
from orchestration.demo_company.clock import END, MISSING, PAYING, YEAR, Floats, Ints, SeasonalClock
from orchestration.demo_company.consents import Consents
from orchestration.demo_company.experience import Orders, join_orders
from orchestration.demo_company.messaging import make_messages, responses
from orchestration.demo_company.people import STORE, People
from orchestration.demo_company.purchases import (
    COMEBACK_AFTER,
    COMEBACK_MEAN,
    Courses,
    buy_on,
    make_responses,
    next_purchases,
    pending_comeback_chances,
)
from orchestration.demo_company.shop import CARDLESS_SHARE, make_lines, make_refunds, order_contributions

_SEEDS_APART = 1_000_003


@dataclass(frozen=True)
class FutureOrders:
    """Orders after the end that are not cancelled; shape (m,)."""

    person: Ints
    at: Ints
    named_share: Floats  # chance that the order names the person
    contribution: Floats  # EUR: goods less refunds and unit costs


def play_on(
    block: Block,
    people: People,
    products: Products,
    orders: Orders,
    courses: Courses,
    known: Ints,
    has_email: NDArray[np.bool_],
    consents: Consents,
    *,
    years: float,
    replicate: int,
) -> FutureOrders:
    """One possible future of the people of a block, without newcomers, life events or new prices.

    `orders` are those of the base process and `consents` those that stand at the end; other replicates draw others.
    """
    clock = SeasonalClock(END + int(years * YEAR))
    future = replace(block, seed=block.seed + _SEEDS_APART * (replicate + 1), clock=clock)
    rng = future.rng("purchases")
    everybody = np.arange(len(people))
    ahead = replace(
        courses,
        dropped=courses.dropped.copy(),
        returned=courses.returned.copy(),
        dropped_again=courses.dropped_again.copy(),
    )
    mood = people.contentment.copy()
    by_time = np.argsort(orders.ordered, kind="stable")
    mood[orders.person[by_time]] = orders.mood[by_time]

    alive = np.flatnonzero(courses.is_alive(everybody, np.full(len(people), END)))
    gone = np.flatnonzero((courses.dropped != MISSING) & (courses.returned == MISSING))
    back = gone[rng.random(len(gone)) < pending_comeback_chances(courses, gone)]
    earliest = np.maximum(END, courses.dropped[back] + COMEBACK_AFTER)
    returned = earliest + rng.exponential(COMEBACK_MEAN, len(back)).astype(np.int64)
    in_time = returned < clock.end - PAYING
    ahead.returned[back[in_time]] = returned[in_time]
    who = np.concatenate([alive, back])
    following = np.concatenate([next_purchases(rng, clock, people, alive, np.full(len(alive), END)), returned])
    goes_on = following < clock.end - PAYING
    who, following = who[goes_on], following[goes_on]
    own = buy_on(rng, future, people, ahead, who, following, mood[who])
    messages, _ = make_messages(future, people, ahead, known, has_email, consents, since=END)
    caused, caused_at = responses(future, messages)
    extra = make_responses(future, people, messages.person[caused], caused_at, messages.offer[caused])
    every = join_orders([own, extra])
    lines = make_lines(future, people, products, every)
    earned = order_contributions(people, products, every, lines, make_refunds(future, every, lines))
    kept = np.flatnonzero(every.cancelled == MISSING)
    cardless = np.where(people.has_account[every.person], CARDLESS_SHARE, 1.0) * (every.channel == STORE)
    return FutureOrders(every.person[kept], every.ordered[kept], 1 - cardless[kept], earned[kept])
