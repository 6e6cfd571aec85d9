"""Satisfaction among simulated people: what the mart's SQL makes of it, against the truth and a count of its own."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from orchestration.trends.changes import changes
from orchestration.trends.figures import Figures, read_figures
from tests.python.unit.trends.simulated import JANUARY, Answers, figures
from tests.python.worlds.world import compiled_for

SOURCES = ("crm", "shop", "finance")
# From what people answered to the mart, in order; the periods of three months are those that begin in January.
MODELS = (
    *("int_satisfaction__periods", "int_satisfaction__respondent_months", "int_satisfaction__month_pairs"),
    *("int_satisfaction__period_sums", "int_satisfaction__hidden_periods", "int_satisfaction__period_invitations"),
    "satisfaction",
)
AS_OF = date(2024, 3, 31)
MINIMUM = 30

# Of each measure what a person's answers are drawn from, given how content the person is (uniform on 0 to 1).
MEASURES = {
    "satisfaction_index": lambda content, random: 100 * random.binomial(9, 0.35 + 0.55 * content) / 9,
    "effort_index": lambda content, random: 100 * random.binomial(6, 0.9 - 0.3 * content) / 6,
    "csat": lambda content, random: 100.0 * (random.random(len(content)) < 0.6 + 0.38 * content),
    "nps": lambda content, random: np.select(
        [random.random(len(content)) < 0.2 + 0.5 * content, random.random(len(content)) < 0.5], [100.0, -100.0], 0.0
    ),
}
TRUTHS = {
    "satisfaction_index": 100 * (0.35 + 0.55 / 2),
    "effort_index": 100 * (0.9 - 0.3 / 2),
    "csat": 100 * (0.6 + 0.38 / 2),
    "nps": 100 * (0.45 - 0.55 * 0.5),
}


@pytest.fixture(scope="module")
def models() -> dict[str, tuple[str, str]]:
    """Relation and query of each model."""
    nodes = (node for _, nodes in compiled_for(SOURCES).stages for node in nodes)
    return {node.name: (node.relation, node.sql) for node in nodes if node.name in MODELS}


def built(
    models: dict[str, tuple[str, str]],
    measures: np.ndarray,
    people: np.ndarray,
    months: np.ndarray,
    values: np.ndarray,
    dimensions: dict[str, np.ndarray],
) -> duckdb.DuckDBPyConnection:
    """A warehouse with the mart of these answers: of each its measure, person, month of 2024 from 1 to 3, and value.

    `dimensions` are what the answers are cut by, beside none. Questionnaires are called as their measures.
    """
    answers = pa.table(
        {
            "occasion_id": [str(number) for number in range(len(values))],
            "questionnaire": measures.astype(str),
            "measure": measures.astype(str),
            "respondent_id": people.astype(str),
            "month": months,
            "response_value": values,
        }
    )
    cuts = pa.table(
        {"occasion_id": answers["occasion_id"], **{name: levels.astype(str) for name, levels in dimensions.items()}}
    )
    connection = duckdb.connect()
    connection.register("answers", answers)
    connection.register("cuts", cuts)
    for statement in (
        *(
            "attach ':memory:' as cem_warehouse",
            "use cem_warehouse",
            "create schema marts",
            "create schema intermediate",
        ),
        f"create table intermediate.int_clock__as_of as select date '{AS_OF}' as as_of_date",
        "create table intermediate.int_satisfaction__occasions as select * exclude (month, response_value),"
        " make_date(2024, month, 1) as month_date, cast(0 as bigint) as superseded_count,"
        " cast(response_value as decimal(18, 6)) as response_value, cast(null as boolean) as is_answered from answers",
        "create table intermediate.int_satisfaction__occasion_dimensions as"
        " select occasion_id, 'none' as dimension, 'all' as dimension_value from answers union all"
        " unpivot cuts on columns (* exclude occasion_id) into name dimension value dimension_value",
        *(f"create table {models[name][0]} as {models[name][1]}" for name in MODELS),
    ):
        connection.execute(statement)
    return connection


def sampled(
    random: np.random.Generator, samples: int, people: int, most_answers: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Answers of `samples` samples of so many people to each measure: measures, people, months, values, samples.

    Each person answers once to `most_answers` times, in any month, and is more or less content throughout.
    """
    person = np.repeat(np.arange(samples * people), random.integers(1, most_answers + 1, samples * people))
    content = random.random(samples * people)[person]
    parts = [
        (
            np.full(len(person), measure),
            person,
            random.integers(1, 4, len(person)),
            draw(content, random).round(6),
            person // people,
        )
        for measure, draw in MEASURES.items()
    ]
    measures, persons, months, values, sample = (np.concatenate(column) for column in zip(*parts, strict=True))
    return measures, persons, months, values, sample


@pytest.mark.parametrize(("people", "most_answers"), [(40, 1), (40, 4)])
def test_the_interval_holds_the_truth_nineteen_times_of_twenty(
    models: dict[str, tuple[str, str]], people: int, most_answers: int
) -> None:
    """In 1,000 periods of each measure, where each person answers once, and where some answer up to four times."""
    *answers, sample = sampled(np.random.default_rng(1986), 1000, people, most_answers)
    with built(models, *answers, {"sample": sample}) as connection:
        found = connection.execute(
            "select measure, lower_95, upper_95, design_effect from marts.satisfaction"
            " where dimension = 'sample' and period_type = '3 months'"
        ).fetchall()
    for measure, truth in TRUTHS.items():
        rows = [row for row in found if row[0] == measure]
        assert len(rows) == 1000
        held = np.mean([lower <= truth <= upper for _, lower, upper, _ in rows])
        effect = np.mean([float(row[3]) for row in rows])
        print(f"{measure}: {people} people, up to {most_answers} answers: {held:.3f}, design effect {effect:.2f}")
        assert 0.93 <= held <= 0.97


