"""The base model of a raw table: what its values have to be, and what they become."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orchestration.new_source.entities import DIRECT, INDIRECT, KINDS, read_yaml, shape_of
from orchestration.new_source.inspection import Column, Table
from orchestration.new_source.proposal import Feed, Proposal

# Their times keep the offset that they were written with.
_WITH_OFFSET = ("tickets", "ticket_events", "survey_answers")
# Names that every base model has for itself.
_OWN = ("file_name", "file_row", "loaded_at", "quarantine_rule", "quarantine_value", "utc_offset")
_LINEAGE = ("_file_name", "_file_row", "_loaded_at")
# The longest text that a word or a name is; more may be anything.
_LONGEST_NAME = 60
# A promise may lie ahead of the day on which it is loaded.
_MAY_BE_AHEAD = ("promised_delivery_at",)
_ALWAYS = """\
      - name: file_name
        description: "{{ doc('raw_file_name') }}"
      - name: file_row
        description: "{{ doc('raw_file_row') }}"
      - name: loaded_at
        description: "{{ doc('raw_loaded_at') }}"
      - name: quarantine_rule
        description: "{{ doc('quarantine_rule') }}"
      - name: quarantine_value
        description: "{{ doc('quarantine_value') }}"
        config: {meta: {personal_data: direct}}
"""


@dataclass(frozen=True)
class Base:
    """A base model: its texts, and by column of the raw table the name it has there.

    `numbered` is the column that numbers rows of a whole which have no key; `has_offset` where times keep theirs.
    """

    model: str
    sql: str
    yaml: str
    unit_test: str
    names: dict[str, str]
    numbered: str | None
    has_offset: bool


def base_of(proposal: Proposal, table: Table, root: Path) -> Base:
    """The base model of `table`."""
    source, feeds = proposal.source, proposal.feeds_of(table.name)
    roles = _roles(feeds, table, root)
    numbered = next((feed.numbered for feed in feeds if feed.numbered), None)
    kinds = _personal_data(proposal, feeds, table, roles, root)
    names = {
        column.name: "channel" if roles.get(column.name) == "channel" else _name(column.name, kinds, numbered, roles)
        for column in table.columns
    }
    at = next((f.fields["occurred_at"] for f in feeds if f.entity in _WITH_OFFSET), None)
    offset = table.column(at.sql) if at else None
    has_offset = offset is not None and offset.kind == "offset_time"
    model = f"base_{source}__{table.name}"
    rules = _rules(proposal, feeds, table, roles)
    selected = [f"    {_selected(c, roles.get(c.name), names[c.name], source)},\n" for c in table.columns]
    whole = next((f.fields[str(KINDS[f.entity].whole)].sql for f in feeds if KINDS[f.entity].whole), "")
    if numbered:
        selected.append(f"    row_number() over (partition by {whole} order by _file_name, _file_row) as {numbered},\n")
    if has_offset and at:
        selected.append(f"    {{{{ utc_offset('{at.sql}') }}}} as utc_offset,\n")
    imports = _imports(proposal, feeds, table)
    sql = f"""\
