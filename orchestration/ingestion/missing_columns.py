"""Columns of the contract that a delivery of JSON has no value for: left out where null, or gone, or renamed.

Most serializers leave out what is null, so a quiet night lacks whole columns. Delimited files and Parquet have a header
whatever their rows hold: there a missing column is refused (docs/decisions/0002-files-to-the-lake.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from orchestration.ingestion.errors import LandingError


@dataclass(frozen=True)
class Former:
    """What was there before of a table: columns that came beyond the contract, and whether one of it had a value."""

    new: frozenset[str] = frozenset()
    has_value: Callable[[str], bool] = lambda _: False


NOTHING = Former()


def check_missing(
    where: str, missing: Collection[str], unknown: Collection[str], required: Collection[str], former: Former, mend: str
) -> str:
    """Return what a reader is told of the columns `missing` in `where`; they are null.

    `unknown` are the columns that came beyond the contract, `required` those without which a row goes to quarantine.
    Raises LandingError where an unknown one came for the first time and may be one of them under a new name, or where
    a required one has never had a value. The message ends with `mend`, which says what to do.
    """
    strange = [name for name in unknown if name not in former.new]
    if strange:
        raise LandingError(
            f"{where}: column {', '.join(missing)} is missing: it is in no record. Not in the contract, perhaps the "
            f"same under a new name: {', '.join(strange)}. Nothing was loaded. {mend}"
        )
    lacking = [column for column in missing if column in required and not former.has_value(column)]
    if lacking:
        raise LandingError(
            f"{where}: column {', '.join(lacking)} is missing: it is in no record, was in none before, and no row is "
            f"loaded without. Nothing was loaded. {mend}"
        )
    return f"column {', '.join(missing)} has no value in any record, and was taken for null"
