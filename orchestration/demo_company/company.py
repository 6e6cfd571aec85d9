"""Runs the simulator and keeps what it wrote: the same seed and factor always leave the same company."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.demo_company import ads, catalogue, finance
from orchestration.demo_company import truth as known
from orchestration.demo_company.block import Block, blocks_of
from orchestration.demo_company.clock import MISSING, START, Floats, Ints
from orchestration.demo_company.consents import consents_export, make_consents
from orchestration.demo_company.event_files import EventFiles
from orchestration.demo_company.experience import join_orders
from orchestration.demo_company.helpdesk import helpdesk_exports, make_tickets
from orchestration.demo_company.messaging import make_messages, messages_export, responses
from orchestration.demo_company.outlook import look_out, message_effect, typical_orders
from orchestration.demo_company.people import make_people
from orchestration.demo_company.purchases import make_purchases, make_responses
from orchestration.demo_company.records import accounts_export, crm_exports, make_accounts, make_records
from orchestration.demo_company.sales import make_talks, sales_exports
from orchestration.demo_company.schemas import SQL_SOURCES
from orchestration.demo_company.shop import make_keys, make_lines, order_totals, shop_exports
from orchestration.demo_company.social import posts_export
from orchestration.demo_company.surveys import questions_export, survey_exports
from orchestration.demo_company.web import make_traffic
from orchestration.demo_company.writing import Columns, SqliteFile, write_csv, write_parquet
from orchestration.files import replace_file

SIMULATOR_VERSION = 5  # raise it with every change of what is written, so that existing landing folders are rewritten
MARKER = "_generated.json"
PEOPLE_AT_FACTOR_1 = 100_000
SOURCES = ("crm", "shop", "survey", "helpdesk", "web", "messaging", "social", "ads", "finance")
_SCRATCH = ".simulating"


def generate(landing: Path, truth: Path, *, seed: int = 1, factor: float = 0.03) -> dict[str, int]:
    """Write the nine source systems of the demo company to `landing` and what is true of it to `truth`.

    Returns the rows of each raw table, named `<source>/<table>`. Factor 1 is 100,000 people. If the landing folder
    already holds this company, nothing is written. The content is the same for the same seed and factor under the same
    versions of NumPy, Arrow, DuckDB and SQLite.

    Raises ValueError for a factor that leaves nobody, and FileExistsError if files are there that no earlier call has
    written: they may be somebody's real exports.
    """
    people = round(PEOPLE_AT_FACTOR_1 * factor)
    if people < 1:
        raise ValueError(f"The demo company needs at least one person; a factor of {factor} leaves none.")
    marker_path = landing / MARKER
    marker = _read_marker(marker_path)
    wanted = {"seed": seed, "factor": factor, "simulator_version": SIMULATOR_VERSION}
    if marker is not None and all(marker.get(name) == value for name, value in wanted.items()):
        files: list[str] = marker.get("files", [])
        if files and all((landing / name).is_file() for name in files) and _has_truth(truth):
            return dict(marker["rows"])
    if marker is None:
        _refuse_foreign_files(landing)
    # The marker comes first without files: if this call is cut off, the next one knows the folders to be its own.
    _write_marker(marker_path, {**wanted, "rows": {}, "files": []})
    for folder in (*SOURCES, _SCRATCH):
        shutil.rmtree(landing / folder, ignore_errors=True)
    try:
        rows = _simulate(landing, truth, seed, factor, people)
    finally:
        shutil.rmtree(landing / _SCRATCH, ignore_errors=True)
    written = sorted(
        path.relative_to(landing).as_posix() for source in SOURCES for path in (landing / source).rglob("*.*")
    )
    _write_marker(marker_path, {**wanted, "rows": rows, "files": written})
    return rows


def _simulate(landing: Path, truth: Path, seed: int, factor: float, people: int) -> dict[str, int]:
    """Write everything; return the rows of each raw table."""
    products = catalogue.make_products(seed)
    files = EventFiles(landing / _SCRATCH, seed)
    databases = {name: SqliteFile(landing / name / f"{name}.sqlite", tables) for name, tables in SQL_SOURCES.items()}
    rows = {f"{source}/{table}": 0 for source, tables in SQL_SOURCES.items() for table in tables}
    rows |= {"web/events": 0, "web/app_events": 0, "messaging/message_events": 0, "social/posts": 0}
    sums = _Sums()
    try:
        rows["shop/products"] = databases["shop"].append("products", catalogue.products_export(products))
        rows["survey/questions"] = databases["survey"].append("questions", questions_export())
        for block in blocks_of(people, seed):
            for name, columns in _block_exports(block, products, files, sums).items():
                source, table = name.split("/")
                if source in databases:
                    rows[name] += databases[source].append(table, columns)
                else:
                    rows[name] += files.add(table, block.index, columns)
        for database in databases.values():
            database.finish()
        files.write_days_as_parquet("events", landing / "web" / "events", late=True)
        files.write_days_as_json_lines("app_events", landing / "web" / "app_events")
        files.write_days_as_parquet("message_events", landing / "messaging" / "message_events", late=False)
        files.write_months_as_json_lines("posts", landing / "social" / "posts", "posted_at")
        files.write_distinct("identities", truth / "identities.parquet")
        files.write_together("people", truth / "people.parquet")
        files.write_together("stages", truth / "stages.parquet")
    finally:
        for database in databases.values():
            database.close()
        files.close()
    write_parquet(truth / "planted_events.parquet", known.planted_truth())
    write_parquet(truth / "offer_uplift.parquet", known.uplift_truth(sums.uplift))
    rows["ads/campaign_days"] = sum(
        write_csv(landing / "ads" / f"campaign_days_{name}.csv", columns)
        for name, columns in ads.campaign_days(seed, sums.ad_visits, sums.acquisition_costs).items()
    )
    for table, columns in finance.finance_exports(seed, factor).items():
        rows[f"finance/{table}"] = write_csv(landing / "finance" / f"{table}.csv", columns)
    return rows


class _Sums:
    """What is added up over all blocks."""

    def __init__(self) -> None:
        self.uplift: Floats = np.zeros(known.UPLIFT_SHAPE)
        self.ad_visits: Ints = np.zeros((ads.DAYS, len(ads.AD_CAMPAIGNS)), np.int64)
        self.acquisition_costs: Ints = np.zeros((36, len(ads.CHANNELS)), np.int64)  # months of the simulation


def _block_exports(block: Block, products: catalogue.Products, files: EventFiles, sums: _Sums) -> dict[str, Columns]:
    """The columns of every raw table that has rows of people; the truth goes to `files` and `sums`."""
    people = make_people(block)
    records = make_records(block, people)
    accounts = make_accounts(block, people, records)
    since = records.known()
    numbers = block.numbers(records.primary)
    reachable = records.primary[records.primary != MISSING]
    has_phone, has_email = np.zeros((2, len(people)), np.bool_)
    has_phone[records.person[reachable]] = [records.phone[i] is not None for i in reachable.tolist()]
    has_email[records.person[reachable]] = [records.email[i] is not None for i in reachable.tolist()]

    own_orders, courses = make_purchases(block, people)
    first_consents = make_consents(block, people, since, has_phone, has_email)
    messages, consents = make_messages(block, people, courses, since, has_email, first_consents)
    caused, caused_at = responses(block, messages)
    extra = make_responses(block, people, messages.person[caused], caused_at, messages.offer[caused])
    orders = join_orders([own_orders, extra])
    lines = make_lines(block, people, products, orders)
    keys = make_keys(block, people, accounts, orders)
    tickets = make_tickets(block, people, orders)
    talks = make_talks(block, people, records, orders, lines, order_totals(people, orders, lines))
    traffic = make_traffic(block, people, accounts, orders, keys, lines, tickets, messages)
    posts, post_handles = posts_export(block, people, orders, lines)

    exports: dict[str, Columns] = {
        **_of("crm", crm_exports(block, people, records)),
        "crm/consents": consents_export(block, consents, people, since, numbers),
        **_of("crm", sales_exports(block, people, records, talks)),
        "shop/accounts": accounts_export(block, people, accounts),
        **_of("shop", shop_exports(block, people, accounts, orders, keys, lines)),
        **_of("survey", survey_exports(block, people, records, orders, tickets)),
        **_of("helpdesk", helpdesk_exports(block, people, records, tickets)),
        "web/events": traffic.site,
        "web/app_events": traffic.app,
        "messaging/message_events": messages_export(block, messages, numbers),
        "social/posts": posts,
    }
    _, margin = known.basket_values(people, products)
    sums.uplift += known.uplift_sums(messages, caused, margin)
    sums.ad_visits += traffic.ad_visits
    paid = people.acquisition_channel < len(ads.CHANNELS)
    month = people.acquired[paid].astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    first_month = np.datetime64(START, "s").astype("datetime64[M]").astype(np.int64)
    np.add.at(
        sums.acquisition_costs, (month - first_month, people.acquisition_channel[paid]), people.acquisition_cents[paid]
    )
    outlook = look_out(
        people,
        courses,
        typical_orders(block, people, products, margin),
        message_effect(people, since, has_email, consents),
        finance.annual_discount_rate_at_the_end(),
    )
    files.add("people", block.index, known.people_truth(block, people, courses, orders, products, outlook))
    files.add("stages", block.index, known.stages_truth(block, people, courses, orders, talks))
    files.add(
        "identities",
        block.index,
        known.identities(block, records, accounts, orders, keys, traffic, exports, tickets.person, post_handles),
    )
    return exports


def _of(source: str, tables: dict[str, Columns]) -> dict[str, Columns]:
    return {f"{source}/{table}": columns for table, columns in tables.items()}


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


def _has_truth(truth: Path) -> bool:
    return all((truth / f"{table}.parquet").is_file() for table in known.TABLES)


def _refuse_foreign_files(landing: Path) -> None:
    present = [path for source in SOURCES for path in sorted((landing / source).rglob("*")) if path.is_file()]
    if present:
        raise FileExistsError(
            f"{present[0]} exists and was not written by the demo company (no {MARKER} in {landing}). "
            "Give the demo company a landing folder of its own, or move these files away."
        )
