"""Which table feeds which entity, column by column: what a person said, and a guess for the rest.

Names of columns say most of it. What else tells tables apart is whether a key stands in them once or many times: an
order has many lines, a case many events.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from orchestration.new_source.entities import CALLED, CHANNEL_WORDS, CODE_WORDS, DIRECT, KINDS, WORDS, shape_of
from orchestration.new_source.errors import NewSourceError
from orchestration.new_source.inspection import MOST_WORDS, Column, Table
from orchestration.new_source.mapping import Mapping
from orchestration.new_source.surveys import Question, guessed_questions, looks_like_a_scale, said_questions

# A key that is another one in so many of its rows names a row; what repeats are slips, of which the newest counts.
_UNIQUE_SHARE = 0.9
# An attribute whose values so many customers share says nothing of one of them.
_ROWS_A_VALUE = 10
_FITTING = {
    "timestamp": ("time", "offset_time"),
    "date": ("time", "offset_time"),
    "bigint": ("integer", "whole"),
    "boolean": ("boolean",),
}


@dataclass(frozen=True)
class Field:
    """A column of an entity: SQL on the columns of the raw table, and which of them it reads.

    `words` are those of a coded column, each with its code.
    """

    sql: str
    columns: tuple[str, ...]
    is_guess: bool
    words: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Feed:
    """What a table brings an entity.

    `is_by_key`: its key stands in many rows, of which the newest counts. `numbered`: no column tells the parts of a
    whole apart, so the base model numbers them, in a column of this name. `questions` are those of a survey export.
    """

    entity: str
    table: str
    fields: dict[str, Field]
    is_by_key: bool = False
    numbered: str | None = None
    questions: tuple[Question, ...] = ()

    @property
    def columns(self) -> set[str]:
        """The columns of the table that it reads."""
        return {c for one in self.fields.values() for c in one.columns} | {one.column for one in self.questions}


@dataclass(frozen=True)
class Proposal:
    """All that a pack is written from. `notes` are what is left out or has to be looked at, in words."""

    source: str
    tables: dict[str, Table]
    feeds: dict[str, Feed]
    attributes: tuple[str, ...]
    currency: str
    is_currency_guess: bool
    time_zone: str | None
    customer_namespace: str
    seeds: dict[str, list[list[str]]]
    notes: tuple[str, ...]

    def feeds_of(self, table: str) -> list[Feed]:
        """What that table feeds."""
        return [feed for feed in self.feeds.values() if feed.table == table]


@dataclass
class _Draft:
    """A proposal in the making."""

    root: Path
    said: Mapping
    tables: dict[str, Table]
    notes: list[str] = field(default_factory=list)
    seeds: dict[str, list[list[str]]] = field(default_factory=dict)


def propose(source: str, tables: list[Table], said: Mapping, root: Path) -> Proposal:
    """What the `tables` of `source` feed. Raises NewSourceError where that is nothing, or what was said cannot be."""
    draft = _Draft(root, said, {table.name: table for table in tables})
    feeds = {entity: _feed(entity, table, draft) for entity, table in _chosen(draft).items()}
    if not feeds:
        shown = "; ".join(f"{table.name} ({', '.join(c.name for c in table.columns)})" for table in tables)
        raise NewSourceError(
            f"No table is known by the names of its columns: {shown}. Say in a mapping which entity each one feeds "
            f"({', '.join(WORDS)}), as docs/examples/ shows."
        )
    _note_answers(source, feeds.get("survey_answers"), draft)
    base_currency = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["base_currency"]
    currency, is_sure = _currency(feeds, draft, base_currency)
    attributes = _attributes(feeds.get("customer_records"), draft)
    for seed, rows in said.seeds.items():
        draft.seeds.setdefault(seed, []).extend(rows)
    _check_rates(currency, feeds, draft, base_currency)
    _note_what_is_unused(feeds, attributes, draft)
    names = _names(feeds, draft)
    return Proposal(
        source,
        {names[old]: replace(draft.tables[old], name=names[old]) for old in names},
        {entity: replace(feed, table=names[feed.table]) for entity, feed in feeds.items()},
        attributes,
        currency,
        not is_sure,
        said.time_zone,
        said.customer_namespace or source,
        draft.seeds,
        tuple(draft.notes),
    )


def _chosen(draft: _Draft) -> dict[str, str]:
    """Which table feeds each entity."""
    chosen: dict[str, str] = {}
    open_tables = [table for name, table in draft.tables.items() if name not in draft.said.tables]
    for name, entities in draft.said.tables.items():
        for word in entities:
            if WORDS[word] in chosen:
                raise NewSourceError(
                    f"Both {chosen[WORDS[word]]} and {name} are said to feed {word}. Say one of them, and unite the "
                    "files before they are delivered, or write the staging model of the other by hand."
                )
            chosen[WORDS[word]] = name
    for table in open_tables:
        entity = _entity_of(table, draft)
        if entity and entity not in chosen:
            chosen[entity] = table.name
        elif entity:
            draft.notes.append(f"{table.name} could feed {entity} as {chosen[entity]} does: it feeds nothing.")
    # What one table of many rows a key says of the whole, where no table of its own does.
    for part, whole in (("order_lines", "orders"), ("ticket_events", "tickets"), ("order_lines", "products")):
        if part in chosen and whole not in chosen and chosen[part] not in draft.said.tables:
            if whole == "products" or _found(whole, draft.tables[chosen[part]], "occurred_at"):
                chosen[whole] = chosen[part]
            else:
                draft.notes.append(f"{chosen.pop(part)} has no time, and no table has the {whole}: it feeds nothing.")
    orders = chosen.get("orders")
    if orders and "order_lines" not in chosen and orders not in draft.said.tables:
        if _found("order_lines", draft.tables[orders], "original_amount"):
            chosen["order_lines"] = chosen["products"] = orders
        else:
            draft.notes.append(f"{orders} says of no order what it came to: orders have no lines, and no revenue.")
    if chosen.get("customer_records") and _identifiers(draft.tables[chosen["customer_records"]], draft):
        chosen["customer_identifiers"] = chosen["customer_records"]
    return chosen


def _identifiers(table: Table, draft: _Draft) -> bool:
    said = draft.said.tables.get(table.name, {}).get("customers", {})
    names = [name for name in KINDS["customer_identifiers"].names if said.get(name) != "none"]
    return any(name in said or _found("customer_identifiers", table, name) for name in names)


def _entity_of(table: Table, draft: _Draft) -> str | None:
    """The entity whose columns a table has, by which keys it has and whether they repeat."""
    if _found("survey_answers", table, "response_id") and _questions(table, {}, draft):
        return "survey_answers"
    order = _found("order_lines", table, "order_id")
    ticket = _found("ticket_events", table, "ticket_id")
    if order:
        has_amount = _found("order_lines", table, "original_amount") or _found("order_lines", table, "unit_price")
        if has_amount and (_found("order_lines", table, "product_id") or not _is_unique(order, table)):
            return "order_lines"
        if _found("orders", table, "occurred_at") and _is_unique(order, table):
            return "orders"
        return None
    if ticket:
        if not _found("tickets", table, "occurred_at"):
            return None
        if _is_unique(ticket, table):
            return "tickets"
        return "ticket_events" if _found("ticket_events", table, "event_type") else None
    for entity in ("products", "customer_records"):
        key = _found(entity, table, KINDS[entity].key)
        is_called = _is_called(table, entity)
        if key and (is_called or (_is_unique(key, table) and key.name != "id")):
            return entity
    for entity in ("orders", "tickets"):
        if (
            _is_called(table, entity)
            and _found(entity, table, KINDS[entity].key)
            and _found(entity, table, "occurred_at")
        ):
            return entity
    return None


def _is_called(table: Table, entity: str) -> bool:
    return any(word in table.name for word in CALLED[entity])


def _is_unique(column: Column, table: Table) -> bool:
    return bool(table.row_count) and column.distinct_count >= _UNIQUE_SHARE * max(column.filled_count, 1)


def _found(entity: str, table: Table, name: str, type_: str = "string") -> Column | None:
    """The column of `table` that its name says to be `name` of the entity, if its values fit."""
    kinds = {"occurred_at": "timestamp", "original_amount": "decimal", "unit_price": "decimal"}
    wanted = kinds.get(name, type_)
    for candidate in KINDS[entity].names.get(name, ()):
        column = table.column(candidate)
        if column and column.filled_count and _fits(column, wanted):
            return column
    if name == "occurred_at" and KINDS[entity].at:
        times = [column for column in table.columns if _fits(column, "timestamp") and column.filled_count]
        return (
            next((c for c in times if c.filled_count == table.row_count), None)
            if entity != "customer_records"
            else None
        )
    return None


def _fits(column: Column, type_: str) -> bool:
    if type_.startswith("decimal"):
        return column.kind in ("integer", "whole", "number")
    return column.kind in _FITTING.get(type_, (column.kind,))


def _feed(entity: str, table_name: str, draft: _Draft) -> Feed:
    table = draft.tables[table_name]
    word = "customers" if entity == "customer_identifiers" else next(w for w, e in WORDS.items() if e == entity)
    said = draft.said.tables.get(table_name, {}).get(word, {})
    kind = KINDS[entity]
    shape = shape_of(entity, draft.root)
    fields: dict[str, Field] = {}
    taken: set[str] = set()
    for name in kind.names:
        type_ = "decimal" if name == "unit_price" else shape.get(name, "string")
        if name in said:
            if said[name] != "none":
                fields[name] = _said_field(said[name], name, entity, table, type_)
        elif (column := _found(entity, table, name, type_)) and column.name not in taken | _said_columns(said, table):
            fields[name] = Field(column.name, (column.name,), is_guess=name != kind.key or not said)
        # A word that means two things means the first; that an order's customer is its key is nobody's meaning.
        taken.update(fields[name].columns if name in fields else ())
    if "key_of_customer" not in fields and entity == "customer_identifiers":
        fields["source_customer_id"] = _key_of_records(table, draft)
    if entity == "order_lines" and "original_amount" not in fields and "unit_price" in fields:
        quantity = fields.get("quantity")
        price = fields["unit_price"].sql
        sql = f"cast({quantity.sql} * {price} as decimal(18, 4))" if quantity else price
        columns = (*fields["unit_price"].columns, *(quantity.columns if quantity else ()))
        fields["original_amount"] = Field(sql, columns, is_guess=True)
    fields.pop("unit_price", None)
    for name, sql in kind.defaults.items():
        fields.setdefault(name, Field(sql, (), is_guess=True))
    if entity == "products" and "product_id" not in fields:
        fields |= {
            "product_id": Field("'goods'", (), is_guess=True),
            "product_name": Field("'Goods, not told apart'", (), is_guess=True),
        }
    missing = [name for name in kind.required if name not in fields]
    if missing:
        raise NewSourceError(
            f"{table_name} ({', '.join(c.name for c in table.columns)}) feeds {word}, and no column of it is "
            f"{', '.join(missing)}. Say which one is, in the mapping: tables: {table_name}: {word}: {missing[0]}: …"
        )
    coded = {name: _coded(entity, name, one, table, draft) for name, one in fields.items()}
    questions = _questions(table, fields, draft) if entity == "survey_answers" else ()
    if entity == "survey_answers" and not questions:
        raise NewSourceError(
            f"{table_name} ({', '.join(c.name for c in table.columns)}) feeds survey_answers, and no column of it is "
            f"known as a question. Say which are: tables: {table_name}: survey_answers: questions: "
            "{column: {construct: satisfaction, scale: [1, 5]}}."
        )
    feed = Feed(entity, table_name, {name: one for name, one in coded.items() if one is not None}, questions=questions)
    return replace(_told_apart(feed, table), is_by_key=_is_by_key(feed, table, draft))


def _questions(table: Table, fields: dict[str, Field], draft: _Draft) -> tuple[Question, ...]:
    said = draft.said.tables.get(table.name, {}).get("survey_answers", {}).get("questions")
    if said is not None:
        return said_questions(said, table)
    return guessed_questions(table, {column for one in fields.values() for column in one.columns})


def _note_answers(source: str, feed: Feed | None, draft: _Draft) -> None:
    """The rows that the seed of questions needs, and what hangs on a person's word."""
    if feed is None:
        return
    table = draft.tables[feed.table]
    draft.seeds.setdefault("survey_items", []).extend(question.seed_row(source) for question in feed.questions)
    for column in table.columns:
        if column.name not in feed.columns and looks_like_a_scale(column):
            draft.notes.append(
                f"{table.name}.{column.name} has answers from {column.lowest} to {column.highest}, and its name does "
                "not say what it asks. Say it under questions: in the mapping, if it counts."
            )
    if "source_customer_id" in feed.fields:
        keys = draft.said.customer_namespace or source
        draft.notes.append(
            f"{table.name}: customers are those of {keys}{'' if draft.said.customer_namespace else ': a guess'}. "
            "Where their keys are another source's, say customer_namespace: in the mapping, or no answer finds its "
            "orders."
        )
    elif "email" in feed.fields:
        draft.notes.append(
            f"{table.name}: who answered is known by an e-mail address alone. It is the customer of another source "
            "where that source links its customers to their addresses (identity_links)."
        )
    else:
        draft.notes.append(f"{table.name}: nobody is told who answered; answers are no customer's.")


