"""What the terminal tells of a failed dbt test: where to look, and nothing of a person."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.run import _dbt_failures
from orchestration.settings import Settings

QUERIES = {
    "unique_orders_order_id": ("order_id", "select id as unique_field, count(*) as n_records from s.people group by 1"),
    "unique_people_email": ("email", "select email as unique_field, count(*) as n_records from s.people group by 1"),
    "accepted_people_city": ("city", "select city as value_field, count(*) as n_records from s.people group by 1"),
    "relationships_people_name": ("name", "select name as from_field from s.people"),
    "not_null_people_phone": ("phone", "select * from s.people"),
    "people_are_known": (None, "select name, id as customer_id, comment from s.people"),
}
PERSON = ("Anna", "anna@", "Hamburg", "170", "neighbour")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, sources=())
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "create schema s; create table s.people as"
            " select 'C1' as id, 'Anna W.' as name, 'anna@example.org' as email, 'Hamburg' as city,"
            " '+49 170 1' as phone, 'A neighbour said so.' as comment"
        )
    (settings.dbt_target / "parsed").mkdir(parents=True)
    tests = {f"test.cem.{name}.0": {"column_name": column} for name, (column, _) in QUERIES.items()}
    (settings.dbt_target / "parsed" / "manifest.json").write_text(json.dumps({"nodes": tests}))
    results = [
        {"unique_id": f"test.cem.{name}.0", "status": "fail", "message": "Got 1 result", "compiled_code": query}
        for name, (_, query) in QUERIES.items()
    ]
    message = "Runtime Error in model people\n  Conversion Error: Could not convert string 'Anna W.' to INT32"
    results.append({"unique_id": "model.cem.people", "status": "error", "message": message, "compiled_code": ""})
    (settings.dbt_target / "run_results.json").write_text(json.dumps({"results": results}))
    return settings


def test_failed_tests_tell_keys_and_counts_and_the_names_of_other_columns(settings: Settings) -> None:
    said = _dbt_failures(settings)

    assert [word for word in PERSON if word in "\n".join(said)] == []
    first_lines = {line.split()[1].rstrip(":"): number for number, line in enumerate(said) if line.startswith("test ")}
    shown = {name: said[number + 1 : number + 3] for name, number in first_lines.items()}
    assert shown["unique_orders_order_id"][0] == "  order_id C1, n_records 1"
    assert shown["unique_people_email"] == ["  n_records 1", "  values of email are not shown"]
    assert shown["people_are_known"] == ["  customer_id C1", "  values of name, comment are not shown"]
    assert "  Conversion Error: Could not convert string (a value) to INT32" in "\n".join(said)
