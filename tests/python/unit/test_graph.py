"""The Dagster graph: one lineage from the landing files to the published version, and nothing around the checks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest

from expectations.suites import load_suites
from orchestration import dbt_project
from orchestration.computations import computed_from, stages
from orchestration.dbt_commands import run_dbt
from orchestration.dbt_project import DbtParseError, current_manifest, parsed_project
from orchestration.defs import automation
from orchestration.defs.graph import graph
from orchestration.defs.publication import PUBLISHED
from orchestration.defs.transformation import selection
from orchestration.memory import forget, remembered_relations
from orchestration.publishing.public_models import public_models
from orchestration.settings import DEMO_SOURCES, PROJECT_ROOT, Settings
from tests.python.worlds.world import dbt_environment


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("graph")
    return Settings(home=home, sources=(*DEMO_SOURCES, "olist"), landing=home)


@pytest.fixture(scope="module")
def manifest(settings: Settings) -> Path:
    return current_manifest(settings)


@pytest.fixture(scope="module")
def repository(settings: Settings, manifest: Path) -> dg.RepositoryDefinition:
    return graph(settings, manifest).get_repository_def()


def ancestors(repository: dg.RepositoryDefinition, key: dg.AssetKey) -> set[dg.AssetKey]:
    assets = repository.asset_graph
    found: set[dg.AssetKey] = set()
    waiting = [key]
    while waiting:
        for parent in assets.get(waiting.pop()).parent_keys:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def test_the_published_version_descends_from_every_raw_table_in_one_lineage(
    repository: dg.RepositoryDefinition,
) -> None:
    upstream = ancestors(repository, PUBLISHED)
    for key in (["olist", "orders"], ["olist", "leads"], ["crm", "customers"], ["web", "events"]):
        assert dg.AssetKey(key) in upstream
    assert dg.AssetKey(["demo_company", "landing"]) in upstream
    assert dg.AssetKey(["staging", "base_olist__orders"]) in upstream


def test_every_mart_is_of_the_group_that_its_folder_is_called_by(manifest: Path) -> None:
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    marts = [node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] == "marts"]
    assert [node["name"] for node in marts if node["group"] != node["fqn"][2]] == []


def test_groups_are_layers_and_domains(repository: dg.RepositoryDefinition) -> None:
    assets = repository.asset_graph
    groups = {key: assets.get(key).group_name for key in assets.materializable_asset_keys}
    assert "default" not in groups.values()
    for path, group in {
        "olist/orders": "ingestion",
        "staging/base_olist__orders": "staging_olist",
        "staging/stg_olist__orders": "staging_olist",
        "intermediate/int_clock__as_of": "intermediate_clock",
        "behavioural/orders": "behavioural",
        "valuation/history_scores": "valuation",
        "marts/customer_value": "marts_value",
        "published/current": "publication",
    }.items():
        assert groups[dg.AssetKey(path.split("/"))] == group


def test_what_python_computes_and_what_dbt_builds_are_one_lineage(
    repository: dg.RepositoryDefinition,
) -> None:
    value = dg.AssetKey(["marts", "customer_equity_monthly"])
    upstream = ancestors(repository, value)
    assert dg.AssetKey(["valuation", "history_scores"]) in upstream
    assert dg.AssetKey(["intermediate", "int_value__counted_histories"]) in upstream
    before = ancestors(repository, dg.AssetKey(["valuation", "history_scores"]))
    assert dg.AssetKey(["behavioural", "orders"]) in before
    assert not [key for key in before if key.path[0] == "marts"]
    proposed = ancestors(repository, dg.AssetKey(["marts", "identity_candidates"]))
    assert dg.AssetKey(["matching", "scored_pairs"]) in proposed
    compared = ancestors(repository, dg.AssetKey(["matching", "scored_pairs"]))
    assert dg.AssetKey(["restricted", "int_identity__compared_records"]) in compared
    assert not [key for key in compared if key.path[0] == "marts"]

    upstream = ancestors(repository, dg.AssetKey(["marts", "satisfaction_model"]))
    assert dg.AssetKey(["constructs", "path_estimates"]) in upstream
    assert dg.AssetKey(["intermediate", "int_satisfaction__construct_answers"]) in upstream

    upstream = ancestors(repository, dg.AssetKey(["marts", "attribution"]))
    assert dg.AssetKey(["attribution", "channel_credits"]) in upstream
    assert dg.AssetKey(["intermediate", "int_journey__path_counts"]) in upstream

    upstream = ancestors(repository, dg.AssetKey(["marts", "sentiment_accuracy"]))
    assert dg.AssetKey(["texts", "text_scores"]) in upstream
    before = ancestors(repository, dg.AssetKey(["texts", "text_scores"]))
    assert dg.AssetKey(["restricted", "review_comments"]) in before
    assert not [key for key in before if key.path[0] == "marts"]


def test_dbt_runs_thrice_and_what_it_selects_is_what_the_order_says(
    repository: dg.RepositoryDefinition, manifest: Path
) -> None:
    project = json.loads(manifest.read_bytes())
    found = stages(project)
    assert [[one.source for one in stage.computations] for stage in found] == [
        [],
        ["valuation", "matching", "texts", "constructs", "profiling", "attribution"],
        ["trends"],
    ]
    steps = {step.node_def.name: step for step in repository.asset_graph.assets_defs if step.is_executable}
    selected = [
        steps["models"],
        steps["models_valuation_matching_texts_constructs_profiling_attribution"],
        steps["models_trends"],
    ]
    for step, stage in zip(selected, found, strict=True):
        nodes = [node for key, node in project["nodes"].items() if key in stage.nodes]
        assert {key.path[-1] for key in step.keys} == {
            node["name"] for node in nodes if node["resource_type"] in ("model", "seed")
        }
        checked = {key.name for key in step.check_keys}
        assert checked
        assert checked <= {node["name"] for node in nodes if node["resource_type"] == "test"}


def test_what_somebody_picks_in_the_ui_is_what_dbt_builds(
    repository: dg.RepositoryDefinition, settings: Settings, manifest: Path
) -> None:
    """One model, one of its tests, and a test of another model; not what else is there of them."""
    orders, payments = dg.AssetKey(["behavioural", "orders"]), dg.AssetKey(["behavioural", "payments"])
    checks = {
        dg.AssetCheckKey(orders, "unique_orders_order_id"),
        dg.AssetCheckKey(payments, "unique_payments_payment_id"),
    }
    assert checks <= repository.asset_graph.asset_check_keys
    picked = SimpleNamespace(is_subset=True, selected_asset_keys={orders}, selected_asset_check_keys=checks)
    first, *_ = stages(json.loads(manifest.read_bytes()))
    with dbt_environment(settings.child_environment()):
        found = run_dbt("ls", "--output", "name", *selection(first, picked), project=parsed_project(settings))
    assert sorted(found) == ["orders", "unique_orders_order_id", "unique_payments_payment_id"]


def test_what_a_computation_reads_is_what_its_source_says(manifest: Path) -> None:
    """Or it could have its turn before what it reads is built."""
    for source, relations in computed_from(json.loads(manifest.read_bytes())).items():
        files = (PROJECT_ROOT / "orchestration" / source).glob("*.py")
        code = "".join(file.read_text(encoding="utf-8") for file in files)
        assert set(re.findall(r"\b(?:(?:intermediate|restricted)\.int_|marts\.)\w+", code)) == set(relations)


def test_every_public_model_is_published_and_no_restricted_one(
    manifest: Path, repository: dg.RepositoryDefinition
) -> None:
    published = repository.asset_graph.get(PUBLISHED).parent_keys
    assert published == {dg.AssetKey([model.schema, model.name]) for model in public_models(manifest)}
    assert {key.path[0] for key in published} == {"descriptive", "behavioural", "attitudinal", "interaction", "marts"}


def test_what_is_published_by_month_has_its_time_in_a_column_and_its_key_in_the_first(manifest: Path) -> None:
    """By both its rows are sorted, so that the same rows are the same file."""
    by_month = {model.name: model.month_column for model in public_models(manifest) if model.month_column}
    assert by_month["customer_timeline"] == by_month["web_events"] == "occurred_at"
    nodes = json.loads(manifest.read_bytes())["nodes"]
    for name, column in by_month.items():
        columns = nodes[f"model.cem_warehouse.{name}"]["columns"]
        assert columns[column]["data_type"] in ("timestamp", "date")
        unique = {
            node["column_name"]
            for node in nodes.values()
            if node.get("attached_node") == f"model.cem_warehouse.{name}" and node["test_metadata"]["name"] == "unique"
        }
        assert next(iter(columns)) in unique


def test_what_yaml_says_of_personal_data_reaches_publication(manifest: Path) -> None:
    personal = {
        f"{model.name}.{name}": kind for model in public_models(manifest) for name, kind in model.personal_data.items()
    }
    assert personal["customers.customer_id"] == personal["customer_records.birth_year"] == "indirect"
    assert set(personal.values()) == {"indirect"}


def test_every_suite_is_a_blocking_check_of_an_asset_of_the_graph(repository: dg.RepositoryDefinition) -> None:
    assets = repository.asset_graph
    checks = {key for key in assets.asset_check_keys if key.name == "expectations"}
    assert all(assets.get_check_spec(key).blocking for key in checks)
    on_sources = [suite for suite in load_suites("raw") if suite.schema != "raw_online_retail"]
    assert len(checks) == len(on_sources) + len(load_suites("marts"))
    assert {key.asset_key for key in checks} <= set(assets.get_all_asset_keys())


def test_dbt_tests_are_asset_checks(repository: dg.RepositoryDefinition) -> None:
    names = {key.name for key in repository.asset_graph.asset_check_keys}
    assert "unique_orders_order_id" in names


def test_no_step_runs_without_the_lock_whoever_starts_it(repository: dg.RepositoryDefinition) -> None:
    """A job of Dagster's holds the resources that its steps require, from its first step to its last."""
    for name, least in {"refresh": 20, "__ASSET_JOB": 20, "ingest_shop": 2}.items():
        job = repository.get_job(name)
        steps = job.all_node_defs
        assert len(steps) > least
        assert not [step.name for step in steps if "only_run" not in step.required_resource_keys]
        assert job.executor_def is dg.in_process_executor


