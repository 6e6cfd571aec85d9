"""What a person says of a source's tables: a short YAML file, which comes before every guess.

currency: USD                       # ISO 4217, where no column says it
time_zone: America/New_York         # of local times
customer_namespace: loyalty         # key space of the customers; the source's own where this says nothing
tables:
  transactions_sample:              # a table as the command shows it
    name: transactions              # another name for the raw table
    orders:                         # an entity it feeds, by columns of that entity
      order_id: basket_id           # a column of the table,
      channel: "'store'"            # SQL on its columns,
      status: {state: {X: cancelled}}   # words of a column and the codes they mean,
      region: none                  # or nothing
    order_lines: {}                 # all of it guessed by the names of columns
  answers:                          # a survey export: one row a response
    survey_answers:
      response_id: id
      questions:                    # columns with answers on a scale; none but these
        q1: {construct: recommendation, scale: [0, 10]}
        q2: {construct: effort, scale: [1, 7], direction: -1, question: ease, touchpoint: support}
  coupons: none                     # feeds nothing
seeds:                              # rows that seeds need
  exchange_rates: [[EUR, USD, 2017-01-01, 2018-01-01, 0.8852]]
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.new_source.entities import KINDS, WORDS
from orchestration.new_source.errors import NewSourceError
from orchestration.new_source.inspection import Table

_KEYS = ("currency", "time_zone", "customer_namespace", "tables", "seeds")
# What customers and answers have beside columns of the entity.
_MORE = {"customers": ["attributes"], "survey_answers": ["questions"]}


@dataclass(frozen=True)
class Mapping:
    """What is said; `tables` maps a table to the entities it feeds and those to what is said of their columns."""

    currency: str | None = None
    time_zone: str | None = None
    customer_namespace: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    seeds: dict[str, list[list[str]]] = field(default_factory=dict)


def read_mapping(path: Path | None, tables: list[Table]) -> Mapping:
    """The mapping in `path`; an empty one where there is none.

    Raises NewSourceError where it says something of what is not there, naming the place and what is.
    """
    if path is None:
        return Mapping()
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise NewSourceError(f"{path}: the mapping cannot be read: {error}") from error
    if not isinstance(said, dict):
        raise NewSourceError(f"{path}: a mapping has keys and values, such as `tables:`; this file has none.")
    _check(path, "key", said, _KEYS)
    names: dict[str, str] = {}
    feeds: dict[str, dict[str, dict[str, Any]]] = {}
    for table, entities in (said.get("tables") or {}).items():
        feeds[table] = {}
        # What feeds nothing need not be there.
        if entities in (None, "none"):
            continue
        _check(path, "table", [table], [one.name for one in tables])
        for entity, columns in entities.items():
            if entity == "name":
                names[table] = str(columns)
                continue
            _check(path, f"entity of {table}", [entity], WORDS)
            _check(path, f"column of {entity}", columns or {}, _columns_of(entity))
            feeds[table][entity] = dict(columns or {})
    seeds = {seed: [[str(value) for value in row] for row in rows] for seed, rows in (said.get("seeds") or {}).items()}
    text = {key: str(said[key]) for key in ("currency", "time_zone", "customer_namespace") if said.get(key)}
    return Mapping(**text, names=names, tables=feeds, seeds=seeds)


def _columns_of(word: str) -> list[str]:
    kinds = [WORDS[word]] + (["customer_identifiers"] if word == "customers" else [])
    return [*dict.fromkeys(column for kind in kinds for column in KINDS[kind].names), *_MORE.get(word, [])]


def _check(path: Path, what: str, said: Iterable[Any], there: Iterable[str]) -> None:
    known = list(there)
    for one in said:
        if one not in known:
            close = difflib.get_close_matches(str(one), known, 1)
            hint = f" Perhaps {close[0]} is meant." if close else ""
            raise NewSourceError(f"{path}: there is no {what} {one!r}.{hint} There are {', '.join(known)}.")
