"""What the CRM and the shop hold of people: records, duplicates with typos, accounts, and the history of changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company import names
from orchestration.demo_company.block import Block
from orchestration.demo_company.clock import DAY, END, HOUR, MINUTE, MISSING, Flags, Ints
from orchestration.demo_company.people import (
    ACQUISITION_CHANNELS,
    APP,
    DIRECT,
    LIFE_EVENTS,
    MARRIAGE,
    PHONE,
    STORE,
    People,
    dialling_code,
    plain,
    postal_codes,
)
from orchestration.demo_company.writing import Columns, booleans, constant, dates, ids, instants, money, texts, words

_PREFERRED = ("email", "phone", "letter", "sms", "app")
_PLACEHOLDER_EMAIL, _PLACEHOLDER_PHONE = "none@example.com", "0000000000"
_CHANGED_FIELDS = ("email", "street", "postal_code", "city", "region", "last_name", "phone", "preferred_channel")
_NEEDS = ("lower_price", "faster_delivery", "better_quality", "more_advice", "wider_range", "sustainability")
_NEED_CHANNELS = ("phone", "store", "web", "email")


@dataclass(frozen=True)
class Records:
    """CRM records of a block, in the order of making; shape (r,). Texts are the record as it was made."""

    person: Ints
    created: Ints
    is_primary: Flags
    first_name: list[str]
    last_name: list[str]
    email: list[str | None]
    phone: list[str | None]
    is_verified: Flags
    primary: Ints  # (n,) the first record of each person, or MISSING
    second: Ints  # (n,) the duplicate, or MISSING

    def known(self) -> Ints:
        """When each person got a record, or MISSING; shape (n,)."""
        return np.where(self.primary == MISSING, MISSING, self.created[self.primary])

    def used_by(self, rng: np.random.Generator, person: Ints, instant: Ints) -> Ints:
        """The record that somebody dealing with the person at an instant finds: now and then the duplicate."""
        first, second = self.primary[person], self.second[person]
        other = (second != MISSING) & (self.created[second] < instant) & (rng.random(len(person)) < 0.4)
        there = (first != MISSING) & (self.created[first] <= instant)
        return np.where(other, second, np.where(there, first, MISSING))


@dataclass(frozen=True)
class Accounts:
    """Accounts of the shop, in the order of making; shape (a,)."""

    person: Ints
    created: Ints
    record: Ints  # of the CRM, or MISSING where the shop does not know it
    email: list[str]
    new_email: list[str | None]
    first_name: list[str]
    last_name: list[str]
    phone: list[str | None]
    first: Ints  # (n,) the first account of each person, or MISSING
    second: Ints  # (n,)

    def used_by(self, rng: np.random.Generator, person: Ints, instant: Ints) -> Ints:
        """The account a person uses at an instant: half the time the second one, once there is one."""
        first, second = self.first[person], self.second[person]
        other = (second != MISSING) & (self.created[second] < instant) & (rng.random(len(person)) < 0.5)
        there = (first != MISSING) & (self.created[first] <= instant)
        return np.where(other, second, np.where(there, first, MISSING))


@dataclass(frozen=True)
class Changes:
    """Changes of CRM records: record, field, old and new value, instant; in the order of time."""

    record: Ints
    field: Ints
    old: list[str | None]
    new: list[str | None]
    at: Ints


def make_records(block: Block, people: People) -> Records:
    """One record for everybody with an account and some guests, and a second one with typos for six in a hundred."""
    rng, n = block.rng("records"), len(people)
    guest_record = ~people.has_account & (rng.random(n) < 0.35)
    created = np.where(people.has_account, people.acquired, _days_after(rng, people.first_order, 1, 5))
    has = (people.has_account | guest_record) & (created < END)
    again = created + (DAY + rng.random(n) * (END - created)).astype(np.int64)
    duplicated = has & (rng.random(n) < 0.06) & (again < END - DAY)
    who = np.concatenate([np.flatnonzero(has), np.flatnonzero(duplicated)])
    made = np.concatenate([created[has], again[duplicated]])
    is_primary = np.arange(len(who)) < int(has.sum())
    order = np.lexsort((who, made))
    who, made, is_primary = who[order], made[order], is_primary[order]
    primary, second = np.full(n, MISSING), np.full(n, MISSING)
    primary[who[is_primary]] = np.flatnonzero(is_primary)
    second[who[~is_primary]] = np.flatnonzero(~is_primary)

    draw = rng.random((len(who), 4)).tolist()
    first_name, last_name, email = [], [], []
    after_change = ((people.email_changed != MISSING) & (people.email_changed <= again)).tolist()
    for row, (i, primary_record) in enumerate(zip(who.tolist(), is_primary.tolist(), strict=True)):
        u, v, w, x = draw[row]
        first, last = people.first_name[i], people.last_name[i]
        address: str | None = people.email[i]
        if primary_record:
            address = None if u < 0.03 else _PLACEHOLDER_EMAIL if u < 0.034 else address
        else:
            first, last = (first, typo(last, v)) if u < 0.5 else (typo(first, v), last)
            current = people.new_email[i] if after_change[i] else address
            other = f"{plain(first)}_{plain(last)}{block.first_person + i + 1}@{names.MAIL_DOMAINS[int(w * 3)]}"
            address = current if x < 0.45 else None if x < 0.6 else other
        first_name.append(first)
        last_name.append(last)
        email.append(address)
    return Records(
        person=who,
        created=made,
        is_primary=is_primary,
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=_typed_phones(rng, people, who, missing=0.22),
        is_verified=(rng.random(len(who)) < np.where(is_primary, 0.7, 0.3))
        & np.array([address is not None and address != _PLACEHOLDER_EMAIL for address in email]),
        primary=primary,
        second=second,
    )


def make_accounts(block: Block, people: People, records: Records) -> Accounts:
    """One account for everybody who has one, and a second for three in a hundred, mostly of another address."""
    rng, n = block.rng("accounts"), len(people)
    again = people.acquired + (2 * DAY + rng.random(n) * (END - people.acquired)).astype(np.int64)
    # Whoever has a second record often got it with a second account.
    record_again = np.where(records.second == MISSING, MISSING, records.created[records.second])
    with_record = (record_again != MISSING) & (rng.random(n) < 0.5)
    again = np.where(with_record, record_again, again)
    doubled = people.has_account & (with_record | (rng.random(n) < 0.01)) & (again < END - DAY)
    who = np.concatenate([np.flatnonzero(people.has_account), np.flatnonzero(doubled)])
    made = np.concatenate([people.acquired[people.has_account], again[doubled]])
    is_first = np.arange(len(who)) < int(people.has_account.sum())
    order = np.lexsort((who, made))
    who, made, is_first = who[order], made[order], is_first[order]
    first, second = np.full(n, MISSING), np.full(n, MISSING)
    first[who[is_first]] = np.flatnonzero(is_first)
    second[who[~is_first]] = np.flatnonzero(~is_first)
    record = np.where(is_first, records.primary[who], np.where(with_record[who], records.second[who], MISSING))
    record[rng.random(len(who)) < 0.08] = MISSING

    follows = ((people.email_changed != MISSING) & (rng.random(n) < 0.6)).tolist()
    email, new_email = [], []
    for i, first_account in zip(who.tolist(), is_first.tolist(), strict=True):
        alias = f"{plain(people.first_name[i])[0]}.{plain(people.last_name[i])}{block.first_person + i + 1}"
        email.append(people.email[i] if first_account else f"{alias}@{names.MAIL_DOMAINS[i % 3]}")
        new_email.append(people.new_email[i] if first_account and follows[i] else None)
    return Accounts(
        person=who,
        created=made,
        record=record,
        email=email,
        new_email=new_email,
        first_name=[people.first_name[i] for i in who.tolist()],
        last_name=[people.last_name[i] for i in who.tolist()],
        phone=_typed_phones(rng, people, who, missing=0.45),
        first=first,
        second=second,
    )


def make_changes(block: Block, people: People, records: Records, codes: list[str], preferred: Ints) -> Changes:
    """What changed in first records after they were made: addresses after moving, e-mail, name, phone, preference.

    `codes` are the postal codes after moving, `preferred` the preference at the start; both a person.
    """
    rng, n = block.rng("changes"), len(people)
    known = records.known()
    moved = people.moved()
    told = _days_after(rng, moved, 1, 20)
    old_codes = postal_codes_of(block, people)
    rows: list[tuple[int, int, int, str | None, str | None]] = []

    def add(i: int, field: str, at: int, old: str | None, new: str | None) -> None:
        if old != new:
            rows.append((at, int(records.primary[i]), _CHANGED_FIELDS.index(field), old, new))

    for i in np.flatnonzero((moved != MISSING) & (known != MISSING) & (known < moved) & (told < END)).tolist():
        before, after, at = names.PLACES[people.place[i]], names.PLACES[people.new_place[i]], int(told[i])
        add(i, "street", at, people.street[i], people.new_street[i])
        add(i, "postal_code", at, old_codes[i], codes[i])
        add(i, "city", at, before.city, after.city)
        add(i, "region", at, before.region, after.region)
    changed = people.email_changed
    for i in np.flatnonzero((changed != MISSING) & (known != MISSING) & (known < changed)).tolist():
        add(i, "email", int(changed[i]), records.email[records.primary[i]], people.new_email[i])
    married = np.where(people.life_kind == MARRIAGE, people.life_at, MISSING).max(axis=1)
    renamed = _days_after(rng, married, 5, 60)
    takes_name = (married != MISSING) & (known != MISSING) & (known < renamed) & (renamed < END) & (rng.random(n) < 0.4)
    for i, u in zip(np.flatnonzero(takes_name).tolist(), rng.random(int(takes_name.sum())).tolist(), strict=True):
        pool = names.LAST_NAMES[people.country[i]]
        add(i, "last_name", int(renamed[i]), records.last_name[records.primary[i]], pool[int(u * len(pool))])
    for field in ("phone", "preferred_channel"):
        later = known + (rng.random(n) * (END - known)).astype(np.int64)
        chosen = (known != MISSING) & (rng.random(n) < 0.03) & (later > known + HOUR)
        for i, u in zip(np.flatnonzero(chosen).tolist(), rng.random(int(chosen.sum())).tolist(), strict=True):
            if field == "phone":
                number = f"{dialling_code(people.country[[i]])[0]} 555 9{block.first_person + i:07d}"
                add(i, field, int(later[i]), records.phone[records.primary[i]], number)
            else:
                old = None if preferred[i] == MISSING else _PREFERRED[preferred[i]]
                add(i, field, int(later[i]), old, _PREFERRED[int(u * len(_PREFERRED))])
    rows.sort(key=lambda row: row[:3])
    return Changes(
        record=np.array([row[1] for row in rows], np.int64),
        field=np.array([row[2] for row in rows], np.int64),
        old=[row[3] for row in rows],
        new=[row[4] for row in rows],
        at=np.array([row[0] for row in rows], np.int64),
    )


def postal_codes_of(block: Block, people: People) -> list[str]:
    """The postal code of each person's first address."""
    codes = postal_codes(block.rng("postal codes"), people.place)
    for i in np.flatnonzero((people.partner != MISSING) & (people.partner < np.arange(len(people)))).tolist():
        codes[i] = codes[i - 1]
    return codes


