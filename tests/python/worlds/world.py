"""A small company through the models, without Dagster, without a dbt process, and without a publication.

dbt compiles the project once for a set of sources; each world then runs that SQL as dbt would on its first run: raw
tables as views on the lake, each model as a table in the order of the graph, what Python computes in between, and the
data tests at the end. What dbt does beyond a model's SQL (contracts, documentation, later runs of incremental models)
is not of a world: the runs of whole companies show it.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from pprint import pformat
from typing import Any

import duckdb
import yaml

from orchestration.bounded_memory import bound_memory, connect
from orchestration.computations import Stage, computed_from, stages
from orchestration.dbt_commands import collect_garbage_rarely
from orchestration.demo_loading import load_or_serve
from orchestration.ingestion.load import SourceLoad
from orchestration.pseudonyms import keep_key
from orchestration.settings import DEMO_SOURCES, PROJECT_ROOT, Settings, source_entities
from tests.python.conftest import made_once
from tests.python.worlds.company import Company

NOW = datetime(2025, 1, 1, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Node:
    """A model or data test, compiled; `after` are the models, seeds and sources (`source:shop`) that it reads."""

    name: str
    relation: str
    materialized: str
    sql: str
    after: frozenset[str]
    severity: str = "error"


@dataclass(frozen=True)
class Compiled:
    """The project compiled for a set of sources: a warehouse with the seeds, the models in order, and the data tests.

    The models come stage by stage, each with what Python computes before it; `computed_from` has the models that each
    computed source (`source:texts`) is made from.
    """

    template: Path
    stages: tuple[tuple[Stage, tuple[Node, ...]], ...]
    computed_from: dict[str, frozenset[str]]
    tests: tuple[Node, ...]


@dataclass
class World:
    """One company in a CEM_HOME of its own."""

    settings: Settings
    company: Company
    variables: str = "{}"
    loads: dict[str, SourceLoad] = field(default_factory=dict)

    @classmethod
    def of(cls, company: Company, home: Path, *sources: str, **variables: Any) -> World:
        """The world of `company`: its `sources`, or all of the demo company's, under dbt's `variables`.

        Each set of sources is parsed once a session, and compiled once for each set of variables, in some 10 seconds
        each: let tests share them.
        """
        # Each of two workers has a core: a second thread takes a sixth more of it for tables as small as these.
        settings = Settings(home=home, sources=sources or DEMO_SOURCES, landing=home / "landing", now=NOW, threads=1)
        return cls(settings, company, json.dumps(variables, sort_keys=True))

    def load(self) -> World:
        """Write the company's systems as they are now, and bring what is new to the lake."""
        self.company.write(self.settings.home / "landing", self.settings.sources)
        self.loads = {source: load_or_serve(source, self.settings) for source in self.settings.sources}
        return self

    def build(self, *wanted: str) -> World:
        """Build all models, or those that `wanted` rest on; raises duckdb.Error with the model's name where one fails.

        Python computes what they rest on.
        """
        build_anew(self.settings, self.variables, *wanted)
        return self

    def failed_tests(self, *wanted: str) -> dict[str, list[tuple[Any, ...]]]:
        """The data tests that would stop publication, each with the first rows that break it.

        All of them, or those that read nothing but `wanted` and what those models rest on.
        """
        return failed_tests(self.settings, self.variables, *wanted)

    def query(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Ask the warehouse."""
        with _warehouse(self.settings) as connection:
            return connection.execute(sql, parameters or []).fetchall()


def build_anew(settings: Settings, variables: str = "{}", *wanted: str) -> None:
    """Make the warehouse from the lake, as dbt would on its first run: all models, or those that `wanted` rest on.

    Python computes what they rest on. Raises duckdb.Error with the model's name where one fails.
    """
    compiled = compiled_for(settings.sources, variables, settings.as_of)
    bound_memory(settings)
    keep_key(settings)
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    settings.warehouse.unlink(missing_ok=True)
    shutil.copyfile(compiled.template, settings.warehouse)
    _register_raw_tables(settings)
    needed = _needed(compiled, wanted)
    for stage, nodes in compiled.stages:
        if computations := tuple(one for one in stage.computations if f"source:{one.source}" in needed):
            replace(stage, computations=computations).compute(settings.warehouse, settings.lake, settings.clock())
            _register_raw_tables(settings)
        _create(settings, [node for node in nodes if node.name in needed])


def failed_tests(settings: Settings, variables: str = "{}", *wanted: str) -> dict[str, list[tuple[Any, ...]]]:
    """The data tests that would stop publication, each with the first rows that break it.

    All of them, or those that read nothing but `wanted` and what those models rest on.
    """
    compiled = compiled_for(settings.sources, variables, settings.as_of)
    needed = _needed(compiled, wanted)
    tests = [test for test in compiled.tests if not wanted or test.after <= needed]
    with _warehouse(settings) as connection:
        found = {
            test.name: connection.execute(f"select * from ({test.sql}) limit 3").fetchall()
            for test in tests
            if test.severity == "error"
        }
    return {name: rows for name, rows in found.items() if rows}


def _create(settings: Settings, nodes: list[Node]) -> None:
    with _warehouse(settings) as connection:
        for node in nodes:
            try:
                if node.materialized == "connected_components":
                    _create_components(connection, node)
                else:
                    kind = "view" if node.materialized == "view" else "table"
                    connection.execute(f"create {kind} {node.relation} as {node.sql}")
            except duckdb.Error as error:
                raise type(error)(f"{node.name}: {error}") from error


@contextmanager
def _warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(settings.warehouse) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


def _create_components(connection: duckdb.DuckDBPyConnection, node: Node) -> None:
    """The smallest key that each key is connected with, by union-find: what the materialization finds by joins."""
    parent: dict[Any, Any] = {}

    def root(key: Any) -> Any:
        while parent.setdefault(key, key) != key:
            key = parent[key] = parent[parent[key]]
        return key

    for key, neighbour in connection.execute(f"select key, neighbour from ({node.sql})").fetchall():
        first, second = sorted((root(key), root(neighbour)))
        parent[second] = first
    connection.execute(
        f"create table {node.relation} as select key, neighbour as component_key from ({node.sql}) limit 0"
    )
    if parent:
        connection.executemany(f"insert into {node.relation} values (?, ?)", [(key, root(key)) for key in list(parent)])


def _needed(compiled: Compiled, wanted: tuple[str, ...]) -> set[str]:
    after = {node.name: node.after for _, nodes in compiled.stages for node in nodes} | compiled.computed_from
    open_names = list(wanted or after)
    needed: set[str] = set()
    while open_names:
        name = open_names.pop()
        if name not in needed:
            needed.add(name)
            open_names += after.get(name, ())
    return needed


@functools.cache
def compiled_for(sources: tuple[str, ...], variables: str = "{}", as_of: date | None = None) -> Compiled:
    """The models' and tests' SQL, and the seeds, made once a session for a set of sources, variables (JSON) and day."""

    def compiled(home: Path) -> bytes:
        return pickle.dumps(_compile(Settings(home=home, sources=sources, as_of=as_of), variables))

    found: Compiled = pickle.loads(_made_once(f"compiled {sources} {variables} {as_of}", compiled))
    return found


def _made_once(what: str, make: Callable[[Path], bytes]) -> bytes:
    """`what` of this project: a test may work on a copy of it that it changed."""
    return made_once(hashlib.md5(f"{PROJECT_ROOT} {what}".encode()).hexdigest(), make)


def _compile(settings: Settings, variables: str) -> Compiled:
    load_nothing(settings.lake, *settings.sources)
    settings.warehouse.parent.mkdir()
    keep_key(settings)
    settings.warehouse.write_bytes(_made_once("seeds", _seeds))
    manifest = manifest_of(settings.sources)
    with dbt_environment(settings.child_environment()):
        run_dbt(manifest, "compile", "--exclude", "resource_type:unit_test", "--vars", variables)
    nodes = {unique_id: node for unique_id, node in manifest.nodes.items() if node.resource_type in ("model", "test")}
    with duckdb.connect(str(settings.warehouse)) as connection:
        for schema in sorted({node.schema for node in nodes.values()}):
            connection.execute(f"create schema if not exists {schema}")
    manifest.build_flat_graph()
    order = _in_order({key: node.depends_on.nodes for key, node in nodes.items()})
    models = [key for key in order if nodes[key].resource_type == "model"]
    return Compiled(
        settings.warehouse,
        tuple(
            (stage, tuple(_node(nodes[key]) for key in models if key in stage.nodes))
            for stage in stages(manifest.flat_graph)
        ),
        {
            f"source:{source}": frozenset(relation.split(".")[1] for relation in relations)
            for source, relations in computed_from(manifest.flat_graph).items()
        },
        # dbt has tests of columns whose model is off, and compiles none of them.
        tuple(_node(nodes[key]) for key in order if nodes[key].resource_type == "test" and nodes[key].compiled_code),
    )


def _seeds(home: Path) -> bytes:
    """A warehouse with the seeds, which no source or var changes."""
    settings = Settings(home=home, sources=DEMO_SOURCES)
    settings.warehouse.parent.mkdir()
    keep_key(settings)
    with dbt_environment(settings.child_environment()):
        run_dbt(manifest_of(settings.sources), "seed")
    return settings.warehouse.read_bytes()


def load_nothing(lake: Path, *sources: str) -> None:
    """Leave what a first load that brought no row leaves, so that dbt has raw tables to register."""
    for source in sources:
        records = lake / source / "_dlt_loads"
        records.mkdir(parents=True)
        (records / "0.jsonl").write_text('{"load_id": "0", "status": 0}\n', encoding="utf-8")


def _node(node: Any) -> Node:
    after = {_name(key) for key in node.depends_on.nodes}
    sql = node.compiled_code
    if getattr(node.config, "contract", None) and node.config.contract.enforced:
        # As dbt does: in the order of the contract, whatever the select's is.
        sql = f"select {', '.join(node.columns)} from (\n{sql}\n) as model_subq"
    return Node(
        node.name,
        f"{node.schema}.{node.name}",
        node.config.materialized,
        sql,
        frozenset(after),
        str(getattr(node.config, "severity", "error")).lower(),
    )


def _name(key: str) -> str:
    """What the node of dbt with this id is called here; a source may be called as a model is."""
    kind, _, name, *_ = key.split(".")
    return f"source:{name}" if kind == "source" else name


def _in_order(parents: Mapping[str, list[str]]) -> list[str]:
    """Each node after those it depends on, and equals by name, so that every world is built alike."""
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in parents and name not in ordered:
            for parent in sorted(parents[name]):
                visit(parent)
            ordered[name] = None

    for name in sorted(parents):
        visit(name)
    return list(ordered)


def _register_raw_tables(settings: Settings) -> None:
    """The views on the lake, made by the project's own macro."""
    manifest = manifest_of(settings.sources)
    with dbt_environment(settings.child_environment()):
        run_dbt(manifest, "run-operation", "register_raw_tables")


@functools.cache
def manifest_of(sources: tuple[str, ...]) -> Any:
    """dbt's manifest of the project with these sources, of one parse a session.

    The project is parsed with all its sources, and what belongs to others is taken out: as dbt_project.yml switches
    models on, and as dbt goes on from there. No var changes it: vars are read when a model is compiled, and no model is
    on, or reads another, by one.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder

    # A pack that was written a moment ago is not in what this process read of the project before.
    known = tuple(dict.fromkeys((*source_entities(), *sources)))

    def packed(home: Path) -> bytes:
        """As dbt keeps it from one command to the next; a pickle of it does not come back whole."""
        settings = Settings(home=home, sources=known)
        with dbt_environment(settings.child_environment()):
            found: bytes = run_dbt(None, "parse").to_msgpack(extended_mashumaro_encoder)
        return found

    manifest = Manifest.from_msgpack(_made_once(f"parsed {known}", packed), extended_mashumuro_decoder)
    _take_out(manifest, set(known).difference(sources))
    manifest.build_flat_graph()
    manifest.build_parent_and_child_maps()
    return manifest


def _take_out(manifest: Any, sources: set[str]) -> None:
    """Staging models and raw tables of `sources`, with the tests and unit tests of those models.

    What loops over the sources that are on reads the others no more.
    """
    models = {key for key, node in manifest.nodes.items() if node.fqn[1] == "staging" and node.fqn[2] in sources}
    gone = models | {key for key, table in manifest.sources.items() if table.source_name in sources}
    for key, test in list(manifest.unit_tests.items()):
        if not models.isdisjoint(test.depends_on.nodes):
            del manifest.unit_tests[key]
    for key, node in list(manifest.nodes.items()):
        if key in models or getattr(node, "attached_node", None) in models:
            del manifest.nodes[key]
        elif node.resource_type in ("model", "test"):
            node.depends_on.nodes = [parent for parent in node.depends_on.nodes if parent not in gone]


def keep_parsed(settings: Settings) -> None:
    """Leave what dbt knows of the parsed project where the first command in this home looks for it.

    dbt would parse all of it again, because the warehouse is at another path, and because the project was parsed with
    all its sources. Nothing that it parses depends on the one, and `manifest_of` sees to the other.
    """
    from dbt.contracts.files import FileHash
    from dbt.parser.manifest import PARTIAL_PARSE_FILE_NAME, extended_mashumaro_encoder

    manifest = manifest_of(settings.sources)
    credentials = dbt_credentials(settings)
    manifest.state_check.profile_hash = FileHash.from_contents(pformat(sorted(credentials.connection_info())))
    manifest.env_vars["CEM_SOURCES"] = sources = settings.child_environment()["CEM_SOURCES"]
    manifest.state_check.project_env_vars_hash = FileHash.from_contents(f"CEM_SOURCES:{sources}|")
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    parsed: bytes = manifest.to_msgpack(extended_mashumaro_encoder)
    (settings.dbt_target / PARTIAL_PARSE_FILE_NAME).write_bytes(parsed)


def dbt_credentials(settings: Settings) -> Any:
    """What dbt opens the warehouse with, by its own reading of the profile."""
    from dbt.adapters.duckdb.credentials import DuckDBCredentials
    from dbt.config.renderer import ProfileRenderer
    from dbt_common.context import set_invocation_context

    output = yaml.safe_load((PROJECT_ROOT / "profiles.yml").read_bytes())["cem_warehouse"]["outputs"]["duckdb"]
    with dbt_environment(settings.child_environment()):
        set_invocation_context(os.environ)
        return DuckDBCredentials.from_dict(ProfileRenderer({}).render_data(output))


def run_dbt(manifest: Any, *arguments: str) -> Any:
    """dbt in this process, which spares its start and a parse; the manifest, for the next time."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    collect_garbage_rarely()
    flags = ("--quiet", "--no-use-colors", "--no-write-json", "--log-level-file", "none")
    done = dbtRunner(manifest=manifest).invoke([*flags, *arguments])
    # dbt keeps the database open as long as its process lives, which is this one.
    DuckDBConnectionManager.close_all_connections()
    if not done.success:
        messages = [str(result.message) for result in getattr(done.result, "results", None) or []]
        raise AssertionError(f"dbt {' '.join(arguments)}: {done.exception or messages}")
    return done.result if arguments[0] == "parse" else manifest


@contextmanager
def dbt_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These variables instead of those that would steer dbt."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("CEM_", "DBT_"))]:
        del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
