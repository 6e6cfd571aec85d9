"""What the way into the lake refuses, in one sentence that says where, what, and what to do."""

from __future__ import annotations


class LandingError(Exception):
    """What a source delivered cannot be loaded; nothing of it was.

    The message names the file, or the source and table, the column and value where there is one, and what to do. It
    never holds a secret (a password, a token).
    """


class ConnectionLostError(LandingError):
    """A source system could not be reached, or went away while it was read. Worth another try before giving up."""
