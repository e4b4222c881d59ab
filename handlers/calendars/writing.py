"""A calendar as text (RFC 5545), for every client to subscribe to or to import.

Written here and not by a library: a feed is asked for every hour by everybody who subscribed, while the bot reads
comments, and a list of lines is some fifty times quicker than icalendar's objects. Tests read it with icalendar.
All times are UTC, which every client shows in its owner's zone without a VTIMEZONE that could be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from desk.calendars.entries import Entry
from desk.calendars.flow import Feed
from desk.words import Tongue, tongue

PERSON, SCHEDULE = "X-LIVEDESK-PERSON", "X-LIVEDESK-SCHEDULE"  # by which an import knows its own
REFRESH = "PT1H"
_LINE = 75  # octets of a line, without its end
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")  # control characters, which a text may not have


def write(feed: Feed) -> bytes:
    """The calendar, in UTF-8."""
    return "".join(fold(line) + "\r\n" for line in _lines(feed, tongue(feed.locale))).encode()


def _lines(feed: Feed, t: Tongue) -> Iterator[str]:
    title = escaped(t("On call: {name}", name=feed.title))
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Livedesk//On call//EN", "CALSCALE:GREGORIAN")
    yield from ("METHOD:PUBLISH", f"NAME:{title}", f"X-WR-CALNAME:{title}")
    # The second is what clients from before RFC 7986 look at.
    yield from (f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}")
    for entry in feed.entries():
        yield from _event(feed, entry, t)
    yield "END:VCALENDAR"


def _event(feed: Feed, entry: Entry, t: Tongue) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{stamp(feed.stamped_at)}")
    yield from (f"LAST-MODIFIED:{stamp(feed.edition.made_at)}", f"SEQUENCE:{feed.edition.number}")
    yield from (f"DTSTART:{stamp(entry.start)}", f"DTEND:{stamp(entry.end)}")
    yield f"SUMMARY:{escaped(_summary(feed, entry, t))}"
    yield f"DESCRIPTION:{escaped(_description(feed, entry, t))}"
    # A time without anybody is nobody's appointment.
    yield from ("STATUS:CONFIRMED", f"TRANSP:{'TRANSPARENT' if entry.person is None else 'OPAQUE'}")
    yield from (f"{SCHEDULE}:{escaped(entry.schedule)}", f"{PERSON}:{escaped(entry.person or '')}", "END:VEVENT")


def _summary(feed: Feed, entry: Entry, t: Tongue) -> str:
    if entry.person is None:
        return t("Nobody on call: {schedule}", schedule=entry.schedule)
    if feed.person is not None:
        return t("On call: {name}", name=entry.schedule)
    name = feed.names.get(entry.person, entry.person)
    return t("On call: {person} ({schedule})", person=name, schedule=entry.schedule)


def _description(feed: Feed, entry: Entry, t: Tongue) -> str:
    zone = feed.zone(entry)
    start, end = t.day_time(entry.start, zone), t.day_time(entry.end, zone)
    lines = [t("{start} to {end}, time of {zone}", start=start, end=end, zone=zone.key)]
    if entry.goes_on:
        lines.append(t("It goes on; this calendar ends here."))
    if entry.person is None:
        lines.append(t("Why:") + " " + entry.why)
    return "\n".join(lines)


def stamp(at: datetime) -> str:
    """
    >>> stamp(datetime(2026, 3, 29, 1, tzinfo=UTC))
    '20260329T010000Z'
    """
    return f"{at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat().replace('-', '').replace(':', '')}Z"


def escaped(text: str) -> str:
    """
    >>> escaped("Müller, Ana; nights")
    'Müller\\\\, Ana\\\\; nights'
    """
    return _UNSPEAKABLE.sub("", text.replace("\r\n", "\n")).translate(_ESCAPED)


def fold(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which splits a character."""
    if len(line) * 4 <= _LINE or len(line.encode()) <= _LINE:
        return line
    pieces, piece, room = [], "", _LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", _LINE - 1  # the space that begins the next line counts
        piece += letter
        room -= size
    return "\r\n ".join([*pieces, piece])
