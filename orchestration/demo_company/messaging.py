"""Campaign messages: who is planned, held out, reached, moved to buy, and driven away.

A message raises the chance of an order in the weeks after it, by the person's affinity for what it offers and only
while the person still is a customer. A random tenth of each campaign is held out and gets nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from orchestration.demo_company import names, planted
from orchestration.demo_company.block import Block
from orchestration.demo_company.clock import (
    DAY,
    END,
    HOUR,
    MINUTE,
    MISSING,
    PAYING,
    START,
    WEEK,
    Flags,
    Floats,
    Ints,
    seconds,
    weekday,
)
from orchestration.demo_company.consents import PROFILING, PURPOSES, Consents
from orchestration.demo_company.people import APP, People
from orchestration.demo_company.purchases import Courses
from orchestration.demo_company.writing import Columns, ids, numbers, typed_instants, where, words

CHANNELS: Final = ("email", "sms", "push", "letter")
EMAIL, SMS, PUSH, LETTER = range(4)
_COST_EUR: Final = np.array([0.01, 0.07, 0.002, 0.85])
EVENTS: Final = (
    *("planned", "held_out", "sent", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained"),
)
PLANNED, HELD_OUT, SENT, DELIVERED, BOUNCED, OPENED, CLICKED, UNSUBSCRIBED, COMPLAINED = range(9)

HELD_OUT_SHARE: Final = 0.10
WITHDRAW_ALL_SHARE: Final = 0.3  # of those who unsubscribe
KNOWN_FAVOURITE_SHARE: Final = 0.67
_RESPONSE: Final = 0.065  # chance of an order at full affinity and average price sensitivity
_RESPONSE_WITHIN: Final = 10 * DAY
_RESPONSE_FACTORS: Final = (1.0, 1.2, 0.8, 1.4)
_CLICK_FACTORS: Final = (1.0, 0.4, 0.7, 0.0)
TELL_OPENING: Final = (EMAIL, PUSH)
DELIVERED_SHARES: Final = np.array([0.975, 0.985, 0.95, 0.98])
SERVICE: Final = -1


class Campaign(NamedTuple):
    """One sending: when, how, to what share of those who consent, and what it offers."""

    name: str
    channel: int
    at: int
    share: float
    category: int  # what it offers to those without a personal offer; SERVICE for service messages
    personal_share: float  # of those who allow profiling


@dataclass(frozen=True)
class Messages:
    """Messages of a block, in the order of planning; shape (k,). `at` is (k, events): when, or MISSING."""

    person: Ints
    campaign: Ints
    channel: Ints
    offer: Ints
    at: Ints
    uplift: Floats  # true chance of an order caused by it, were it sent


def make_campaigns(since: int = START, until: int = END) -> list[Campaign]:
    """The calendar of campaigns, in the order of time; the same for every seed and size.

    A newsletter each Thursday, a text message a month, a push message every third week, a letter a quarter, a service
    message twice a year, and the month of newsletters six days a week.
    """
    days = np.arange(since + 5 * DAY, until - 2 * DAY, DAY, dtype=np.int64)
    campaigns = []
    for number, day in enumerate(days.tolist()):
        date = str(np.datetime64(day, "s").astype("datetime64[D]"))
        of_month, of_week = int(date[8:]), int(weekday(np.array(day)))
        week = (day - START) // WEEK
        category = (week * 5 + number) % len(names.CATEGORIES)
        crowded = planted.OVERMAIL_FROM <= day < planted.OVERMAIL_TO
        if of_week == 3 or (crowded and of_week != 6):
            campaigns.append(
                Campaign(f"newsletter-{date}", EMAIL, day + 9 * HOUR, 0.26 if crowded else 0.15, category, 0.5)
            )
        if of_month == 15:
            campaigns.append(Campaign(f"sms-{date}", SMS, day + 10 * HOUR, 0.16, category, 0.4))
        if of_week == 5 and week % 3 == 0:
            campaigns.append(Campaign(f"push-{date}", PUSH, day + 16 * HOUR, 0.30, category, 0.6))
        if of_month == 5 and int(date[5:7]) % 3 == 2:
            campaigns.append(Campaign(f"letter-{date}", LETTER, day + 6 * HOUR, 0.10, category, 0.5))
        if date[5:] in {"03-20", "09-20"}:
            campaigns.append(Campaign(f"service-{date}", EMAIL, day + 8 * HOUR, 0.30, SERVICE, 0.0))
    return campaigns


def make_messages(
    block: Block,
    people: People,
    courses: Courses,
    known: Ints,
    has_email: Flags,
    consents: Consents,
    since: int = START,
) -> tuple[Messages, Consents]:
    """All messages of a block from an instant on, and its consents after everybody who unsubscribed or complained.

    `known` is when each person got a record in the CRM, or MISSING; `has_email` whether it holds an address. Consent is
    asked twice: when a message is planned, and when it is sent. Each message that is seen may drive its reader off: the
    more so the more came lately, and the less it has to do with what the reader likes.
    """
    rng = block.rng("messaging")
    n = len(people)
    withdrawn = consents.withdrawn.copy()
    until = block.clock.end
    pressure, last = np.zeros(n), since
    favourite = _favourites(rng, people)
    parts: list[Messages] = []
    for number, campaign in enumerate(make_campaigns(since, until)):
        purpose = campaign.channel  # the purposes of consent begin with the channels of marketing
        planned = campaign.at - DAY + seconds(rng, 0, HOUR, n)
        chosen = (known != MISSING) & (known < planned - DAY) & (rng.random(n) < campaign.share)
        if campaign.channel == PUSH:
            chosen &= people.channel == APP
        if campaign.channel == EMAIL:
            chosen &= has_email
        is_service = campaign.category == SERVICE
        if not is_service:
            chosen &= consent_stands(consents.granted, withdrawn, purpose, planned)
        who = np.flatnonzero(chosen)
        pressure *= np.exp(-(campaign.at - last) / (28 * DAY))
        last = campaign.at
        if not len(who):
            continue
        personal = consent_stands(consents.granted, withdrawn, PROFILING, planned)[who]
        personal &= rng.random(len(who)) < campaign.personal_share
        offer = np.where(personal, favourite[who], campaign.category)
        part = _what_happens(rng, people, courses, campaign, who, offer, planned[who], pressure[who])
        if not is_service:
            sent_at = part.at[:, SENT]
            stands = consent_stands(
                consents.granted[who], withdrawn[who], purpose, np.where(sent_at == MISSING, 0, sent_at)
            )
            part.at[np.ix_(~stands, np.arange(PLANNED + 1, len(EVENTS)))] = MISSING
            still = withdrawn[who, purpose] == MISSING  # nobody withdraws twice
            for event in (UNSUBSCRIBED, COMPLAINED):
                part.at[~still, event] = MISSING
        pressure[who] += part.at[:, DELIVERED] != MISSING
        part.at[part.at >= until] = MISSING
        _withdraw(rng, withdrawn, who, purpose, part.at)
        parts.append(replace(part, campaign=np.full(len(who), number)))
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Messages.__annotations__}
    order = np.lexsort((joined["person"], joined["at"][:, PLANNED]))
    return Messages(**{name: column[order] for name, column in joined.items()}), consents.replaced(withdrawn)


def response_chances(affinity: Floats, price_sensitivity: Floats, channel: int) -> Floats:
    """By how much a message raises the chance of an order of somebody who still is a customer; arrays of one shape."""
    chances: Floats = _RESPONSE * np.minimum(affinity * price_sensitivity, 1.5) * _RESPONSE_FACTORS[channel]
    return chances


def opening_chances(relevance: Floats, engagement: Floats) -> Floats:
    """Chance to open an e-mail or push message."""
    return np.clip(0.34 * engagement * (0.7 + relevance), 0.0, 0.92)


def click_chances(relevance: Floats, engagement: Floats, channel: int) -> Floats:
    """Chance to click in a message that was seen."""
    return np.clip(engagement * (0.03 + 0.40 * relevance), 0, 0.7) * _CLICK_FACTORS[channel]


def annoyance_chances(relevance: Floats, channel: int) -> Floats:
    """Chance to withdraw consent over a message that was seen and not clicked, by somebody who gets few of them."""
    return 0.010 * np.exp(-2.5 * relevance) * (0.0 if channel == LETTER else 1.0)


def responses(block: Block, messages: Messages) -> tuple[Ints, Ints]:
    """Messages that bring about an order, and when: within days of delivery. The rows of the messages and instants."""
    rng = block.rng("message responses")
    delivered = messages.at[:, DELIVERED]
    ordered = delivered + 20 * MINUTE + (rng.beta(1.0, 2.5, len(delivered)) * _RESPONSE_WITHIN).astype(np.int64)
    # `uplift` is per message sent; only what is delivered can work.
    share = DELIVERED_SHARES[messages.channel]
    in_time = ordered < block.clock.end - PAYING
    moved = (delivered != MISSING) & (rng.random(len(delivered)) < messages.uplift / share) & in_time
    rows = np.flatnonzero(moved)
    return rows, ordered[rows]


def messages_export(block: Block, messages: Messages, customer_numbers: Ints) -> Columns:
    """The columns of messaging.message_events in the order of time."""
    message, event = np.nonzero(messages.at != MISSING)
    at = messages.at[message, event]
    order = np.lexsort((event, message, at))
    message, event, at = message[order], event[order], at[order]
    channel = messages.channel[message]
    sent = event == SENT
    return {
        "event_id": ids("ME", block.numbers(np.arange(len(at)))),
        "message_id": ids("MS", block.numbers(message)),
        "customer_number": ids("C", customer_numbers[messages.person[message]]),
        "campaign": words([campaign.name for campaign in make_campaigns()], messages.campaign[message]),
        "channel": words(CHANNELS, channel),
        "offer_category": words(names.CATEGORIES, messages.offer[message]),
        "event": words(EVENTS, event),
        "occurred_at": typed_instants(at),
        "cost": where(sent, numbers(_COST_EUR[channel])),
        "currency": words(["EUR"], np.where(sent, 0, MISSING)),
    }


def _favourites(rng: np.random.Generator, people: People) -> Ints:
    """What the company takes for each person's favourite category: right two times out of three."""
    guess = rng.integers(0, len(names.CATEGORIES), len(people))
    return np.where(rng.random(len(people)) < KNOWN_FAVOURITE_SHARE, people.affinity.argmax(axis=1), guess)


