"""The computation `matching`: read records, compare, score, write; the same records only once."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.bounded_memory import connect
from orchestration.computed import ComputedLoad
from orchestration.matching.blocking import BLOCKING_RULES, Blocked, block_records, pairs_between, pairs_to_compare
from orchestration.matching.comparisons import COMPARISONS
from orchestration.matching.model import Model, NotEstimatedError, estimate, score

SOURCE = "matching"
# The one name in its tables: what the records of today say.
NAME = "current"
# Part of the fingerprint: raise it when the same records give another result.
METHOD = "2"
# Shares cannot be learned from fewer.
LEAST_RECORDS = 100
# Less likely pairs of customers are not kept.
LEAST_PROBABILITY = 0.5

Rows = list[dict[str, Any]]


@dataclass
class Matched:
    """What a matching found, as rows of the tables; `reason` says why it found nothing, where it could not.

    `is_unchanged`: the records are those of the last time, and nothing was compared.
    """

    record_count: int = 0
    customer_count: int = 0
    compared: int = 0
    prior: float | None = None
    reason: str | None = None
    blocked: list[Blocked] = field(default_factory=list)
    levels: Rows = field(default_factory=list)
    pairs: Rows = field(default_factory=list)
    is_unchanged: bool = False

    @property
    def outcome(self) -> str:
        if self.is_unchanged:
            return "nothing new"
        if self.reason:
            return f"nothing proposed: {self.reason}"
        return f"{self.record_count:,} records, {self.compared:,} pairs compared"

    @property
    def figures(self) -> dict[str, int | str]:
        return {"pairs_compared": self.compared}


def match_records(warehouse: Path, lake: Path, matched_at: datetime) -> Matched:
    """Compare the records that dbt prepared in `warehouse`, into `lake`, unless they are those of the last time.

    `matched_at` is the run's clock.
    """
    with connect() as connection:
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        read_records(connection, "warehouse.restricted.int_identity__compared_records")
        connection.execute("detach warehouse")
        content_md5 = fingerprint(connection)
        with ComputedLoad(lake, SOURCE, matched_at) as load:
            if load.is_unchanged(NAME, content_md5):
                return Matched(is_unchanged=True)
            matched = compare_records(connection)
            load.add(NAME, content_md5, _tables(matched))
    return matched


def read_records(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Make the table `records` of a relation like int_identity__compared_records, in order; one thread from then on.

    Birth dates are text here, as digits are what is typed wrongly.
    """
    connection.execute("set threads = 1")
    connection.execute(
        f"""
        create table records as
        select
            customer_namespace || ':' || source_customer_id as record,
            * replace (cast(birth_date as varchar) as birth_date)
        from {relation} order by record
        """
    )


def fingerprint(connection: duckdb.DuckDBPyConnection) -> str:
    """Changes with the records and the method, and with nothing else."""
    digest = hashlib.md5(METHOD.encode(), usedforsecurity=False)
    rows = connection.execute("select md5(cast(records as varchar)) from records order by record")
    while block := rows.fetchmany(10_000):
        digest.update("".join(row[0] for row in block).encode())
    return digest.hexdigest()


def compare_records(connection: duckdb.DuckDBPyConnection) -> Matched:
    """Compare the table `records`: pairs of customers that may be one person, and pairs in a customer that may not."""
    counted = connection.execute("select count(*), count(distinct customer_id) from records").fetchone()
    assert counted is not None
    matched = Matched(*counted)
    if matched.record_count < LEAST_RECORDS:
        matched.reason = f"{matched.record_count} records have a name; fewer than {LEAST_RECORDS} teach nothing"
        return matched
    matched.blocked = block_records(connection)
    matched.compared = pairs_to_compare(connection)
    try:
        model = estimate(connection)
    except NotEstimatedError as error:
        matched.reason = str(error)
        return matched
    matched.prior = model.prior
    matched.levels = [
        {
            "comparison": estimated.comparison.name,
            "comparison_level": estimated.level.name,
            "share_among_same": estimated.among_same,
            "share_among_others": estimated.among_others,
            "match_weight": round(estimated.match_weight, 4),
            "is_contradiction": estimated.level.contradicts,
        }
        for estimated in model.levels()
    ]
    matched.pairs = _kept_pairs(connection, model)
    return matched


def _kept_pairs(connection: duckdb.DuckDBPyConnection, model: Model) -> Rows:
    """All pairs between two customers of which one pair is likely, and the unlikely ones within a customer."""
    score(connection, model, "compared_pairs", "first_scores")
    connection.execute(
        f"""
        create table likely_customers as
        select distinct one.customer_id as first_id, another.customer_id as second_id
        from first_scores
        join records as one on first_scores.first_record = one.record
        join records as another on first_scores.second_record = another.record
        where match_probability >= {LEAST_PROBABILITY} and one.customer_id <> another.customer_id
        """
    )
    pairs_between(connection)
    score(connection, model, "completed_pairs", "completed_scores")
    found = connection.execute(
        f"""
        with kept as (
            select * from completed_scores
            union all
            select first_scores.*
            from first_scores
            join records as one on first_scores.first_record = one.record
            join records as another on first_scores.second_record = another.record
            where one.customer_id = another.customer_id and (evidence_weight < 0 or {_contradicted()})
        ),
        blocks as (
            select first_record, second_record, list(distinct rule order by rule) as rules
            from shared_blocks group by first_record, second_record
        )
        select
            one.customer_namespace as first_namespace,
            one.source_customer_id as first_customer_id,
            another.customer_namespace as second_namespace,
            another.source_customer_id as second_customer_id,
            kept.* exclude (first_record, second_record),
            blocks.rules
        from kept
        join records as one on kept.first_record = one.record
        join records as another on kept.second_record = another.record
        left join blocks using (first_record, second_record)
        order by kept.first_record, kept.second_record
        """
    )
    columns = [column[0] for column in found.description]
    return [_described(dict(zip(columns, row, strict=True))) for row in found.fetchall()]


def _contradicted() -> str:
    """Whether two records differ in what nothing outweighs, as SQL on the numbers of their levels."""
    return " or ".join(
        f"{comparison.name}_level = {comparison.vector_value(level)}"
        for comparison in COMPARISONS
        for level in comparison.levels
        if level.contradicts
    )


def _described(pair: dict[str, Any]) -> dict[str, Any]:
    """The pair with its levels by name, and in words what agrees and what differs."""
    rules = pair.pop("rules") or []
    levels = {comparison.name: comparison.level(pair.pop(f"{comparison.name}_level")) for comparison in COMPARISONS}
    known = [level for level in levels.values() if level]
    return {
        **pair,
        **{f"{name}_level": level.name if level else None for name, level in levels.items()},
        "agreed": ", ".join(level.words for level in known if level.agrees),
        "differed": ", ".join(level.words for level in known if not level.agrees),
        "is_contradicted": any(level.contradicts for level in known),
        "shared_blocks": ", ".join(BLOCKING_RULES[number].name for number in rules),
    }


def _tables(matched: Matched) -> dict[str, Rows]:
    """The rows of a matching, by table."""
    run = {
        "method": METHOD,
        "reason": matched.reason,
        "record_count": matched.record_count,
        "customer_count": matched.customer_count,
        "compared_pair_count": matched.compared,
        "kept_pair_count": len(matched.pairs),
        "prior_probability": matched.prior,
    }
    return {
        "runs": [run],
        "blocking_rules": [asdict(blocked) for blocked in matched.blocked],
        "comparison_levels": matched.levels,
        "scored_pairs": matched.pairs,
    }
