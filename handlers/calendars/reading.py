"""From the bytes of an iCalendar file (RFC 5545) to its events, or to every reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from icalendar import Calendar, Component, Event, Timezone

from handlers.calendars.problems import CalendarError, plain

LARGEST = 5_000_000  # bytes: years of a busy person's appointments
MOST_EVENTS = 10_000
_FOLD = re.compile(rb"\r?\n[ \t]")
_BEGIN = re.compile(rb"^BEGIN:VEVENT[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_END = re.compile(rb"^END:VEVENT[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """One VEVENT, and the line of the file on which it begins."""

    line: int
    event: Event

    @property
    def uid(self) -> str:
        return str(self.event.get("UID", ""))

    @property
    def summary(self) -> str:
        return plain(str(self.event.get("SUMMARY", "")))

    def named(self) -> str:
        """For whoever has to find it: `line 12, "Summer holiday", uid 4f2e…`."""
        parts = [f"line {self.line}"]
        if self.summary:
            parts.append(f'"{self.summary}"')
        if self.uid:
            parts.append(f"uid {plain(self.uid)}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Read:
    """`zones` are the VTIMEZONEs by their TZID. `cancelled`: the whole file takes its events back."""

    events: tuple[Written, ...]
    zones: Mapping[str, Timezone]
    cancelled: bool


def read(raw: bytes) -> Read:
    """Every event of a file, as it is written. CalendarError with all reasons when one of them cannot be read."""
    if len(raw) > LARGEST:
        raise CalendarError([f"the file has {len(raw):,} bytes, more than the {LARGEST:,} that are taken at once"])
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    lines = [raw.count(b"\n", 0, begin.start()) + 1 for begin in _BEGIN.finditer(raw)]
    if b"BEGIN:VCALENDAR" not in raw.upper():
        raise CalendarError(["this is no iCalendar file: it has no BEGIN:VCALENDAR"])
    if not lines:
        raise CalendarError(["the file has no events"])
    if len(lines) > MOST_EVENTS:
        raise CalendarError(
            [f"the file has {len(lines):,} events, more than the {MOST_EVENTS:,} that are taken at once"]
        )
    components = _parsed(raw)
    events = [event for one in components for event in one.walk("VEVENT") if isinstance(event, Event)]
    if len(events) != len(lines) or len(_END.findall(raw)) != len(lines):
        raise CalendarError(
            ["the file is cut off, or its parts do not close: not every BEGIN:VEVENT has an END:VEVENT"]
        )
    written = [Written(line, event) for line, event in zip(lines, events, strict=True)]
    if reasons := [f"{one.named()}: {reason}" for one in written for reason in _broken(one.event)]:
        raise CalendarError(reasons)
    described = [zone for one in components for zone in one.walk("VTIMEZONE") if isinstance(zone, Timezone)]
    methods = {str(one.get("METHOD", "")).upper() for one in components}
    return Read(
        tuple(written),
        {str(zone.get("TZID", "")): zone for zone in described},
        methods == {"CANCEL"},
    )


def _parsed(raw: bytes) -> list[Component]:
    try:
        # Unfolded as bytes, because programs fold in the middle of a character.
        text = _FOLD.sub(b"", raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise CalendarError([f"the file is not UTF-8 (byte {error.start})"]) from None
    try:
        return list(Calendar.from_ical(text, multiple=True))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise CalendarError([f"the file cannot be read as iCalendar: {plain(str(error))}"]) from None


def _broken(event: Event) -> Iterator[str]:
    """What of an event cannot be read; the library leaves such a property out, which nobody would notice."""
    for name, reason in event.errors:
        if name is None:
            yield f"{plain(str(reason))}; was a long line folded without the space that goes before the rest?"
        elif name.upper() in _MATTERS:
            yield f"{name} cannot be read: {plain(str(reason))}"


# A photo or a colour that cannot be read is of no concern; these are.
_MATTERS = frozenset(
    ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "STATUS", "TRANSP", "UID")
)
