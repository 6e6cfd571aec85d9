"""The files of a pack, as texts by path: what somebody would write by hand from the same proposal.

What nobody has confirmed is marked with the word `guess`, so that a search for it finds what is still open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from orchestration.ingestion.dialect import PLAIN
from orchestration.new_source.base import Base, base_of, line_rules_macro
from orchestration.new_source.dialects import call_of
from orchestration.new_source.entities import KINDS, shape_of
from orchestration.new_source.inspection import Column, Table
from orchestration.new_source.proposal import Feed, Field, Proposal

_LANDING_FILES = """\
      - name: landing_files
        description: "One row a version of a file the loader took in; whether its rows count is worked out when the view is made."
        columns:
          - {name: table_name, data_type: string, description: "{{ doc('landing_file_table_name') }}"}
          - {name: file_name, data_type: string, description: "{{ doc('landing_file_name') }}"}
          - {name: file_version, data_type: bigint, description: "{{ doc('landing_file_version') }}"}
          - {name: content_md5, data_type: string, description: "{{ doc('landing_file_content_md5') }}"}
          - {name: byte_count, data_type: bigint, description: "{{ doc('landing_file_byte_count') }}"}
          - {name: modified_ns, data_type: bigint, description: "{{ doc('landing_file_modified_ns') }}"}
          - {name: row_count, data_type: bigint, description: "{{ doc('landing_file_row_count') }}"}
          - {name: superseded_row_count, data_type: bigint, description: "{{ doc('landing_file_superseded_row_count') }}"}
          - {name: new_columns, data_type: string, description: "{{ doc('landing_file_new_columns') }}"}
          - {name: is_newest, data_type: boolean, description: "{{ doc('landing_file_is_newest') }}"}
          - {name: is_counted, data_type: boolean, description: "{{ doc('landing_file_is_counted') }}"}
          - {name: _loaded_at, data_type: timestamp, description: "{{ doc('raw_loaded_at') }}"}
"""
_LINEAGE = """\
          - {name: _new_columns, data_type: string, description: "{{ doc('raw_new_columns') }}"}
          - {name: _file_name, data_type: string, description: "{{ doc('raw_file_name') }}"}
          - {name: _file_version, data_type: bigint, description: "{{ doc('raw_file_version') }}"}
          - {name: _file_row, data_type: bigint, description: "{{ doc('raw_file_row') }}"}
          - {name: _loaded_at, data_type: timestamp, description: "{{ doc('raw_loaded_at') }}"}
"""
_STATEMENTS = """\
  - name: stg_{source}__customer_attribute_statements
    description: "One row a statement of {source} on an attribute of a customer that `customer_records` has no column of."
    columns:
      - name: source_system
        description: "{{{{ doc('source_system') }}}}"
      - name: customer_namespace
        description: "{{{{ doc('customer_namespace') }}}}"
      - name: source_customer_id
        description: "{{{{ doc('source_customer_id_or_null') }}}}"
        config: {{meta: {{personal_data: indirect}}}}
      - name: source_record_id
        description: "{{{{ doc('source_record_id') }}}}"
        config: {{meta: {{personal_data: indirect}}}}
      - name: occurred_at
        description: "{{{{ doc('occurred_at') }}}}"
      - name: loaded_at
        description: "{{{{ doc('raw_loaded_at') }}}}"
      - name: attribute
        description: "{{{{ doc('stated_attribute') }}}}"
      - name: attribute_value
        description: "{{{{ doc('stated_attribute_value') }}}}"
        config: {{meta: {{personal_data: direct}}}}
