"""The path model of a company that asks part of what the model knows: from answers to the mart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from orchestration.constructs.relate_constructs import relate_constructs
from tests.python.worlds.company import Company
from tests.python.worlds.world import NOW, World

# Of each instrument the questions, and the scale.
ASKED = {
    "csi_v1": (("overall_satisfaction", "expectancy_disconfirmation", "distance_to_ideal"), 1, 10),
    "nps_v1": (("likelihood_to_recommend",), 0, 10),
    "perception_v1": (("delivery_quality", "website_quality"), 1, 10),
}
CUSTOMERS = 120


def company_that_asks() -> tuple[Company, dict[str, np.ndarray]]:
    """Perceived quality → satisfaction → loyalty; a third skips loyalty, one answer is -99, one is empty."""
    company, rng = Company(), np.random.default_rng(1)
    quality = rng.normal(size=CUSTOMERS)
    satisfaction = 0.7 * quality + 0.7 * rng.normal(size=CUSTOMERS)
    loyalty = 0.8 * satisfaction + 0.6 * rng.normal(size=CUSTOMERS)
    feelings = {"csi_v1": satisfaction, "nps_v1": loyalty, "perception_v1": quality}
    scores: dict[str, np.ndarray] = {}
    for instrument, (questions, low, high) in ASKED.items():
        for question in questions:
            felt = feelings[instrument] + 0.4 * rng.normal(size=CUSTOMERS)
            scores[question] = np.clip(np.rint(low + (high - low) * (0.6 + 0.15 * felt)), low, high)
    scores["likelihood_to_recommend"][::3] = np.nan
    scores["distance_to_ideal"][:2] = (-99, np.nan)
    for number in range(CUSTOMERS):
        customer = {"customer_number": f"C{number}"}
        company.add(
            *("crm", "customers"),
            **{**customer, "email": f"A{number}@example.org", "created_at": "2024-01-01 08:00:00"},
            acquisition_channel=("search", "social")[number % 2],
        )
        for instrument, (questions, _, _) in ASKED.items():
            invitation = {"invitation_id": f"{instrument}-{number}", "instrument": instrument}
            company.add(
                *("survey", "invitations"),
                **{**invitation, **customer, "channel": "email", "sent_at": "2024-11-03 18:00:00"},
            )
            for question in questions:
                score = scores[question][number]
                company.add(
                    *("survey", "answers"),
                    **{**invitation, "answer_id": f"{question}-{number}", "question": question},
                    **{"score": None if np.isnan(score) else int(score), "answered_at": "2024-11-03 19:00:00"},
                )
    return company, scores


def test_what_a_company_asks_is_related_and_what_it_does_not_ask_is_named(tmp_path: Path) -> None:
    company, scores = company_that_asks()
    world = World.of(company, tmp_path).load().build()

    figures = {
        key: rest
        for key, *rest in world.query(
            "select satisfaction_model_id, estimate::double, lower_95::double, upper_95::double, respondent_count,"
            " missing_respondent_count, failed_resample_count, reason from marts.satisfaction_model"
        )
    }
    estimate, lower, upper, respondents, missing, failed, reason = figures["path_coefficient:satisfaction:loyalty"]
    assert 0.5 < lower < estimate < upper < 0.95
    assert (respondents, missing, failed, reason) == (79, 41, 0, None)
    # What is off its scale or empty stays in quarantine, under its rule, and is missing from the question.
    assert figures["outer_loading:satisfaction:csi:distance_to_ideal"][3:5] == [118, 2]
    assert figures["outer_loading:loyalty:nps:likelihood_to_recommend"][3:5] == [80, 40]
    assert world.query(
        "select quarantine_rule, count(*) from staging.base_survey__answers where quarantine_rule is not null"
        " group by all order by all"
    ) == [("score is missing", 41), ("score is off the scale of its question", 1)]
    # One question of loyalty: its index is the mean of its answers on 0-100.
    assert figures["construct_index:loyalty"][0] == pytest.approx(10 * np.nanmean(scores["likelihood_to_recommend"]))
    named = {
        construct: figures[f"construct_index:{construct}"][-1] for construct in ("expectations", "perceived_value")
    }
    assert named == {"expectations": "no_answers", "perceived_value": "no_question"}
    assert figures["path_coefficient:perceived_quality:perceived_value"][-1] == "no_question"

    drivers = world.query(
        "select question, dimension_value, shapley_value > shapley_value_lower_95, respondent_count, reason"
        " from marts.satisfaction_drivers where dimension in ('none', 'acquisition_channel') order by all"
    )
    assert drivers == [
        (question, segment, None if question == "support_quality" else True, count, reason)
        for question, count, reason in (
            ("delivery_quality", 120, None),
            ("support_quality", 0, "no_answers"),
            ("website_quality", 120, None),
        )
        for segment, count in (("all", count), ("search", count // 2), ("social", count // 2))
    ]

    again = relate_constructs(world.settings.warehouse, world.settings.lake, NOW)
    assert again.is_unchanged
    assert world.failed_tests() == {}