-- One row a row of the files {table.pattern}.
{rules}
{imports}select
{"".join(selected)}    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{{{ quarantine_value(row_rules) }}}} as quarantine_value
from {_relation(proposal, feeds, table, roles)} as raw_row
"""
    return Base(
        model,
        sql,
        _yaml(model, source, table, names, kinds, numbered, has_offset),
        _unit_test(proposal, model, table, feeds, roles),
        {raw: name for raw, name in names.items() if raw != name},
        numbered,
        has_offset,
    )


def line_rules_macro(proposal: Proposal, root: Path) -> str | None:
    """The rules of lines, where orders are held against them in a model of their own."""
    lines, orders = proposal.feeds.get("order_lines"), proposal.feeds.get("orders")
    if not lines or not orders or lines.table == orders.table:
        return None
    table, feeds = proposal.tables[lines.table], proposal.feeds_of(lines.table)
    own, guessed = _rule_lists(proposal, feeds, table, _roles(feeds, table, root))
    listed = "".join(f"        {rule},\n" for rule in own)
    guesses = "".join(f"        {rule},\n" for rule in guessed)
    is_open = "; guessed_rules are what the data suggests, and nobody has confirmed" if guesses else ""
    first = f"    {{%- set guessed_rules = [\n{guesses}    ] -%}}\n" if guesses else ""
    return (
        f"{{% macro {proposal.source}_order_line_rules() %}}\n    {{#- What a line breaks by itself{is_open}. -#}}\n{first}"
        f"    {{{{ return([\n{listed}    ]{' + guessed_rules' if guesses else ''}) }}}}\n{{% endmacro %}}\n"
    )


def _roles(feeds: list[Feed], table: Table, root: Path) -> dict[str, str]:
    """By column that an entity reads, what it is read as: key, customer, channel, time, number, integer, boolean, text."""
    roles: dict[str, str] = {}
    for feed in feeds:
        shape = shape_of(feed.entity, root)
        for name, field in feed.fields.items():
            for column_name in field.columns:
                column = table.column(column_name)
                if column is None:
                    continue
                is_whole = field.sql == column_name
                type_ = shape.get(name, "string")
                if not is_whole:
                    role = {"whole": "integer", "offset_time": "time"}.get(column.kind, column.kind)
                elif name == "source_customer_id":
                    role = "customer"
                elif name == "channel":
                    role = "channel"
                elif type_.startswith("decimal"):
                    role = "number"
                else:
                    role = {"timestamp": "time", "date": "time", "bigint": "integer", "boolean": "boolean"}.get(
                        type_, "text"
                    )
                # What is a key for one entity and a number for another stays what it is in the file.
                if roles.get(column_name) not in ("customer", "text"):
                    roles[column_name] = role
        roles.update((question.column, "number") for question in feed.questions)
    return roles


def _name(column: str, kinds: dict[str, str], numbered: str | None, roles: dict[str, str]) -> str:
    is_taken = column in (*_OWN, numbered) or (column == "channel" and "channel" in roles.values())
    return f"source_{column}" if is_taken or kinds.get(f"source_{column}") == "renamed" else column


def _personal_data(
    proposal: Proposal, feeds: list[Feed], table: Table, roles: dict[str, str], root: Path
) -> dict[str, str]:
    """By column, whether it holds personal data: as the project says of its name, else a guess by the name."""
    known = _known_kinds(root, proposal.source)
    personal = _personal_attributes(proposal, root)
    is_of_customers = any(feed.entity.startswith("customer") for feed in feeds)
    named = {c for f in feeds if f.entity == "customer_identifiers" for n, one in f.fields.items() for c in one.columns
             if n != "source_customer_id"}  # fmt: skip
    named |= {c for f in feeds for n, one in f.fields.items() if n in ("email", "comment") for c in one.columns}
    agents = {c for f in feeds for n, one in f.fields.items() if n == "agent" for c in one.columns}
    kinds: dict[str, str] = {}
    for column in table.columns:
        words = set(column.name.split("_"))
        is_text = column.kind == "text" and column.longest > _LONGEST_NAME and not column.words
        if roles.get(column.name) == "customer" or column.name in agents:
            kind = "indirect"
        elif (
            column.name in named
            or (words & set(DIRECT) - ({"name"} if not is_of_customers else set()))
            or (is_text and not any(feed.entity == "products" for feed in feeds))
        ):
            kind = "direct"
        else:
            kind = "indirect" if column.name in INDIRECT or words & {"city"} else "none"
        if is_of_customers and column.name in proposal.attributes:
            kind = "direct" if column.name in personal else "none" if kind == "direct" else kind
        settled = known.get(column.name)
        if settled and settled != kind:
            if roles.get(column.name) == "customer" or column.name in agents | named:
                kinds[f"source_{column.name}"] = "renamed"
            else:
                kind = settled
        kinds[column.name] = kind
    return kinds


def _personal_attributes(proposal: Proposal, root: Path) -> set[str]:
    """Attributes of which the seed, or its new rows, say that their values are personal."""
    with (root / "seeds/descriptive/profile_attributes.csv").open(encoding="utf-8", newline="") as seed:
        rows = [*csv.reader(seed), *proposal.seeds.get("profile_attributes", [])]
    return {name for name, is_personal, _ in rows if is_personal == "true"}


@lru_cache
def _known_kinds(root: Path, source: str) -> dict[str, str]:
    """What the project's models say of each name of a column, without the pack itself."""
    found: dict[str, str] = {}
    for path in sorted((root / "models").rglob("*.yml")):
        if path.parts[-2] == source or path.parts[-3] == source:
            continue
        for model in read_yaml(path).get("models") or []:
            for column in model.get("columns") or []:
                found[column["name"]] = column.get("config", {}).get("meta", {}).get("personal_data", "none")
    return found