"""
# Columns that name a row of another entity of the same source.
_OTHERS = ("order_id", "product_id", "ticket_id")


def entities_of(proposal: Proposal) -> list[str]:
    """The entities that the pack feeds, as the list of sources has them."""
    found = list(proposal.feeds)
    if _has_comments(proposal):
        found.append("survey_comments")
    if proposal.attributes:
        found.append("customer_attribute_statements")
    return [*found, "validated_rows"]


def files_of(proposal: Proposal, root: Path) -> dict[str, str]:
    """The pack's files by their path below the project's root."""
    source = proposal.source
    staging = f"models/staging/{source}"
    bases = {name: base_of(proposal, table, root) for name, table in proposal.tables.items()}
    files = {
        f"orchestration/sources/{source}/__init__.py": _loader(proposal),
        f"{staging}/_{source}__sources.yml": _contract(proposal),
        f"{staging}/_{source}__models.yml": _models(proposal),
        f"{staging}/_{source}__unit_tests.yml": _unit_tests(source, bases.values()),
        f"{staging}/stg_{source}__validated_rows.sql": _validated_rows(proposal),
        f"{staging}/base/_{source}__base.yml": "version: 2\n\nmodels:\n" + "\n".join(b.yaml for b in bases.values()),
    }
    for base in bases.values():
        files[f"{staging}/base/{base.model}.sql"] = base.sql
    for feed in proposal.feeds.values():
        stage = _answers if feed.entity == "survey_answers" else _staging
        files[f"{staging}/stg_{source}__{feed.entity}.sql"] = stage(feed, proposal, bases[feed.table], root)
    if _has_comments(proposal):
        answers = proposal.feeds["survey_answers"]
        files[f"{staging}/stg_{source}__survey_comments.sql"] = _comments(answers, proposal, bases[answers.table])
    if proposal.attributes:
        records = proposal.feeds["customer_records"]
        files[f"{staging}/stg_{source}__customer_attribute_statements.sql"] = _statements(
            records, proposal, bases[records.table]
        )
    if macro := line_rules_macro(proposal, root):
        files[f"macros/quarantine/{source}_order_line_rules.sql"] = macro
    return files


def _loader(proposal: Proposal) -> str:
    source = proposal.source
    patterns = "".join(f'        "{name}": "{table.pattern}",\n' for name, table in proposal.tables.items())
    written = {name: table for name, table in proposal.tables.items() if table.dialect != PLAIN}
    dialects = "".join(
        f'        "{name}": {call_of(table.dialect)},{"  # guess" if table.doubts else ""}\n'
        for name, table in written.items()
    )
    imported = "from orchestration.ingestion.dialect import Dialect\n" if dialects else ""
    listed = f"    dialects={{\n{dialects}    }},\n" if dialects else ""
    return f'''"""{source}: its files, a pattern a raw table."""

{imported}from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="{source}",
    patterns={{
{patterns}    }},
{listed})
'''


def _contract(proposal: Proposal) -> str:
    source = proposal.source
    zone = f"Local times of {proposal.time_zone}." if proposal.time_zone else "Times are UTC: a guess."
    tables = "".join(_declared(table) for table in proposal.tables.values())
    return f"""\
# The contract of the raw tables: the loader refuses files that lack one of these columns.
version: 2

sources:
  - name: {source}
    schema: raw_{source}
    description: "What {source} delivers as files. {zone}"
    tables:
{tables}{_LANDING_FILES}"""


def _declared(table: Table) -> str:
    columns = "".join(
        f"          - {{name: {c.name}, data_type: {_quoted_type(c.data_type)}, description: {_text(_seen(c, table))}}}\n"
        for c in table.columns
    )
    return f"""\
      - name: {table.name}
        description: "One row a row of the files {table.pattern}; what a row stands for is a guess."
        columns:
{columns}{_LINEAGE}"""


def _quoted_type(data_type: str) -> str:
    return f'"{data_type}"' if "," in data_type else data_type


def _seen(column: Column, table: Table) -> str:
    """What the values look like, to be replaced by what the column means. None of them is told where few share it."""
    said = {
        "whole": "whole numbers with a point",
        "integer": "whole numbers",
        "number": "numbers",
        "boolean": "yes or no",
    }
    what = said.get(column.kind, "times" if "time" in column.kind else "text")
    if not column.filled_count:
        return f"Guess at {column.header}: nothing is known, it is empty in all rows."
    if column.lowest is not None and column.distinct_count > 1:
        what += f" from {column.lowest} to {column.highest}"
    elif 0 < len(column.words) <= 12 and column.filled_count >= 10 * column.distinct_count:
        what = f"one of {', '.join(column.words)}"
    empty = table.row_count - column.filled_count
    return f"Guess at {column.header}: {what}; " + (
        f"empty in {empty:,} of {table.row_count:,} rows." if empty else "never empty."
    )


def _text(text: str) -> str:
    # Of dbt's own templates, a description may hold none.
    return json.dumps(text.replace("{", "(").replace("}", ")"), ensure_ascii=False)


def _models(proposal: Proposal) -> str:
    source = proposal.source
    described = [
        f"""\
  - name: stg_{source}__{feed.entity}
    description: "The rows of {source} that broke no row rule, in the shape of `{feed.entity}`. One row {KINDS[feed.entity].one}."
