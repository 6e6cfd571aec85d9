"""Which channels conversions are credited to, from counted paths that ended in a conversion or without one.

Five models share out the conversions of each path by itself: the first and the last channel, all steps alike, 40-20-40
by position, and the Shapley value. That one is of the game in which a set of channels earns the conversions of all
paths that need no other channel (Shapley 1953; Zhao, Mahboobi, Bagheri 2018, "Shapley value methods for attribution
modeling in online advertising"): of each path its different channels get equal shares, so no permutation is counted.

The Markov models ask of all paths together how many conversions would be lost without a channel (Anderl, Becker, von
Wangenheim, Schumann 2016, "Mapping the customer journey", International Journal of Research in Marketing 33:3). Paths
are a chain that is absorbed by conversion or by its absence; what comes next depends on the last k channels, k being
the order. The removal effect of a channel is the share of conversions that go when every path ends where the channel
would come: 1 − P(conversion without it) / P(conversion). It is solved as a linear system. Conversions are credited in
proportion to removal effects.

Paths are counted by groups of customers, as intervals draw these and hold-outs leave them out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from orchestration.statistics.histories import BoolArray, FloatArray, IntArray

# Of a Markov chain: with more, nearly every path of a company is a chain of its own.
MOST_ORDER = 3


@dataclass(frozen=True)
class Paths:
    """Different paths of at least one step, counted by groups of customers; checked when built.

    Attributes:
        channel_count: c; channels are the numbers below it.
        steps: channels of all paths, one path after the other, in the order of their steps, (n,).
        lengths: steps of each path, (p,); they sum to n.
        path_counts: how often each path was taken in each group, with or without a conversion, sparse, (p, g).
        conversion_counts: how often it ended in a conversion, sparse, (p, g).

    Raises:
        ValueError: shapes do not fit, a path is empty, a channel is none, or more converted than there are.
    """

    channel_count: int
    steps: IntArray
    lengths: IntArray
    path_counts: sparse.csr_array
    conversion_counts: sparse.csr_array

    def __post_init__(self) -> None:
        if (self.lengths < 1).any() or self.lengths.sum() != len(self.steps):
            raise ValueError("every path has a step, and lengths sum to the number of steps")
        if ((self.steps < 0) | (self.steps >= self.channel_count)).any():
            raise ValueError(f"channels are numbers from 0 to {self.channel_count - 1}")
        if self.path_counts.shape != self.conversion_counts.shape or self.path_counts.shape[0] != len(self.lengths):
            raise ValueError("counts have a row a path, and a column a group")
        if (self.conversion_counts > self.path_counts).nnz or (self.conversion_counts.data < 0).any():
            raise ValueError("of a path no fewer than none convert, and no more than took it")

    @property
    def path_of_step(self) -> IntArray:
        """Which path each step is of, (n,)."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @property
    def position(self) -> IntArray:
        """Place of each step in its path, from 0, (n,)."""
        return np.arange(len(self.steps)) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths)

    @property
    def has_converted(self) -> BoolArray:
        """Whether each channel is in a path that converted, (c,)."""
        return np.asarray(self.shares(np.ones(len(self.steps))) @ self.conversion_counts.sum(axis=1) > 0)

    def shares(self, weight: FloatArray) -> sparse.csr_array:
        """What of a path each channel gets where steps get `weight`, (c, p)."""
        shape = (self.channel_count, len(self.lengths))
        return sparse.csr_array((weight, (self.steps, self.path_of_step)), shape)


def first_touch(paths: Paths) -> sparse.csr_array:
    """All to the first channel, (c, p)."""
    return paths.shares((paths.position == 0).astype(np.float64))


def last_touch(paths: Paths) -> sparse.csr_array:
    """All to the last channel, (c, p)."""
    return paths.shares((paths.position == np.repeat(paths.lengths, paths.lengths) - 1).astype(np.float64))


def linear(paths: Paths) -> sparse.csr_array:
    """As much to each step, (c, p)."""
    return paths.shares(1 / np.repeat(paths.lengths, paths.lengths))


def position_based(paths: Paths) -> sparse.csr_array:
    """40 % to the first step, 40 % to the last, 20 % to all between; halves of two, (c, p)."""
    length = np.repeat(paths.lengths, paths.lengths)
    is_end = (paths.position == 0) | (paths.position == length - 1)
    of_many = np.where(is_end, 0.4, 0.2 / np.maximum(length - 2, 1))
    return paths.shares(np.where(length > 2, of_many, 1 / length))