def _rules(proposal: Proposal, feeds: list[Feed], table: Table, roles: dict[str, str]) -> str:
    own, guessed = _rule_lists(proposal, feeds, table, roles)
    lines, orders = proposal.feeds.get("order_lines"), proposal.feeds.get("orders")
    entities = {feed.entity for feed in feeds}
    is_apart = bool(lines and orders and lines.table != orders.table)
    guesses = "".join(f"    {rule},\n" for rule in guessed)
    if is_apart and "order_lines" in entities and lines:
        key = lines.fields["order_id"].sql
        return f"{{% set row_rules = {proposal.source}_order_line_rules() + [belongs_to('{key}', 'order')] %}}\n"
    listed = "".join(f"    {rule},\n" for rule in own)
    text = ""
    if guessed:
        text += (
            "{#- What the data suggests, and nobody has confirmed: move a rule to those below, or remove it. -#}\n"
            f"{{% set guessed_rules = [\n{guesses}] %}}\n"
        )
    plus = " + guessed_rules" if guessed else ""
    if {"order_lines", "orders"} <= entities and lines:
        key = lines.fields["order_id"].sql
        return text + (
            f"{{% set line_rules = [\n{listed}]{plus} %}}\n"
            f"{{% set row_rules = line_rules + [lines_not_in_quarantine('{key}', 'an order')] %}}\n"
        )
    if is_apart and "orders" in entities and orders:
        listed += f"    lines_not_in_quarantine('{orders.fields['order_id'].sql}', 'an order'),\n"
    return text + f"{{% set row_rules = [\n{listed}]{plus} %}}\n"


def _rule_lists(
    proposal: Proposal, feeds: list[Feed], table: Table, roles: dict[str, str]
) -> tuple[list[str], list[str]]:
    """The row rules that a column's place in an entity asks for, and those that only its values suggest."""
    own: dict[str, list[str]] = {}
    guessed: list[str] = []
    source = proposal.source
    required = _required(feeds, table)
    meant = {c: name for feed in feeds for name, one in feed.fields.items() for c in one.columns}
    scales = {q.column: q for feed in feeds for q in feed.questions}
    for name in [*required, *(name for name in roles if name not in required)]:
        column, role = table.column(name), roles[name]
        if column is None:
            continue
        rules = own.setdefault(name, [])
        if name in required:
            rules.append(f"required('{name}')")
        if role == "customer" and name in required:
            rules.append(f"a_known_key('{name}')")
        if role == "time":
            rules += [f"a_time('{name}')", f"not_before_the_company('{name}', '{source}')"]
            if meant[name] not in _MAY_BE_AHEAD:
                rules.append(f"not_in_the_future('{name}', '{source}')")
        elif role == "number":
            rules.append(f"a_number('{name}')")
            if scale := scales.get(name):
                on_scale = f"between('{name}', {scale.lowest}, {scale.highest})"
                (guessed if scale.is_guess else rules).append(on_scale)
        elif role == "integer":
            rules.append(f"{_whole(column)}('{name}')")
            if column.lowest and not column.lowest.startswith("-"):
                guessed.append(f"at_least('{name}', 0)")
        elif role == "boolean":
            rules.append(f"a_boolean('{name}')")
        elif role == "channel":
            rules.append(f"a_known_channel('{name}')")
        elif _words(name, feeds) and not any(re.search(r"['\\{}]", word) for word in column.words):
            guessed.append(_one_of(name, column.words))
    for feed in feeds:
        amount = feed.fields.get("original_amount")
        if amount and len(amount.columns) == 2:
            price, quantity = amount.columns
            product = f"{_try_whole(table.column(quantity))}('{quantity}') ~ ' * ' ~ try_money('{price}')"
            own[quantity].append(f"fits_an_amount('{quantity}', {product})")
    return [rule for rules in own.values() for rule in rules], guessed


def _one_of(name: str, words: tuple[str, ...]) -> str:
    """The list of words, in lines that are short enough."""
    lines, line = [], f"one_of('{name}', ["
    for number, word in enumerate(words):
        more = f"'{word}'" + (", " if number < len(words) - 1 else "])")
        if len(line) + len(more) > 110:
            lines.append(line.rstrip())
            line = "        "
        line += more
    return "\n".join([*lines, line])


