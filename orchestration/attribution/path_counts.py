"""Counted paths, by type of conversion, as dbt prepared them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb
import numpy as np
from scipy import sparse

from orchestration.statistics.attribution import Paths
from orchestration.statistics.histories import IntArray

# What stands between the channels of a path, and for a path without any (int_journey__paths).
_SEPARATOR = " > "
DIRECT = "direct"
# Groups that customers are drawn in and held out by: one a pair of hexadecimal digits. Counts stay few, however many
# customers there are, and the width of an interval is uncertain by some 4 % for it.
GROUPS = 256


@dataclass(frozen=True)
class CountedPaths:
    """Paths to one type of conversion, by groups of customers.

    Attributes:
        conversion_type: first_purchase or repeat_purchase.
        channels: in alphabetical order, as the numbers in `paths`.
        paths: those with a step.
        revenue: of the conversions of each of `paths`, in ten-thousandths of the base currency, whole, (p,).
        direct_counts: conversions without any step, by group, (g,).
        direct_revenue: theirs.
    """

    conversion_type: str
    channels: tuple[str, ...]
    paths: Paths
    revenue: IntArray
    direct_counts: IntArray
    direct_revenue: int


def read_paths(connection: duckdb.DuckDBPyConnection) -> tuple[list[CountedPaths], str]:
    """The paths to each type of conversion, and a fingerprint of them, from the model that dbt prepared.

    The order of rows changes neither.
    """
    rows = connection.execute(
        """
        select
            conversion_type,
            path,
            cast('0x' || customer_group as bigint) as customer_group,
            path_count,
            conversion_count,
            cast(goods_amount * 10000 as bigint) as revenue
        from intermediate.int_journey__path_counts
        order by all
        """
    ).fetchnumpy()
    digest = hashlib.md5(usedforsecurity=False)
    for column in rows.values():
        digest.update(repr(column.tolist()).encode())
    types = rows["conversion_type"].astype(str)
    found = []
    for conversion_type in np.unique(types):
        of_type = {name: np.asarray(column[types == conversion_type]) for name, column in rows.items()}
        found.append(_counted(str(conversion_type), of_type))
    return found, digest.hexdigest()


def _counted(conversion_type: str, rows: dict[str, IntArray]) -> CountedPaths:
    is_direct = rows["path"].astype(str) == DIRECT
    direct = {name: column[is_direct] for name, column in rows.items()}
    rows = {name: column[~is_direct] for name, column in rows.items()}
    texts, place = np.unique(rows["path"].astype(str), return_inverse=True)
    named = [text.split(_SEPARATOR) for text in texts.tolist()]
    channels, steps = np.unique([name for path in named for name in path], return_inverse=True)
    shape = (len(texts), GROUPS)
    counts, conversions = (
        sparse.csr_array((rows[name].astype(np.float64), (place, rows["customer_group"])), shape)
        for name in ("path_count", "conversion_count")
    )
    revenue = np.zeros(len(texts), dtype=np.int64)
    np.add.at(revenue, place, rows["revenue"])
    direct_counts = np.zeros(GROUPS, dtype=np.int64)
    np.add.at(direct_counts, direct["customer_group"], direct["conversion_count"])
    lengths = np.array([len(path) for path in named], dtype=np.int64)
    return CountedPaths(
        conversion_type,
        tuple(map(str, channels.tolist())),
        Paths(len(channels), steps.astype(np.int64), lengths, counts, conversions),
        revenue,
        direct_counts,
        int(direct["revenue"].sum()),
    )
