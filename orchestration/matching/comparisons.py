"""What of two records is compared, at which levels of agreement, and what each level is called.

A level's condition is DuckDB's SQL on the columns of int_identity__compared_records, `…_l` of one record and `…_r` of
the other; the first level whose condition holds counts. Shares are where estimation starts from: `among_same` of all
pairs that are one person (m), `among_others` of all other pairs (u). A level that nobody shows keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Level:
    """One level of agreement. One that `contradicts` is outweighed by nothing: two persons, whatever else agrees."""

    name: str
    condition: str
    words: str
    among_same: float
    among_others: float
    agrees: bool = False
    contradicts: bool = False
    # A value that many have says less: the level is weighed by how common this column's value is.
    frequency_of: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One thing that is compared: levels from full agreement down; the last one is everything else."""

    name: str
    unknown: str
    levels: tuple[Level, ...]

    def vector_value(self, level: Level) -> int:
        """Splink's number of a level: they count up to full agreement."""
        return len(self.levels) - 1 - self.levels.index(level)

    def level(self, vector_value: int) -> Level | None:
        """The level of a number; None for -1: not known."""
        return None if vector_value < 0 else self.levels[len(self.levels) - 1 - vector_value]


def _missing(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _typo(column: str, letters: int = 1) -> str:
    # Lengths that differ by more are told cheaply.
    return (
        f"abs(length({column}_l) - length({column}_r)) <= {letters}"
        f" and damerau_levenshtein({column}_l, {column}_r) <= {letters}"
    )


COMPARISONS = (
    Comparison(
        "name",
        _missing("full_name"),
        (
            Level("same", _same("full_name"), "same name", 0.84, 1e-3, agrees=True, frequency_of="full_name"),
            Level(
                "swapped",
                "first_name_l = last_name_r and last_name_l = first_name_r",
                "first and last name swapped",
                *(0.01, 1e-5),
                agrees=True,
            ),
            # In each name a letter too many, too few, wrong, or in its neighbour's place: with two, Björn is Jörg.
            Level(
                "typo",
                f"{_typo('first_name')} and {_typo('last_name')}",
                "name but for a typo",
                *(0.08, 1e-4),
                agrees=True,
            ),
            Level(
                "alike",
                "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.88"
                " and jaro_winkler_similarity(last_name_l, last_name_r) >= 0.88",
                "similar name",
                *(0.02, 1e-4),
                agrees=True,
            ),
            # Last names change with marriage, first names do not.
            Level("first_name", _typo("first_name"), "last name", 0.03, 0.02),
            Level("different", "else", "first name", 0.02, 0.98, contradicts=True),
        ),
    ),
    Comparison(
        "birth_date",
        _missing("birth_date"),
        (
            Level("same", _same("birth_date"), "same birth date", 0.95, 1e-4, agrees=True),
            Level("typo", _typo("birth_date"), "birth date but for a digit", 0.04, 1e-3, agrees=True),
            Level("different", "else", "birth date", 0.01, 0.99, contradicts=True),
        ),
    ),
    Comparison(
        "address",
        _missing("postal_code"),
        (
            Level(
                "same", "street_l = street_r and postal_code_l = postal_code_r", "same address", 0.8, 1e-4, agrees=True
            ),
            # Another number is another house.
            Level(
                "typo",
                f"postal_code_l = postal_code_r and {_typo('street', 2)}"
                " and regexp_replace(street_l, '[^0-9]', '', 'g') = regexp_replace(street_r, '[^0-9]', '', 'g')",
                "address but for a typo",
                *(0.05, 1e-5),
                agrees=True,
            ),
            Level("postal_code", _same("postal_code"), "same postal code", 0.02, 1e-3, agrees=True),
            Level("city", _same("city"), "same city", 0.05, 0.05, agrees=True),
            Level("different", "else", "address", 0.08, 0.94),
        ),
    ),
    Comparison(
        "email",
        _missing("email"),
        (
            Level("same", _same("email"), "same e-mail address", 0.5, 1e-5, agrees=True),
            # Names in two addresses agree because the names do; a number in them says something of its own.
            Level("number", _same("email_number"), "same number in the e-mail address", 0.1, 1e-4, agrees=True),
            Level("different", "else", "e-mail address", 0.4, 0.99),
        ),
    ),
    Comparison(
        "phone",
        _missing("phone"),
        (
            Level("same", _same("phone"), "same telephone number", 0.8, 1e-5, agrees=True),
            Level("typo", _typo("phone"), "telephone number but for a digit", 0.05, 1e-4, agrees=True),
            Level("different", "else", "telephone number", 0.15, 0.99),
        ),
    ),
)


def comparison_settings() -> list[dict[str, Any]]:
    """The comparisons in Splink's terms."""
    return [
        {
            "output_column_name": comparison.name,
            "comparison_levels": [
                {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True},
                *(_level_settings(level) for level in comparison.levels),
            ],
        }
        for comparison in COMPARISONS
    ]


def _level_settings(level: Level) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "sql_condition": level.condition.upper() if level.condition == "else" else level.condition,
        "label_for_charts": level.name,
        "m_probability": level.among_same,
        "u_probability": level.among_others,
    }
    if level.frequency_of:
        settings["tf_adjustment_column"] = level.frequency_of
    return settings