def preferences(block: Block, people: People) -> Ints:
    """The channel each person says to prefer, or MISSING."""
    rng, n = block.rng("preferences"), len(people)
    said = rng.choice(5, n, p=(0.55, 0.12, 0.13, 0.10, 0.10))
    said = np.where(people.channel == APP, np.where(rng.random(n) < 0.6, 4, said), said)
    said = np.where(people.channel == PHONE, np.where(rng.random(n) < 0.5, 1, said), said)
    return np.where(rng.random(n) < 0.12, MISSING, said)


def crm_exports(block: Block, people: People, records: Records) -> dict[str, Columns]:
    """The columns of crm.customers (as they stand at the end), customer_changes, life_events and needs."""
    rng = block.rng("crm export")
    new_codes = postal_codes(block.rng("new postal codes"), people.new_place)
    preferred = preferences(block, people)
    changes = make_changes(block, people, records, new_codes, preferred)
    who, place_now = records.person, people.place_at(records.person, records.created)
    moved_before = _moved_before(people, records).tolist()
    old_codes = postal_codes_of(block, people)
    person = who.tolist()
    where = [names.PLACES[index] for index in place_now.tolist()]
    is_primary, tells = records.is_primary.tolist(), (rng.random(len(who)) < 0.30).tolist()
    values: dict[str, list[str | None]] = {
        "first_name": list(records.first_name),
        "last_name": list(records.last_name),
        "email": list(records.email),
        "phone": list(records.phone),
        "street": [people.new_street[i] if m else people.street[i] for i, m in zip(person, moved_before, strict=True)],
        "postal_code": [new_codes[i] if m else old_codes[i] for i, m in zip(person, moved_before, strict=True)],
        "city": [place.city for place in where],
        "region": [place.region for place in where],
        "preferred_channel": [None if preferred[i] == MISSING else _PREFERRED[preferred[i]] for i in person],
    }
    edited = records.created + (rng.random(len(who)) * (END - records.created)).astype(np.int64)
    updated = np.where(rng.random(len(who)) < 0.3, edited, records.created)
    for row, field, new in zip(changes.record.tolist(), changes.field.tolist(), changes.new, strict=True):
        values[_CHANGED_FIELDS[field]][row] = new
    np.maximum.at(updated, changes.record, changes.at)
    referrer = people.referrer[who]
    referred_by = np.where((referrer != MISSING) & records.is_primary, records.primary[referrer], MISSING)
    # The advocate's record must be older.
    referred_by = np.where(
        (referred_by != MISSING) & (records.created[referred_by] < records.created), referred_by, MISSING
    )
    loyal = loyalty_numbers(block, people)
    birth = people.birth_date[who].copy()
    birth[rng.random(len(who)) < 0.2] = np.datetime64("NaT")
    acquisition = np.where(records.is_primary, people.acquisition_channel[who], DIRECT)
    customers: Columns = {
        "customer_number": ids("C", block.numbers(np.arange(len(who)))),
        "created_at": instants(records.created),
        "updated_at": instants(updated),
        "first_name": texts(values["first_name"]),
        "last_name": texts(values["last_name"]),
        "email": texts(values["email"]),
        "is_email_verified": booleans(records.is_verified),
        "phone": texts(values["phone"]),
        "birth_date": dates(birth),
        "street": texts(values["street"]),
        "postal_code": texts(values["postal_code"]),
        "city": texts(values["city"]),
        "region": texts(values["region"]),
        "country_code": words([country.code for country in names.COUNTRIES], people.country[who]),
        "loyalty_number": texts([loyal[i] if first else None for i, first in zip(person, is_primary, strict=True)]),
        "social_handle": texts(
            [
                people.handle[i] if first and told else None
                for i, first, told in zip(person, is_primary, tells, strict=True)
            ]
        ),
        "preferred_channel": texts(values["preferred_channel"]),
        "acquisition_channel": words(ACQUISITION_CHANNELS, acquisition),
        "acquisition_cost": money(np.where(records.is_primary, people.acquisition_cents[who], 0)),
        "currency": constant("EUR", len(who)),
        "referred_by": ids("C", block.numbers(referred_by)),
    }
    return {
        "customers": customers,
        "customer_changes": {
            "change_id": ids("CC", block.numbers(np.arange(len(changes.at)))),
            "customer_number": ids("C", block.numbers(changes.record)),
            "field": words(_CHANGED_FIELDS, changes.field),
            "old_value": texts(changes.old),
            "new_value": texts(changes.new),
            "changed_at": instants(changes.at),
        },
        "life_events": _life_events(block, people, records),
        "needs": _needs(block, people, records),
    }


