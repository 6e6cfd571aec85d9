"""The help desk: tickets after trouble and for advice, what was done about them, and what was written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company import names, phrases
from orchestration.demo_company.block import Block
from orchestration.demo_company.clock import DAY, END, HOUR, MINUTE, MISSING, Flags, Floats, Ints, seconds
from orchestration.demo_company.experience import Orders
from orchestration.demo_company.people import PHONE, People
from orchestration.demo_company.records import Records, email_at
from orchestration.demo_company.shop import order_numbers
from orchestration.demo_company.writing import (
    Columns,
    booleans,
    ids,
    instants_with_offset,
    integers,
    texts,
    where,
    words,
)

_CHANNELS = ("phone", "email", "chat", "letter")
_PHONE, _EMAIL, _CHAT, _LETTER = range(4)
_CATEGORIES = ("delivery", "product", "payment", "account", "advice", "complaint")
_DELIVERY, _PRODUCT, _PAYMENT, _ACCOUNT, _ADVICE, _COMPLAINT = range(6)
_STATUSES = ("new", "open", "pending", "solved", "closed", "deleted")
_NEW, _OPEN, _PENDING, _SOLVED, _CLOSED, _DELETED = range(6)
_PRIORITIES = ("low", "normal", "high", "urgent")
_EVENTS = ("created", "assigned", "status_changed", "priority_changed", "reopened", "solved", "rated")
_CREATED, _ASSIGNED, _STATUS_CHANGED, _PRIORITY_CHANGED, _REOPENED, _SOLVED_EVENT, _RATED = range(7)
_ACTORS = ("customer", "agent", "system")
_CUSTOMER, _AGENT, _SYSTEM = range(3)


@dataclass(frozen=True)
class Tickets:
    """Tickets in the order of opening; shape (k,). MISSING for what was not reached."""

    person: Ints
    order: Ints
    category: Ints
    channel: Ints
    created: Ints
    assigned: Ints
    raised: Ints  # priority
    replied: Ints
    pending: Ints
    reopened: Ints
    solved: Ints  # the last time
    first_solved: Ints
    rated: Ints
    score: Ints
    closed: Ints
    deleted: Ints
    priority: Ints  # at first
    agent: Ints
    satisfaction: Floats  # with the contact, standard units

    def __len__(self) -> int:
        return len(self.person)


def make_tickets(block: Block, people: People, orders: Orders) -> Tickets:
    """Contacts about orders, complaints of the dissatisfied, and questions about products, payments and accounts."""
    rng = block.rng("tickets")
    about = np.flatnonzero(orders.contacted != MISSING)
    late = orders.days_late()[about] > 0
    kind = rng.choice(4, len(about), p=(0.25, 0.45, 0.2, 0.1))
    kind = np.where(orders.lost[about] | (late & (rng.random(len(about)) < 0.85)), _DELIVERY, kind)

    # Complaints follow low satisfaction, some days after the experience.
    lived = np.maximum(orders.ordered, orders.delivered)
    upset = 0.25 / (1 + np.exp(2.2 * (orders.mood + 1.9)))
    complaint = np.flatnonzero(orders.is_completed() & (rng.random(len(orders)) < upset))
    complained = lived[complaint] + (rng.exponential(3 * DAY, len(complaint))).astype(np.int64) + HOUR

    asker = np.flatnonzero(rng.random(len(people)) < 0.16)
    asked = people.acquired[asker] + (rng.beta(1, 2, len(asker)) * (END - people.acquired[asker])).astype(np.int64)
    question = rng.choice(np.array([_ADVICE, _ACCOUNT, _PAYMENT, _PRODUCT]), len(asker), p=(0.5, 0.25, 0.15, 0.1))

    person = np.concatenate([orders.person[about], orders.person[complaint], asker])
    order = np.concatenate([about, complaint, np.full(len(asker), MISSING)])
    category = np.concatenate([kind, np.full(len(complaint), _COMPLAINT), question])
    created = np.concatenate([orders.contacted[about], complained, asked])
    n = len(person)
    reply = np.concatenate([orders.reply_hours[about], rng.lognormal(np.log(3.5), 1.0, n - len(about))])
    later = reply[len(about) :] + rng.lognormal(np.log(16), 0.9, n - len(about))
    solve = np.concatenate([orders.solve_hours[about], later])

    sequence = np.lexsort((person, created))
    sequence = sequence[created[sequence] < END - 2 * MINUTE]
    person, order, category, created = person[sequence], order[sequence], category[sequence], created[sequence]
    reply, solve = reply[sequence], solve[sequence]
    n = len(person)
    channel = rng.choice(4, n, p=(0.34, 0.42, 0.19, 0.05))
    channel = np.where((people.channel[person] == PHONE) & (rng.random(n) < 0.6), _PHONE, channel)
    live = (channel == _PHONE) | (channel == _CHAT)
    quick = live & (rng.random(n) < 0.7)
    reply = np.where(quick, rng.uniform(0.01, 0.3, n), reply)
    solve = np.where(quick & (rng.random(n) < 0.55), reply + rng.uniform(0.05, 0.8, n), np.maximum(solve, reply + 0.2))
    reopens = rng.random(n) < 0.06 + 0.05 * (category == _COMPLAINT)
    replied = created + (reply * HOUR).astype(np.int64) + 30
    first_solved = created + (solve * HOUR).astype(np.int64) + 10 * MINUTE
    reopened = np.where(reopens, first_solved + (rng.uniform(0.1, 4, n) * DAY).astype(np.int64), MISSING)
    solved = np.where(reopens, reopened + (rng.uniform(0.1, 3, n) * DAY).astype(np.int64), first_solved)
    waited = (solved - created) / HOUR
    satisfaction = 0.75 - 0.30 * np.log1p(reply / 2) - 0.22 * np.log1p(waited / 24) - 0.5 * reopens
    satisfaction += 0.35 * people.contentment[person] + rng.normal(0.0, 0.5, n)
    satisfaction -= 0.3 * people.expectation[person, 1] + 0.4 * (category == _COMPLAINT)
    rates = rng.random(n) < np.clip(0.16 + 0.05 * np.abs(satisfaction), 0, 0.5)
    score = np.clip(np.rint(3.9 + 1.0 * satisfaction + rng.normal(0, 0.4, n)), 1, 5).astype(np.int64)
    removed = rng.random(n) < 0.012

    def reached(at: Ints, happens: Flags | bool = True) -> Ints:
        return np.where((at < END) & happens, at, MISSING)

    priority = np.where(category == _COMPLAINT, 2, rng.choice(4, n, p=(0.15, 0.65, 0.16, 0.04)))
    waits = (solve - reply > 6) & (rng.random(n) < 0.4)
    fast = rng.random(n) < 0.08
    return Tickets(
        person=person,
        order=order,
        category=category,
        channel=channel,
        created=created,
        assigned=reached(created + np.minimum(reply * HOUR * 0.5, 8 * HOUR).astype(np.int64) + 15),
        raised=reached(created + (reply * HOUR * 0.8).astype(np.int64) + 20, fast & (priority < 3)),
        replied=reached(replied),
        pending=reached(replied + ((first_solved - replied) * 0.3).astype(np.int64) + 5, waits),
        reopened=reached(reopened, reopens),
        solved=np.where(solved < END, solved, reached(first_solved)),
        first_solved=reached(first_solved),
        rated=reached(solved + seconds(rng, 20 * MINUTE, 3 * DAY, n), rates),
        score=score,
        closed=reached(solved + 5 * DAY),
        deleted=reached(solved + 20 * DAY, removed),
        priority=priority,
        agent=rng.integers(0, len(names.AGENTS), n),
        satisfaction=satisfaction,
    )


def helpdesk_exports(block: Block, people: People, records: Records, tickets: Tickets) -> dict[str, Columns]:
    """The columns of the help desk's tables."""
    rng, n = block.rng("help desk export"), len(tickets)
    record = records.used_by(rng, tickets.person, tickets.created)
    linked = np.where(rng.random(n) < 0.62, record, MISSING)
    events, last = _events(block, tickets)
    names_order = (tickets.order != MISSING) & (rng.random(n) < 0.8)
    # A re-opened ticket that is not yet solved again is open; it keeps when it was last solved.
    again = (tickets.reopened != MISSING) & (tickets.reopened > tickets.solved)
    status = np.where(tickets.replied == MISSING, _NEW, np.where(tickets.pending == MISSING, _OPEN, _PENDING))
    status = np.where((tickets.solved != MISSING) & ~again, _SOLVED, np.where(again, _OPEN, status))
    status = np.where(tickets.closed != MISSING, _CLOSED, status)
    status = np.where(tickets.deleted != MISSING, _DELETED, status)
    priority = tickets.priority + (tickets.raised != MISSING)
    rated = tickets.rated != MISSING
    assigned = tickets.assigned != MISSING
    return {
        "tickets": {
            "ticket_id": _ticket_numbers(block, np.arange(n)),
            "requester_email": texts(email_at(people, tickets.person, tickets.created)),
            "customer_number": ids("C", block.numbers(linked)),
            "order_id": where(names_order, order_numbers(block, tickets.order)),
            "channel": words(_CHANNELS, tickets.channel),
            "category": words(_CATEGORIES, tickets.category),
            "status": words(_STATUSES, status),
            "priority": words(_PRIORITIES, priority),
            "agent": words(names.AGENTS, np.where(assigned, tickets.agent, MISSING)),
            "created_at": instants_with_offset(tickets.created),
            "first_replied_at": instants_with_offset(tickets.replied),
            "solved_at": instants_with_offset(tickets.solved),
            "satisfaction_score": integers(np.where(rated, tickets.score, MISSING)),
            "satisfaction_rated_at": instants_with_offset(tickets.rated),
            "updated_at": instants_with_offset(last),
        },
        "ticket_events": events,
        "comments": _comments(block, people, tickets),
    }


