"""How models become tables and views on DuckDB: in place, in one transaction."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.python.conftest import REPOSITORY
from tests.python.worlds.world import dbt_environment, run_dbt

PROFILE = """
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: small.duckdb, threads: 1}
"""
PROJECT = f"""
name: small
profile: small
macro-paths: ["{REPOSITORY / "macros" / "materializations"}"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project of one model, `numbers`, with the materializations of this one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    return tmp_path


def build(project: Path, sql: str) -> list[tuple[int]]:
    """The rows of `numbers` after it was built with `sql`; raises AssertionError where dbt failed."""
    (project / "models" / "numbers.sql").write_text(sql, encoding="utf-8")
    with dbt_environment({"DBT_PROFILES_DIR": str(project), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}):
        run_dbt(None, "run")
    return numbers(project)


def numbers(project: Path) -> list[tuple[int]]:
    with duckdb.connect(str(project / "small.duckdb"), read_only=True) as connection:
        tables = connection.execute("select table_name from information_schema.tables").fetchall()
        assert tables == [("numbers",)]
        return connection.execute("from numbers").fetchall()


def test_a_model_takes_the_place_of_the_former_one_and_keeps_it_where_its_sql_fails(project: Path) -> None:
    assert build(project, "{{ config(materialized='view') }} select 1 as number") == [(1,)]
    assert build(project, "{{ config(materialized='table') }} select 2 as number") == [(2,)]
    assert build(project, "{{ config(materialized='table') }} select 3 as number") == [(3,)]
    failing = (
        "{{ config(materialized='table') }} select cast(word as integer) as number from (values ('four')) as w (word)"
    )
    with pytest.raises(AssertionError, match="Conversion Error"):
        build(project, failing)
    assert numbers(project) == [(3,)]
    assert build(project, "{{ config(materialized='view') }} select 5 as number") == [(5,)]
