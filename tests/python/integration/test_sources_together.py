"""Sources that are on together: the four types are the union of what each alone gives."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.python.integration.conftest import Project, rows_apart, succeeded


def test_two_sources_together_give_the_types_of_each(
    olist: Project, online_retail: Project, real_data: Path, tmp_path: Path
) -> None:
    together = Project(
        tmp_path, {**olist.environment, "CEM_SOURCES": "olist,online_retail", "CEM_LANDING": str(real_data)}
    )
    succeeded(together.run())
    with duckdb.connect(":memory:") as connection:
        for name, project in (("joint", together), ("one", olist), ("other", online_retail)):
            path = (project.home / "published" / "current.duckdb").resolve()
            connection.execute(f"attach '{path}' as {name} (read_only)")
        joint, one, other = (
            connection.execute(
                f"select table_schema || '.' || table_name from {name}.publication.tables"
                " where table_schema <> 'marts' order by 1"
            ).fetchall()
            for name in ("joint", "one", "other")
        )
        assert joint == one == other
        assert len(joint) == 29
        for (table,) in joint:
            apart = f"(from one.{table} union all from other.{table})"
            assert rows_apart(connection, f"joint.{table}", apart) == 0, table
    assert together.query(
        "select source_system, sum(event_count) > 0 from marts.data_coverage group by 1 order by 1"
    ) == [
        ("olist", True),
        ("online_retail", True),
    ]
    # The later source's last day is the as-of day of both: the wholesaler's customers have all lapsed by then.
    assert together.query("select cast(as_of_at as date)::varchar from publication.version") == [("2018-11-15",)]
