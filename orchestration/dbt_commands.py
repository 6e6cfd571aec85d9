"""dbt in this process: no start of its own, one reading of the project (docs/decisions/0064-dbt-in-process.md)."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import threading
from collections.abc import Callable, Collection, Generator
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg


class DbtError(Exception):
    """A command of dbt's failed. The message is dbt's; `result` is what came of its nodes, where it came to any."""

    def __init__(self, message: str, result: Any = None) -> None:
        super().__init__(message)
        self.result = result


def collect_garbage_rarely() -> None:
    """dbt's project is half a million objects that stay: to look for garbage among them takes a twentieth of a run."""
    gc.set_threshold(100_000, 50, 100)


def run_dbt(*arguments: str, project: Manifest | None = None, hear: Callable[[EventMsg], None] | None = None) -> Any:
    """Run a command of dbt's and return what comes of it: a manifest of `parse`, results of what builds.

    This process's environment configures it. Without a `project` that was parsed dbt reads the project's files. `hear`
    gets each event, on the thread where it happens. dbt prints nothing. Raises DbtError where anything failed.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    collect_garbage_rarely()
    # What dbt would print it writes into its file alone, whose level follows the other where none is said.
    file_level = os.environ.get("DBT_LOG_LEVEL_FILE", "debug")
    options = ("--log-level", "none", "--log-level-file", file_level, "--no-use-colors", "--no-write-json")
    done = dbtRunner(project, [hear] if hear else []).invoke([*options, *arguments])
    # dbt keeps the database open as long as its process lives, which is this one.
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if done.exception is not None:
        raise DbtError(str(done.exception))
    if not done.success:
        messages = [str(result.message) for result in getattr(done.result, "results", ()) if result.message]
        raise DbtError(f"dbt {' '.join(arguments)}: {messages}", done.result)
    return done.result


def stream_dbt(*arguments: str, project: Manifest, names: Collection[str]) -> Generator[EventMsg, None, Any]:
    """Run a command as `run_dbt` does, give out its events of these `names` as they happen, and return what it returns.

    dbt works on a thread of its own. Where this one is interrupted, it ends; whoever leaves the generator before its
    end calls `end_dbt`.
    """
    global _running  # noqa: PLW0603
    heard: SimpleQueue[EventMsg | None] = SimpleQueue()
    outcome: Future[Any] = Future()

    def hear(event: EventMsg) -> None:
        if event.info.name in names:
            heard.put(event)

    def run() -> None:
        try:
            outcome.set_result(run_dbt(*arguments, project=project, hear=hear))
        except BaseException as error:
            outcome.set_exception(error)
        heard.put(None)

    # A daemon, because Python waits for any other thread before it calls what is registered for its exit.
    _running = threading.Thread(target=run, name="dbt", daemon=True)
    _running.start()
    try:
        while (event := heard.get()) is not None:
            yield event
    except BaseException:
        end_dbt()
        raise
    _running.join()
    return outcome.result()


# One at a time: a process has one of dbt's adapters, and a home one run.
_running: threading.Thread | None = None


def end_dbt() -> None:
    """End the command that goes on, if any, as Ctrl-C does at a terminal, and return when it has ended.

    dbt looks up when a node is done, so what its nodes ask of the warehouse is cancelled until it has. A thread that
    still asked when Python ends would end the process with an abort.
    """
    if _running is None or not _running.is_alive():
        return
    import duckdb
    from dbt.adapters.factory import FACTORY

    interrupt = ctypes.py_object(KeyboardInterrupt)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(_running.ident or 0), interrupt)
    adapter: Any
    while _running.is_alive():
        for adapter in tuple(FACTORY.adapters.values()):
            with suppress(duckdb.Error):  # it was closed at this moment
                adapter.cancel_open_connections()
        _running.join(0.1)


atexit.register(end_dbt)
