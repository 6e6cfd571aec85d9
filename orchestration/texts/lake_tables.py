"""The lake's tables of assessed texts: which model counts, the terms it is made of, and what it says of each text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet

from orchestration.computed import Known
from orchestration.ingestion.lake import table_files
from orchestration.texts.sentiment import SentimentModel

SOURCE = "texts"
# Of the model the newest version counts; scores are added to, batch by batch.
MODELS, MODEL_NAME = "text_models", "text_model"
TERMS = "sentiment_terms"
SCORES = "text_scores"

_TERM_COLUMNS = ("inverse_document_frequency", "weight_negative", "weight_neutral", "weight_positive")


@dataclass(frozen=True)
class TextModel:
    """What texts are assessed with: a library that tells languages, and a sentiment model, where one could be made."""

    language_model: str
    sentiment: SentimentModel | None
    rated_text_count: int

    @property
    def version(self) -> str:
        return f"{self.language_model}, sentiment {self.sentiment.version if self.sentiment else 'none'}"


@dataclass(frozen=True)
class AssessedText:
    """What a model says of a text, and, if it learned from it, what one says that did not (`holdout_score`)."""

    text_key: str
    model_version: str
    language: str
    language_confidence: float
    sentiment_score: float | None
    is_learned_from: bool
    holdout_score: float | None


def stored_model(lake: Path, known: Known) -> TextModel:
    """The model the lake holds, as it was made."""
    (row,) = [
        row
        for path in table_files(lake, SOURCE, MODELS)
        for row in pyarrow.parquet.read_table(path, partitioning=None).to_pylist()
        if row["_file_version"] == known.version
    ]
    return TextModel(row["language_model"], _stored_sentiment(lake, row), row["rated_text_count"])


def _stored_sentiment(lake: Path, row: dict[str, str]) -> SentimentModel | None:
    if row["sentiment_version"] is None:
        return None
    for path in table_files(lake, SOURCE, TERMS):
        table = pyarrow.parquet.read_table(path, partitioning=None)
        if table["_file_name"][0].as_py() == row["sentiment_version"]:
            frequencies, *weights = (table[column].to_numpy() for column in _TERM_COLUMNS)
            return SentimentModel(
                # The last row is the constant, which no term stands for.
                terms=tuple(table["term"].to_pylist()[:-1]),
                frequencies=frequencies[:-1],
                weights=np.column_stack(weights),
                languages=frozenset(row["sentiment_languages"].split(",")),
            )
    raise FileNotFoundError(
        f"{lake / SOURCE / TERMS} does not hold the sentiment model {row['sentiment_version']} that {MODELS} names. "
        f"Remove the folder {lake / SOURCE}: the next run makes the model and all scores anew."
    )


def model_row(model: TextModel) -> dict[str, Any]:
    """The row of the table MODELS."""
    sentiment = model.sentiment
    return {
        "model_version": model.version,
        "language_model": model.language_model,
        "sentiment_version": sentiment and sentiment.version,
        "sentiment_languages": sentiment and ",".join(sorted(sentiment.languages)),
        "rated_text_count": model.rated_text_count,
        "term_count": len(sentiment.terms) if sentiment else 0,
    }


def term_columns(model: SentimentModel) -> dict[str, Any]:
    """The columns of the table TERMS; the last row is the constant."""
    weights = dict(zip(_TERM_COLUMNS[1:], model.weights.T, strict=True))
    return {"term": [*model.terms, None], _TERM_COLUMNS[0]: np.append(model.frequencies, np.nan), **weights}
