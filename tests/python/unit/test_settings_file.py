"""Settings in a file: as the environment says them, and beneath it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.__main__ import main
from orchestration.settings import Settings, SettingsError
from orchestration.settings_file import settings_file, with_settings_file


def written(folder: Path, text: str) -> Path:
    (folder / ".env").write_text(text, encoding="utf-8")
    return folder


def test_the_file_says_what_the_environment_does_not(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        "# where our data is\n"
        "CEM_SOURCES=olist, online_retail\n"
        "export CEM_AS_OF=2018-10-31   # the last day that is whole\n"
        "CEM_KEEP_VERSIONS=\n"
        "\n"
        "CEM_ALERT_FROM='Käthe <k@example.org>'\n"
        'CEM_PSEUDONYM_KEY="a$HOME#`b` is no shell\'s, whatever it holds"\n'
        "AWS_PROFILE=reporting\n",
    )
    merged = with_settings_file({"CEM_AS_OF": "2018-09-30", "PATH": "/bin"}, root)
    settings = Settings.from_environment(merged)
    assert settings.sources == ("olist", "online_retail")
    assert str(settings.as_of) == "2018-09-30"
    assert settings.keep_versions == 5
    assert settings.alert_from == "Käthe <k@example.org>"
    assert settings.pseudonym_key == "a$HOME#`b` is no shell's, whatever it holds"
    assert (merged["AWS_PROFILE"], merged["PATH"]) == ("reporting", "/bin")


def test_a_byte_order_mark_and_lines_of_windows_are_no_matter(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfCEM_SOURCES=olist\r\nCEM_AS_OF=2018-10-31\r\n")
    assert with_settings_file({}, tmp_path) == {"CEM_SOURCES": "olist", "CEM_AS_OF": "2018-10-31"}


def test_all_lines_that_cannot_be_used_are_told_at_once(tmp_path: Path) -> None:
    root = written(tmp_path, "CEM_SOURCES=olist\n\nCEM_AS_OF\nCEM_LANDNG=/data\nCEM_SOURCES=shop\n\n'x\nPATH=/bin\n")
    with pytest.raises(SettingsError) as refused:
        with_settings_file({}, root)
    file = tmp_path / ".env"
    assert str(refused.value).splitlines() == [
        f"{file}, line 3, is no NAME=value.",
        f"{file}, line 4, sets CEM_LANDNG, and nothing reads it. Perhaps CEM_LANDING is meant.",
        f"{file}, line 5, sets CEM_SOURCES again.",
        f"{file}, line 7, is no NAME=value.",
    ]


def test_no_secret_is_told_with_a_line_that_cannot_be_used(tmp_path: Path) -> None:
    root = written(tmp_path, "CEM_SHOP_DSN 'postgresql://u:hush@host\nCEM_SHOP_DNS=postgresql://u:hush@host/shop\n")
    with pytest.raises(SettingsError) as refused:
        with_settings_file({}, root)
    assert "hush" not in str(refused.value)
    assert "Perhaps CEM_SHOP_DSN is meant" in str(refused.value)


def test_another_file_is_named_and_has_to_be_there(tmp_path: Path) -> None:
    root = written(tmp_path, "CEM_SOURCES=olist\n")
    (tmp_path / "staging.env").write_text("CEM_SOURCES=shop\n")
    assert with_settings_file({"CEM_ENV_FILE": str(tmp_path / "staging.env")}, root)["CEM_SOURCES"] == "shop"
    assert with_settings_file({"CEM_ENV_FILE": os.devnull}, root) == {"CEM_ENV_FILE": os.devnull}
    with pytest.raises(SettingsError, match="which is not a file"):
        settings_file({"CEM_ENV_FILE": str(tmp_path / "missing.env")}, root)
    with pytest.raises(SettingsError, match="which is not a file"):
        settings_file({"CEM_ENV_FILE": str(tmp_path)}, root)


def test_a_file_that_nobody_can_read_says_so(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("CEM_ALERT_FROM=Käthe\n".encode("utf-16"))
    with pytest.raises(SettingsError, match="cannot be read"):
        with_settings_file({}, tmp_path)


def test_commands_take_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "our.env"
    monkeypatch.setenv("CEM_ENV_FILE", str(file))
    # Set to nothing, they count as not set, and are as before when the test has ended.
    for name in ("CEM_HOME", "CEM_AS_OF", "CEM_KEEP_VERSIONS"):
        monkeypatch.setenv(name, "")
    file.write_text(f"CEM_HOME={tmp_path / 'home'}\nCEM_AS_OF=31.10.2018\nCEM_KEEP_VERSIONS=few\n")
    assert main(["alerts"]) == 2
    told = capsys.readouterr().err.removeprefix("✗ ").splitlines()
    assert [line.split()[0] for line in told] == ["CEM_AS_OF", "CEM_KEEP_VERSIONS"]
    file.write_text("CEM_HOME\n")
    assert main(["alerts"]) == 2
    assert f"✗ {file}, line 1, is no NAME=value." in capsys.readouterr().err
