"""The worked examples of docs/examples: their packs are written, built on a sample, and hold what its files hold."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import subprocess
import sys
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.python.conftest import REPOSITORY

# Run in the copy, whose packages come first. Its home holds the sample as landing/<source>.
WRITE_AND_BUILD = """
import json, sys
from pathlib import Path
from orchestration.ingestion.load import load_source
from orchestration.new_source.command import new_source
from orchestration.settings import PROJECT_ROOT
home = Path(sys.argv[1])
landing = home / "landing"
for name in ("grocery", "ticket_log"):
    mapping = PROJECT_ROOT / f"docs/examples/{name}.yml"
    print(new_source(name, landing / name, mapping, landing, home), file=sys.stderr)
from tests.python.worlds.company import Company
from tests.python.worlds.world import World
world = World.of(Company(), home, "grocery", "ticket_log")
world.load()
world.build(
    "order_lines", "orders", "products", "customer_dimensions", "tickets", "ticket_events", "load_reconciliation",
    "service_quality",
)
asked = {
    "lines": "select count(*), sum(original_amount), sum(quantity) from behavioural.order_lines",
    "orders": "select count(*), count(distinct customer_id), min(business_date), max(business_date) "
    "from behavioural.orders",
    "products": "select count(*) from behavioural.products",
    "dimensions": "select attribute, count(*) from marts.customer_dimensions where attribute in ('age', 'income', "
    "'home_ownership', 'marital_status', 'household_size', 'household_comp', 'kids_count') group by 1",
    "tickets": "select status, count(*) from interaction.tickets group by 1",
    "events": "select event_type, count(*) from interaction.ticket_events group by 1",
    "service": "select ticket_id, first_resolution_minutes, full_resolution_minutes, is_open, reopen_count "
    "from marts.service_quality",
    "as_of": "select as_of_date from intermediate.int_clock__as_of",
    "quarantined": "select sum(quarantined_row_count) from marts.load_reconciliation",
}
print(json.dumps({name: world.query(sql) for name, sql in asked.items()}, default=str))
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.startswith("transactions_sample"):
        write_as_a_spreadsheet_does(path, rows)
        return
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def write_as_a_spreadsheet_does(path: Path, rows: list[dict[str, str]]) -> None:
    """A title in the header's place, semicolons, decimal commas, thousands in groups, Windows-1252."""
    with gzip.open(path, "wt", encoding="windows-1252", newline="") as file:
        file.write("Umsätze\r\n\r\n")
        writer = csv.DictWriter(file, rows[0], delimiter=";")
        writer.writeheader()
        for row in rows:
            amount = f"{Decimal(row['sales_value']):,.2f}".translate(str.maketrans(",.", ".,"))
            writer.writerow({**row, "sales_value": amount})