"""
        for feed in proposal.feeds.values()
    ]
    if _has_comments(proposal):
        described.append(f"""\
  - name: stg_{source}__survey_comments
    description: "The rows of {source} that broke no row rule, in the shape of `survey_comments`. One row a comment to an answer."
""")
    if proposal.attributes:
        described.append(_STATEMENTS.format(source=source))
    described.append(f"""\
  - name: stg_{source}__validated_rows
    description: "One row a raw row of {source}, over all its raw tables, with the row rule it breaks, if any."
""")
    return "version: 2\n\nmodels:\n" + "\n".join(described)


def _unit_tests(source: str, bases: Iterable[Base]) -> str:
    return "version: 2\n\nunit_tests:\n" + "\n".join(base.unit_test for base in bases)


def _validated_rows(proposal: Proposal) -> str:
    names = ", ".join(f"'{name}'" for name in sorted(proposal.tables))
    call = f"{{{{ validated_rows('{proposal.source}', [{names}]) }}}}\n"
    if len(call) <= 120:
        return call
    listed = "".join(f"    '{name}',\n" for name in sorted(proposal.tables))
    return f"{{{{ validated_rows('{proposal.source}', [\n{listed}]) }}}}\n"


def _staging(feed: Feed, proposal: Proposal, base: Base, root: Path) -> str:
    imports = [_import(feed.table, base)]
    relation = feed.table
    if feed.is_by_key:
        imports.append(_newest(feed, base))
        relation = "ranked"
    if asks := _asks_tickets(feed, proposal):
        imports.append(_of_tickets(feed, proposal, base))
        relation = "of_tickets"
    columns = _columns(feed, proposal, base, root, of_tickets=asks)
    lines = [f"    {sql if sql == name else f'{sql} as {name}'}" for name, sql, _ in columns]
    guesses = [is_guess for *_, is_guess in columns]
    last = len(lines) - 1
    listed = "\n".join(
        line + ("," if number < last else "") + ("  -- guess" if guess else "")
        for number, (line, guess) in enumerate(zip(lines, guesses, strict=True))
    )
    newest = "\nwhere place = 1" if feed.is_by_key else ""
    return "with " + ",\n\n".join(imports) + f"\n\nselect\n{listed}\nfrom {relation}{newest}\n"


def _has_comments(proposal: Proposal) -> bool:
    answers = proposal.feeds.get("survey_answers")
    return answers is not None and "comment" in answers.fields


def _responses(feed: Feed, base: Base) -> tuple[list[str], str]:
    """The CTEs that hold each response once, and where to select from."""
    imports = [_import(feed.table, base)]
    if not feed.is_by_key:
        return imports, feed.table
    return [*imports, _newest(feed, base)], "ranked\n    where place = 1"


def _answers(feed: Feed, proposal: Proposal, base: Base, root: Path) -> str:
    """A row a question that was answered. What was written stands with the first of them."""
    source, shape = proposal.source, shape_of("survey_answers", root)
    sql = {name: _in(base, one) for name, one in feed.fields.items()}
    guess = {name: "  -- guess" if one.is_guess else "" for name, one in feed.fields.items()}
    of_customer, customer = _respondent(feed, proposal, base)
    imports, relation = _responses(feed, base)
    at = "first_occurred_at" if feed.is_by_key else sql["occurred_at"]
    offset = "utc_offset" if base.has_offset else "cast(null as string) as utc_offset"
    kept = [
        f"        {_as(sql['response_id'], 'response_id')},",
        f"        {of_customer} as customer_namespace,",
        f"        {customer} as source_customer_id,{guess.get('source_customer_id', guess.get('email', ''))}",
        f"        {at} as occurred_at,{guess['occurred_at']}",
        "        loaded_at,",
        f"        {offset},",
        f"        {sql.get('channel', 'cast(null as string)')} as channel,{guess.get('channel', '')}",
        f"        {_other(source, sql.get('order_id'))} as order_id,{guess.get('order_id', '')}",
        f"        {sql.get('comment', 'cast(null as string)')} as comment_text,{guess.get('comment', '')}",
    ]
    scores = [
        f"        {base.names.get(one.column, one.column)} as score_{number}"
        for number, one in enumerate(feed.questions, 1)
    ]
    responses = "responses as (\n    select\n" + "\n".join(kept) + "\n" + ",\n".join(scores)
    responses += f"\n    from {relation}\n)"
    parts = "\n    union all\n".join(
        f"    select *, {number} as question_number, '{one.instrument(source)}' as instrument, '{one.name}' as question,\n"
        f"        {_literal(one.touchpoint)} as touchpoint, score_{number} as score{'  -- guess' if one.is_guess else ''}\n"
        f"    from responses where score_{number} is not null"
        for number, one in enumerate(feed.questions, 1)
    )
    made = {
        "survey_answer_id": f"'{source}:' || response_id || ':' || question",
        "invitation_id": f"'{source}:' || response_id",
        "source_system": f"'{source}'",
        "source_record_id": "response_id || ':' || question",
        "ticket_id": "cast(null as string)",
        "score": "cast(score as decimal(9, 2))",
        "has_comment": "comment_text is not null\n        and row_number() over (partition by response_id order by "
        "question_number) = 1",
    }
    # The offset of its time is no column of the type, which takes it for the day of the event.
    listed = [*dict.fromkeys([*shape, "utc_offset"])]
    columns = ",\n".join(f"    {made[name]} as {name}" if name in made else f"    {name}" for name in listed)
    return (
        "-- The questions of a response stand beside each other; here each answer is a row.\nwith "
        + ",\n\n".join([*imports, responses, f"answers as (\n{parts}\n)"])
        + f"\n\nselect\n{columns}\nfrom answers\n"
    )


def _respondent(feed: Feed, proposal: Proposal, base: Base) -> tuple[str, str]:
    """SQL of whose key it is, and of the key: the customer's own, else the pseudonym of the address."""
    customer = _in(base, feed.fields["source_customer_id"]) if "source_customer_id" in feed.fields else None
    email = _in(base, feed.fields["email"]) if "email" in feed.fields else None
    own = f"when {customer} is not null then '{proposal.customer_namespace}' " if customer else ""
    by_address = f"when {email} is not null then 'email' " if email else ""
    if not own and not by_address:
        return "cast(null as string)", "cast(null as string)"
    keys = [one for one in (customer, f"{{{{ hashed_key('{email}') }}}}" if email else None) if one]
    return f"case {own}{by_address}end", keys[0] if len(keys) == 1 else f"coalesce({', '.join(keys)})"


