"""A sceptic's faults in the good demo company: what is found, by what, and that the company itself raises no alarm."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.profiling.judging import Deviation, Judgement
from orchestration.settings import PROJECT_ROOT, project_vars
from tests.python.integration.conftest import Project
from tests.python.integration.planted_faults import FAULTS, Fault
from tests.python.integration.profiled_company import ProfiledCompany

# What `make test` plants: one of each kind. `make test-long` plants all.
OFTEN = {
    "a day's web events are missing",
    "half of all orders are missing since a day",
    "opens are gone for a month",
    "last month's orders are sent again",
    "all new customers' countries are empty",
    "a scale is flipped for two months",
    "amounts are a tenth too high",
}


@pytest.fixture(scope="module")
def company(demo: Project) -> ProfiledCompany:
    compiled = demo.home / "dbt/compiled/cem_warehouse/models/intermediate/profiles/int_profiles__weeks.sql"
    return ProfiledCompany(demo.warehouse_file, compiled)


@pytest.fixture(scope="module")
def good(company: ProfiledCompany) -> Judgement:
    return company.judged()


def anomalies(judgement: Judgement, judged_count: int) -> list[Deviation]:
    """What the mart tells of a judgement, as the seed and the var have it."""
    path = Path(PROJECT_ROOT) / "seeds" / "quality" / "anomaly_checks.csv"
    with path.open(encoding="utf-8") as lines:
        least = {row["anomaly_type"]: float(row["least_move"]) for row in csv.DictReader(lines)}
    rate = project_vars()["anomaly_false_alarm_rate"]
    return [
        one
        for one in judgement.deviations
        if one.probability * judged_count <= rate and one.move >= least[one.deviation]
    ]


def test_the_good_company_raises_no_alarm(good: Judgement, demo: Project) -> None:
    assert good.judged_count > 10_000
    assert not anomalies(good, good.judged_count)
    assert demo.query("select count(*) from marts.data_anomalies") == [(0,)]


@pytest.mark.parametrize(
    "fault",
    [pytest.param(one, id=one.name, marks=() if one.name in OFTEN else pytest.mark.long) for one in FAULTS],
)
def test_a_fault_is_found_by_its_check(fault: Fault, company: ProfiledCompany, good: Judgement) -> None:
    touched, judgement = company.judged_with(fault.entity, fault.statement)

    assert touched
    found = {one.deviation for one in anomalies(judgement, good.judged_count) if one.entity == fault.entity}
    if fault.found_by is None:
        assert not found
    else:
        assert fault.found_by in found


def test_most_faults_are_found() -> None:
    """The list says so of each; nothing is taken out of it to look better."""
    assert len(FAULTS) == 48
    assert sum(fault.found_by is not None for fault in FAULTS) == 44
