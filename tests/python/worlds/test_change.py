"""What a change costs: each is made to a copy of the project, in so many files, and takes effect in a small world.

All changes are made to one copy, whose compilation is what costs: a minute of a processor, so that part is `long`.
`test_what_to_edit.py` holds that each line of README has a test; here the files are counted.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingestion.contract import raw_contract
from orchestration.sources.olist import SOURCE as OLIST
from tests.python.conftest import REPOSITORY
from tests.python.worlds.company import Company
from tests.python.worlds.test_worlds import small_company
from tests.python.worlds.world import World

SOURCES = ("crm", "shop", "survey", "web", "finance", "olist")
# What a world is made of.
COPIED = (
    "dbt_project.yml",
    "docs",
    "expectations",
    "macros",
    "models",
    "orchestration",
    "profiles.yml",
    "seeds",
    "tests",
)

Edit = tuple[str, Callable[[str], str]]


@dataclass(frozen=True)
class Change:
    """The edits of somebody who wants something, and in how many files; of one file, in how many of its lines."""

    edits: tuple[Edit, ...]
    most_files: int
    lines: int | None = None


def line(path: str, new: str, after: str = "") -> Edit:
    """A new line of a file: after the only one that holds `after`, or at the end."""

    def edited(text: str) -> str:
        if not after:
            return f"{text}{new}\n"
        (place,) = re.finditer(rf"^.*{re.escape(after)}.*\n", text, re.MULTILINE)
        return f"{text[: place.end()]}{new}\n{text[place.end() :]}"

    return path, edited


def instead(path: str, old: str, new: str) -> Edit:
    """Other words in the place of those that stand once in a file."""

    def edited(text: str) -> str:
        assert text.count(old) == 1, f"{path}: {old}"
        return text.replace(old, new)

    return path, edited


def column(model: str, name: str, data_type: str, description: str) -> Edit:
    """A new column in the YAML that describes a model, wherever that is."""
    heading = re.compile(rf"^  - name: {model}\n(?:    .*\n|\n)*?    columns:\n", re.MULTILINE)
    described = [path for path in (REPOSITORY / "models").rglob("*.yml") if heading.search(path.read_text("utf-8"))]
    (path,) = described
    text = f'      - name: {name}\n        data_type: {data_type}\n        description: "{description}"\n'
    return str(path.relative_to(REPOSITORY)), lambda before: heading.sub(lambda found: found[0] + text, before)


PROJECT = "dbt_project.yml"
CUSTOMER_VALUE = "models/marts/value/customer_value.sql"
DEALS = "models/staging/olist/stg_olist__customer_attribute_statements.sql"
CHANGES = {
    "a construct that surveys measure": Change(
        (
            line(PROJECT, "    trust: trust_index", after="    perception: none"),
            instead(PROJECT, "effort_index, nps, none]", "effort_index, trust_index, nps, none]"),
            line("seeds/satisfaction/survey_items.csv", "trust_v1,trust,trust_in_us,trust,1,5,1,1,,after"),
        ),
        most_files=2,
    ),
    "a channel": Change((line("seeds/interaction/channels.csv", "kiosk,personal,false"),), most_files=1, lines=1),
    "a stage of the journey": Change(
        (
            line(
                "seeds/journey/journey_stage_rules.csv",
                "relationship,devoted,10,purchase_count,6,purchases,buys more than anybody",
            ),
        ),
        most_files=1,
        lines=1,
    ),
    "a score of each purchase history": Change(
        (
            line(
                "orchestration/valuation/scoring.py",
                '        "silent_days": (segment.histories.age - segment.histories.recency).astype(np.int64),',
                after='"age_days": segment.histories.age',
            ),
            line(
                "models/intermediate/valuation/_valuation__sources.yml",
                '          - {name: silent_days, data_type: bigint, description: "Days since the last purchase."}',
                after="name: age_days",
            ),
            line(
                "models/intermediate/valuation/int_valuation__history_scores.sql", "    silent_days,", after="age_days,"
            ),
        ),
        most_files=3,
    ),
    "an attribute of customers": Change(
        (
            line("seeds/descriptive/profile_attributes.csv", "declared_monthly_revenue,false,true"),
            line(DEALS, "        deals.declared_monthly_revenue,", after="        deals.lead_type,"),
            instead(DEALS, "'business_type']", "'business_type', 'declared_monthly_revenue']"),
        ),
        most_files=2,
    ),
    "the country in customer_value": Change(
        (
            line(CUSTOMER_VALUE, "    customers.country,", after="    monthly.customer_id,"),
            line(
                CUSTOMER_VALUE,
                "left join {{ ref('customers') }} as customers on monthly.customer_id = customers.customer_id",
                after="from monthly",
            ),
            column("customer_value", "country", "string", "Country, as in customers."),
        ),
        most_files=2,
    ),
    "the silence that ends a visit": Change(
        (instead(PROJECT, "session_inactivity_minutes: 30", "session_inactivity_minutes: 60"),), most_files=1, lines=1
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_made_in_few_files(name: str) -> None:
    change = CHANGES[name]
    before = {path: (REPOSITORY / path).read_text("utf-8") for path, _ in change.edits}
    after = dict(before)
    for path, edited in change.edits:
        after[path] = edited(after[path])
    assert len({path for path in before if after[path] != before[path]}) == change.most_files
    if change.lines:
        new = sum(
            ((Counter(after[path].splitlines()) - Counter(before[path].splitlines())) for path in after), Counter()
        )
        assert new.total() == change.lines


@dataclass(frozen=True)
class Changed:
    """The warehouse of the changed copy, and the data tests that its rows break."""

    warehouse: Path
    failed_tests: dict[str, Any]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Changed:
    """All changes in one copy of the project, built there by a process of its own."""
    copy, home = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("home")
    for name in COPIED:
        source = REPOSITORY / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    for path, edited in (edit for change in CHANGES.values() for edit in change.edits):
        (copy / path).write_text(edited((copy / path).read_text("utf-8")), encoding="utf-8")
    program = f"from {__name__} import build; build({str(home)!r})"
    made_once = tmp_path_factory.mktemp("made_once")
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=copy,
        # What this session compiles is of the project as it is.
        env={**os.environ, "TESTS_MADE_ONCE": str(made_once)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Changed(home / "warehouse" / "cem_warehouse.duckdb", json.loads(done.stdout.splitlines()[-1]))


def build(home: str) -> None:
    """Build all models in `home`, and print which data tests fail."""
    write_deals(Path(home) / "landing" / "olist")
    world = World.of(company_to_change(), Path(home), *SOURCES).load().build()
    print(json.dumps(world.failed_tests(), default=str))


def company_to_change() -> Company:
    """Forty buyers, and what the changes speak of."""
    company = small_company()
    company.order("KIOSK", "A1", "2024-11-01 12:00:00", 20, channel="kiosk")
    for day in range(1, 7):
        company.order(f"OFTEN{day}", "A2", f"2024-12-0{day} 12:00:00", 20)
    asked = {"instrument": "trust_v1", "question": "trust_in_us"}
    scale = {"scale_min": 1, "scale_max": 5, "scale_direction": 1, "phase": "after"}
    company.add("survey", "questions", construct="trust", **asked, **scale)
    for number in range(1, 41):
        invitation = {"invitation_id": f"I{number}", "instrument": "trust_v1"}
        company.add(
            *("survey", "invitations"),
            **{**invitation, "customer_number": f"C{number}", "channel": "email", "sent_at": "2024-11-03 18:00:00"},
        )
        company.add(
            *("survey", "answers"),
            **{**invitation, **asked, "answer_id": f"Q{number}", "score": 5 if number > 10 else 1},
            answered_at="2024-11-03 19:00:00",
        )
    for minute in ("00", "45"):
        company.add(
            *("web", "events"),
            **{"event_id": f"W{minute}", "anonymous_id": "device", "event": "page_view", "page": "home"},
            **{"occurred_at": f"2024-11-04 11:{minute}:00", "device": "desktop"},
        )
    return company


def write_deals(folder: Path) -> None:
    """Olist's files, with one lead that became a seller, and nothing else."""
    rows = {
        "leads": {"mql_id": "lead", "first_contact_date": "2024-02-01", "origin": "social"},
        "closed_deals": {
            **{"mql_id": "lead", "seller_id": "seller", "won_date": "2024-03-01 12:00:00"},
            "declared_monthly_revenue": "5000.0",
        },
    }
    folder.mkdir(parents=True)
    for table, columns in raw_contract("olist").items():
        names = [one.name for one in columns]
        lines = [names, *([[rows[table].get(name, "") for name in names]] if table in rows else [])]
        text = "".join(f"{','.join(values)}\n" for values in lines)
        (folder / OLIST.patterns[table]).write_text(text, encoding="utf-8")


