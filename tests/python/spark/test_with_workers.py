"""A master with workers, as users have it: who can reach it, and what becomes of a build that loses one of them.

This file comes last. The cluster takes over tables that the server built, and has one worker less when the tests are
over.
"""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING

import pytest

from orchestration.publishing.public_models import public_models
from orchestration.settings import Settings
from tests.python.spark.cluster import SparkCluster
from tests.python.spark.comparison import compare_models, differences
from tests.python.spark.conftest import Build, Dbt

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


def test_nobody_beyond_this_machine_can_connect_to_the_server(server: SparkCluster) -> None:
    assert _beyond_loopback(server) == []


@pytest.mark.usefixtures("spark_build")
def test_nobody_beyond_this_machine_can_connect_to_the_cluster(cluster: SparkCluster) -> None:
    assert _beyond_loopback(cluster) == []


def test_a_build_survives_the_loss_of_a_worker(
    lake: Settings,
    spark_build: Build,
    server: SparkCluster,
    cluster: SparkCluster,
    on_cluster: Dbt,
    spark_on_cluster: SparkSession,
) -> None:
    """A few models are enough: the first done, the largest with the view that it reads, and one that rests on it."""
    names = ("dates", "customer_timeline", "customer_data_coverage")
    built = ("int_timeline__events", *names)
    for schema, name in _read_by(built, spark_build):
        spark_on_cluster.sql(f"create schema if not exists {schema}")
        table = server.warehouse / f"{schema}.db" / name
        spark_on_cluster.sql(f"create table {schema}.{name} using parquet location '{table}'")
    process = on_cluster.start("run", "--select", *built)
    assert process.stdout is not None
    lost, said = cluster.workers[-1], []
    for line in process.stdout:
        said.append(line)
        if " OK created " in line and lost.process.poll() is None:
            lost.kill()
    assert process.wait() == 0, "".join(said)[-8000:]
    assert cluster.has_lost_an_executor()
    models = [model for model in public_models(spark_build.manifest) if model.name in names]
    assert len(models) == len(names)
    compared = compare_models(lake.warehouse, models, cluster.warehouse)
    assert not differences(compared), differences(compared)


def _read_by(names: tuple[str, ...], build: Build) -> list[tuple[str, str]]:
    """What the models `names` read of others that were built, as schema and name."""
    nodes = json.loads(build.manifest.read_text(encoding="utf-8"))["nodes"].values()
    parents = {parent for node in nodes if node["name"] in names for parent in node["depends_on"]["nodes"]}
    return sorted(
        (node["schema"], node["name"]) for node in nodes if node["unique_id"] in parents and node["name"] not in names
    )


def _beyond_loopback(spark: SparkCluster) -> list[str]:
    addresses = {address.removeprefix("::ffff:") for address in spark.listening_addresses()}
    assert addresses
    return [address for address in addresses if not ipaddress.ip_address(address).is_loopback]
