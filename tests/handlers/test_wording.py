from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.messages import Message, When, Words
from handlers.phrases import CHINESE, ENGLISH, phrases
from handlers.translate.base import GLOSSARY
from handlers.wording import aligned, cut, harmless, in_words, locale_of, provenance, units, width, zone_of

HIDDEN = "\u202e\u202a\u2066\u2069\u200b\u2060\ufeff\u00ad\x00\x1b\x07\x9b\ud800"


@settings(deadline=None)
@given(st.text(st.characters() | st.sampled_from(HIDDEN)), st.integers(1, 300))
def test_it_makes_words_harmless_once_and_for_all(text: str, limit: int) -> None:
    shown = harmless(text, limit)

    assert harmless(shown, limit) == shown
    assert units(shown) <= limit
    assert not set(HIDDEN) & set(shown)
    assert not any(unicodedata.category(character) in ("Cs", "Zl", "Zp") for character in shown)


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1))
def test_it_leaves_ordinary_words_as_they_are(text: str) -> None:
    assert harmless(text, 10_000) == text


@pytest.mark.parametrize("emoji", ["👩‍🚀", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👍🏽", "❤️", "🇩🇪", "می‌خواهم", "क्षि", "שָׁלוֹם"])
def test_it_keeps_emoji_and_every_script_whole(emoji: str) -> None:
    assert harmless(emoji, 50) == emoji


def test_it_thins_stacked_marks() -> None:
    assert harmless("z" + "\u0301" * 60 + "!", 100) == "z" + "\u0301" * 5 + "!"


def test_it_keeps_eight_lines_of_a_flood() -> None:
    shown = harmless("line\n" * 50, 1000)

    assert shown.splitlines() == ["line"] * 7 + ["line…"]


@given(st.text(), st.integers(0, 40))
def test_it_cuts_to_the_limit_and_changes_nothing_that_fits(text: str, limit: int) -> None:
    short = cut(text, limit)

    assert units(short) <= limit
    assert (short == text) == (units(text) <= limit) or short.endswith("…")


@pytest.mark.parametrize("limit", range(1, 16))
def test_it_never_cuts_inside_an_emoji(limit: int) -> None:
    whole = "👩‍🚀👍🏽🇩"

    short = cut(whole, limit).removesuffix("…")

    assert short in ("", "👩‍🚀", "👩‍🚀👍🏽", whole)


@pytest.mark.parametrize(
    ("locale", "zone", "style", "shown"),
    [
        ("en", "America/Los_Angeles", "time", "4:05\u202fAM (Los Angeles)"),
        ("zh_CN", "Asia/Shanghai", "date_time", "2026年3月6日 20:05 (上海)"),
        ("de-DE", "Europe/Berlin", "date", "06.03.2026 (Berlin)"),
        ("", "Europe", "time", "12:05\u202fPM (UTC)"),
    ],
)
def test_it_says_an_instant_in_the_messages_zone_and_locale(locale: str, zone: str, style: str, shown: str) -> None:
    message = Message("notice", "hello", locale=locale, zone=zone)

    assert in_words(When(datetime(2026, 3, 6, 12, 5, tzinfo=UTC), style), message) == shown  # type: ignore[arg-type]


@given(st.text(max_size=12))
def test_it_falls_back_to_english_and_utc_for_any_unknown_name(name: str) -> None:
    assert str(locale_of("x" + name + "?")) == "en"
    assert zone_of("x" + name + "?").key == "UTC"


@given(st.lists(st.lists(st.text(max_size=8), max_size=4).map(tuple), max_size=5))
def test_it_aligns_columns_whatever_is_in_them(rows: list[tuple[str, ...]]) -> None:
    lines = aligned(("market", "complaints"), rows)

    assert len(lines) == 1 + sum(bool(row) for row in rows)
    assert all(width(line) <= 200 and "\n" not in line for line in lines)


def test_it_speaks_chinese_for_every_way_of_writing_it_and_english_otherwise() -> None:
    assert all(phrases(name) is CHINESE for name in ("zh", "zh_CN", "zh-CN", "zh-Hans-CN"))
    assert all(phrases(name) is ENGLISH for name in ("en", "de-DE", "", "zhx"))


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (
            Words("ช้า", "th", "slow", "LibreTranslate"),
            "from Thai · LibreTranslate",
            "译自泰语 · LibreTranslate",
        ),
        (Words("lent", "und", "slow", "Google"), "translated by Google", "由 Google 翻译"),
        (
            Words("小棕瓶", "zh", "Brown Bottle", GLOSSARY),
            "from Chinese · your glossary",
            "译自中文 · 团队术语表",
        ),
        (Words("ช้า", "th", mark="not translated"), "Thai · not translated", "泰语 · not translated"),
        (Words("😍", "und"), "", ""),
    ],
)
def test_it_tells_in_small_print_from_what_language_and_by_whom(words: Words, english: str, chinese: str) -> None:
    in_english, in_chinese = Message("notice", "x"), Message("notice", "x", locale="zh_CN")

    assert provenance(words, "", in_english, ENGLISH) == english
    assert provenance(words, "", in_chinese, CHINESE) == chinese
    assert provenance(words, "us", in_english, ENGLISH) == " · ".join(filter(None, (english, "us")))


def test_it_says_nothing_below_a_quote_in_the_readers_own_language_unless_there_is_something_to_note() -> None:
    message = Message("notice", "x")

    assert provenance(Words("slow", "en"), "", message, ENGLISH) == ""
    assert provenance(Words("slow", "en"), "minute 12", message, ENGLISH) == "English · minute 12"
