"""The macro `expected_spend`, as the warehouse runs it, on columns of Python."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import FloatArray
from tests.python.unit.sql_macros import sql_macro

_EXPECTED_SPEND = sql_macro("value/expected_spend.sql")


def expected_spend(model: GammaGamma, frequency: ArrayLike, spent: ArrayLike) -> FloatArray:
    """E[M | x, m] of customers with so many repeat purchases of so much in all, (n,); NaN where it is infinite."""
    rows = np.arange(np.size(frequency))
    columns = {"row": rows, **{name: np.asarray(of, dtype=float) for name, of in (("x", frequency), ("spent", spent))}}
    with duckdb.connect() as connection:
        connection.register("customers", pa.table(columns))
        connection.execute(f"create table fit as select {model.p} as p, {model.q} as q, {model.v} as v")
        spend = _EXPECTED_SPEND("fit", "customers.x", "customers.spent")
        found = connection.execute(f"select {spend} from customers, fit order by customers.row").fetchall()
    return np.array([value for (value,) in found], dtype=float)
