"""Sales talks about larger purchases, stage by stage, and what agents do beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company import names
from orchestration.demo_company.block import Block
from orchestration.demo_company.catalogue import PRODUCTS_IN_A_CATEGORY
from orchestration.demo_company.clock import DAY, END, HOUR, MINUTE, MISSING, Floats, Ints
from orchestration.demo_company.experience import Orders
from orchestration.demo_company.people import PHONE, STORE, People
from orchestration.demo_company.records import Records
from orchestration.demo_company.shop import Lines
from orchestration.demo_company.writing import Columns, ids, instants, money, numbers, words

_STAGES = ("opened", "qualified", "quoted", "won", "lost")
_OPENED, _QUALIFIED, _QUOTED, _WON, _LOST = range(5)
_CHANNELS = ("web", "phone", "store", "email")
_KINDS = ("call", "visit", "meeting", "email", "letter")
_CALL, _VISIT, _MEETING, _EMAIL, _LETTER = range(5)
_DIRECTIONS = ("inbound", "outbound")
_CURRENCIES = [country.currency for country in names.COUNTRIES]


@dataclass(frozen=True)
class Talks:
    """Sales opportunities in the order of opening; shape (k,). `at` is (k, stages): when reached, or MISSING."""

    person: Ints
    category: Ints
    channel: Ints
    agent: Ints
    at: Ints
    amounts: Ints  # (k, stages), hundredths of the currency

    def ended(self) -> Ints:
        """When each was won or lost; END while it is open."""
        ended = np.maximum(self.at[:, _WON], self.at[:, _LOST])
        return np.where(ended == MISSING, END, ended)


def make_talks(block: Block, people: People, records: Records, orders: Orders, lines: Lines, total: Ints) -> Talks:
    """Won talks end in a larger order in the store or by phone; the others are lost, or still open at the end."""
    rng, clock = block.rng("sales"), block.clock
    known = records.known()
    personal = (orders.channel == STORE) | (orders.channel == PHONE)
    euros = total / 100
    late_enough = (known[orders.person] != MISSING) & (orders.ordered - known[orders.person] > 4 * DAY)
    candidates = np.flatnonzero(personal & late_enough & (euros > 90) & orders.is_completed())
    sold = candidates[rng.random(len(candidates)) < 0.35]
    room = orders.ordered[sold] - known[orders.person[sold]] - HOUR
    begun = orders.ordered[sold] - np.minimum((rng.gamma(2.0, 6.0, len(sold)) * DAY).astype(np.int64) + 2 * DAY, room)

    others = np.flatnonzero((rng.random(len(people)) < 0.09) & (known != MISSING) & (known < END - 5 * DAY))
    opened = clock.between(rng, known[others] + HOUR, np.full(len(others), END - 2 * MINUTE))
    ended = opened + (rng.gamma(2.0, 12.0, len(others)) * DAY).astype(np.int64) + 2 * DAY
    person = np.concatenate([orders.person[sold], others])
    start = np.concatenate([begun, opened])
    end = np.concatenate([orders.ordered[sold], ended])
    final = np.concatenate([total[sold], (rng.gamma(3.0, 70.0, len(others)) * 100).astype(np.int64) + 5000])
    first_line = np.searchsorted(lines.order, sold)
    bought = lines.product[first_line] // PRODUCTS_IN_A_CATEGORY
    liked = people.affinity[others].argmax(axis=1)
    category = np.concatenate([bought, liked])
    is_won = np.arange(len(person)) < len(sold)

    order = np.lexsort((person, start))
    person, start, end = person[order], start[order], end[order]
    final, category, is_won = final[order], category[order], is_won[order]
    n = len(person)
    span = end - start
    qualified = start + (span * rng.uniform(0.05, 0.35, n)).astype(np.int64)
    quoted = start + (span * rng.uniform(0.4, 0.85, n)).astype(np.int64)
    drops_early = ~is_won & (rng.random(n) < 0.4)
    at = np.stack(
        [
            start,
            qualified,
            np.where(drops_early, MISSING, quoted),
            np.where(is_won, end, MISSING),
            np.where(is_won, MISSING, end),
        ],
        axis=1,
    )
    guess = np.maximum(np.rint(final / 1000 * rng.uniform(0.7, 1.4, n)), 1).astype(np.int64) * 1000  # to full tens
    better = np.rint((guess + final) / 200).astype(np.int64) * 100
    return Talks(
        person=person,
        category=category,
        channel=rng.choice(4, n, p=(0.25, 0.3, 0.3, 0.15)),
        agent=rng.integers(0, len(names.SALES_AGENTS), n),
        at=np.where(at < END, at, MISSING),
        amounts=np.stack([guess, better, final, final, final], axis=1),
    )


def sales_exports(block: Block, people: People, records: Records, talks: Talks) -> dict[str, Columns]:
    """The columns of crm.opportunities, opportunity_stages and activities."""
    rng, n = block.rng("sales export"), len(talks.person)
    record = records.used_by(rng, talks.person, talks.at[:, _OPENED])
    talk, stage = np.nonzero(talks.at != MISSING)
    at = talks.at[talk, stage]
    order = np.lexsort((stage, talk, at))
    talk, stage, at = talk[order], stage[order], at[order]
    newest = talks.at.argmax(axis=1)
    opportunities: Columns = {
        "opportunity_id": ids("OP", block.numbers(np.arange(n))),
        "customer_number": ids("C", block.numbers(record)),
        "name": words(names.CATEGORIES, talks.category),
        "owner": words(names.SALES_AGENTS, talks.agent),
        "channel": words(_CHANNELS, talks.channel),
        "expected_amount": money(talks.amounts[np.arange(n), newest]),
        "currency": words(_CURRENCIES, people.country[talks.person]),
        "opened_at": instants(talks.at[:, _OPENED]),
        "updated_at": instants(talks.at.max(axis=1)),
    }
    stages: Columns = {
        "stage_change_id": ids("SC", block.numbers(np.arange(len(at)))),
        "opportunity_id": ids("OP", block.numbers(talk)),
        "stage": words(_STAGES, stage),
        "expected_amount": money(talks.amounts[talk, stage]),
        "changed_at": instants(at),
    }
    return {
        "opportunities": opportunities,
        "opportunity_stages": stages,
        "activities": _activities(rng, block, people, records, talks, record),
    }


def _activities(
    rng: np.random.Generator, block: Block, people: People, records: Records, talks: Talks, record: Ints
) -> Columns:
    """Calls, visits, meetings, e-mails and letters around talks, and calls to customers who like the telephone."""
    until = np.minimum(talks.ended(), END - MINUTE)
    count = rng.poisson(1.8, len(talks.person))
    talk = np.repeat(np.arange(len(talks.person)), count)
    begun = talks.at[talk, _OPENED]
    at = begun + (rng.random(len(talk)) * (until[talk] - begun)).astype(np.int64)
    known = records.known()
    callers = np.flatnonzero((known != MISSING) & (people.channel == PHONE) & (known < END - DAY))
    callers = np.repeat(callers, rng.poisson(0.8, len(callers)))
    called = known[callers] + HOUR + (rng.random(len(callers)) * (END - HOUR - known[callers])).astype(np.int64)
    kind = np.concatenate([rng.choice(5, len(talk), p=(0.45, 0.12, 0.15, 0.22, 0.06)), np.full(len(callers), _CALL)])
    outbound = rng.random(len(kind)) < np.where(kind == _VISIT, 0.2, 0.6)
    agent = np.concatenate([talks.agent[talk], rng.integers(0, len(names.SALES_AGENTS), len(callers))])
    instant = np.concatenate([at, called])
    of_talk = np.concatenate([talk, np.full(len(callers), MISSING)])
    customer = np.concatenate([record[talk], records.primary[callers]])
    longest: Floats = np.array([8.0, 25.0, 40.0, np.nan, np.nan])
    duration = np.rint(rng.gamma(2.0, 0.5, len(kind)) * longest[kind]) + np.where(np.isnan(longest[kind]), np.nan, 1)
    order = np.lexsort((customer, instant))
    order = order[instant[order] < END]
    return {
        "activity_id": ids("AC", block.numbers(np.arange(len(order)))),
        "customer_number": ids("C", block.numbers(customer[order])),
        "opportunity_id": ids("OP", block.numbers(of_talk[order])),
        "kind": words(_KINDS, kind[order]),
        "direction": words(_DIRECTIONS, outbound[order].astype(np.int64)),
        "agent": words(names.SALES_AGENTS, agent[order]),
        "duration_minutes": numbers(duration[order]),
        "occurred_at": instants(instant[order]),
    }
