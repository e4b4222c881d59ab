"""Times as people type them: `2026-03-10 09:00`, `tomorrow 09:00 to 17:00`, `until 18:00`, `for 2h`.

What is typed is on the clock of whoever types, and follows the rules of schedules: a time that clocks skip moves
forward, one that comes twice is the first where something starts and the last where something ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desk.oncall.walltime import DAY, EARLIEST, LATEST, date_exists, first_instant, last_instant, local, midnight, utc
from desk.words import Tongue

LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=3 * 366)

_ENDS = frozenset(("to", "until", "till", "–", "-", "—", "到", "至", "直到"))
_SAYS_NOTHING = frozenset(("from", "at", "on", "of", "for", "从"))
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAME = re.compile(r"(mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_RELATIVE = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "后天": 2}
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "min": "minutes", "天": "days", "小时": "hours", "分钟": "minutes"}
_PART = r"(\d{1,4})(min|[dhm天]|小时|分钟)"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was typed is no time; `says` is a sentence with what to write instead."""

    says: str


@dataclass(frozen=True, slots=True)
class Span:
    """UTC instants; None is what was not said."""

    start: datetime | None
    end: datetime | None


@dataclass(slots=True)
class _Point:
    """A date, a time of day (an offset, 24:00 included), or an instant; `ends` says that "to" stands before it."""

    day: date | None = None
    clock: timedelta | None = None
    instant: datetime | None = None
    ends: bool = False


def span_in(text: str, zone: ZoneInfo, now: datetime, t: Tongue, *, one: str = "start") -> Span | Unreadable:
    """The time that a text says, on the clock of `zone`; `one` is what a single point without "until" means.

    >>> from desk.words import tongue
    >>> now = datetime.fromisoformat("2026-03-06T12:00+00:00")
    >>> span = span_in("2026-03-10 09:00 to 17:00", ZoneInfo("Europe/Berlin"), now, tongue("en"))
    >>> print(span.start, span.end)
    2026-03-10 08:00:00+00:00 2026-03-10 16:00:00+00:00
    """
    points: list[_Point] = []
    length: timedelta | None = None
    ends = False
    for word in text.replace(",", " ").split():
        folded = word.casefold()
        if folded in _ENDS:
            ends = True
        elif folded in _SAYS_NOTHING:
            continue
        elif (lasting := _length(folded)) is not None:
            length = (length or timedelta(0)) + lasting
        else:
            problem = _take(points, word, ends, zone, now, t)
            if problem is not None:
                return problem
            ends = False
    if len(points) > 2 or (len(points) == 2 and length is not None):
        return Unreadable(t("Write one start and one end, such as 2026-03-29 21:00 to 23:00."))
    if length is not None and not timedelta(0) < length <= FURTHEST:
        return Unreadable(t("Write how long it lasts as 30m, 2h or 3d."))
    return _resolved(points, length, one, zone, now)


def _take(points: list[_Point], word: str, ends: bool, zone: ZoneInfo, now: datetime, t: Tongue) -> Unreadable | None:
    """Add a word to the points; what is wrong with it, if anything."""
    point = _point(word.casefold(), zone, now)
    if point is None:
        return Unreadable(
            t("I cannot read “{text}” as a time", text=word[:40])
            + ". "
            + t("Write 21:00 for today, or 2026-03-29 21:00.")
        )
    if point.day is None and point.clock is None and point.instant is None:
        return Unreadable(t("There is no {date}; write a date that the calendar has.", date=word[:40]))
    if point.day is not None and not date_exists(point.day, zone):
        said = t("In {zone} clocks skipped {date} altogether; write another date.", zone=zone.key, date=word[:40])
        return Unreadable(said)
    last = points[-1] if points else None
    if last and not ends and last.day is not None and last.clock is None and point.clock is not None:
        last.clock = point.clock
    else:
        point.ends = ends
        points.append(point)
    return None


