"""Sources that are on together: the four types are the union of what each alone gives."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from tests.python.integration.conftest import Project, rows_apart


def test_two_sources_together_give_the_types_of_each(
    olist: Project, online_retail: Project, real_data: Path, tmp_path: Path
) -> None:
    together = Project(
        tmp_path, {**olist.environment, "CEM_SOURCES": "olist,online_retail", "CEM_LANDING": str(real_data)}
    )
    for project, source in ((olist, "olist"), (online_retail, "online_retail")):
        shutil.copytree(project.home / "lake" / "raw" / source, tmp_path / "lake" / "raw" / source)
    joint, one, other = (
        [relation for relation in project.public_relations() if not relation.startswith("marts.")]
        for project in (together, olist, online_retail)
    )
    assert joint == one == other
    assert len(joint) == 29
    together.build_anew(*(relation.split(".")[1] for relation in joint), "data_coverage", "int_clock__as_of")
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{together.warehouse_file}' as joint (read_only)")
        for name, project in (("one", olist), ("other", online_retail)):
            connection.execute(f"attach '{project.warehouse_file}' as {name} (read_only)")
        for table in joint:
            apart = f"(from one.{table} union all from other.{table})"
            assert rows_apart(connection, f"joint.{table}", apart) == 0, table
    assert together.warehouse(
        "select source_system, sum(event_count) > 0 from marts.data_coverage group by 1 order by 1"
    ) == [
        ("olist", True),
        ("online_retail", True),
    ]
    # The later source's last day is the as-of day of both: the wholesaler's customers have all lapsed by then.
    assert together.warehouse("select cast(as_of_at as date)::varchar from intermediate.int_clock__as_of") == [
        ("2018-11-15",)
    ]
