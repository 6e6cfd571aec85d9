"""The p-value of value_drivers: as near to the exact one as its source says, on the SQL that the mart runs."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import jinja2
import numpy as np
import pyarrow as pa

MACRO = Path(__file__).parents[3] / "macros/statistics/two_sided_p_value.sql"


def test_the_p_value_is_off_by_less_than_its_source_says() -> None:
    p_value = jinja2.Environment().from_string(MACRO.read_text()).module.two_sided_p_value  # type: ignore[attr-defined]
    scores = pa.table({"score": np.linspace(-40, 40, 80_001)})
    with duckdb.connect() as connection:
        connection.register("scores", scores)
        found = connection.execute(f"select score, {p_value('score')} from scores").fetchall()
        assert connection.execute(f"select {p_value('cast(null as double)')}").fetchall() == [(None,)]
    assert max(abs(value - math.erfc(abs(score) / math.sqrt(2))) for score, value in found) < 1.5e-7
    assert all(0 <= value <= 1 for _, value in found)
