"""A Spark of one's own for a test, on loopback: a Spark Connect server, with a standalone master and workers or alone.

Every port is picked by the operating system, and all state lies below one folder. Stopping ends the process groups
that were started here, and no others.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psutil

LOOPBACK = "127.0.0.1"
_START_SECONDS = 120
# The tables of a test are small: compiling twice, and collecting garbage in parallel, costs more than it saves. Who
# compiles once has by default a place for it that Spark fills in ten minutes: Java then stops compiling.
_SHORT_LIVED_JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
# So does writing and compiling Java for each query, and planning it anew after each of its stages.
_SMALL_TABLES = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
    # An interpreter looks a shared subexpression up in a cache, which costs more than most of them.
    "spark.sql.subexpressionElimination.enabled": "false",
}

# A server logs each statement, several times over. What is waited for is said by three classes.
_LOGGING = """
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
logger.server.name = org.apache.spark.sql.connect.service.SparkConnectServer
logger.server.level = info
logger.master.name = org.apache.spark.deploy.master.Master
logger.master.level = info
logger.worker.name = org.apache.spark.deploy.worker.Worker
logger.worker.level = info
"""


class ClusterError(Exception):
    """A part of Spark did not come up. The message holds the end of its log."""


def what_is_missing() -> str | None:
    """What keeps Spark from running here, in words; None where nothing does."""
    if find_spec("pyspark") is None or find_spec("dbt.adapters.spark") is None:
        return "pyspark and dbt-spark are not installed: they are in requirements/spark.lock (make test-spark)"
    if not (_java_home() or shutil.which("java")):
        return "no Java: Spark needs a Java 17 or 21 runtime (Debian: openjdk-17-jre-headless)"
    return None


def _java_home() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return home if home and (Path(home) / "bin" / "java").exists() else None


@dataclass
class Part:
    """One process of the cluster, at the head of its own process group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, pattern: str) -> str:
        """The first group of `pattern` in the log, as soon as it is there.

        Raises ClusterError when the process ends, or says nothing of the kind in time.
        """
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            text = self.log.read_text(encoding="utf-8", errors="replace")
            if found := re.search(pattern, text):
                return found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        end = "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
        raise ClusterError(f"Spark's {self.name} did not start; its log ends with\n{end}")

    def kill(self) -> None:
        """End the process and what it started at once, as a machine that is switched off would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask the process to end, and insist after a while; what it started ends with it."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        self.kill()


@dataclass
class SparkCluster:
    """Master, workers of one core each and Connect server; or no worker, and the server does their work in two threads.

    Its state is in `folder`, for one cluster at a time. The catalog of a cluster is Hive's, as users have it; without
    workers it is the server's memory, and gone with it. Use it as a context manager.
    """

    folder: Path
    worker_count: int
    remote: str = ""
    workers: list[Part] = field(default_factory=list)
    _parts: list[Part] = field(default_factory=list)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    def listening_addresses(self) -> set[str]:
        """Every address on which a process of the cluster waits for connections."""
        processes = [psutil.Process(part.process.pid) for part in self._parts if part.process.poll() is None]
        family = [member for process in processes for member in (process, *process.children(recursive=True))]
        sockets = [socket for member in family for socket in _sockets(member)]
        return {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}

    def has_lost_an_executor(self) -> bool:
        """Whether the server has noticed that an executor went away."""
        return "Lost executor" in (self.folder / "connect.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End every process, the last one started first."""
        while self._parts:
            self._parts.pop().stop()

    def _start(self) -> None:
        master = self._start_workers() if self.worker_count else "local[2]"
        server = self._launch("connect", *self._connect_command(master))
        port = server.wait_for(r"Spark Connect server started at: \S+?:(\d+)")
        self.remote = f"sc://{LOOPBACK}:{port}"

    def _start_workers(self) -> str:
        any_port = ("--port", "0", "--webui-port", "0")
        master = self._launch("master", _class("master.Master"), "--host", LOOPBACK, *any_port)
        address = master.wait_for(r"Starting Spark master at (spark://\S+)")
        for number in range(1, self.worker_count + 1):
            work = ("--work-dir", str(self.folder / f"work-{number}"))
            size = ("--cores", "1", "--memory", "1g")
            name = f"worker-{number}"
            worker = self._launch(name, _class("worker.Worker"), "--host", LOOPBACK, *any_port, *size, *work, address)
            self.workers.append(worker)
        for worker in self.workers:
            worker.wait_for(r"(Successfully registered with master)")
        return address

    def _connect_command(self, master: str) -> list[str]:
        """A server as docs/engines.md has it, but small, without web pages, and with its catalog in the folder."""
        # Hive's catalog takes a sixth of the processor time of statements on small tables.
        catalog = "hive" if self.worker_count else "in-memory"
        # What a catalog of a test has lost with its machine nobody misses: Derby need not wait for the disk.
        derby = f"-Dderby.system.durability=test -Dderby.stream.error.file={self.folder / 'derby.log'}"
        metastore = f"jdbc:derby:;databaseName={self.folder / 'metastore'};create=true"
        options = {
            "spark.connect.grpc.binding.address": LOOPBACK,
            "spark.connect.grpc.binding.port": "0",
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.driver.memory": "2g",
            "spark.driver.extraJavaOptions": f"{_SHORT_LIVED_JAVA} {derby}",
            "spark.executor.extraJavaOptions": _SHORT_LIVED_JAVA,
            "spark.executor.memory": "768m",
            "spark.hadoop.javax.jdo.option.ConnectionURL": metastore,
            "spark.local.dir": str(self.folder / "scratch"),
            "spark.sql.catalogImplementation": catalog,
            "spark.sql.warehouse.dir": str(self.warehouse),
            "spark.ui.enabled": "false",
            **_SMALL_TABLES,
        }
        command = ["org.apache.spark.deploy.SparkSubmit", "--master", master]
        for name, value in options.items():
            command += ["--conf", f"{name}={value}"]
        return [*command, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]

    def _launch(self, name: str, *command: str) -> Part:
        import pyspark

        home = Path(pyspark.__file__).parent
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
        log = self.folder / f"{name}.log"
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_CONF_DIR": str(self.folder),
            # The master's REST port is a fixed one, and on by default.
            "SPARK_DAEMON_JAVA_OPTS": f"{_SHORT_LIVED_JAVA} -Dspark.master.rest.enabled=false",
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_WORKER_DIR": str(self.folder / "work"),
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(home / "bin" / "spark-class"), *command],
                cwd=self.folder,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        part = Part(name, process, log)
        self._parts.append(part)
        return part


def _sockets(process: psutil.Process) -> list[psutil._common.pconn]:
    try:
        return process.net_connections("inet")
    except psutil.NoSuchProcess:  # what has ended meanwhile waits for nobody
        return []


def _class(name: str) -> str:
    return f"org.apache.spark.deploy.{name}"
