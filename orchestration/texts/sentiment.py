"""What a text expresses, learned from texts that came with a rating: those of the company itself.

A model is a list of terms with their weights, rounded as they are kept. So one model gives one text one score, on any
machine, and whoever doubts a score can look up which terms made it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

# Part of every fingerprint: raise it when the same rated texts give another model.
METHOD = "1"
CLASSES = ("negative", "neutral", "positive")
# A term that fewer texts share may name somebody, and teaches little.
MINIMUM_TEXTS_WITH_TERM = 5
# Without so many texts that praise and so many that complain, and so many in a language, nothing is said.
MINIMUM_RATED_TEXTS = 30
# More teach nothing new. Which ones is decided by their keys, as good as by lot.
MAXIMUM_TRAINING_TEXTS = 50_000
FOLDS = 5
# Words of two letters and more, and pictographs.
_TERM = r"(?u)[^\W\d_]{2,}|[\U0001F300-\U0001FAFF\u2600-\u27BF]"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RatedText:
    """A text that its writer rated, so many times, as expressing `rated_class`."""

    key: str
    text: str
    language: str
    rated_class: str
    count: int


@dataclass(frozen=True)
class SentimentModel:
    """Terms, their inverse document frequencies, and for each term and class its weight; the last row is the constant.

    `languages` are those that enough rated texts were in.
    """

    terms: tuple[str, ...]
    frequencies: Floats
    weights: Floats
    languages: frozenset[str]

    @property
    def version(self) -> str:
        """Names the weights: two models of one version give every text the same score."""
        digest = hashlib.md5(usedforsecurity=False)
        digest.update("\n".join((METHOD, *self.terms, *sorted(self.languages))).encode())
        digest.update(self.frequencies.tobytes())
        digest.update(self.weights.tobytes())
        return digest.hexdigest()[:12]

    def scores(self, texts: Sequence[str], languages: Sequence[str]) -> list[float | None]:
        """From -1 (negative) to 1 (positive); None where the model knows no term of it, or not the language.

        A text whose language is not told for sure (`und`) is assessed by its terms.
        """
        if not texts:
            return []
        counted = _vectorizer(self.terms, self.frequencies).transform(texts)
        odds = np.exp(counted @ self.weights[:-1] + self.weights[-1])
        found = (odds[:, 2] - odds[:, 0]) / odds.sum(axis=1)
        known = np.diff(counted.indptr) > 0
        return [
            round(float(score), 4) if is_known and language in self.languages | {"und"} else None
            for score, is_known, language in zip(found, known, languages, strict=True)
        ]


def fingerprint(rated: Iterable[RatedText]) -> str:
    """Changes with whatever a model is made from, and with nothing else."""
    rows = sorted(f"{text.key}|{text.language}|{text.rated_class}|{text.count}" for text in rated)
    return hashlib.md5("\n".join((METHOD, *rows)).encode(), usedforsecurity=False).hexdigest()


def train(rated: Sequence[RatedText]) -> SentimentModel | None:
    """A model of `rated`; None where too few of them praise, complain, or share a language or a term."""
    chosen = sorted(rated, key=lambda text: (text.key, text.rated_class))[:MAXIMUM_TRAINING_TEXTS]
    of_class, of_language = Counter[str](), Counter[str]()
    for text in chosen:
        of_class[text.rated_class] += text.count
        of_language[text.language] += text.count
    languages = frozenset(name for name, count in of_language.items() if count >= MINIMUM_RATED_TEXTS) - {"und"}
    if min(of_class["negative"], of_class["positive"]) < MINIMUM_RATED_TEXTS or not languages:
        return None
    fitted = _fitted(chosen)
    return None if fitted is None else SentimentModel(*fitted, languages)


def holdout_scores(rated: Sequence[RatedText]) -> dict[str, float | None]:
    """For each text, by its key, what a model says that was trained without it: with the other four fifths of texts."""
    found: dict[str, float | None] = {}
    for fold in range(FOLDS):
        held_out = {text.key: text for text in rated if _fold(text.key) == fold}
        model = train([text for text in rated if _fold(text.key) != fold])
        keys = sorted(held_out)
        scores = model and model.scores([held_out[k].text for k in keys], [held_out[k].language for k in keys])
        found.update(zip(keys, scores or [None] * len(keys), strict=True))
    return found


def _fold(key: str) -> int:
    return int(key[:8], 16) % FOLDS


def _fitted(chosen: Sequence[RatedText]) -> tuple[tuple[str, ...], Floats, Floats] | None:
    from sklearn.linear_model import LogisticRegression

    learned = _vectorizer()
    try:
        counted = learned.fit_transform([text.text for text in chosen])
    except ValueError:
        # What scikit-learn says of texts without a term that enough of them share.
        return None
    model = LogisticRegression(C=4.0, solver="newton-cg", max_iter=2000)
    model.fit(counted, [CLASSES.index(t.rated_class) for t in chosen], sample_weight=[t.count for t in chosen])
    weights = np.zeros((len(learned.idf_) + 1, len(CLASSES)))
    if len(model.classes_) == 2:
        # Two classes have one weight a term between them. Nobody was neutral: that is as good as never.
        weights[:-1, 2], weights[-1, 2] = model.coef_[0], model.intercept_[0]
        weights[-1, 1] = -50.0
    else:
        weights[:-1], weights[-1] = model.coef_.T, model.intercept_
    return tuple(map(str, learned.get_feature_names_out())), np.round(learned.idf_, 6), np.round(weights, 6)


def _vectorizer(terms: Sequence[str] | None = None, frequencies: Floats | None = None) -> Any:
    """Terms and pairs of neighbouring terms, weighed by how rare they are; without accents, which people leave out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        strip_accents="unicode",
        ngram_range=(1, 2),
        token_pattern=_TERM,
        sublinear_tf=True,
        min_df=MINIMUM_TEXTS_WITH_TERM if terms is None else 1,
        vocabulary=terms,
    )
    if frequencies is not None:
        vectorizer.idf_ = frequencies
    return vectorizer
