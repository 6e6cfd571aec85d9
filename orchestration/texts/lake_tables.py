"""The lake's tables of assessed texts: which model counts, the terms it is made of, and what it says of each text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from orchestration.computed import Known, declared_tables, known_versions, typed_rows
from orchestration.ingestion.lake import table_files
from orchestration.texts.sentiment import SentimentModel

SOURCE = "texts"
# Of the model the newest version counts; scores are added to, batch by batch.
MODELS, MODEL_NAME = "text_models", "text_model"
TERMS = "sentiment_terms"
SCORES = "text_scores"
TABLES = declared_tables("models/intermediate/text/_text__sources.yml")
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


def known_model(lake: Path) -> Known | None:
    """The version of the model that the lake holds, and the fingerprint of what it was made from."""
    return known_versions(lake, SOURCE, MODELS).get(MODEL_NAME)


def stored_model(lake: Path, known: Known) -> TextModel:
    """The model the lake holds, as it was made."""
    (row,) = [
        row
        for path in table_files(lake, SOURCE, MODELS)
        for row in pa.parquet.read_table(path, partitioning=None).to_pylist()
        if row["_file_version"] == known.version
    ]
    return TextModel(row["language_model"], _stored_sentiment(lake, row), row["rated_text_count"])


def _stored_sentiment(lake: Path, row: dict[str, str]) -> SentimentModel | None:
    if row["sentiment_version"] is None:
        return None
    for path in table_files(lake, SOURCE, TERMS):
        table = pa.parquet.read_table(path, partitioning=None)
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


def model_row(model: TextModel) -> pa.Table:
    return pa.table(
        {
            "model_version": [model.version],
            "language_model": [model.language_model],
            "sentiment_version": pa.array([model.sentiment and model.sentiment.version], pa.string()),
            "sentiment_languages": pa.array(
                [model.sentiment and ",".join(sorted(model.sentiment.languages))], pa.string()
            ),
            "rated_text_count": pa.array([model.rated_text_count], pa.int64()),
            "term_count": pa.array([len(model.sentiment.terms) if model.sentiment else 0], pa.int64()),
        }
    )


def term_rows(model: SentimentModel) -> pa.Table:
    weights = dict(zip(_TERM_COLUMNS[1:], model.weights.T, strict=True))
    return pa.table(
        {
            "term": pa.array([*model.terms, None], pa.string()),
            _TERM_COLUMNS[0]: pa.array([*model.frequencies, None], pa.float64()),
            **{name: pa.array(column) for name, column in weights.items()},
        }
    )


def score_rows(assessed: Sequence[AssessedText]) -> pa.Table:
    return typed_rows(map(vars, assessed), TABLES[SCORES])
