"""Times as people type them, on their own clock, also where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.questions.change_times import Span, Unreadable, Wrong, checked, span_in
from desk.words import tongue

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)  # Friday, 13:00 in Berlin
T = tongue("en")


def read(text: str, zone: ZoneInfo = BERLIN, now: datetime = NOW, one: str = "start") -> Span:
    span = span_in(text, zone, now, T, one=one)
    assert isinstance(span, Span), span
    return span


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-03-10 09:00 to 17:00", "2026-03-10T09:00+01:00", "2026-03-10T17:00+01:00"),
        ("2026-03-10 09:00 2026-03-11 08:00", "2026-03-10T09:00+01:00", "2026-03-11T08:00+01:00"),
        ("from 2026-03-10T09:00 until 2026-03-10T17:00", "2026-03-10T09:00+01:00", "2026-03-10T17:00+01:00"),
        ("2026-03-10T09:00Z 2026-03-10T17:00-08:00", "2026-03-10T09:00+00:00", "2026-03-10T17:00-08:00"),
        ("tomorrow 22:00 to 06:00", "2026-03-07T22:00+01:00", "2026-03-08T06:00+01:00"),
        ("monday 09:00 for 2h", "2026-03-09T09:00+01:00", "2026-03-09T11:00+01:00"),
        ("2026-04-03 to 2026-04-06", "2026-04-03T00:00+02:00", "2026-04-07T00:00+02:00"),
        ("明天 09:00 到 12:00", "2026-03-07T09:00+01:00", "2026-03-07T12:00+01:00"),
        ("18:00 – 24:00", "2026-03-06T18:00+01:00", "2026-03-07T00:00+01:00"),
        # Clocks go forward at 02:00 on 29 March and back at 03:00 on 25 October.
        ("2026-03-29 02:30 to 04:00", "2026-03-29T03:30+02:00", "2026-03-29T04:00+02:00"),
        ("2026-10-25 02:30 to 2026-10-25 02:30", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"),
    ],
)
def test_it_reads_a_start_and_an_end(text: str, start: str, end: str) -> None:
    assert read(text) == Span(at(start), at(end))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("until 18:00", "2026-03-06T18:00+01:00"),
        ("until 08:00", "2026-03-07T08:00+01:00"),
        ("18:00", "2026-03-06T18:00+01:00"),
        ("until tomorrow", "2026-03-08T00:00+01:00"),
        ("for 90m", "2026-03-06T14:30+01:00"),
        ("2h30m", "2026-03-06T15:30+01:00"),
    ],
)
def test_it_reads_an_end_alone(text: str, end: str) -> None:
    assert read(text, one="end") == Span(None, at(end))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-02-30 09:00 to 17:00", "There is no 2026-02-30"),
        ("2026-13-01", "There is no 2026-13-01"),
        ("0000-01-01", "There is no 0000-01-01"),
        ("9999-12-31T23:00", "There is no 9999-12-31T23:00"),
        ("25:00", "I cannot read “25:00” as a time"),
        ("soon", "I cannot read “soon” as a time"),
        ("<!channel>", "I cannot read"),
        ("09:00 10:00 11:00", "Write one start and one end"),
        ("09:00 to 10:00 for 2h", "Write one start and one end"),
        ("for 9999d", "Write how long it lasts"),
        ("for 0m", "Write how long it lasts"),
    ],
)
def test_it_says_what_cannot_be_read_and_what_to_write(text: str, says: str) -> None:
    span = span_in(text, BERLIN, NOW, T)

    assert isinstance(span, Unreadable)
    assert says in span.says


def test_a_day_that_a_place_never_had_is_refused() -> None:
    apia = ZoneInfo("Pacific/Apia")

    span = span_in("2011-12-30 09:00 to 17:00", apia, datetime(2011, 12, 28, tzinfo=UTC), T)

    assert isinstance(span, Unreadable)
    assert "skipped 2011-12-30" in span.says


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    assert isinstance(span_in(text, BERLIN, NOW, T), Span | Unreadable)


@pytest.mark.parametrize(
    ("start", "end", "field", "says"),
    [
        (1, 1, "end", "later end"),
        (2, 1, "end", "later end"),
        (-5, -1, "end", "over already"),
        (0, 24 * 500, "end", "At most 366 days"),
        (24 * 2000, 24 * 2001, "start", "earlier start"),
    ],
)
def test_a_range_that_cannot_be_says_at_which_end(start: int, end: int, field: str, says: str) -> None:
    hour = timedelta(hours=1)

    wrong = checked(NOW + start * hour, NOW + end * hour, NOW, T)

    assert isinstance(wrong, Wrong)
    assert wrong.field == field
    assert says in wrong.says


def test_a_range_that_has_begun_is_from_now_on_in_whole_seconds() -> None:
    now = NOW + timedelta(microseconds=500)

    assert checked(NOW - timedelta(hours=1), NOW + timedelta(hours=1, microseconds=7), now, T) == (
        NOW,
        NOW + timedelta(hours=1),
    )
