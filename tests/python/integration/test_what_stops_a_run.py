"""Bad data in copies of Olist: rows go to quarantine, a broken table stops the run, and the old version stays."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.python.integration.conftest import Project, copied


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    """Files of Olist that tests may change."""
    folder = tmp_path_factory.mktemp("bad_rows")
    shutil.copytree(real_data / "olist", folder / "landing" / "olist")
    for path in (folder / "landing" / "olist").iterdir():
        path.chmod(0o644)
    return folder


@pytest.fixture(scope="module")
def project(folder: Path, olist: Project) -> Project:
    """Olist as it was published, where these files are delivered next, a day later."""
    return copied(olist, folder / "home", CEM_LANDING=str(folder / "landing"), CEM_NOW="2026-01-02T06:00:00")


def landing(project: Project, name: str) -> Path:
    return Path(project.environment["CEM_LANDING"]) / "olist" / name


def append(path: Path, row: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.rstrip("\n") + "\n" + row + "\n", encoding="utf-8")


def test_rows_that_break_a_row_rule_are_quarantined_with_their_reason(folder: Path, tmp_path: Path) -> None:
    """What a run says of such rows, the demo company's second one shows."""
    shutil.copytree(folder / "landing", tmp_path / "landing")
    project = Project(tmp_path / "home", {"CEM_SOURCES": "olist", "CEM_LANDING": str(tmp_path / "landing")})
    order = "000e906b789b55f64edcb1f84030f90d"
    append(
        landing(project, "olist_order_reviews_dataset.csv"),
        f"ffffffffffffffffffffffffffffff11,{order},11,,,2018-01-18 00:00:00,2018-01-19 01:51:32",
    )
    append(landing(project, "olist_order_payments_dataset.csv"), f"{order},99,credit_card,1,-5")

    # An order without a readable time takes its item, payment and review with it: they have nowhere to go.
    late = "001ac194d4a326a6fa99b581e9a3d963"
    orders = landing(project, "olist_orders_dataset.csv")
    orders.write_text(
        re.sub(rf"({late},\w+,\w+),[^,]*", r"\1,soon", orders.read_text(encoding="utf-8")), encoding="utf-8"
    )

    project.build_anew("load_reconciliation", "quarantine_reasons", "payments", "reviews")

    assert project.warehouse(
        "select raw_table, quarantine_rule, quarantined_row_count, example_file_row from marts.quarantine_reasons "
        "where quarantine_rule like '%below%' or quarantine_rule like '%between%' order by 1"
    ) == [
        ("order_payments", "payment_value is below 0", 1, 5262),
        ("order_reviews", "review_score is not between 1 and 5", 1, 4876),
    ]
    assert project.warehouse(
        "select raw_table, file_row_count, loaded_row_count, quarantined_row_count from marts.load_reconciliation "
        "where quarantined_row_count > 0 order by 1"
    ) == [
        ("order_items", 5222, 5221, 1),
        ("order_payments", 5262, 5260, 2),
        ("order_reviews", 4876, 4874, 2),
        ("orders", 4845, 4844, 1),
    ]
    assert project.warehouse("select count(*) from behavioural.payments") == [(5260,)]
    assert project.warehouse("select count(*), max(rating) from attitudinal.reviews") == [(4874, 5)]
    assert project.warehouse(
        "select raw_table, quarantine_rule, quarantine_value "
        "from intermediate.int_quality__quarantined_rows order by all"
    ) == [
        ("order_items", "order_id is of an order in quarantine", late),
        ("order_payments", "order_id is of an order in quarantine", late),
        ("order_payments", "payment_value is below 0", "-5"),
        ("order_reviews", "order_id is of an order in quarantine", late),
        ("order_reviews", "review_score is not between 1 and 5", "11"),
        ("orders", "order_purchase_timestamp is not a time", "soon"),
    ]


def test_a_table_that_breaks_a_table_rule_fails_the_run_and_the_old_version_stays_whole(project: Project) -> None:
    published = project.published_file
    before = project.query("select * from publication.tables order by all")
    orders = landing(project, "olist_orders_dataset.csv")
    duplicate = orders.read_text(encoding="utf-8").splitlines()[1]
    append(orders, duplicate)

    failed = project.run()

    assert failed.returncode == 1
    assert "nothing was published" in failed.stderr
    assert "check expectations of olist/orders failed" in failed.stderr
    assert (
        "expect column values to be unique (column order_id); found 2 unexpected of 4846 rows: order_id "
        + duplicate.split(",")[0]
    ) in failed.stderr
    report = project.home / "quality" / "raw__raw_olist__orders.html"
    assert str(report) in failed.stderr
    assert "FAILED" in report.read_text()
    assert project.published_file == published
    assert f"still is {published.parent.name}" in failed.stderr
    assert project.query("select * from publication.tables order by all") == before


def test_a_failing_dbt_test_names_itself_and_its_rows_and_stops_publication(project: Project) -> None:
    """An order line without its order breaks a relation that only dbt's own tests look at."""
    orders = landing(project, "olist_orders_dataset.csv")
    lines = orders.read_text(encoding="utf-8").splitlines()
    orders.write_text("\n".join(lines[:1] + lines[2:-1]) + "\n", encoding="utf-8")
    gone = lines[1].split(",")[0]
    published = project.published_file

    failed = project.run()

    assert failed.returncode == 1
    assert "test " in failed.stderr
    assert gone in failed.stderr
    assert "look for" in failed.stderr
    assert project.published_file == published


def test_a_file_that_cannot_be_loaded_fails_the_run_with_its_name(project: Project) -> None:
    items = landing(project, "olist_order_items_dataset.csv")
    items.write_text(items.read_text(encoding="utf-8").replace("price", "preis", 1), encoding="utf-8")

    failed = project.run()

    assert failed.returncode == 1
    assert f"{items}: column price is missing" in failed.stderr
    assert "preis" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_second_run_on_the_same_home_is_refused_while_one_goes_on(project: Project) -> None:
    import fcntl

    with (project.home / "run.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = project.run()
    assert refused.returncode == 2
    assert "a run is going on" in refused.stderr


def test_a_configuration_that_cannot_be_used_is_told_in_one_line(project: Project) -> None:
    refused = project.run(CEM_SOURCES="magento")
    assert refused.returncode == 2
    assert refused.stderr.startswith("✗ CEM_SOURCES names 'magento'")