def _ticket_numbers(block: Block, ticket: Ints) -> object:
    return ids("T", block.numbers(ticket))


def _events(block: Block, tickets: Tickets) -> tuple[Columns, Ints]:
    """Every change of every ticket in the order of time, and when each ticket last changed."""
    n = len(tickets)
    every = np.arange(n)
    statuses, priorities = list(_STATUSES), list(_PRIORITIES)
    values = [*statuses, *priorities, *names.AGENTS, "1", "2", "3", "4", "5"]
    of_priority, of_agent = len(statuses), len(statuses) + len(priorities)
    of_score = of_agent + len(names.AGENTS) - 1

    def kind(at: Ints, event: int, old: Ints | int, new: Ints | int, actor: int) -> list[Ints]:
        columns = [every, at, np.full(n, event), np.broadcast_to(old, n), np.broadcast_to(new, n), np.full(n, actor)]
        return [column[at != MISSING] for column in columns]

    again = np.where(tickets.solved != tickets.first_solved, tickets.solved, MISSING)
    before_first = np.where(tickets.pending != MISSING, _PENDING, _OPEN)
    parts = [
        kind(tickets.created, _CREATED, MISSING, _NEW, _CUSTOMER),
        kind(tickets.assigned, _ASSIGNED, MISSING, of_agent + tickets.agent, _SYSTEM),
        kind(
            tickets.raised,
            _PRIORITY_CHANGED,
            of_priority + tickets.priority,
            of_priority + tickets.priority + 1,
            _AGENT,
        ),
        kind(tickets.replied, _STATUS_CHANGED, _NEW, _OPEN, _AGENT),
        kind(tickets.pending, _STATUS_CHANGED, _OPEN, _PENDING, _AGENT),
        kind(tickets.first_solved, _SOLVED_EVENT, before_first, _SOLVED, _AGENT),
        kind(tickets.reopened, _REOPENED, _SOLVED, _OPEN, _CUSTOMER),
        kind(again, _SOLVED_EVENT, _OPEN, _SOLVED, _AGENT),
        kind(tickets.rated, _RATED, MISSING, of_score + tickets.score, _CUSTOMER),
        kind(tickets.closed, _STATUS_CHANGED, _SOLVED, _CLOSED, _SYSTEM),
        kind(tickets.deleted, _STATUS_CHANGED, _CLOSED, _DELETED, _SYSTEM),
    ]
    ticket, at, event, old, new, actor = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((event, ticket, at))
    ticket, at, event, old, new, actor = (column[order] for column in (ticket, at, event, old, new, actor))
    last = np.zeros(n, np.int64)
    np.maximum.at(last, ticket, at)
    by_agent = (actor == _AGENT) | (event == _ASSIGNED)
    return {
        "event_id": ids("TE", block.numbers(np.arange(len(at)))),
        "ticket_id": _ticket_numbers(block, ticket),
        "event": words(_EVENTS, event),
        "old_value": words(values, old),
        "new_value": words(values, new),
        "actor": words(_ACTORS, actor),
        "agent": words(names.AGENTS, np.where(by_agent, tickets.agent[ticket], MISSING)),
        "occurred_at": instants_with_offset(at),
        "updated_at": instants_with_offset(at),
    }, last