def test_sources_that_are_off_are_not_in_the_graph(repository: dg.RepositoryDefinition) -> None:
    assert not [key for key in repository.asset_graph.get_all_asset_keys() if key.path[0] == "online_retail"]


def test_a_scheduler_finds_one_job_for_all_of_it_and_one_a_source(
    settings: Settings, repository: dg.RepositoryDefinition
) -> None:
    assert repository.has_job("refresh")
    assert [schedule.name for schedule in repository.schedule_defs] == ["refresh_schedule"]
    for source in settings.sources:
        steps = {step.name for step in repository.get_job(f"ingest_{source}").all_node_defs}
        assert f"load_{source}" in steps
        assert not [step for step in steps if step.startswith(("models", "load_")) and step != f"load_{source}"]


@pytest.mark.parametrize(
    ("cron", "at", "status"),
    [(None, "0 5 * * *", "STOPPED"), ("*/30 6-20 * * 1-5", "*/30 6-20 * * 1-5", "RUNNING")],
)
def test_the_schedule_is_on_where_the_settings_say_when(
    cron: str | None, at: str, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automation, "project_vars", lambda: {"company_time_zone": "Europe/Istanbul"})
    definitions = automation.automation_definitions(Settings(home=tmp_path, sources=("shop",), schedule=cron))
    (schedule,) = definitions.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone) == (at, "Europe/Istanbul")
    assert schedule.default_status.name == status


