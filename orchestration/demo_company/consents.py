"""Consents by purpose: what a customer allowed at the start, and what was taken back later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company.clock import DAY, END, MISSING, START, Flags, Ints, SeasonalClock
from orchestration.demo_company.people import People, customer_numbers
from orchestration.demo_company.writing import Columns, booleans, ids, instants, words

PURPOSES = ("marketing_email", "marketing_sms", "profiling")
MARKETING_EMAIL, MARKETING_SMS, PROFILING = range(3)
_GRANT_SHARES = np.array([0.72, 0.45, 0.60])
_DOCUMENTS = ("v1", "v2")
_SECOND_DOCUMENT_FROM = START + 365 * DAY


@dataclass(frozen=True)
class Consents:
    """Each customer and purpose with its first answer and, if it was taken back, when; both (n, purposes)."""

    granted: Flags
    withdrawn: Ints  # MISSING while it stands, or was never granted

    def holds(self, customer: Ints, purpose: int, instant: Ints) -> Flags:
        """Whether the customer's consent to a purpose stands at an instant (which must follow its creation)."""
        until = self.withdrawn[customer, purpose]
        stands: Flags = self.granted[customer, purpose] & ((until == MISSING) | (instant < until))
        return stands


def make_consents(rng: np.random.Generator, clock: SeasonalClock, people: People) -> Consents:
    """First answers, and 2 % withdrawals out of the blue.

    A purpose that needs an address or a number nobody gave is never granted.
    """
    shape = (len(people), len(PURPOSES))
    granted = rng.random(shape) < _GRANT_SHARES
    granted[:, MARKETING_EMAIL] &= np.array([email is not None for email in people.email])
    granted[:, MARKETING_SMS] &= np.array([phone is not None for phone in people.phone])
    from_next_day = np.repeat(np.minimum(people.created + DAY, END - 1), shape[1])
    instant = clock.between(rng, from_next_day, np.full(granted.size, END - 1)).reshape(shape)
    return Consents(granted, np.where(granted & (rng.random(shape) < 0.02), instant, MISSING))


def end_marketing(consents: Consents, unsubscribed: Ints) -> Consents:
    """Unsubscribing, shape (n,) or MISSING, takes back every marketing consent that still stands then."""
    withdrawn = consents.withdrawn.copy()
    for purpose in (MARKETING_EMAIL, MARKETING_SMS):
        column = withdrawn[:, purpose]
        ends = consents.granted[:, purpose] & (unsubscribed != MISSING)
        ends &= (column == MISSING) | (column > unsubscribed)
        column[ends] = unsubscribed[ends]
    return Consents(consents.granted, withdrawn)


def consents_export(consents: Consents, people: People) -> Columns:
    """The columns of crm/consents: one row an answer and one a withdrawal, in the order of recording."""
    taken_back = consents.withdrawn != MISSING
    customer, purpose = np.indices(consents.granted.shape).reshape(2, -1)
    rows_customer = np.concatenate([customer, np.nonzero(taken_back)[0]])
    rows_purpose = np.concatenate([purpose, np.nonzero(taken_back)[1]])
    granted = np.concatenate([consents.granted.ravel(), np.zeros(int(taken_back.sum()), np.bool_)])
    recorded = np.concatenate([people.created[customer], consents.withdrawn[taken_back]])
    order = np.lexsort((rows_purpose, rows_customer, recorded))
    return {
        "consent_id": ids("CN", np.arange(1, len(order) + 1), 6),
        "customer_number": customer_numbers(rows_customer[order]),
        "purpose": words(PURPOSES, rows_purpose[order]),
        "is_granted": booleans(granted[order]),
        "document_version": words(_DOCUMENTS, (recorded[order] >= _SECOND_DOCUMENT_FROM).astype(np.int64)),
        "recorded_at": instants(recorded[order]),
    }
