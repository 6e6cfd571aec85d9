"""What texts express, learned from few rated ones that a reader can check."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from orchestration.texts import sentiment
from orchestration.texts.language import LanguageDetector
from orchestration.texts.sentiment import RatedText, SentimentModel, fingerprint, holdout_scores, train

PRAISE = ("lovely", "great", "wonderful", "perfect")
BLAME = ("broken", "awful", "late", "terrible")
SHRUG = ("average", "okay")


def rated(words: tuple[str, ...], rated_class: str, language: str = "en", copies: int = 12) -> list[RatedText]:
    """Texts with two words each, of which every word is shared by more than MINIMUM_TEXTS_WITH_TERM."""
    texts = [f"{word} thing number {chr(97 + copy)}x" for word in words for copy in range(copies)]
    return [RatedText(hashlib.md5(text.encode()).hexdigest(), text, language, rated_class, 1) for text in texts]


@pytest.fixture(scope="module")
def some() -> list[RatedText]:
    return rated(PRAISE, "positive") + rated(BLAME, "negative") + rated(SHRUG, "neutral")


@pytest.fixture(scope="module")
def model(some: list[RatedText]) -> SentimentModel:
    made = train(some)
    assert made is not None
    return made


def said(model: SentimentModel, *texts: str, language: str = "en") -> list[float]:
    """The scores of texts that the model can assess."""
    scores = [score for score in model.scores(texts, [language] * len(texts)) if score is not None]
    assert len(scores) == len(texts)
    return scores


def test_words_of_praise_are_positive_and_those_of_blame_negative(model: SentimentModel) -> None:
    praise, blame, shrug = said(model, "How lovely!", "AWFUL, and late", "okay")
    assert praise > 0.5
    assert blame < -0.5
    assert abs(shrug) < 0.3


def test_accents_and_case_make_no_other_word(model: SentimentModel) -> None:
    assert model.scores(["löVély"], ["en"]) == model.scores(["lovely"], ["en"])


@pytest.mark.parametrize("text", ["", "   ", "!!! ... ???", "12345 67", "😀😀", "never heard", "\x00\x01", "￿"])
def test_nothing_is_said_of_a_text_without_a_known_term(model: SentimentModel, text: str) -> None:
    assert model.scores([text], ["en"]) == [None]


def test_a_pictograph_is_a_term_where_enough_texts_share_it() -> None:
    hearts = rated(("💛 hm", "hm 💛"), "positive", copies=16)
    model = train([*hearts, *rated(BLAME, "negative"), *rated(PRAISE, "positive")])
    assert model is not None
    assert "💛" in model.terms
    assert said(model, "💛💛", language="und")[0] > 0.2


def test_a_language_that_too_few_rated_texts_are_in_is_not_assessed(some: list[RatedText]) -> None:
    model = train(some + rated(("lovely",), "positive", language="sv"))
    assert model is not None
    assert model.languages == {"en"}
    assert model.scores(["lovely"], ["sv"]) == [None]
    assert model.scores(["lovely"], ["und"]) == model.scores(["lovely"], ["en"]) != [None]


def test_mixed_languages_are_assessed_by_the_terms_that_are_known(model: SentimentModel) -> None:
    assert said(model, "lovely, aber ziemlich teuer")[0] > 0.2


@pytest.mark.parametrize("classes", [("positive",), ("negative", "neutral"), ()])
def test_without_praise_and_blame_there_is_no_model(some: list[RatedText], classes: tuple[str, ...]) -> None:
    assert train([text for text in some if text.rated_class in classes]) is None


def test_without_neutral_texts_there_is_one(some: list[RatedText]) -> None:
    model = train([text for text in some if text.rated_class != "neutral"])
    assert model is not None
    praise, blame = said(model, "lovely", "awful")
    assert praise > 0.5 > -0.5 > blame
    assert praise == pytest.approx(-blame, abs=0.2)


def test_texts_that_share_no_term_make_no_model() -> None:
    texts = [
        RatedText(hashlib.md5(word.encode()).hexdigest(), word, "en", rated_class, 1)
        for rated_class in ("positive", "negative")
        for word in ("".join(chr(97 + int(d)) for d in f"{n:03d}") + rated_class[0] for n in range(40))
    ]
    assert train(texts) is None


def test_a_model_is_what_its_weights_are_in_any_order_of_texts(some: list[RatedText], model: SentimentModel) -> None:
    again = train(list(reversed(some)))
    assert again is not None
    assert again.version == model.version
    assert fingerprint(reversed(some)) == fingerprint(some)
    other = SentimentModel(model.terms, model.frequencies, model.weights + 0.000001, model.languages)
    assert other.version != model.version


@pytest.mark.parametrize("change", [{"count": 2}, {"rated_class": "neutral"}, {"language": "de"}])
def test_the_fingerprint_changes_with_what_a_model_is_made_from(
    some: list[RatedText], change: dict[str, object]
) -> None:
    first, *others = some
    assert fingerprint([RatedText(**{**vars(first), **change}), *others]) != fingerprint(some)


def test_terms_that_few_texts_share_are_not_kept(some: list[RatedText]) -> None:
    name = [RatedText("0" * 32, "lovely thing from Anneliese", "en", "positive", 9)]
    model = train(some + name)
    assert model is not None
    assert not [term for term in model.terms if "anneliese" in term]
    assert len(model.terms) == len(model.frequencies) == len(model.weights) - 1
    assert np.isfinite(model.weights).all()


def test_what_is_held_out_is_assessed_by_a_model_that_did_not_learn_from_it(
    some: list[RatedText], monkeypatch: pytest.MonkeyPatch
) -> None:
    learned_from: list[set[str]] = []
    plain = sentiment.train

    def watched(texts: list[RatedText]) -> SentimentModel | None:
        learned_from.append({text.key for text in texts})
        return plain(texts)

    monkeypatch.setattr(sentiment, "train", watched)
    scores = holdout_scores(some)
    assert set(scores) == {text.key for text in some}
    assert len(learned_from) == sentiment.FOLDS
    assert all(sum(key not in keys for keys in learned_from) == 1 for key in scores), "each text was held out once"
    right = sum((scores[t.key] or 0) > 0.2 for t in some if t.rated_class == "positive")
    assert right >= 0.9 * 48


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das Paket kam Tage später als versprochen", "de"),
        ("O produto chegou antes do prazo, recomendo", "pt"),
        ("Très déçue, livraison en retard", "fr"),
        ("GREAT PRODUCT AND FAST DELIVERY", "en"),
        ("Snabb leverans, väl förpackat", "sv"),
        ("Отличный товар, спасибо", "ru"),
        ("Look: https://shop.example/produto/recomendo?x=1 and write to joao@exemplo.com.br, thank you", "en"),
    ],
)
def test_languages_are_told(text: str, language: str) -> None:
    found, confidence = LanguageDetector().detect(text)
    assert found == language
    assert 0.2 <= confidence <= 1


@pytest.mark.parametrize("text", ["", " \n", "!?...", "😀👍", "1234", "ok", "https://a.example/recomendo", "\x00"])
def test_what_is_no_language_is_undetermined(text: str) -> None:
    language, confidence = LanguageDetector().detect(text)
    assert language == "und"
    assert 0 <= confidence < 0.2


def test_languages_name_the_library_that_told_them() -> None:
    assert LanguageDetector().name.startswith("py3langid 0.")
