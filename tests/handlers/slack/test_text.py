from __future__ import annotations

import html
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.messages import Fill, Message, PersonName, Text, When
from handlers.slack.text import date, escape, mention, mrkdwn, within
from handlers.wording import units, visible
from tests.handlers.slack.strategies import instants, lines, texts

HELLO = Message("notice", "hello", zone="Europe/Berlin")


@given(st.text())
def test_it_escapes_so_that_nothing_is_lost_and_no_token_is_left(text: str) -> None:
    escaped = escape(text)

    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@settings(deadline=None)
@given(lines, st.sampled_from([800, 1500, 2900]))
def test_it_never_writes_a_text_longer_than_asked(spans: tuple[object, ...], limit: int) -> None:
    texts_ = mrkdwn(spans, HELLO, Fill(), limit)  # type: ignore[arg-type]

    assert all(0 < units(text) <= limit for text in texts_)


@settings(deadline=None)
@given(st.lists(texts, max_size=5))
def test_it_keeps_every_visible_sign_of_plain_spans(said: list[str]) -> None:
    shown = "".join(mrkdwn([Text(text) for text in said], HELLO, Fill(), 800))

    assert "".join(html.unescape(shown).split()) == "".join(
        html.unescape(escape("".join(visible(text) for text in said))).split()
    )


@given(texts, st.integers(1, 400))
def test_it_escapes_within_a_limit(text: str, limit: int) -> None:
    assert units(within(text, limit)) <= limit


@given(instants)
def test_it_writes_any_instant_as_one_token_or_as_words(at: datetime) -> None:
    written = date(When(at, "date_time"), HELLO)

    assert written.count("<") == written.count(">") <= 1
    assert written.count("|") == written.count("<")


def test_it_names_the_zone_in_the_fallback() -> None:
    night = When(datetime(2026, 3, 6, 12, 5, tzinfo=UTC), "date_time")

    assert date(night, HELLO) == "<!date^1772798700^{date_short_pretty} {time}|Mar 6, 2026 1:05 PM (Berlin)>".replace(
        "5 PM", "5\u202fPM"
    )


@pytest.mark.parametrize("contact", ["", "ana@example.com", "<!channel>", "U0 ANA", "C0HANGZHOU", "U0ANA>"])
def test_it_makes_no_token_of_what_slack_could_not_have_issued(contact: str) -> None:
    assert mention("ana", Fill(contacts={"ana": contact})) is None


def test_it_falls_back_to_the_key_of_a_person_without_a_name() -> None:
    assert mrkdwn([PersonName("ana", notify=True)], HELLO, Fill()) == ["ana"]