def consent_stands(granted: Flags, withdrawn: Ints, purpose: int, instant: Ints) -> Flags:
    until = withdrawn[:, purpose]
    stands: Flags = granted[:, purpose] & ((until == MISSING) | (instant < until))
    return stands


def _what_happens(
    rng: np.random.Generator,
    people: People,
    courses: Courses,
    campaign: Campaign,
    who: Ints,
    offer: Ints,
    planned: Ints,
    pressure: Floats,
) -> Messages:
    """The events of each message of a campaign were every consent to stand; shape (k, events)."""
    n = len(who)
    engaged = people.engagement[who]
    is_service = campaign.category == SERVICE
    relevance = np.zeros(n) if is_service else people.affinity[who, offer]
    held_out = (rng.random(n) < HELD_OUT_SHARE) & (not is_service)
    sent = ~held_out
    delivered = sent & (rng.random(n) < DELIVERED_SHARES[campaign.channel])
    tells_opening = campaign.channel in TELL_OPENING
    opens = opening_chances(relevance, engaged)
    seen = delivered & (rng.random(n) < (opens if tells_opening else 1.0))
    clicks = click_chances(relevance, engaged, campaign.channel)
    clicked = seen & (rng.random(n) < clicks)
    tired = 1 + 1.2 * np.maximum(pressure - 1.5, 0.0)
    annoyed = annoyance_chances(relevance, campaign.channel) * tired * (0.0 if is_service else 1.0)
    gone = seen & ~clicked & (rng.random(n) < np.minimum(annoyed, 0.25))
    complains = gone & (rng.random(n) < 0.06)

    alive = courses.is_alive(who, np.full(n, campaign.at))
    uplift = response_chances(relevance, people.price_sensitivity[who], campaign.channel) * alive
    uplift = uplift * (0.0 if is_service else 1.0)

    slow = campaign.channel == LETTER
    sent_at = planned + DAY
    delivered_at = sent_at + seconds(rng, DAY, 3 * DAY, n) if slow else sent_at + seconds(rng, 1, 4 * MINUTE, n)
    opened_at = delivered_at + np.minimum(rng.exponential(8 * HOUR, n), 3 * DAY).astype(np.int64) + 5
    clicked_at = opened_at + rng.exponential(45, n).astype(np.int64) + 2
    gone_at = opened_at + rng.exponential(60, n).astype(np.int64) + 5
    happens = (
        *(np.ones(n, np.bool_), held_out, sent, delivered, sent & ~delivered),
        *(seen & tells_opening, clicked, gone & ~complains, complains),
    )
    bounced_at = sent_at + seconds(rng, 1, 4 * MINUTE, n)
    times = (planned, planned + DAY, sent_at, delivered_at, bounced_at, opened_at, clicked_at, gone_at, gone_at)
    at = np.stack([np.where(flag, time, MISSING) for flag, time in zip(happens, times, strict=True)], axis=1)
    return Messages(who, np.zeros(n, np.int64), np.full(n, campaign.channel), offer, at, uplift)


def _withdraw(rng: np.random.Generator, withdrawn: Ints, who: Ints, purpose: int, at: Ints) -> None:
    """Unsubscribing withdraws the channel's consent, and for three in ten every marketing consent; in place."""
    left = np.maximum(at[:, UNSUBSCRIBED], at[:, COMPLAINED])
    gone = np.flatnonzero(left != MISSING)
    withdrawn[who[gone], purpose] = left[gone]
    entirely = gone[rng.random(len(gone)) < WITHDRAW_ALL_SHARE]
    for other in range(len(PURPOSES) - 1):
        if other != purpose:
            before = withdrawn[who[entirely], other]
            withdrawn[who[entirely], other] = np.where(
                before == MISSING, left[entirely], np.minimum(before, left[entirely])
            )
