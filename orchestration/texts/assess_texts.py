"""The computation `texts`: read, learn, assess, write; no text is assessed twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.bounded_memory import connect
from orchestration.computed import ComputedLoad
from orchestration.ingestion.lake import table_files
from orchestration.texts.lake_tables import (
    MODEL_NAME,
    MODELS,
    SCORES,
    SOURCE,
    TERMS,
    AssessedText,
    TextModel,
    model_row,
    stored_model,
    term_columns,
)
from orchestration.texts.language import LanguageDetector, surely
from orchestration.texts.sentiment import RatedText, fingerprint, holdout_scores, train

# Who writes more than this has said it; it also bounds what one text costs.
MAXIMUM_CHARACTERS = 10_000
BATCH = 10_000


@dataclass(frozen=True)
class Assessed:
    """What a run made: distinct texts it assessed, whether with a new model, and the model's version."""

    texts: int
    is_new_model: bool
    model_version: str

    @property
    def outcome(self) -> str:
        texts = f"{self.texts:,} texts" if self.texts else "nothing new"
        return texts + (", a new model" if self.is_new_model else "")

    @property
    def figures(self) -> dict[str, int | str]:
        return {"texts": self.texts, "model_version": self.model_version}


def assess_texts(warehouse: Path, lake: Path, assessed_at: datetime) -> Assessed:
    """Assess the texts that dbt put together in `warehouse`, into `lake`; `assessed_at` is the run's clock.

    A text that the model has assessed is left as it is. The model is made anew where the rated texts it learns from, or
    the way it learns, are not those it was made from; then all texts are assessed anew.
    """
    detector = LanguageDetector()
    with (
        connect(warehouse, read_only=True) as connection,
        ComputedLoad(lake, SOURCE, assessed_at) as load,
    ):
        rated = _rated_texts(connection, detector)
        content_md5 = hashlib.md5(f"{detector.name}|{fingerprint(rated)}".encode(), usedforsecurity=False).hexdigest()
        is_new = not load.is_unchanged(MODEL_NAME, content_md5)
        held_out: Mapping[str, float | None] = {}
        if is_new:
            sentiment = train(rated)
            model = TextModel(detector.name, sentiment, len(rated))
            held_out = holdout_scores(rated) if sentiment else {}
            load.add(MODEL_NAME, content_md5, {MODELS: [model_row(model)]})
            # Of a model that comes back the lake holds the terms.
            if sentiment and not load.is_unchanged(sentiment.version, sentiment.version):
                load.add(sentiment.version, sentiment.version, {TERMS: term_columns(sentiment)})
        else:
            model = stored_model(lake, load.known[MODEL_NAME])
        count = 0
        for batch in _texts_to_assess(connection, lake, model.version):
            assessed = _assessed(batch, detector, model, held_out)
            # Of two files with one content the lake counts one: what assessed the texts is part of it.
            content_md5 = hashlib.md5("\n".join((model.version, *batch)).encode(), usedforsecurity=False).hexdigest()
            load.add(f"scores of {content_md5}", content_md5, {SCORES: list(map(vars, assessed))})
            count += len(assessed)
    return Assessed(count, is_new, model.version)


def _rated_texts(connection: duckdb.DuckDBPyConnection, detector: LanguageDetector) -> list[RatedText]:
    """The rated texts to learn from (int_text__texts says which), each once a class."""
    rows = connection.execute(
        f"""
        select text_key, left(min(text), {MAXIMUM_CHARACTERS}), rated_class, count(*)
        from restricted.int_text__texts where is_for_training group by text_key, rated_class order by all
        """
    ).fetchall()
    return [RatedText(key, text, surely(*detector.detect(text)), rated, count) for key, text, rated, count in rows]


def _texts_to_assess(connection: duckdb.DuckDBPyConnection, lake: Path, model_version: str) -> Iterator[dict[str, str]]:
    """Batches of texts, by their keys, that the lake holds no score of by this model."""
    files = [str(path) for path in table_files(lake, SOURCE, SCORES)]
    scores = f"read_parquet({files!r})" if files else "(select null as text_key, null as model_version)"
    found = connection.execute(
        f"""
        select text_key, left(min(text), {MAXIMUM_CHARACTERS})
        from restricted.int_text__texts
        anti join (select text_key from {scores} where model_version = ?) as scored using (text_key)
        group by text_key order by text_key
        """,
        [model_version],
    )
    while rows := found.fetchmany(BATCH):
        yield dict(rows)


def _assessed(
    batch: Mapping[str, str], detector: LanguageDetector, model: TextModel, held_out: Mapping[str, float | None]
) -> list[AssessedText]:
    languages = [detector.detect(text) for text in batch.values()]
    scores: list[float | None] = [None] * len(batch)
    if model.sentiment:
        scores = model.sentiment.scores(list(batch.values()), [surely(*assessed) for assessed in languages])
    return [
        AssessedText(key, model.version, language, confidence, score, key in held_out, held_out.get(key))
        for key, (language, confidence), score in zip(batch, languages, scores, strict=True)
    ]
