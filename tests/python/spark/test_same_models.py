"""Every public model, built by both engines from one lake: row for row the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.ingestion.lake import landed_files
from orchestration.publishing.public_models import public_models
from orchestration.settings import PROJECT_ROOT, Settings
from tests.python.spark.cluster import SparkCluster
from tests.python.spark.comparison import Comparison, compare
from tests.python.spark.conftest import SOURCES, Build, Dbt

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


def test_every_public_model_is_the_same(
    lake: Settings, duckdb_build: Build, spark_build: Build, spark: SparkSession
) -> None:
    compared = _compare(lake, duckdb_build, spark, names=None)
    print(f"\nbuilt in {duckdb_build.seconds:.0f} s on DuckDB, in {spark_build.seconds:.0f} s on Spark")
    print(f"compared {len(compared)} models, {sum(c.rows for c in compared):,} rows")
    assert not _differences(compared), _differences(compared)


@pytest.mark.usefixtures("spark_build")
def test_every_source_is_among_them(spark: SparkSession) -> None:
    """So that equal does not come from empty."""
    counted = spark.sql(
        "select source_system, sum(loaded_row_count) from marts.load_reconciliation group by source_system"
    ).collect()
    assert {source for source, count in counted if count > 0} == set(SOURCES)
    quarantined = spark.sql(
        "select raw_table, sum(quarantined_row_count) from marts.quarantine_reasons"
        " where source_system = 'olist' group by raw_table"
    ).collect()
    assert dict(map(tuple, quarantined)) == {"order_reviews": 4, "order_payments": 2}


@pytest.mark.usefixtures("spark_build")
def test_a_raw_table_holds_the_newest_version_of_completed_loads(lake: Settings, spark: SparkSession) -> None:
    """Counted by the lake's own manifest, which knows each file's rows."""
    for source in SOURCES:
        expected: dict[str, int] = {}
        for (table, _), file in landed_files(lake.lake, source).items():
            expected[table] = expected.get(table, 0) + file.row_count - file.superseded_row_count
        found = {table: spark.table(f"raw_{source}.{table}").count() for table in expected}
        assert found == expected
    empty = spark.table("raw_olist.product_category_names")
    assert empty.count() == 0
    assert empty.columns[:2] == [
        "product_category_name",
        "product_category_name_english",
    ]


@pytest.mark.usefixtures("spark_build")
def test_a_build_survives_the_loss_of_a_worker(
    lake: Settings, cluster: SparkCluster, on_spark: Dbt, duckdb_build: Build, spark: SparkSession
) -> None:
    """Last in this file: the cluster has one worker less from here on.

    One domain is enough, and this one has the largest model.
    """
    process = on_spark.start("run", "--select", "marts.customer")
    assert process.stdout is not None
    lost, said = cluster.workers[-1], []
    for line in process.stdout:
        said.append(line)
        if " OK created " in line and lost.process.poll() is None:
            lost.kill()
    assert process.wait() == 0, "".join(said)[-8000:]
    assert cluster.has_lost_an_executor()
    names = {path.stem for path in (PROJECT_ROOT / "models" / "marts" / "customer").glob("*.sql")}
    compared = _compare(lake, duckdb_build, spark, names)
    assert len(compared) == len(names)
    assert not _differences(compared), _differences(compared)


def _compare(settings: Settings, build: Build, spark: SparkSession, names: set[str] | None) -> list[Comparison]:
    compared = []
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for model in public_models(build.manifest):
            if names is None or model.name in names:
                # A session remembers the files of a table it has read; a build in another session replaces them.
                spark.catalog.refreshTable(model.relation)
                compared.append(compare(connection, model.relation, spark.table(model.relation).toArrow()))
    return compared


def _differences(compared: list[Comparison]) -> str:
    """All of them, a line each: pytest shortens a dictionary."""
    return "\n".join(f"{c.relation}: {difference}" for c in compared for difference in c.differences)