def _words(name: str, feeds: list[Feed]) -> bool:
    return any(one.words and one.sql == name for feed in feeds for one in feed.fields.values())


def _required(feeds: list[Feed], table: Table) -> list[str]:
    """Columns without which a row is nothing of its entity, the key first."""
    found: dict[str, None] = {}
    for feed in feeds:
        kind = KINDS[feed.entity]
        wanted = [kind.key, *kind.required] + (["product_id", "quantity"] if feed.entity == "order_lines" else [])
        for name in wanted:
            field = feed.fields.get(name)
            found.update(dict.fromkeys(c for c in (field.columns if field else ()) if table.column(c)))
    return list(found)


def _whole(column: Column) -> str:
    return "a_whole_number" if column.kind == "whole" else "an_integer"


def _try_whole(column: Column | None) -> str:
    return "try_whole_number" if column and column.kind == "whole" else "try_integer"


def _selected(column: Column, role: str | None, name: str, source: str) -> str:
    raw = column.name
    sql = {
        "customer": f"{{{{ known_key('{raw}') }}}}",
        "channel": "known_channel",
        "time": f"{{{{ source_time('{raw}', '{source}') }}}}",
        "number": f"{{{{ try_money('{raw}') }}}}",
        "integer": f"{{{{ {_try_whole(column)}('{raw}') }}}}",
        "boolean": f"{{{{ try_boolean('{raw}') }}}}",
    }.get(role or "text", raw)
    return sql if sql == name else f"{sql} as {name}"


def _is_turned(table: Table) -> bool:
    """Whether the files write numbers, days or types in a way that the macros do not read."""
    return any(
        column.has_decimal_comma or column.has_groups or column.day_order or column.is_typed for column in table.columns
    )


def _imports(proposal: Proposal, feeds: list[Feed], table: Table) -> str:
    """What is delivered otherwise than the macros read it, as they read it; of orders, their lines as well."""
    parts = [_delivered("delivered", table, proposal.source)] if _is_turned(table) else []
    lines, orders = proposal.feeds.get("order_lines"), proposal.feeds.get("orders")
    if lines and orders and lines.table != orders.table and orders.table == table.name:
        of_lines = proposal.tables[lines.table]
        if _is_turned(of_lines):
            parts.append(_delivered("delivered_lines", of_lines, proposal.source))
    return "with " + ",\n\n".join(parts) + "\n\n" if parts else ""


def _delivered(name: str, table: Table, source: str) -> str:
    columns = "".join(
        f"        {_as_read(c)},{'' if c.is_mark_sure and c.is_day_order_sure else '  -- guess'}\n"
        for c in table.columns
    )
    lineage = ",\n        ".join(_LINEAGE)
    return f"""{name} as (
    -- As the macros read it: a point in numbers, the year first, text.
    select
{columns}        {lineage}
    from {{{{ source('{source}', '{table.name}') }}}}
)"""


def _as_read(column: Column) -> str:
    name = column.name
    if column.has_decimal_comma:
        ungrouped = "" if column.has_groups else ", is_grouped=false"
        return f"{{{{ point_for_comma('{name}'{ungrouped}) }}}} as {name}"
    if column.has_groups:
        return f"{{{{ without_grouping('{name}') }}}} as {name}"
    if column.day_order:
        return f"{{{{ year_first('{name}', '{column.day_order}') }}}} as {name}"
    if column.data_type == "timestamp":
        return f"cast({name} as string) || 'Z' as {name}"
    return f"cast({name} as string) as {name}" if column.is_typed else name


