"""The demo company's customers as a warehouse that mistakes nobody would count them, beside what is true of each.

Straight from the simulator, so that a company large enough to leave little to chance takes seconds: 100,000 people.
Persons are known by the truth; what names nobody (a purchase in a store without a card) is nobody's. Counting follows
models/intermediate/value: purchases of a day are one, refunds are taken off, what was taken back whole is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.demo_company.block import Block, blocks_of
from orchestration.demo_company.catalogue import Products, make_products
from orchestration.demo_company.clock import DAY, MISSING, Flags, Floats, Ints
from orchestration.demo_company.consents import make_consents
from orchestration.demo_company.experience import join_orders
from orchestration.demo_company.finance import annual_discount_rate_at_the_end
from orchestration.demo_company.messaging import make_messages, responses
from orchestration.demo_company.outlook import Outlook, look_out, message_effect, typical_orders
from orchestration.demo_company.people import STORE, make_people
from orchestration.demo_company.purchases import make_purchases, make_responses
from orchestration.demo_company.records import make_accounts, make_records
from orchestration.demo_company.shop import make_keys, make_lines, make_refunds, order_contributions
from orchestration.demo_company.truth import basket_values
from orchestration.statistics.histories import count_histories
from orchestration.statistics.seasonality import estimate_seasonality
from orchestration.valuation.histories import Seasonalities, Segment, Valuation
from orchestration.valuation.scoring import LIKELIEST, FittedModels, Result, score

_FIRST_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Orders:
    """Orders that are not cancelled and name a person; shape (m,). EUR."""

    person: Ints
    day: Ints  # since 1970-01-01
    spend: Floats  # less refunds
    contribution: Floats  # less costs

    def until(self, day: int) -> Orders:
        seen = self.day <= day
        return Orders(self.person[seen], self.day[seen], self.spend[seen], self.contribution[seen])


@dataclass(frozen=True)
class Company:
    """All orders of a company, and what is to be expected of each person; persons are numbered from 0."""

    orders: Orders
    outlook: Outlook


@dataclass(frozen=True)
class Prediction:
    """What a valuation says of each customer; shape (n,)."""

    person: Ints
    result: Result
    discounted_purchases: Floats
    purchases_12_months: Floats
    holdout_purchases: Floats
    residual_value: Floats  # of 36 months
    residual_value_infinite_horizon: Floats
    parameter_error: Floats  # of the residual value, EUR
    deviation: Floats


def make_company(seed: int, people: int) -> Company:
    products = make_products(seed)
    orders, outlooks = [], []
    for block in blocks_of(people, seed):
        made, outlook = _make_block(block, products)
        orders.append(made)
        outlooks.append(outlook)
    names = Outlook.__annotations__
    return Company(
        Orders(*(np.concatenate([getattr(part, name) for part in orders]) for name in Orders.__annotations__)),
        Outlook(**{name: np.concatenate([getattr(part, name) for part in outlooks]) for name in names}),
    )


def predict(orders: Orders, last: date, holdout_days: int | None = None) -> Prediction:
    """Value all customers as of the end of a day."""
    last_day = last.toordinal() - _FIRST_DAY
    seen = orders.until(last_day)
    counted = seen.spend > 0
    key, row = np.unique(seen.person[counted] * 100_000 + seen.day[counted], return_inverse=True)
    spend = np.bincount(row, seen.spend[counted])
    person, day = np.divmod(key, 100_000)
    start = np.flatnonzero(np.append(True, person[1:] != person[:-1]))
    purchases = np.diff(np.append(start, len(person)))
    first, final = day[start], day[start + purchases - 1]
    x = purchases - 1
    mean = (np.add.reduceat(spend, start) - spend[start]) / np.maximum(x, 1)
    histories, index = count_histories(x, final - first, last_day - first)
    repeat = (x > 0) & (mean > 0)
    valuation = Valuation(
        "v", "current", last, holdout_days, LIKELIEST, annual_discount_rate_at_the_end(), 36, 1000, 200
    )
    segment = Segment("shop", "shop", histories, x[repeat].astype(float), mean[repeat], np.ones(int(repeat.sum())))
    again = np.delete(day, start)
    result = score(valuation, [segment], _seasonalities(again, last_day), FittedModels(), "")
    scores = {name: result.history_scores[name][index] for name in result.history_scores}

    (spend_fit,) = result.spend_fits
    p, q, v = (spend_fit[name] for name in "pqv")
    spent = np.where(x > 0, x * mean, 0.0)
    degrees = p * x + q - 1
    expected = p * (v + spent) / degrees
    slopes = np.stack([1 - p * x / degrees, -q / degrees, v / (v + spent)])
    covariance = np.array(
        [[spend_fit[f"covariance_{''.join(sorted(a + b, key='pqv'.index))}"] for b in "pqv"] for a in "pqv"]
    )
    error = scores["discounted_purchases_log_error"] ** 2 + np.einsum("in,ij,jn->n", slopes, covariance, slopes)
    recent = seen.day > last_day - 366
    margin = seen.contribution[recent].sum() / seen.spend[recent & counted].sum()
    value = scores["discounted_purchases"] * expected * margin
    square = scores["discounted_purchases_square"] * (p * (v + spent)) ** 2 / (degrees * (degrees - 1)) * margin**2
    return Prediction(
        person=person[start],
        result=result,
        discounted_purchases=scores["discounted_purchases"],
        purchases_12_months=scores["expected_purchases_12_months"],
        holdout_purchases=scores["holdout_purchases"],
        residual_value=value,
        residual_value_infinite_horizon=scores["discounted_purchases_infinite_horizon"] * expected * margin,
        parameter_error=value * np.sqrt(error),
        deviation=np.sqrt(np.maximum(square - value**2, 0.0)),
    )


def _seasonalities(again: Ints, last_day: int) -> Seasonalities:
    month = again.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    open_month = np.datetime64(last_day + 1, "D").astype("datetime64[M]").astype(np.int64)
    closed = month[month < open_month]
    return {"shop": estimate_seasonality(int(closed.min()), np.bincount(closed - closed.min()).astype(np.float64))}


def _make_block(block: Block, products: Products) -> tuple[Orders, Outlook]:
    people = make_people(block)
    records = make_records(block, people)
    since = records.known()
    reachable = records.primary[records.primary != MISSING]
    has_phone, has_email = np.zeros((2, len(people)), np.bool_)
    has_phone[records.person[reachable]] = [records.phone[i] is not None for i in reachable.tolist()]
    has_email[records.person[reachable]] = [records.email[i] is not None for i in reachable.tolist()]
    own, courses = make_purchases(block, people)
    first_consents = make_consents(block, people, since, has_phone, has_email)
    messages, consents = make_messages(block, people, courses, since, has_email, first_consents)
    caused, caused_at = responses(block, messages)
    extra = make_responses(block, people, messages.person[caused], caused_at, messages.offer[caused])
    orders = join_orders([own, extra])
    lines = make_lines(block, people, products, orders)
    refunds = make_refunds(block, orders, lines)
    keys = make_keys(block, people, make_accounts(block, people, records), orders)
    named: Flags = (orders.channel != STORE) | (keys.account != MISSING)
    kept = named & (orders.cancelled == MISSING)
    contribution = order_contributions(people, products, orders, lines, refunds)
    cost = np.bincount(lines.order, lines.quantity * products.cost_cents[lines.product], len(orders)) / 100
    outlook = look_out(
        people,
        courses,
        typical_orders(block, people, products, basket_values(people, products)[1]),
        message_effect(people, since, has_email, consents),
        annual_discount_rate_at_the_end(),
    )
    return (
        Orders(
            orders.person[kept] + block.first_person,
            orders.ordered[kept] // DAY,
            (contribution + cost)[kept],
            contribution[kept],
        ),
        outlook,
    )
