"""A var that cannot be is refused before anything is built, in words that name it, its value and what it may be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import DEMO_SOURCES, Settings
from tests.python.worlds.world import dbt_environment, manifest_of, run_dbt


@pytest.fixture
def refusal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What is said of variables; empty where they may be."""
    settings = Settings(home=tmp_path, sources=DEMO_SOURCES)
    settings.warehouse.parent.mkdir(parents=True)

    def check(**variables: Any) -> str:
        manifest = manifest_of(DEMO_SOURCES)
        with dbt_environment(settings.child_environment()):
            try:
                run_dbt(manifest, "run-operation", "check_vars", "--vars", json.dumps(variables))
            except AssertionError:
                return capfd.readouterr().out
        return ""

    return check


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("company_time_zone", "Europe/Berlni", "is 'Europe/Berlni'; permitted: a time zone such as Europe/Berlin"),
        ("company_time_zone", "CEST", "is 'CEST'; permitted: a time zone such as Europe/Berlin"),
        ("company_time_zone", "UTC+2", "is 'UTC+2'; permitted: a time zone"),
        ("company_time_zone", "", "is ''; permitted: a time zone"),
        ("source_time_zones", {"shop": "Mars/B"}, "is {'shop': 'Mars/B'}, with Mars/B; permitted: each a time zone"),
        ("company_began_on", "2023-02-29", "is '2023-02-29'; permitted: a date such as 1990-01-01"),
        ("company_began_on", "2023-04-31", "is '2023-04-31'; permitted: a date"),
        ("company_began_on", "31.12.1990", "is '31.12.1990'; permitted: a date"),
        ("company_began_on", "1990-01-00", "is '1990-01-00'; permitted: a date"),
        ("expected_lifetime_months", -3, "is -3; permitted: a whole number from 1 to 1200"),
        ("annual_discount_rate", "abc", "is 'abc'; permitted: a number from 0 to 1"),
        ("value_horizon_months", 1.5, "is 1.5; permitted: a whole number from 1 to 120"),
        ("transaction_model", "best", "is 'best'; permitted: one of likeliest, mbg_nbd"),
    ],
)
def test_a_var_that_cannot_be_is_named_with_its_value_and_what_it_may_be(
    name: str, value: Any, said: str, refusal: Callable[..., str]
) -> None:
    assert f"{name} {said}" in refusal(**{name: value})


def test_vars_that_can_be_are_taken(refusal: Callable[..., str]) -> None:
    taken = {"company_time_zone": "Asia/Calcutta", "source_time_zones": {}, "company_began_on": "2024-02-29"}

    assert refusal(**taken) == ""
