"""What the truth expects of each person is what the simulator goes on to do when it is let to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from orchestration.demo_company.block import Block, blocks_of
from orchestration.demo_company.catalogue import make_products
from orchestration.demo_company.clock import END, MISSING, YEAR, Flags, Floats
from orchestration.demo_company.consents import make_consents
from orchestration.demo_company.continuation import play_on
from orchestration.demo_company.messaging import make_messages
from orchestration.demo_company.outlook import Outlook, look_out, message_effect, typical_orders
from orchestration.demo_company.people import make_people
from orchestration.demo_company.purchases import make_purchases
from orchestration.demo_company.records import make_records
from orchestration.demo_company.truth import basket_values

PEOPLE = 10_000
REPLICATES = 4
YEARS = 45.0  # what comes later is worth little over 1 %
DISCOUNT_RATE = 0.10


@dataclass(frozen=True)
class Future:
    """Of each person: what is expected, and the mean of some played futures; the sums of each of these."""

    expected: Outlook
    played: Outlook
    sums: Any  # (replicates, 5), in the order of Outlook
    margin: Floats
    alive: Flags


@pytest.fixture(scope="module")
def future() -> Future:
    block: Block = blocks_of(PEOPLE, seed=2)[0]
    people, products = make_people(block), make_products(2)
    known = make_records(block, people).known()
    has_email = has_phone = known != MISSING
    orders, courses = make_purchases(block, people)
    first = make_consents(block, people, known, has_phone, has_email)
    _, consents = make_messages(block, people, courses, known, has_email, first)
    typical = typical_orders(block, people, products, basket_values(people, products)[1])
    effect = message_effect(people, known, has_email, consents)
    expected = look_out(people, courses, typical, effect, DISCOUNT_RATE)
    played, sums = np.zeros((5, PEOPLE)), []
    for replicate in range(REPLICATES):
        after = play_on(
            *(block, people, products, orders, courses, known, has_email, consents), years=YEARS, replicate=replicate
        )
        discount = (1 + DISCOUNT_RATE) ** (-(after.at - END) / YEAR) * after.named_share
        in_a_year = (after.at < END + YEAR) * after.named_share
        in_three_years = (after.at < END + 3 * YEAR) * discount
        found = np.stack(
            [
                np.bincount(after.person, weight, PEOPLE)
                for weight in (
                    discount,
                    discount * after.contribution,
                    in_a_year,
                    in_a_year * after.contribution,
                    in_three_years * after.contribution,
                )
            ]
        )
        played += found / REPLICATES
        sums.append(found.sum(axis=1))
    alive = courses.is_alive(np.arange(PEOPLE), np.full(PEOPLE, END))
    return Future(expected, Outlook(*played), np.array(sums), typical.margin, alive)


@pytest.mark.parametrize("figure", list(Outlook.__annotations__))
def test_in_total_the_closed_form_is_the_played_future(future: Future, figure: str) -> None:
    place = list(Outlook.__annotations__).index(figure)
    expected, played = getattr(future.expected, figure).sum(), future.sums[:, place]
    error = played.std(ddof=1) / np.sqrt(REPLICATES) / played.mean()
    # What lies beyond the years that are played, and the averages over channels, may differ by a per cent.
    assert expected / played.mean() - 1 == pytest.approx(0, abs=0.012 + 3 * error)


def test_it_is_so_for_the_many_and_the_few_purchases(future: Future) -> None:
    expected, played = future.expected.discounted_purchases, future.played.discounted_purchases
    some = np.flatnonzero(future.alive)
    some = some[np.argsort(expected[some], kind="stable")]
    for decile in np.array_split(some, 5)[1:]:
        assert expected[decile].sum() / played[decile].sum() == pytest.approx(1, abs=0.05)


def test_an_order_leaves_what_the_truth_says(future: Future) -> None:
    """Whole products, refunds and cancelled orders included, on the orders that were played."""
    of_orders = (future.margin * future.played.discounted_purchases).sum()
    assert of_orders / future.played.residual_value.sum() == pytest.approx(1, abs=0.02)


def test_who_left_may_come_back_and_who_never_bought_is_not_awaited(future: Future) -> None:
    gone = ~future.alive
    awaited = future.expected.discounted_purchases[gone]
    assert 0 < awaited.sum() < 0.01 * future.expected.discounted_purchases.sum()
    assert awaited.sum() == pytest.approx(future.played.discounted_purchases[gone].sum(), rel=0.35)
