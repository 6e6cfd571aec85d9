"""The demo company: whose record is whose, against the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import duckdb

from tests.python.integration.conftest import Project

Key = tuple[str, str]


def test_customers_are_the_company_s_people(demo: Project) -> None:
    """Pairs of records that are one customer, against the pairs that are one person in truth.

    Accepting every open candidate, which nobody should without looking, finds more of them, at little cost.
    """
    customers, persons = demo_identities(demo)
    precision, recall = pairwise_quality(customers, persons, "rules alone")
    assert precision >= 0.999
    assert recall >= 0.9
    candidates = demo.query(
        "select first_record_customer_id, second_record_customer_id from marts.identity_candidates"
        " where decision is null"
    )
    assert len(candidates) >= 50
    accepted = dict(zip(customers, merged(customers, candidates), strict=True))
    with_candidates = pairwise_quality(accepted, persons, "every candidate accepted")
    assert with_candidates[0] >= 0.99
    assert with_candidates[1] >= 0.98


def test_customers_that_are_several_persons_or_parts_of_one_are_suspected(demo: Project) -> None:
    """Of what is wrong in truth, how much the mart of suspicions shows; and how much of what it shows is wrong."""
    customers, persons = demo_identities(demo)
    persons_of, customers_of = defaultdict(set), defaultdict(set)
    for key, customer in customers.items():
        persons_of[customer].add(persons[key])
        customers_of[persons[key]].add(customer)
    over_merged = {customer for customer, found in persons_of.items() if len(found) > 1}
    under_merged = {customer for found in customers_of.values() if len(found) > 1 for customer in found}
    suspects = demo.query("select suspicion, customer_id, other_customer_id from marts.identity_suspects")
    shown_over = {customer for suspicion, customer, _ in suspects if suspicion == "over_merged"}
    shown_under = {
        customer for suspicion, *two in suspects if suspicion == "under_merged" for customer in two if customer
    }
    print(
        f"\nover-merged: {len(over_merged)} in truth, {len(shown_over)} shown, {len(over_merged & shown_over)} both;"
        f" under-merged: {len(under_merged)} in truth, {len(shown_under)} shown, {len(under_merged & shown_under)} both"
    )
    assert over_merged <= shown_over
    assert len(under_merged & shown_under) >= 0.8 * len(under_merged)
    assert len(under_merged & shown_under) >= 0.9 * len(shown_under)


def test_who_decides_on_a_candidate_sees_both_records_and_no_reader_does(demo: Project) -> None:
    assert demo.warehouse(
        "select count(*), count(first_record_last_name), count(second_record_last_name)"
        " from restricted.identity_candidate_details"
    ) == demo.query("select count(*), count(*), count(*) from marts.identity_candidates")
    assert demo.query("select count(*) from information_schema.tables where table_schema = 'restricted'") == [(0,)]
    assert demo.query("select reason is null, record_count > 5000 from marts.identity_match_runs") == [(True, True)]


def demo_identities(demo: Project) -> tuple[dict[Key, str], dict[Key, str]]:
    """The customer, and the person in truth, of every CRM record and shop account."""
    with duckdb.connect(str(demo.warehouse_file), read_only=True) as connection:
        rows = connection.execute(
            f"""
            select keys.customer_namespace, keys.source_customer_id, keys.customer_id, truth.person_id
            from intermediate.int_identity__customer_keys as keys
            join read_parquet('{demo.home / "truth" / "identities.parquet"}') as truth
                on truth.key_value = keys.source_customer_id
                and (keys.customer_namespace, truth.key_kind)
                    in (('crm', 'customer_number'), ('shop', 'account_id'))
            order by all
            """
        ).fetchall()
    return {(ns, key): customer for ns, key, customer, _ in rows}, {(ns, key): person for ns, key, _, person in rows}


def merged(customers: dict[Key, str], candidates: list[tuple[str, str]]) -> list[str]:
    """The customer of each key once the candidates are accepted, over however many of them."""
    named: dict[str, str] = {}

    def name_of(customer: str) -> str:
        while customer in named:
            customer = named[customer]
        return customer

    for one, another in candidates:
        first, second = name_of(one), name_of(another)
        if first != second:
            named[first] = second
    return [name_of(customer) for customer in customers.values()]


def pairwise_quality(customers: dict[Key, str], persons: dict[Key, str], when: str) -> tuple[float, float]:
    """Pairwise precision and recall over the keys of CRM records and shop accounts."""
    together = pairs_within(zip(customers.values(), (persons[key] for key in customers), strict=True))
    found, true = pairs_within(customers.values()), pairs_within(persons.values())
    print(f"\nidentity, {when}: precision {together / found:.5f}, recall {together / true:.4f}, of {true:,} true pairs")
    return together / found, together / true


def pairs_within(groups: Iterable[object]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())