def shapley(paths: Paths) -> sparse.csr_array:
    """As much to each different channel, which is the Shapley value, (c, p)."""
    is_there = paths.shares(np.ones(len(paths.steps)))
    is_there.data[:] = 1.0
    different = np.asarray(is_there.sum(axis=0))
    return sparse.csr_array(is_there.multiply(1 / np.maximum(different, 1)[None, :]))


# Shares of a path, by model.
PATH_MODELS: Mapping[str, Callable[[Paths], sparse.csr_array]] = {
    "first_touch": first_touch,
    "last_touch": last_touch,
    "linear": linear,
    "position_based": position_based,
    "shapley": shapley,
}


@dataclass(frozen=True)
class Transitions:
    """How often what came next after the last MOST_ORDER channels, by group.

    Attributes:
        channel_count: c.
        contexts: the last channels, the newest as the lowest digit to base c + 1, 0 where there was none before, (e,).
        outcomes: what came next: a channel, c for a conversion, c + 1 for the end without one, (e,).
        counts: (e, g).
    """

    channel_count: int
    contexts: IntArray
    outcomes: IntArray
    counts: FloatArray

    @classmethod
    def of(cls, paths: Paths) -> Transitions:
        """What came next in `paths`: each step after those before it, and the end after all."""
        base, path = paths.channel_count + 1, paths.path_of_step
        last = np.cumsum(paths.lengths) - 1
        after = np.zeros(len(paths.steps), dtype=np.int64)
        for back in range(MOST_ORDER):
            after += np.where(paths.position >= back, np.roll(paths.steps + 1, back), 0) * base**back
        before = np.where(paths.position > 0, np.roll(after, 1), 0)
        ends = [np.full(len(last), paths.channel_count + outcome) for outcome in range(2)]
        codes, place = np.unique(
            np.concatenate([before, after[last], after[last]]) * (base + 1) + np.concatenate([paths.steps, *ends]),
            return_inverse=True,
        )
        shape = (len(codes), len(last))
        parts = np.split(place, [len(path), len(path) + len(last)])
        steps, converted, lost = (
            sparse.csr_array((np.ones(len(part)), (part, whose)), shape)
            for part, whose in zip(parts, (path, np.arange(len(last)), np.arange(len(last))), strict=True)
        )
        counts = (
            steps @ paths.path_counts
            + converted @ paths.conversion_counts
            + lost @ (paths.path_counts - paths.conversion_counts)
        )
        return cls(paths.channel_count, codes // (base + 1), codes % (base + 1), np.asarray(counts.todense()))


class Chain:
    """The absorbing Markov chain of an order: its states are the last channels, as many as the order, or fewer.

    What is solved for is h, the probability of a conversion from each state: whole, and where paths end at each
    channel, (s, 1 + c). State 0 is the start.
    """

    def __init__(self, transitions: Transitions, order: int) -> None:
        """States and transitions of the chain; `order` is from 1 to MOST_ORDER."""
        if not 1 <= order <= MOST_ORDER:
            raise ValueError(f"The order of a chain is from 1 to {MOST_ORDER}; {order} is not.")
        channel_count = transitions.channel_count
        base = channel_count + 1
        contexts = transitions.contexts % base**order
        states = np.unique(np.append(contexts, 0))
        self._state = np.searchsorted(states, contexts)
        self._state_count = len(states)
        self._is_step = transitions.outcomes < channel_count
        self._is_conversion = transitions.outcomes == channel_count
        reached = (contexts * base + transitions.outcomes + 1) % base**order
        pairs, self._pair = np.unique(
            self._state[self._is_step] * len(states) + np.searchsorted(states, reached[self._is_step]),
            return_inverse=True,
        )
        self._ends = np.searchsorted(pairs // len(states), np.arange(len(states) + 1))
        self._targets = pairs % len(states)
        # The newest channel of a state is its lowest digit; without it, nothing goes on from there.
        self._goes_on = np.ones((len(states), base))
        self._goes_on[:, 1:] = (states % base)[:, None] != 1 + np.arange(channel_count)

    def solve(self, counts: FloatArray) -> FloatArray:
        """h = r + Q h, as a linear system for each column, where transitions were counted so, (e,)."""
        steps, ending = self._chances(counts)
        whole = sparse.eye_array(self._state_count)
        solved = [spsolve(sparse.csc_array(whole - steps * goes_on[None, :]), ending) for goes_on in self._goes_on.T]
        return np.stack(solved, axis=1) * self._goes_on

    def follow(self, counts: FloatArray, conversion: FloatArray) -> FloatArray:
        """The same to 10⁻⁹, by steps of h → r + Q h from a `conversion` that is near, as that of a resample is."""
        steps, ending = self._chances(counts)
        change = np.inf
        while change > 1e-9:
            before, conversion = conversion, (ending[:, None] + steps @ conversion) * self._goes_on
            change = np.abs(conversion - before).max()
        return conversion

    def _chances(self, counts: FloatArray) -> tuple[sparse.csr_array, FloatArray]:
        """Q, (s, s), and r, (s,): the probabilities of what comes next. A state that was never left leads nowhere."""
        totals = np.bincount(self._state, counts, self._state_count)
        chances = counts / np.where(totals > 0, totals, 1.0)[self._state]
        ending = np.bincount(self._state[self._is_conversion], chances[self._is_conversion], self._state_count)
        stepping = np.bincount(self._pair, chances[self._is_step], len(self._targets))
        shape = (self._state_count, self._state_count)
        return sparse.csr_array((stepping, self._targets, self._ends), shape), ending.astype(np.float64)


def removal_effects(conversion: FloatArray) -> FloatArray:
    """The share of conversions that is lost without each channel, (c,), of what a chain was solved for, (s, 1 + c)."""
    whole = conversion[0, 0]
    return np.clip(1 - conversion[0, 1:] / whole, 0.0, 1.0) if whole > 0 else np.zeros(conversion.shape[1] - 1)


def removal_shares(effects: FloatArray, has_converted: BoolArray) -> FloatArray:
    """What of the conversions each channel is credited with, (c,): removal effects as shares of their sum.

    A chain may lead from a channel of lost paths to a conversion that it was never on the way to: that is no credit.
    """
    credited = np.where(has_converted, effects, 0.0)
    return credited / (credited.sum() or 1.0)


def log_losses(transitions: Transitions, fold: IntArray) -> FloatArray:
    """How badly the chain of each order from 1 predicts what comes next in held-out groups, (MOST_ORDER,): mean −ln p.

    Each fold of groups, (g,), is predicted once, from all other folds. A chain falls back on the one of an order less,
    which counts as one observation more, and the lowest on chance: what was never seen is unlikely, not impossible.
    NaN where nothing can be held out.
    """
    base = transitions.channel_count + 1
    folds = np.unique(fold)
    counts = np.stack([transitions.counts[:, fold == one].sum(axis=1) for one in folds], axis=1)
    seen = counts.sum(axis=1, keepdims=True) - counts
    if len(folds) < 2 or counts.sum() == 0:
        return np.full(MOST_ORDER, np.nan)
    chance = np.full(counts.shape, 1 / (base + 1))
    losses = []
    for order in range(MOST_ORDER + 1):
        context = transitions.contexts % base**order
        of_context = _summed(context, seen)
        of_transition = _summed(context * (base + 1) + transitions.outcomes, seen)
        chance = (of_transition + chance) / (of_context + 1)
        losses.append(-(counts * np.log(chance)).sum() / counts.sum())
    return np.array(losses[1:])


def _summed(keys: IntArray, counts: FloatArray) -> FloatArray:
    """Of each row the sum over all rows of the same key."""
    _, place = np.unique(keys, return_inverse=True)
    sums = np.zeros((place.max(initial=-1) + 1, counts.shape[1]))
    np.add.at(sums, place, counts)
    return np.asarray(sums[place])


def drawn_groups(group_count: int, resample_count: int, seed: int) -> FloatArray:
    """How often each group is in each resample, (g, b): as many groups as there are, drawn with replacement."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(group_count, np.full(group_count, 1 / group_count), resample_count).T.astype(np.float64)


def shared_out(total: int, shares: FloatArray) -> IntArray:
    """`total` in whole units by `shares`, (c,), summing to it exactly: the largest remainders are rounded up.

    Of equals the first. Where all shares are nothing, nobody gets anything.
    """
    if not shares.any():
        return np.zeros(len(shares), dtype=np.intp)
    exact = total * (shares / shares.sum())
    units: IntArray = np.floor(exact).astype(np.intp)
    rest = np.argsort(units - exact, kind="stable")[: max(0, total - int(units.sum()))]
    units[rest] += 1
    # Of more units than a double tells apart, what rounding gave or took falls to the largest share.
    units[np.argmax(shares)] += total - int(units.sum())
    return units
