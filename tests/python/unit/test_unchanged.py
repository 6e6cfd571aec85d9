"""What tells that a run would publish again what is published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from orchestration import unchanged
from orchestration.pseudonyms import keep_key
from orchestration.settings import Settings
from orchestration.unchanged import begin_version, complete_version, is_unchanged


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose version 1 was made from one load of `shop` and one of `crm`."""
    settings = Settings(home=tmp_path / "home", sources=("shop", "crm"))
    keep_key(settings)
    for source in settings.sources:
        load(settings, source)
    settings.warehouse.parent.mkdir()
    settings.warehouse.write_bytes(b"built")
    begin_version(settings)
    publish(settings, 1)
    complete_version(settings)
    return settings


def load(settings: Settings, source: str) -> None:
    records = settings.lake / source / "_dlt_loads"
    records.mkdir(parents=True, exist_ok=True)
    number = len(list(records.iterdir()))
    (records / f"{number}.jsonl").write_text(json.dumps({"load_id": str(number), "status": 0}) + "\n", encoding="utf-8")


def publish(settings: Settings, number: int) -> None:
    version = settings.published / f"cem-{number:06d}"
    version.mkdir(parents=True)
    (version / settings.current.name).touch()
    settings.current.parent.unlink(missing_ok=True)
    settings.current.parent.symlink_to(version.name)


def test_a_home_without_a_version_has_everything_to_do(tmp_path: Path) -> None:
    assert not is_unchanged(Settings(home=tmp_path / "home", sources=("shop",)))


def test_nothing_has_changed_since_the_version_was_made(settings: Settings) -> None:
    assert is_unchanged(settings)
    assert is_unchanged(settings, "shop")


def test_a_load_changes_what_rests_on_it_and_no_check_of_another_source(settings: Settings) -> None:
    load(settings, "crm")
    assert not is_unchanged(settings)
    assert not is_unchanged(settings, "crm")
    assert is_unchanged(settings, "shop")


@pytest.mark.parametrize(
    "change",
    [
        lambda settings: load(settings, "valuation"),
        lambda settings: settings.warehouse.write_bytes(b"built by hand"),
        lambda settings: settings.warehouse.unlink(),
        lambda settings: settings.current.parent.unlink(),
        lambda settings: publish(settings, 2),
        lambda settings: shutil.rmtree(settings.warehouse.parent),
        lambda settings: settings.warehouse.with_name("published_from.json").write_text('{"made', encoding="utf-8"),
    ],
    ids=[
        "computed by hand",
        "warehouse written into",
        "no warehouse",
        "no version",
        "another version",
        "cleaned",
        "half a note",
    ],
)
def test_what_is_not_as_the_run_left_it_has_the_next_one_do_everything(
    settings: Settings, change: Callable[[Settings], object]
) -> None:
    change(settings)
    assert not is_unchanged(settings)


@pytest.mark.parametrize("changed", [{"as_of": date(2024, 1, 1)}, {"keep_versions": 1}, {"sources": ("shop",)}])
def test_another_configuration_has_everything_done_and_checked_again(
    settings: Settings, changed: dict[str, object]
) -> None:
    otherwise = replace(settings, **changed)  # type: ignore[arg-type]
    assert not is_unchanged(otherwise)
    assert not is_unchanged(otherwise, "shop")


def test_a_changed_file_of_the_project_has_everything_done_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rule.sql").write_text("select 1", encoding="utf-8")
    monkeypatch.setattr(unchanged, "_FILES", (str(tmp_path / "rule.sql"),))
    begin_version(settings)
    complete_version(settings)
    assert is_unchanged(settings)
    (tmp_path / "rule.sql").write_text("select 12", encoding="utf-8")
    assert not is_unchanged(settings)
    assert not is_unchanged(settings, "shop")


def test_a_run_that_failed_has_the_next_one_do_everything(settings: Settings) -> None:
    begin_version(settings)
    assert not is_unchanged(settings)
    assert not is_unchanged(settings, "shop")


def test_a_publication_of_models_that_were_built_by_hand_is_not_taken_for_a_run_s(settings: Settings) -> None:
    settings.warehouse.write_bytes(b"built by hand")
    publish(settings, 2)
    complete_version(settings)
    assert not is_unchanged(settings)
