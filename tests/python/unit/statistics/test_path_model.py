"""The published path model of mobile phone customers, digit by digit, and what holds of any path model."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from orchestration.statistics.correlations import correlate, shared_counts
from orchestration.statistics.fitting import NotIdentifiedError
from orchestration.statistics.histories import FloatArray
from orchestration.statistics.path_model import PathEstimates, PathModel, estimate_paths, resample_paths

BLOCKS = {
    "Image": ["IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5"],
    "Expectation": ["CUEX1", "CUEX2", "CUEX3"],
    "Quality": ["PERQ1", "PERQ2", "PERQ3", "PERQ4", "PERQ5", "PERQ6", "PERQ7"],
    "Value": ["PERV1", "PERV2"],
    "Satisfaction": ["CUSA1", "CUSA2", "CUSA3"],
    "Complaints": ["CUSCO"],
    "Loyalty": ["CUSL1", "CUSL2", "CUSL3"],
}
CONSTRUCTS = list(BLOCKS)
ITEMS = [item for items in BLOCKS.values() for item in items]
# Monecke, Leisch 2012, after Tenenhaus and others 2005.
PATHS = {
    ("Image", "Expectation"): 0.5047,
    ("Expectation", "Quality"): 0.5572,
    ("Expectation", "Value"): 0.0508,
    ("Quality", "Value"): 0.5572,
    ("Image", "Satisfaction"): 0.1788,
    ("Expectation", "Satisfaction"): 0.0644,
    ("Quality", "Satisfaction"): 0.5125,
    ("Value", "Satisfaction"): 0.1918,
    ("Satisfaction", "Complaints"): 0.5261,
    ("Image", "Loyalty"): 0.1954,
    ("Satisfaction", "Loyalty"): 0.4835,
    ("Complaints", "Loyalty"): 0.0712,
}
HTMT = {
    ("Image", "Expectation"): 0.888030,
    ("Image", "Value"): 0.651659,
    ("Image", "Satisfaction"): 0.910101,
    ("Expectation", "Value"): 0.588628,
    ("Expectation", "Satisfaction"): 0.865108,
    ("Value", "Satisfaction"): 0.740809,
}
MODEL = PathModel(
    np.repeat(np.arange(len(BLOCKS)), [len(items) for items in BLOCKS.values()]),
    tuple((CONSTRUCTS.index(start), CONSTRUCTS.index(end)) for start, end in PATHS),
)


@pytest.fixture(scope="session")
def answers(real_data: Path) -> FloatArray:
    """250 respondents by 24 items, in the order of ITEMS, on 1-10."""
    with (real_data / "ecsi" / "mobi.csv").open(encoding="utf-8", newline="") as stream:
        return np.array([[float(row[item]) for item in ITEMS] for row in csv.DictReader(stream)])


@pytest.fixture(scope="session")
def estimates(answers: FloatArray) -> PathEstimates:
    return estimate_paths(MODEL, answers)


def at(values: FloatArray, pair: tuple[str, str]) -> float:
    return float(values[CONSTRUCTS.index(pair[0]), CONSTRUCTS.index(pair[1])])


@pytest.mark.parametrize(("path", "published"), PATHS.items(), ids=map("-".join, PATHS))
def test_path_coefficients_are_the_published_ones(
    estimates: PathEstimates, path: tuple[str, str], published: float
) -> None:
    assert at(estimates.paths, path) == pytest.approx(published, abs=0.0001)


@pytest.mark.parametrize(("pair", "published"), HTMT.items(), ids=map("-".join, HTMT))
def test_ratios_of_correlations_are_the_published_ones(
    estimates: PathEstimates, pair: tuple[str, str], published: float
) -> None:
    assert at(estimates.htmt, pair) == pytest.approx(published, abs=0.0001)


def test_what_is_told_of_scores_is_true_of_the_scores_themselves(answers: FloatArray, estimates: PathEstimates) -> None:
    """Scores made case by case, and each figure by its textbook formula on them."""
    standard = (answers - answers.mean(axis=0)) / answers.std(axis=0, ddof=1)
    scores = standard @ (estimates.weights[:, None] * MODEL.belongs)
    assert_allclose(scores.var(axis=0, ddof=1), 1)
    by_construct = dict(zip(CONSTRUCTS, scores.T, strict=True))
    for number, construct in enumerate(CONSTRUCTS):
        items = answers[:, np.flatnonzero(MODEL.blocks == number)]
        loadings = estimates.loadings[number == MODEL.blocks]
        assert_allclose(loadings, [np.corrcoef(item, by_construct[construct])[0, 1] for item in items.T])
        causes = [start for start, end in PATHS if end == construct]
        if causes:
            fitted = np.array([by_construct[cause] for cause in causes]).T
            coefficients, residue, *_ = np.linalg.lstsq(fitted, by_construct[construct])
            assert_allclose([at(estimates.paths, (cause, construct)) for cause in causes], coefficients)
            assert_allclose(estimates.r_squared[number], 1 - residue[0] / (len(answers) - 1))
        if items.shape[1] > 1:
            z = standard[:, number == MODEL.blocks]
            k = items.shape[1]
            alpha = k / (k - 1) * (1 - z.var(axis=0, ddof=1).sum() / z.sum(axis=1).var(ddof=1))
            assert estimates.alpha[number] == pytest.approx(alpha)
            assert estimates.variance_extracted[number] == pytest.approx((loadings**2).mean())
            rho = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
            assert estimates.composite_reliability[number] == pytest.approx(rho)
    complaints = CONSTRUCTS.index("Complaints")
    assert np.isnan(
        [estimates.alpha[complaints], estimates.variance_extracted[complaints], estimates.r_squared[0]]
    ).all()


def test_a_total_effect_is_the_sum_over_all_ways(estimates: PathEstimates) -> None:
    value = PATHS["Expectation", "Value"] + PATHS["Expectation", "Quality"] * PATHS["Quality", "Value"]
    assert at(estimates.total_effects, ("Expectation", "Value")) == pytest.approx(value, abs=0.0002)
    loyalty = PATHS["Satisfaction", "Loyalty"] + PATHS["Satisfaction", "Complaints"] * PATHS["Complaints", "Loyalty"]
    assert at(estimates.total_effects, ("Satisfaction", "Loyalty")) == pytest.approx(loyalty, abs=0.0002)
    assert at(estimates.total_effects, ("Loyalty", "Image")) == 0


def test_no_scale_matters(answers: FloatArray, estimates: PathEstimates) -> None:
    """1-10 as 0-100, as 1-7, and the other way round: no path moves; the index is the same share of its scale."""
    shares = (answers - 1) / 9
    assert_allclose(estimate_paths(MODEL, 100 * shares).paths, estimates.paths, atol=1e-9)
    assert_allclose(estimate_paths(MODEL, 100 * shares).scores, 100 * (estimates.scores - 1) / 9)
    mixed = np.where(MODEL.blocks % 2 == 0, 100 * shares, 1 + 6 * shares)
    assert_allclose(estimate_paths(MODEL, mixed).paths, estimates.paths, atol=1e-9)
    # One item of several that runs the other way counts the other way; its construct still points the way of the rest.
    turned = answers.copy()
    turned[:, 0] = 11 - turned[:, 0]
    found = estimate_paths(MODEL, turned)
    assert_allclose(found.paths, estimates.paths, atol=1e-9)
    assert found.loadings[0] == pytest.approx(-estimates.loadings[0])
    assert np.isnan(found.scores[0])


def test_answers_at_the_ends_of_the_scale_are_an_index_of_0_and_100() -> None:
    ends = np.random.default_rng(1).integers(0, 2, (40, 1)).repeat(4, axis=1) * 100.0
    ends[0, 0], ends[1, 2] = 100 - ends[0, 0], 100 - ends[1, 2]
    model = PathModel(np.array([0, 0, 1, 1]), ((0, 1),))
    assert (estimate_paths(model, ends).scores >= 0).all()
    assert (estimate_paths(model, ends).scores <= 100).all()


def test_missing_answers_are_left_out_pair_by_pair(answers: FloatArray) -> None:
    """As pandas correlates; -99 and blanks are both no answers."""
    holes = np.random.default_rng(2).random(answers.shape) < 0.15
    blanks = np.where(holes, np.nan, answers)
    found = correlate(blanks)
    assert_allclose(found.values, pd.DataFrame(blanks).corr().to_numpy())
    assert_allclose(found.means, np.nanmean(blanks, axis=0))
    assert_allclose(found.deviations, np.nanstd(blanks, axis=0, ddof=1))
    assert (np.diag(shared_counts(blanks)) == (~holes).sum(axis=0)).all()
    assert shared_counts(blanks)[0, 1] == (~holes[:, 0] & ~holes[:, 1]).sum()
    assert_allclose(estimate_paths(MODEL, blanks).paths, estimate_paths(MODEL, answers).paths, atol=0.15)


def test_a_resample_is_its_cases_as_often_as_they_were_drawn(answers: FloatArray) -> None:
    """The draws done over with cases repeated: the bounds are percentiles of what these give."""
    blanks = np.where(np.random.default_rng(4).random(answers.shape) < 0.1, np.nan, answers)
    estimates = estimate_paths(MODEL, blanks)
    interval = resample_paths(MODEL, blanks, estimates, 20, seed=3)
    rng = np.random.default_rng(3)
    drawn = [estimate_paths(MODEL, blanks[rng.integers(250, size=250)]).paths for _ in range(20)]
    assert_allclose(interval.upper.paths, np.percentile(drawn, 97.5, axis=0), atol=1e-8)
    assert interval.failed_count == 0


def simulated(case_count: int, seed: int) -> tuple[PathModel, FloatArray]:
    """Three items a construct, first → second → third with 0.6 and 0.5 between their scores, nearly without noise."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=case_count)
    second = 0.6 * first + 0.8 * rng.normal(size=case_count)
    third = 0.5 * second + np.sqrt(0.75) * rng.normal(size=case_count)
    items = np.repeat(np.array([first, second, third]).T, 3, axis=1) + 0.05 * rng.normal(size=(case_count, 9))
    return PathModel(np.repeat([0, 1, 2], 3), ((0, 1), (1, 2))), items


