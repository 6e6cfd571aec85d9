"""One lake, built by both engines: the fixtures of the Spark lane.

The lake holds the demo company, and a part of Olist and of Online Retail, with what a lake has to put up with: a file
delivered again with other content, a raw table without rows, a load that was cut off, rows that go to quarantine. With
`--whole` it holds all of Olist, and more days.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration.dbt_project import dbt_command
from orchestration.settings import DEMO_SOURCES, PROJECT_ROOT, Settings
from tests.python.spark.cluster import SparkCluster, what_is_missing
from tests.python.worlds.world import build_anew, failed_tests, keep_parsed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SOURCES = (*DEMO_SOURCES, "olist", "online_retail")
ONLINE_RETAIL_DAYS = {"part": 2, "whole": 40}
# The keys by which one row in thirty is kept of a file of Olist, and by which what those rows refer to is.
ONE_IN = 30
OLIST_KEYS = {
    "olist_orders_dataset.csv": "order_id",
    "olist_order_items_dataset.csv": "order_id",
    "olist_order_payments_dataset.csv": "order_id",
    "olist_order_reviews_dataset.csv": "order_id",
    "olist_marketing_qualified_leads_dataset.csv": "mql_id",
    "olist_closed_deals_dataset.csv": "mql_id",
}
OLIST_REFERENCES = {
    "olist_customers_dataset.csv": ("customer_id", "olist_orders_dataset.csv"),
    "olist_products_dataset.csv": ("product_id", "olist_order_items_dataset.csv"),
    "olist_sellers_dataset.csv": ("seller_id", "olist_order_items_dataset.csv"),
}
LOADED_AT = datetime(2025, 6, 1, tzinfo=UTC)
CUT_OFF_LOAD = "load_id=9999999999.0"
# dbt's own tests ask what DuckDB was asked, in SQL that is dbt's, of rows that are compared; ours is kept on the types.
# What the marts are asked is asked of these rows, too, and took a tenth of the build's time; two that read every
# staging model took another tenth. `--whole` asks them all.
ASKED_ON_DUCKDB = (
    "test_name:unique",
    "test_name:not_null",
    "test_name:accepted_values",
    "test_name:relationships",
    "test_name:unique_combination,path:models/intermediate",
    "test_name:unique_combination,path:models/marts",
    "path:tests/dbt/singular/marts",
    "types_hold_what_staging_loaded",
    "order_parts_belong_to_an_order_of_their_source",
)

Starting = Future[SparkCluster]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="build all of Olist on Spark, not a thirtieth")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "spark: needs Java and requirements/spark.lock (make test-spark)")


@dataclass(frozen=True)
class Build:
    """One `dbt build` of the whole project: where its manifest is, and how long it took."""

    manifest: Path
    seconds: float


@dataclass(frozen=True)
class Dbt:
    """dbt on one engine: its own target folder, the lake that both share."""

    target: str
    settings: Settings
    target_path: Path
    remote: str = ""

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("CEM_", "DBT_", "SPARK_"))}
        environment = {
            **inherited,
            **self.settings.child_environment(),
            "CEM_SPARK_REMOTE": self.remote,
            "DBT_TARGET_PATH": str(self.target_path),
            "DBT_LOG_PATH": str(self.target_path / "logs"),
            # dbt-spark asks for Hive support with every statement; the server warns every time that it is on already.
            "PYTHONWARNINGS": "ignore::UserWarning:pyspark.sql.connect.conf",
        }
        return subprocess.Popen(
            [dbt_command(), "--no-use-colors", *arguments, "--target", self.target],
            cwd=PROJECT_ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Run dbt to its end and return what it said; a failure fails the test with dbt's own words."""
        process = self.start(*arguments)
        output, _ = process.communicate()
        if process.returncode != 0:
            pytest.fail(f"dbt {arguments[0]} failed on {self.target}:\n{output[-8000:]}")
        return output

    def build(self, *selection: str) -> Build:
        """What `selection` says, or all, of seeds, models and data tests.

        The unit tests prove logic, which no engine changes, and cost as much again.
        """
        began = time.monotonic()
        self.run("build", "--exclude-resource-type", "unit_test", *selection)
        return Build(self.target_path / "manifest.json", time.monotonic() - began)


@pytest.fixture(scope="session", autouse=True)
def spark_is_installed() -> None:
    """Every test here needs it; only CI must have it."""
    if missing := what_is_missing():
        if os.environ.get("CI"):
            pytest.fail(f"{missing}; and CI must not skip Spark.")
        pytest.skip(missing)


@pytest.fixture(scope="session")
def pool() -> Iterator[ThreadPoolExecutor]:
    """For what waits on processes of its own while the tests go on."""
    with ThreadPoolExecutor() as running:
        yield running


@pytest.fixture(scope="session")
def spark_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="session")
def server_life(spark_folder: Path, pool: ThreadPoolExecutor) -> Iterator[tuple[ExitStack, Starting]]:
    """Spark takes as long to start as the lake to fill: both go on at once."""
    with ExitStack() as life:
        yield life, pool.submit(life.enter_context, SparkCluster(spark_folder, worker_count=0))


@pytest.fixture(scope="session")
def server(server_life: tuple[ExitStack, Starting]) -> SparkCluster:
    """The Spark that builds the project: one process, which hands its tasks to nobody."""
    return server_life[1].result()


