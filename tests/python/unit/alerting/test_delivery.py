"""Alerts reach receivers on this machine; one that is down, slow or refuses holds nobody up and learns it later."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.alerting.alerts import Alert, Change
from orchestration.alerting.delivery import EMAIL, WEBHOOK, DeliveryError, channels, deliver
from orchestration.settings import Settings
from tests.python.unit.alerting import receivers

SETTINGS = Settings(
    home=Path("/nowhere"), sources=("shop",), alert_from="cem@example.org", alert_to=("a@example.org", "b@example.org")
)
ALERT = Alert(
    "disk", "warn", "the disk is nearly full", "data engineering", "Make room.", "2026-01-02", ("marts.a",), ("Board",)
)
CHANGES = [Change("open", "2026-01-02T05:00:00+00:00", ALERT), Change("solved", "2026-01-03T05:00:00+00:00", ALERT)]


def test_a_webhook_gets_each_alert_as_json_and_a_text_that_chat_tools_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with receivers.webhook() as (address, received):
        deliver(replace(SETTINGS, alert_webhook=address), WEBHOOK, CHANGES)
    ((posted),) = received
    assert posted["text"].startswith("Customer experience warehouse: 1 new, 1 solved")
    assert posted["alerts"][0] == {
        "status": "open",
        "at": "2026-01-02T05:00:00+00:00",
        "key": "disk",
        "severity": "warn",
        "what": "the disk is nearly full",
        "owner": "data engineering",
        "what_to_do": "Make room.",
        "since": "2026-01-02",
        "marts": ["marts.a"],
        "pages": ["Board"],
    }
    assert posted["alerts"][1]["status"] == "solved"


def test_a_mail_says_what_since_when_what_rests_on_it_who_owns_it_and_what_to_do() -> None:
    with receivers.smtp() as (address, received):
        user = address.replace("//", "//reader:p%40ss@")
        deliver(replace(SETTINGS, alert_smtp=user), EMAIL, CHANGES)
    (mail,) = received
    assert mail["Subject"] == "Customer experience warehouse: 1 new, 1 solved"
    assert (mail["From"], mail["To"]) == ("cem@example.org", "a@example.org, b@example.org")
    text = mail.get_content().replace("\r\n", "\n")
    for said in (
        "warn: the disk is nearly full\n  since: 2026-01-02\n  rests on it: Board, marts.a\n"
        "  owner: data engineering\n  what to do: Make room.",
        "solved: the disk is nearly full (since 2026-01-02)",
    ):
        assert said in text


@pytest.mark.parametrize("channel", [EMAIL, WEBHOOK])
def test_who_does_not_answer_is_given_up_in_time_and_no_secret_is_told(channel: str) -> None:
    with receivers.never_done() as port:
        for of_port, longest in ((port, 2.0), (9, 2.0)):
            settings = replace(
                SETTINGS,
                alert_webhook=f"http://127.0.0.1:{of_port}/hush",
                alert_smtp=f"smtp://u:hush@127.0.0.1:{of_port}",
            )
            started = time.monotonic()
            with pytest.raises(DeliveryError, match=channel) as failed:
                deliver(settings, channel, CHANGES, most_seconds=0.5)
            assert time.monotonic() - started < longest
            assert "hush" not in str(failed.value)


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_receiver_that_refuses_has_not_taken_it(status: int) -> None:
    with (
        receivers.webhook(status) as (address, _),
        pytest.raises(DeliveryError, match=f"webhook: status {status}"),
    ):
        deliver(replace(SETTINGS, alert_webhook=address), WEBHOOK, CHANGES)


def test_a_mail_server_that_refuses_has_not_taken_it() -> None:
    with receivers.smtp(takes=False) as (address, _), pytest.raises(DeliveryError, match="email: SMTPDataError"):
        deliver(replace(SETTINGS, alert_smtp=address), EMAIL, CHANGES)


def test_the_log_alone_is_there_where_nothing_is_configured() -> None:
    assert channels(SETTINGS) == []
    assert channels(replace(SETTINGS, alert_smtp="smtp://mail", alert_webhook="https://hook")) == [EMAIL, WEBHOOK]