def test_who_is_asked_part_of_it_says_what_who_is_asked_all_of_it_says() -> None:
    """Each case answers two of three questionnaires, by lot."""
    model, items = simulated(3000, 5)
    skipped = np.random.default_rng(6).integers(0, 3, 3000)
    found = estimate_paths(model, np.where(model.blocks[None, :] == skipped[:, None], np.nan, items))
    assert found.paths[0, 1] == pytest.approx(0.6, abs=0.06)
    assert found.paths[1, 2] == pytest.approx(0.5, abs=0.06)
    assert found.total_effects[0, 2] == pytest.approx(0.3, abs=0.06)


def test_a_resample_that_cannot_be_estimated_is_counted() -> None:
    """One of 40 cases differs in an item, so that about 36 % of the resamples have it not at all."""
    model, items = simulated(40, 7)
    items[:, 8] = 0.0
    items[0, 8] = 1.0
    estimates = estimate_paths(model, items)
    interval = resample_paths(model, items, estimates, 100, seed=1)
    assert interval.resample_count == 100
    assert 20 <= interval.failed_count <= 50
    assert interval.lower.paths[0, 1] < estimates.paths[0, 1] < interval.upper.paths[0, 1]
    again = resample_paths(model, items, estimates, 100, seed=1)
    assert_allclose(again.lower.flat(), interval.lower.flat(), rtol=0)

    # Three such items fail most of them, and of those that are left no interval is told.
    items[:, 5], items[:, 2] = np.roll(items[:, 8], 1), np.roll(items[:, 8], 2)
    interval = resample_paths(model, items, estimate_paths(model, items), 100, seed=1)
    assert interval.failed_count > 50
    assert np.isnan(interval.upper.paths).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({8: 3.0}, "same answer", id="no variation"),
        pytest.param({8: np.nan}, "fewer than 3 cases", id="nobody answers"),
    ],
)
def test_what_cannot_be_estimated_says_why(change: dict[int, float], message: str) -> None:
    model, items = simulated(40, 8)
    for item, answer in change.items():
        items[:, item] = answer
    with pytest.raises(NotIdentifiedError, match=message):
        estimate_paths(model, items)