@pytest.fixture(scope="module")
def sample(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """By table, the rows of a sample: baskets and cases whose keys end alike. The folder `home` holds them as files."""
    landing = tmp_path_factory.mktemp("examples") / "landing"
    folder = real_data / "completejourney"
    if not folder.is_dir() or not (real_data / "helpdesk").is_dir():
        pytest.skip(f"no completejourney or helpdesk in {real_data}")
    lines = [row for row in rows_of(folder / "transactions_sample.csv.gz") if row["basket_id"].endswith("17")]
    sold, households = {row["product_id"] for row in lines}, {row["household_id"] for row in lines}
    found = {
        "grocery/transactions_sample": lines,
        "grocery/products": [r for r in rows_of(folder / "products.csv.gz") if r["product_id"] in sold],
        "grocery/demographics": [r for r in rows_of(folder / "demographics.csv.gz") if r["household_id"] in households],
        "ticket_log/helpdesk": [
            row for row in rows_of(real_data / "helpdesk/helpdesk.csv.gz") if row["case:concept:name"].endswith("7")
        ],
    }
    for name, rows in found.items():
        write_rows(landing / f"{name}.csv.gz", rows)
    return found | {"home": [{"path": str(landing.parent)}]}


@pytest.fixture(scope="module")
def built(sample: dict[str, list[dict[str, str]]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What a copy of the project answers, in which the two packs were written and built."""
    root = tmp_path_factory.mktemp("project")
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=REPOSITORY, capture_output=True, check=True
    )
    for name in tracked.stdout.decode().splitlines():
        if (REPOSITORY / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, root / name)
    (root / "made_once").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", WRITE_AND_BUILD, sample["home"][0]["path"]],
        cwd=root,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(root),
            "PYTHONPATH": str(root),
            "TESTS_MADE_ONCE": str(root / "made_once"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    answers: dict[str, list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return answers


def test_an_example_is_at_most_sixty_lines() -> None:
    examples = sorted((REPOSITORY / "docs/examples").glob("*.yml"))
    assert [path.stem for path in examples] == ["grocery", "survey_export", "ticket_log"]
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 60 for path in examples)


def test_the_grocery_s_lines_and_baskets_are_those_of_its_files_to_the_cent(
    sample: dict[str, list[dict[str, str]]], built: dict[str, list[Any]]
) -> None:
    lines = sample["grocery/transactions_sample"]
    assert built["quarantined"] == [["0"]] or built["quarantined"] == [[0]]
    ((count, amount, quantity),) = built["lines"]
    assert (count, Decimal(amount), int(quantity)) == (
        len(lines),
        sum(Decimal(row["sales_value"]) for row in lines),
        sum(int(Decimal(row["quantity"])) for row in lines),
    )
    days = sorted(row["transaction_timestamp"][:10] for row in lines)
    assert built["orders"] == [
        [len({r["basket_id"] for r in lines}), len({r["household_id"] for r in lines}), days[0], days[-1]]
    ]
    assert built["products"] == [[len(sample["grocery/products"])]]


def test_no_attribute_of_a_household_gets_lost(
    sample: dict[str, list[dict[str, str]]], built: dict[str, list[Any]]
) -> None:
    filled: dict[str, int] = defaultdict(int)
    for row in sample["grocery/demographics"]:
        for name, value in row.items():
            if name != "household_id" and value:
                filled[name] += 1
    assert dict(built["dimensions"]) == filled


def test_cases_stand_as_their_newest_event_says(
    sample: dict[str, list[dict[str, str]]], built: dict[str, list[Any]]
) -> None:
    events = sample["ticket_log/helpdesk"]
    newest: dict[str, str] = {}
    for row in sorted(events, key=lambda one: one["time:timestamp"]):
        newest[row["case:concept:name"]] = row["concept:name"]
    closed = sum(name in ("Closed", "DUPLICATE", "INVALID") for name in newest.values())
    tickets = dict(built["tickets"])
    assert (sum(tickets.values()), tickets["closed"]) == (len(newest), closed)
    told = dict(built["events"])
    assert sum(told.values()) == len(events)
    assert told["assigned"] == sum(row["concept:name"] == "Take in charge ticket" for row in events)
    assert told["solved"] == sum(row["concept:name"] in ("Resolve ticket", "RESOLVED") for row in events)


# What ends a case, and what begins it again after that, by the words of the log.
ENDS = {"Resolve ticket", "RESOLVED", "VERIFIED", "Resolve SW anomaly", "Closed", "DUPLICATE", "INVALID"}
BEGINS = {"Wait", "Require upgrade", "Schedule intervention", "Create SW anomaly"}


def test_times_to_resolution_are_those_of_the_log(
    sample: dict[str, list[dict[str, str]]], built: dict[str, list[Any]]
) -> None:
    """Of each case the minutes from its first event to its first solution, and to the one that it stayed with."""
    ((as_of,),) = built["as_of"]
    cases: dict[str, list[tuple[datetime, bool, int, str]]] = defaultdict(list)
    for number, row in enumerate(sample["ticket_log/helpdesk"]):
        at, name = datetime.fromisoformat(row["time:timestamp"]), row["concept:name"]
        if at.astimezone(ZoneInfo("Europe/Rome")).date().isoformat() <= as_of:
            # Of what happened at one moment solving comes last.
            cases[f"ticket_log:{row['case:concept:name']}"].append((at, name in ENDS, number, name))
    expected = {}
    for ticket, events in cases.items():
        first = last = None
        reopened = 0
        for at, ends, _, name in sorted(events):
            if ends:
                first, last = first or at, last or at
            elif name in BEGINS and last:
                last, reopened = None, reopened + 1
        began = min(events)[0]
        minutes = [None if end is None else round((end - began).total_seconds() / 60, 2) for end in (first, last)]
        expected[ticket] = [minutes[0], minutes[1], last is None, reopened]
    found = {
        ticket: [None if first is None else float(first), None if full is None else float(full), *rest]
        for ticket, first, full, *rest in built["service"]
    }
    assert found == expected
    firsts = [minutes for minutes, *_ in found.values() if minutes is not None]
    print(f"{len(found)} cases, {len(firsts)} solved, median {median(firsts)} minutes")
    assert len(firsts) > 400