def _said_columns(said: dict[str, Any], table: Table) -> set[str]:
    return {str(one) for one in said.values() if isinstance(one, str) and table.column(one)}


def _key_of_records(table: Table, draft: _Draft) -> Field:
    return _feed("customer_records", table.name, replace_notes(draft)).fields["source_customer_id"]


def replace_notes(draft: _Draft) -> _Draft:
    """The draft, for a question that is asked twice and leaves no second note."""
    return _Draft(draft.root, draft.said, draft.tables)


def _said_field(said: Any, name: str, entity: str, table: Table, type_: str) -> Field:
    if isinstance(said, dict):
        (column_name, words), *more = said.items()
        if more or not isinstance(words, dict):
            raise NewSourceError(
                f"{table.name}: {entity}.{name} names words of one column: {{column: {{word: code}}}}."
            )
        _column_of(str(column_name), table, f"{entity}.{name}")
        pairs = tuple((str(word), None if code is None else str(code)) for word, code in words.items())
        return Field(str(column_name), (str(column_name),), is_guess=False, words=pairs)
    if isinstance(said, bool):
        word = "yes" if said else "no"
        raise NewSourceError(
            f"{table.name}: {entity}.{name} is {word!r}, or on or off, which YAML takes for no text: put it in quotes."
        )
    text = str(said)
    if re.fullmatch(r"[a-z_]\w*", text):
        column = _column_of(text, table, f"{entity}.{name}")
        if type_ != "string" and not _fits(column, type_):
            told = f", as in {column.misfit}" if column.misfit else ""
            raise NewSourceError(
                f"{table.pattern}: column {column.name} is to be {entity}.{name}, a {type_}, and its values are "
                f"{column.kind}{told}. Say another column, or SQL that makes one of it."
            )
        return Field(text, (text,), is_guess=False)
    bare = re.sub(r"'[^']*'", "", text)
    return Field(text, tuple(c.name for c in table.columns if re.search(rf"\b{c.name}\b", bare)), is_guess=False)


