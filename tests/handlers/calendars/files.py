"""iCalendar files for tests: only what a test names matters."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from handlers.calendars.reading import read
from handlers.calendars.recurrence import Time, times
from handlers.calendars.values import Reader

BERLIN = ZoneInfo("Europe/Berlin")
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def event(*lines: str, uid: str = "1", summary: str = "Away") -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"))


def file(*parts: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", "")).encode()


def when(*parts: str, home: ZoneInfo = BERLIN, start: datetime = START, end: datetime = END) -> list[Time]:
    found = read(file(*parts))
    return times(found, Reader(found.zones, home), start, end)


def spans(*parts: str, home: ZoneInfo = BERLIN, start: datetime = START, end: datetime = END) -> list[str]:
    """`2026-03-29T01:00+2:00` style: start and length of each time, in UTC."""
    return [f"{one.start:%m-%dT%H:%M} {one.end - one.start}" for one in when(*parts, home=home, start=start, end=end)]
