"""The few comments that stand for the many: what they promise, whatever was said."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.highlights import Candidate, choose
from analytics.similarity import gist
from tests.analytics.hostile import HOSTILE, TEXTS

DAY = date(2026, 3, 6)
START = datetime(2026, 3, 6, 12, tzinfo=UTC)


def said(number: int, text: str, **given: Any) -> Candidate:
    values: dict[str, Any] = {
        "lang": "en",
        "intent": "other",
        "sentiment": 0.0,
        "viewer": b"viewer %d" % number,
        "at": START + timedelta(seconds=number),
    }
    return Candidate(ref=(DAY, number), text=text, **{**values, **given})


def crowd(*texts: str, intent: str = "other", each: int = 1, lang: str = "en", first: int = 0) -> list[Candidate]:
    """Every text said by `each` viewers."""
    repeated = [text for text in texts for _ in range(each)]
    return [said(first + number, text, intent=intent, lang=lang) for number, text in enumerate(repeated)]


INTENTS = ["question", "complaint", "praise", "purchase_interest", "order", "greeting", "spam", "other"]
PIECES = (
    "does", "it", "ship", "to", "Texas", "retinol", "dark", "skin", "price", "love", "sound",
    "敏感肌", "能用吗", "كم", "السعر", "😍",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), max_size=7).map(" ".join)


@st.composite
def audiences(draw: st.DrawFn) -> list[Candidate]:
    rows = draw(
        st.lists(
            st.tuples(
                st.one_of(WORDS, WORDS, TEXTS),
                st.sampled_from(INTENTS),
                st.sampled_from(["en", "zh", "ar", "und"]),
                st.one_of(st.none(), st.integers(0, 8)),
            ),
            max_size=30,
        )
    )
    return [
        said(number, text, intent=intent, lang=lang, viewer=None if viewer is None else b"%d" % viewer)
        for number, (text, intent, lang, viewer) in enumerate(rows)
    ]


@given(audiences(), st.integers(-1, 7), st.sets(st.integers(0, 29)), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_it_keeps_its_promises_whatever_was_said(
    offered: list[Candidate], k: int, shown: set[int], chance: Random
) -> None:
    already = {(DAY, number) for number in shown}

    chosen = choose(offered, already=already, k=k)

    assert len(chosen) <= max(k, 0)
    assert set(chosen) <= set(offered)
    assert not already & {one.ref for one in chosen}
    assert all(one.intent != "spam" for one in chosen)
    known = [one.viewer for one in chosen if one.viewer is not None]
    assert len(set(known)) == len(known)
    gists = [words for one in chosen if (words := gist(one.text, one.lang))]
    assert len(set(gists)) == len(gists)
    assert not {gist(one.text, one.lang) for one in offered if one.ref in already} & set(gists)
    shuffled = chance.sample(offered, len(offered))
    assert choose(shuffled, already=already, k=k) == chosen


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_it_takes_any_text(text: str) -> None:
    chosen = choose([said(1, text), said(2, text, intent="question"), said(3, "the pump broke on day two")])

    assert {one.ref[1] for one in chosen} <= {1, 2, 3}


def test_it_puts_questions_first_and_leaves_room_for_the_rest() -> None:
    questions = crowd(
        "is it vegan?", "can pregnant women use it?", "do you ship to Spain?", "morning or night?", intent="question"
    )
    others = crowd("the texture is so light", "arrived with a broken pump", "bought three for my sisters", first=10)

    chosen = choose(questions + others, k=5)

    assert [one.intent == "question" for one in chosen] == [True, True, True, False, False]


def test_it_fills_the_places_with_questions_when_nothing_else_was_said() -> None:
    questions = crowd("is it vegan?", "safe in pregnancy?", "ship to Spain?", "morning or night?", intent="question")

    assert len(choose(questions, k=4)) == 4


def test_it_shows_what_many_say_before_what_one_says() -> None:
    many = crowd("the serum leaks out of the box", "serum leaking out of its box", each=6, intent="complaint")
    few = crowd("my cat likes the music here", "greetings from rainy Hamburg tonight", first=50)

    assert choose(many + few, k=1)[0] in many


def test_it_shows_no_two_that_say_the_same() -> None:
    same = crowd("does it suit dark skin?", "Does it suit DARK skin", "does it suit dark skin??? 😍", intent="question")

    assert len(choose(same, k=3)) == 1


def test_it_knows_one_question_in_two_languages() -> None:
    both = [
        *crowd("does it suit dark skin?", intent="question"),
        *crowd("这个色号适合深肤色吗", intent="question", lang="zh", first=10),
    ]

    assert len(choose(both, k=2)) == 1


def test_it_hears_one_angry_viewer_as_one_voice() -> None:
    rants = [f"your broken {word} are a joke" for word in ("boxes", "lids", "pumps", "caps", "labels", "seals", "jars")]
    angry = [said(n, rant, viewer=b"one", intent="complaint") for n, rant in enumerate(rants)]
    calm = crowd("the delivery took three weeks", each=3, intent="complaint", first=50)

    chosen = choose(angry + calm, k=3)

    assert chosen[0] in calm
    assert len([one for one in chosen if one.viewer == b"one"]) == 1


def test_it_shows_nothing_like_what_was_shown_already() -> None:
    shown, again, new = crowd("can I use it with retinol?", "can I use this with retinol", "how much is the set?")

    assert choose([shown, again, new], already=[shown.ref]) == [new]


def test_it_never_repeats_abuse() -> None:
    rude, polite = crowd("you are a fucking scam show", "the price is higher than in the shop", intent="complaint")

    assert choose([rude, polite]) == [polite]


def test_it_shows_greetings_and_hearts_only_when_there_is_nothing_else() -> None:
    small = [said(1, "hello from Rome everybody", intent="greeting"), said(2, "😍😍😍"), said(3, "wow")]

    assert {one.ref[1] for one in choose(small)} == {1, 2, 3}
    assert [one.ref[1] for one in choose([*small, said(4, "mine arrived half empty")])] == [4]


@pytest.mark.parametrize("k", [1, 3, 4])
def test_it_gives_an_incident_different_samples(k: int) -> None:
    complaints = crowd(
        "payment failed again", "payment failed AGAIN!!", "card declined three times", "the checkout page is frozen",
        "PayPal does not open at all", "charged twice and no order", each=4, intent="complaint",
    )  # fmt: skip

    chosen = choose(complaints, k=k)

    assert len({gist(one.text, "en") for one in chosen}) == len(chosen) == k


def test_it_chooses_from_two_thousand_in_bounded_time() -> None:
    chance = Random(7)
    words = (
        "serum", "cream", "price", "ship", "retinol", "dark", "skin", "love", "sound", "lag", "host",
        "set", "code", "box", "pump", "smell",
    )  # fmt: skip
    many = [said(n, " ".join(chance.choices(words, k=8)), intent=chance.choice(INTENTS)) for n in range(2_000)]
    choose(many)  # reads its vocabulary once

    assert min(_seconds(many) for _ in range(5)) < 0.5  # benchmarks say what it takes; this catches squares


def _seconds(many: Sequence[Candidate]) -> float:
    start = time.perf_counter()
    choose(many)
    return time.perf_counter() - start
