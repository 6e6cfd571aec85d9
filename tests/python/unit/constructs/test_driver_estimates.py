"""What is told of drivers where all is answered, where part of it is, and where a segment is small."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from orchestration.constructs.answers import Answers, Item
from orchestration.constructs.driver_estimates import estimate_drivers
from orchestration.constructs.path_estimates import RESAMPLES

ITEMS = (
    Item("quality", "perception", "delivery", is_driver=True),
    Item("quality", "perception", "support", is_driver=True),
    Item("quality", "perception", "website", is_driver=True),
    Item("satisfaction", "csi", "overall"),
    Item("satisfaction", "csi", "ideal"),
)


def simulated() -> Answers:
    """Independent drivers of 300 respondents; delivery counts three times as much as website, support nothing."""
    rng = np.random.default_rng(1)
    drivers = rng.normal(size=(300, 3))
    felt = 0.6 * drivers[:, 0] + 0.2 * drivers[:, 2] + 0.5 * rng.normal(size=300)
    answers = [*drivers.T, felt + 0.2 * rng.normal(size=300), felt + 0.2 * rng.normal(size=300)]
    return Answers(
        constructs=("quality", "satisfaction"),
        paths=(("quality", "satisfaction"),),
        items=ITEMS,
        indices=60 + 10 * np.array(answers).T,
        minimum_respondent_count=30,
        outcome="satisfaction",
        segments={("none", "all"): np.arange(300), ("country", "DE"): np.arange(200), ("country", "LU"): np.arange(9)},
    )


def told(answers: Answers, dimension_value: str = "all") -> dict[str, dict[str, Any]]:
    return {row["question"]: row for row in estimate_drivers(answers) if row["dimension_value"] == dimension_value}


def test_importance_and_performance_stand_side_by_side() -> None:
    found = told(simulated())

    # Of independent drivers the share is the squared coefficient: 0.36, 0 and 0.04 of 0.36 + 0.04 + 0.25 + 0.02.
    assert found["delivery"]["shapley_value"] == pytest.approx(0.36 / 0.67, abs=0.08)
    assert found["support"]["shapley_value"] == pytest.approx(0, abs=0.03)
    assert found["website"]["relative_weight"] == pytest.approx(0.04 / 0.67, abs=0.05)
    for row in found.values():
        for name in ("shapley_value", "relative_weight"):
            assert row[f"{name}_lower_95"] < row[name] < row[f"{name}_upper_95"]
        assert row["performance_index"] == pytest.approx(60, abs=2)
        assert (row["respondent_count"], row["resample_count"], row["failed_resample_count"]) == (300, RESAMPLES, 0)
        assert row["reason"] is None
    assert sum(row["shapley_value"] for row in found.values()) == pytest.approx(found["support"]["r_squared"])


def test_a_driver_that_few_answer_is_left_out_and_the_others_are_told() -> None:
    answers = simulated()
    answers.indices[20:, 1] = np.nan
    answers.indices[:, 0] = np.nan
    found = told(answers)

    assert {question: row["reason"] for question, row in found.items()} == {
        "delivery": "no_answers",
        "support": "too_few_answers",
        "website": None,
    }
    assert found["support"]["performance_index"] is None
    assert found["support"]["respondent_count"] == 20
    assert found["website"]["shapley_value"] == pytest.approx(found["website"]["r_squared"])


def test_a_small_segment_is_there_and_says_that_it_is_small() -> None:
    found = told(simulated(), "LU")

    assert {row["reason"] for row in found.values()} == {"too_few_answers"}
    assert {row["performance_index"] for row in found.values()} == {None}
    assert told(simulated(), "DE")["delivery"]["respondent_count"] == 200


def test_drivers_that_say_the_same_are_not_identified() -> None:
    answers = simulated()
    answers.indices[:, 1] = answers.indices[:, 0]
    found = told(answers)

    assert {row["reason"] for row in found.values()} == {"not_identified"}
    assert found["website"]["performance_index"] is not None


def test_without_answers_every_driver_says_so() -> None:
    answers = simulated()
    empty = replace(answers, indices=answers.indices[:0], segments={("none", "all"): np.arange(0)})

    assert {row["reason"] for row in estimate_drivers(empty)} == {"no_answers"}