def _other(source: str, sql: str | None) -> str:
    return f"'{source}:' || {sql}" if sql else "cast(null as string)"


def _as(sql: str, name: str) -> str:
    return sql if sql == name else f"{sql} as {name}"


def _literal(text: str | None) -> str:
    return f"'{text}'" if text else "cast(null as string)"


def _comments(feed: Feed, proposal: Proposal, base: Base) -> str:
    source = proposal.source
    imports, relation = _responses(feed, base)
    answers = f"answers as (\n    select * from {{{{ ref('stg_{source}__survey_answers') }}}}\n    where has_comment\n)"
    responses = (
        f"responses as (\n    select\n        {_as(_in(base, feed.fields['response_id']), 'response_id')},\n"
        f"        {_in(base, feed.fields['comment'])} as comment_text\n    from {relation}\n)"
    )
    return (
        "with "
        + ",\n\n".join([*imports, responses, answers])
        + "\n\nselect\n    answers.survey_answer_id,\n    answers.source_system,\n    answers.loaded_at,\n"
        "    responses.comment_text\nfrom answers\n"
        f"inner join responses on answers.invitation_id = '{source}:' || responses.response_id\n"
    )


def _import(name: str, base: Base) -> str:
    return f"{name} as (\n    select * from {{{{ loaded_rows(ref('{base.model}')) }}}}\n)"


