"""A team's own words: found beside ours, in the languages they are for, and only where somebody says them."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.vocabulary import LANGUAGES, Vocabulary, VocabularyError, vocabulary
from analytics.vocabulary.teams import NOTHING, TeamWords

PILLS = {"en": {"complaint": {"quality": {"says": "glowserum pills"}}}}


def tags(words: TeamWords, lang: str, text: str) -> set[str]:
    return {hit.tag for hit in words[lang].spot(text).hits}


def weights(words: Vocabulary, text: str) -> list[float]:
    return [hit.weight for hit in words.spot(text).hits if hit.tag == "polarity"]


def test_it_finds_a_teams_words_beside_ours() -> None:
    found = tags(TeamWords(PILLS), "en", "no sound and my GlowSerum pills")

    assert {"says:stream_quality", "says:quality"} <= found


@pytest.mark.parametrize("lang", ["en", "zh", "th", "ms", "und", "nl"])
def test_it_lends_words_as_our_own_files_do(lang: str) -> None:
    """Thai and Chinese viewers type English words too, and an unknown language is read as English."""
    assert "says:quality" in tags(TeamWords(PILLS), lang, "GlowSerum pills")


def test_it_lends_complaints_alone_where_a_language_has_its_own_words_for_the_rest() -> None:
    words = TeamWords({"en": {**PILLS["en"], "praise": "glow gang"}})

    assert tags(words, "de", "glow gang GlowSerum pills") >= {"says:quality"}
    assert "praise" not in tags(words, "de", "glow gang GlowSerum pills")


def test_it_says_nothing_in_languages_that_the_team_said_nothing_in() -> None:
    words = TeamWords({"th": {"order": "รับเลย"}})

    assert list(words) == ["th"]
    assert words.get("zh") is None


def test_it_says_in_every_language_what_is_for_any() -> None:
    words = TeamWords({"any": {"praise": "aurora army"}})

    assert set(words) == {*LANGUAGES, "und"}
    assert all("praise" in tags(words, lang, "aurora army") for lang in words)


def test_it_puts_a_markets_words_on_top_of_those_of_all_markets() -> None:
    words = TeamWords(PILLS, {"en": {"praise": "glow gang"}})

    assert {"says:quality", "praise"} <= tags(words, "en", "glow gang GlowSerum pills")


@pytest.mark.parametrize("weight", ["0", "2"])
def test_it_weighs_our_words_as_the_team_does(weight: str) -> None:
    ours = weights(vocabulary("en"), "mid")

    theirs = weights(TeamWords({"en": {"polarity": {weight: "mid"}}})["en"], "mid")

    assert ours == [-1.0]
    assert theirs == [float(weight)]


def test_it_takes_back_a_complaint_with_a_calm_phrase() -> None:
    """How a team keeps a product's name from sounding like a fault."""
    from analytics.intent import PhraseIntents

    text = "the No Sound cream is lovely"
    (before, *_), *_ = PhraseIntents().classify([text], ["en"], [0.5])
    (after, *_), *_ = PhraseIntents(TeamWords({"en": {"calm": "no sound cream"}})).classify([text], ["en"], [0.5])

    assert (before, after) == ("complaint", "praise")


def test_it_knows_a_teams_words_drawn_out() -> None:
    words = TeamWords({"en": {"praise": "mellow", "complaint": {"quality": {"says": "pillling"}}}})

    assert "praise" in tags(words, "en", "melloooow")


def test_it_weighs_emoji_as_the_team_does() -> None:
    words = TeamWords({"any": {"symbols": {"3": "🤡"}}})

    assert words["en"].symbols["🤡"] == 3.0
    assert vocabulary("en").symbols["🤡"] == -3.0


def test_it_has_one_version_for_the_same_words() -> None:
    one, same = TeamWords(PILLS), TeamWords({"en": dict(PILLS["en"]), "th": {}})

    assert one == same
    assert one.version == same.version != TeamWords({"en": {"praise": "glow gang"}}).version
    assert len({one, same}) == 1


def test_it_is_nothing_without_words() -> None:
    assert not NOTHING
    assert TeamWords({}, {"en": {}}) == NOTHING
    assert NOTHING.version == ""


def test_it_says_which_words_cannot_be_read() -> None:
    with pytest.raises(VocabularyError, match=r"vocabulary en \(extension\): .*'how \(much' .* never closed"):
        TeamWords({"en": {"ask": "how (much"}})["en"]


def test_it_makes_each_vocabulary_once() -> None:
    words = TeamWords(PILLS)
    found: list[Vocabulary] = []
    threads = [threading.Thread(target=lambda: found.append(words["en"])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(one) for one in found}) == 1


SOME = st.lists(st.sampled_from(["no", "sound", "glowserum", "pills", "good", "not", "?", "😡", "soooo"]), max_size=12)
BESIDE = TeamWords({"en": {"praise": "zzyzx", "polarity": {"2": "zzyzx"}}})["en"]


@given(SOME)
def test_it_changes_nothing_where_none_of_the_words_stand(text: list[str]) -> None:
    said = " ".join(text)

    assert BESIDE.spot(said) == vocabulary("en").spot(said)


@given(SOME)
def test_it_gives_what_it_finds_in_the_order_of_the_text(text: list[str]) -> None:
    starts = [hit.start for hit in TeamWords(PILLS)["en"].spot(" ".join(text)).hits]

    assert starts == sorted(starts)
