"""Companies with and without a crisis: what is found of it, where and when, and that nothing is found of nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from orchestration.trends.changes import changes
from orchestration.trends.figures import Figures
from tests.python.unit.trends.simulated import JANUARY, Answers, company, figures

# The threshold of a month's end (dbt_project.yml: satisfaction_false_alarm_rate, a year).
RATE = 0.001 / 12
CRISIS = range(24, 27)
# A fifth of the channel's 3,000 answers of a month falls by some 25 points: 5 of all, eight standard errors of 0.65.
A_MONTH = 6000


def surely(shown: Figures) -> dict[tuple[str, str], list[tuple[int, dict[str, Any]]]]:
    """Of each cut the months' ends, from 0, at which a change is beyond noise, with the change."""
    by_id = {figure.satisfaction_id: figure for figure in shown.shown}
    found: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = {}
    for row in changes(shown):
        if row["adjusted_p_value"] <= RATE:
            figure = by_id[row["satisfaction_id"]]
            cut = (figure.cut.dimension, figure.cut.dimension_value)
            found.setdefault(cut, []).append((figure.months[-1] - JANUARY, row))
    return found


def clean_and_struck(seed: int) -> tuple[int, int | None, int | None]:
    """Cuts that change for sure in a company where nothing does; when a crisis is found in its region and channel."""
    alarms = len(surely(figures(company(seed, A_MONTH))))
    struck = surely(figures(company(1000 + seed, A_MONTH, CRISIS)))
    first = {cut: min(end for end, row in found if row["score_change"] < 0) for cut, found in struck.items()}
    return alarms, first.get(("region", "0")), first.get(("order_channel", "0"))


@pytest.mark.parametrize("seed", range(2))
def test_a_crisis_is_found_where_it_is_in_its_first_month_and_nothing_where_nothing_is(seed: int) -> None:
    assert clean_and_struck(seed) == (0, CRISIS.start, CRISIS.start)


@pytest.mark.long
def test_of_twenty_companies_none_is_alarmed_for_nothing_and_each_crisis_is_found_in_its_first_month() -> None:
    found = [clean_and_struck(seed) for seed in range(20)]
    print(found)
    assert [alarms for alarms, *_ in found] == [0] * 20
    assert [where for _, *where in found] == [[CRISIS.start, CRISIS.start]] * 20


def test_the_level_shifts_with_the_crisis_and_back_and_is_dated() -> None:
    found = surely(figures(company(1000, A_MONTH, CRISIS)))["region", "0"]
    shifts = {end: row["shift_month_date"] for end, row in found if row["comparison"] == "previous_level"}
    assert [shifts[end] for end in CRISIS] == ["2024-01-01"] * 3
    assert set(list(shifts.values())[3:]) == {"2024-04-01"}


def test_contributions_of_parts_are_the_whole_s_change() -> None:
    shown = figures(company(1000, A_MONTH, CRISIS))
    by_id = {figure.satisfaction_id: figure for figure in shown.shown}
    parts: dict[Any, float] = {}
    wholes = {}
    for row in changes(shown):
        if row["contribution"] is not None:
            figure = by_id[row["satisfaction_id"]]
            at = (figure.period_type, figure.first_month, row["comparison"])
            if figure.cut.dimension == "none":
                wholes[at] = row["score_change"]
                assert row["contribution"] == pytest.approx(row["score_change"])
            else:
                parts[figure.cut.dimension, at] = parts.get((figure.cut.dimension, at), 0) + row["contribution"]
    assert {dimension for dimension, _ in parts} == {"region", "order_channel"}
    assert len(parts) == 2 * len(wholes)
    for (_, at), contribution in parts.items():
        assert contribution == pytest.approx(wholes[at])


MEASURES = {
    "index": lambda content, random: 100 * random.binomial(9, 0.35 + 0.55 * content) / 9,
    "satisfied": lambda content, random: 100.0 * (random.random(len(content)) < 0.6 + 0.38 * content),
    "recommend": lambda content, random: np.select(
        [random.random(len(content)) < 0.2 + 0.5 * content, random.random(len(content)) < 0.5], [100.0, -100.0], 0.0
    ),
}


@pytest.mark.parametrize(("people", "most_answers"), [(40, 1), (60, 4)])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_interval_of_a_change_holds_the_truth_nineteen_times_of_twenty(
    measure: str, people: int, most_answers: int
) -> None:
    """1,000 pairs of months without a change: of other people each, and of people who answer up to four times."""
    random = np.random.default_rng(1946)
    pairs = 1000
    if most_answers == 1:
        person = np.arange(pairs * people * 2)
        month = np.tile([0, 1], pairs * people)
        pair = person // (people * 2)
    else:
        person = np.repeat(np.arange(pairs * people), random.integers(1, most_answers + 1, pairs * people))
        month = random.integers(0, 2, len(person))
        pair = person // people
    value = MEASURES[measure](random.random(person.max() + 1)[person], random)
    rows = changes(figures(Answers(person, month, value, {"pair": pair}), lengths=("1 month",)))
    intervals = [
        (row["lower_95"], row["upper_95"])
        for row in rows
        # Levels that shifted are chosen for having done so; and none is all pairs together.
        if row["comparison"] == "previous_period" and ":none:" not in row["satisfaction_id"]
    ]
    assert len(intervals) == pairs
    held = np.mean([lower <= 0 <= upper for lower, upper in intervals])
    print(f"{measure}, {people} people, up to {most_answers} answers: {held:.3f} of {len(intervals)}")
    assert 0.93 <= held <= 0.97