def accounts_export(block: Block, people: People, accounts: Accounts) -> Columns:
    """The columns of shop.accounts, as they stand at the end."""
    rng = block.rng("accounts export")
    loyal = loyalty_numbers(block, people)
    given = rng.random(len(accounts.person)) < 0.7
    person = accounts.person.tolist()
    changed = np.array([new is not None for new in accounts.new_email], np.bool_)
    edited = accounts.created + (rng.random(len(person)) < 0.25) * (
        rng.random(len(person)) * (END - accounts.created)
    ).astype(np.int64)
    at = np.where(changed, people.email_changed[accounts.person], MISSING)
    return {
        "account_id": ids("A", block.numbers(np.arange(len(person)))),
        "customer_number": ids("C", block.numbers(accounts.record)),
        "email": texts([new or old for new, old in zip(accounts.new_email, accounts.email, strict=True)]),
        "is_email_verified": booleans(rng.random(len(person)) < 0.75),
        "phone": texts(accounts.phone),
        "first_name": texts(accounts.first_name),
        "last_name": texts(accounts.last_name),
        "loyalty_number": texts([loyal[i] if g else None for i, g in zip(person, given.tolist(), strict=True)]),
        "created_at": instants(accounts.created),
        "updated_at": instants(np.maximum(edited, at)),
    }


