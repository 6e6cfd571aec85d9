"""The environment becomes a configuration, or a message that names the variable."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from orchestration.ingestion.contract import raw_contract
from orchestration.ingestion.landing_source import LandingSource
from orchestration.settings import DEMO_SOURCES, PROJECT_ROOT, Settings, SettingsError, source_entities
from orchestration.sources import source_named


def test_with_nothing_configured_the_demo_company_runs_in_a_folder_of_the_project() -> None:
    settings = Settings.from_environment({})
    assert settings.sources == DEMO_SOURCES
    assert settings.home == PROJECT_ROOT / ".cem"
    assert settings.uses_demo
    assert settings.as_of is None


def test_every_variable_is_read(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "CEM_HOME": str(tmp_path / "home"),
            "CEM_SOURCES": "olist, online_retail,olist",
            "CEM_LANDING": str(tmp_path),
            "CEM_AS_OF": "2018-10-31",
            "CEM_NOW": "2026-01-01T07:00:00+01:00",
            "CEM_DEMO_FACTOR": "0.5",
            "CEM_KEEP_VERSIONS": "2",
            "CEM_MEMORY_LIMIT": "1.5GiB",
            "CEM_THREADS": "3",
            "CEM_SCHEDULE": "30 4 * * mon-fri",
            "CEM_PSEUDONYM_KEY": "k" * 64,
            "CEM_PUBLISH_POSTGRES": "postgresql+psycopg://cem:hush@db.example/bi?sslmode=require",
            "CEM_ALERT_WEBHOOK": "https://chat.example/hush",
            "CEM_ALERT_SMTP": "smtp://cem:hush@mail.example:587",
            "CEM_ALERT_TO": "a@example.org, b@example.org",
            "CEM_ALERT_STALE_DAYS": "web:2,finance:35",
            "CEM_ALERT_QUARANTINE_SHARE": "0.2",
            "CEM_ALERT_FREE_DISK_SHARE": "0.1",
        }
    )
    assert settings.publish_postgres == "postgresql://cem:hush@db.example/bi?sslmode=require"
    assert "hush" not in str(settings.child_environment())
    assert settings.alert_webhook == "https://chat.example/hush"
    assert settings.alert_smtp == "smtp://cem:hush@mail.example:587"
    assert "hush" not in repr(settings)
    assert (settings.alert_to, settings.alert_from) == (("a@example.org", "b@example.org"), "a@example.org")
    assert settings.alert_stale_days == {"web": 2, "finance": 35}
    assert (settings.alert_quarantine_share, settings.alert_free_disk_share) == (0.2, 0.1)
    assert settings.sources == ("olist", "online_retail")
    assert (settings.as_of, settings.now) == (date(2018, 10, 31), datetime(2026, 1, 1, 6, tzinfo=UTC))
    assert (settings.demo_factor, settings.keep_versions) == (0.5, 2)
    assert (settings.memory_limit, settings.threads) == ("1.5GiB", 3)
    assert settings.schedule == "30 4 * * mon-fri"
    assert settings.landing_folder("olist") == tmp_path / "olist"
    assert settings.pseudonym_key == "k" * 64
    assert not settings.uses_demo


def test_demo_sources_and_real_ones_can_be_on_together(tmp_path: Path) -> None:
    (tmp_path / "crm").mkdir()
    settings = Settings(home=tmp_path / "home", sources=("crm", "shop", "olist"), landing=tmp_path)
    assert settings.landing_folder("crm") == tmp_path / "crm"
    assert settings.landing_folder("shop") == tmp_path / "home" / "landing" / "shop"
    assert settings.landing_folder("olist") == tmp_path / "olist"
    assert settings.uses_demo


def test_a_source_with_a_server_of_its_own_is_not_simulated_and_its_secrets_are_not_shown(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "CEM_HOME": str(tmp_path),
            "CEM_SOURCES": "crm,survey,shop",
            "CEM_CRM_DSN": "postgresql+psycopg://reader:hush@db/crm",
            "CEM_SURVEY_URL": "https://survey.example/api",
            "CEM_SURVEY_TOKEN": "hush-hush",
        }
    )
    assert settings.dsn("crm") == "postgresql+psycopg://reader:hush@db/crm"
    assert settings.dsn("shop") == f"sqlite:///{tmp_path / 'landing' / 'shop' / 'shop.sqlite'}"
    assert [settings.is_simulated(source) for source in settings.sources] == [False, False, True]
    assert "hush" not in repr(settings)
    assert "hush" not in str(settings.child_environment())


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("CEM_SOURCES", "olist,magento", "'magento'; the known sources are ads, crm,"),
        ("CEM_LANDING", "/no/such/folder", "not a folder"),
        ("CEM_AS_OF", "31.10.2018", "must be a date such as"),
        ("CEM_NOW", "yesterday", "must be a UTC time"),
        ("CEM_DEMO_FACTOR", "0", "must be a number above 0"),
        ("CEM_DEMO_FACTOR", "inf", "must be a number above 0"),
        ("CEM_KEEP_VERSIONS", "few", "must be a whole number above 0"),
        ("CEM_MEMORY_LIMIT", "half", "must be a size such as 4GB"),
        ("CEM_MEMORY_LIMIT", "100MB", "must be a size such as 4GB, from 256MB on"),
        ("CEM_THREADS", "0", "must be a whole number above 0"),
        ("CEM_SCHEDULE", "every night", "must be a cron expression of five fields, such as 0 5"),
        ("CEM_SCHEDULE", "0 25 * * *", "must be a cron expression"),
        ("CEM_SCHEDULE", "0 0 5 * * *", "must be a cron expression"),
        ("CEM_ALERT_WEBHOOK", "chat.example", "must be an address such as https://"),
        ("CEM_ALERT_WEBHOOK", "https://chat.example:port", "must be an address such as https://"),
        ("CEM_PUBLISH_POSTGRES", "host=db dbname=bi", "must be the address of a PostgreSQL database such as"),
        ("CEM_PUBLISH_POSTGRES", "postgresql://cem@db", "must be the address of a PostgreSQL database such as"),
        ("CEM_PUBLISH_POSTGRES", "postgresql://cem:50%@db/bi", "are written as %40"),
        ("CEM_ALERT_SMTP", "https://mail.example", "must be an address such as smtps://"),
        ("CEM_ALERT_SMTP", "smtp://mail.example", "go together"),
        ("CEM_ALERT_TO", "a@example.org", "go together"),
        ("CEM_ALERT_STALE_DAYS", "web", "sources with a number of days"),
        ("CEM_ALERT_STALE_DAYS", "magento:2", "'magento'; the known sources are ads, crm,"),
        ("CEM_ALERT_QUARANTINE_SHARE", "5", "a share above 0 and below 1"),
        ("CEM_ALERT_FREE_DISK_SHARE", "0", "a share above 0 and below 1"),
    ],
)
def test_what_cannot_be_used_is_named(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as refused:
        Settings.from_environment({variable: value})
    assert variable in str(refused.value)


def test_every_listed_source_is_one_folder_here_and_one_in_staging() -> None:
    listed = set(source_entities())
    # Beside them stands the key of pseudonyms, which every source may need and none brings.
    assert {path.name for path in (PROJECT_ROOT / "models" / "staging").iterdir()} == {*listed, "pseudonyms"}
    assert {
        p.name for p in (PROJECT_ROOT / "orchestration" / "sources").iterdir() if (p / "__init__.py").exists()
    } == listed
    for name in listed:
        source = source_named(name)
        assert source.name == name
        assert set(source.patterns if isinstance(source, LandingSource) else source.tables) == set(raw_contract(name))


def test_every_entity_a_source_is_said_to_feed_has_its_staging_model() -> None:
    for source, entities in source_entities().items():
        folder = PROJECT_ROOT / "models" / "staging" / source
        assert {path.stem for path in folder.glob("*.sql")} == {f"stg_{source}__{entity}" for entity in entities}


def test_dbt_turns_on_by_default_the_sources_that_a_run_does() -> None:
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())
    staging = project["models"]["cem_warehouse"]["staging"]
    on_by_default = {name for name in source_entities() if f"or '{name}'" in staging[name]["+enabled"]}
    assert on_by_default == set(DEMO_SOURCES)
