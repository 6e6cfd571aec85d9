"""The secret key without which nobody can tell whom a published key of a customer stands for.

Who is known by an address, a handle or a number alone is known downstream by its HMAC-SHA-256 (RFC 2104). dbt makes it,
from a file of `CEM_HOME` that holds the key as HMAC takes it (docs/decisions/0051-keyed-pseudonyms.md).
"""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.memory import knows_customers_by_key
from orchestration.settings import Settings, SettingsError

_BLOCK_BYTES = 64  # of SHA-256
_COLUMNS = ("inner_pad", "outer_pad")
_ROTATION = "docs/decisions/0051-keyed-pseudonyms.md says how to change it."


def keep_key(settings: Settings) -> None:
    """See to it that the home has its key: the one of `settings`, or one made now and never again.

    Raises SettingsError where the home has another than `settings`, and where it lost the one that its customers are
    known by; MemoryLostError where the key is gone and the memory, which would tell whether it is missed, is damaged.
    """
    path = settings.pseudonym_key_file
    if not path.exists():
        if settings.pseudonym_key is None and knows_customers_by_key(settings.memory):
            raise SettingsError(
                f"{path} is gone, and customers are known by it. Take it from a backup, or set CEM_PSEUDONYM_KEY to "
                f"the key that was in it. {_ROTATION}"
            )
        _write(path, _pads(settings.pseudonym_key or secrets.token_hex(32)))
    if settings.pseudonym_key is not None and _stored(path) != _pads(settings.pseudonym_key):
        raise SettingsError(
            f"CEM_PSEUDONYM_KEY is not the key that the customers of {settings.home} are known by. {_ROTATION}"
        )


def _pads(key: str) -> tuple[bytes, bytes]:
    """The key as the inner and the outer hash of HMAC take it."""
    block = key.encode().ljust(_BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def _write(path: Path, pads: tuple[bytes, bytes]) -> None:
    """Put the key where it belongs, for its user alone, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    table = pa.table({name: pa.array([pad], pa.binary()) for name, pad in zip(_COLUMNS, pads, strict=True)})
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # which its user alone may read
    try:
        with os.fdopen(handle, "wb") as file:
            pq.write_table(table, file)
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()


def _stored(path: Path) -> tuple[bytes, bytes]:
    try:
        row = pq.read_table(path, columns=list(_COLUMNS)).to_pylist()[0]
    except (pa.ArrowException, OSError, IndexError):
        raise SettingsError(f"{path} cannot be read, and customers are known by it. Take it from a backup.") from None
    return row["inner_pad"], row["outer_pad"]
