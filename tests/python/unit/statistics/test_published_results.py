"""The numbers of the literature, each at its own tolerance."""

from __future__ import annotations

import numpy as np
import pytest
from cdnow_sample import Cdnow
from expected_spend import expected_spend
from numpy.testing import assert_allclose

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.fitting import Fit
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.shifted_beta_geometric import ShiftedBetaGeometric


@pytest.fixture(scope="module")
def bg_nbd(cdnow: Cdnow) -> Fit[BgNbd]:
    return BgNbd.fit(cdnow.histories)


@pytest.fixture(scope="module")
def pareto_nbd(cdnow: Cdnow) -> Fit[ParetoNbd]:
    return ParetoNbd.fit(cdnow.histories)


@pytest.fixture(scope="module")
def gamma_gamma(cdnow: Cdnow) -> Fit[GammaGamma]:
    repeat = cdnow.frequency > 0
    return GammaGamma.fit(cdnow.frequency[repeat], cdnow.mean_spend[repeat])


def test_cdnow_has_the_published_customers_and_purchases(cdnow: Cdnow) -> None:
    assert cdnow.frequency.size == 2357
    assert cdnow.frequency.sum() == 2457
    assert (cdnow.frequency == 0).sum() == 1411
    assert cdnow.holdout.sum() == 1882


def test_bg_nbd_fit(bg_nbd: Fit[BgNbd]) -> None:
    assert_allclose(bg_nbd.values, [0.243, 4.414, 0.793, 2.426], rtol=0, atol=0.001)
    assert bg_nbd.log_likelihood == pytest.approx(-9582.43, abs=0.01)


def test_pareto_nbd_fit(pareto_nbd: Fit[ParetoNbd]) -> None:
    difference = np.abs(pareto_nbd.values - [0.553, 10.578, 0.606, 11.669])
    assert (difference <= [0.002, 0.02, 0.002, 0.05]).all()
    assert pareto_nbd.log_likelihood == pytest.approx(-9594.98, abs=0.01)


def test_mbg_nbd_fit(cdnow: Cdnow) -> None:
    assert_allclose(MbgNbd.fit(cdnow.histories).values, [0.525, 6.183, 0.891, 1.614], rtol=0, atol=0.002)


def test_gamma_gamma_fit(gamma_gamma: Fit[GammaGamma]) -> None:
    assert gamma_gamma.customers == 946
    assert_allclose(gamma_gamma.values, [6.25, 3.74, 15.44], rtol=0, atol=0.02)
    assert gamma_gamma.log_likelihood == pytest.approx(-4055.92, abs=0.01)


def test_gamma_gamma_expected_spend_of_the_first_ten_customers(cdnow: Cdnow, gamma_gamma: Fit[GammaGamma]) -> None:
    """By the SQL that the warehouse runs."""
    frequency = cdnow.frequency[:10]
    expected = expected_spend(
        gamma_gamma.model, frequency, np.where(frequency > 0, frequency * cdnow.mean_spend[:10], 0)
    )
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert_allclose(expected, published, rtol=0, atol=0.1)


def test_bg_nbd_expected_purchases_of_a_customer(bg_nbd: Fit[BgNbd]) -> None:
    assert bg_nbd.model.expected_purchases(2, 30.43, 38.86, 39)[0] == pytest.approx(1.226, abs=0.001)


def test_bg_nbd_expected_purchases_of_a_new_customer(bg_nbd: Fit[BgNbd]) -> None:
    expected = bg_nbd.model.expected_purchases_of_new_customer([1 / 7, 1, 3, 32, 78])
    assert_allclose(expected, [0.0078, 0.0532, 0.1506, 1.0437, 1.8576], rtol=0, atol=0.003)


def test_bg_nbd_of_customer_1516(bg_nbd: Fit[BgNbd]) -> None:
    assert bg_nbd.model.expected_purchases(26, 30.857, 31, 52)[0] == pytest.approx(25.757, abs=0.001)
    assert bg_nbd.model.probability_alive(26, 30.857, 31)[0] == pytest.approx(0.96885, abs=1e-4)


def test_pareto_nbd_of_customer_1516(pareto_nbd: Fit[ParetoNbd]) -> None:
    assert pareto_nbd.model.expected_purchases(26, 30.857, 31, 52)[0] == pytest.approx(25.456, abs=0.01)
    assert pareto_nbd.model.probability_alive(26, 30.857, 31)[0] == pytest.approx(0.99787, abs=1e-4)


def test_holdout_purchases_by_calibration_frequency(cdnow: Cdnow, bg_nbd: Fit[BgNbd]) -> None:
    group = np.minimum(cdnow.frequency, 7).astype(int)
    size = np.bincount(group)
    actual = np.bincount(group, cdnow.holdout) / size
    assert_allclose(actual, [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359], rtol=0, atol=0.001)
    purchases = bg_nbd.model.expected_purchases(cdnow.frequency, cdnow.recency, cdnow.age, 39)
    expected = np.bincount(group, purchases) / size
    assert_allclose(expected, [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157], rtol=0, atol=0.002)


@pytest.mark.parametrize(
    ("still_there", "published"),
    [
        pytest.param([1000, 631, 468, 382, 326, 289, 262, 241], [0.704, 1.182], id="regular"),
        pytest.param([1000, 869, 743, 653, 593, 551, 517, 491], [0.668, 3.806], id="high end"),
    ],
)
def test_shifted_beta_geometric_fit_of_two_segments(still_there: list[int], published: list[float]) -> None:
    """Fader, Hardie (2007): seven years of 1,000 subscribers of each segment."""
    left = -np.diff(still_there)
    fit = ShiftedBetaGeometric.fit([*range(1, 8), 7], [True] * 7 + [False], [*left, still_there[-1]])
    assert_allclose(fit.values, published, rtol=0, atol=0.0005)
