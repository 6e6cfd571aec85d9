"""Writing a pack into the project: nothing that somebody wrote, or changed since it was written, is written over."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from orchestration.new_source.errors import NewSourceError


@dataclass(frozen=True)
class Written:
    """Paths of what was written, of what is as it would be written, and of what somebody changed, which was left."""

    new: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]


def write_files(files: dict[str, str], root: Path, record: Path) -> Written:
    """Write the pack's `files` below `root`.

    `record` keeps a digest of each file as it was written last: one with another content is somebody's own.
    What was written and is not proposed any more is removed, if nobody changed it.
    """
    before: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    new, same, kept = [], [], []
    digests: dict[str, str] = {}
    for name, text in files.items():
        path = root / name
        there = path.read_text(encoding="utf-8") if path.is_file() else None
        if there == text:
            same.append(name)
        elif there is None or _digest(there) == before.get(name):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            new.append(name)
        else:
            kept.append(name)
            continue
        digests[name] = _digest(text)
    for name in sorted(before.keys() - files.keys()):
        path = root / name
        if path.is_file() and _digest(path.read_text(encoding="utf-8")) == before[name]:
            path.unlink()
        elif path.is_file():
            kept.append(name)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(digests, indent=1, sort_keys=True), encoding="utf-8")
    return Written(tuple(new), tuple(same), tuple(kept))


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def enter_in_project(source: str, entities: list[str], time_zone: str | None, root: Path, record: Path) -> list[str]:
    """Add the source's line, switch and time zone to dbt_project.yml; returns what is there and says otherwise.

    The line is renewed where it stands as it was written last, which is kept in `record`.
    """
    path = root / "dbt_project.yml"
    text = path.read_text(encoding="utf-8")
    project = yaml.safe_load(text)
    differs = []
    listed = project["vars"]["sources"].get(source)
    line = _wrapped(f"    {source}: [", entities)
    before = record.read_text(encoding="utf-8") if record.is_file() else ""
    if listed is None:
        text = _after_block(text, "  sources:", line)
    elif listed != entities and before and before in text:
        text = text.replace(before, line)
    elif listed != entities:
        differs.append(f"dbt_project.yml lists {', '.join(listed)} of {source}; this would be {', '.join(entities)}")
    zone = project["vars"]["source_time_zones"].get(source)
    if time_zone and zone is None:
        text = _after_block(text, "  source_time_zones:", f"    {source}: {time_zone}\n")
    elif zone != time_zone:
        differs.append(f"dbt_project.yml has the time zone {zone} of {source}; this would be {time_zone or 'UTC'}")
    if source not in next(iter(project["models"].values()))["staging"]:
        switch = (
            f"      {source}:\n"
            f"        +enabled: \"{{{{ '{source}' in env_var('CEM_SOURCES', '').split(',') }}}}\"\n"
            "        base: {+materialized: table}\n"
        )
        text = _before(text, "    intermediate:\n      +schema: intermediate\n", switch)
    path.write_text(text, encoding="utf-8")
    record.write_text(line, encoding="utf-8")
    return differs


def _wrapped(start: str, entities: list[str]) -> str:
    one = start + ", ".join(entities) + "]\n"
    if len(one) <= 120:
        return one
    lines = [start.rstrip("[").rstrip() + "\n"]
    line = "      ["
    for number, entity in enumerate(entities):
        more = entity + (", " if number < len(entities) - 1 else "]")
        if len(line) + len(more) > 119:
            lines.append(line.rstrip() + "\n")
            line = "       "
        line += more
    return "".join([*lines, line + "\n"])


def _after_block(text: str, head: str, addition: str) -> str:
    """`text` with `addition` at the end of the block that the line `head` begins."""
    found = re.search(rf"^{re.escape(head)}\n(?:    .*\n)+", text, re.MULTILINE)
    if not found:
        raise NewSourceError(f"dbt_project.yml has no block {head.strip()!r}. Add {addition.strip()!r} by hand.")
    return text[: found.end()] + addition + text[found.end() :]


def _before(text: str, line: str, addition: str) -> str:
    if line not in text:
        raise NewSourceError(f"dbt_project.yml has no {line.strip()!r}. Add {addition.strip()!r} by hand.")
    return text.replace(line, addition + line, 1)


def add_macro(source: str, root: Path) -> None:
    """Describe the macro with the rules of lines where all macros are described."""
    path = root / "macros/_macros.yml"
    text = path.read_text(encoding="utf-8")
    if f"name: {source}_order_line_rules\n" not in text:
        entry = (
            f"\n  - name: {source}_order_line_rules\n"
            f'    description: "Row rules that an order line of {source} breaks by itself, whatever its order is."\n'
        )
        path.write_text(text.rstrip("\n") + "\n" + entry, encoding="utf-8")


def add_seed_rows(source: str, rows: dict[str, list[list[str]]], root: Path) -> list[str]:
    """Add `rows` to seeds by name, where they are not there; a file in order stays so. Returns what was added.

    Rows of `channel_words` begin with the source. Raises NewSourceError for a seed that is not there, and for a row
    with another number of values.
    """
    added = []
    for seed, wanted in rows.items():
        path = next(iter(sorted((root / "seeds").rglob(f"{seed}.csv"))), None)
        if path is None:
            raise NewSourceError(f"There is no seed {seed!r}: seeds/ has no file {seed}.csv.")
        text = path.read_text(encoding="utf-8")
        header, *there = list(csv.reader(io.StringIO(text)))
        is_sorted = there == sorted(there)
        lines = text.splitlines()[1:]
        for row in wanted:
            whole = [source, *row] if seed == "channel_words" and len(row) == 2 else row
            if len(whole) != len(header):
                raise NewSourceError(
                    f"A row of the seed {seed} has {', '.join(header)}; {whole} has {len(whole)} values."
                )
            line = _line(whole)
            if seed == "survey_items" and any(
                (one[0], one[2]) == (whole[0], whole[2]) and one != whole for one in there
            ):
                added.append(f"seeds/…/{seed}.csv has another row of {whole[0]}, {whole[2]}: it is left as it is")
            elif line not in lines and not (seed == "profile_attributes" and whole[0] in (one[0] for one in there)):
                lines.append(line)
                added.append(f"seeds/…/{seed}.csv: {line}")
        if is_sorted:
            lines.sort(key=_parsed)
        path.write_text("\n".join([_line(header), *lines]) + "\n", encoding="utf-8")
    return added


def _line(row: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()


_parsed: Callable[[str], list[str]] = lambda line: next(csv.reader([line]))  # noqa: E731


def guesses_in(source: str, root: Path) -> list[str]:
    """Where the pack still says that something is a guess, as `path: how many`."""
    paths = [
        root / "orchestration/sources" / source / "__init__.py",
        *sorted((root / "models/staging" / source).rglob("*.*")),
        *sorted((root / "macros/quarantine").glob(f"{source}_*.sql")),
    ]
    found = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        count = len(re.findall(r"(?i)(--|#) guess\b|: \"guess at|a guess\.\"", text))
        if block := re.search(r"set guessed_rules = \[\n(.*?)\n *\] -?%}", text, re.DOTALL):
            count += len(re.findall(r"^ {4,8}\w+\(", block.group(1), re.MULTILINE))
        if count:
            found.append(f"{path.relative_to(root)}: {count}")
    return found
