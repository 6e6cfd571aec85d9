"""Settings in a file, for whoever does not want to set them in every shell (docs/decisions/0079-a-settings-file.md)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from orchestration.settings import PROJECT_ROOT, SETTINGS_FILE, SettingsError, unread_variables


def settings_file(environment: Mapping[str, str], root: Path = PROJECT_ROOT) -> Path | None:
    """The file that CEM_ENV_FILE names, or `.env` in the project's folder; None where there is no such file.

    Raises SettingsError where CEM_ENV_FILE names what is no file.
    """
    named = environment.get(SETTINGS_FILE, "")
    file = Path(named) if named else root / ".env"
    if file.exists() and not file.is_dir():
        return file.absolute()
    if named:
        raise SettingsError(f"{SETTINGS_FILE} is {named}, which is not a file.")
    return None


def with_settings_file(environment: Mapping[str, str], root: Path = PROJECT_ROOT) -> dict[str, str]:
    """`environment` with what the settings file says, where the environment does not say otherwise; empty says nothing.

    Raises SettingsError, a line for each line of the file that is no NAME=value, names a variable again, or begins with
    CEM_ and is read by nothing.
    """
    file = settings_file(environment, root)
    said = _read(file) if file else {}
    return {**said, **{name: text for name, text in environment.items() if text or name not in said}}


def _read(file: Path) -> dict[str, str]:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from error
    found: dict[str, str] = {}
    problems = []
    for binding in bindings:
        if binding.error or (binding.key and binding.value is None):
            problems.append(f"{_place(file, binding)} is no NAME=value.")
        elif binding.key in found:
            problems.append(f"{_place(file, binding)} sets {binding.key} again.")
        elif binding.key and binding.value is not None:
            if hint := unread_variables([binding.key]).get(binding.key):
                problems.append(f"{_place(file, binding)} sets {binding.key}, and nothing reads it. {hint}")
            found[binding.key] = binding.value
    if problems:
        raise SettingsError("\n".join(problems))
    return found


def _place(file: Path, binding: Binding) -> str:
    # What was parsed begins with the empty lines above it.
    text = binding.original.string
    return f"{file}, line {binding.original.line + text[: len(text) - len(text.lstrip())].count(chr(10))},"
