"""Alerts on their way out: by e-mail and as JSON to an address. Nobody who does not answer holds up a run."""

from __future__ import annotations

import smtplib
import ssl
import threading
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import requests

from orchestration.alerting.alerts import Change
from orchestration.loopback import is_loopback
from orchestration.settings import Settings

EMAIL, WEBHOOK = "email", "webhook"
# For each answer of a receiver, and for all of them together: one that sends a byte now and then answers for ever.
_ANSWER_SECONDS = 10.0
_MOST_SECONDS = 20.0


class DeliveryError(Exception):
    """A receiver did not take an alert. The message names no secret."""


def channels(settings: Settings) -> list[str]:
    """The channels that are configured, beside the log."""
    return [*([EMAIL] if settings.alert_smtp else []), *([WEBHOOK] if settings.alert_webhook else [])]


def deliver(settings: Settings, channel: str, changes: Sequence[Change], most_seconds: float = _MOST_SECONDS) -> None:
    """Send `changes` as one message. Raises DeliveryError where they were not taken within `most_seconds`."""
    send: Callable[[Settings, Sequence[Change]], None] = _send_email if channel == EMAIL else _post
    failures: list[BaseException] = []

    def attempt() -> None:
        try:
            send(settings, changes)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=attempt, name=f"alerts by {channel}", daemon=True)
    thread.start()
    thread.join(most_seconds)
    if thread.is_alive():
        raise DeliveryError(f"{channel}: no answer within {most_seconds:.0f} seconds")
    if failures:
        # What libraries say of a failure may hold the address with the password in it.
        said = str(failures[0]) if isinstance(failures[0], DeliveryError) else type(failures[0]).__name__
        raise DeliveryError(f"{channel}: {said}")


def subject(changes: Sequence[Change]) -> str:
    """How many alerts are new, and how many solved."""
    opened = sum(change.status == "open" for change in changes)
    parts = [f"{opened} new"] * bool(opened) + [f"{len(changes) - opened} solved"] * (opened < len(changes))
    return f"Customer experience warehouse: {', '.join(parts)}"


def _text(changes: Sequence[Change]) -> str:
    return "\n\n".join([subject(changes), *(change.in_words() for change in changes)])


def _post(settings: Settings, changes: Sequence[Change]) -> None:
    """POST `{"text": …, "alerts": […]}`; `text` is what chat tools show of a message."""
    address = settings.alert_webhook or ""
    with requests.Session() as session:
        # A proxy set for this machine is no way to a server on it.
        session.trust_env = not is_loopback(address)
        with session.post(
            address,
            json={"text": _text(changes), "alerts": [change.as_json() for change in changes]},
            timeout=_ANSWER_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if not 200 <= answer.status_code < 300:
                raise DeliveryError(f"status {answer.status_code}")


def _send_email(settings: Settings, changes: Sequence[Change]) -> None:
    """Send a plain text by SMTP, encrypted where the server can; a password goes through no open line."""
    server = urlsplit(settings.alert_smtp or "")
    host = server.hostname or ""
    message = EmailMessage()
    message["Subject"] = subject(changes)
    message["From"] = settings.alert_from
    message["To"] = ", ".join(settings.alert_to)
    message.set_content(_text(changes))
    trusted = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, server.port or 465, timeout=_ANSWER_SECONDS, context=trusted)
        if server.scheme == "smtps"
        else smtplib.SMTP(host, server.port or 25, timeout=_ANSWER_SECONDS)
    ) as connection:
        connection.ehlo()
        is_encrypted = server.scheme == "smtps"
        if not is_encrypted and connection.has_extn("starttls"):
            connection.starttls(context=trusted)
            connection.ehlo()
            is_encrypted = True
        if server.username:
            if not is_encrypted and not is_loopback(settings.alert_smtp or ""):
                raise DeliveryError("the server offers no encryption, and the password is not sent without")
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)
