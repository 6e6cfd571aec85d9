"""The command line: `python -m orchestration run` and `python -m orchestration show`."""

from __future__ import annotations

import argparse
import sys

from orchestration.settings import Settings, SettingsError


def main(arguments: list[str]) -> int:
    """Return the exit code: 0 where everything held, 1 where a check or load failed, 2 where it could not start."""
    parser = argparse.ArgumentParser(prog="python -m orchestration")
    parser.add_argument(
        "command",
        choices=["run", "show"],
        help="run: load, transform, check, publish. show: what the current published version holds.",
    )
    command = parser.parse_args(arguments).command

    from orchestration.dbt_project import DbtParseError
    from orchestration.run import AlreadyRunning, run
    from orchestration.summary import summary

    try:
        settings = Settings.from_environment()
        if command == "run" and not run(settings):
            return 1
        if not settings.current.exists():
            raise SettingsError(f"{settings.current} is not there yet: nothing has been published. Use `make run`.")
    except (SettingsError, AlreadyRunning, DbtParseError) as error:
        sys.stderr.write(f"✗ {error}\n")
        return 2
    print(summary(settings.current))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
