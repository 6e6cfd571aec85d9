"""Which addresses are of this very machine."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_loopback(address: str) -> bool:
    """Whether the server at the URL `address` is on this machine."""
    host = urlsplit(address).hostname or ""
    return host == "localhost" or host.startswith("127.") or host == "::1"
