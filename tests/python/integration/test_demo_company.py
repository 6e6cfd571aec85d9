"""The default run: nothing configured, the demo company's five source systems."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import duckdb
import pytest

from tests.python.integration.conftest import Project, differences, succeeded


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("demo"))
    succeeded(project.run())
    return project


def test_the_five_source_systems_fill_all_four_types(demo: Project) -> None:
    assert demo.query("select data_type, sum(event_count) > 0 from marts.data_coverage group by 1 order by 1") == [
        ("attitudinal", True),
        ("behavioural", True),
        ("descriptive", True),
        ("interaction", True),
    ]
    assert demo.query("select count(distinct source_system) from marts.load_reconciliation") == [(5,)]


def test_nothing_of_the_demo_company_is_quarantined(demo: Project) -> None:
    assert demo.query(
        "select sum(quarantined_row_count), sum(file_row_count - loaded_row_count) from marts.load_reconciliation"
    ) == [(0, 0)]


def test_the_marts_are_filled(demo: Project) -> None:
    assert demo.query("select count(*) from marts.customers") == [(3000,)]
    stages = {stage for (stage,) in demo.query("select distinct stage from marts.journey_stages")}
    assert {"anonymous", "prospect", "opportunity", "new", "active", "loyal", "at_risk", "lapsed", "won_back"} == stages
    assert demo.query("select distinct measure from marts.satisfaction_monthly order by 1") == [
        ("effort_index",),
        ("nps",),
        ("satisfaction_index",),
    ]
    assert demo.query(
        "select count(*) > 1000, bool_and(margin_amount < costed_revenue_amount) from marts.customer_value"
        " where margin_amount is not null"
    ) == [(True, True)]


def test_paid_is_what_was_bought_order_by_order(demo: Project) -> None:
    assert demo.query(
        """
        with bought as (
            select o.order_id, sum(l.amount) + any_value(o.freight_amount) as amount
            from behavioural.orders o join behavioural.order_lines l using (order_id)
            where o.status = 'completed' group by 1
        ),
        paid as (select order_id, sum(amount) as amount from behavioural.payments group by 1)
        select count(*) from bought full join paid using (order_id) where bought.amount is distinct from paid.amount
        """
    ) == [(0,)]


def test_visits_before_the_login_are_the_customer_s(demo: Project) -> None:
    assert demo.query(
        "select count(*) > 1000 from interaction.web_events where not is_identified and customer_id is not null"
    ) == [(True,)]
    assert demo.query("select count(*) > 1000 from interaction.web_events where customer_id is null") == [(True,)]


def test_no_identifier_of_a_customer_is_in_any_published_file(demo: Project) -> None:
    """Every text column of every published table, and every Parquet file, against the CRM's own identifiers."""
    crm = demo.home / "landing" / "crm" / "customers.csv.gz"
    with duckdb.connect(str((demo.home / "published" / "current.duckdb").resolve()), read_only=True) as connection:
        connection.execute(
            f"""
            create temp table identifiers as
            select unnest([email, phone, first_name || ' ' || last_name, birth_date]) as value
            from read_csv('{crm}', all_varchar = true)
            """
        )
        connection.execute("delete from identifiers where value is null")
        assert connection.execute("select count(*) > 5000 from identifiers").fetchall() == [(True,)]
        columns = connection.execute(
            """
            select table_schema, table_name, column_name from information_schema.columns
            where table_schema not in ('publication', 'main') and data_type in ('VARCHAR', 'DATE')
            """
        ).fetchall()
        for schema, table, column in columns:
            if column.endswith("_date"):
                continue
            found = connection.execute(
                f"select count(*) from {schema}.{table} semi join identifiers on cast({column} as varchar) = value"
            ).fetchall()
            assert found == [(0,)], (schema, table, column)
    emails = duckdb.sql(f"select email from '{crm}' where email is not null limit 50").fetchall()
    for path in (demo.home / "published" / "current").resolve().rglob("*.parquet"):
        content = path.read_bytes()
        assert not [email for (email,) in emails if email.encode() in content], path


def test_a_plain_client_reads_the_published_file_before_during_and_after_a_run(demo: Project) -> None:
    current = demo.home / "published" / "current.duckdb"
    first = demo.version()
    before = current.resolve()
    stop = demo.home / "stop"
    client = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, os\n"
            "reads, seen = 0, set()\n"
            f"while not os.path.exists({str(stop)!r}):\n"
            f"    with duckdb.connect(os.path.realpath({str(current)!r}), read_only=True) as c:\n"
            "        seen.add(c.execute('select version from publication.version').fetchone()[0])\n"
            "        for schema, table, rows in c.execute('from publication.tables').fetchall():\n"
            "            assert c.execute(f'select count(*) from {schema}.{table}').fetchone() == (rows,)\n"
            "    reads += 1\n"
            "print(reads, *sorted(seen))\n",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    watchdog = threading.Timer(600, client.kill)
    watchdog.start()
    second = succeeded(demo.run())
    stop.touch()
    output, _ = client.communicate()
    watchdog.cancel()
    assert client.returncode == 0
    reads, *versions = (int(number) for number in output.split())
    assert reads > 10
    assert versions == [first, first + 1]
    assert "nothing new" in second.stderr
    assert differences(before, current) == {}