def _newest(feed: Feed, base: Base) -> str:
    """Rows of one key, of which the newest counts: by its time, where it has one, then by its place in the files."""
    key = _in(base, feed.fields[KINDS[feed.entity].key])
    at = feed.fields.get("occurred_at")
    first = f"        min({_in(base, at)}) over (partition by {key}) as first_occurred_at,\n" if at else ""
    turn = f"{_in(base, at)} desc nulls last, " if at else ""
    return f"""ranked as (
    select
        *,
{first}        row_number() over (
            partition by {key} order by {turn}file_name desc, file_row desc
        ) as place
    from {feed.table}
)"""


def _asks_tickets(feed: Feed, proposal: Proposal) -> bool:
    """Whether only the case, which another table has, says whose event it is."""
    tickets = proposal.feeds.get("tickets")
    return bool(
        tickets
        and feed.entity == "ticket_events"
        and tickets.table != feed.table
        and "source_customer_id" not in feed.fields
        and "source_customer_id" in tickets.fields
    )


def _of_tickets(feed: Feed, proposal: Proposal, base: Base) -> str:
    key = _in(base, feed.fields["ticket_id"])
    return f"""tickets as (
    select * from {{{{ ref('stg_{proposal.source}__tickets') }}}}
),

of_tickets as (
    select
        {feed.table}.*,
        tickets.customer_namespace as ticket_namespace,
        tickets.source_customer_id as ticket_customer_id
    from {feed.table}
    left join tickets on {feed.table}.{key} = tickets.source_record_id
)"""


def _columns(feed: Feed, proposal: Proposal, base: Base, root: Path, of_tickets: bool) -> list[tuple[str, str, bool]]:
    """Each column of the entity with its SQL, and whether that is a guess."""
    kind, source = KINDS[feed.entity], proposal.source
    record = _record_key(feed, base)
    shape = shape_of(feed.entity, root)
    found = []
    for name, type_ in shape.items():
        field = feed.fields.get(name)
        sql, is_guess = f"cast(null as {type_})", False
        if name == next(iter(shape)):
            sql = f"'{source}:' || {record}"
        elif name == "source_record_id":
            sql = record
        elif name == "source_system":
            sql = f"'{source}'"
        elif name == "loaded_at":
            sql = "loaded_at"
        elif name == "customer_namespace":
            sql = _namespace(feed, proposal, base, of_tickets)
        elif name == "source_customer_id" and of_tickets:
            sql = "ticket_customer_id"
        elif name == "time_zone" and proposal.time_zone:
            sql = f'\'{{{{ var("source_time_zones")["{source}"] }}}}\''
        elif name == "utc_offset" and base.has_offset:
            sql = "utc_offset"
        elif name == "line_number" and feed.numbered:
            sql = feed.numbered
        elif name == "occurred_at" and feed.is_by_key and field:
            sql, is_guess = "first_occurred_at", field.is_guess
        elif name in _OTHERS and field:
            sql, is_guess = f"'{source}:' || {_in(base, field)}", field.is_guess
        elif field:
            sql, is_guess = _value(field, type_, base), field.is_guess
        elif name == "currency" and _has_amounts(feed):
            sql, is_guess = f"'{proposal.currency}'", proposal.is_currency_guess
        found.append((name, sql, is_guess and name != kind.key))
    return found


