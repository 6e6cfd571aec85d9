"""What finance exports: fixed costs, exchange rates and discount rates."""

from __future__ import annotations

import numpy as np

from orchestration.demo_company.clock import DAY, END, START, epoch
from orchestration.demo_company.writing import Columns, constant, dates, decimals, texts

DISCOUNT_RATES = (("2021-01-01", 0.08), ("2023-01-01", 0.10))  # first day, rate a year
_COST_KINDS = (("rent", 21_000), ("staff", 64_000), ("systems", 17_000), ("logistics", 28_000))  # EUR a month, factor 1
_LEVELS = (("GBP", 1.165, 0.0045), ("CHF", 1.020, 0.0040), ("SEK", 0.0900, 0.0045))  # EUR, and change a day
_RATES_FROM, _RATES_TO = epoch("2021-12-01"), epoch("2025-01-31")


def annual_discount_rate_at_the_end() -> float:
    """The rate that holds when the simulation ends."""
    return [rate for day, rate in DISCOUNT_RATES if epoch(day) < END][-1]


def finance_exports(seed: int, factor: float) -> dict[str, Columns]:
    """The columns of the three files. Only fixed costs depend on the size of the company."""
    rng = np.random.default_rng([seed, 2])
    months = np.arange(
        np.datetime64(START, "s").astype("datetime64[M]"), np.datetime64(END, "s").astype("datetime64[M]")
    )
    kinds = len(_COST_KINDS)
    base = np.array([amount for _, amount in _COST_KINDS]) * factor * 100
    growth = 1.0025 ** np.arange(len(months))
    amounts = base * growth[:, None] * rng.normal(1.0, 0.02, (len(months), kinds))
    days = np.arange(_RATES_FROM, _RATES_TO + DAY, DAY).astype("datetime64[s]").astype("datetime64[D]")
    moves = rng.normal(0.0, 1.0, (len(days), len(_LEVELS)))
    rates, logs = [], np.zeros(len(_LEVELS))
    for move in moves:  # a random walk that is drawn back to its level
        logs = 0.99 * logs + move * np.array([step for _, _, step in _LEVELS])
        rates.append(logs)
    values = np.array([level for _, level, _ in _LEVELS]) * np.exp(np.array(rates))
    return {
        "fixed_costs": {
            "month": dates(np.repeat(months.astype("datetime64[D]"), kinds)),
            "cost_kind": texts([kind for kind, _ in _COST_KINDS] * len(months)),
            "amount": decimals(np.maximum(np.rint(amounts), 1).astype(np.int64).ravel()),
            "currency": constant("EUR", kinds * len(months)),
        },
        "exchange_rates": {
            "date": dates(np.repeat(days, len(_LEVELS))),
            "currency": texts([currency for currency, _, _ in _LEVELS] * len(days)),
            "rate": texts([f"{rate:.6f}" for rate in values.ravel().tolist()]),
        },
        "discount_rates": {
            "valid_from": texts([day for day, _ in DISCOUNT_RATES]),
            "annual_rate": texts([f"{rate:.4f}" for _, rate in DISCOUNT_RATES]),
        },
    }
