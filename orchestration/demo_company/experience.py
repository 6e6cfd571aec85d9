"""Surveys: who is asked after what, who answers, and scores that follow the satisfaction behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from orchestration.demo_company.clock import DAY, END, HOUR, MINUTE, MISSING, Flags, Floats, Ints, epoch, seconds
from orchestration.demo_company.people import CHANNELS, STORE, People, customer_numbers
from orchestration.demo_company.purchases import Orders
from orchestration.demo_company.writing import Columns, ids, instants, integers, words

INSTRUMENTS = ("csi_2023", "nps_relationship", "ces_service")
CSI, NPS, CES = range(3)
QUESTIONS = (
    "overall_satisfaction",
    "expectancy_disconfirmation",
    "distance_to_ideal",
    "likelihood_to_recommend",
    "ease",
)
_TOUCHPOINTS = ("delivery", "store_visit", "relationship", "customer_service")
DELIVERY, STORE_VISIT, RELATIONSHIP, SERVICE = range(4)
_TOUCHED_THROUGH = (*CHANNELS, "email")  # channels of an experience; service is also met by e-mail
_ASKED_THROUGH = ("email", "sms")
_EVENTS = ("sent", "opened", "started", "completed")
_NPS_WAVES = ("2023-04-18", "2023-10-17", "2024-04-16", "2024-10-15")

# Of each question: instrument, lowest and highest score, mean at neutral satisfaction, change a unit of satisfaction
# and spread. Disconfirmation reacts most, because it measures the experience against what was expected of it.
_SCALES = (
    (CSI, 1, 10, 7.6, 1.5, 1.0),
    (CSI, 1, 10, 7.1, 1.8, 1.1),
    (CSI, 1, 10, 6.7, 1.3, 1.1),
    (NPS, 0, 10, 7.8, 1.7, 1.3),
    (CES, 1, 7, 5.1, 0.9, 0.9),  # 7 = very easy
)


@dataclass(frozen=True)
class Invitations:
    """One entry an invitation, in the order of sending; shape (v,)."""

    customer: Ints
    instrument: Ints
    touchpoint: Ints
    touched_through: Ints  # MISSING where the question is about the relationship
    satisfaction: Floats
    sent: Ints


def survey_exports(rng: np.random.Generator, people: People, orders: Orders) -> dict[str, Columns]:
    """The exports of the survey tool, by name."""
    asked = _join([_after_orders(rng, orders), _after_service(rng, orders), *_waves(rng, orders)])
    by_mail = np.array([address is not None for address in people.email])[asked.customer]
    by_phone = np.array([number is not None for number in people.phone])[asked.customer]
    way = np.where(by_mail & ~(by_phone & (rng.random(len(by_mail)) < 0.12)), 0, 1)
    asked, way = _keep(asked, by_mail | by_phone), way[by_mail | by_phone]

    steps = _steps(rng, people, asked)
    reached = (steps != MISSING) & (steps < END)
    invitation, step = np.nonzero(reached)
    at = steps[invitation, step]
    order = np.lexsort((step, invitation, at))
    invitation, step, at = invitation[order], step[order], at[order]
    events: Columns = {
        "event_id": ids("IE", np.arange(1, len(at) + 1), 7),
        "invitation_id": _invitation_numbers(invitation),
        "customer_number": customer_numbers(asked.customer[invitation]),
        "instrument": words(INSTRUMENTS, asked.instrument[invitation]),
        "channel": words(_ASKED_THROUGH, way[invitation]),
        "event": words(_EVENTS, step),
        "occurred_at": instants(at),
    }
    return {"survey/invitation_events": events, "survey/answers": _answers(rng, asked, steps, reached[:, 3])}


def _after_orders(rng: np.random.Generator, orders: Orders) -> Invitations:
    """Some completed orders are followed by the satisfaction index, days after delivery or the visit."""
    in_store = orders.channel == STORE
    lived = np.where(in_store, orders.ordered, orders.delivered)
    asked = (orders.customer != MISSING) & ~orders.cancelled & (lived != MISSING) & (rng.random(len(orders)) < 0.35)
    rows = np.flatnonzero(asked)
    return Invitations(
        customer=orders.customer[rows],
        instrument=np.full(len(rows), CSI),
        touchpoint=np.where(in_store[rows], STORE_VISIT, DELIVERY),
        touched_through=orders.channel[rows],
        satisfaction=orders.satisfaction[rows],
        sent=lived[rows] + seconds(rng, 1 * DAY, 4 * DAY, len(rows)),
    )


def _after_service(rng: np.random.Generator, orders: Orders) -> Invitations:
    """Late and lost parcels lead to service contacts, others seldom do; each contact is asked about its effort."""
    late, lost = orders.days_late() > 0, orders.lost()
    chance = np.where(lost, 0.9, np.where(late, 0.35, 0.04))
    turned_to = np.where(lost, orders.promised + 2 * DAY, np.where(late, orders.promised, orders.delivered))
    turned_to = np.where(orders.channel == STORE, orders.ordered, turned_to)
    eligible = (orders.customer != MISSING) & ~orders.cancelled & (turned_to != MISSING)
    eligible &= (orders.delivered != MISSING) | lost | (orders.channel == STORE)
    rows = np.flatnonzero(eligible & (rng.random(len(orders)) < chance))
    return Invitations(
        customer=orders.customer[rows],
        instrument=np.full(len(rows), CES),
        touchpoint=np.full(len(rows), SERVICE),
        touched_through=rng.choice(np.array([3, 4, 0]), len(rows), p=[0.5, 0.4, 0.1]),  # phone, e-mail, web
        satisfaction=orders.satisfaction[rows],
        sent=turned_to[rows] + seconds(rng, 3 * HOUR, 3 * DAY, len(rows)),
    )


def _waves(rng: np.random.Generator, orders: Orders) -> list[Invitations]:
    """Twice a year, two in five of all buyers so far are asked about recommending; their last order sets the mood."""
    waves = []
    for day in _NPS_WAVES:
        start = epoch(day) + 8 * HOUR
        before = np.flatnonzero((orders.customer != MISSING) & (orders.ordered < start - 7 * DAY))
        buyers, from_end = np.unique(orders.customer[before][::-1], return_index=True)
        last = before[len(before) - 1 - from_end]
        chosen = rng.random(len(buyers)) < 0.4
        n = int(chosen.sum())
        waves.append(
            Invitations(
                customer=buyers[chosen],
                instrument=np.full(n, NPS),
                touchpoint=np.full(n, RELATIONSHIP),
                touched_through=np.full(n, MISSING),
                satisfaction=orders.satisfaction[last[chosen]],
                sent=start + seconds(rng, 0, 2 * HOUR, n),
            )
        )
    return waves


def _steps(rng: np.random.Generator, people: People, asked: Invitations) -> Ints:
    """When each invitation was sent, opened, started and completed; shape (v, 4), MISSING from where it stopped.

    The delighted and the angry answer more readily than those in between.
    """
    n = len(asked.sent)
    mood = np.minimum(np.abs(asked.satisfaction - 0.2), 2.0)
    opens = np.clip(0.5 + 0.1 * people.engagement[asked.customer], 0.0, 0.85)
    chances = np.stack([opens, 0.60 + 0.12 * mood, np.full(n, 0.86)], axis=1)
    waits = np.stack(
        [rng.exponential(14 * HOUR, n) + MINUTE, rng.exponential(40, n) + 2, rng.gamma(3.0, 45, n) + 20], axis=1
    )
    goes_on: Flags = np.logical_and.accumulate(rng.random((n, 3)) < chances, axis=1)
    at = asked.sent[:, None] + np.cumsum(waits.astype(np.int64), axis=1)
    return np.concatenate([asked.sent[:, None], np.where(goes_on, at, MISSING)], axis=1)


def _answers(rng: np.random.Generator, asked: Invitations, steps: Ints, completed: Flags) -> Columns:
    """One row an answer of a completed invitation. Questions of the index are skipped now and then."""
    parts = []
    for question, (instrument, low, high, neutral, slope, spread) in enumerate(_SCALES):
        skipped = rng.random(len(completed)) < (0.03 if instrument == CSI else 0.0)
        rows = np.flatnonzero(completed & (asked.instrument == instrument) & ~skipped)
        felt = neutral + slope * asked.satisfaction[rows] + rng.normal(0.0, spread, len(rows))
        score = np.clip(np.rint(felt), low, high).astype(np.int64)
        share = 0.5 + 0.15 * (question if instrument == CSI else 2)  # answered one after the other
        at = steps[rows, 2] + (share * (steps[rows, 3] - steps[rows, 2])).astype(np.int64)
        parts.append(np.stack([rows, np.full(len(rows), question), score, at]))
    invitation, question_of, score_of, at_of = np.concatenate(parts, axis=1)
    order = np.lexsort((question_of, invitation, at_of))
    invitation = invitation[order]
    return {
        "answer_id": ids("AN", np.arange(1, len(order) + 1), 7),
        "invitation_id": _invitation_numbers(invitation),
        "customer_number": customer_numbers(asked.customer[invitation]),
        "instrument": words(INSTRUMENTS, asked.instrument[invitation]),
        "question": words(QUESTIONS, question_of[order]),
        "score": integers(score_of[order]),
        "touchpoint": words(_TOUCHPOINTS, asked.touchpoint[invitation]),
        "channel": words(_TOUCHED_THROUGH, asked.touched_through[invitation]),
        "answered_at": instants(at_of[order]),
    }


def _join(parts: list[Invitations]) -> Invitations:
    joined = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    order = np.lexsort((joined["instrument"], joined["customer"], joined["sent"]))
    order = order[joined["sent"][order] < END]
    return Invitations(**{name: column[order] for name, column in joined.items()})


def _keep(asked: Invitations, rows: Flags) -> Invitations:
    return Invitations(**{name: column[rows] for name, column in vars(asked).items()})


def _invitation_numbers(index: Ints) -> Any:
    return ids("IV", index + 1, 6)