def _has_amounts(feed: Feed) -> bool:
    return feed.entity in ("orders", "order_lines") or any(name.endswith("_amount") for name in feed.fields)


def _record_key(feed: Feed, base: Base) -> str:
    kind = KINDS[feed.entity]
    if kind.key in feed.fields:
        return _in(base, feed.fields[kind.key])
    number = feed.numbered or _in(base, feed.fields["line_number"])
    return f"{_in(base, feed.fields[str(kind.whole)])} || ':' || cast({number} as string)"


def _namespace(feed: Feed, proposal: Proposal, base: Base, of_tickets: bool) -> str:
    customer = feed.fields.get("source_customer_id")
    if of_tickets:
        return "ticket_namespace"
    if customer is None:
        return "cast(null as string)"
    if feed.entity in ("customer_records", "customer_identifiers"):
        return f"'{proposal.customer_namespace}'"
    return f"case when {_in(base, customer)} is not null then '{proposal.customer_namespace}' end"


def _value(field: Field, type_: str, base: Base) -> str:
    sql = _in(base, field)
    if field.words and any(word != code for word, code in field.words):
        cases = "".join(
            f"        when '{word.replace(chr(39), chr(39) * 2)}' then {'null' if code is None else repr(code)}\n"
            for word, code in field.words
        )
        return f"case {sql}\n{cases}    end"
    if not field.columns and not sql.startswith("'"):
        return f"cast({sql} as {type_})"
    if type_ == "date":
        return f"cast({sql} as date)"
    return sql


def _in(base: Base, field: Field) -> str:
    """The field's SQL on the columns of the base model, which may call them otherwise; what is quoted stays."""
    parts = re.split(r"('[^']*')", field.sql)
    for number in range(0, len(parts), 2):
        parts[number] = re.sub(
            r"\b[a-z_]\w*\b", lambda found: base.names.get(str(found[0]), str(found[0])), parts[number]
        )
    return "".join(parts)


def _statements(feed: Feed, proposal: Proposal, base: Base) -> str:
    key = _in(base, feed.fields["source_customer_id"])
    names = [base.names.get(attribute, attribute) for attribute in proposal.attributes]
    listed = "".join(
        f"        {name if name == attribute else f'{name} as {attribute}'},\n"
        for name, attribute in zip(names, proposal.attributes, strict=True)
    ).rstrip(",\n")
    imports = [_import(feed.table, base)]
    at = _in(base, feed.fields["occurred_at"]) if "occurred_at" in feed.fields else "cast(null as timestamp)"
    if feed.is_by_key:
        imports.append(_newest(feed, base))
        at = "first_occurred_at" if "occurred_at" in feed.fields else at
    relation = "ranked\n    where place = 1" if feed.is_by_key else feed.table
    calls = ", ".join(f"'{attribute}'" for attribute in proposal.attributes)
    call = f"{{{{ attribute_statements('records', [{calls}]) }}}}\n"
    if len(call) > 120:
        call = (
            "{{ attribute_statements('records', [\n" + "".join(f"    '{a}',\n" for a in proposal.attributes) + "]) }}\n"
        )
    records = f"""records as (
    select
        '{proposal.source}' as source_system,
        '{proposal.customer_namespace}' as customer_namespace,
        {key} as source_customer_id,
        {key} as source_record_id,
        {at} as occurred_at,
        loaded_at,
{listed}
    from {relation}
)"""
    return (
        "-- What a customer is beyond the columns that all sources have; seeds/descriptive lists each attribute.\nwith "
        + ",\n\n".join([*imports, records])
        + f"\n\n{call}"
    )