def _point(word: str, zone: ZoneInfo, now: datetime) -> _Point | None:
    """A word as a point; one without anything in it is a date or time that does not exist."""
    today = local(now, zone).date()
    if word in _RELATIVE:
        return _Point(day=today + _RELATIVE[word] * DAY)
    if named := _DAY_NAME.fullmatch(word):
        ahead = (_DAYS.index(named[1][:3]) - today.weekday()) % 7
        return _Point(day=today + ahead * DAY)
    if clock := _CLOCK.fullmatch(word):
        hours, minutes = int(clock[1]), int(clock[2])
        offset = timedelta(hours=hours, minutes=minutes)
        return _Point(clock=offset) if minutes < 60 and offset <= DAY else None
    if _DATE.fullmatch(word):
        try:
            year, month, day = (int(part) for part in word.split("-"))
            found = date(year, month, day)
        except ValueError:
            return _Point()
        return _Point(day=found) if EARLIEST.date() < found < LATEST.date() else _Point()
    try:
        read = datetime.fromisoformat(word.upper())
    except ValueError:
        return _Point() if re.match(r"\d{4}-\d{2}-\d{2}T", word.upper()) else None
    if read.tzinfo is not None:
        at = utc(read)
        return _Point(instant=at) if EARLIEST < at < LATEST else _Point()
    if not EARLIEST.date() < read.date() < LATEST.date():
        return _Point()
    return _Point(day=read.date(), clock=read - datetime.combine(read.date(), time(0)))


def _resolved(points: list[_Point], length: timedelta | None, one: str, zone: ZoneInfo, now: datetime) -> Span:
    start = end = None
    first = points[0] if points else None
    if len(points) == 2:
        start = _starts(points[0], zone, now)
        end = _ends_at(points[1], points[0].day, start, zone)
    elif first is not None and length is None and (first.ends or one == "end"):
        end = _ends_at(first, None, utc(now), zone)
    elif first is not None:
        start = _starts(first, zone, now)
    if length is not None:
        end = (start or utc(now)) + length
    return Span(start, end)


def _starts(point: _Point, zone: ZoneInfo, now: datetime) -> datetime:
    if point.instant is not None:
        return point.instant
    day = point.day or local(now, zone).date()
    return first_instant(midnight(day) + (point.clock or timedelta(0)), zone)


def _ends_at(point: _Point, day: date | None, start: datetime, zone: ZoneInfo) -> datetime:
    """A date alone ends with that day; a time alone is the first one after the start."""
    if point.instant is not None:
        return point.instant
    if point.day is not None:
        offset = DAY if point.clock is None else point.clock
        return last_instant(midnight(point.day) + offset, zone)
    day = day or local(start, zone).date()
    at = last_instant(midnight(day) + (point.clock or timedelta(0)), zone)
    return at if at > start else last_instant(midnight(day) + DAY + (point.clock or timedelta(0)), zone)


def _length(word: str) -> timedelta | None:
    if not re.fullmatch(f"(?:{_PART})+", word):
        return None
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in re.findall(_PART, word)), timedelta(0))


@dataclass(frozen=True, slots=True)
class Wrong:
    """A range that cannot be; `field` is "start" or "end"."""

    field: str
    says: str


def checked(start: datetime, end: datetime, now: datetime, t: Tongue) -> tuple[datetime, datetime] | Wrong:
    """The range from now on, in whole seconds; what is wrong with it, said with what to do."""
    start, end, now = (at.replace(microsecond=0) for at in (utc(start), utc(end), utc(now)))
    if end <= start:
        return Wrong("end", t("The end is not after the start: choose a later end."))
    if end <= now:
        return Wrong("end", t("That is over already: choose an end that is still to come."))
    if start > now + FURTHEST:
        said = t("That is more than {n} days ahead: choose an earlier start.", n=FURTHEST // DAY)
        return Wrong("start", said)
    start = max(start, now)
    if end - start > LONGEST:
        said = t("At most {n} days at a time: for longer, change the layers in livedesk.yaml.", n=LONGEST // DAY)
        return Wrong("end", said)
    return start, end
