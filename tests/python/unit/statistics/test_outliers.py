"""What is far out of all others comes to the fence, and nothing else moves."""

from __future__ import annotations

import numpy as np
from expected_spend import expected_spend
from numpy.testing import assert_allclose

from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.outliers import within_outer_fences


def test_what_is_out_of_the_outer_fences_of_the_logarithms_comes_to_them() -> None:
    """Quartiles 2 and 8: the fences are 2 / 4³ and 8 · 4³."""
    values = [0.001, 1, 2, 4, 8, 16, 512, 513, 1e12]
    counts = [1, 2, 4, 6, 4, 2, 1, 1, 1]
    assert_allclose(within_outer_fences(values, counts), [2 / 64, 1, 2, 4, 8, 16, 512, 512, 512], rtol=1e-12)
    assert_allclose(within_outer_fences([5.0, 5.0], [1, 3]), [5, 5])


def test_one_spend_out_of_all_others_leaves_an_average_to_everybody() -> None:
    generator = np.random.default_rng(3)
    frequency = generator.integers(1, 6, 40).astype(float)
    mean = generator.gamma(3.0 * frequency) / frequency * 40 / generator.gamma(4.0, size=40)
    usual = _of_a_new_customer(GammaGamma.fit(frequency, mean).model)
    mean[0] = 1e12
    fit = GammaGamma.fit(frequency, mean)
    assert fit.model.q <= 1
    assert fit.at_bound == ()
    fenced = within_outer_fences(mean, np.ones(40))
    assert (fenced != mean).sum() == 1
    assert _of_a_new_customer(GammaGamma.fit(frequency, fenced).model) < 1.2 * usual


def _of_a_new_customer(model: GammaGamma) -> float:
    return float(expected_spend(model, [0], [0])[0])
