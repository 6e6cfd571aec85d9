"""What every model credits to each channel, with the evidence for it, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from orchestration.attribution.path_counts import DIRECT, GROUPS, CountedPaths
from orchestration.statistics.attribution import (
    MOST_ORDER,
    PATH_MODELS,
    Chain,
    Transitions,
    drawn_groups,
    log_losses,
    removal_effects,
    removal_shares,
    shared_out,
)
from orchestration.statistics.histories import FloatArray, IntArray

# The bounds of 95 % are then the fifth figure from either end.
RESAMPLES = 200
# Of groups of customers that a chain is held out from and then predicts.
FOLDS = 5
ALL = "all"
# Credits of conversions are told in millionths, so that they sum to the whole as numbers with six decimals do.
_MILLION = 1_000_000


@dataclass(frozen=True)
class _Credits:
    """What one model credits for one type of conversion.

    `channels` are followed by none; `resampled` is (c + 1, b), with direct conversions last, as are the units.
    """

    channels: tuple[str, ...]
    conversions: IntArray
    revenue: IntArray
    resampled: FloatArray
    effects: FloatArray | None = None


def credit_channels(counted: Sequence[CountedPaths], seed: int) -> list[dict[str, Any]]:
    """One row a type of conversion, or all together, channel and model; direct conversions are a channel too."""
    drawn = drawn_groups(GROUPS, RESAMPLES, seed)
    found: list[dict[str, Any]] = []
    by_model: dict[str, list[_Credits]] = {}
    losses: list[tuple[FloatArray, float]] = []
    for paths in counted:
        transitions = Transitions.of(paths.paths)
        losses.append((log_losses(transitions, np.arange(GROUPS) % FOLDS), transitions.counts.sum()))
        for model, credits in _credits(paths, transitions, drawn).items():
            by_model.setdefault(model, []).append(credits)
            found += _rows(paths.conversion_type, model, credits, losses[-1][0])
    known = [(loss * count, count) for loss, count in losses if not np.isnan(loss).any()]
    together = np.full(MOST_ORDER, np.nan)
    if known:
        together = np.sum([loss for loss, _ in known], axis=0) / sum(count for _, count in known)
    for model, credits_by_type in by_model.items():
        found += _rows(ALL, model, _sum(credits_by_type), together)
    return found


def _credits(counted: CountedPaths, transitions: Transitions, drawn: FloatArray) -> dict[str, _Credits]:
    paths = counted.paths
    conversions = paths.conversion_counts.sum(axis=1)
    direct = counted.direct_counts @ drawn
    total, revenue = round(float(conversions.sum())), int(counted.revenue.sum())

    def told(shares: FloatArray, of_revenue: FloatArray, resampled: FloatArray, effects: FloatArray | None) -> _Credits:
        return _Credits(
            counted.channels,
            np.append(shared_out(total * _MILLION, shares), counted.direct_counts.sum() * _MILLION),
            np.append(shared_out(revenue, of_revenue), counted.direct_revenue),
            np.vstack([resampled, direct]),
            effects,
        )

    found = {}
    for name, model in PATH_MODELS.items():
        of_paths = model(paths)
        resampled = (of_paths @ paths.conversion_counts) @ drawn
        found[name] = told(of_paths @ conversions, of_paths @ counted.revenue.astype(np.float64), resampled, None)
    resampled_totals = paths.conversion_counts.sum(axis=0) @ drawn
    drawn_counts = np.ascontiguousarray((transitions.counts @ drawn).T)
    counts, has_converted = transitions.counts.sum(axis=1), paths.has_converted
    for order in range(1, MOST_ORDER + 1):
        chain = Chain(transitions, order)
        conversion = chain.solve(counts)
        effects = removal_effects(conversion)
        shares_of_resamples = [
            removal_shares(removal_effects(chain.follow(counted_so, conversion)), has_converted)
            for counted_so in drawn_counts
        ]
        # A conversion is worth the mean, as a chain knows none from another.
        shares = removal_shares(effects, has_converted)
        resampled = np.stack(shares_of_resamples, axis=1) * resampled_totals
        found[f"markov_{order}"] = told(shares, shares, resampled, effects)
    return found


def _sum(parts: Sequence[_Credits]) -> _Credits:
    """What is credited for all types of conversions together; removal effects are of one type alone."""
    channels = tuple(sorted({channel for part in parts for channel in part.channels}))
    conversions, revenue = np.zeros((2, len(channels) + 1), dtype=np.int64)
    resampled = np.zeros((len(channels) + 1, RESAMPLES))
    for part in parts:
        places = [*(channels.index(channel) for channel in part.channels), len(channels)]
        conversions[places] += part.conversions
        revenue[places] += part.revenue
        resampled[places] += part.resampled
    return _Credits(channels, conversions, revenue, resampled)


def _rows(conversion_type: str, model: str, credits: _Credits, losses: FloatArray) -> list[dict[str, Any]]:
    lower, upper = np.percentile(credits.resampled, [2.5, 97.5], axis=1)
    order = int(model.removeprefix("markov_")) if model.startswith("markov_") else None
    loss = None if order is None or np.isnan(losses).any() else float(losses[order - 1])
    return [
        {
            "conversion_type": conversion_type,
            "channel": channel,
            "attribution_model": model,
            "conversion_credit": credits.conversions[place] / _MILLION,
            "conversion_credit_lower_95": float(lower[place]),
            "conversion_credit_upper_95": float(upper[place]),
            "revenue_ten_thousandths": int(credits.revenue[place]),
            "removal_effect": None if credits.effects is None or channel == DIRECT else float(credits.effects[place]),
            "held_out_log_loss": loss,
            "is_best_order": None if loss is None or order is None else order - 1 == int(losses.argmin()),
        }
        for place, channel in enumerate((*credits.channels, DIRECT))
    ]
