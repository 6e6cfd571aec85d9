"""Who buys when: BG/NBD at the core, moved a little by satisfaction, life events, prices, a crisis and messages."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from orchestration.demo_company import planted
from orchestration.demo_company.block import Block
from orchestration.demo_company.clock import (
    CLOCK_CHANGES,
    DAY,
    END,
    HOUR,
    LAST_ORDER,
    MINUTE,
    MISSING,
    WEEK,
    Flags,
    Floats,
    Ints,
    SeasonalClock,
)
from orchestration.demo_company.experience import Orders, join_orders, live_through
from orchestration.demo_company.people import WEB, People, is_crisis_region

_SMALLEST_GAP = 30 * MINUTE
_HIGHEST_FACTOR = 1.7  # no product of factors of a purchase rate goes beyond
_COMEBACK_SHARE = 0.04
_USUAL_SHARE = 0.75


@dataclass(frozen=True)
class Courses:
    """How each person's relation to the company went; shape (n,). MISSING where it did not happen."""

    first_order: Ints
    dropped: Ints  # the first time: the moment of the last purchase before
    returned: Ints  # won back after it
    dropped_again: Ints

    def is_alive(self, person: Ints, instant: Ints) -> Flags:
        """Whether a buyer would still buy at an instant, by the base process."""
        first, dropped = self.first_order[person], self.dropped[person]
        returned, again = self.returned[person], self.dropped_again[person]
        alive = (first != MISSING) & (instant >= first) & ((dropped == MISSING) | (instant < dropped))
        back = (returned != MISSING) & (instant >= returned) & ((again == MISSING) | (instant < again))
        either: Flags = alive | back
        return either


def make_purchases(block: Block, people: People) -> tuple[Orders, Courses]:
    """All orders but those that messages cause, one purchase of everybody a round, and the course of each person.

    A person buys with exponential gaps (busy time) at the own rate and leaves after a purchase, the first excepted,
    with the own drop-out chance: BG/NBD. That chance rises a little as satisfaction falls; life events and prices move
    the rate. A few who left come back once.
    """
    rng, clock, n = block.rng("purchases"), block.clock, len(people)
    dropped, returned, dropped_again = (np.full(n, MISSING) for _ in range(3))
    buyers = np.flatnonzero(people.first_order != MISSING)
    instant = people.first_order[buyers]
    mood = people.contentment[buyers]
    rounds: list[Orders] = []
    while len(buyers):
        made = live_through(rng, people, buyers, instant, _USUAL_SHARE, mood)
        first = not rounds
        rounds.append(replace(made, is_first=np.full(len(buyers), first)))
        mood = made.mood
        chance = people.dropout[buyers] * np.exp(-0.25 * (mood - people.contentment[buyers]))
        leaves = (rng.random(len(buyers)) < np.minimum(chance, 0.98)) & (not first)
        again = leaves & (returned[buyers] != MISSING)
        once = leaves & ~again
        dropped[buyers[once]], dropped_again[buyers[again]] = instant[once], instant[again]
        comes_back = once & (rng.random(len(buyers)) < _COMEBACK_SHARE)
        pause = instant + (180 * DAY + rng.exponential(200 * DAY, len(buyers))).astype(np.int64)
        following = np.maximum(next_purchases(rng, clock, people, buyers, instant), instant + _SMALLEST_GAP)
        following = np.where(leaves, np.where(comes_back, pause, END), following)
        goes_on = following < LAST_ORDER
        came = goes_on & comes_back
        returned[buyers[came]] = following[came]
        buyers, instant, mood = buyers[goes_on], following[goes_on], mood[goes_on]
    orders = join_orders(rounds)
    if block.index == 0:
        orders = _with_orders_at_clock_changes(rng, orders, kept=(dropped, dropped_again, returned))
    return orders, Courses(people.first_order, dropped, returned, dropped_again)


def next_purchases(rng: np.random.Generator, clock: SeasonalClock, people: People, person: Ints, instant: Ints) -> Ints:
    """When each person, still a customer, buys next; END where that lies beyond the three years.

    Draws at the highest rate are thinned out to the rate of the moment.
    """
    following = np.full(len(person), END)
    busy = clock.busy(instant)
    waiting = np.arange(len(person))
    while len(waiting):
        who = person[waiting]
        pace = people.purchase_rate[who] * _HIGHEST_FACTOR / WEEK
        busy[waiting] += rng.exponential(1.0, len(waiting)) / pace
        at = clock.calendar(busy[waiting])
        accepted = rng.random(len(waiting)) * _HIGHEST_FACTOR < _rate_factors(people, who, at)
        following[waiting[accepted]] = at[accepted]
        waiting = waiting[~accepted & (at < END)]
    return following


def make_responses(block: Block, people: People, person: Ints, ordered: Ints, theme: Ints) -> Orders:
    """Orders that messages caused: online or by phone, in the category that was offered."""
    return live_through(
        block.rng("responses"), people, person, ordered, _USUAL_SHARE, people.contentment[person], theme
    )


def _rate_factors(people: People, person: Ints, instant: Ints) -> Floats:
    """Factor of the purchase rate at an instant: life events and prices, and the aftermath of the delivery crisis."""
    aftermath = (instant >= planted.CRISIS_AFTERMATH_FROM) & (instant < planted.CRISIS_AFTERMATH_TO)
    aftermath &= (people.channel[person] == WEB) & is_crisis_region(people.place_at(person, instant))
    factor = people.rate_factor(person, instant) * np.where(aftermath, planted.CRISIS_RATE_FACTOR, 1.0)
    return np.minimum(factor, _HIGHEST_FACTOR)


def _with_orders_at_clock_changes(rng: np.random.Generator, orders: Orders, kept: tuple[Ints, Ints, Ints]) -> Orders:
    """Some people order in the hours around each change of the clock, when a wall clock is ambiguous or jumps.

    Each of these orders is one of the same week, moved with all that belongs to it, between its person's orders before
    and after. Orders at which somebody's course turned (the instants in `kept`) stay, and so do first ones.
    """
    by_person = np.lexsort((orders.ordered, orders.person))
    same = np.append(orders.person[by_person][1:] == orders.person[by_person][:-1], False)
    before, after = np.zeros(len(orders), np.int64), np.full(len(orders), END)
    after[by_person[:-1][same[:-1]]] = orders.ordered[by_person[1:][same[:-1]]]
    before[by_person[1:][same[:-1]]] = orders.ordered[by_person[:-1][same[:-1]]]
    turning = np.logical_or.reduce([instants[orders.person] == orders.ordered for instants in kept])
    free = orders.is_online() & ~orders.is_first & ~turning & ~orders.is_overpromised
    shift = np.zeros(len(orders), np.int64)
    for change in CLOCK_CHANGES.tolist():
        away = np.abs(orders.ordered - change)
        near = np.flatnonzero(free & (away < 6 * DAY) & (before < change - 2 * HOUR) & (after > change + 2 * HOUR))
        near = near[np.argsort(away[near], kind="stable")][:8]
        shift[near] = change - HOUR + (rng.random(len(near)) * 2 * HOUR).astype(np.int64) - orders.ordered[near]
    times = ("ordered", "cancelled", "promised", "shipped", "delivered", "contacted")
    moved = {name: np.where(getattr(orders, name) == MISSING, MISSING, getattr(orders, name) + shift) for name in times}
    return join_orders([replace(orders, **moved)])
