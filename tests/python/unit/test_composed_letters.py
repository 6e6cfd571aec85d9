"""The letters that stand in for Unicode's composition where an engine has none."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Any

import jinja2
import pytest
import sqlglot

from orchestration.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "macros" / "portable"


def macro(name: str, call: str, **known: Any) -> Any:
    """What a macro returns, or writes, outside dbt."""
    returned: list[Any] = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals |= {"return": lambda value: returned.append(value) or "", **known}
    template = environment.from_string((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    written = getattr(template.module, call)(*(["text"] if known else []))
    return returned[0] if returned else written


@pytest.fixture(scope="module")
def letters() -> dict[str, list[str]]:
    found: dict[str, list[str]] = macro("composed_letters", "composed_letters")
    return found


def composed_by(letters: dict[str, list[str]], text: str) -> str:
    """What Spark's SQL does, in Python: the last letter done and the next become one where they can."""
    pairs = {one + mark: both for mark, (ones, many) in letters.items() for one, both in zip(ones, many, strict=True)}
    done = ""
    for letter in text:
        last = done[-1:] + letter
        done = done[:-1] + pairs.get(last, last)
    return done


def test_every_small_letter_of_three_scripts_is_composed_as_unicode_says(letters: dict[str, list[str]]) -> None:
    scripts = ("LATIN SMALL", "GREEK SMALL", "CYRILLIC SMALL")
    composed = [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if unicodedata.name(letter, "").startswith(scripts)
        and not "\u1f00" <= letter < "\u2000"  # of the accents that Greek gave up
        and unicodedata.normalize("NFC", unicodedata.normalize("NFD", letter)) == letter
        and unicodedata.combining(unicodedata.normalize("NFD", letter)[-1])
    ]
    assert len(composed) > 200
    assert [each for each in composed if composed_by(letters, unicodedata.normalize("NFD", each)) != each] == []
    for mark, (ones, many) in letters.items():
        assert [unicodedata.normalize("NFC", one + mark) for one in ones] == list(many)


@pytest.mark.parametrize(
    "text", ["josé garcía", "nguyễn thị hương", "müller-łukasz", "čapek", "ёлка", "άννα", "x̂", "", "é́"]
)
def test_names_are_composed_and_left_where_nothing_composes_them(letters: dict[str, list[str]], text: str) -> None:
    for form in ("NFC", "NFD"):
        assert composed_by(letters, unicodedata.normalize(form, text)) == unicodedata.normalize("NFC", text)


def test_spark_can_read_it(letters: dict[str, list[str]]) -> None:
    written = macro("composed", "spark__composed", composed_letters=lambda: letters)
    (query,) = sqlglot.parse(f"select {written}", read="spark")
    pairs = re.findall("'(..)', '(.)'", written)
    assert query is not None
    assert len(pairs) == sum(len(ones) for ones, _ in letters.values())