def _relation(proposal: Proposal, feeds: list[Feed], table: Table, roles: dict[str, str]) -> str:
    """The raw rows with what their rules ask of other tables."""
    source = proposal.source
    # In a call of a macro a CTE is a text, a raw table an expression.
    relation = "'delivered'" if _is_turned(table) else f"source('{source}', '{table.name}')"
    lines, orders, tickets = (proposal.feeds.get(e) for e in ("order_lines", "orders", "tickets"))
    entities = {feed.entity for feed in feeds}
    if channel := next((name for name, role in roles.items() if role == "channel"), None):
        relation = f"with_known_channel({relation}, '{source}', '{channel}')"
    if lines and orders and "orders" in entities:
        of_lines = proposal.tables[lines.table]
        raw_lines = f"source('{source}', '{lines.table}')"
        key, line_key = orders.fields["order_id"].sql, lines.fields["order_id"].sql
        rules = "line_rules"
        if lines.table != orders.table:
            raw_lines = "'delivered_lines'" if _is_turned(of_lines) else raw_lines
            rules = f"{source}_order_line_rules()"
        elif _is_turned(table):
            raw_lines = "'delivered'"
        named = f", line_key='{line_key}'" if line_key != key else ""
        relation = f"with_line_validation(\n        {relation}, {raw_lines}, '{key}', {rules}{named}\n    )"
    elif lines and orders and "order_lines" in entities:
        relation = _with_parent(relation, proposal, orders, lines.fields["order_id"].sql, "order_id")
    elif tickets and "ticket_events" in entities and "tickets" not in entities:
        key = proposal.feeds["ticket_events"].fields["ticket_id"].sql
        relation = _with_parent(relation, proposal, tickets, key, "ticket_id")
    call = f"{{{{ with_row_rules({relation}, row_rules) }}}}"
    return (
        call
        if "\n" not in call and len(call) < 105
        else f"{{{{ with_row_rules(\n    {relation},\n    row_rules\n) }}}}"
    )


def _with_parent(relation: str, proposal: Proposal, parent: Feed, key: str, parent_key: str) -> str:
    named = parent.fields[parent_key].sql
    other = f", parent_key='{named}'" if named != key else ""
    model = f"base_{proposal.source}__{parent.table}"
    return f"with_parent_validation(\n        {relation}, ref('{model}'), '{key}'{other}\n    )"


def _yaml(
    model: str,
    source: str,
    table: Table,
    names: dict[str, str],
    kinds: dict[str, str],
    numbered: str | None,
    has_offset: bool,
) -> str:
    columns = ""
    for column in table.columns:
        described = json.dumps(
            f"Column {column.header} of {source}'s {table.name}; what it means is a guess.", ensure_ascii=False
        )
        columns += f"      - name: {names[column.name]}\n        description: {described}\n"
        if kinds[column.name] != "none":
            columns += f"        config: {{meta: {{personal_data: {kinds[column.name]}}}}}\n"
    if numbered:
        columns += f'      - name: {numbered}\n        description: "Place of the row within its whole, over all files of {table.name}."\n'
    if has_offset:
        columns += "      - name: utc_offset\n        description: \"{{ doc('utc_offset') }}\"\n"
    return f"""\
  - name: {model}
    description: "One row a row of the raw table {source}.{table.name}, renamed, cast and validated: `quarantine_rule` says which row rule it breaks."
    columns:
{columns}{_ALWAYS}"""


def _unit_test(proposal: Proposal, model: str, table: Table, feeds: list[Feed], roles: dict[str, str]) -> str:
    """A row without its key: the one test that holds whatever the guesses come to."""
    source = proposal.source
    key = _required(feeds, table)[0]
    inputs = ["ref('placeholder_keys')"] if "customer" in roles.values() else []
    if "channel" in roles.values():
        inputs += ["ref('channel_words')", "ref('channels')"]
    lines, orders, tickets = (proposal.feeds.get(e) for e in ("order_lines", "orders", "tickets"))
    entities = {feed.entity for feed in feeds}
    if lines and orders and lines.table != orders.table:
        if "orders" in entities:
            inputs.append(f"source('{source}', '{lines.table}')")
        if "order_lines" in entities:
            inputs.append(f"ref('base_{source}__{orders.table}')")
    if tickets and "ticket_events" in entities and "tickets" not in entities:
        inputs.append(f"ref('base_{source}__{tickets.table}')")
    # What is no seed needs its rows, if there are none; a seed has its own.
    seeds = ("placeholder_keys", "channel_words", "channels")
    given = "".join(
        f"      - input: {one}\n" + ("" if any(f"'{seed}'" in one for seed in seeds) else "        rows: []\n")
        for one in inputs
    )
    return f"""\
  - name: a_row_of_{source}_{table.name}_without_its_key_goes_to_quarantine
    description: "And so does one whose key is nothing but blanks."
    model: {model}
    given:
{given}      - input: source('{source}', '{table.name}')
        rows:
          - {{{key}: null, _file_name: a, _file_row: 1}}
    expect:
      rows:
        - {{file_row: 1, quarantine_rule: {key} is missing}}
"""
