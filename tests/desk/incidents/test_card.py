"""What stands on a card, in which order, and what does not stand on it twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from desk.incidents.card import CardFacts, ScopeFacts, card, finding, headline, page
from desk.messages import ChartRef, Facts, Message, Paragraph, Quote, Table, plain
from desk.words import tongue
from tests.factories import NOON

EN, ZH = tongue("en"), tongue("zh_CN")
NAMES = {"maya": "Maya Torres", "jon": "Jon Park", "wei": "陈伟"}
FIGURES = {"share": 0.38, "usual_share": 0.04, "among": 52, "viewers": 20}


def facts(**given: Any) -> CardFacts:
    values: dict[str, Any] = {
        "incident": 7,
        "version": 1,
        "state": "open",
        "severity": "P2",
        "category": "payment",
        "show": "Aurora skincare",
        "began_at": NOON,
        "scopes": [ScopeFacts("United States", 33.0, 33.0, 5.5, 0.12, 21, False, "payment")],
        "on_air": "Cream",
        "leading_words": ["payment failed", "payment", "declined"],
        "owner": None,
        "acknowledged_at": None,
        "resolved_at": None,
        "resolved_by": None,
        "next_step_at": NOON + timedelta(minutes=5),
        "next_step_for": "Jon Park",
        "paged": ["maya"],
        "from_import": False,
        "samples": [(date(2026, 3, 6), number) for number in (1, 2, 3)],
        "chart": ChartRef("incident", {}, "It rises"),
    }
    return CardFacts(**{**values, **given})


def said(message: Message) -> dict[str, str]:
    """The label and value pairs, with times as HH:MM in UTC."""
    (part,) = [part for part in message.parts if isinstance(part, Facts)]
    return {label: plain(spans, NAMES, lambda when: f"{when.at:%H:%M}") for label, spans in part.pairs}


def first_line(told: CardFacts, t: Any = EN) -> str:
    return plain(finding(told, t), NAMES, lambda when: f"{when.at:%H:%M}")


def signal(category: str = "payment_failures", **given: Any) -> CardFacts:
    scope = ScopeFacts("United States", 10.0, 10.0, 1.0, 0.38, 20, False, category, FIGURES)
    return facts(**{"category": category, "scopes": [scope], "leading_words": [], **given})


# ── in three seconds ─────────────────────────────────────────────────────────────────────────────────────────────


def test_it_says_first_since_when_who_has_it_and_what_comes_next() -> None:
    pairs = list(said(card(facts(), None, EN)).items())

    assert pairs[:3] == [("Since", "12:00"), ("Paged", "Maya Torres"), ("Next step", "12:05 · Jon Park")]
    assert [label for label, _ in pairs[3:]] == ["Show", "On air", "Leading words"]


def test_it_shows_figures_before_markets_side_by_side() -> None:
    scopes = [ScopeFacts(name, 33.0, 33.0, 5.5, 0.12, 21, False, "payment") for name in ("United States", "Europe")]
    kinds = [type(part) for part in card(facts(scopes=scopes), None, EN).parts]

    assert kinds[:3] == [Paragraph, Facts, Table]


@pytest.mark.parametrize(("usual", "expected"), [(0.53, "usually hardly any"), (5.5, "6 times the usual 5.5")])
def test_it_makes_no_multiple_of_hardly_anything(usual: float, expected: str) -> None:
    scope = ScopeFacts("United States", 33.0, 33.0, usual, 0.12, 21, False, "payment")

    assert expected in first_line(facts(scopes=[scope]))


@pytest.mark.parametrize(
    ("given", "viewers", "expected"),
    [
        ({}, 21, "33 a minute, so far from 21 viewers"),
        ({}, 1, "33 a minute, so far from one viewer"),
        ({"state": "resolved", "resolved_at": NOON, "resolved_by": "maya"}, 21, "40 a minute at the highest, from 21"),
    ],
)
def test_it_keeps_the_rate_of_a_minute_apart_from_the_viewers_of_all_of_it(
    given: dict[str, Any], viewers: int, expected: str
) -> None:
    scope = ScopeFacts("United States", 33.0, 40.0, 5.5, 0.12, viewers, False, "payment")

    assert first_line(facts(scopes=[scope], **given)).startswith(expected)


def test_it_leaves_out_a_leading_word_that_stands_in_another() -> None:
    assert said(card(facts(), None, EN))["Leading words"] == "payment failed, declined"


def test_a_page_shows_one_comment_so_that_its_buttons_are_near() -> None:
    made = page(facts(), "maya", "schedule nights", None, "America/Los_Angeles", EN)

    assert [type(part) for part in made.parts].count(Quote) == 1
    assert len(card(facts(), None, EN).quotes()) == 3


# ── signals ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_does_not_repeat_the_figures_of_its_headline() -> None:
    told = signal()
    made = card(told, None, EN)
    (top, *_) = [part for part in made.parts if isinstance(part, Paragraph)]

    assert made.headline == "P2 · Payment failures in United States: 38% of 52 attempts fail, usually 4%"
    assert plain(top.spans, NAMES) == "20 viewers in two minutes."
    assert first_line(told).startswith("38% of 52 attempts fail")  # where no headline stands above it


def test_it_says_the_figures_where_its_headline_cannot() -> None:
    both = [ScopeFacts(one, 9.0, 9.0, 1.0, 0.38, 20, False, "stalls", FIGURES) for one in ("United States", "Europe")]
    made = card(signal("stalls", scopes=both), None, EN)
    (top, *_) = [part for part in made.parts if isinstance(part, Paragraph)]

    assert made.headline == "P2 · Player stalls in United States and Europe"
    assert "38% of 52 viewers stall" in plain(top.spans, NAMES)


@pytest.mark.parametrize("category", ["silence", "payment"])
def test_it_names_no_market_where_there_is_none(category: str) -> None:
    figures = {"sources": [{"source": "shop", "since": NOON.isoformat(), "usual": 9.0, "minutes": [], "until": ""}]}
    nowhere = ScopeFacts("—", 2.0, 2.0, 0.1, 0.4, 0, False, category, figures if category == "silence" else {})
    made = headline(facts(category=category, scopes=[nowhere]), EN)

    assert "—" not in made
    assert made in ("P2 · Silence of a source: shop not heard", "P2 · Payment complaints")


# ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

OVER: dict[str, Any] = {"state": "resolved", "resolved_at": NOON + timedelta(minutes=20), "next_step_at": None}


@pytest.mark.parametrize(
    ("given", "english", "chinese"),
    [
        ({"resolved_by": "wei"}, "Resolved by 陈伟 at 12:20.", "由 陈伟 于 12:20 解决。"),
        ({"resolved_by": "slack:olga"}, "Resolved by olga at 12:20.", "由 olga 于 12:20 解决。"),
        ({"resolved_by": "livedesk"}, "It ended by itself at 12:20.", "已于 12:20 自行结束。"),
        (
            {"resolved_by": "livedesk", "state": "expired"},
            "Nobody resolved it; it expired at 12:20.",
            "无人解决，已于 12:20 过期。",
        ),
    ],
)
def test_it_says_how_it_ended_and_through_whom(given: dict[str, Any], english: str, chinese: str) -> None:
    told = facts(**OVER | given)

    assert first_line(told).endswith(english)
    assert first_line(told, ZH).endswith(chinese)


def test_it_says_that_nobody_is_left_to_page() -> None:
    told = facts(next_step_at=None, next_step_for="", is_exhausted=True, paged=["maya", "jon"])

    assert said(card(told, None, EN))["Next step"] == "none: everybody was paged, and nobody acknowledged"
    assert "Next step" not in said(card(facts(**OVER, resolved_by="maya", is_exhausted=True), None, EN))
