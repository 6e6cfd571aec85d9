"""The comparison itself: that it sees what it is there to see."""

from __future__ import annotations

import duckdb
import pytest

from tests.python.spark.comparison import compare

pytestmark = pytest.mark.spark

ROWS = """
    select * from (values
        ('a', 1.50, timestamp '2018-10-31 10:00:00', 0.1),
        ('a', 1.50, timestamp '2018-10-31 10:00:00', 0.1),
        ('b', null, null, null)
    ) as t(name, amount, moment, share)
"""
TYPED = "select name, cast(amount as decimal(9, 2)) as amount, {moment} as moment, cast({share} as double) as share"


def _differences(moment: str = "moment", share: str = "share", rows: str = ROWS) -> list[str]:
    """What is found between ROWS on DuckDB and the given rows as Spark would have written them."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"create table t as {TYPED.format(moment='moment', share='share')} from ({ROWS})")
        from_spark = connection.sql(f"{TYPED.format(moment=moment, share=share)} from ({rows})")
        return compare(connection, "t", from_spark).differences


@pytest.mark.parametrize("moment", ["moment", "cast(moment as timestamptz)"])
@pytest.mark.parametrize("share", ["share", "share + 1e-12"])
def test_the_same_rows_do_not_differ(moment: str, share: str) -> None:
    assert _differences(moment, share) == []


@pytest.mark.parametrize(
    ("rows", "difference"),
    [
        (f"{ROWS} limit 2", "1 rows only on DuckDB"),
        (f"select distinct * from ({ROWS})", "1 rows only on DuckDB"),
        (f"select * replace (amount + 0.01 as amount) from ({ROWS})", "2 rows only on DuckDB"),
        (f"select * replace (moment + interval 1 hour as moment) from ({ROWS})", "2 rows only on DuckDB"),
        (f"select * replace (share + 1e-6 as share) from ({ROWS})", "2 rows in which share differs"),
        (f"select * replace (coalesce(share, 0) as share) from ({ROWS})", "1 rows in which share differs"),
    ],
)
def test_what_differs_is_told(rows: str, difference: str) -> None:
    assert _differences(rows=rows)[0].startswith(difference)


def test_another_type_is_a_difference() -> None:
    assert _differences(moment="cast(moment as string)")[0] == "moment is TIMESTAMP on DuckDB, VARCHAR on Spark"
