"""Attribution against examples by hand, brute force, and simulated chains; and what holds of any of its models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import sparse

from orchestration.statistics.attribution import (
    MOST_ORDER,
    PATH_MODELS,
    Chain,
    Paths,
    Transitions,
    drawn_groups,
    log_losses,
    removal_effects,
    removal_shares,
    shared_out,
)
from orchestration.statistics.histories import FloatArray

# Channels, how often the path was taken, and how often it converted.
Row = tuple[tuple[int, ...], int, int]
MODELS = (*PATH_MODELS, *(f"markov_{order}" for order in range(1, MOST_ORDER + 1)))


def paths_of(rows: Sequence[Row], channel_count: int, groups: Sequence[int] | None = None) -> Paths:
    """Paths of one group, or each row in its own of `groups`."""
    groups = groups or [0] * len(rows)
    shape, at = (len(rows), max(groups, default=0) + 1), (np.arange(len(rows)), np.array(groups, dtype=np.intp))
    counts, conversions = (
        sparse.csr_array((np.array([row[column] for row in rows], dtype=np.float64), at), shape) for column in (1, 2)
    )
    steps = np.array([channel for row in rows for channel in row[0]], dtype=np.intp)
    lengths = np.array([len(row[0]) for row in rows], dtype=np.intp)
    return Paths(channel_count, steps, lengths, counts, conversions)


def effects_of(paths: Paths, order: int) -> FloatArray:
    transitions = Transitions.of(paths)
    return removal_effects(Chain(transitions, order).solve(transitions.counts.sum(axis=1)))


def credits_of(paths: Paths, model: str) -> FloatArray:
    conversions = paths.conversion_counts.sum(axis=1)
    if model in PATH_MODELS:
        return np.asarray(PATH_MODELS[model](paths) @ conversions)
    return conversions.sum() * removal_shares(effects_of(paths, int(model[-1])), paths.has_converted)


# `ga` is 0, `mail` is 1.
BY_HAND: list[Row] = [((0,), 3, 2), ((1,), 1, 1), ((0, 1), 1, 1)]


@pytest.mark.parametrize("order", range(1, MOST_ORDER + 1))
def test_the_example_by_hand(order: int) -> None:
    """P = 4/5 (1/2 + 1/4) + 1/5 = 4/5; without ga 1/5, without mail 2/5."""
    effects = effects_of(paths_of(BY_HAND, 2), order)
    assert_allclose(effects, [0.75, 0.5], rtol=1e-14)
    assert_allclose(credits_of(paths_of(BY_HAND, 2), f"markov_{order}"), [2.4, 1.6], rtol=1e-14)


def test_each_model_of_single_paths_by_hand() -> None:
    found = {model: credits_of(paths_of([((0, 1, 2, 1), 10, 6)], 4), model) for model in PATH_MODELS}
    assert_allclose(found["first_touch"], [6, 0, 0, 0])
    assert_allclose(found["last_touch"], [0, 6, 0, 0])
    assert_allclose(found["linear"], [1.5, 3, 1.5, 0])
    assert_allclose(found["position_based"], [2.4, 0.6 + 2.4, 0.6, 0])
    assert_allclose(found["shapley"], [2, 2, 2, 0])
    assert_allclose(credits_of(paths_of([((0, 1), 5, 4)], 2), "position_based"), [2, 2])


def rows(channel_count: int) -> st.SearchStrategy[list[Row]]:
    steps = st.lists(st.integers(0, channel_count - 1), min_size=1, max_size=6).map(tuple)
    counts = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(any).map(lambda pair: (sum(pair), pair[1]))
    row = st.tuples(steps, counts).map(lambda pair: (pair[0], *pair[1]))
    return st.lists(row, min_size=1, max_size=12).filter(lambda found: any(count for _, _, count in found))


@given(rows(5), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_every_model_credits_all_conversions_and_nothing_below_zero(found: list[Row], rng: object) -> None:
    paths = paths_of(found, 5)
    shuffled = list(found)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    converting = {channel for steps, _, count in found if count for channel in steps}
    for model in MODELS:
        credit = credits_of(paths, model)
        assert (credit >= 0).all()
        assert credit.sum() == pytest.approx(sum(count for _, _, count in found), rel=1e-12)
        assert_allclose(credit, credits_of(paths_of(shuffled, 5), model), rtol=1e-9, atol=1e-12)
        assert not credit[[channel for channel in range(5) if channel not in converting]].any()


@pytest.mark.parametrize("model", MODELS)
def test_a_channel_that_no_conversion_can_come_of_gets_nothing_and_the_only_one_all(model: str) -> None:
    ends = paths_of([((0, 1), 4, 2), ((0, 2), 5, 0), ((2,), 3, 0), ((1, 0), 2, 1)], 3)
    assert credits_of(ends, model)[2] == pytest.approx(0, abs=1e-12)
    assert_allclose(credits_of(paths_of([((1, 1, 1), 4, 2), ((1,), 5, 1)], 2), model), [0, 3], atol=1e-12)


@given(rows(5))
@settings(max_examples=15, deadline=None)
def test_shapley_values_are_those_of_all_permutations(found: list[Row]) -> None:
    def worth(channels: Sequence[int]) -> int:
        """Conversions of the paths that need no other channel."""
        return sum(count for steps, _, count in found if set(steps) <= set(channels))

    values = np.zeros(5)
    for order in permutations(range(5)):
        for place, channel in enumerate(order):
            values[channel] += worth(order[: place + 1]) - worth(order[:place])
    assert_allclose(credits_of(paths_of(found, 5), "shapley"), values / factorial(5), atol=1e-12)


def chances_of(found: Sequence[Row], order: int) -> dict[tuple[int, ...], dict[object, float]]:
    """What comes next after the last channels, in plain Python: a channel, or whether it converted."""
    counted: dict[tuple[int, ...], dict[object, float]] = {}
    for steps, count, converted in found:
        for place in range(len(steps) + 1):
            after = counted.setdefault(steps[max(place - order, 0) : place], {})
            if place < len(steps):
                after[steps[place]] = after.get(steps[place], 0) + count
            else:
                after["yes"] = after.get("yes", 0) + converted
                after["no"] = after.get("no", 0) + count - converted
    return {
        state: {what: count / sum(after.values()) for what, count in after.items()}
        for state, after in counted.items()
        if sum(after.values())
    }


def recomputed(found: Sequence[Row], order: int, without: int | None = None) -> float:
    """The probability of a conversion, by following all paths step by step until next to nothing is on the way."""
    chances = chances_of(found, order)
    on_the_way, converted = {(): 1.0}, 0.0
    while sum(on_the_way.values()) > 1e-11:
        reached: dict[tuple[int, ...], float] = {}
        for state, chance in on_the_way.items():
            for what, share in chances[state].items():
                if what == "yes":
                    converted += chance * share
                elif isinstance(what, int) and what != without:
                    target = (*state, what)[-order:]
                    reached[target] = reached.get(target, 0) + chance * share
        on_the_way = reached
    return converted


@given(rows(4), st.integers(1, MOST_ORDER))
@settings(max_examples=12, deadline=None)
def test_removal_effects_are_those_of_following_every_path(found: list[Row], order: int) -> None:
    whole = recomputed(found, order)
    expected = [1 - recomputed(found, order, channel) / whole for channel in range(4)]
    assert_allclose(effects_of(paths_of(found, 4), order), expected, atol=1e-9)


def test_a_resample_is_followed_to_what_solving_it_says() -> None:
    rng = np.random.default_rng(2)
    found = simulated(rng, 3000, lambda before: (before[-1:], 0.4))
    transitions = Transitions.of(paths_of(found, 4, rng.integers(0, 50, len(found)).tolist()))
    drawn = drawn_groups(transitions.counts.shape[1], 3, seed=1)
    assert (drawn.sum(axis=0) == drawn.shape[0]).all()
    for order in range(1, MOST_ORDER + 1):
        chain = Chain(transitions, order)
        near = chain.solve(transitions.counts.sum(axis=1))
        for weights in drawn.T:
            counts = transitions.counts @ weights
            followed, solved = chain.follow(counts, near), chain.solve(counts)
            assert_allclose(removal_effects(followed), removal_effects(solved), atol=1e-7)


def simulated(
    rng: np.random.Generator, count: int, remembered: Callable[[tuple[int, ...]], tuple[tuple[int, ...], float]]
) -> list[Row]:
    """Paths whose next channel follows what is `remembered` of those before, ending with the chance beside it."""
    preferred: dict[tuple[int, ...], FloatArray] = {}
    found = []
    for _ in range(count):
        steps: tuple[int, ...] = ()
        while True:
            key, ends = remembered(steps)
            if key not in preferred:
                preferred[key] = rng.dirichlet(np.full(4, 0.3))
            if steps and rng.random() < ends:
                break
            steps = (*steps, int(rng.choice(4, p=preferred[key])))
        found.append((steps, 1, int(rng.random() < 0.3)))
    return found


@pytest.mark.parametrize("order", range(1, MOST_ORDER + 1))
def test_the_order_that_made_the_paths_predicts_them_best(order: int) -> None:
    rng = np.random.default_rng(67)
    found = simulated(rng, 4000, lambda before: (before[-order:], 0.2))
    transitions = Transitions.of(paths_of(found, 4, rng.integers(0, 100, len(found)).tolist()))
    losses = log_losses(transitions, np.arange(transitions.counts.shape[1]) % 5)
    assert losses.argmin() + 1 == order


def test_nothing_is_predicted_where_nothing_is_held_out() -> None:
    assert np.isnan(log_losses(Transitions.of(paths_of(BY_HAND, 2)), np.zeros(1, dtype=np.intp))).all()


def test_what_is_shared_out_sums_to_the_whole() -> None:
    assert shared_out(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert shared_out(7, np.zeros(2)).tolist() == [0, 0]
    # More than a double holds to the unit.
    huge = 1_800_000_100_009_999_873
    assert shared_out(huge, np.array([1.0])).tolist() == [huge]
    assert int(shared_out(huge, np.array([1.0, 2.0, 4.0])).sum()) == huge
    shares = np.random.default_rng(1).random(50)
    found = shared_out(123_456_789, shares)
    assert found.sum() == 123_456_789
    assert (np.abs(found - 123_456_789 * shares / shares.sum()) < 1).all()


@pytest.mark.parametrize(
    ("found", "channel_count", "what"),
    [
        ([((0,), 1, 2)], 1, "no more than took it"),
        ([((3,), 1, 1)], 2, "from 0 to 1"),
        ([((), 1, 1)], 1, "every path has a step"),
    ],
)
def test_paths_that_cannot_be_are_refused(found: list[Row], channel_count: int, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        paths_of(found, channel_count)


def test_a_chain_has_an_order_that_is_estimated() -> None:
    with pytest.raises(ValueError, match="from 1 to 3"):
        Chain(Transitions.of(paths_of(BY_HAND, 2)), 4)


@pytest.mark.parametrize("found", [[((0, 1), 3, 0)], []])
def test_a_company_without_a_path_that_converted_has_nothing_to_credit(found: list[Row]) -> None:
    paths = paths_of(found, 2)
    assert all(not credits_of(paths, model).any() for model in MODELS)
