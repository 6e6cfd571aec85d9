"""Receivers of alerts on this machine: an SMTP server and a web server that keep what they get, or behave badly."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Received = list[Any]


@contextmanager
def served(server: socketserver.BaseServer) -> Iterator[int]:
    """The port of a server that runs until the block ends."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[misc]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[str, Received]]:
    """The address of a server that answers `status`, and the JSON that is posted to it."""
    received: Received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}/hook/secret-token", received


@contextmanager
def smtp(takes: bool = True) -> Iterator[tuple[str, list[EmailMessage]]]:
    """The address of a mail server, and the mails that it gets; one that does not take them says so at the end."""
    received: list[EmailMessage] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while command := self.rfile.readline().strip():
                verb = command.split()[0].upper()
                if verb == b"DATA":
                    self.say("354 go on")
                    lines = []
                    while (line := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(line)
                    if takes:
                        received.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
                    self.say("250 taken" if takes else "554 refused")
                elif verb == b"QUIT":
                    self.say("221 bye")
                    return
                elif verb == b"AUTH":
                    self.say("235 known")
                else:
                    self.say("250-here\r\n250 AUTH PLAIN" if verb == b"EHLO" else "250 fine")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"smtp://127.0.0.1:{port}", received


@contextmanager
def never_done() -> Iterator[int]:
    """The port of a server that takes any call, and sends a byte now and then for ever."""
    over = threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                while not over.wait(0.05):
                    self.wfile.write(b"x")
            except OSError:
                pass

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    try:
        with served(server) as port:
            yield port
            over.set()
    finally:
        over.set()