def loyalty_numbers(block: Block, people: People) -> list[str | None]:
    """Loyalty cards: four in five of the customers of stores have one, two in five of the others."""
    share = np.where(people.channel == STORE, 0.8, 0.4) * people.has_account
    has = (block.rng("loyalty").random(len(people)) < share).tolist()
    return [f"L{block.first_person + i + 10_000_001}" if card else None for i, card in enumerate(has)]


def _moved_before(people: People, records: Records) -> Flags:
    """Which records were made after their person had moved."""
    moved = people.moved()[records.person]
    before: Flags = (moved != MISSING) & (moved <= records.created)
    return before


def email_at(people: People, person: Ints, instant: Ints) -> list[str]:
    """The address of each person at an instant."""
    changed = people.email_changed[person]
    new = ((changed != MISSING) & (instant >= changed)).tolist()
    return [
        (people.new_email[i] or people.email[i]) if later else people.email[i]
        for i, later in zip(person.tolist(), new, strict=True)
    ]


def typo(name: str, u: float) -> str:
    """The name with two letters swapped, one doubled or one left out; u in [0, 1) chooses."""
    if len(name) < 4:
        return name + name[-1]
    place = 1 + int(u * 997) % (len(name) - 2)
    kind = int(u * 3)
    if kind == 0:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name[:place] + (name[place] * 2 if kind == 1 else "") + name[place + 1 :]


