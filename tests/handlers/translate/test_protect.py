"""What must stay is taken out and put back: the law, and what services and viewers do to the marks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.configuration.model import Term
from handlers.translate.glossary import KEEP, Glossary
from handlers.translate.protect import _MARK, Line, Span, TokenLost, has_words, protect

TERMS = Glossary({"GlowSerum": KEEP, "精华": Term(translations={"en": "serum"})})
PIECES = st.sampled_from(
    [
        *("[X11X]", "x12x", "[ Х 11 Х ]", "［X11X］", "[", "]", "X", "11", "12X", " ", "\n", "\r\n", "\u2028"),
        *("$5", "30 ml", "3万", "1 299 €", "[phone]", "@anna", "https://a.b/c", ":lag:", "<@U1>", "😍", "1️⃣", "👩‍🚀"),
        *("GlowSerum", "精华", "why", "多少钱", "كم", "%", ",", ".", "\u00a0", "\ud800", "0", "٣"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=9).map(" ".join))


def unchanged(lines: list[Line]) -> str:
    """A text whose service gave everything back as it got it."""
    return "".join(line.restored(line.wanted) for line in lines)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_it_gives_back_every_text_that_a_service_leaves_alone(text: str) -> None:
    assert unchanged(protect(text)) == text


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_it_replaces_terms_and_nothing_else(text: str) -> None:
    expected, at = [], 0
    for span in TERMS.spans(text, "fr"):  # in which 精华 has no translation
        expected += [text[at : span.start], span.becomes]
        at = span.end

    assert unchanged(protect(text, TERMS.spans(text, "fr"))) == "".join((*expected, text[at:])) == text


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
def test_it_refuses_a_line_that_lost_or_doubled_a_mark(text: str, data: st.DataObject) -> None:
    lines = [line for line in protect(text) if line.kept]
    if not lines:
        return
    line = data.draw(st.sampled_from(lines))
    number = data.draw(st.integers(line.first, line.first + len(line.kept) - 1))
    mark = f"[X{number}X]"

    for spoiled in (line.wanted.replace(mark, ""), line.wanted.replace(mark, mark + mark), line.wanted + "[X99X]"):
        with pytest.raises(TokenLost):
            line.restored(spoiled)


@given(st.lists(PIECES, max_size=12).map("".join), st.text())
def test_it_lets_no_viewer_put_in_marks_of_their_own(text: str, answer: str) -> None:
    """Whatever a service answers, what is put back is each thing that had to stay, once."""
    for line in protect(text):
        try:
            shown = line.restored(answer)
        except TokenLost:
            continue
        assert len(shown) == len(line.before + line.after) + len(answer) + sum(map(len, line.kept)) - sum(
            len(mark[0]) for mark in _MARK.finditer(answer)
        )


@pytest.mark.parametrize(
    ("text", "wanted", "kept"),
    [
        ("pay $29.99 at [phone]?", "pay [X11X] at [X12X]?", ("$29.99", "[phone]")),
        ("30ml für 1.299,00 €, 50 % weg", "[X11X] für [X12X], [X13X] weg", ("30ml", "1.299,00 €", "50 %")),
        ("25rb aja kak, Rp 25.000 mahal", "[X11X] aja kak, [X12X] mahal", ("25rb", "Rp 25.000")),
        ("300元太贵了，才30毫升", "[X11X]太贵了，才[X12X]毫升", ("300元", "30")),
        ("3万人民币？", "[X11X]人民币？", ("3万",)),
        ("ราคา 590 บาท หรอ", "ราคา [X11X] หรอ", ("590 บาท",)),
        ("starts 19:30, SPF 50+", "starts [X11X], [X12X]", ("19:30", "SPF 50+")),
        ("ask @anna.b or https://a.b/c?d=1", "ask [X11X] or [X12X]", ("@anna.b", "https://a.b/c?d=1")),
        ("love it 😍😍 when?", "love it [X11X] when?", ("😍😍",)),
        ("x11x or [X11X]", "[X11X] or [X12X]", ("x11x", "[X11X]")),
        ("size 42, 3 weeks, 2 in stock", "size 42, 3 weeks, 2 in stock", ()),
    ],
)
def test_it_takes_out_what_must_stay_and_nothing_else(text: str, wanted: str, kept: tuple[str, ...]) -> None:
    (line,) = protect(text)

    assert (line.wanted, line.kept) == (wanted, kept)


@pytest.mark.parametrize(
    "came_back", ["costs [X11X] now", "costs [ X11X ] now", "costs［X１１X］now", "costs [Х11Х] now", "costs x11x now",
                  "costs [X ١١ X] now", "costs 【X11X】 now", "[X11 X] costs now"]
)  # fmt: skip
def test_it_knows_a_mark_that_came_back_in_another_dress(came_back: str) -> None:
    (line,) = protect("kostet $5 jetzt")

    assert "$5" in line.restored(came_back)
    assert "11" not in line.restored(came_back)


@pytest.mark.parametrize(
    "came_back", ["it costs now", "[X11X] [X11X]", "[X11X] [X12X]", "[X1X]", "[X111X]", "costs [Y11Y]", ""]
)
def test_it_refuses_what_came_back_otherwise(came_back: str) -> None:
    (line,) = protect("kostet $5 jetzt")

    with pytest.raises(TokenLost):
        line.restored(came_back)


def test_it_numbers_marks_so_that_nothing_of_a_viewer_can_be_one() -> None:
    (line,) = protect("X $5 12X and 11")

    assert line.wanted == "X [X13X] 12X and 11"  # losing the mark leaves "X 12X", which is none of ours
    with pytest.raises(TokenLost):
        line.restored("X 12X and 11")


def test_it_puts_back_words_that_look_like_marks_without_reading_them_again() -> None:
    (line,) = protect("nur [X12X] und $5")

    assert line.restored("only [X11X] and [X12X]") == "only [X12X] and $5"


def test_it_keeps_line_breaks_and_the_emoji_around_a_line_at_home() -> None:
    first, second = protect("😍 kein Ton 😡\r\n\n  wo ist es? ")

    assert (first.before, first.wanted, first.after) == ("😍 ", "kein Ton", " 😡\r\n\n")
    assert (second.before, second.wanted, second.after) == ("  ", "wo ist es?", " ")


@pytest.mark.parametrize("text", ["", "  ", "😍😍", "$12 [phone]", "666", "👍🏽 30 ml", "!!!", "[X11X]"])
def test_it_knows_when_there_is_nothing_to_translate(text: str) -> None:
    assert not has_words(text)


def test_it_takes_the_longest_where_two_overlap() -> None:
    (line,) = protect("the Aurora 30 ml leaks", [Span(4, 16, "Aurora 30 ml")])

    assert line.kept == ("Aurora 30 ml",)


@pytest.mark.parametrize(
    "piece", ["[ ", "1,", "1 ", "a@", "x1", "$", "😍 ", "[", " ", "9", "\n", "x11x", "$1", "@", "1 000 "]
)
def test_it_protects_in_bounded_time(piece: str) -> None:
    text = "[" + piece * (4400 // len(piece))
    began = time.process_time()

    assert unchanged(protect(text)) == text
    assert time.process_time() - began < 1.0
