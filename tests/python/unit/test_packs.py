"""A pack that lacks a piece is told by what is missing where, before anything runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.packs import check_packs
from orchestration.settings import PROJECT_ROOT, SettingsError, source_entities


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("models/staging", "orchestration/sources"):
        shutil.copytree(PROJECT_ROOT / folder, tmp_path / folder)
    shutil.copy(PROJECT_ROOT / "dbt_project.yml", tmp_path)
    return tmp_path


def test_the_packs_of_the_project_are_whole() -> None:
    check_packs(tuple(source_entities()))


def test_all_that_is_missing_is_told_at_once(project: Path) -> None:
    shutil.rmtree(project / "orchestration/sources/web")
    (project / "models/staging/web/base/base_web__events.sql").unlink()
    (project / "models/staging/ads/stg_ads__ad_campaign_days.sql").unlink()
    (project / "models/staging/social/_social__sources.yml").unlink()
    with pytest.raises(SettingsError) as refused:
        check_packs(("ads", "social", "web", "crm"), project)
    assert [line.strip() for line in str(refused.value).splitlines()[1:-1]] == [
        "ads: models/staging/ads/stg_ads__ad_campaign_days.sql",
        "social: models/staging/social/_social__sources.yml",
        "web: orchestration/sources/web/__init__.py",
        "web: models/staging/web/base/base_web__events.sql",
    ]


def test_a_source_without_its_switch_or_its_line_is_told(project: Path) -> None:
    path = project / "dbt_project.yml"
    text = path.read_text()
    path.write_text(text.replace("      web:\n        +enabled", "      web:\n        +unabled"))
    with pytest.raises(SettingsError, match=r"web: its switch, \+enabled below models: staging of dbt_project\.yml"):
        check_packs(("web",), project)
    path.write_text(text.replace("    ads: [ad_campaign_days, validated_rows]\n", ""))
    with pytest.raises(SettingsError, match=r"ads: its line in vars: sources of dbt_project\.yml"):
        check_packs(("ads",), project)
