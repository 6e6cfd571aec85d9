"""What is told of a path model where all is answered, where part of it is, and where nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from orchestration.constructs.answers import Answers, Item
from orchestration.constructs.path_estimates import RESAMPLES, PathModelRows, estimate_path_model

CONSTRUCTS = ("quality", "value", "satisfaction", "loyalty")
PATHS = (("quality", "value"), ("quality", "satisfaction"), ("value", "satisfaction"), ("satisfaction", "loyalty"))
ITEMS = tuple(
    Item(construct, construct, f"{construct}_{number}")
    for construct, count in (("quality", 2), ("value", 2), ("satisfaction", 3), ("loyalty", 1))
    for number in range(count)
)


def simulated(case_count: int = 200) -> Answers:
    """Quality → value 0.5, both → satisfaction 0.5 and 0.3, satisfaction → loyalty 0.6, on 0-100, with some noise."""
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(4, case_count))
    quality = noise[0]
    value = 0.5 * quality + 0.85 * noise[1]
    satisfaction = 0.5 * quality + 0.3 * value + 0.7 * noise[2]
    loyalty = 0.6 * satisfaction + 0.8 * noise[3]
    of = dict(zip(CONSTRUCTS, (quality, value, satisfaction, loyalty), strict=True))
    indices = np.array([60 + 10 * (of[item.construct] + 0.3 * rng.normal(size=case_count)) for item in ITEMS]).T
    return Answers(
        constructs=CONSTRUCTS,
        paths=PATHS,
        items=ITEMS,
        indices=indices,
        minimum_respondent_count=30,
        outcome="satisfaction",
        segments={("none", "all"): np.arange(case_count)},
    )


def told(found: PathModelRows, statistic: str, what: str = "estimate") -> dict[tuple[str, ...], object]:
    """A column of the rows of a statistic, by constructs and question."""
    return {
        tuple(row[name] for name in ("from_construct", "construct", "question") if row[name]): row[what]
        for row in found.rows
        if row["statistic"] == statistic
    }


def without(answers: Answers, hidden: ArrayLike) -> Answers:
    return replace(answers, indices=np.where(hidden, np.nan, answers.indices))


def asks(construct: str) -> np.ndarray:
    return np.array([item.construct == construct for item in ITEMS])


def test_all_that_is_declared_is_told_with_its_interval() -> None:
    found = estimate_path_model(simulated())

    assert found.reason is None
    assert told(found, "path_coefficient")["satisfaction", "loyalty"] == pytest.approx(0.6, abs=0.15)
    assert told(found, "construct_index")["satisfaction",] == pytest.approx(60, abs=2)
    effect = told(found, "total_effect")
    direct = told(found, "path_coefficient")
    assert effect["quality", "loyalty"] == pytest.approx(
        effect["quality", "satisfaction"] * direct["satisfaction", "loyalty"]
    )
    assert set(effect) == {*PATHS, ("quality", "loyalty"), ("value", "loyalty")}
    missing = {(row["statistic"], row["construct"]) for row in found.rows if row["reason"]}
    reliabilities = ("cronbach_alpha", "composite_reliability", "average_variance_extracted")
    assert missing == {
        ("r_squared", "quality"),
        ("heterotrait_monotrait_ratio", "loyalty"),
        *((name, "loyalty") for name in reliabilities),
    }
    for row in found.rows:
        assert (row["respondent_count"], row["missing_respondent_count"]) == (200, 0)
        assert (row["resample_count"], row["failed_resample_count"]) == (RESAMPLES, 0)
        assert (row["estimate"] is None) == (row["reason"] == "not_defined")
        if row["estimate"] is not None:
            assert row["lower_95"] - 1e-9 <= row["estimate"] <= row["upper_95"] + 1e-9


def test_a_construct_without_answers_is_named_and_the_rest_is_told() -> None:
    """Nobody was asked about value; of loyalty there is no question at all."""
    answers = without(simulated(), asks("value"))
    items = tuple(item for item in ITEMS if item.construct != "loyalty")
    found = estimate_path_model(replace(answers, items=items, indices=answers.indices[:, ~asks("loyalty")]))

    assert told(found, "path_coefficient", "reason") == {
        ("quality", "value"): "no_answers",
        ("quality", "satisfaction"): None,
        ("value", "satisfaction"): "no_answers",
        ("satisfaction", "loyalty"): "no_question",
    }
    assert told(found, "construct_index", "reason")["loyalty",] == "no_question"
    assert told(found, "path_coefficient", "respondent_count")["satisfaction", "loyalty"] == 0
    assert told(found, "outer_loading", "missing_respondent_count")["value", "value_0"] == 200


def test_a_way_that_is_cut_has_no_effect_told() -> None:
    answers = replace(simulated(), paths=(("quality", "value"), ("value", "satisfaction"), ("satisfaction", "loyalty")))
    found = estimate_path_model(without(answers, asks("value")))

    assert told(found, "construct_index", "reason")["quality",] == "no_related_construct"
    assert told(found, "total_effect", "reason")["quality", "satisfaction"] == "no_related_construct"
    assert told(found, "total_effect", "reason")["satisfaction", "loyalty"] is None


def test_a_question_that_shares_too_few_respondents_is_left_out() -> None:
    """One of three of satisfaction is answered by 25 of 200, that of loyalty by 40, 20 of whom answer no other."""
    hidden = np.zeros((200, len(ITEMS)), dtype=bool)
    hidden[25:, 4] = True
    hidden[40:, 7] = True
    hidden[:20, :7] = True
    found = estimate_path_model(without(simulated(), hidden))

    assert told(found, "outer_loading", "reason") == {
        (item.construct, item.question): "too_few_answers" if number in (4, 7) else None
        for number, item in enumerate(ITEMS)
    }
    assert told(found, "construct_index", "reason")["loyalty",] == "too_few_answers"
    assert told(found, "construct_index", "respondent_count")["satisfaction",] == 180
    assert all(row["respondent_count"] >= 30 for row in found.rows if row["estimate"] is not None)


@pytest.mark.parametrize("count", [0, 20])
def test_without_enough_answers_every_figure_says_why(count: int) -> None:
    answers = simulated()
    found = estimate_path_model(replace(answers, indices=answers.indices[:count]))

    assert found.reason is not None
    assert {row["reason"] for row in found.rows} == {"too_few_answers" if count else "no_answers"}
    assert {row["estimate"] for row in found.rows} == {None}
    assert {row["respondent_count"] for row in found.rows} == {count}


def test_answers_that_do_not_vary_are_not_identified() -> None:
    answers = simulated()
    answers.indices[:, 7] = 100.0
    found = estimate_path_model(answers)

    assert found.reason is not None
    assert {row["reason"] for row in found.rows} == {"not_identified"}


def test_paths_that_lead_round_are_named() -> None:
    circle = (*PATHS, ("loyalty", "quality"))
    with pytest.raises(ValueError, match=r"round in a circle: .*quality"):
        estimate_path_model(replace(simulated(), paths=circle))


def test_what_is_declared_and_answered_makes_the_fingerprint() -> None:
    answers = simulated()
    others = [
        replace(answers, indices=answers.indices + 1),
        replace(answers, paths=PATHS[1:]),
        replace(answers, minimum_respondent_count=29),
        replace(answers, items=ITEMS[::-1]),
        replace(answers, segments={("none", "all"): np.arange(199)}),
    ]
    assert answers.fingerprint("1") == simulated().fingerprint("1") != answers.fingerprint("2")
    assert len({one.fingerprint("1") for one in (answers, *others)}) == 6
