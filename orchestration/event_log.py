"""Dagster's records of a run, written through connections that are kept.

Dagster makes an engine of SQLAlchemy for every event, and with it a connection and each statement's text. A run has
some thousand events, and most of what Dagster adds to a run went into that. The files stay Dagster's own: what else
reads them (`make dev`) needs nothing of this.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Self

from dagster import DagsterInstance
from dagster._core.instance import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event


class KeptEventLog(SqliteEventLogStorage):
    """Dagster's event log in SQLite, a file for each run and one over all, for a process that runs one run."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._one_at_a_time = threading.Lock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        return cls(config_value["base_dir"], inst_data)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A connection to the file of the run `run_id`, in a transaction."""
        assert run_id is not None, "each run has a file of its own"
        return self._connection(run_id, super().run_connection(run_id))

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A connection to the file over all runs, in a transaction."""
        return self._connection(INDEX_SHARD_NAME, super().index_connection())

    def dispose(self) -> None:
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()

    @contextmanager
    def _connection(self, file: str, first: AbstractContextManager[Connection]) -> Iterator[Connection]:
        """A connection that is kept, after Dagster's own, the `first`, has seen to the tables of a new file."""
        with self._one_at_a_time:
            if file not in self._engines:
                with first:
                    self._engines[file] = _engine(self.conn_string_for_shard(file))
            with self._engines[file].begin() as connection:
                yield connection


def _engine(url: str) -> Engine:
    """It does not wait for the disk at each commit: a machine that loses power loses the last events, and no file."""
    engine = create_engine(url)
    event.listen(engine, "connect", lambda connection, _: connection.execute("pragma synchronous = normal"))
    return engine


def opened_instance(records: Path) -> DagsterInstance:
    """Dagster's records in `records`, as its `dagster.yaml` has them but for the event log."""
    event_log = {
        "module": KeptEventLog.__module__,
        "class": KeptEventLog.__name__,
        # Where Dagster's own keeps it.
        "config": {"base_dir": str(records / "history" / "runs")},
    }
    return DagsterInstance.from_ref(InstanceRef.from_dir(str(records), overrides={"event_log_storage": event_log}))