def _column_of(name: str, table: Table, what: str) -> Column:
    column = table.column(name)
    if column is None:
        raise NewSourceError(
            f"{table.name} has no column {name!r}, which is to be {what}. It has "
            f"{', '.join(c.name for c in table.columns)}."
        )
    return column


def _coded(entity: str, name: str, field_: Field, table: Table, draft: _Draft) -> Field | None:
    """A coded column with the code of each of its words; a channel with its rows of the seed."""
    if len(field_.columns) != 1 or field_.sql != field_.columns[0]:
        return field_
    column = _column_of(field_.sql, table, name)
    if name == "channel":
        return _channel(field_, column, draft)
    codes = _codes(draft.root).get((entity, name))
    if not codes:
        return field_
    known = dict(field_.words)
    if known:
        missing = [word for word in column.words if word not in known]
        if missing:
            raise NewSourceError(
                f"{table.pattern}: column {column.name} has words that {entity}.{name} gives no code: "
                f"{', '.join(missing)}. Codes are {', '.join(sorted(codes))}."
            )
        return field_
    if column.distinct_count > MOST_WORDS:
        draft.notes.append(
            f"{table.name}.{column.name} has {column.distinct_count:,} words, too many for {entity}.{name}."
        )
        default = KINDS[entity].defaults.get(name)
        return Field(default, (), is_guess=True) if default else None
    meant = CODE_WORDS.get((entity, name), {})

    def code(word: str) -> str | None:
        plain = word.strip().lower()
        return plain if plain in codes else meant.get(plain, meant.get(None))

    words = tuple((word, code(word)) for word in column.words)
    if not field_.is_guess and any(word.strip().lower() not in codes | meant.keys() for word in column.words):
        field_ = replace(field_, is_guess=True)
    return replace(field_, words=words)


