"""The trained readers: what they promise whatever the weights are, and that the packaged weights read plain cases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import trained, weights
from analytics.ngrams import grams, normal
from analytics.reading import Said
from analytics.sentiment import label
from analytics.signals import CATEGORIES, INTENTS, NAMES
from analytics.trained import CLASSES, Eyes, TrainedIntent, TrainedSentiment
from analytics.understand import Understanding
from analytics.vocabulary import LANGUAGES
from analytics.weights import BITS, Layered, Linear, ModelError, load_layered, load_linear

CHAT = st.lists(st.tuples(st.text(max_size=80), st.sampled_from((*LANGUAGES, "und"))), min_size=1, max_size=6)


def read(texts: Sequence[str], langs: Sequence[str]) -> list[tuple[float, object]]:
    eyes = Eyes()
    scores = TrainedSentiment(eyes).score(texts, langs)
    return list(zip(scores, TrainedIntent(eyes).classify(texts, langs, scores), strict=True))


@given(CHAT)
@settings(deadline=None, max_examples=60)
def test_it_reads_a_text_alike_alone_and_among_others(chat: list[tuple[str, str]]) -> None:
    texts, langs = [text for text, _ in chat], [lang for _, lang in chat]

    together = read(texts, langs)

    for number, one in enumerate(together):
        score, said = read([texts[number]], [langs[number]])[0]
        assert score == pytest.approx(one[0], abs=1e-5)
        assert said == one[1]


@given(CHAT)
@settings(deadline=None, max_examples=60)
def test_it_names_categories_of_complaints_alone_the_surest_first(chat: list[tuple[str, str]]) -> None:
    texts, langs = [text for text, _ in chat], [lang for _, lang in chat]

    for score, (intent, confidence, categories) in read(texts, langs):
        assert -1 <= score <= 1
        assert intent in INTENTS
        assert 0 <= confidence <= 1
        assert bool(categories) == (intent == "complaint")
        assert {found.name for found in categories} <= set(CATEGORIES)
        assert [found.confidence for found in categories] == sorted(
            (found.confidence for found in categories), reverse=True
        )


@given(st.tuples(*(st.floats(0.001, 1.0) for _ in range(3))))
def test_it_gives_a_score_the_label_that_is_likeliest(weights: tuple[float, float, float]) -> None:
    total = sum(weights)
    chances = {name: weight / total for name, weight in zip(trained.LABELS, weights, strict=True)}

    score = trained._placed(*chances.values())

    assert chances[label(score)] == max(chances.values())


def test_it_says_nothing_about_pieces_that_the_training_did_not_see() -> None:
    seen, unseen = grams([normal("parcel", "en")]), grams([normal("nothing alike", "en")])
    rows = np.zeros(1 << BITS, np.int32)
    rows[seen.buckets(BITS)] = 1
    model = Linear(
        "by hand",
        rows,
        np.array([[0, 0], [50, -50]], np.int8),
        np.ones(2, np.float32),
        np.vstack([np.zeros((len(NAMES), 2)), [[1.0, 2.0]]]).astype(np.float32),
    )
    silent = np.zeros((1, len(NAMES)), np.float32)

    edge = 1  # every text has its edge in common
    assert model.scores(seen, silent)[0] == pytest.approx(
        [1 + 50 * len(seen.hashes) ** 0.5, 2 - 50 * len(seen.hashes) ** 0.5]
    )
    assert model.scores(unseen, silent)[0] == pytest.approx(
        [1 + 50 * edge / len(unseen.hashes) ** 0.5, 2 - 50 * edge / len(unseen.hashes) ** 0.5]
    )


def test_its_network_adds_what_pieces_say_alone_and_what_they_say_together() -> None:
    text = grams([normal("parcel", "en")])
    rows = np.zeros(1 << BITS, np.int32)
    rows[text.buckets(BITS)[0]] = 1
    signals = np.zeros((1, len(NAMES)), np.float32)
    signals[0, 3] = 1.0
    direct, units = np.zeros((len(NAMES) + 1, 2), np.float32), np.zeros((len(NAMES) + 1, 3), np.float32)
    direct[3], direct[-1] = [0.5, 0.0], [0.0, 0.25]
    units[3] = [1.0, -1.0, 0.0]
    model = Layered(
        "by hand",
        rows,
        np.array([[0, 0], [10, -20]], np.int8),
        np.array([0.1, 0.05], np.float32),
        np.array([[1.0, 0.0], [0.0, 1.0]], np.float32),
        direct,
        np.array([[0.0, 2.0, 1.0], [0.0, 0.0, 0.0]], np.float32),
        units,
        np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0]], np.float32),
        np.where(np.arange(len(NAMES)) == 3, np.float32(0.5), np.float32(0)),
    )

    scores, known = model.scores(text, signals)

    x = 1 / len(text.hashes) ** 0.5  # both numbers of the one known piece are 1 and −1
    assert 2 * x < 1  # so the second unit is dark
    assert scores[0] == pytest.approx([x + 0.5 + 1 + 2 * x, -x + 0.25])
    assert known[0] == pytest.approx(2 / len(text.hashes))  # where half are usual


def test_it_refuses_a_model_that_was_made_for_other_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "NAMES", NAMES[:-1])

    with pytest.raises(ModelError, match="train it anew"):
        load_linear("sentiment")
    with pytest.raises(ModelError, match="train it anew"):
        load_layered("intent", len(CLASSES))


@pytest.mark.parametrize(
    ("text", "lang", "intent", "category"),
    [
        ("where is my parcel, three weeks now", "en", "complaint", "delivery"),
        ("付款一直失败，怎么回事？", "zh", "complaint", "payment"),
        ("no sound again???", "en", "complaint", "stream_quality"),
        ("se me rompió al segundo día", "es", "complaint", "quality"),
        ("die hose ist viel zu klein ausgefallen", "de", "complaint", "size_fit"),
        ("quanto custa o frete pra manaus?", "pt", "question", None),
        ("ส่งต่างประเทศไหมคะ", "th", "question", None),
        ("bonsoir de bruxelles tout le monde", "fr", "greeting", None),
        ("warnanya cantik banget suka deh", "id", "praise", None),
        ("my brain is lagging today lol", "en", "other", None),
    ],
)
def test_it_reads_what_is_plain(text: str, lang: str, intent: str, category: str | None) -> None:
    reading = Understanding().read([Said(text, lang)])[0]

    assert (reading.intent, reading.category) == (intent, category)


def test_it_tells_the_words_that_decided() -> None:
    _, (_, _, categories) = read(["the left earbud died after one week"], ["en"])[0]

    assert categories[0].name == "quality"
    assert set(" ".join(categories[0].why).split()) <= {"the", "left", "earbud", "died", "after", "one", "week"}
    assert categories[0].why
