"""Loads of every kind of source that die by SIGKILL at a chosen moment; test_crashes.py starts it as a process.

    python -m tests.python.unit.ingestion.crashing_loads FOLDER SEED MOMENTS

A moment is a number: of the n-th time that Python opens, makes, renames, links or removes a file. So the same seed dies
at the same moments however busy the machine is. Each load runs in a fork of this process, which has imported what loads
need and has no thread of its own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from hashlib import md5
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.landing_source import LandingSource
from orchestration.ingestion.load import load_source
from orchestration.ingestion.records import load_records
from tests.python.unit.ingestion.conftest import CONSENTS, NOW, Database, Home

FILES = [
    LandingSource("ads", {"campaign_days": "days_*.csv"}),
    LandingSource("messaging", {"message_events": "date=*/*.parquet"}),
    LandingSource("social", {"posts": "posts_*.jsonl"}),
]
TABLES = [("ads", "campaign_days"), ("messaging", "message_events"), ("social", "posts"), ("crm", "consents")]
CHANGES = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile", "shutil.move"}


def deliver(landing: Path, days: range) -> None:
    """What the sources have by the last of `days`: files by day, and consents that are given, changed and deleted."""
    landing.mkdir(exist_ok=True)
    consents = Database(CONSENTS, landing / "crm.sqlite", Home(landing))
    if not consents.path.exists():
        consents.create()
    for day in days:
        write_csv(landing / f"days_{day}.csv", day)
        (landing / f"date={day}").mkdir()
        message = {c.name: f"{c.name} {day}" for c in raw_contract("messaging")["message_events"]}
        rows = {**message, "occurred_at": NOW, "cost": 0.5}
        pq.write_table(pa.Table.from_pylist([rows] * day), landing / f"date={day}" / "part-0.parquet")
        post = {c.name: f"{c.name} {day}" for c in raw_contract("social")["posts"]}
        (landing / f"posts_{day}.jsonl").write_text((json.dumps(post) + "\n") * day)
        consents.execute("update consents set is_granted = 0, recorded_at = ?", f"2024-05-0{day} 00:00:00")
        consents.execute("delete from consents where consent_id = ?", f"{day - 2} of 3")
        for number in range(3):
            at = f"2024-05-0{day} 0{number}:00:00"
            consents.insert("consents", consent_id=f"{day + number} of 3", is_granted=1, recorded_at=at)


def write_csv(path: Path, day: int) -> None:
    header = ",".join(column.name for column in raw_contract("ads")["campaign_days"])
    path.write_text(header + "\n" + f"2024-05-0{day},spring,search,1000,{day},7.50,EUR\n" * day)


def load_all(landing: Path, home: Home) -> None:
    for source in FILES:
        load_source(source, landing, home.lake, home.work, NOW)
    load_records(CONSENTS.connect(f"sqlite:///{landing}/crm.sqlite"), home.lake, home.work, NOW)


def forked(work: Callable[[], None]) -> int:
    """Run `work` in a fork and return how it ended: 0, or the negative number of the signal that killed it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def content(home: Home) -> dict[str, str]:
    """A fingerprint of what a reader of each raw table sees; asked in a fork, because DuckDB starts threads."""
    target = home.folder.with_suffix(".json")

    def ask() -> None:
        rows = {table: sorted(map(repr, home.raw(source, table, "*"))) for source, table in TABLES}
        target.write_text(
            json.dumps({table: f"{len(r)} {md5(repr(r).encode()).hexdigest()}" for table, r in rows.items()})
        )

    assert forked(ask) == 0
    found: dict[str, str] = json.loads(target.read_text())
    return found


def count_moments(landing: Path, home: Home, kill_at: int | None = None) -> None:
    """Load everything; print the number of moments, or die at the one that is asked for."""
    moments = 0

    def on_event(event: str, _: tuple[object, ...]) -> None:
        nonlocal moments
        if event in CHANGES:
            moments += 1
            if moments == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(on_event)
    load_all(landing, home)
    home.folder.with_suffix(".moments").write_text(str(moments))


def main(folder: Path, seed: int, crashes: int) -> None:
    """Print a line of JSON a crash: where it was, and whether all was as it should be."""
    landing = folder / "landing"
    deliver(landing, range(1, 4))
    before = Home(folder / "before")
    before.folder.mkdir()
    empty = content(before)
    modules = folder / "modules"

    def load_and_tell() -> None:
        load_all(landing, before)
        modules.write_text("\n".join(sys.modules))

    assert forked(load_and_tell) == 0
    for name in modules.read_text().splitlines():
        # What is imported late would be imported in every fork.
        with suppress(ImportError):
            import_module(name)
    deliver(landing, range(4, 6))
    write_csv(landing / "days_1.csv", 7)
    states = {"from nothing": (empty, None), "with a former load": (content(before), before.folder)}
    randomly = random.Random(seed)
    for start, (first, copied) in states.items():
        undisturbed = Home(folder / f"undisturbed {start}")
        copy(copied, undisturbed.folder)
        assert forked(lambda home=undisturbed: count_moments(landing, home)) == 0  # type: ignore[misc]
        last = content(undisturbed)
        moments = int(undisturbed.folder.with_suffix(".moments").read_text())
        for number in range(crashes // 2):
            moment = randomly.randint(1, moments)
            home = Home(folder / f"crashed {start} {number}")
            copy(copied, home.folder)
            status = forked(lambda home=home, moment=moment: count_moments(landing, home, moment))  # type: ignore[misc]
            halfway = content(home)
            resumed = forked(lambda home=home: load_all(landing, home))  # type: ignore[misc]
            outcome = {
                "killed": status == -signal.SIGKILL,
                "shows no half of a load": all(halfway[table] in (first[table], last[table]) for _, table in TABLES),
                "resumed": resumed == 0,
                "ends as if undisturbed": content(home) == last,
            }
            complete = sum(halfway[table] == last[table] for _, table in TABLES)
            print(json.dumps({"start": start, "moment": moment, "of": moments, "complete": complete, **outcome}))


def copy(source: Path | None, target: Path) -> None:
    if source:
        shutil.copytree(source, target)
    else:
        target.mkdir()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
