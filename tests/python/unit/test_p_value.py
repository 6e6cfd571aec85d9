"""The p-value of value_drivers: as near to the exact one as its source says, on the SQL that the mart runs."""

from __future__ import annotations

import math

import duckdb
import numpy as np
import pyarrow as pa

from tests.python.unit.sql_macros import sql_macro

P_VALUE = sql_macro("statistics/two_sided_p_value.sql")


def test_the_p_value_is_off_by_less_than_its_source_says() -> None:
    scores = pa.table({"score": np.linspace(-40, 40, 80_001)})
    with duckdb.connect() as connection:
        connection.register("scores", scores)
        found = connection.execute(f"select score, {P_VALUE('score')} from scores").fetchall()
        assert connection.execute(f"select {P_VALUE('cast(null as double)')}").fetchall() == [(None,)]
    assert max(abs(value - math.erfc(abs(score) / math.sqrt(2))) for score, value in found) < 1.5e-7
    assert all(0 <= value <= 1 for _, value in found)
