"""`make doctor`: each of its lines, broken on purpose, says what to do."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from orchestration import doctor as examined
from orchestration.demo_company.server import DemoServer
from orchestration.doctor import ERROR, OK, WARNING, Finding, doctor, report
from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.load import load_source
from orchestration.ingestion.losses import LossLimit
from orchestration.settings import PUBLISHED_FILE, Settings
from orchestration.sources import source_named
from tests.python.conftest import REPOSITORY
from tests.python.unit.ingestion.conftest import HEADER

NOW = "2024-06-01T00:00:00"


class Installation:
    """A home with a warehouse, a published version, a memory, and the advertising platforms' files as its source."""

    def __init__(self, folder: Path) -> None:
        self.landing = folder / "landing"
        self.environment = {
            "CEM_HOME": str(folder / "home"),
            "CEM_LANDING": str(self.landing),
            "CEM_SOURCES": "ads",
            "CEM_NOW": NOW,
            "CEM_ENV_FILE": str(folder / "settings.env"),
        }
        (folder / "settings.env").touch(0o600)
        (self.landing / "ads").mkdir(parents=True)
        for name in ("campaign_days_2024-01.csv", "channels.csv"):
            (self.landing / "ads" / name).write_text(f"{HEADER}\n2024-01-01,a,search,1,1,1,EUR\n")
        self.settings = Settings.from_environment(self.environment)
        self.settings.home.mkdir(mode=0o700)
        for database in (self.settings.warehouse, self.settings.published / "1" / PUBLISHED_FILE):
            database.parent.mkdir(parents=True, mode=0o700)
            with duckdb.connect(str(database)) as connection:
                connection.execute("create table t as select 1 as a")
        (self.settings.published / "current").symlink_to("1")
        for part in self.settings.home.iterdir():
            part.chmod(0o700)

    def findings(self, **variables: str) -> list[Finding]:
        return doctor({**self.environment, **variables})

    def found(self, what: str, **variables: str) -> Finding:
        (finding,) = [one for one in self.findings(**variables) if one.what == what]
        return finding

    def load(self, at: datetime, campaign: str) -> None:
        source = source_named("ads")
        (self.landing / "ads/campaign_days_2024-01.csv").write_text(
            f"{HEADER}\n2024-01-01,{campaign},search,1,1,1,EUR\n"
        )
        work = self.settings.home / "dlt"
        load_source(source, self.landing / "ads", self.settings.lake, work, at, LossLimit(1))  # type: ignore[arg-type]


