"""Survey exports: one row a response, a column a question, as most survey tools write them.

Which columns are questions, and what each one measures on which scale, is guessed from names and values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from orchestration.new_source.errors import NewSourceError
from orchestration.new_source.inspection import Column, Table

# By construct: the questionnaire of seeds/satisfaction/survey_items.csv, the usual scale, and the words of names.
_CONSTRUCTS = {
    "recommendation": ("nps", (0, 10), ("nps", "recommend", "empfehl", "weiterempf")),
    "effort": ("ces", (1, 7), ("ces", "effort", "ease", "easy", "aufwand")),
    "contact_satisfaction": ("csat", (1, 5), ("contact_satisf", "support_satisf", "service_satisf", "support_csat")),
    "satisfaction": ("csi", (1, 5), ("csat", "satisf", "zufrieden")),
}
# Scales that are in use, the narrowest first: a guess takes the first that holds all values.
_SCALES = ((1, 5), (1, 7), (0, 10), (1, 10))
_NUMBERS = ("integer", "whole", "number")
_SAID = ("construct", "scale", "direction", "question", "touchpoint")
_PLAIN = r"[a-z][a-z0-9_]*"


@dataclass(frozen=True)
class Question:
    """A column with answers on a scale: a row of the seed `survey_items`. `direction` is 1 where more is better."""

    column: str
    name: str
    construct: str
    lowest: str
    highest: str
    direction: int = 1
    touchpoint: str | None = None
    is_guess: bool = True

    def instrument(self, source: str) -> str:
        """The questionnaire that it belongs to, as this source asks it: one a construct."""
        return f"{source}_{self._questionnaire}"

    def seed_row(self, source: str) -> list[str]:
        """Its row of `survey_items`."""
        return [
            self.instrument(source), self._questionnaire, self.name, self.construct, self.lowest, self.highest,
            str(self.direction), "1", self.touchpoint or "", "after",
        ]  # fmt: skip

    @property
    def _questionnaire(self) -> str:
        return _CONSTRUCTS[self.construct][0]


def guessed_questions(table: Table, taken: set[str]) -> tuple[Question, ...]:
    """The columns of `table`, but for those `taken`, whose names and values say that they are answers on a scale.

    Of a column that no name tells, 0 and 10 say that it is the question of the NPS. That is asked once.
    """
    found: list[Question] = []
    for column in table.columns:
        guess = None if column.name in taken else _guess(column)
        if guess and not (guess.construct == "recommendation" and guess.construct in {one.construct for one in found}):
            found.append(guess)
    return tuple(found)


def said_questions(said: dict[str, Any], table: Table) -> tuple[Question, ...]:
    """The questions that a mapping names, by their columns; what it leaves open is guessed.

    Raises NewSourceError for a column that is not there or holds no numbers, and for a construct, a scale or a name
    that the seed cannot hold.
    """
    found = []
    for name, answer in said.items():
        column = table.column(str(name))
        if column is None:
            raise NewSourceError(
                f"{table.name} has no column {name!r}, which is to be a question. It has "
                f"{', '.join(c.name for c in table.columns)}."
            )
        if answer not in (None, "none"):
            found.append(_said(column, answer, table))
    names = [one.name for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise NewSourceError(f"{table.name}: two questions are called {', '.join(twice)}. Give each a name of its own.")
    if sum(one.construct == "recommendation" for one in found) > 1:
        raise NewSourceError(f"{table.name}: two questions have the construct recommendation. A survey asks it once.")
    return tuple(found)


def looks_like_a_scale(column: Column) -> bool:
    """Whether a column that is no question yet could be one."""
    return column.kind in ("integer", "whole") and 1 < column.distinct_count <= 11 and _scale(column) is not None


def _said(column: Column, answer: Any, table: Table) -> Question:
    place = f"{table.name}: the question {column.name}"
    if not isinstance(answer, dict) or set(answer) - set(_SAID):
        raise NewSourceError(f"{place} is said by {', '.join(_SAID)}: {{construct: recommendation, scale: [0, 10]}}.")
    if column.kind not in _NUMBERS:
        raise NewSourceError(
            f"{place} holds no numbers, but {column.kind}. Export the answers as values, not as texts."
        )
    construct = str(answer.get("construct", _construct(column)))
    if construct not in _CONSTRUCTS:
        raise NewSourceError(f"{place} has no construct. Say one of {', '.join(_CONSTRUCTS)}.")
    scale = answer.get("scale", _scale(column) if construct != "recommendation" else (0, 10))
    if not isinstance(scale, list | tuple) or len(scale) != 2 or not _is_scale(scale):
        raise NewSourceError(f"{place} has no scale. Say its lowest and highest answer, such as scale: [1, 5].")
    if construct == "recommendation" and tuple(scale) != (0, 10):
        raise NewSourceError(f"{place} measures recommendation, which is asked on a scale from 0 to 10.")
    direction = answer.get("direction", 1)
    question, touchpoint = str(answer.get("question", column.name)), answer.get("touchpoint")
    if direction not in (1, -1) or any(not re.fullmatch(_PLAIN, str(one or "x")) for one in (question, touchpoint)):
        raise NewSourceError(f"{place}: direction is 1 or -1, question and touchpoint are small letters, digits and _.")
    is_guess = not {"construct", "scale"} <= answer.keys()
    return Question(
        column.name, question, construct, str(scale[0]), str(scale[1]), direction, touchpoint, is_guess=is_guess
    )


def _is_scale(scale: Any) -> bool:
    try:
        return Decimal(str(scale[0])) < Decimal(str(scale[1]))
    except InvalidOperation:
        return False


def _guess(column: Column) -> Question | None:
    construct, scale = _construct(column), _scale(column)
    if column.kind not in ("integer", "whole") or construct is None or scale is None:
        return None
    if construct == "recommendation" and scale[1] > 10:
        return None
    scale = (0, 10) if construct == "recommendation" else scale
    return Question(column.name, column.name, construct, str(scale[0]), str(scale[1]))


def _construct(column: Column) -> str | None:
    parts = set(column.name.split("_"))
    for construct, (_, _, words) in _CONSTRUCTS.items():
        # A short word is a word of its own: `ces` stands in `processes`, too.
        if any(word in parts if len(word) <= 4 else word in column.name for word in words):
            return construct
    return "recommendation" if (column.lowest, column.highest) == ("0", "10") else None


def _scale(column: Column) -> tuple[int, int] | None:
    """The usual scale of the construct where the values fit, else the narrowest in use that holds them."""
    if column.kind not in _NUMBERS or column.lowest is None or column.highest is None:
        return None
    low, high = float(column.lowest), float(column.highest)
    construct = _construct(column)
    usual = (_CONSTRUCTS[construct][1],) if construct else ()
    return next((one for one in (*usual, *_SCALES) if one[0] <= low and high <= one[1]), None)
