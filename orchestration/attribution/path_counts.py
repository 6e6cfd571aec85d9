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
    digest = hashlib.md5(usedforsecurity=False)
    types = connection.execute(
        "select distinct conversion_type from intermediate.int_journey__path_counts order by conversion_type"
    ).fetchall()
    found = []
    for (conversion_type,) in types:
        paths = connection.execute(
            "select distinct path from intermediate.int_journey__path_counts where conversion_type = ? order by path",
            [conversion_type],
        ).fetchall()
        rows = connection.execute(
            """
            select
                dense_rank() over (order by path) - 1 as path_number,
                cast('0x' || customer_group as bigint) as customer_group,
                path_count,
                conversion_count,
                cast(goods_amount * 10000 as bigint) as revenue
            from intermediate.int_journey__path_counts
            where conversion_type = ?
            order by all
            """,
            [conversion_type],
        ).fetchnumpy()
        texts = [path for (path,) in paths]
        digest.update(repr((conversion_type, texts)).encode())
        for column in rows.values():
            digest.update(column.tobytes())
        found.append(_counted(conversion_type, texts, rows))
    return found, digest.hexdigest()


def _counted(conversion_type: str, texts: list[str], rows: dict[str, IntArray]) -> CountedPaths:
    """Paths by their texts, which are in order, and rows of counts that name these by number."""
    direct = texts.index(DIRECT) if DIRECT in texts else len(texts)
    is_direct = rows["path_number"] == direct
    named = [text.split(_SEPARATOR) for text in texts if text != DIRECT]
    channels = sorted({name for path in named for name in path})
    number_of = {name: number for number, name in enumerate(channels)}
    place = rows["path_number"][~is_direct]
    place -= place > direct
    at, shape = (place, rows["customer_group"][~is_direct]), (len(named), GROUPS)
    counts, conversions = (
        sparse.csr_array((rows[name][~is_direct].astype(np.float64), at), shape)
        for name in ("path_count", "conversion_count")
    )
    revenue, direct_counts = np.zeros(len(named), dtype=np.int64), np.zeros(GROUPS, dtype=np.int64)
    np.add.at(revenue, place, rows["revenue"][~is_direct])
    np.add.at(direct_counts, rows["customer_group"][is_direct], rows["conversion_count"][is_direct])
    return CountedPaths(
        conversion_type,
        tuple(channels),
        Paths(
            len(channels),
            np.array([number_of[name] for path in named for name in path], dtype=np.int64),
            np.array([len(path) for path in named], dtype=np.int64),
            counts,
            conversions,
        ),
        revenue,
        direct_counts,
        int(rows["revenue"][is_direct].sum()),
    )
