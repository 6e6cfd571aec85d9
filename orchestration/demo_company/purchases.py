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
    MINUTE,
    MISSING,
    PAYING,
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
_HIGHEST_DROPOUT = 0.98
COMEBACK_SHARE = 0.04  # of those who leave for the first time
COMEBACK_AFTER, COMEBACK_MEAN = 180 * DAY, 200 * DAY  # the shortest pause, and what it lasts longer on average
USUAL_SHARE = 0.75


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
    rng, n = block.rng("purchases"), len(people)
    dropped, returned, dropped_again = (np.full(n, MISSING) for _ in range(3))
    courses = Courses(people.first_order, dropped, returned, dropped_again)
    buyers = np.flatnonzero(people.first_order != MISSING)
    orders = buy_on(rng, block, people, courses, buyers, people.first_order[buyers], people.contentment[buyers])
    if block.index == 0:
        orders = _with_orders_at_clock_changes(rng, orders, kept=(dropped, dropped_again, returned))
    return orders, courses


def buy_on(
    rng: np.random.Generator,
    block: Block,
    people: People,
    courses: Courses,
    buyers: Ints,
    instant: Ints,
    mood: Floats,
) -> Orders:
    """The orders of `buyers` from the one at `instant` on, until the clock ends; `courses` is carried on in place."""
    dropped, returned, dropped_again = courses.dropped, courses.returned, courses.dropped_again
    rounds: list[Orders] = []
    while True:
        made = live_through(rng, people, buyers, instant, USUAL_SHARE, mood, until=block.clock.end)
        first = instant == courses.first_order[buyers]
        rounds.append(replace(made, is_first=first))
        if not len(buyers):
            return join_orders(rounds)
        mood = made.mood
        chance = people.dropout[buyers] * dropout_factor(mood - people.contentment[buyers])
        leaves = (rng.random(len(buyers)) < np.minimum(chance, _HIGHEST_DROPOUT)) & ~first
        again = leaves & (returned[buyers] != MISSING)
        once = leaves & ~again
        dropped[buyers[once]], dropped_again[buyers[again]] = instant[once], instant[again]
        comes_back = once & (rng.random(len(buyers)) < COMEBACK_SHARE)
        pause = instant + comeback_pauses(rng, len(buyers))
        following = next_purchases(rng, block.clock, people, buyers, instant)
        following = np.maximum(following, instant + _SMALLEST_GAP)
        following = np.where(leaves, np.where(comes_back, pause, block.clock.end), following)
        goes_on = following < block.clock.end - PAYING
        came = goes_on & comes_back
        returned[buyers[came]] = following[came]
        buyers, instant, mood = buyers[goes_on], following[goes_on], mood[goes_on]


def dropout_factor(surprise: Floats) -> Floats:
    """By what satisfaction above or below the own level, in standard units, multiplies the chance to leave."""
    factor: Floats = np.exp(-0.25 * surprise)
    return factor


def comeback_pauses(rng: np.random.Generator, size: int) -> Ints:
    """Seconds from leaving to coming back, of those who come back at all."""
    return (COMEBACK_AFTER + rng.exponential(COMEBACK_MEAN, size)).astype(np.int64)


def pending_comeback_chances(courses: Courses, person: Ints) -> Floats:
    """Chance that somebody who left, and is not back by the end, will come back after it."""
    since = (END - courses.dropped[person]) / COMEBACK_MEAN - COMEBACK_AFTER / COMEBACK_MEAN
    later = COMEBACK_SHARE * np.exp(-np.maximum(since, 0.0))
    chance: Floats = later / (1 - COMEBACK_SHARE + later)
    return chance


def next_purchases(rng: np.random.Generator, clock: SeasonalClock, people: People, person: Ints, instant: Ints) -> Ints:
    """When each person, still a customer, buys next; the clock's end where that lies beyond it.

    Draws at the highest rate are thinned out to the rate of the moment.
    """
    following = np.full(len(person), clock.end)
    busy = clock.busy(instant)
    waiting = np.arange(len(person))
    while len(waiting):
        who = person[waiting]
        pace = people.purchase_rate[who] * _HIGHEST_FACTOR / WEEK
        busy[waiting] += rng.exponential(1.0, len(waiting)) / pace
        at = clock.calendar(busy[waiting])
        accepted = rng.random(len(waiting)) * _HIGHEST_FACTOR < _rate_factors(people, who, at)
        following[waiting[accepted]] = at[accepted]
        waiting = waiting[~accepted & (at < clock.end)]
    return following


def make_responses(block: Block, people: People, person: Ints, ordered: Ints, theme: Ints) -> Orders:
    """Orders that messages caused: online or by phone, in the category that was offered."""
    contentment = people.contentment[person]
    rng = block.rng("responses")
    return live_through(rng, people, person, ordered, USUAL_SHARE, contentment, theme, block.clock.end)


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
