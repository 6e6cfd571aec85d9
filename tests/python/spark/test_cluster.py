"""The Spark that the other tests run on."""

from __future__ import annotations

import ipaddress

import pytest

from tests.python.spark.cluster import SparkCluster

pytestmark = pytest.mark.spark


def test_nobody_beyond_this_machine_can_connect(cluster: SparkCluster) -> None:
    addresses = {address.removeprefix("::ffff:") for address in cluster.listening_addresses()}
    assert addresses
    assert [address for address in addresses if not ipaddress.ip_address(address).is_loopback] == []
