"""What stops `make new-source`: it names the place and what to do."""

from __future__ import annotations


class NewSourceError(ValueError):
    """Nothing was written."""