def _channel(field_: Field, column: Column, draft: _Draft) -> Field | None:
    with (draft.root / "seeds/interaction/channels.csv").open(encoding="utf-8", newline="") as seed:
        channels = {row["channel"] for row in csv.DictReader(seed)}
    meant = {**CHANNEL_WORDS, **{word.lower(): code for word, code in field_.words if code}}
    unknown = [word for word in column.words if word.lower() not in channels | meant.keys()]
    if unknown or not column.words:
        draft.notes.append(
            f"{column.name} could be the channel, and these words are none: {', '.join(unknown[:5])}. No channel is "
            f"filled. Say in the mapping what each means, of {', '.join(sorted(channels))}."
        )
        return None
    rows = [[word, word.lower() if word.lower() in channels else str(meant[word.lower()])] for word in column.words]
    draft.seeds.setdefault("channel_words", []).extend(row for row in rows if row[0] != row[1])
    return replace(field_, words=())


def _codes(root: Path) -> dict[tuple[str, str], set[str]]:
    codes: dict[tuple[str, str], set[str]] = {}
    with (root / "seeds/codes/codes.csv").open(encoding="utf-8", newline="") as seed:
        for row in csv.DictReader(seed):
            codes.setdefault((row["entity"], row["column_name"]), set()).add(row["code"])
    return codes