def company(seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Answers of 150 people, up to four of each a measure, and what they are cut by; some are in several parts."""
    random = np.random.default_rng(seed)
    measures, people, months, values, _ = sampled(random, 1, 150, 4)
    countries = random.choice(["AT", "CH", "DE", "FR", "GB", "IT"], 150, p=[0.04, 0.1, 0.4, 0.2, 0.2, 0.06])
    answers = {"measures": measures, "people": people, "months": months, "values": values}
    return answers, {
        "country": countries[people],
        "customer_type": np.where(np.arange(150) < 140, "person", "organisation")[people],
        "touchpoint": random.choice(["delivery", "product", "store"], len(people), p=[0.6, 0.32, 0.08]),
    }


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_a_plain_count_and_no_part_is_found_by_subtraction(
    models: dict[str, tuple[str, str]], seed: int
) -> None:
    """Of every period and cut: sums over persons, standard error and design effect by their definitions, in NumPy."""
    answers, dimensions = company(seed)
    columns = (
        *("measure", "dimension", "dimension_value", "period_start_date", "period_end_date", "answer_count"),
        *("respondent_count", "is_suppressed", "score", "standard_error", "design_effect", "promoter_count"),
    )
    with built(models, *answers.values(), dimensions) as connection:
        rows = connection.execute(f"select {', '.join(columns)} from marts.satisfaction").fetchall()
    shown = [row for row in (dict(zip(columns, row, strict=True)) for row in rows) if not row["is_suppressed"]]
    # Ten are organisations, so persons would tell of them.
    assert {row["dimension"] for row in shown} == {"none", "country", "touchpoint"}
    hidden: dict[tuple[object, ...], np.ndarray] = {}
    for row in shown:
        start, end = row["period_start_date"].month, row["period_end_date"].month
        whole = (answers["measures"] == row["measure"]) & (answers["months"] >= start) & (answers["months"] <= end)
        if row["dimension"] == "none":
            part = whole
        else:
            part = whole & (dimensions[row["dimension"]] == row["dimension_value"])
            cut = (row["measure"], start, end, row["dimension"])
            hidden[cut] = hidden.get(cut, whole) & ~part
        values, people = answers["values"][part], answers["people"][part]
        persons, person = np.unique(people, return_inverse=True)
        assert (row["answer_count"], row["respondent_count"]) == (len(values), len(persons))
        assert len(persons) >= MINIMUM
        assert float(row["score"]) == pytest.approx(values.mean(), abs=1e-5)
        sums = np.bincount(person, values - values.mean())
        is_nps = row["measure"] == "nps"
        variance = (sums**2).sum() / len(values) ** 2 * (1 if is_nps else len(persons) / (len(persons) - 1))
        assert float(row["standard_error"]) == pytest.approx(np.sqrt(variance), abs=1e-5)
        of_different_people = values.var(ddof=0 if is_nps else 1) / len(values)
        assert float(row["design_effect"]) == pytest.approx(variance / of_different_people, abs=1e-5)
        assert row["promoter_count"] == ((values == 100).sum() if is_nps else None)
    # Whoever takes what is shown of a cut from the whole has the answers of nobody, or of enough.
    left = [len(np.unique(answers["people"][rest])) for rest in hidden.values()]
    assert min(count for count in left if count) >= MINIMUM
    assert 0 in left


def test_changes_are_those_of_a_plain_count(models: dict[str, tuple[str, str]]) -> None:
    """From month to month, people who answered in both included: what the warehouse shows, read, against NumPy."""
    answers, dimensions = company(0)
    with built(models, *answers.values(), dimensions) as connection:
        found, _ = read_figures(connection)
    compared = 0
    for measure in ("satisfaction_index", "effort_index", "csat"):
        asked = answers["measures"] == measure
        plain = figures(
            Answers(
                answers["people"][asked],
                answers["months"][asked] + 2 * 12 - 1,
                answers["values"][asked],
                {name: levels[asked] for name, levels in dimensions.items()},
            )
        )
        expected = from_month_to_month(plain)
        shown = from_month_to_month(Figures([one for one in found.shown if one.cut.measure == measure], found.common))
        assert len(plain.common) > 5
        for cut, change in shown.items():
            assert change == pytest.approx(expected[cut], abs=1e-4)
        compared += len(shown)
    assert compared > 12


def from_month_to_month(shown: Figures) -> dict[tuple[str, str, int], tuple[float, float]]:
    """By dimension, value and month the change since the month before, and its standard error."""
    by_id = {figure.satisfaction_id: figure for figure in shown.shown if figure.period_type == "1 month"}
    return {
        (*by_id[row["satisfaction_id"]].cut[2:], by_id[row["satisfaction_id"]].first_month - JANUARY): (
            row["score_change"],
            row["standard_error"],
        )
        for row in changes(shown)
        if row["satisfaction_id"] in by_id and row["comparison"] == "previous_period"
    }
