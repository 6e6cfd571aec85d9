"""Sales talks about larger purchases, stage by stage."""

from __future__ import annotations

import numpy as np

from orchestration.demo_company.clock import DAY, END, HOUR, MISSING, Ints, SeasonalClock
from orchestration.demo_company.people import PHONE, STORE, People, customer_numbers
from orchestration.demo_company.purchases import Orders
from orchestration.demo_company.writing import Columns, constant, ids, instants, money, words

_STAGES = ("opened", "quoted", "won", "lost")


def opportunities_export(
    rng: np.random.Generator, clock: SeasonalClock, people: People, orders: Orders, total: Ints
) -> Columns:
    """The columns of crm/opportunity_events; `total` is the cost of each order in cents, shape (m,).

    Won talks end in a larger order in the store or by phone; the others are lost, or still open at the end.
    """
    known = np.flatnonzero((orders.customer != MISSING) & ~orders.cancelled)
    personal = (orders.channel[known] == STORE) | (orders.channel[known] == PHONE)
    long_known = orders.ordered[known] - people.created[orders.customer[known]] > 4 * DAY
    candidates = known[personal & long_known & (total[known] > 12000)]
    sold = candidates[rng.random(len(candidates)) < 0.3]
    room = orders.ordered[sold] - people.created[orders.customer[sold]] - HOUR
    begun = orders.ordered[sold] - np.minimum((rng.gamma(2.0, 6.0, len(sold)) * DAY).astype(np.int64) + 2 * DAY, room)

    others = np.flatnonzero((rng.random(len(people)) < 0.07) & (people.created < END - 5 * DAY))
    opened_others = clock.between(rng, people.created[others] + HOUR, np.full(len(others), END - 2))
    ended_others = opened_others + (rng.gamma(2.0, 12.0, len(others)) * DAY).astype(np.int64) + 2 * DAY

    customer = np.concatenate([orders.customer[sold], others])
    opened = np.concatenate([begun, opened_others])
    ended = np.concatenate([orders.ordered[sold], ended_others])
    won = np.arange(len(customer)) < len(sold)
    quoted = opened + ((ended - opened) * rng.uniform(0.2, 0.7, len(opened))).astype(np.int64)
    final = np.concatenate([total[sold], (rng.gamma(3.0, 70.0, len(others)) * 100).astype(np.int64) + 5000])
    guess = np.rint(final / 1000 * rng.uniform(0.8, 1.4, len(final))).astype(np.int64) * 1000  # to full tens of EUR

    rank = np.empty(len(opened), np.int64)
    rank[np.lexsort((customer, opened))] = np.arange(1, len(opened) + 1)  # numbered as they are opened
    every = np.arange(len(customer))
    talk = np.concatenate([every, every, every])
    stage = np.concatenate([np.zeros_like(every), np.ones_like(every), np.where(won, 2, 3)])
    at = np.concatenate([opened, quoted, ended])
    amount = np.concatenate([np.maximum(guess, 1000), final, final])
    order = np.lexsort((stage, talk, at))
    order = order[at[order] < END]
    return {
        "event_id": ids("OE", np.arange(1, len(order) + 1), 6),
        "opportunity_id": ids("OP", rank[talk[order]], 5),
        "customer_number": customer_numbers(customer[talk[order]]),
        "stage": words(_STAGES, stage[order]),
        "occurred_at": instants(at[order]),
        "expected_amount": money(amount[order]),
        "currency": constant("EUR", len(order)),
    }