def _told_apart(feed: Feed, table: Table) -> Feed:
    """A part of a whole has a key of its own, or a number within the whole; else it gets one."""
    kind = KINDS[feed.entity]
    if not kind.whole:
        return feed
    whole, number = feed.fields[kind.whole].sql, feed.fields.get("line_number")
    key = table.column(feed.fields[kind.key].sql) if kind.key in feed.fields else None
    if key and key.distinct_count == table.row_count:
        return feed
    without_key = {name: one for name, one in feed.fields.items() if name != kind.key}
    if (
        number
        and table.column(whole)
        and table.column(number.sql)
        and table.distinct_count(whole, number.sql) == table.row_count
    ):
        return replace(feed, fields=without_key)
    without_key.pop("line_number", None)
    return replace(feed, fields=without_key, numbered="line_number" if feed.entity == "order_lines" else "event_number")


def _is_by_key(feed: Feed, table: Table, draft: _Draft) -> bool:
    """Whether the entity's key stands in several rows of the table."""
    if feed.entity in ("order_lines", "ticket_events"):
        return False
    key = feed.fields[KINDS[feed.entity].key]
    column = table.column(key.sql)
    if column is None:
        return True
    repeated = column.filled_count - column.distinct_count
    is_slip = _is_unique(column, table) or feed.entity == "customer_records"
    if repeated and is_slip:
        draft.notes.append(
            f"{table.pattern}: {repeated:,} rows have a {column.name} that another row has. "
            "The newest row counts: a guess."
        )
    return repeated > 0


def _currency(feeds: dict[str, Feed], draft: _Draft, base_currency: str) -> tuple[str, bool]:
    """The currency of amounts that no column of their own row has."""
    if draft.said.currency:
        return draft.said.currency, True
    for feed in feeds.values():
        if "currency" in feed.fields and (column := draft.tables[feed.table].column(feed.fields["currency"].sql)):
            if len(column.words) == 1:
                return column.words[0], True
            draft.notes.append(
                f"{feed.table}.{column.name} has {column.distinct_count} currencies. Amounts of other tables count as "
                f"{base_currency}: say SQL in the mapping, or join them in staging."
            )
    return base_currency, False


def _check_rates(currency: str, feeds: dict[str, Feed], draft: _Draft, base_currency: str) -> None:
    needed = {currency} if "order_lines" in feeds else set()
    for feed in feeds.values():
        if "currency" in feed.fields and (column := draft.tables[feed.table].column(feed.fields["currency"].sql)):
            needed |= set(column.words)
    with (draft.root / "seeds/finance/exchange_rates.csv").open(encoding="utf-8", newline="") as seed:
        known = {row["currency"] for row in csv.DictReader(seed)} | {base_currency}
    known |= {row[1] for row in draft.seeds.get("exchange_rates", []) if len(row) > 1}
    for one in sorted(needed - known):
        draft.notes.append(
            f"No exchange rate of {one}: the run will stop. Add rows to seeds/finance/exchange_rates.csv (or under "
            f"seeds: in the mapping), or set base_currency in dbt_project.yml, which is {base_currency}."
        )