def _comments(block: Block, people: People, tickets: Tickets) -> Columns:
    """What was asked, what the agent answered, notes among agents, and what came with the solution."""
    rng, n = block.rng("comments"), len(tickets)
    every = np.arange(n)
    noted = np.where((rng.random(n) < 0.2) & (tickets.assigned != MISSING), tickets.assigned + 40, MISSING)
    noted = np.where(noted < END, noted, MISSING)
    told = np.where(tickets.first_solved == MISSING, MISSING, tickets.first_solved - 20)
    instants_of = (tickets.created, noted, tickets.replied, told, tickets.reopened)
    author = (0, 1, 1, 1, 0)
    ticket = np.concatenate([every[at != MISSING] for at in instants_of])
    at = np.concatenate([at[at != MISSING] for at in instants_of])
    step = np.concatenate([np.full(int((at != MISSING).sum()), index) for index, at in enumerate(instants_of)])
    order = np.lexsort((step, ticket, at))
    ticket, at, step = ticket[order], at[order], step[order]
    language = np.array([phrases.LANGUAGES.index(country.language) for country in names.COUNTRIES])
    body = phrases.ticket_texts(rng, language[people.country[tickets.person[ticket]]], step, tickets.category[ticket])
    return {
        "comment_id": ids("CM", block.numbers(np.arange(len(at)))),
        "ticket_id": _ticket_numbers(block, ticket),
        "author": words(("customer", "agent"), np.array(author)[step]),
        "is_public": booleans(step != 1),
        "body": body,
        "created_at": instants_with_offset(at),
        "updated_at": instants_with_offset(at),
    }
