"""PLS path models: constructs that are asked about by several items each, and what each does to the next.

Estimated as in the European customer satisfaction index: items standardised, mode A (each item reflects its construct),
centroid scheme (neighbours count by the sign of their correlation). Source: Tenenhaus, Esposito Vinzi, Chatelin, Lauro
2005, PLS path modeling, Computational Statistics & Data Analysis 48:159; its figures for mobile phones are tests.

All of it follows from the correlations of the items, so that missing answers are met there (`correlations`), and no
scale matters: an item may have any unit, and counts the other way round where its unit runs so.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np

from orchestration.statistics.correlations import Correlations, correlate, regress, resample
from orchestration.statistics.fitting import NotIdentifiedError
from orchestration.statistics.histories import BoolArray, FloatArray, IntArray

_TOLERANCE = 1e-10  # largest change of an outer weight between two steps
_MOST_STEPS = 500


@dataclass(frozen=True)
class PathModel:
    """Which items ask about which construct, and which construct acts on which.

    Attributes:
        blocks: of each item the number of its construct, (k,); each of the c constructs has one item at least.
        paths: pairs of constructs, from and to.

    Raises ValueError where paths lead round in a circle, from or to a construct without items, or a construct has none.
    """

    blocks: IntArray
    paths: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        touched = {construct for path in self.paths for construct in path}
        if touched != set(self.blocks.tolist()) or touched != set(range(len(touched))):
            raise ValueError("A path model has a path to or from each construct, and an item for each construct.")
        before: dict[int, set[int]] = {}
        for start, end in self.paths:
            before.setdefault(end, set()).add(start)
        try:
            TopologicalSorter(before).prepare()
        except CycleError as error:
            raise ValueError(f"Paths lead round in a circle: {error.args[1]}.") from error

    @property
    def construct_count(self) -> int:
        return int(self.blocks.max()) + 1

    @property
    def belongs(self) -> BoolArray:
        """Whether an item asks about a construct, (k, c)."""
        return np.asarray(self.blocks[:, None] == np.arange(self.construct_count))

    def causes_of(self, construct: int) -> IntArray:
        return np.array(sorted(start for start, end in self.paths if end == construct), dtype=np.intp)


@dataclass(frozen=True)
class PathEstimates:
    """What a path model comes to; of c constructs and k items. NaN where a figure means nothing.

    Attributes:
        weights: outer weights of the standardised items, (k,); a construct's score has variance 1.
        loadings: correlation of each item with its construct's score, (k,).
        paths: standardised path coefficients, (c, c), from row to column.
        total_effects: the sum over all ways from row to column of the product along the way, (c, c).
        r_squared: share of a construct's variance that its causes explain, (c,); NaN of those without causes.
        alpha: Cronbach's alpha of standardised items, (c,); NaN of a single item.
        composite_reliability: Dillon's and Goldstein's rho, rho_c, (c,); NaN of a single item.
        variance_extracted: average variance extracted, AVE, (c,): mean of the squared loadings; NaN of a single item.
        htmt: heterotrait-monotrait ratio of correlations, (c, c), above the diagonal, of constructs with several items
            (Henseler, Ringle, Sarstedt 2015), of absolute correlations (HTMT+, Ringle and others 2023).
        scores: mean of each construct's items in their own unit, weighted as its score weighs them, (c,). With answers
            on 0-100 this is the index of the American and European indices (Fornell and others 1996). NaN where an item
            weighs below zero.
    """

    weights: FloatArray
    loadings: FloatArray
    paths: FloatArray
    total_effects: FloatArray
    r_squared: FloatArray
    alpha: FloatArray
    composite_reliability: FloatArray
    variance_extracted: FloatArray
    htmt: FloatArray
    scores: FloatArray

    def flat(self) -> FloatArray:
        """All figures one after the other."""
        return np.concatenate([values.ravel() for values in vars(self).values()])

    def shaped(self, flat: FloatArray) -> PathEstimates:
        """Figures in the order of `flat`, each in its place again."""
        ends = np.cumsum([values.size for values in vars(self).values()])[:-1]
        parts = zip(vars(self).items(), np.split(flat, ends), strict=True)
        return PathEstimates(**{name: part.reshape(values.shape) for (name, values), part in parts})


@dataclass(frozen=True)
class PathInterval:
    """The bootstrap's 95 % interval of each figure, and how many of its resamples gave none."""

    lower: PathEstimates
    upper: PathEstimates
    resample_count: int
    failed_count: int


def estimate_paths(model: PathModel, answers: FloatArray) -> PathEstimates:
    """The path model of answers, (n, k), one row a case, in any unit; NaN where there is no answer.

    A construct points the way that most of its items do.

    Raises NotIdentifiedError where answers are too few or do not vary, causes of a construct cannot be told apart, or
    the weights do not settle.
    """
    return _estimate(model, correlate(answers))


