"""The command line: `python -m orchestration COMMAND`, configured by the environment and a settings file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestration import progress
from orchestration.alerting.telling import open_alerts
from orchestration.backup import BackupError, back_up, restore_backup
from orchestration.bounded_memory import bound_memory
from orchestration.dbt_project import DbtParseError, current_manifest, dbt_command
from orchestration.erasure import erase
from orchestration.lock import AlreadyRunning, only_run
from orchestration.memory import MemoryLostError, remembered_relations, restore
from orchestration.metrics import query
from orchestration.packs import check_packs
from orchestration.private_home import keep_private
from orchestration.pseudonyms import keep_key
from orchestration.publishing.postgres import serve
from orchestration.publishing.postgres_connection import PostgresError
from orchestration.publishing.rollback import RollbackError, RolledBack, roll_back
from orchestration.remedies import remedy
from orchestration.run import dagster_home, open_records, run
from orchestration.settings import PROJECT_ROOT, Settings, SettingsError
from orchestration.settings_file import with_settings_file
from orchestration.state import clean, drop_warehouse
from orchestration.summary import current_version, summary
from orchestration.unchanged import stand_by_version

USAGE = """\
python -m orchestration run          load, transform, check and publish
python -m orchestration rebuild      the same, on a new warehouse, made from the lake and what is remembered
python -m orchestration erase        a run, then remove for good what the sources no longer have, and run again
python -m orchestration clean        remove what a run makes again
python -m orchestration backup FOLDER [--without-lake]    copy there what no run makes again
python -m orchestration restore BACKUP [--replace]        take it from there
python -m orchestration rollback [VERSION]                switch readers to the version before, or to VERSION
python -m orchestration alerts       what is to be looked at, and what no receiver has taken yet
python -m orchestration show         what the current published version holds
python -m orchestration query ARGS…  metrics of that version, such as: query --metrics nps --group-by metric_time__month
python -m orchestration doctor       whether this installation can run: versions, settings, disk, sources, what is there
python -m orchestration dbt ARGS…    dbt with this configuration, such as: dbt build --select orders
python -m orchestration dev          Dagster's web UI on this configuration
python -m orchestration new-source NAME FOLDER [MAPPING]    write the pack of a source from a look at its files
python -m orchestration serve-demo   the demo company's APIs on loopback, until interrupted
"""
_COMMANDS = ("run", "rebuild", "erase", "clean", "alerts", "show", "doctor", "dev", "serve-demo")
_COMMANDS_WITH_ARGUMENTS = ("backup", "restore", "rollback", "query", "dbt", "new-source")


def main(arguments: list[str]) -> int:
    """Return the exit code: 0 where everything held, 1 where a check or load failed, 2 where it could not start."""
    command, *rest = arguments or ["help"]
    if command not in (*_COMMANDS, *_COMMANDS_WITH_ARGUMENTS) or (rest and command in _COMMANDS):
        sys.stderr.write(USAGE)
        return 0 if command in ("help", "--help", "-h") else 2
    if command == "doctor":
        return _doctor()
    try:
        os.environ.update(with_settings_file(os.environ))
        settings = Settings.from_environment()
        bound_memory(settings)
        if command in ("run", "rebuild", "erase", "dbt", "dev"):
            check_packs(settings.sources)
        if command == "dbt":
            _restore_what_is_remembered(settings)
            _become([dbt_command(), *rest], settings)
        if command == "dev":
            _settle_records(settings)
            _become([str(Path(sys.executable).parent / "dagster"), "dev", "-m", "orchestration.definitions"], settings)
        if command == "new-source":
            return _new_source(rest, settings)
        if command == "serve-demo":
            return _serve_demo(settings)
        if command == "alerts":
            print(open_alerts(settings))
            return 0
        if command == "backup":
            return _back_up(rest, settings)
        if command == "restore":
            return _restore_backup(rest, settings)
        if command == "rollback":
            return _roll_back(rest, settings)
        if command == "query":
            return query(settings, rest)
        if command == "clean":
            print(clean(settings))
            return 0
        if command == "rebuild":
            drop_warehouse(settings)
        if command in ("run", "rebuild") and not run(settings):
            return 1
        if command == "erase":
            if not erase(settings):
                return 1
            progress.notice("Backups made before now still hold who was erased: remove them (docs/operate.md).")
        print(summary(current_version(settings)))
    except (
        SettingsError,
        AlreadyRunning,
        DbtParseError,
        MemoryLostError,
        BackupError,
        RollbackError,
        PostgresError,
    ) as error:
        sys.stderr.write(f"✗ {error}\n")
        return 2
    except Exception as error:
        advice = remedy(f"{type(error).__name__}: {error}", settings)
        if advice is None:
            raise
        sys.stderr.write(f"✗ {error}\n  {advice}\n")
        return 1
    print(f"checks:    {settings.quality / 'index.html'}")
    return 0


def _doctor() -> int:
    from orchestration.doctor import ERROR, doctor, report

    findings = doctor()
    print(report(findings))
    return 1 if any(finding.level == ERROR for finding in findings) else 0


def _new_source(arguments: list[str], settings: Settings) -> int:
    from orchestration.new_source.command import new_source
    from orchestration.new_source.errors import NewSourceError

    if len(arguments) not in (2, 3) or not all(arguments[:2]):
        sys.stderr.write(
            "✗ Say which source, and where its files are: make new-source NAME=web_shop FROM=/data/web_shop\n"
        )
        return 2
    name, folder, *mapping = arguments
    keep_private(settings.home)
    landing = settings.landing or settings.home / "landing"
    try:
        print(new_source(name, Path(folder), Path(mapping[0]) if mapping else None, landing, settings.home))
    except NewSourceError as error:
        sys.stderr.write(f"✗ {error}\n")
        return 2
    return 0


def _back_up(arguments: list[str], settings: Settings) -> int:
    match arguments:
        case [target] if target:
            made = back_up(settings, Path(target))
        case [target, "--without-lake"] if target:
            made = back_up(settings, Path(target), with_lake=False)
        case _:
            sys.stderr.write("✗ Say which folder backups are to be made in: make backup TO=/backups\n")
            return 2
    print(f"{made}\nIt holds the key and all personal data: keep it as you keep {settings.home}.")
    return 0


def _restore_backup(arguments: list[str], settings: Settings) -> int:
    match arguments:
        case [backup] if backup:
            contents = restore_backup(settings, Path(backup))
        case [backup, "--replace"] if backup:
            contents = restore_backup(settings, Path(backup), replace=True)
        case _:
            sys.stderr.write("✗ Say which backup: make restore FROM=/backups/cem-backup-20240131T050000Z\n")
            return 2
    print(
        f"{settings.home} is as it was at {contents.made_at}. `make run` makes the warehouse again and publishes; "
        "where somebody was erased since then, run `make erase` instead."
    )
    return 0


def _roll_back(arguments: list[str], settings: Settings) -> int:
    if len(arguments) > 1:
        sys.stderr.write(USAGE)
        return 2
    with only_run(settings.home):
        done = roll_back(settings.published, arguments[0] if arguments else None)
        stays = stand_by_version(settings)
        _tell_rollback(settings, done, stays)
        if settings.publish_postgres:
            with progress.stage("publish to PostgreSQL") as stage:
                served = serve(settings.current, settings.publish_postgres)
                stage.outcome = served.in_words()
            for notice in served.notices:
                progress.notice(notice)
    return 0


def _tell_rollback(settings: Settings, done: RolledBack, stays: bool) -> None:
    leaves = "A run that finds nothing new leaves it so; one that does" if stays else "The next run"
    print(
        f"{settings.current} is {done.current} now (as of {done.as_of}), and was {done.before}.\n"
        f"{leaves} publishes {done.following}."
    )


def _serve_demo(settings: Settings) -> int:
    from orchestration.demo_company import generate
    from orchestration.demo_company.server import serve

    keep_private(settings.home)
    generate(settings.demo_landing, settings.truth, factor=settings.demo_factor)
    serve(settings.demo_landing)
    return 0


def _restore_what_is_remembered(settings: Settings) -> None:
    """A warehouse that dbt is about to begin gets its memory first, as in a run."""
    if settings.memory.exists() and not settings.warehouse.exists():
        with only_run(settings.home):
            restore(settings.warehouse, settings.memory, remembered_relations(current_manifest(settings)))


def _settle_records(settings: Settings) -> None:
    """Put Dagster's records in order before its daemon reads them, unless a run is going on, which does so itself."""
    dagster_home(settings)
    try:
        with only_run(settings.home), open_records(settings) as instance:
            from orchestration.defs.exclusive import settle_records

            settle_records(instance, settings, None)
    except AlreadyRunning:
        pass


def _become(command: list[str], settings: Settings) -> None:
    """Turn this process into `command`, run from the project's root with the configuration in its environment."""
    keep_private(settings.home)
    keep_key(settings)
    # dbt makes the folder of its file, and neither the one above it nor the one above what it spills into.
    for folder in (settings.warehouse.parent, settings.spill):
        folder.mkdir(parents=True, exist_ok=True)
    os.chdir(PROJECT_ROOT)
    os.execve(command[0], command, {**os.environ, **settings.child_environment()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