def test_the_manifest_is_parsed_again_only_when_something_changed(settings: Settings, manifest: Path) -> None:
    before = manifest.stat().st_mtime_ns
    assert current_manifest(settings) == manifest
    assert manifest.stat().st_mtime_ns == before


def test_an_erasure_knows_what_is_gone_of_all_that_is_remembered(manifest: Path, tmp_path: Path) -> None:
    """A fourth model that remembers has to say it as well, or nothing could be erased."""
    relations = remembered_relations(manifest)
    assert len(relations) == 3
    memory = tmp_path / "memory.duckdb"
    duckdb.connect(str(memory)).close()
    assert forget(memory, relations) == 0


def test_a_manifest_that_a_killed_dbt_left_half_written_is_not_read(settings: Settings, manifest: Path) -> None:
    """dbt writes its manifest and what it remembers of the project anew with every command, in place."""
    whole = manifest.read_bytes()
    for name in ("manifest.json", "partial_parse.msgpack"):
        path = settings.dbt_target / name
        path.write_bytes(path.read_bytes()[:1000])
    dbt_project._parsed.cache_clear()  # as in the next process
    assert current_manifest(settings).read_bytes() == whole
    (manifest.parent / "parsed_for.txt").unlink()
    dbt_project._parsed.cache_clear()
    assert json.loads(current_manifest(settings).read_bytes())["nodes"].keys() == json.loads(whole)["nodes"].keys()


def test_what_dbt_cannot_parse_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.dbt_project.PROJECT_ROOT", tmp_path)
    monkeypatch.setattr("orchestration.settings.PROJECT_ROOT", tmp_path)
    (tmp_path / "dbt_project.yml").write_text("name: [")
    with pytest.raises(DbtParseError, match="Syntax error near line 2"):
        current_manifest(Settings(home=tmp_path / "home", sources=("olist",)))
