"""Whatever order things arrive in, the warehouse says what it would say had all of it come at once.

A small company whose records and event files arrive in parts that are drawn at random: late records and days,
files twice, two people's addresses mixed up and put right later, consents that were withdrawn from the source.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.demo_company.company import generate
from tests.python.integration.conftest import Project, rows_apart

PARTS = 2
PEOPLE = 150
SOURCES = ("crm", "shop", "web", "messaging", "social", "ads", "finance")
# Whose record a row is: a person's records of one system arrive together, as an extract by person would bring them.
OWNERS = {
    "crm": {
        "customers": "customer_number",
        "customer_changes": "customer_number",
        "consents": "customer_number",
        "life_events": "customer_number",
        "needs": "customer_number",
        "opportunities": "customer_number",
        "opportunity_stages": (
            "(select customer_number from whole.opportunities as o where o.opportunity_id = rows.opportunity_id)"
        ),
        "activities": "customer_number",
    },
    "shop": {
        "accounts": "account_id",
        "products": "''",
        "orders": "account_id",
        **dict.fromkeys(
            ("order_lines", "payments", "refunds"),
            "(select account_id from whole.orders as o where o.order_id = rows.order_id)",
        ),
        "subscriptions": "account_id",
        "subscription_uses": (
            "(select account_id from whole.subscriptions as s where s.subscription_id = rows.subscription_id)"
        ),
    },
}
# Columns that tell when and in how many parts it arrived.
WAY = {
    *(
        "loaded_at",
        "known_from",
        "last_loaded_at",
        "assessed_at",
        "matched_at",
        "fitted_at",
        "known_at",
        "estimated_at",
        "judged_at",
    ),
    *("file_count", "repeated_file_count", "file_row_count"),
    *("snapshot_version", "matching_version", "path_model_version", "input_md5", "content_md5"),
}
# Names that stay with what was known first, and keys made of them.
NAMES = {
    *("session_id", "former_id_count", "journey_stage_id", "customer_data_coverage_id", "customer_value_monthly_id"),
    *("customer_dimension_id", "next_stage_id"),
    *("fit_id", "clv_model_fit_id", "transaction_fit_id", "spend_fit_id", "identity_suspect_id"),
}
# Histories of what was known when: they hold more, the oftener something arrived.
HISTORIES = {"customer_id_history", "customer_timeline_corrections"}


@dataclass
class Arrival:
    """What arrives in which part."""

    whole: Path
    landing: Path
    rng: random.Random

    def __post_init__(self) -> None:
        files = sorted(path.relative_to(self.whole) for path in self.whole.rglob("*.*") if path.suffix != ".sqlite")
        self.files = [path for path in files if path.parent != Path()]
        self.part_of_file = {path: self.rng.randrange(PARTS) for path in self.files}
        self.again = self.rng.sample([path for path in self.files if path.parts[0] in ("web", "messaging")], 40)
        self.part_of_copy = {path: self.rng.randrange(PARTS) for path in self.again}
        self.owners: dict[str, int] = {"": 0}

    def part_of_owner(self, owner: str | None) -> int:
        return self.owners.setdefault(owner or "", self.rng.randrange(PARTS))

    def bring(self, part: int) -> None:
        for path in self.files:
            # What finance and the platforms book comes whole.
            if self.part_of_file[path] == part or (part == 0 and path.parts[0] in ("finance", "ads")):
                _copy(self.whole / path, self.landing / path)
            if self.part_of_copy.get(path) == part:
                _copy(self.whole / path, self.landing / path.with_name(f"again-{path.name}"))
        for source in OWNERS:
            self._bring_records(source, part)

    def _bring_records(self, source: str, part: int) -> None:
        target = self.landing / source / f"{source}.sqlite"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        with closing(sqlite3.connect(target)) as database:
            database.create_function("part_of_owner", 1, self.part_of_owner)
            database.execute("attach ? as whole", [str(self.whole / source / f"{source}.sqlite")])
            for (statement,) in database.execute("select sql from whole.sqlite_master where type = 'table'").fetchall():
                database.execute(statement)
            for table, owner in OWNERS[source].items():
                database.execute(
                    f"insert into main.{table} select * from whole.{table} as rows where part_of_owner({owner}) <= ?",
                    [part],
                )
            if source == "crm":
                self._mistakes(database, part)
            database.commit()

    def _mistakes(self, database: sqlite3.Connection, part: int) -> None:
        """Until the last part some people have the address of another; consents of others are there."""
        last = part == PARTS - 1
        customers = database.execute("select customer_number, email from customers where email is not null").fetchall()
        of_first_part = [row for row in customers if self.owners[row[0]] == 0]
        for (one, _), (_, address) in zip(of_first_part[:6:2], of_first_part[1:6:2], strict=True):
            if last:
                database.execute("update customers set updated_at = '2025-01-02' where customer_number = ?", [one])
            else:
                database.execute("update customers set email = ? where customer_number = ?", [address, one])
        if last:
            database.execute("delete from consents where consent_id in (select consent_id from consents limit 5)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("arrival")


# Hypothesis tries the simplest example first, and here it is the only one: a filter leaves it any other.
@given(st.integers(0, 2**32 - 1).filter(bool))
@settings(
    max_examples=1, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
def test_parts_in_any_order_say_what_the_whole_says(folder: Path, seed: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    generate(folder / "whole", folder / "truth", seed=seed, factor=PEOPLE / 100_000)
    arrival = Arrival(folder / "whole", folder / "landing", random.Random(seed))
    environment = {
        "CEM_SOURCES": ",".join(SOURCES),
        "CEM_LANDING": str(folder / "landing"),
        "CEM_AS_OF": "2024-12-31",
        # Two homes name a guest alike only by one key.
        "CEM_PSEUDONYM_KEY": "of both homes, for a guest is found by name",
    }
    in_parts = Project(folder / "in_parts", environment)
    (folder / "landing").mkdir()
    for part in range(PARTS):
        arrival.bring(part)
        in_parts.build(CEM_NOW=f"2025-01-{part + 2:02}T06:00:00")
    at_once = Project(folder / "at_once", {**environment, "CEM_NOW": "2025-01-05T06:00:00"})
    at_once.build_anew()
    assert renamed_differences(in_parts, at_once) == {}


def renamed_differences(one: Project, other: Project) -> dict[str, int]:
    """Rows of public models that one warehouse holds and the other does not, by table, customers named alike."""
    with duckdb.connect() as connection:
        for name, project in (("one", one), ("other", other)):
            connection.execute(f"attach '{project.warehouse_file}' as {name} (read_only)")
        connection.execute(
            """
            create table names as
            select distinct ones.customer_id as name, others.customer_id as other_name
            from one.intermediate.int_identity__customer_keys as ones
            full outer join other.intermediate.int_identity__customer_keys as others
                using (customer_namespace, source_customer_id)
            """
        )
        assert connection.execute("select name from names group by 1 having count(*) > 1").fetchall() == []
        assert connection.execute("select other_name from names group by 1 having count(*) > 1").fetchall() == []
        found = {}
        for relation in other.public_relations():
            schema, table = relation.split(".")
            if table in HISTORIES:
                continue
            columns = [
                column
                for (column,) in connection.execute(
                    "select column_name from duckdb_columns()"
                    " where (database_name, schema_name, table_name) = ('other', ?, ?)",
                    [schema, table],
                ).fetchall()
            ]
            ones, others = (_rows(connection, database, f"{schema}.{table}", columns) for database in ("one", "other"))
            if count := rows_apart(connection, ones, others):
                found[f"{schema}.{table}"] = count
        return found


def _rows(connection: duckdb.DuckDBPyConnection, database: str, table: str, columns: list[str]) -> str:
    """A view on what `table` says of the customers, by the other's names; of snapshots the newest version."""
    view = f"{database}_{table.replace('.', '_')}"
    kept = ", ".join(
        # A source's own identifier is nobody's name and stays.
        f"coalesce((select other_name from names where name = {column}), {column}) as {column}"
        if database == "one" and column.endswith("customer_id")
        else column
        for column in columns
        if column not in WAY | NAMES
    )
    newest = ""
    if "snapshot_version" in columns:
        newest = "qualify snapshot_version = max(snapshot_version) over (partition by month_date)"
    connection.execute(f"create view {view} as select {kept} from {database}.{table} {newest}")
    return view


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