def _attributes(feed: Feed | None, draft: _Draft) -> tuple[str, ...]:
    """What a table says of customers beyond the columns that all sources have: rows of the seed of attributes."""
    if feed is None:
        return ()
    table = draft.tables[feed.table]
    said = draft.said.tables.get(feed.table, {}).get("customers", {}).get("attributes")
    for name in said or ():
        _column_of(str(name), table, "an attribute")
    used = {
        c
        for other in ("customer_records", "customer_identifiers", "orders", "tickets")
        for c in _used(other, draft, feed)
    }
    with (draft.root / "seeds/descriptive/profile_attributes.csv").open(encoding="utf-8", newline="") as seed:
        known = {row["attribute"] for row in csv.DictReader(seed)}
    found: list[str] = []
    for column in table.columns:
        if column.name in used or not column.filled_count or (said is not None and column.name not in said):
            continue
        is_shared = bool(column.words) and column.filled_count >= _ROWS_A_VALUE * column.distinct_count
        is_open = said is not None or (is_shared and not set(column.name.split("_")) & set(DIRECT))
        found.append(column.name)
        if column.name not in known:
            row = [column.name, "false" if is_open else "true", "true" if is_open else "false"]
            draft.seeds.setdefault("profile_attributes", []).append(row)
            if said is None:
                told = "customers are told apart by it" if is_open else "personal, as its values point to few"
                draft.notes.append(f"{feed.table}.{column.name} is an attribute of customers, {told}: a guess.")
    return tuple(found)


def _used(entity: str, draft: _Draft, feed: Feed) -> set[str]:
    if entity == feed.entity:
        return {column for one in feed.fields.values() for column in one.columns}
    if entity == "customer_identifiers" and _identifiers(draft.tables[feed.table], draft):
        other = _feed(entity, feed.table, replace_notes(draft))
        return {column for one in other.fields.values() for column in one.columns}
    return set()


def _note_what_is_unused(feeds: dict[str, Feed], attributes: tuple[str, ...], draft: _Draft) -> None:
    """Nothing is left out without a word."""
    fed = {feed.table for feed in feeds.values()}
    for name, table in draft.tables.items():
        if table.left_out:
            draft.notes.append(f"{name}: {', '.join(table.left_out)} are no plain names; they stay in `_new_columns`.")
        draft.notes += [f"{table.pattern}: {doubt}: a guess." for doubt in table.doubts]
        if name not in fed:
            if name not in draft.said.tables:
                draft.notes.append(f"{name} feeds nothing ({', '.join(c.name for c in table.columns)}).")
            continue
        used = {c for feed in feeds.values() if feed.table == name for c in feed.columns}
        customers = feeds.get("customer_records")
        if customers and customers.table == name:
            used |= set(attributes)
        unused = [column.name for column in table.columns if column.name not in used]
        if unused:
            draft.notes.append(f"{name}: loaded, and in no entity: {', '.join(unused)}.")
        for column in table.columns:
            if column.name in used and column.misfit_count:
                draft.notes.append(
                    f"{column.misfit}: {column.name} is no {column.kind.replace('_', ' ')}, and so in "
                    f"{column.misfit_count:,} rows; a row rule sets them aside."
                )
            if column.name in used and not column.is_day_order_sure:
                written = "day first" if column.day_order == "dmy" else "month first"
                draft.notes.append(f"{name}.{column.name} is read {written}, and the values do not say which: a guess.")
            if column.name in used and not column.is_mark_sure:
                mark = "comma" if column.has_decimal_comma else "point"
                draft.notes.append(
                    f"{name}.{column.name} is read with a decimal {mark}, and no value says so: 1.234 and 1,234 may be "
                    "either: a guess."
                )
            _note_exponents(name, column, feeds, draft.notes.append)


def _note_exponents(table: str, column: Column, feeds: dict[str, Feed], note: Callable[[str], None]) -> None:
    """A spreadsheet writes a long key as 4e+10, and keys are told apart no more."""
    keys = {feed.fields[KINDS[entity].key].sql for entity, feed in feeds.items() if KINDS[entity].key in feed.fields}
    if column.name in keys and column.kind == "number":
        note(
            f"{table}.{column.name} is a key, and some of its values are written as 1e+05: "
            "they are loaded as they stand."
        )


def _names(feeds: dict[str, Feed], draft: _Draft) -> dict[str, str]:
    """By table, the name of its raw table: what orders and cases are kept in has to be called so."""
    names: dict[str, str] = {}
    for feed in feeds.values():
        alone = all(other.table != feed.table for e, other in feeds.items() if e in ("order_lines", "ticket_events"))
        name = feed.entity if feed.entity in ("orders", "tickets") and alone else feed.table
        if feed.table not in names or name in ("orders", "tickets"):
            names[feed.table] = draft.said.names.get(feed.table, name)
    for table, name in names.items():
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or list(names.values()).count(name) > 1:
            raise NewSourceError(
                f"{table} cannot be called {name}: a raw table has a name of its own, of small letters and _."
            )
    return names
