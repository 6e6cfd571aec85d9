"""A source system that is asked for its records: a database, an API. Its changes are appended to the lake.

An extraction reads what changed since the newest record the lake holds, with an overlap, and writes the records whose
content is not what the lake holds already. So it may read the same record as often as it likes: what was there before
is asked of the lake's completed loads, and nothing is remembered anywhere else.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from orchestration.ingestion.bulk import literal, moment
from orchestration.ingestion.contract import NEW_COLUMNS, raw_contract
from orchestration.ingestion.errors import ConnectionLostError
from orchestration.ingestion.lake import LandedFile, completed_loads, landed_files, stored_rows, table_files
from orchestration.ingestion.load import SourceLoad, TableLoad, append, staging_folder
from orchestration.ingestion.losses import Loss, LossLimit
from orchestration.ingestion.missing_columns import Former

# Seconds between the attempts to read a table whose source system went away.
WAITS = (1.0, 2.0, 4.0)
ALWAYS = math.inf
# States of records that are read again in some seconds, from a database or an API.
SMALL = 100_000
_MEMORY = "1GB"
# Extraction and row as one number, which grows from state to state of a record.
_PLACE = "cast(split_part(_file_name, '/', -1) as bigint) * 1000000000000 + _file_row"
# What stands for the content of a record that is gone: from a hash of what it held, guesses could tell it.
_MARK = "md5({key})"


@dataclass(frozen=True)
class RecordTable:
    """How the records of one raw table are told apart, and how their changes are found.

    `key`: columns of the contract that name a record. `cursor`: the column, a time, that grows with each change of a
    record; None: the table is read whole every time. `whole_up_to`: as long as the lake holds no more states of its
    records, the table is read whole as well, and every content compared: what changed without a new cursor value, or
    became visible late, is then seen; ALWAYS where the cursor is the time of an event, which no correction moves.
    `overlap`: how far before the newest cursor value an extraction begins that does not read all. `compares_keys`: a
    record whose key is gone from the source is deleted; it costs a read of all keys, where not all is read anyway.
    `deleted_when`: (column, value) by which the source itself marks a deleted record. `part_of`: (column, table) of the
    record that a record is a part of, for parts of which the source does not say that they are gone: an erasure removes
    them with the whole.
    """

    key: tuple[str, ...]
    cursor: str | None
    whole_up_to: float = 0
    overlap: timedelta = timedelta(days=1)
    compares_keys: bool = False
    deleted_when: tuple[str, str] | None = None
    part_of: tuple[str, str] | None = None


class RecordSource(Protocol):
    """A connected source system.

    Both readers raise LandingError for what cannot be loaded (a missing column, another type, a damaged answer) and
    ConnectionLostError where another try may help: the table is then read again from its beginning, after a pause.
    """

    @property
    def name(self) -> str: ...

    @property
    def tables(self) -> Mapping[str, RecordTable]: ...

    @property
    def notices(self) -> list[str]:
        """What a reader should know and what stopped nothing (a new column), gathered while reading."""

    def read(self, table: str, since: str | None, former: Former) -> Iterator[pa.Table]:
        """Yield the records of `table` whose cursor is `since` or later, or has no value; all of them for None.

        `former` is what the lake holds of the table, for sources whose records may leave out what is null.

        Each batch has all columns of the contract, as text, and `_new_columns`: what a record has beyond them as a JSON
        object of texts, in the order of their names, without nulls; null where nothing is left. Rows come in the order
        of arrival. `since` is a UTC time in whole seconds, `2024-03-31T00:59:10Z`.
        """

    def keys(self, table: str) -> Iterator[pa.Table]:
        """Yield the key columns, as text, of every record of `table`. Asked only where the table compares keys."""


def load_records(
    source: RecordSource, lake: Path, work: Path, loaded_at: datetime, limit: LossLimit | None = None
) -> SourceLoad:
    """Load what changed at `source` into `lake/<source>/`; `work` is dlt's own folder, `loaded_at` the run's clock.

    Calling it again loads nothing twice. All tables become visible together, or, where the call is cut off, none.
    Raises LandingError for what the source refuses, lacks, or declares otherwise than the contract, and where more is
    gone than `limit` lets go.
    """
    contract = raw_contract(source.name)
    notices: list[str] = []
    losses: dict[str, Loss] = {}
    paths: dict[str, list[Path]] = {}
    landed: list[LandedFile] = []
    with staging_folder(work, source.name) as staging:
        for table, rule in source.tables.items():
            columns = [column.name for column in contract[table]]
            extraction = _Extraction(source.name, table, rule, columns, lake, staging, loaded_at)
            notices += extraction.read(source)
            path = staging / f"{table}.parquet"
            file, losses[table] = extraction.write(path)
            if file.row_count:
                landed.append(file)
                paths[table] = [path]
        (limit or LossLimit()).check(source.name, losses)
        # A source whose tables are all empty has been loaded as well: that is what tells it from one that was not.
        if landed or not completed_loads(lake, source.name):
            append(source.name, paths, landed, loaded_at, lake, work)
    rows = {file.table: file.row_count for file in landed}
    tables = {table: TableLoad(int(table in rows), 0, rows.get(table, 0)) for table in source.tables}
    return SourceLoad(tables, list(dict.fromkeys([*notices, *source.notices])))


def mark_parts_of_deleted(
    source: str, tables: Mapping[str, RecordTable], lake: Path, work: Path, loaded_at: datetime
) -> None:
    """Mark as deleted, in one load of `source`, the records that are a part of one that is deleted.

    The other parameters are those of `load_records`. Calling it again marks nothing twice.
    """
    contract = raw_contract(source)
    landed: list[LandedFile] = []
    paths: dict[str, list[Path]] = {}
    with staging_folder(work, source) as staging:
        for table, rule in tables.items():
            if rule.part_of is None:
                continue
            column, whole = rule.part_of
            columns = [column.name for column in contract[table]]
            extraction = _Extraction(source, table, rule, columns, lake, staging, loaded_at)
            extraction.find_parts(column, table_files(lake, source, whole))
            path = staging / f"{table}.parquet"
            file, _ = extraction.write(path)
            if file.row_count:
                landed.append(file)
                paths[table] = [path]
        if landed:
            append(source, paths, landed, loaded_at, lake, work)


class _Extraction:
    """One reading of one table, set against the states the lake holds. DuckDB spills, so memory stays bounded."""

    def __init__(
        self,
        source: str,
        table: str,
        rule: RecordTable,
        columns: list[str],
        lake: Path,
        staging: Path,
        loaded_at: datetime,
    ) -> None:
        self._source, self._table, self._rule = source, table, rule
        self._columns = [*columns, NEW_COLUMNS]
        self._loaded_at = loaded_at
        self._lake = table_files(lake, source, table)
        former = [file for (of, _), file in landed_files(lake, source).items() if of == table]
        self._known_new = frozenset(name for file in former for name in file.new_columns)
        self._states_before = sum(file.row_count for file in former)
        self._records_before = sum(file.row_count - file.superseded_row_count for file in former)
        self._name = f"{table}/{max((int(f.name.rpartition('/')[2]) for f in former), default=0) + 1:06d}"
        self._duck = duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(staging / f"{table}_spill")})
        self._duck.execute("set timezone = 'UTC'")

    def read(self, source: RecordSource) -> list[str]:
        """Read what changed, again where the source goes away, and return what is worth a notice."""
        for wait in WAITS:
            try:
                return self._read(source, self._since())
            except ConnectionLostError:
                time.sleep(wait)
        return self._read(source, self._since())

    def find_parts(self, column: str, whole: list[Path]) -> None:
        """Instead of reading: take to be gone what has in `column` the key of a record deleted in the files `whole`."""
        self._collect_rows([])
        self._compare(asked="true")
        deleted = "select null where false"
        if whole:
            deleted = f"""
                select _record_key from {stored_rows(whole)}
                group by _record_key having arg_max(_is_deleted, {_PLACE})
            """
        self._find_gone(f"not known._is_deleted and state.{_quoted(column)} in ({deleted})")

    def write(self, path: Path) -> tuple[LandedFile, Loss]:
        """Write the states that the lake does not hold yet as Parquet; return their row of the manifest, the loss."""
        self._duck.execute(
            """
            create table written as
            select *, row_number() over (order by _arrival) as _file_row from (
                select newest.* from newest
                left join known using (_record_key)
                where known._record_key is null
                    or (known._record_md5, known._is_deleted) is distinct from (newest._record_md5, newest._is_deleted)
                union all by name
                select * from gone
            )
            """
        )
        # That a record is gone is told by its key. What it held may be why it is gone, and is not written once more.
        held = (
            _quoted(c) if c in self._rule.key else f"case when not _is_deleted then {_quoted(c)} end as {_quoted(c)}"
            for c in self._columns
        )
        selected = ", ".join([*held, "_record_key", "_record_md5", "_is_deleted"])
        self._duck.execute(
            f"""
            copy (
                select {selected}, {literal(self._name)} as _file_name, 1::bigint as _file_version, _file_row,
                    {moment(self._loaded_at)} as _loaded_at
                from written order by _file_row
            ) to {literal(path)} (format parquet)
            """
        )
        # A row that makes a record visible supersedes nothing; one that ends it takes itself and the former state away.
        rows, superseded, lost, content = self._value(
            f"""
            select
                count(*),
                coalesce(sum(1 - (not written._is_deleted)::int + coalesce((not known._is_deleted)::int, 0)), 0),
                count(*) filter (written._is_deleted and not known._is_deleted),
                md5({literal(self._name)} || coalesce(bit_xor(md5_number(_record_key || written._record_md5)), 0))
            from written
            left join known using (_record_key)
            """
        )
        new = tuple(self._new_columns("(from written where not _is_deleted)"))
        self._duck.close()
        # The name is part of the content: a state that comes back is not a copy of the extraction that held it before.
        file = LandedFile(self._table, self._name, 1, content, 0, 0, rows, int(superseded), new)
        return file, Loss(lost, self._records_before)

    def _since(self) -> str | None:
        """From when on the source is read: the newest cursor value in the lake less the overlap; None: everything."""
        cursor = self._rule.cursor
        if cursor is None or self._states_before <= self._rule.whole_up_to or not self._lake:
            return None
        if not set(self._columns) - {NEW_COLUMNS} <= self._columns_of_lake:
            return None
        # A time to come must not hide what happens until then, so it does not count.
        (newest,) = self._value(
            f"""
            select max(moment)::timestamp from (
                select try_cast({_quoted(cursor)} as timestamptz) as moment from {stored_rows(self._lake)}
            )
            where isfinite(moment) and moment <= {moment(self._loaded_at)}
            """
        )
        if newest is None:
            return None
        since: datetime = (newest - self._rule.overlap).replace(microsecond=0, tzinfo=UTC)
        return since.isoformat().replace("+00:00", "Z")

    def _read(self, source: RecordSource, since: str | None) -> list[str]:
        rule = self._rule
        keys_apart = rule.compares_keys and since is not None
        # Keys come first: a record made after them arrives with the rows, one removed after them is missed next time.
        self._collect_keys(source.keys(self._table) if keys_apart else [])
        self._collect_rows(source.read(self._table, since, Former(self._known_new, self._has_value)))
        self._compare(asked="true" if rule.compares_keys else "_record_key in (select _record_key from newest)")
        self._find_gone(self._is_missing(whole=since is None) if rule.compares_keys else "false")
        where = f"{self._source}.{self._table}"
        new = self._new_columns("newest")
        missed = self._missed() if keys_apart else 0
        if missed:
            late = f"{missed:,} records became visible later than {rule.overlap} after their {rule.cursor}"
            return [*self._read(source, None), f"{where}: {late}, so the table was read whole"]
        first = [name for name in new if name not in self._known_new]
        if first and since is not None:
            # A column that is added and filled leaves the time of change as it was.
            return [
                *self._read(source, None),
                f"{where}: column {', '.join(first)} is new, so the table was read whole",
            ]
        return self._notices()

    def _new_columns(self, states: str) -> list[str]:
        """What the records of `states`, a table or query, have beyond the contract."""
        found = self._duck.execute(
            f"""
            select distinct unnest(json_keys(cast({NEW_COLUMNS} as json))) as name from {states}
            where {NEW_COLUMNS} is not null order by name
            """
        ).fetchall()
        return [name for (name,) in found]

    def _collect_keys(self, batches: Iterable[pa.Table]) -> None:
        self._duck.execute("create or replace table present (_record_key varchar)")
        for batch in batches:
            self._duck.register("batch", batch)
            self._duck.execute(f"insert into present select {self._key()} from batch where {self._has_key()}")
            self._duck.unregister("batch")

    def _collect_rows(self, batches: Iterable[pa.Table]) -> None:
        columns = ", ".join(f"{_quoted(column)} varchar" for column in self._columns)
        self._duck.execute(
            f"""
            create or replace table arrived (
                {columns}, _record_key varchar, _record_md5 varchar, _is_deleted boolean, _arrival bigint
            )
            """
        )
        texts = ", ".join(f"cast({_quoted(column)} as varchar) as {_quoted(column)}" for column in self._columns)
        deleted = "false"
        if self._rule.deleted_when:
            column, value = self._rule.deleted_when
            deleted = f"{_quoted(column)} is not distinct from {literal(value)}"
        rows = 0
        for batch in batches:
            arrival = pa.array(range(rows, rows + batch.num_rows), pa.int64())
            self._duck.register("batch", batch.append_column("_arrival", arrival))
            self._duck.execute(
                f"""
                insert into arrived
                select {", ".join(map(_quoted, self._columns))}, _record_key,
                    case when _is_deleted then {_MARK.format(key="_record_key")} else _content_md5 end,
                    _is_deleted, _arrival
                from (
                    select *, {deleted} as _is_deleted,
                        case when {self._has_key()} then {self._key()} else _content_md5 end as _record_key
                    from (select *, {self._md5()} as _content_md5 from (select {texts}, _arrival from batch))
                )
                """
            )
            self._duck.unregister("batch")
            rows += batch.num_rows

    def _compare(self, asked: str) -> None:
        """Set up `newest` (what arrived, a row a record) and `known` (states in the lake, of the records `asked`)."""
        moment_of = f"try_cast({_quoted(self._rule.cursor)} as timestamptz)" if self._rule.cursor else "null"
        self._duck.execute(
            f"""
            create or replace table newest as
            select * exclude (_age) from (
                select *, row_number() over (
                    partition by _record_key order by {moment_of} desc nulls last, _arrival desc
                ) as _age
                from arrived
            )
            where _age = 1
            """
        )
        if not self._lake:
            self._duck.execute(
                """
                create or replace table known (
                    _record_key varchar, _record_md5 varchar, _is_deleted boolean, _has_key boolean
                )
                """
            )
            return
        self._duck.execute(
            f"""
            create or replace table known as
            select _record_key, state._record_md5, state._is_deleted, state._has_key, place from (
                select
                    _record_key,
                    arg_max({{_record_md5: _record_md5, _is_deleted: _is_deleted, _has_key: {self._has_key()}}}, place)
                        as state,
                    max(place) as place
                from (select *, {_PLACE} as place from {stored_rows(self._lake)})
                where {asked}
                group by _record_key
            )
            """
        )

    def _is_missing(self, *, whole: bool) -> str:
        """Whether a record of `known` is no longer at the source, as SQL."""
        present = "select _record_key from newest"
        present += "" if whole else " union all select _record_key from present"
        # Of records without a key, keys alone do not tell whether they are still there.
        asked = "true" if whole else "known._has_key"
        return f"{asked} and not known._is_deleted and known._record_key not in ({present})"

    def _find_gone(self, is_gone: str) -> None:
        """Set up `gone`: the marks of the deleted records."""
        if not self._lake:
            self._duck.execute("create or replace table gone as select * from newest where false")
            return
        of_state = ", ".join(f"state.{_quoted(c)}" for c in self._columns if c in self._columns_of_lake)
        self._duck.execute(
            f"""
            create or replace table gone as
            select {of_state}, known._record_key, {_MARK.format(key="known._record_key")} as _record_md5,
                true as _is_deleted,
                (select count(*) from arrived) + row_number() over (order by known._record_key) as _arrival
            from {stored_rows(self._lake)} as state
            inner join known on state._record_key = known._record_key and {_PLACE} = known.place
            where {is_gone}
            """
        )

    def _missed(self) -> int:
        """Records that are at the source and neither in the lake nor among what arrived."""
        # A record that the source marks as deleted may still have its key there.
        back = "" if self._rule.deleted_when else " or known._is_deleted"
        (missed,) = self._value(
            f"""
            select count(*) from present
            left join known using (_record_key)
            where (known._record_key is null{back}) and _record_key not in (select _record_key from newest)
            """
        )
        return int(missed)

    def _notices(self) -> list[str]:
        where = f"{self._source}.{self._table}"
        arrived, records, gone, known = self._value(
            """
            select
                (select count(*) from arrived), (select count(*) from newest), (select count(*) from gone),
                (select count(*) from known where not _is_deleted)
            """
        )
        notices = []
        if arrived > records:
            key = ", ".join(self._rule.key)
            notices.append(f"{where}: {arrived - records:,} rows repeat the {key} of another; the newest state counts")
        if gone and gone == known:
            notices.append(f"{where}: all {gone:,} records are gone from the source, and count as deleted")
        return notices

    @cached_property
    def _columns_of_lake(self) -> set[str]:
        return {name for name, *_ in self._duck.execute(f"describe select * from {stored_rows(self._lake)}").fetchall()}

    def _has_value(self, column: str) -> bool:
        """Whether a state in the lake has a value for a column of the contract."""
        if not self._lake or column not in self._columns_of_lake:
            return False
        (count,) = self._value(f"select count({_quoted(column)}) from {stored_rows(self._lake)}")
        return bool(count)

    def _key(self) -> str:
        if len(self._rule.key) == 1:
            return f"cast({_quoted(self._rule.key[0])} as varchar)"
        # Escaped, so that no two keys read the same.
        parts = (rf"replace(replace({_quoted(c)}, '\', '\\'), '|', '\|')" for c in self._rule.key)
        return " || '|' || ".join(parts)

    def _has_key(self) -> str:
        return "(" + " and ".join(f"{_quoted(column)} is not null" for column in self._rule.key) + ")"

    def _md5(self) -> str:
        # As JSON, null and the empty text differ, and no two rows read the same. What is new is part of it only where
        # it is there: records do not change because there could be something.
        *declared, new = map(_quoted, self._columns)
        texts = f"[{', '.join(declared)}] || case when {new} is null then [] else [{new}] end"
        return f"md5(cast(to_json({texts}) as varchar))"

    def _value(self, query: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._duck.execute(query).fetchone()
        assert row is not None
        return row


def _quoted(column: str) -> str:
    return f'"{column}"'
