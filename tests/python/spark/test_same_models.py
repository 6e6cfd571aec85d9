"""Every public model, built by both engines from one lake: row for row the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration.ingestion.lake import landed_files
from orchestration.publishing.public_models import public_models
from orchestration.settings import Settings
from tests.python.spark.cluster import SparkCluster
from tests.python.spark.comparison import compare_models, differences
from tests.python.spark.conftest import SOURCES, Build

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


def test_every_public_model_is_the_same(
    lake: Settings, duckdb_seconds: float, spark_build: Build, server: SparkCluster
) -> None:
    compared = compare_models(lake.warehouse, public_models(spark_build.manifest), server.warehouse)
    print(f"\nbuilt in {duckdb_seconds:.0f} s on DuckDB, in {spark_build.seconds:.0f} s on Spark")
    print(f"compared {len(compared)} models, {sum(c.rows for c in compared):,} rows")
    assert not differences(compared), differences(compared)


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
