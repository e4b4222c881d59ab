from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.calendars.problems import CalendarError
from handlers.calendars.reading import LARGEST, MOST_EVENTS, read
from tests.handlers.calendars.files import event, file

GOOD = file(event("DTSTART:20260701T090000Z", "DTEND:20260701T100000Z"))

BAD = {
    "nothing": (b"", "no iCalendar file"),
    "words": (b"hello\n", "no iCalendar file"),
    "no events": (file(), "no events"),
    "too large": (b"x" * (LARGEST + 1), "5,000,001 bytes"),
    "too many": (file(*["BEGIN:VEVENT\r\nEND:VEVENT"] * (MOST_EVENTS + 1)), "10,001 events"),
    "cut off": (GOOD[: GOOD.index(b"END:VEVENT")], "cut off"),
    "never closed": (file("BEGIN:VEVENT", "SUMMARY:x"), "cut off"),
    "not UTF-8": (file(event("DTSTART:20260701T090000Z")).replace(b"Away", b"Abwesenheit f\xfcr"), "UTF-8"),
    "no such date": (file(event("DTSTART:20260230T090000Z")), "line 3, \"Away\", uid 1: DTSTART cannot be read"),
    "no such rule": (file(event("DTSTART:20260701T090000Z", "RRULE:FREQ=NOW")), "RRULE cannot be read"),
    "no such exception": (file(event("DTSTART:20260701T090000Z", "EXDATE:2026")), "EXDATE cannot be read"),
    "broken folding": (file(event("DESCRIPTION:a long line", "and the rest of it")), "folded without the space"),
    "an empty zone": (file("BEGIN:VTIMEZONE", "TZID:X", "END:VTIMEZONE", event("DTSTART;TZID=X:20260701T090000")), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_it_refuses_with_a_reason_on_one_line(name: str) -> None:
    raw, reason = BAD[name]

    with pytest.raises(CalendarError) as refused:
        read(raw)

    assert len(refused.value.reasons) == 1
    assert reason in refused.value.reasons[0]
    assert "\n" not in refused.value.reasons[0]


def test_it_names_every_event_that_is_wrong() -> None:
    wrong = [event("DTSTART:20260230T090000Z", uid=str(number)) for number in range(3)]

    with pytest.raises(CalendarError) as refused:
        read(file(*wrong))

    assert [reason.split(",")[0] for reason in refused.value.reasons] == ["line 3", "line 8", "line 13"]


def test_it_unfolds_in_the_middle_of_a_character() -> None:
    whole = file(event("DTSTART:20260701T090000Z", summary="值班员王芳"))
    at = whole.index("班".encode()) + 1

    (written,) = read(whole[:at] + b"\r\n " + whole[at:]).events

    assert written.summary == "值班员王芳"


def test_it_minds_neither_line_ends_nor_a_byte_order_mark() -> None:
    (written,) = read(b"\xef\xbb\xbf" + GOOD.replace(b"\r\n", b"\n")).events

    assert (written.line, written.uid) == (3, "1")


def test_it_shows_a_summary_harmlessly() -> None:
    (written,) = read(file(event("DTSTART:20260701T090000Z", summary="a\\nb\x1b[2J‮c"))).events

    assert written.named() == 'line 3, "a b [2J c", uid 1'


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD)), st.binary(max_size=4), st.integers(0, 8))
def test_it_reads_or_refuses_anything(at: int, put: bytes, drop: int) -> None:
    try:
        read(GOOD[:at] + put + GOOD[at + drop :])
    except CalendarError as refused:
        assert refused.reasons  # noqa: PT017 - either is fine
