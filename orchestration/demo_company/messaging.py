"""Campaign messages by e-mail, SMS and push, and what became of them.

Messages do not change who buys here: clicks and unsubscribing follow relevance, purchases do not follow messages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company import names
from orchestration.demo_company.clock import DAY, END, HOUR, MINUTE, MISSING, START, Flags, Floats, Ints, seconds
from orchestration.demo_company.consents import MARKETING_EMAIL, MARKETING_SMS, PROFILING, Consents
from orchestration.demo_company.people import APP, People, customer_numbers
from orchestration.demo_company.writing import Columns, ids, instants, money, words

CHANNELS = ("email", "sms", "push")
EMAIL, SMS, PUSH = range(3)
_COST_CENTS = np.array([1, 7, 0])
_EVENTS = ("sent", "delivered", "opened", "clicked", "unsubscribed")
SENT, DELIVERED, OPENED, CLICKED, UNSUBSCRIBED = range(5)


@dataclass(frozen=True)
class Messages:
    """Messages in the order of sending; shape (k,). `at` is (k, 5): when each event happened, or MISSING."""

    customer: Ints
    campaign: Ints
    channel: Ints
    offer: Ints  # category
    at: Ints
    campaigns: list[str]


def make_messages(rng: np.random.Generator, people: People, consents: Consents) -> tuple[Messages, Ints]:
    """All messages, and the instant at which each customer unsubscribed (n,), or MISSING.

    Whoever unsubscribes gets nothing more on any channel.
    """
    draft = _planned(rng, people, consents)
    at = _events(rng, people, draft)
    unsubscribed = np.full(len(people), END, np.int64)
    tried = at[:, UNSUBSCRIBED]
    told = np.flatnonzero(tried != MISSING)
    np.minimum.at(unsubscribed, draft.customer[told], tried[told])
    until = unsubscribed[draft.customer]
    decisive = tried == until
    # Whatever would still be on its way at that moment is held back; a later second thought is no event.
    kept = decisive | (np.maximum(at[:, SENT], at[:, DELIVERED]) < until)
    at[:, UNSUBSCRIBED] = np.where(decisive, tried, MISSING)
    at[at >= END] = MISSING
    kept &= at[:, SENT] != MISSING
    messages = Messages(
        draft.customer[kept], draft.campaign[kept], draft.channel[kept], draft.offer[kept], at[kept], draft.campaigns
    )
    return messages, np.where(unsubscribed < END, unsubscribed, MISSING)


def messages_export(messages: Messages) -> tuple[Columns, Ints]:
    """The columns of messaging/message_events in the order of time, and the instant of each row."""
    message, event = np.nonzero(messages.at != MISSING)
    at = messages.at[message, event]
    order = np.lexsort((event, message, at))
    message, event, at = message[order], event[order], at[order]
    cost = np.where(event == SENT, _COST_CENTS[messages.channel[message]], MISSING)
    return {
        "event_id": ids("ME", np.arange(1, len(at) + 1), 7),
        "message_id": ids("MS", message + 1, 7),
        "customer_number": customer_numbers(messages.customer[message]),
        "campaign": words(messages.campaigns, messages.campaign[message]),
        "channel": words(CHANNELS, messages.channel[message]),
        "event": words(_EVENTS, event),
        "occurred_at": instants(at),
        "offer_category": words(names.CATEGORIES, messages.offer[message]),
        "cost_amount": money(cost),
        "currency": words(["EUR"], np.where(event == SENT, 0, MISSING)),
    }, at


def _planned(rng: np.random.Generator, people: People, consents: Consents) -> Messages:
    """Everything the calendar sends to those who consent: a weekly newsletter, a monthly SMS, a weekly push message.

    Push goes to customers of the app who allow profiling. Half of those who allow it get their favourite category.
    """
    first_thursday = START + 4 * DAY
    weeks = first_thursday + 7 * DAY * np.arange((END - first_thursday) // (7 * DAY), dtype=np.int64)
    months = np.arange("2023-01", "2025-01", dtype="datetime64[M]")
    mid_months = months.astype("datetime64[s]").astype(np.int64) + 14 * DAY
    favourite = people.affinity.argmax(axis=1)
    everybody = np.arange(len(people))
    customers, campaigns, channels, offers, sent = [], [], [], [], []
    labels: list[str] = []
    plan = (
        (EMAIL, MARKETING_EMAIL, weeks + 9 * HOUR, 0.18, "newsletter"),
        (SMS, MARKETING_SMS, mid_months + 10 * HOUR, 0.30, "sms"),
        (PUSH, PROFILING, weeks + 2 * DAY + 16 * HOUR, 0.20, "push"),
    )
    for channel, purpose, days, share, label in plan:
        reached = np.ones(len(people), np.bool_) if channel != PUSH else people.channel == APP
        for day in days.tolist():
            at = day + seconds(rng, 0, 30 * MINUTE, len(people))
            allowed = reached & (people.created < day - HOUR) & (rng.random(len(people)) < share)
            # One hour on, so that nothing is still on its way when a consent ends.
            to = np.flatnonzero(allowed & consents.holds(everybody, purpose, at + HOUR))
            personal = consents.holds(to, PROFILING, at[to]) & (rng.random(len(to)) < 0.5)
            customers.append(to)
            campaigns.append(np.full(len(to), len(labels)))
            channels.append(np.full(len(to), channel))
            offers.append(np.where(personal, favourite[to], rng.integers(0, len(names.CATEGORIES))))
            sent.append(at[to])
            labels.append(f"{label}-{np.datetime64(day, 's').astype('datetime64[D]')}")
    joined = [np.concatenate(column) for column in (sent, customers, channels, campaigns, offers)]
    order = np.lexsort((joined[2], joined[1], joined[0]))
    at, customer, medium, campaign, offer = (column[order] for column in joined)
    return Messages(customer, campaign, medium, offer, at[:, None], labels)


def _events(rng: np.random.Generator, people: People, planned: Messages) -> Ints:
    """When each message was sent, delivered, opened, clicked and led to unsubscribing; shape (k, 5).

    An SMS reports no opening. Relevance is the customer's affinity for the offered category: it draws clicks, and its
    absence drives people off.
    """
    n = len(planned.customer)
    engaged = people.engagement[planned.customer]
    relevance: Floats = people.affinity[planned.customer, planned.offer]
    sms = planned.channel == SMS
    delivered: Flags = rng.random(n) < np.array([0.975, 0.985, 0.95])[planned.channel]
    seen = delivered & (sms | (rng.random(n) < np.clip(0.28 * engaged, 0.0, 0.9)))
    clicked = seen & (rng.random(n) < np.clip(engaged * (0.04 + 0.35 * relevance) * np.where(sms, 0.3, 1.0), 0, 0.7))
    gone = seen & ~clicked & (rng.random(n) < 0.02 * np.exp(-1.5 * relevance) * np.where(sms, 0.8, 1.0))

    sent_at = planned.at[:, 0]
    delivered_at = sent_at + seconds(rng, 1, 4 * MINUTE, n)
    opened_at = delivered_at + (rng.exponential(9 * HOUR, n)).astype(np.int64) + 5
    clicked_at = np.where(sms, delivered_at, opened_at) + rng.exponential(45, n).astype(np.int64) + 2
    gone_at = np.where(sms, delivered_at, opened_at) + rng.exponential(60, n).astype(np.int64) + 5
    happens = (np.ones(n, np.bool_), delivered, seen & ~sms, clicked, gone)
    times = (sent_at, delivered_at, opened_at, clicked_at, gone_at)
    return np.stack([np.where(flag, time, MISSING) for flag, time in zip(happens, times, strict=True)], axis=1)
