"""What the report says, it says in each language."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal

import pytest
import yaml

from orchestration.report.pages import all_pages
from orchestration.report.texts import FOLDER, LANGUAGES, read_texts
from orchestration.settings import PROJECT_ROOT


def test_each_language_has_a_file_and_the_same_keys_in_the_same_order() -> None:
    assert {path.stem for path in FOLDER.glob("*.yml")} == set(LANGUAGES)
    first = read_texts(LANGUAGES[0])
    for language in LANGUAGES[1:]:
        texts = read_texts(language)
        assert list(texts.interface) == list(first.interface)
        assert list(texts.columns) == list(first.columns)
        assert list(texts.codes) == list(first.codes)
        assert keys(texts.pages) == keys(first.pages)
        for key, text in texts.interface.items():
            assert text.count("{") == first.interface[key].count("{"), key


def keys(node: object) -> object:
    return {key: keys(value) for key, value in node.items()} if isinstance(node, dict) else None


def test_each_part_and_column_is_spoken_of_and_nothing_else_is() -> None:
    texts = read_texts("en")
    parts = [part for page in all_pages() for part in page.parts]
    assert {(name, part) for name, page in texts.pages.items() for part in page["parts"]} == {
        (part.page, part.name) for part in parts
    }
    assert all({"title", "question"} <= set(texts.pages[part.page]["parts"][part.name]) for part in parts)
    assert set(texts.columns) == {column for part in parts for column in part.columns}


def test_dbt_s_lineage_ends_in_the_pages_that_read_a_mart() -> None:
    described = yaml.safe_load((PROJECT_ROOT / "models" / "marts" / "_report__exposures.yml").read_bytes())
    assert {exposure["name"]: set(exposure["depends_on"]) for exposure in described["exposures"]} == {
        f"report_{page.name}": {
            f"ref('{table.removeprefix('marts.')}')"
            for part in page.parts
            for table in part.tables
            if table.startswith("marts.")
        }
        for page in all_pages()
    }


@pytest.mark.parametrize(
    ("seed", "column"),
    [
        ("journey/journey_stage_rules", "stage"),
        ("satisfaction/satisfaction_constructs", "construct"),
        ("interaction/channels", "channel"),
        ("sales/rfm_classes", "rfm_class"),
        ("quality/anomaly_checks", "anomaly_type"),
    ],
)
def test_the_words_of_the_rules_are_known(seed: str, column: str) -> None:
    with (PROJECT_ROOT / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
        assert {row[column] for row in csv.DictReader(file)} <= set(read_texts("en").codes)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    english, german = read_texts("en"), read_texts("de")
    assert english.formatted(Decimal("151946.4280"), "money", "", "EUR") == "151,946 EUR"
    assert german.formatted(Decimal("151946.4280"), "money", "", "EUR") == "151.946 EUR"
    assert german.formatted(Decimal("-29.7853"), "money", "", "EUR") == "-29,79 EUR"
    assert english.formatted(Decimal("0.020540"), "share", "", "") == "2.1 %"
    assert english.formatted(Decimal("15.406977"), "score", "", "") == "15.4"
    assert english.formatted(date(2024, 12, 1), "month", "", "") == "2024-12"
    assert english.formatted(datetime(2024, 12, 1, 6), "time", "", "") == "2024-12-01 06:00 UTC"


def test_a_code_that_nobody_wrote_down_speaks_for_itself() -> None:
    assert read_texts("de").code("very_own_stage") == "very own stage"
    assert read_texts("en").code("csat", "questionnaire") != read_texts("en").code("csat", "measure")
