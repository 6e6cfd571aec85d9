"""From the warehouse's texts to the lake: nothing twice, everything anew with another model, nothing half."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.computed import Known, known_versions
from orchestration.ingestion.lake import completed_loads
from orchestration.texts import assess_texts as module
from orchestration.texts.assess_texts import Assessed, assess_texts
from orchestration.texts.lake_tables import stored_model

NOW = datetime(2024, 7, 1, tzinfo=UTC)
PRAISE = [f"The parcel came early and it is lovely, thank you, said {chr(97 + n)}xy" for n in range(20)] * 2
BLAME = [f"The parcel came late and it is broken, no thanks, said {chr(97 + n)}xy" for n in range(20)] * 2

Row = tuple[str, str | None, bool]


class World:
    """A warehouse that holds texts and nothing else, and a lake."""

    def __init__(self, folder: Path) -> None:
        self.warehouse, self.lake = folder / "warehouse.duckdb", folder / "lake"

    def holds(self, rows: Sequence[Row]) -> None:
        self.warehouse.unlink(missing_ok=True)
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("create schema restricted")
            connection.execute(
                "create table restricted.int_text__texts"
                " (text_key text, text text, rated_class text, is_for_training boolean)"
            )
            for text, rated_class, is_for_training in rows:
                connection.execute(
                    "insert into restricted.int_text__texts values (md5(?), ?, ?, ?)",
                    [text, text, rated_class, is_for_training],
                )

    def assess(self) -> Assessed:
        return assess_texts(self.warehouse, self.lake, NOW)

    def known(self) -> dict[str, Known]:
        return known_versions(self.lake, "texts")

    def scores(self) -> list[tuple[object, ...]]:
        return self._view("text_scores", "text_key, model_version, language, sentiment_score, is_learned_from")

    def models(self) -> list[tuple[object, ...]]:
        return self._view("text_models", "model_version, _file_version, rated_text_count")

    def _view(self, table: str, columns: str) -> list[tuple[object, ...]]:
        files = sorted(str(file) for file in (self.lake / "texts" / table).rglob("*.parquet"))
        with duckdb.connect() as connection:
            return connection.execute(f"select {columns} from read_parquet({files!r}) order by all").fetchall()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


RATED: list[Row] = [(text, "positive", True) for text in PRAISE] + [(text, "negative", True) for text in BLAME]


def key(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def test_each_distinct_text_is_assessed_once(world: World) -> None:
    world.holds([*RATED, ("How lovely!", None, False), ("How lovely!", None, False)])
    first = world.assess()
    assert first.texts == 41
    assert first.is_new_model
    assessed = {row[0]: row for row in world.scores()}
    assert len(assessed) == len(world.scores()) == 41
    _, _, language, score, is_learned_from = assessed[key("How lovely!")]
    assert language == "en"
    assert isinstance(score, float)
    assert score > 0.2
    assert not is_learned_from
    assert assessed[key(PRAISE[0])][4]

    assert world.assess() == Assessed(0, False, first.model_version)
    assert len(completed_loads(world.lake, "texts")) == 1


def test_new_texts_are_assessed_by_the_model_that_the_lake_holds(world: World) -> None:
    world.holds(RATED)
    first = world.assess()
    world.holds([*RATED, ("Lovely!", None, False)])
    second = world.assess()
    assert second == Assessed(1, False, first.model_version)
    stored = stored_model(world.lake, world.known()["text_model"])
    assert stored.version == first.model_version
    assert stored.sentiment is not None
    (score,) = stored.sentiment.scores(["Lovely!"], ["en"])
    assert [row[3] for row in world.scores() if row[0] == key("Lovely!")] == [score]


def test_another_model_assesses_everything_anew_and_what_the_former_said_stays(world: World) -> None:
    world.holds(RATED)
    first = world.assess()
    more: list[Row] = [*RATED, *(("An average parcel, it is okay", "neutral", True) for _ in range(9))]
    world.holds(more)
    second = world.assess()
    assert second.is_new_model
    assert second.model_version != first.model_version
    assert second.texts == 41
    assert len(world.scores()) == 40 + 41
    assert [row[1] for row in world.models()] in ([1, 2], [2, 1])

    world.holds(RATED)
    third = world.assess()
    assert (third.texts, third.is_new_model, third.model_version) == (0, True, first.model_version)
    known = world.known()["text_model"]
    assert known.version == 3
    assert stored_model(world.lake, known).version == first.model_version


def test_without_ratings_languages_are_told_and_no_sentiment(world: World) -> None:
    world.holds([("Das Paket kam Tage später als versprochen", None, False), ("!!!", None, False)])
    assessed = world.assess()
    assert assessed.model_version.endswith("sentiment none")
    assert {(row[2], row[3]) for row in world.scores()} == {("de", None), ("und", None)}
    assert world.assess().texts == 0


def test_without_texts_there_is_a_model_that_says_nothing(world: World) -> None:
    world.holds([])
    assert world.assess() == Assessed(0, True, world.assess().model_version)


def test_a_text_of_ten_megabytes_costs_as_its_beginning(world: World) -> None:
    world.holds([*RATED, ("How lovely and wonderful this parcel is. " * 250_000, None, False)])
    assert world.assess().texts == 41
    world.holds([*RATED, ("How lovely and wonderful this parcel is. " * 250_000, None, False)])
    assert world.assess().texts == 0


def test_texts_come_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 7)
    world.holds(RATED)
    assert world.assess().texts == 40
    assert len(world.scores()) == 40
    assert len(list((world.lake / "texts" / "text_scores").rglob("*.parquet"))) == 6


def test_what_an_interrupted_run_left_is_not_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.holds(RATED)
    plain = module._assessed
    monkeypatch.setattr(module, "BATCH", 7)
    calls = []

    def interrupted(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return plain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_assessed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        world.assess()
    assert world.known() == {}
    monkeypatch.setattr(module, "_assessed", plain)
    assert world.assess().texts == 40
    assert len(world.scores()) == 40


def test_a_lake_that_lost_its_model_says_what_to_do(world: World) -> None:
    world.holds(RATED)
    world.assess()
    for file in (world.lake / "texts" / "sentiment_terms").rglob("*.parquet"):
        file.unlink()
    with pytest.raises(FileNotFoundError, match="Remove the folder"):
        world.assess()