def _estimate(model: PathModel, found: Correlations) -> PathEstimates:
    outer = _outer_weights(model, found.values)
    scores = outer.T @ found.values @ outer
    loadings = (found.values @ outer)[np.arange(len(outer)), model.blocks]
    weight = outer[np.arange(len(outer)), model.blocks]
    paths = np.zeros_like(scores)
    r_squared = np.full(len(scores), np.nan)
    for construct in range(model.construct_count):
        causes = model.causes_of(construct)
        if causes.size:
            paths[causes, construct] = regress(scores, construct, causes)
            r_squared[construct] = paths[causes, construct] @ scores[causes, construct]
    alpha, composite_reliability, variance_extracted = _reliabilities(model.belongs, found.values, loadings)
    return PathEstimates(
        weights=weight,
        loadings=loadings,
        paths=paths,
        # The powers of paths that lead in no circle end by themselves.
        total_effects=np.linalg.inv(np.eye(len(paths)) - paths) - np.eye(len(paths)),
        r_squared=r_squared,
        alpha=alpha,
        composite_reliability=composite_reliability,
        variance_extracted=variance_extracted,
        htmt=_htmt(model.belongs, found.values),
        scores=_means_of_constructs(model.belongs, found, weight),
    )


def resample_paths(
    model: PathModel, answers: FloatArray, estimates: PathEstimates, resample_count: int, seed: int
) -> PathInterval:
    """How sure the `estimates` of `answers` are: percentiles of the bootstrap (`correlations.resample`)."""
    interval = resample(answers, lambda found: _estimate(model, found).flat(), resample_count, seed)
    shape = estimates.flat().shape
    return PathInterval(
        estimates.shaped(np.broadcast_to(interval.lower, shape)),
        estimates.shaped(np.broadcast_to(interval.upper, shape)),
        interval.resample_count,
        interval.failed_count,
    )


def _outer_weights(model: PathModel, correlations: FloatArray) -> FloatArray:
    """Weights of each item in its construct's score, (k, c), zero elsewhere: inner and outer step take turns."""
    belongs = model.belongs
    is_neighbour = np.zeros((model.construct_count, model.construct_count))
    for start, end in model.paths:
        is_neighbour[start, end] = is_neighbour[end, start] = 1.0
    outer, shared = _with_variance_one(belongs.astype(np.float64), correlations)
    for _ in range(_MOST_STEPS):
        inner = is_neighbour * np.sign(outer.T @ shared)
        step, shared = _with_variance_one(np.where(belongs, shared @ inner, 0.0), correlations)
        if np.abs(step - outer).max() < _TOLERANCE:
            return np.asarray(step * np.where((belongs * shared).sum(axis=0) < 0, -1.0, 1.0))
        outer = step
    raise NotIdentifiedError(f"outer weights did not settle in {_MOST_STEPS} steps")


def _with_variance_one(outer: FloatArray, correlations: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights that give scores of variance 1, and the correlation of each item with each score, both (k, c)."""
    shared = correlations @ outer
    variance = (outer * shared).sum(axis=0)
    if (variance <= 1e-12).any():
        raise NotIdentifiedError("the items of a construct cancel each other out")
    return outer / np.sqrt(variance), shared / np.sqrt(variance)


def _reliabilities(
    belongs: BoolArray, correlations: FloatArray, loadings: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Alpha, rho_c and AVE of each construct, (c,); NaN of a single item, which says nothing of its own reliability."""
    size = _several(belongs)
    alpha = size / (size - 1) * (1 - size / np.einsum("kc,kc->c", belongs, correlations @ belongs))
    common, squares = (loadings @ belongs) ** 2, loadings**2 @ belongs
    return alpha, common / (common + size - squares), squares / size


def _htmt(belongs: BoolArray, correlations: FloatArray) -> FloatArray:
    size = _several(belongs)
    sums = belongs.T.astype(np.float64) @ np.abs(correlations) @ belongs
    within = (np.diag(sums) - size) / (size * (size - 1))
    ratios = sums / np.outer(size, size) / np.sqrt(np.outer(within, within))
    return np.where(np.triu(np.ones_like(ratios), 1) > 0, ratios, np.nan)


def _several(belongs: BoolArray) -> FloatArray:
    """The number of items of each construct, (c,); NaN of a single one."""
    size = belongs.sum(axis=0).astype(np.float64)
    return np.where(size > 1, size, np.nan)


def _means_of_constructs(belongs: BoolArray, found: Correlations, weight: FloatArray) -> FloatArray:
    """Of each construct the mean of its items, each weighted by what one unit of it adds to the score, (c,)."""
    by_unit = weight / found.deviations
    means = (by_unit * found.means) @ belongs / (by_unit @ belongs)
    return np.where((by_unit <= 0) @ belongs, np.nan, means)
