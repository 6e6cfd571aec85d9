"""Runs the simulator and keeps its exports: the same seed and size always leave the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.demo_company.clock import Ints, SeasonalClock
from orchestration.demo_company.consents import consents_export, end_marketing, make_consents
from orchestration.demo_company.experience import survey_exports
from orchestration.demo_company.messaging import make_messages, messages_export
from orchestration.demo_company.opportunities import opportunities_export
from orchestration.demo_company.people import customers_export, make_people
from orchestration.demo_company.purchases import (
    make_lines,
    make_orders,
    make_products,
    order_totals,
    purchases_exports,
)
from orchestration.demo_company.web import web_export
from orchestration.demo_company.writing import Columns, replace_file, select_rows, write_csv

SIMULATOR_VERSION = 1  # raise it with every change of what is written, so that existing landing folders are rewritten
MARKER = "_generated.json"


def generate(landing: Path, *, seed: int = 1, customers: int = 3000) -> dict[str, int]:
    """Write the exports of the demo company to `<landing>/<source>/`; return the rows of each file set.

    A file set is named `<source>/<table>`, the monthly files of a table together. If the landing folder already holds
    this company, nothing is written. Bytes are the same for the same seed and size under the same versions of NumPy,
    Arrow and zlib.

    Raises ValueError for a size below one, and FileExistsError if files of the same names are there that no earlier
    call has written: they may be somebody's real exports.
    """
    if customers < 1:
        raise ValueError(f"The demo company needs at least one customer, not {customers}.")
    marker_path = landing / MARKER
    marker = _read_marker(marker_path)
    wanted = {"seed": seed, "customers": customers, "simulator_version": SIMULATOR_VERSION}
    if marker is not None and all(marker.get(name) == value for name, value in wanted.items()):
        sizes: dict[str, int] = marker.get("bytes", {})
        if sizes and all(_size(landing / name) == size for name, size in sizes.items()):
            return dict(marker["rows"])

    file_sets = _simulate(seed, customers)
    files = {name: columns for parts in file_sets.values() for name, columns in parts.items()}
    if marker is None:
        _refuse_foreign_files(landing, list(files))
    # The marker comes first without sizes: if this call is cut off, the next one knows the files to be its own.
    _write_marker(marker_path, {**wanted, "rows": {}, "bytes": {}})
    rows = {
        file_set: sum(write_csv(landing / name, columns) for name, columns in parts.items())
        for file_set, parts in file_sets.items()
    }
    written = {name: _size(landing / name) for name in files}
    _write_marker(marker_path, {**wanted, "rows": rows, "bytes": written})
    return rows


def _simulate(seed: int, customers: int) -> dict[str, dict[str, Columns]]:
    """Every file set with its files and their columns."""
    rng = np.random.default_rng(seed)
    clock = SeasonalClock()
    products = make_products(rng)
    people = make_people(rng, clock, customers)
    first_consents = make_consents(rng, clock, people)
    orders = make_orders(rng, clock, people)
    lines = make_lines(rng, people, products, orders)
    messages, unsubscribed = make_messages(rng, people, first_consents)
    consents = end_marketing(first_consents, unsubscribed)

    whole: dict[str, Columns] = {
        "crm/customers": customers_export(people),
        "crm/consents": consents_export(consents, people),
        "crm/opportunity_events": opportunities_export(rng, clock, people, orders, order_totals(people, orders, lines)),
        **purchases_exports(rng, people, products, orders, lines),
        **survey_exports(rng, people, orders),
    }
    file_sets = {name: {f"{name}.csv.gz": columns} for name, columns in whole.items()}
    file_sets["messaging/message_events"] = _by_month("messaging/message_events", *messages_export(messages))
    visits = web_export(rng, clock, people, products, orders, lines, messages)
    file_sets["web/events"] = _by_month("web/events", *visits)
    return file_sets


def _by_month(name: str, columns: Columns, at: Ints) -> dict[str, Columns]:
    """One file a month, of rows that are already in the order of time; a quiet month has a header only."""
    months = np.arange("2023-01", "2025-02", dtype="datetime64[M]")
    edges = np.searchsorted(at, months.astype("datetime64[s]").astype(np.int64)).tolist()
    return {
        f"{name}_{month}.csv.gz": select_rows(columns, slice(low, high))
        for month, low, high in zip(months.astype(str).tolist(), edges[:-1], edges[1:], strict=False)
    }


def _read_marker(path: Path) -> dict[str, Any] | None:
    """What an earlier call left, or None."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _write_marker(path: Path, content: dict[str, Any]) -> None:
    replace_file(path, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())


def _refuse_foreign_files(landing: Path, names: list[str]) -> None:
    present = [name for name in names if (landing / name).exists()]
    if present:
        raise FileExistsError(
            f"{landing / present[0]} exists and was not written by the demo company (no {MARKER} in {landing}). "
            "Give the demo company a landing folder of its own, or move these files away."
        )


def _size(path: Path) -> int:
    """Bytes of a file, -1 if there is none."""
    return path.stat().st_size if path.is_file() else -1