@pytest.fixture(scope="session")
def spark(server: SparkCluster, server_life: tuple[ExitStack, Starting]) -> SparkSession:
    """A session that ends with its server: to end later, it would wait for an answer."""
    return server_life[0].enter_context(_session(server))


@pytest.fixture(scope="session")
def cluster(spark_folder: Path, server_life: tuple[ExitStack, Starting]) -> Iterator[SparkCluster]:
    """Master and workers, with a catalog of their own. From here on the server is gone: it leaves them its memory."""
    life, starting = server_life
    starting.result()
    life.close()
    with SparkCluster(spark_folder / "cluster", worker_count=2) as running:
        yield running


@pytest.fixture(scope="session")
def spark_on_cluster(cluster: SparkCluster) -> Iterator[SparkSession]:
    with _session(cluster) as session:
        yield session


@contextmanager
def _session(server: SparkCluster) -> Iterator[SparkSession]:
    """A session with the settings that profiles.yml gives dbt's."""
    from pyspark.sql import SparkSession

    session = SparkSession.builder.remote(server.remote).config("spark.sql.session.timeZone", "UTC").create()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def lake(
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
    real_data: Path,
    server_life: tuple[ExitStack, Starting],
) -> Settings:
    """The settings of a CEM_HOME whose lake is filled."""
    from orchestration.demo_company import generate
    from orchestration.demo_loading import load_or_serve
    from orchestration.pseudonyms import keep_key

    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, sources=SOURCES, now=LOADED_AT, demo_factor=0.003, threads=1)
    settings.warehouse.parent.mkdir()
    keep_key(settings)
    landing = settings.demo_landing
    generate(landing, settings.truth, factor=settings.demo_factor)
    shutil.copytree(real_data / "olist", landing / "olist")
    whole = bool(pytestconfig.getoption("whole"))
    if not whole:
        _keep_a_part_of_olist(landing / "olist")
    (landing / "online_retail").mkdir()
    days = ONLINE_RETAIL_DAYS["whole" if whole else "part"]
    for file in sorted((real_data / "online_retail").glob("*.csv.gz"))[:days]:
        shutil.copy2(file, landing / "online_retail")
    _write_only_header(landing / "olist" / "product_category_name_translation.csv")
    for source in SOURCES:
        load_or_serve(source, settings)
    _deliver_olist_again(landing / "olist")
    load_or_serve("olist", settings)
    _cut_off_a_load(settings.lake / "crm")
    return settings


@pytest.fixture(scope="session")
def on_duckdb(lake: Settings) -> Dbt:
    """It need not parse the project: its models are built from the same parse."""
    keep_parsed(lake)
    return Dbt("duckdb", lake, lake.dbt_target)


@pytest.fixture(scope="session")
def on_spark(lake: Settings, server: SparkCluster) -> Dbt:
    return Dbt("spark", lake, lake.home / "dbt-spark", server.remote)


@pytest.fixture(scope="session")
def on_cluster(lake: Settings, cluster: SparkCluster) -> Dbt:
    return Dbt("spark", lake, lake.home / "dbt-spark", cluster.remote)


@pytest.fixture(scope="session")
def duckdb_seconds(lake: Settings) -> float:
    """How long DuckDB took for the models, with what Python computes in between into the lake, and for their tests."""
    began = time.monotonic()
    build_anew(lake)
    assert failed_tests(lake) == {}
    return time.monotonic() - began


@pytest.fixture(scope="session")
def spark_build(pytestconfig: pytest.Config, duckdb_seconds: float, on_spark: Dbt) -> Build:
    """From the same lake, which by now holds all that is computed."""
    return on_spark.build(*(() if pytestconfig.getoption("whole") else ("--exclude", *ASKED_ON_DUCKDB)))


def _keep_a_part_of_olist(folder: Path) -> None:
    """Of one order and lead in thirty all that belongs to it. The keys are MD5 sums: their digits are lots."""
    for name, key in OLIST_KEYS.items():
        _rewrite(folder / name, lambda rows, key=key: [row for row in rows if int(row[key], 16) % ONE_IN == 0])
    for name, (key, referring) in OLIST_REFERENCES.items():
        with (folder / referring).open(encoding="utf-8", newline="") as file:
            referred = {row[key] for row in csv.DictReader(file)}
        _rewrite(
            folder / name,
            lambda rows, key=key, referred=referred: [row for row in rows if row[key] in referred],
        )


def _write_only_header(path: Path) -> None:
    header = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{header}\n", encoding="utf-8")


def _deliver_olist_again(folder: Path) -> None:
    """New versions of two files: a row less each, and values that a row rule, or one engine's cast alone, refuses."""

    def spoil_review(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows[0]["review_score"] = "11"
        rows[1]["review_score"] = "4.5"
        rows[2]["review_answer_timestamp"] = "10:30:00"
        rows[3]["review_creation_date"] = "2017"
        return rows[:-1]

    def spoil_payment(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows[0]["payment_value"] = "-5"
        rows[1]["payment_value"] = "1_000"
        return rows[:-1]

    _rewrite(folder / "olist_order_reviews_dataset.csv", spoil_review)
    _rewrite(folder / "olist_order_payments_dataset.csv", spoil_payment)


def _rewrite(path: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    changed = change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(changed)


def _cut_off_a_load(source: Path) -> None:
    """Files of a load that has no completion record. They are no Parquet: whoever reads them fails."""
    for table in ("customers", "landing_files"):
        folder = source / table / CUT_OFF_LOAD
        folder.mkdir()
        (folder / "cut_off.parquet").write_bytes(b"half a file")
