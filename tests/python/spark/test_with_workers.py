"""A master with workers, as users have it: who can reach it, and what becomes of a build that loses one of them.

This file comes last. The cluster takes over what the server built, and has one worker less when the tests are over.
"""

from __future__ import annotations

import ipaddress
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
    lake: Settings, duckdb_build: Build, cluster: SparkCluster, on_cluster: Dbt, spark_on_cluster: SparkSession
) -> None:
    """A few models are enough: the first to be done, the largest, and one that rests on it."""
    names = ("dates", "customer_timeline", "customer_data_coverage")
    process = on_cluster.start("run", "--select", *names)
    assert process.stdout is not None
    lost, said = cluster.workers[-1], []
    for line in process.stdout:
        said.append(line)
        if " OK created " in line and lost.process.poll() is None:
            lost.kill()
    assert process.wait() == 0, "".join(said)[-8000:]
    assert cluster.has_lost_an_executor()
    models = [model for model in public_models(duckdb_build.manifest) if model.name in names]
    assert len(models) == len(names)
    compared = compare_models(lake.warehouse, models, spark_on_cluster)
    assert not differences(compared), differences(compared)


def _beyond_loopback(spark: SparkCluster) -> list[str]:
    addresses = {address.removeprefix("::ffff:") for address in spark.listening_addresses()}
    assert addresses
    return [address for address in addresses if not ipaddress.ip_address(address).is_loopback]
