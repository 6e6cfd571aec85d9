"""Which pairs of records are worth comparing: those that share the key of a block, and blocks that are small enough."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

# Records that may share the key of a block. Pairs grow with its square, so a common name would make millions of pairs
# that its block says nothing of; records beyond are met in other blocks, and what was left out is counted.
LARGEST_BLOCK = 50


@dataclass(frozen=True)
class BlockingRule:
    """Records with the same key are compared; `key` is SQL on a record, null where it has none."""

    name: str
    key: str


BLOCKING_RULES = (
    BlockingRule("email", "email"),
    BlockingRule("phone", "phone"),
    BlockingRule("email_number", "email_number || ' ' || left(last_name, 1)"),
    BlockingRule("full_name", "full_name"),
    BlockingRule("swapped_name", "least(first_name, last_name) || ' ' || greatest(first_name, last_name)"),
    BlockingRule("birth_date", "birth_date"),
    BlockingRule("name_and_birth_year", "full_name || ' ' || left(birth_date, 4)"),
    BlockingRule("name_and_birthday", "full_name || ' ' || right(birth_date, 5)"),
    BlockingRule("address", "street || ' ' || postal_code"),
    BlockingRule("last_name_and_postal_code", "last_name || ' ' || postal_code"),
    BlockingRule("first_name_and_postal_code", "first_name || ' ' || postal_code"),
)


@dataclass(frozen=True)
class Blocked:
    """What a rule brought: records in its blocks, pairs of them, and the records and pairs of blocks left out."""

    rule: str
    record_count: int
    pair_count: int
    left_out_record_count: int
    left_out_pair_count: int
    largest_block_record_count: int


def block_records(connection: duckdb.DuckDBPyConnection, largest_block: int = LARGEST_BLOCK) -> list[Blocked]:
    """Make the table `shared_blocks`, a row a pair of `records` and rule that brings them together; count by rule."""
    keys = " union all ".join(
        f"select {number} as rule, record, {rule.key} as block from records where {rule.key} is not null"
        for number, rule in enumerate(BLOCKING_RULES)
    )
    connection.execute(f"create table record_blocks as {keys}")
    connection.execute(
        "create table blocks as select rule, block, count(*) as record_count from record_blocks group by rule, block"
    )
    connection.execute(
        """
        create table shared_blocks as
        select one.record as first_record, another.record as second_record, one.rule
        from blocks
        join record_blocks as one using (rule, block)
        join record_blocks as another using (rule, block)
        where blocks.record_count <= ? and one.record < another.record
        """,
        [largest_block],
    )
    counted = connection.execute(
        """
        select
            rule,
            coalesce(sum(record_count) filter (record_count <= $1), 0),
            coalesce(sum(record_count * (record_count - 1) // 2) filter (record_count <= $1), 0),
            coalesce(sum(record_count) filter (record_count > $1), 0),
            coalesce(sum(record_count * (record_count - 1) // 2) filter (record_count > $1), 0),
            max(record_count)
        from blocks group by rule order by rule
        """,
        [largest_block],
    ).fetchall()
    found = {number: Blocked(BLOCKING_RULES[number].name, *map(int, counts)) for number, *counts in counted}
    return [found.get(number, Blocked(rule.name, 0, 0, 0, 0, 0)) for number, rule in enumerate(BLOCKING_RULES)]


def pairs_to_compare(connection: duckdb.DuckDBPyConnection) -> int:
    """Make the table `compared_pairs`: those that share a block, and all within a customer; return their number."""
    connection.execute(
        f"""
        create table compared_pairs as
        select first_record as join_key_l, second_record as join_key_r, '0' as match_key from shared_blocks
        union
        select one.record, another.record, '0'
        from records as one
        join records as another on one.customer_id = another.customer_id and one.record < another.record
        where one.customer_id in (
            select customer_id from records group by customer_id having count(*) <= {LARGEST_BLOCK}
        )
        """
    )
    return _count(connection, "compared_pairs")


def pairs_between(connection: duckdb.DuckDBPyConnection) -> int:
    """Make the table `completed_pairs`: of every two customers in `likely_customers`, all pairs of their records.

    What two records have in common may be undone by what a third says.
    """
    connection.execute(
        """
        create table completed_pairs as
        select distinct
            least(one.record, another.record) as join_key_l,
            greatest(one.record, another.record) as join_key_r,
            '0' as match_key
        from likely_customers
        join records as one on one.customer_id = likely_customers.first_id
        join records as another on another.customer_id = likely_customers.second_id
        """
    )
    return _count(connection, "completed_pairs")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])