@pytest.mark.long
def test_a_construct_has_its_measure(changed: Changed) -> None:
    """Thirty of forty gave the best of five, ten the worst: 75 of 100."""
    measured = (
        "select questionnaire, measure, answer_count, score from marts.satisfaction"
        " where answer_count > 0 and dimension = 'none' and period_type = '1 month'"
    )
    assert changed.query(measured) == [("trust", "trust_index", 40, 75)]


@pytest.mark.long
def test_an_order_of_a_channel_is_taken(changed: Changed) -> None:
    assert changed.query("select channel from behavioural.orders where order_id = 'shop:KIOSK'") == [("kiosk",)]


@pytest.mark.long
def test_a_stage_is_entered(changed: Changed) -> None:
    entered = "select count(*) from marts.journey_stages where stage = 'devoted' and is_current"
    assert changed.query(entered) == [(1,)]


@pytest.mark.long
def test_a_score_is_in_the_model_of_scores(changed: Changed) -> None:
    scored = "select count(*) > 0, bool_and(silent_days = age_days - recency_days) from "
    assert changed.query(f"{scored} intermediate.int_valuation__history_scores") == [(True, True)]


@pytest.mark.long
def test_an_attribute_tells_customers_apart(changed: Changed) -> None:
    told = "select attribute_value from marts.customer_dimensions where attribute = 'declared_monthly_revenue'"
    assert changed.query(told) == [("5000.0000",)]


@pytest.mark.long
def test_a_column_of_customers_is_in_another_mart(changed: Changed) -> None:
    assert changed.query("select country, count(*) from marts.customer_value group by all") == [("DE", 40)]


@pytest.mark.long
def test_a_visit_lasts_through_a_longer_silence(changed: Changed) -> None:
    assert changed.query("select event_count from interaction.sessions where anonymous_id = 'device'") == [(2,)]


@pytest.mark.long
def test_the_changed_project_passes_every_data_test(changed: Changed) -> None:
    assert changed.failed_tests == {}
