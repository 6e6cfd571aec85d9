"""Surveys: who is asked after what, who answers, and scores that follow the satisfaction behind them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import numpy as np

from orchestration.demo_company import names, phrases, planted
from orchestration.demo_company.block import Block
from orchestration.demo_company.clock import DAY, END, HOUR, MINUTE, MISSING, START, Flags, Floats, Ints, epoch, seconds
from orchestration.demo_company.experience import Orders
from orchestration.demo_company.helpdesk import Tickets
from orchestration.demo_company.people import TOUCHPOINTS, People
from orchestration.demo_company.records import Records
from orchestration.demo_company.shop import order_numbers
from orchestration.demo_company.writing import Columns, constant, ids, instants_z, integers, money, texts, words

INSTRUMENTS: Final = ("csi_v1", "nps_v1", "ces_v1", "csat_v1", "csat_v2", "expectation_v1", "perception_v1")
CSI, NPS, CES, CSAT_5, CSAT_10, EXPECTATION, PERCEPTION = range(7)
_CHANNELS = ("email", "sms", "web", "letter")
_TOUCHPOINTS = ("delivery", "support", "website", "store", "product")
_DELIVERY, _SUPPORT, _WEBSITE = range(3)
_PHASES = ("before", "during", "after")
_NPS_WAVES = tuple(f"{year}-{month}-18" for year in (2022, 2023, 2024) for month in ("04", "10"))
_CSI_WAVES = tuple(f"{year}-{month}-06" for year in (2022, 2023, 2024) for month in ("02", "05", "08", "11"))


class Question(NamedTuple):
    """A question of an instrument; `neutral` is the mean answer at satisfaction 0, on the scale from 0 to 1."""

    instrument: int
    question: str
    construct: str
    low: int
    high: int
    touchpoint: int  # MISSING for the relationship
    phase: int
    valid_from: int
    neutral: float
    slope: float
    spread: float


# Disconfirmation reacts most, because it measures the experience against what was expected of it.
QUESTIONS: Final = (
    Question(CSI, "overall_satisfaction", "satisfaction", 1, 10, MISSING, 2, START, 0.70, 0.16, 0.10),
    Question(CSI, "expectancy_disconfirmation", "satisfaction", 1, 10, MISSING, 2, START, 0.64, 0.18, 0.12),
    Question(CSI, "distance_to_ideal", "satisfaction", 1, 10, MISSING, 2, START, 0.61, 0.14, 0.12),
    Question(NPS, "likelihood_to_recommend", "recommendation", 0, 10, MISSING, 2, START, 0.76, 0.17, 0.13),
    Question(CES, "ease", "effort", 1, 7, _SUPPORT, 2, START, 0.66, 0.14, 0.15),
    Question(CSAT_5, "contact_satisfaction", "contact_satisfaction", 1, 5, _SUPPORT, 2, START, 0.70, 0.19, 0.12),
    Question(
        *(CSAT_10, "contact_satisfaction", "contact_satisfaction", 1, 10, _SUPPORT, 2),
        *(planted.SCALE_CHANGE_AT, 0.70, 0.19, 0.12),
    ),
    Question(EXPECTATION, "delivery_quality", "expectation", 1, 10, _DELIVERY, 0, START, 0.74, 0.13, 0.10),
    Question(EXPECTATION, "support_quality", "expectation", 1, 10, _SUPPORT, 0, START, 0.70, 0.13, 0.10),
    Question(EXPECTATION, "website_quality", "expectation", 1, 10, _WEBSITE, 0, START, 0.72, 0.13, 0.10),
    Question(PERCEPTION, "delivery_quality", "perception", 1, 10, _DELIVERY, 2, START, 0.72, 0.20, 0.10),
    Question(PERCEPTION, "support_quality", "perception", 1, 10, _SUPPORT, 2, START, 0.68, 0.18, 0.10),
    Question(PERCEPTION, "website_quality", "perception", 1, 10, _WEBSITE, 2, START, 0.73, 0.14, 0.10),
)


@dataclass(frozen=True)
class Invitations:
    """One entry an invitation, in the order of sending; shape (v,). `felt` is (v, touchpoints), in standard units."""

    person: Ints
    instrument: Ints
    touchpoint: Ints  # MISSING for the relationship
    order: Ints  # MISSING where it is about none
    mood: Floats
    felt: Floats
    had_support: Flags
    sent: Ints


def questions_export() -> Columns:
    """The columns of survey.questions; the same for every seed and size."""
    count = len(QUESTIONS)
    return {
        "instrument": words(INSTRUMENTS, np.array([question.instrument for question in QUESTIONS])),
        "question": texts([question.question for question in QUESTIONS]),
        "construct": texts([question.construct for question in QUESTIONS]),
        "scale_min": integers(np.array([question.low for question in QUESTIONS])),
        "scale_max": integers(np.array([question.high for question in QUESTIONS])),
        "scale_direction": integers(np.ones(count, np.int64)),
        "touchpoint": words(_TOUCHPOINTS, np.array([question.touchpoint for question in QUESTIONS])),
        "phase": words(_PHASES, np.array([question.phase for question in QUESTIONS])),
        "valid_from": instants_z(np.array([question.valid_from for question in QUESTIONS])),
    }


def survey_exports(
    block: Block, people: People, records: Records, orders: Orders, tickets: Tickets
) -> dict[str, Columns]:
    """The columns of survey.invitations and survey.answers."""
    rng = block.rng("surveys")
    parts = [_after_orders(rng, orders), _after_contacts(rng, tickets), *_expectations(rng, people, orders, tickets)]
    parts += _waves(rng, people, orders)
    asked = _join(parts)
    record = records.used_by(rng, asked.person, asked.sent)
    asked, record = _keep(asked, record != MISSING), record[record != MISSING]
    n = len(asked.sent)
    mail = np.array([address is not None for address in records.email], np.bool_)[record]
    phone = np.array([number is not None for number in records.phone], np.bool_)[record]
    channel = rng.choice(4, n, p=(0.80, 0.12, 0.04, 0.04))
    channel = np.where((channel == 1) & ~phone, 0, channel)
    channel = np.where((channel == 0) & ~mail, 3, channel)
    incentive = np.where(rng.random(n) < 0.12, 500, 0)

    steps = _steps(rng, people, asked, incentive)
    reached = (steps != MISSING) & (steps < END)
    steps = np.where(np.logical_and.accumulate(reached, axis=1), steps, MISSING)
    completed = steps[:, 3] != MISSING
    invitations: Columns = {
        "invitation_id": _invitation_numbers(block, np.arange(n)),
        "customer_number": ids("C", block.numbers(record)),
        "instrument": words(INSTRUMENTS, asked.instrument),
        "channel": words(_CHANNELS, channel),
        "touchpoint": words(_TOUCHPOINTS, asked.touchpoint),
        "order_id": order_numbers(block, asked.order),
        "sent_at": instants_z(steps[:, 0]),
        "opened_at": instants_z(steps[:, 1]),
        "started_at": instants_z(steps[:, 2]),
        "completed_at": instants_z(steps[:, 3]),
        "incentive_amount": money(incentive),
        "currency": constant("EUR", n),
        "updated_at": instants_z(steps.max(axis=1)),
    }
    return {"invitations": invitations, "answers": _answers(rng, block, people, asked, steps, completed)}


def _after_orders(rng: np.random.Generator, orders: Orders) -> Invitations:
    """Some completed orders are followed by the satisfaction index, days after delivery or the visit."""
    lived = np.maximum(orders.ordered, orders.delivered)
    rows = np.flatnonzero(orders.is_completed() & ~orders.lost & (rng.random(len(orders)) < 0.16))
    return _invitations(
        person=orders.person[rows],
        instrument=CSI,
        touchpoint=MISSING,
        order=rows,
        mood=orders.mood[rows],
        sent=lived[rows] + seconds(rng, 1 * DAY, 4 * DAY, len(rows)),
    )


def _after_contacts(rng: np.random.Generator, tickets: Tickets) -> Invitations:
    """Contacts are followed by a question about satisfaction with it, or about the effort it took."""
    rows = np.flatnonzero((tickets.solved != MISSING) & (tickets.deleted == MISSING) & (rng.random(len(tickets)) < 0.7))
    sent = tickets.solved[rows] + seconds(rng, 2 * HOUR, 2 * DAY, len(rows))
    instrument = np.where(sent < planted.SCALE_CHANGE_AT, CSAT_5, CSAT_10)
    instrument = np.where(rng.random(len(rows)) < 0.4, CES, instrument)
    return _invitations(
        person=tickets.person[rows],
        instrument=instrument,
        touchpoint=_SUPPORT,
        order=tickets.order[rows],
        mood=tickets.satisfaction[rows],
        sent=sent,
    )


def _expectations(rng: np.random.Generator, people: People, orders: Orders, tickets: Tickets) -> list[Invitations]:
    """What is expected of an order right after it was placed, and how it was perceived once it is there."""
    rows = np.flatnonzero(orders.is_online() & (orders.cancelled == MISSING) & (rng.random(len(orders)) < 0.26))
    person = orders.person[rows]
    expected = people.expectation[person].copy()
    expected[:, _DELIVERY] += np.where(orders.is_overpromised[rows], planted.OVERPROMISE_EXPECTATION, 0.0)
    before = _invitations(
        person=person,
        instrument=EXPECTATION,
        touchpoint=MISSING,
        order=rows,
        mood=people.contentment[person],
        sent=orders.ordered[rows] + seconds(rng, 5 * MINUTE, 30 * MINUTE, len(rows)),
        felt=expected,
    )
    contact = np.full(len(orders), MISSING)
    about = tickets.order != MISSING
    contact[tickets.order[about]] = np.flatnonzero(about)
    there = rows[orders.delivered[rows] != MISSING]
    helped = contact[there]
    delivery = orders.surprise[there] + 0.4 * people.expectation[orders.person[there], _DELIVERY]
    support = np.where(helped == MISSING, 0.0, tickets.satisfaction[helped] if len(tickets) else 0.0)
    website = 0.3 * people.contentment[orders.person[there]] + rng.normal(0.0, 0.5, len(there))
    after = _invitations(
        person=orders.person[there],
        instrument=PERCEPTION,
        touchpoint=MISSING,
        order=there,
        mood=orders.mood[there],
        sent=orders.delivered[there] + seconds(rng, DAY, 3 * DAY, len(there)),
        felt=np.stack([delivery, support, website], axis=1),
        had_support=helped != MISSING,
    )
    return [before, after]


def _waves(rng: np.random.Generator, people: People, orders: Orders) -> list[Invitations]:
    """Twice a year buyers are asked about recommending, each quarter some about the index; the last order counts."""
    waves = []
    days = [(day, NPS, 0.30) for day in _NPS_WAVES] + [(day, CSI, 0.05) for day in _CSI_WAVES]
    for day, instrument, share in days:
        start = epoch(day) + 8 * HOUR
        lived = np.maximum(orders.ordered, orders.delivered)
        before = np.flatnonzero(lived < start - 2 * DAY)
        buyers, from_end = np.unique(orders.person[before][::-1], return_index=True)
        last = before[len(before) - 1 - from_end]
        chosen = rng.random(len(buyers)) < share
        # Feelings fade: half of the last experience after half a year.
        away = (start - lived[last[chosen]]) / (180 * DAY)
        base = people.contentment[buyers[chosen]]
        mood = base + (orders.mood[last[chosen]] - base) * 0.5**away
        waves.append(
            _invitations(
                person=buyers[chosen],
                instrument=instrument,
                touchpoint=MISSING,
                order=np.full(len(mood), MISSING),
                mood=mood,
                sent=start + seconds(rng, 0, 2 * HOUR, len(mood)),
            )
        )
    return waves


def _steps(rng: np.random.Generator, people: People, asked: Invitations, incentive: Ints) -> Ints:
    """When each invitation was sent, opened, started and completed; shape (v, 4), MISSING from where it stopped.

    The delighted and the angry answer more readily than those in between.
    """
    n = len(asked.sent)
    strength = np.minimum(np.abs(asked.mood - 0.2), 2.0)
    opens = np.clip(0.45 + 0.1 * people.engagement[asked.person] + 0.1 * (incentive > 0), 0.0, 0.85)
    starts = np.clip(0.45 + 0.12 * strength + 0.12 * (incentive > 0), 0.0, 0.9)
    chances = np.stack([opens, starts, np.full(n, 0.88)], axis=1)
    waits = np.stack(
        [rng.exponential(12 * HOUR, n) + MINUTE, rng.exponential(40, n) + 2, rng.gamma(3.0, 45, n) + 20], axis=1
    )
    # What is expected has to be said before the parcel comes.
    waits[:, 0] = np.where(asked.instrument == EXPECTATION, np.minimum(waits[:, 0], 6 * HOUR), waits[:, 0])
    goes_on: Flags = np.logical_and.accumulate(rng.random((n, 3)) < chances, axis=1)
    at = asked.sent[:, None] + np.cumsum(waits.astype(np.int64), axis=1)
    return np.concatenate([asked.sent[:, None], np.where(goes_on, at, MISSING)], axis=1)


def _answers(
    rng: np.random.Generator, block: Block, people: People, asked: Invitations, steps: Ints, completed: Flags
) -> Columns:
    """One row an answer of a completed invitation. Questions of the index are skipped now and then."""
    parts = []
    for number, question in enumerate(QUESTIONS):
        skipped = rng.random(len(completed)) < (0.03 if question.instrument == CSI else 0.0)
        answered = completed & (asked.instrument == question.instrument) & ~skipped
        if question.instrument == PERCEPTION and question.touchpoint == _SUPPORT:
            answered &= asked.had_support
        rows = np.flatnonzero(answered)
        about_touchpoint = question.instrument in (EXPECTATION, PERCEPTION)
        felt = asked.felt[rows, question.touchpoint] if about_touchpoint else asked.mood[rows]
        share = question.neutral + question.slope * felt + rng.normal(0.0, question.spread, len(rows))
        score = np.rint(question.low + np.clip(share, 0, 1) * (question.high - question.low)).astype(np.int64)
        at = steps[rows, 2] + ((0.3 + 0.05 * number) * (steps[rows, 3] - steps[rows, 2])).astype(np.int64)
        parts.append(np.stack([rows, np.full(len(rows), number), score, at]))
    invitation, number_of, score_of, at_of = np.concatenate(parts, axis=1)
    order = np.lexsort((number_of, invitation, at_of))
    invitation, number_of, at_of = invitation[order], number_of[order], at_of[order]
    writes = np.isin(number_of, (0, 3, 5, 6)) & (rng.random(len(order)) < 0.22)
    language = np.array([phrases.LANGUAGES.index(country.language) for country in names.COUNTRIES])
    spoken = np.where(writes, language[people.country[asked.person[invitation]]], MISSING)
    topic = rng.choice(4, len(order), p=(0.45, 0.30, 0.15, 0.10))
    topic = np.where(asked.touchpoint[invitation] == _SUPPORT, phrases.SUPPORT, topic)
    sentiment = phrases.sentiments(rng, asked.mood[invitation])
    instrument = np.array([question.instrument for question in QUESTIONS])[number_of]
    return {
        "answer_id": ids("AN", block.numbers(np.arange(len(order)))),
        "invitation_id": _invitation_numbers(block, invitation),
        "instrument": words(INSTRUMENTS, instrument),
        "question": words([question.question for question in QUESTIONS], number_of),
        "score": integers(score_of[order]),
        "comment": phrases.comment_texts(rng, spoken, sentiment, topic),
        "answered_at": instants_z(at_of),
        "updated_at": instants_z(at_of),
    }


def _invitations(
    *,
    person: Ints,
    instrument: Ints | int,
    touchpoint: int,
    order: Ints,
    mood: Floats,
    sent: Ints,
    felt: Floats | None = None,
    had_support: Flags | None = None,
) -> Invitations:
    n = len(person)
    return Invitations(
        person=person,
        instrument=np.broadcast_to(np.asarray(instrument, np.int64), n),
        touchpoint=np.full(n, touchpoint),
        order=order,
        mood=mood,
        felt=np.zeros((n, len(TOUCHPOINTS))) if felt is None else felt,
        had_support=np.zeros(n, np.bool_) if had_support is None else had_support,
        sent=sent,
    )


def _join(parts: list[Invitations]) -> Invitations:
    joined = {f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Invitations)}
    order = np.lexsort((joined["instrument"], joined["person"], joined["sent"]))
    order = order[joined["sent"][order] < END]
    return Invitations(**{name: column[order] for name, column in joined.items()})


def _keep(asked: Invitations, rows: Flags) -> Invitations:
    return Invitations(**{f.name: getattr(asked, f.name)[rows] for f in fields(Invitations)})


def _invitation_numbers(block: Block, index: Ints) -> object:
    return ids("IV", block.numbers(index))
