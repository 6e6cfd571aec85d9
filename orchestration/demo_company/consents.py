"""Consents by purpose: what a person allowed at the start, and what was taken back or given again later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company.block import Block
from orchestration.demo_company.clock import DAY, END, MISSING, START, Flags, Ints
from orchestration.demo_company.people import APP, PHONE, STORE, People
from orchestration.demo_company.writing import Columns, booleans, ids, instants, words

# The purposes of marketing stand in the order of the channels of messaging.
PURPOSES = ("marketing_email", "marketing_sms", "marketing_push", "marketing_letter", "profiling")
_EMAIL, _SMS, _PUSH, _LETTER, PROFILING = range(5)
_GRANT_SHARES = np.array([0.74, 0.42, 0.50, 0.55, 0.60])
_CHANNELS = ("web", "app", "store", "phone", "email")
_BY_EMAIL = 4
_DOCUMENTS = ("v1", "v2", "v3")
_DOCUMENTS_FROM = np.array([START, START + 400 * DAY, START + 800 * DAY])


@dataclass(frozen=True)
class Consents:
    """Each person and purpose with its first answer and, if it was taken back, when; both (n, purposes)."""

    granted: Flags
    withdrawn: Ints  # MISSING while it stands, or was never granted

    def replaced(self, withdrawn: Ints) -> Consents:
        """The same first answers with other withdrawals."""
        return Consents(self.granted, np.where(self.granted, withdrawn, MISSING))


def make_consents(block: Block, people: People, known: Ints, has_phone: Flags, has_email: Flags) -> Consents:
    """First answers, and 2 % withdrawals out of the blue. What needs an address or number nobody gave is refused."""
    rng = block.rng("consents")
    shape = (len(people), len(PURPOSES))
    granted = rng.random(shape) < _GRANT_SHARES
    granted[:, _EMAIL] &= has_email
    granted[:, _SMS] &= has_phone
    granted[:, _PUSH] &= people.channel == APP
    granted &= (known != MISSING)[:, None]
    since = np.minimum(known + 3 * DAY, END - 1)
    at = since[:, None] + (rng.random(shape) * (END - since)[:, None]).astype(np.int64)
    return Consents(granted, np.where(granted & (rng.random(shape) < 0.02) & (at < END), at, MISSING))


def consents_export(block: Block, consents: Consents, people: People, known: Ints, customer_numbers: Ints) -> Columns:
    """The columns of crm.consents: one row an answer and one a withdrawal, in the order of recording."""
    asked = np.flatnonzero(known != MISSING)
    person = np.repeat(asked, len(PURPOSES))
    purpose = np.tile(np.arange(len(PURPOSES)), len(asked))
    back_person, back_purpose = np.nonzero(consents.withdrawn != MISSING)
    granted = np.concatenate([consents.granted[person, purpose], np.zeros(len(back_person), np.bool_)])
    recorded = np.concatenate([known[person], consents.withdrawn[back_person, back_purpose]])
    first_channel = np.where(people.channel[person] == STORE, 2, np.where(people.channel[person] == PHONE, 3, 0))
    first_channel = np.where(people.channel[person] == APP, 1, first_channel)
    channel = np.concatenate([first_channel, np.where(back_purpose == _EMAIL, _BY_EMAIL, 0)])
    person = np.concatenate([person, back_person])
    purpose = np.concatenate([purpose, back_purpose])
    order = np.lexsort((purpose, person, recorded))
    recorded = recorded[order]
    return {
        "consent_id": ids("CN", block.numbers(np.arange(len(order)))),
        "customer_number": ids("C", customer_numbers[person[order]]),
        "purpose": words(PURPOSES, purpose[order]),
        "is_granted": booleans(granted[order]),
        "document_version": words(_DOCUMENTS, np.searchsorted(_DOCUMENTS_FROM, recorded, "right") - 1),
        "channel": words(_CHANNELS, channel[order]),
        "recorded_at": instants(recorded),
    }