def _days_after(rng: np.random.Generator, instant: Ints, low: float, high: float) -> Ints:
    """A moment so many days after each instant."""
    return instant + (rng.uniform(low, high, len(instant)) * DAY).astype(np.int64)


def _typed_phones(rng: np.random.Generator, people: People, who: Ints, missing: float) -> list[str | None]:
    """Numbers of a range that no network uses, as clerks and customers type them; a few hold a placeholder."""
    draw = rng.random((len(who), 2)).tolist()
    codes = dialling_code(people.country[who])
    typed: list[str | None] = []
    for code, number, (u, v) in zip(codes, people.phone[who].tolist(), draw, strict=True):
        digits = f"{number:08d}"
        if u < missing:
            typed.append(None)
        elif u > 0.996:
            typed.append(_PLACEHOLDER_PHONE)
        elif v < 0.40:
            typed.append(f"{code}555{digits}")
        elif v < 0.60:
            typed.append(f"{code} 555 {digits[:4]} {digits[4:]}")
        elif v < 0.75:
            typed.append(f"00{code[1:]} 555/{digits}")
        elif v < 0.88:
            typed.append(f"0555 {digits}")
        else:
            typed.append(f"(0555) {digits[:4]}-{digits[4:]}")
    return typed


def _life_events(block: Block, people: People, records: Records) -> Columns:
    """Seven in ten events become known, weeks later or when the record is made."""
    rng = block.rng("life events")
    person, slot = np.nonzero(people.life_at != MISSING)
    known = records.known()[person]
    at = people.life_at[person, slot]
    told = _days_after(rng, np.maximum(known, at), 1, 40)
    keep = (known != MISSING) & (rng.random(len(person)) < 0.7) & (told < END) & (at > known - 200 * DAY)
    person, slot, at, told = person[keep], slot[keep], at[keep], told[keep]
    order = np.lexsort((person, told))
    person, slot, at, told = person[order], slot[order], at[order], told[order]
    return {
        "life_event_id": ids("LE", block.numbers(np.arange(len(person)))),
        "customer_number": ids("C", block.numbers(records.primary[person])),
        "kind": words(LIFE_EVENTS, people.life_kind[person, slot]),
        "occurred_on": dates(at.astype("datetime64[s]").astype("datetime64[D]")),
        "reported_at": instants(told),
    }


def _needs(block: Block, people: People, records: Records) -> Columns:
    """Wishes of one in eight: cheaper where price matters, about what the person likes."""
    rng = block.rng("needs")
    person = np.flatnonzero((records.primary != MISSING) & (rng.random(len(people)) < 0.13))
    known = records.known()[person]
    at = known + HOUR + (rng.random(len(person)) * np.maximum(END - MINUTE - known - HOUR, 1)).astype(np.int64)
    person, at = person[at < END], at[at < END]
    order = np.lexsort((person, at))
    person, at = person[order], at[order]
    category = (rng.random(len(person))[:, None] > np.cumsum(people.affinity[person], axis=1)[:, :-1]).sum(axis=1)
    need = rng.choice(6, len(person), p=(0.16, 0.24, 0.2, 0.1, 0.18, 0.12))
    need = np.where(rng.random(len(person)) < 0.3 * people.price_sensitivity[person], 0, need)
    return {
        "need_id": ids("ND", block.numbers(np.arange(len(person)))),
        "customer_number": ids("C", block.numbers(records.used_by(rng, person, at))),
        "category": words(names.CATEGORIES, category),
        "need": words(_NEEDS, need),
        "channel": words(_NEED_CHANNELS, rng.choice(4, len(person), p=(0.3, 0.25, 0.25, 0.2))),
        "stated_at": instants(at),
    }
