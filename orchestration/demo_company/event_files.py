"""Event files by day and month: blocks are set down as they come, and put together in the order of time at the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from orchestration.demo_company.clock import DAY, END, START
from orchestration.demo_company.writing import Columns, write_lines
from orchestration.files import partial_of

_DAYS = np.arange(START // DAY, END // DAY).astype("datetime64[D]")
_LATE_DAYS = 0.05  # share of the days on which some events arrive late
_LATE_EVENTS = 0.04  # share of the events of such a day
_ROWS_IN_A_GROUP = 65_536
_ROWS_AT_ONCE = 400_000


class EventFiles:
    """Event tables of all blocks, held in a scratch folder until they are complete."""

    def __init__(self, scratch: Path, seed: int) -> None:
        self._scratch, self._seed = scratch, seed
        scratch.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect()
        self._connection.execute(
            f"set threads = 2; set memory_limit = '1GB'; set temp_directory = '{_quoted(scratch / 'spill')}'"
        )

    def add(self, table: str, block: int, columns: Columns) -> int:
        """Set down one block's rows of a table, which are in the order of time; return how many."""
        rows = pa.table(dict(columns))
        folder = self._scratch / table
        folder.mkdir(exist_ok=True)
        pq.write_table(rows, folder / f"{block:05d}.parquet", compression="lz4", row_group_size=_ROWS_IN_A_GROUP)
        return int(rows.num_rows)

    def write_days_as_parquet(self, table: str, folder: Path, late: bool) -> None:
        """`date=…/part-0.parquet` a day that has events; with `late`, a few of some days in `part-1.parquet`."""
        for day, part, rows in self._days(table, "*", late):
            path = folder / f"date={day}" / f"part-{part}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(rows, partial_of(path))
            partial_of(path).replace(path)

    def write_days_as_json_lines(self, table: str, folder: Path) -> None:
        """`date=…/part-0.jsonl` a day, one JSON object a line, empty fields as null; late events in `part-1.jsonl`."""
        for day, part, rows in self._days(table, f"occurred_at, {self._as_json(table, 'occurred_at')} as line", True):
            write_lines(folder / f"date={day}" / f"part-{part}.jsonl", rows.column("line").to_pylist())

    def write_months_as_json_lines(self, table: str, path: Path, time: str) -> None:
        """`<path>_<month>.jsonl` a month that has rows."""
        query = f"""
            select strftime({time}::timestamp, '%Y-%m') as month, {self._as_json(table, None)} as line
            from {self._source(table)} order by {time}, {self._key(table)}
        """
        rows = self._connection.execute(query).to_arrow_table()
        months = np.array(rows.column("month").to_pylist())
        for month in np.unique(months).tolist():
            chosen = rows.column("line").filter(pa.array(months == month))
            write_lines(path.parent / f"{path.name}_{month}.jsonl", chosen.to_pylist())

    def write_distinct(self, table: str, path: Path) -> None:
        """The rows of a table, each once, in order, as one Parquet file."""
        self._copy(f"select distinct * from {self._source(table)} order by all", path)

    def write_together(self, table: str, path: Path) -> None:
        """The rows of all blocks one after the other, as one Parquet file."""
        self._copy(f"select * from {self._source(table)}", path)

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def _copy(self, query: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        batches = self._connection.execute(query).to_arrow_reader(_ROWS_IN_A_GROUP)
        with pq.ParquetWriter(partial_of(path), batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        partial_of(path).replace(path)

    def _days(self, table: str, columns: str, late: bool) -> Iterator[tuple[np.datetime64, int, Any]]:
        """Day, part and rows of each file, some days at a time."""
        rng = np.random.default_rng([self._seed, 5, len(table)])
        chosen = _DAYS[rng.random(len(_DAYS)) < _LATE_DAYS] if late else _DAYS[:0]
        late_days = "[" + ", ".join(f"date '{day}'" for day in chosen) + "]::date[]"
        # Which events are late hangs on their number alone, so that it does not depend on the order of work.
        number = f"right({self._key(table)}, 10)::bigint"
        is_late = f"list_contains({late_days}, occurred_at::date) and ({number} * 7919) % 1000 < {1000 * _LATE_EVENTS}"
        for first, following in pairwise(self._windows(table)):
            query = f"""
                select {columns}, ({is_late})::int as part
                from {self._source(table)}
                where occurred_at >= timestamp '{first}' and occurred_at < timestamp '{following}'
                order by part, occurred_at, {self._key(table)}
            """
            rows = self._connection.execute(query).to_arrow_table()
            at = rows.column("occurred_at").to_numpy().astype("datetime64[s]").astype(np.int64)
            code = rows.column("part").to_numpy() * len(_DAYS) + (at - START) // DAY
            rows = rows.drop_columns(["part"])
            edges = [0, *(np.flatnonzero(np.diff(code)) + 1).tolist(), len(code)] if len(code) else []
            for low, high in pairwise(edges):
                yield _DAYS[code[low] % len(_DAYS)], int(code[low] >= len(_DAYS)), rows.slice(low, high - low)

    def _windows(self, table: str) -> list[np.datetime64]:
        """Days that cut the three years into windows that fit into memory."""
        counts = self._connection.execute(
            f"select occurred_at::date as day, count(*) as n from {self._source(table)} group by 1"
        ).fetchnumpy()
        of_day = np.zeros(len(_DAYS), np.int64)
        of_day[(counts["day"].astype("datetime64[D]") - _DAYS[0]).astype(np.int64)] = counts["n"]
        edges, held = [_DAYS[0]], 0
        for day, count in zip(_DAYS, of_day.tolist(), strict=True):
            if held and held + count > _ROWS_AT_ONCE:
                edges.append(day)
                held = 0
            held += count
        return [*edges, _DAYS[-1] + 1]

    def _source(self, table: str) -> str:
        return f"read_parquet('{_quoted(self._scratch / table)}/*.parquet')"

    def _key(self, table: str) -> str:
        return "post_id" if table == "posts" else "event_id"

    def _as_json(self, table: str, time: str | None) -> str:
        names = self._connection.execute(f"select * from {self._source(table)} limit 0").to_arrow_table().column_names
        values = {name: f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ')" if name == time else name for name in names}
        return "to_json({" + ", ".join(f"'{name}': {value}" for name, value in values.items()) + "})::varchar"


def _quoted(path: Path) -> str:
    return path.as_posix().replace("'", "''")
