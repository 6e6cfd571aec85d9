"""Every table is written exactly as its contract says: names and order of columns, types, keys, allowed values."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.demo_company.schemas import SQL_SOURCES
from tests.python.unit.demo_company.conftest import FILES, Written

Contract = dict[str, dict[str, Any]]

# Columns whose description lists what may stand there.
LISTED = {
    "crm/customers": ("preferred_channel", "acquisition_channel"),
    "crm/consents": ("purpose", "channel"),
    "crm/life_events": ("kind",),
    "crm/needs": ("need", "channel"),
    "crm/opportunities": ("channel",),
    "crm/opportunity_stages": ("stage",),
    "crm/activities": ("kind", "direction"),
    "shop/orders": ("status", "channel"),
    "shop/payments": ("method",),
    "shop/refunds": ("reason",),
    "shop/subscriptions": ("plan", "status", "cancel_reason"),
    "shop/subscription_uses": ("feature",),
    "survey/questions": ("construct", "touchpoint", "phase"),
    "survey/invitations": ("channel",),
    "helpdesk/tickets": ("channel", "category", "status", "priority"),
    "helpdesk/ticket_events": ("event", "actor"),
    "helpdesk/comments": ("author",),
    "web/events": ("event", "page", "device"),
    "web/app_events": ("event", "page", "device"),
    "messaging/message_events": ("channel", "event"),
    "social/posts": ("kind",),
    "ads/campaign_days": ("channel",),
    "finance/fixed_costs": ("cost_kind",),
}


def test_every_table_of_the_contract_is_written_and_no_other(written: Written, contract: Contract) -> None:
    assert set(written.rows) == set(contract)
    assert all(written.rows.values())


@pytest.mark.parametrize("source", SQL_SOURCES)
def test_databases_declare_the_columns_types_keys_and_cursors(
    written: Written, contract: Contract, source: str
) -> None:
    with sqlite3.connect(written.landing / source / f"{source}.sqlite") as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        assert {f"{source}/{table}" for table in tables} == {name for name in contract if name.startswith(f"{source}/")}
        for table in tables:
            wanted = contract[f"{source}/{table}"]
            declared = connection.execute(f"pragma table_info({table})").fetchall()
            types = {name: column["config"]["meta"]["arrives_as"].upper() for name, column in wanted.items()}
            assert [(name, kind) for _, name, kind, *_ in declared] == list(types.items())
            assert {row[1] for row in declared if row[5]} == set(SQL_SOURCES[source][table].key)
            indexed = [
                column[2]
                for index in connection.execute(f"pragma index_list({table})").fetchall()
                for column in connection.execute(f"pragma index_info({index[1]})").fetchall()
            ]
            assert SQL_SOURCES[source][table].cursor in indexed


def test_files_hold_the_columns(written: Written, contract: Contract) -> None:
    for name, pattern in FILES.items():
        source, table = name.split("_", 1)
        path = sorted(written.landing.glob(pattern))[0]
        if path.suffix == ".parquet":
            schema = pq.read_schema(path)
            found = schema.names
            kinds = {"string": "string", "timestamp": "timestamp[us]", "double": "double"}
            wanted = [kinds[column["data_type"]] for column in contract[f"{source}/{table}"].values()]
            assert [str(schema.field(column).type) for column in found] == wanted
        elif path.suffix == ".jsonl":
            found = list(json.loads(path.read_text(encoding="utf-8").splitlines()[0]))
        else:
            with path.open(encoding="utf-8", newline="") as file:
                found = next(csv.reader(file))
        assert found == list(contract[f"{source}/{table}"]), name


def test_listed_columns_hold_what_the_contract_lists(company: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    for name, columns in LISTED.items():
        for column in columns:
            listed = set(re.findall(r"[a-z_]+", contract[name][column]["description"]))
            table = name.replace("/", "_")
            found = {
                value for (value,) in company.execute(f"select distinct {column} from {table}").fetchall() if value
            }
            assert found, (name, column)
            assert found <= listed, (name, column)


def test_times_are_written_as_each_system_renders_them(written: Written) -> None:
    forms = {
        "shop": ("orders", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
        "survey": ("answers", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        "helpdesk": ("tickets", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00"),
    }
    for source, (table, form) in forms.items():
        with sqlite3.connect(written.landing / source / f"{source}.sqlite") as connection:
            values = [value for (value,) in connection.execute(f"select updated_at from {table} limit 500")]
        assert all(re.fullmatch(form, value) for value in values), source