@pytest.fixture
def installed(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_nothing_is_wrong_with_what_is_whole_and_nothing_is_written(installed: Installation) -> None:
    before = sorted(installed.settings.home.rglob("*"))
    findings = installed.findings()
    assert {one.what: one.level for one in findings} == dict.fromkeys(
        ("Python", "packages", "settings", "settings file", "packs", "CEM_HOME", "disk", "run", "warehouse", "memory",
         "published version", "ads", "ads loaded"), OK,
    )  # fmt: skip
    assert sorted(installed.settings.home.rglob("*")) == before
    told = report(findings).splitlines()
    assert len(told) == len(findings) + 1
    assert told[-1] == "0 errors, 0 warnings"


def test_all_settings_that_cannot_be_used_are_told_at_once(installed: Installation) -> None:
    wrong = {"CEM_SOURCES": "ads,magento", "CEM_AS_OF": "31.10.2018", "CEM_KEEP_VERSIONS": "few"}
    told = [one.told for one in installed.findings(**wrong) if one.what == "settings" and one.level == ERROR]
    assert [one.split()[0] for one in told] == ["CEM_SOURCES", "CEM_AS_OF", "CEM_KEEP_VERSIONS"]


def test_a_variable_that_nothing_reads_is_told_with_the_one_that_is_meant(installed: Installation) -> None:
    found = installed.found("settings", CEM_LANDNG="/data")
    assert (found.level, "Perhaps CEM_LANDING is meant" in found.told) == (WARNING, True)


def test_a_settings_file_counts_as_the_environment_does(installed: Installation, tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("CEM_KEEP_VERSIONS=few\nCEM_LANDNG=/data\n")
    (told,) = [one for one in installed.findings() if one.what == "settings"]
    assert told == Finding(
        ERROR, "settings", f"{file}, line 2, sets CEM_LANDNG, and nothing reads it. Perhaps CEM_LANDING is meant."
    )
    file.write_text("CEM_KEEP_VERSIONS=few\n")
    assert "CEM_KEEP_VERSIONS is 'few'" in installed.found("settings").told
    file.write_text("CEM_KEEP_VERSIONS=2\n")
    file.chmod(0o644)
    found = installed.found("settings file")
    assert (found.level, f"chmod 600 {file}" in found.told) == (WARNING, True)


def project_like(tmp_path: Path, python: str, lock: str) -> Path:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/run.lock").write_text(lock)
    (tmp_path / "pyproject.toml").write_text(f'[project]\nrequires-python = "{python}"\n')
    shutil.copy(REPOSITORY / "dbt_project.yml", tmp_path)
    return tmp_path


def test_another_python_and_packages_than_the_locked_ones_are_told(installed: Installation, tmp_path: Path) -> None:
    lines = ("duckdb==0.1", "no-such-thing==1.0", 'elsewhere==1 ; sys_platform == "no"')
    lock = "".join(f"{line} \\\n    --hash=sha256:1\n" for line in lines)
    root = project_like(tmp_path, ">=4", lock)
    found = [one for one in doctor(installed.environment, root) if one.what in ("Python", "packages", "packs")]
    assert [(one.what, one.level) for one in found] == [
        ("Python", ERROR), ("packages", ERROR), ("packages", WARNING), ("packs", ERROR),
    ]  # fmt: skip
    assert "make run PYTHON=" in found[0].told
    assert "not installed: no-such-thing. `touch requirements/run.lock`" in found[1].told
    assert "duckdb 1." in found[2].told
    assert "(locked: 0.1)" in found[2].told
    assert "ads: orchestration/sources/ads/__init__.py" in found[3].told


def test_a_home_that_others_may_read_and_one_that_is_none(installed: Installation, tmp_path: Path) -> None:
    installed.settings.warehouse.parent.chmod(0o755)
    found = installed.found("CEM_HOME")
    assert (found.level, "others may read warehouse" in found.told) == (WARNING, True)
    (tmp_path / "file").touch()
    found = installed.found("CEM_HOME", CEM_HOME=str(tmp_path / "file" / "home"))
    assert (found.level, "Give the user who runs this the right to write" in found.told) == (ERROR, True)


def test_a_folder_without_the_right_to_write(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write everywhere.
    monkeypatch.setattr(examined.os, "access", lambda path, _: Path(path).name != "warehouse")
    found = installed.found("CEM_HOME")
    assert (found.level, "nothing can be written to warehouse" in found.told) == (ERROR, True)


@pytest.mark.parametrize(("free", "level"), [(10, ERROR), (256.2, WARNING)])
def test_a_disk_that_is_nearly_full(
    free: float, level: str, installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examined.shutil, "disk_usage", lambda _: SimpleNamespace(free=int(free * (1 << 20))))
    found = installed.found("disk")
    assert (found.level, "Make room" in found.told) == (level, True)


def test_a_run_that_is_going_on_is_told_with_its_process(installed: Installation) -> None:
    home = str(installed.settings.home)
    code = (
        "import pathlib\nfrom orchestration.lock import only_run\n"
        f"with only_run(pathlib.Path({home!r})):\n    print(1, flush=True)\n    input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        found = installed.found("run")
        assert (found.level, f"process {holder.pid}" in found.told) == (WARNING, True)
        assert installed.found("warehouse").told == "the run that is going on has it"
        holder.communicate("\n")
    assert installed.found("run").level == OK


@pytest.mark.parametrize(
    ("what", "path", "advice"),
    [
        ("warehouse", lambda settings: settings.warehouse, "`make rebuild` removes it and makes it again"),
        ("published version", lambda settings: settings.current, "`make run` publishes anew"),
        ("memory", lambda settings: settings.memory, "Take it from a backup"),
    ],
)
def test_a_database_that_does_not_open(
    what: str, path: Callable[[Settings], Path], advice: str, installed: Installation
) -> None:
    broken = path(installed.settings)
    broken.parent.mkdir(exist_ok=True)
    broken.write_bytes(b"no database" * 1000)
    found = installed.found(what)
    assert (found.level, advice in found.told) == (ERROR, True)


def test_a_version_that_is_gone_and_one_that_never_was(installed: Installation) -> None:
    shutil.rmtree(installed.settings.published / "1")
    assert installed.found("published version").level == ERROR
    (installed.settings.published / "current").unlink()
    found = installed.found("published version")
    assert (found.level, "nothing has been published yet" in found.told) == (WARNING, True)


def test_files_that_are_not_there_are_missed_and_no_source_hides_another(installed: Installation) -> None:
    shutil.rmtree(installed.landing / "ads")
    (installed.landing / "olist").mkdir()
    (installed.landing / "olist/olist_order_dataset.csv").touch()
    by_name = {one.what: one for one in installed.findings(CEM_SOURCES="olist,online_retail")}
    assert (by_name["olist"].level, by_name["online_retail"].level) == (ERROR, ERROR)
    assert "olist_orders_dataset.csv" in by_name["olist"].told
    assert "no file *.csv.gz" in by_name["online_retail"].told


def test_databases_and_apis_that_do_not_answer_hold_nobody_up(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens on one port; on the other somebody does, and says nothing."""
    monkeypatch.setattr(examined, "_PATIENCE", 3.0)
    with socket.create_server(("127.0.0.1", 0)) as mute, socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
        closed.close()
        by_name = {
            one.what: one
            for one in installed.findings(
                CEM_SOURCES="crm,shop,survey,helpdesk",
                CEM_CRM_DSN=f"postgresql+psycopg://reader:hush@127.0.0.1:{mute.getsockname()[1]}/crm",
                CEM_SHOP_DSN="sqlite:////no/such/shop.sqlite",
                CEM_SURVEY_URL=f"http://127.0.0.1:{nobody}/api",
                CEM_SURVEY_TOKEN="hush-hush",
                CEM_HELPDESK_URL="no address",
            )
        }
    assert [by_name[name].level for name in ("crm", "shop", "survey", "helpdesk")] == [ERROR] * 4
    assert "has not answered within 3 s" in by_name["crm"].told
    assert "/no/such/shop.sqlite is not there" in by_name["shop"].told
    assert "CEM_SURVEY_URL" in by_name["survey"].told
    assert "CEM_HELPDESK_URL is no address" in by_name["helpdesk"].told
    assert "hush" not in report(list(by_name.values()))


def test_databases_and_apis_that_answer_are_asked_for_no_more_than_that(installed: Installation) -> None:
    for name in ("shop", "survey"):
        (installed.landing / name).mkdir()
        with closing(sqlite3.connect(installed.landing / name / f"{name}.sqlite")) as database, database:
            for table, columns in raw_contract(name).items():
                database.execute(f"create table {table} ({', '.join(f'{c.name} {c.arrives_as}' for c in columns)})")
    with DemoServer(installed.landing) as server:
        variables = {"CEM_SOURCES": "shop,survey", "CEM_SURVEY_URL": server.url("survey")}
        told = {one.what: one for one in installed.findings(**variables, CEM_SURVEY_TOKEN=server.token)}
        assert (told["shop"].level, told["shop"].told) == (OK, "its database answers, with the contract's tables")
        assert (told["survey"].level, told["survey"].told) == (OK, "its API answers")
        refused = installed.found("survey", **variables, CEM_SURVEY_TOKEN="another")
    assert (refused.level, "Set CEM_SURVEY_TOKEN to a valid one" in refused.told) == (ERROR, True)
    assert not installed.settings.lake.exists()
    with closing(sqlite3.connect(installed.landing / "shop/shop.sqlite")) as database, database:
        database.execute("drop table orders")
    lacking = installed.found("shop", CEM_SOURCES="shop")
    assert (lacking.level, "has no table orders" in lacking.told) == (ERROR, True)


def test_a_source_that_is_silent_for_longer_than_ever_before_is_told(installed: Installation) -> None:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    for days, campaign in ((0, "a"), (3, "b"), (10, "c")):
        installed.load(at + timedelta(days=days), campaign)
    fresh = installed.found("ads loaded", CEM_NOW="2024-05-16T00:00:00")
    assert (fresh.level, fresh.told) == (OK, "2024-05-11 00:00 UTC, 5 days ago")
    late = installed.found("ads loaded")
    assert (late.level, "21 days ago, longer than it ever took before (7 days)" in late.told) == (WARNING, True)
