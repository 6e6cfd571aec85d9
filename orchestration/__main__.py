"""The command line: `python -m orchestration COMMAND`, with the configuration in the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestration.dbt_project import DbtParseError, dbt_command
from orchestration.packs import check_packs
from orchestration.run import AlreadyRunning, dagster_home, run
from orchestration.settings import PROJECT_ROOT, Settings, SettingsError
from orchestration.summary import summary

USAGE = """\
python -m orchestration run          load, transform, check and publish
python -m orchestration show         what the current published version holds
python -m orchestration dbt ARGS…    dbt with this configuration, such as: dbt build --select orders
python -m orchestration dev          Dagster's web UI on this configuration
python -m orchestration serve-demo   the demo company's APIs on loopback, until interrupted
"""


def main(arguments: list[str]) -> int:
    """Return the exit code: 0 where everything held, 1 where a check or load failed, 2 where it could not start."""
    command, *rest = arguments or ["help"]
    if command not in ("run", "show", "dbt", "dev", "serve-demo") or (rest and command != "dbt"):
        sys.stderr.write(USAGE)
        return 0 if command in ("help", "--help", "-h") else 2
    try:
        settings = Settings.from_environment()
        if command in ("run", "dbt", "dev"):
            check_packs(settings.sources)
        if command == "dbt":
            _become([dbt_command(), *rest], settings)
        if command == "dev":
            dagster_home(settings)
            _become([str(Path(sys.executable).parent / "dagster"), "dev", "-m", "orchestration.definitions"], settings)
        if command == "serve-demo":
            return _serve_demo(settings)
        if command == "run" and not run(settings):
            return 1
        if not settings.current.exists():
            raise SettingsError(f"{settings.current} is not there: nothing has been published yet. Use `make run`.")
    except (SettingsError, AlreadyRunning, DbtParseError) as error:
        sys.stderr.write(f"✗ {error}\n")
        return 2
    print(summary(settings.current))
    print(f"checks:    {settings.quality / 'index.html'}")
    return 0


def _serve_demo(settings: Settings) -> int:
    from orchestration.demo_company import generate
    from orchestration.demo_company.server import serve

    generate(settings.demo_landing, settings.truth, factor=settings.demo_factor)
    serve(settings.demo_landing)
    return 0


def _become(command: list[str], settings: Settings) -> None:
    """Turn this process into `command`, run from the project's root with the configuration in its environment."""
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    os.chdir(PROJECT_ROOT)
    os.execve(command[0], command, {**os.environ, **settings.child_environment()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
