from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from handlers.calendars.writing import escaped, fold, write
from tests.desk.oncall.examples import layer, override, schedule
from tests.handlers.calendars.feeds import MADE_AT, feed

START, END = datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 4, 13, tzinfo=UTC)
WEEKLY = schedule(
    layer("ana", "ben", type="weekly", hand_off="09:00"),
    overrides=(override(None, "2026-03-25T10:00", "2026-03-25T12:00"),),
)
HOSTILE = {
    "ana": "值班员王芳，住在很长很长的地址里的那一位值班员王芳 😀😀😀; a, b\\n\nBEGIN:VEVENT\r\nX:y",
    "ben": "Ben",
}


def test_it_is_read_by_a_library_as_what_it_is() -> None:
    (calendar,) = Calendar.from_ical(write(feed(WEEKLY, start=START, end=END)), multiple=True)
    events = calendar.walk("VEVENT")

    assert calendar["METHOD"] == "PUBLISH"
    assert [str(one["SUMMARY"]) for one in events] == [
        "On call: Ana (emea)",
        "On call: Ben (emea)",
        "Nobody on call: emea",
        "On call: Ben (emea)",
        "On call: Ana (emea)",
        "On call: Ben (emea)",
    ]
    assert [one.errors for one in (calendar, *events)] == [[]] * 7
    assert events[2]["TRANSP"] == "TRANSPARENT"
    shift = events[1]
    assert shift["DTSTART"].dt == datetime(2026, 3, 23, 8, tzinfo=UTC)
    assert "Mon 23 Mar 09:00 to Wed 25 Mar 11:00, time of Europe/Berlin" in shift["DESCRIPTION"]
    assert (shift["SEQUENCE"], shift["LAST-MODIFIED"].dt, shift["DTSTAMP"].dt) == (3, MADE_AT, MADE_AT)


def test_it_is_the_same_when_it_is_made_again() -> None:
    assert write(feed(WEEKLY, start=START, end=END)) == write(feed(WEEKLY, start=START, end=END))


def test_it_keeps_names_from_becoming_lines() -> None:
    text = write(feed(WEEKLY, start=START, end=END, names=HOSTILE))
    (calendar,) = Calendar.from_ical(text, multiple=True)

    assert len(calendar.walk("VEVENT")) == 6
    said = {str(one["SUMMARY"]) for one in calendar.walk("VEVENT")}
    assert f"On call: {HOSTILE['ana']} (emea)".replace("\r\n", "\n") in said
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert all(line.decode() for line in text.split(b"\r\n")[:-1])  # no character is split


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=300))
def test_it_folds_and_escapes_any_text(text: str) -> None:
    folded = fold("SUMMARY:" + escaped(text))
    whole = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{folded}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == "SUMMARY:" + escaped(text)
    assert str(Calendar.from_ical(whole).walk("VEVENT")[0]["SUMMARY"]) == text


def test_it_speaks_the_readers_language_and_tells_a_person_their_own_time() -> None:
    plan = schedule(*WEEKLY.layers, zones={})
    text = write(feed(plan, start=START, end=END, person="ana", locale="zh_CN")).decode()

    assert "SUMMARY:值班：emea" in text
    assert "Nobody" not in text
