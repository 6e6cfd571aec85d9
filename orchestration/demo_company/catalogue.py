"""The range of products, their prices over time and their costs. It depends on the seed alone, not on the size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_company import names, planted
from orchestration.demo_company.clock import DAY, START, Floats, Ints
from orchestration.demo_company.writing import Columns, constant, ids, instants, money, texts, words

PRODUCTS_IN_A_CATEGORY = 40
RISEN = names.CATEGORIES.index(planted.PRICE_RISE_CATEGORY)


@dataclass(frozen=True)
class Products:
    """The range, grouped by category and sorted by price inside it; shape (p,). Money in EUR cents."""

    name: list[str]
    category: Ints
    first_list_cents: Ints  # before the planted price rise
    cost_cents: Ints
    is_cost_known: list[bool]

    def list_cents(self, product: Ints, instant: Ints) -> Ints:
        """The list price of a product at an instant."""
        risen = (self.category[product] == RISEN) & (instant >= planted.PRICE_RISE_AT)
        first = self.first_list_cents[product]
        return np.where(risen, _risen(first), first)

    def near(self, rng: np.random.Generator, category: Ints, cents: Floats) -> Ints:
        """A product of the category whose price before the rise is near an amount; shape of `category`."""
        place = np.empty(len(category))
        for index in range(len(names.CATEGORIES)):
            rows = category == index
            prices = np.log(self.first_list_cents[self.category == index])
            place[rows] = np.interp(np.log(cents[rows]), prices, np.arange(PRODUCTS_IN_A_CATEGORY))
        stray = rng.integers(-2, 3, len(category))
        nearest = np.clip(np.rint(place).astype(np.int64) + stray, 0, PRODUCTS_IN_A_CATEGORY - 1)
        product: Ints = category * PRODUCTS_IN_A_CATEGORY + nearest
        return product

    def margin_shares(self) -> Floats:
        """Margin a unit of list price by category, at today's prices; shape (categories,)."""
        today = np.where(self.category == RISEN, _risen(self.first_list_cents), self.first_list_cents)
        share = 1 - self.cost_cents / today
        return np.bincount(self.category, share) / PRODUCTS_IN_A_CATEGORY


def make_products(seed: int) -> Products:
    """Forty products in each category, at prices from a tenth to five times its typical one, costs by its share."""
    rng = np.random.default_rng([seed, 1])
    labels: list[str] = []
    prices = []
    for goods, materials, typical in zip(names.GOODS, names.MATERIALS, names.TYPICAL_PRICES, strict=True):
        labels += [f"{material} {good}" for good in goods for material in materials]
        spread = np.linspace(-2.3, 1.7, PRODUCTS_IN_A_CATEGORY) + rng.normal(0.0, 0.1, PRODUCTS_IN_A_CATEGORY)
        grid = typical * np.exp(np.sort(spread))
        prices.append((np.rint(grid * 2) * 50 - 5).clip(145).astype(np.int64))  # they end in .45 or .95
    cents = np.stack(prices).ravel()
    category = np.repeat(np.arange(len(names.CATEGORIES)), PRODUCTS_IN_A_CATEGORY)
    share = np.array(names.COST_SHARES)[category] * rng.uniform(0.9, 1.1, len(cents))
    unknown = rng.choice(len(cents), 6, replace=False)
    return Products(
        name=labels,
        category=category,
        first_list_cents=cents,
        cost_cents=np.rint(cents * share).astype(np.int64),
        is_cost_known=[index not in unknown for index in range(len(cents))],
    )


def products_export(products: Products) -> Columns:
    """The columns of shop.products, as the range stands at the end."""
    every = np.arange(len(products.name))
    risen = products.category == RISEN
    return {
        "product_id": product_numbers(every),
        "product_name": texts(products.name),
        "category": words(names.CATEGORIES, products.category),
        "unit_cost": money(np.where(products.is_cost_known, products.cost_cents, -1)),
        "list_price": money(np.where(risen, _risen(products.first_list_cents), products.first_list_cents)),
        "currency": constant("EUR", len(every)),
        "updated_at": instants(np.where(risen, planted.PRICE_RISE_AT, START - 30 * DAY)),
    }


def product_numbers(index: Ints) -> object:
    """P0001 for product 0; MISSING stays empty."""
    return ids("P", np.where(index == -1, -1, index + 1), 4)


def _risen(cents: Ints) -> Ints:
    risen: Ints = np.rint(cents * planted.PRICE_RISE_FACTOR).astype(np.int64)
    return risen
