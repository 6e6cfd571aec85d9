"""The demo company: whose record is whose, against the truth."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb

from tests.python.integration.conftest import Project
from tests.python.integration.demo_sources import records

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
    persons_of, customers_of = counterparts(customers, persons)
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


def test_a_list_of_addresses_identifies_nobody_in_what_is_published(demo: Project, landing: Path) -> None:
    """Every address, number and handle of the company, by the usual hashes and salts, and the ids made of those.

    Whoever has the key of the home finds those who are known by it alone: so the search would find them.
    """
    people = address_book(landing)
    published = published_hashes(demo)
    hashes: list[Hash] = [hashlib.md5, hashlib.sha1, hashlib.sha256]
    guesses = {
        digest
        for hash_of in hashes
        for salt in ("", "cem", "cem_warehouse", "salt", "secret", "email:", "social:")
        for person in people
        for text in {salt + person, person + salt}
        for digest in names_made_of(hash_of(text.encode()).hexdigest())
    }
    assert not guesses & published
    key, _ = secret_of(demo)
    with_the_key = {
        digest
        for person in people
        for digest in names_made_of(hmac.new(key, md5(person).encode(), "sha256").hexdigest())
    }
    print(f"\n{len(people)} addresses, {len(guesses)} guesses, {len(published)} published hashes: 0 found,")
    print(f"{len(with_the_key & published)} with the key")
    assert len(with_the_key & published) > len(people) / 20


def test_the_key_stands_in_no_other_file_of_the_home(demo: Project) -> None:
    starts = [secret[:32] for secret in (secret_of(demo)[0], *secret_of(demo)[1])]
    traces = [form for start in starts for form in (start, start.hex().encode(), start.hex().upper().encode())]
    for path in demo.home.rglob("*"):
        if path.is_file() and path.parent.name != "secrets":
            content = path.read_bytes()
            assert not [trace for trace in traces if trace in content], path


Hash = Callable[[bytes], "hashlib._Hash"]


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def names_made_of(digest: str) -> Iterator[str]:
    """A digest, and the id that a customer who is known by it alone has."""
    yield digest
    yield from (md5(f"{namespace}:{digest}") for namespace in ("email", "social"))


def secret_of(demo: Project) -> tuple[bytes, tuple[bytes, bytes]]:
    """The key of the home, filled with zeros, and what HMAC makes of it."""
    with duckdb.connect() as connection:
        (pads,) = connection.execute(f"from '{demo.home / 'secrets' / 'pseudonym_key.parquet'}'").fetchall()
    return bytes(byte ^ 0x36 for byte in pads[0]), pads


def address_book(landing: Path) -> list[str]:
    """What names people at the source systems, as they wrote it and as the warehouse compares it."""
    rows = [
        *records(landing, "crm", "select email, phone, loyalty_number, social_handle from customers"),
        *records(landing, "shop", "select email, phone, loyalty_number from accounts"),
        *records(landing, "shop", "select email from orders"),
        *records(landing, "helpdesk", "select requester_email from tickets"),
    ]
    found = {str(value) for row in rows for value in row if value}
    for file in (landing / "social").glob("posts_*.jsonl"):
        found |= {json.loads(line).get("handle") or "" for line in file.read_text(encoding="utf-8").splitlines()}
    return sorted({spelling for value in found for spelling in (value, "".join(value.split()).lower())} - {""})


def published_hashes(demo: Project) -> set[str]:
    """Whatever looks like a hash in any text of the published file."""
    columns = demo.query(
        "select table_schema, table_name, column_name from information_schema.columns where data_type = 'VARCHAR'"
    )
    found: set[str] = set()
    with duckdb.connect(str(demo.published_file), read_only=True) as connection:
        for schema, table, column in columns:
            texts = connection.execute(
                f'select distinct "{column}" from {schema}.{table} where length("{column}") >= 32'
            ).fetchall()
            found |= {digest for (text,) in texts for digest in re.findall("[0-9a-f]{32,}", text)}
    return found


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


def counterparts(customers: dict[Key, str], persons: dict[Key, str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The persons behind each customer, and the customers that each person is."""
    persons_of: dict[str, set[str]] = defaultdict(set)
    customers_of: dict[str, set[str]] = defaultdict(set)
    for key, customer in customers.items():
        persons_of[customer].add(persons[key])
        customers_of[persons[key]].add(customer)
    return persons_of, customers_of


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