def test_causes_that_say_the_same_are_not_told_apart() -> None:
    rng = np.random.default_rng(9)
    one = rng.normal(size=50)
    items = np.array([one, 2 * one + 1, one + rng.normal(size=50)]).T
    with pytest.raises(NotIdentifiedError, match="say the same"):
        estimate_paths(PathModel(np.array([0, 1, 2]), ((0, 2), (1, 2))), items)


@pytest.mark.parametrize(
    ("blocks", "paths", "message"),
    [
        pytest.param([0, 1, 2], ((0, 1), (1, 2), (2, 0)), "in a circle", id="circle"),
        pytest.param([0, 1], ((0, 1), (1, 2)), "an item for each construct", id="no item"),
        pytest.param([0, 1, 2], ((0, 1),), "a path to or from each construct", id="no path"),
    ],
)
def test_a_model_that_is_none_is_refused(blocks: list[int], paths: tuple[tuple[int, int], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PathModel(np.array(blocks), paths)


@pytest.mark.long
def test_intervals_cover_what_is_true() -> None:
    """Of 200 samples the interval holds the population's path in 93 to 97 %, give or take chance."""
    model, population = simulated(200_000, 10)
    truth = estimate_paths(model, population).paths
    covered = 0
    for seed in range(200):
        _, items = simulated(150, 1000 + seed)
        interval = resample_paths(model, items, estimate_paths(model, items), 200, seed=seed)
        covered += int(interval.lower.paths[0, 1] <= truth[0, 1] <= interval.upper.paths[0, 1])
    assert 0.91 <= covered / 200 <= 0.98
