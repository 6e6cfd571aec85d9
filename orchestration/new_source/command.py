"""`make new-source`: look, propose, write, and say what is still a guess."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.ingestion.dialect import PLAIN
from orchestration.new_source.entities import WORDS
from orchestration.new_source.errors import NewSourceError
from orchestration.new_source.inspection import Table, inspect
from orchestration.new_source.mapping import read_mapping
from orchestration.new_source.pack import entities_of, files_of
from orchestration.new_source.project import add_macro, add_seed_rows, enter_in_project, guesses_in, write_files
from orchestration.new_source.proposal import Proposal, propose
from orchestration.packs import check_packs
from orchestration.settings import PROJECT_ROOT


def new_source(
    name: str, folder: Path, mapping: Path | None, landing: Path, home: Path, root: Path = PROJECT_ROOT
) -> str:
    """Write the pack of the source `name`, whose files lie in `folder`, below `root`; returns what there is to say.

    `landing` is where runs look for files, `home` where the digests of what was written are kept.
    Raises NewSourceError where there is nothing to write a pack of.
    """
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
        raise NewSourceError(f"NAME={name!r}: a source has a name of small letters and _, such as web_shop.")
    record = home / "new_source" / f"{name}.json"
    if (root / "models/staging" / name).exists() and not record.is_file():
        raise NewSourceError(
            f"NAME={name}: models/staging/{name}/ is there already, and was not written from here. Choose another name."
        )
    with TemporaryDirectory(prefix="new-source-") as work:
        tables = inspect(folder, Path(work))
        proposal = propose(name, tables, read_mapping(mapping, tables), root)
        written = write_files(files_of(proposal, root), root, record)
    entities = entities_of(proposal)
    differs = enter_in_project(name, entities, proposal.time_zone, root, record.with_suffix(".line"))
    if any(path.startswith("macros/") for path in (*written.new, *written.same)):
        add_macro(name, root)
    seeds = add_seed_rows(name, proposal.seeds, root)
    check_packs((name,), root)
    link = _link(landing / name, folder)
    parts = [
        _block("What is there", [_shown(table) for table in tables]),
        _block("What feeds what", _fed(proposal)),
        _block("Written", [*written.new, *seeds]),
        _block("Changed by somebody, and left as it is", [*written.kept, *differs]),
        _block("To look at", proposal.notes),
        _block("Still a guess (search for the word)", guesses_in(name, root)),
        f"{len(written.same)} files are as they were." if written.same else "",
        link,
        f"Now: CEM_SOURCES={name} make run. Then confirm the guesses, one by one, by removing the word.",
    ]
    return "\n".join(part for part in parts if part)


def _block(title: str, lines: tuple[str, ...] | list[str]) -> str:
    return "\n".join([f"{title}:", *(f"  {line}" for line in lines)]) + "\n" if lines else ""


def _shown(table: Table) -> str:
    columns = ", ".join(
        f"{c.name} ({c.kind.replace('_', ' ')}{'' if c.filled_count else ', empty'})" for c in table.columns
    )
    written = f", {table.dialect.told()}" if table.dialect != PLAIN else ""
    return f"{table.name}: {table.pattern}{written}, {table.row_count:,} rows: {columns}"


def _fed(proposal: Proposal) -> list[str]:
    words = {entity: word for word, entity in WORDS.items()}
    lines = []
    for feed in proposal.feeds.values():
        fields = ", ".join(
            f"{name} = {' '.join(one.sql.split())}{' (guess)' if one.is_guess else ''}"
            for name, one in feed.fields.items()
        )
        lines.append(f"{words.get(feed.entity, feed.entity)} ← {feed.table}: {fields}")
        lines += [
            f"  question {one.column}: {one.construct}, {one.lowest} to {one.highest}"
            f", {'less' if one.direction < 0 else 'more'} is better{' (guess)' if one.is_guess else ''}"
            for one in feed.questions
        ]
        lines += [
            f"  {name}: {', '.join(f'{word!r} is {code}' for word, code in one.words)}"
            for name, one in feed.fields.items()
            if one.words and one.is_guess
        ]
    currency = f"{proposal.currency}{' (guess)' if proposal.is_currency_guess else ''}"
    return [*lines, f"currency {currency}, times {proposal.time_zone or 'UTC (guess)'}"]


def _link(place: Path, folder: Path) -> str:
    """Runs look for the files in a folder of the source's name: a link leads there, where nothing else is."""
    if place.resolve() == folder.resolve():
        return ""
    if place.exists() or place.is_symlink():
        return f"{place} is there already: runs read that, and not {folder}."
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(folder.resolve(), target_is_directory=True)
    return f"{place} is a link to {folder}: runs read the files from there."
