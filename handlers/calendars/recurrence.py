"""When an event takes place: its rule, further dates, and what was moved or cancelled.

The rules themselves are dateutil's work, in wall time; what is here ties them to zones and keeps them from running
away. Nothing without an end is followed beyond the range that is asked for.
"""

from __future__ import annotations

import re
import signal
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rruleset, rrulestr
from icalendar import Event

from handlers.calendars.problems import CalendarError, EventError
from handlers.calendars.reading import Read, Written
from handlers.calendars.values import DAY, Length, Reader, Wall, length

MOST_TIMES = 5_000  # of one event in the range, and of the whole file
MOST_STEPS = 100_000  # on the way to the range: daily for more than two centuries
PATIENCE = 20.0  # seconds of computing for all rules of a file; there are rules that never come true
_TOO_OFTEN = ("SECONDLY", "MINUTELY")
_DAYS_OF_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


@dataclass(frozen=True, slots=True)
class Time:
    """One time that an event takes place: half-open UTC instants. `by` is what describes it, the event itself or its
    exception."""

    start: datetime
    end: datetime
    by: Written
    all_day: bool
    floating: bool
    endless: bool = False  # a rule without an end, cut at the range


def times(read: Read, reader: Reader, start: datetime, end: datetime) -> list[Time]:
    """Every time of every event that touches [start, end), in order, cancelled ones too, for `by` says so.

    CalendarError names every event that makes no sense.
    """
    found: list[Time] = []
    reasons = []
    under_way: list[Written] = []
    with _patience(under_way):
        for master, exceptions in _series(read.events):
            under_way[:] = [master]
            try:
                found += _times(master, exceptions, reader, start, end)
            except EventError as error:
                reasons.append(f"{master.named()}: {error}")
            except (OverflowError, ValueError) as error:
                reasons.append(f"{master.named()}: it makes no sense ({error})")
            if len(found) > MOST_TIMES:
                reasons.append(f"{master.named()}: with it there are more than {MOST_TIMES:,} times in the range")
                break
    if reasons:
        raise CalendarError(reasons)
    return sorted(found, key=lambda one: (one.start, one.end, one.by.line))


def _series(events: Sequence[Written]) -> Iterator[tuple[Written, list[Written]]]:
    """Each event with its exceptions; an exception whose event is not in the file stands for itself."""
    by_uid: dict[str, list[Written]] = defaultdict(list)
    for one in events:
        by_uid[one.uid or f"\0{one.line}"].append(one)
    twice = []
    series: list[tuple[Written, list[Written]]] = []
    for same in by_uid.values():
        masters = [one for one in same if "RECURRENCE-ID" not in one.event]
        exceptions = [one for one in same if "RECURRENCE-ID" in one.event]
        if len(masters) > 1:
            twice.append(f"{masters[1].named()}: line {masters[0].line} has an event with the same UID")
        elif masters:
            series.append((masters[0], exceptions))
        else:
            series += ((one, []) for one in exceptions)
    if twice:
        raise CalendarError(twice)
    yield from series


def _times(
    master: Written, exceptions: Sequence[Written], reader: Reader, start: datetime, end: datetime
) -> Iterator[Time]:
    first = _start(master.event, reader)
    lasting = length(master.event, first, reader)
    moved = _moved(exceptions, reader)
    endless = any("UNTIL" not in rule and "COUNT" not in rule for rule in _rules(master.event))
    seen = 0
    for wall, until in _walls(master.event, first, lasting, reader, end):
        at = wall.instant
        if at in moved or wall.at.date() in moved:
            continue
        if at < end and start < max(until, at + timedelta(microseconds=1)):
            seen += 1
            if seen > MOST_TIMES:
                raise EventError(f"it takes place more than {MOST_TIMES:,} times in the range")
            yield Time(at, until, master, first.is_date, first.floating, endless)
    for one in exceptions:
        at_wall = _start(one.event, reader)
        at, until = at_wall.instant, length(one.event, at_wall, reader).end(at_wall)
        if at < end and start < max(until, at + timedelta(microseconds=1)):
            yield Time(at, until, one, at_wall.is_date, at_wall.floating)


def _start(event: Event, reader: Reader) -> Wall:
    found = reader.of(event, "DTSTART")
    if found is None:
        raise EventError("it has no start")
    return found


def _moved(exceptions: Sequence[Written], reader: Reader) -> set[datetime | date]:
    """The times that exceptions replace: instants, or dates where they say a date."""
    replaced: set[datetime | date] = set()
    for one in exceptions:
        named: Any = one.event["RECURRENCE-ID"]
        if str(named.params.get("RANGE", "")).upper() == "THISANDFUTURE":
            raise EventError(
                f"line {one.line} changes it from one time on (RANGE=THISANDFUTURE); "
                "end the series there and begin a new one in your calendar"
            )
        wall = reader.wall(named.dt, named.params.get("TZID"))
        replaced.add(wall.at.date() if wall.is_date else wall.instant)
    return replaced


def _rules(event: Event) -> list[Any]:
    found = event.get("RRULE", [])
    return found if isinstance(found, list) else [found]


def _walls(
    event: Event, first: Wall, lasting: Length, reader: Reader, end: datetime
) -> Iterator[tuple[Wall, datetime]]:
    """When the event itself would take place, with its end, up to about `end`."""
    if "EXRULE" in event:
        raise EventError("it has an EXRULE, which is no longer part of iCalendar; export it anew")
    excluded: set[datetime | date] = {
        wall.at.date() if wall.is_date or first.is_date else wall.instant for wall in reader.listed(event, "EXDATE")
    }
    # Periods say their own end. Other further dates take place in the event's own zone.
    periods = [value for value in reader.listed(event, "RDATE") if isinstance(value, tuple)]
    further = [value for value in reader.listed(event, "RDATE") if not isinstance(value, tuple)]
    for begins, until in periods:
        if begins.instant not in excluded:
            yield begins, until.instant if isinstance(until, Wall) else begins.instant + until
    occurs = rruleset()
    occurs.rdate(first.at)
    for wall in further:
        occurs.rdate(wall.at if first.is_date or wall.is_date else _in_zone(wall.instant, first))
    for rule in _rules(event):
        occurs.rrule(_rule(rule, first))
    latest = _in_zone(end, first) + 2 * DAY
    for number, at in enumerate(occurs):
        if at > latest:
            return
        if number > MOST_STEPS:
            raise EventError(f"it takes place more than {MOST_STEPS:,} times before the range ends")
        wall = Wall(at, first.zone, first.is_date, first.floating)
        if wall.instant in excluded or at.date() in excluded:
            continue
        yield wall, lasting.end(wall)


def _in_zone(at: datetime, first: Wall) -> datetime:
    return at.astimezone(first.zone).replace(tzinfo=None, fold=0)


def _rule(rule: Any, first: Wall) -> Any:
    """dateutil's rule in wall time. Its UNTIL is an instant wherever the event has a zone (RFC 5545, 3.3.10)."""
    told = str(rule.to_ical().decode())
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    if frequency in _TOO_OFTEN:
        raise EventError(f"it recurs {frequency}, which neither leave nor shifts do")
    if "COUNT" in rule and "UNTIL" in rule:
        raise EventError("its rule has COUNT and UNTIL, which exclude each other")
    months = [int(month) for month in rule.get("BYMONTH", range(1, 13))]
    days = [abs(int(day)) for day in rule.get("BYMONTHDAY", ())]
    if days and not any(day <= _DAYS_OF_MONTH.get(month, 31) for month in months for day in days):
        raise EventError("its rule names a day that does not exist, so it never takes place")
    try:
        made: Any = rrulestr(re.sub(r";?UNTIL=[^;]*", "", told), dtstart=first.at)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EventError(f"its rule {told} cannot be read: {error}") from None
    for until in rule.get("UNTIL", ()):
        made = made.replace(until=_until(until, first))
    return made


def _until(until: date | datetime, first: Wall) -> datetime:
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    return _in_zone(until, first) if until.tzinfo and not first.is_date else until.replace(tzinfo=None)


@contextmanager
def _patience(under_way: Sequence[Written]) -> Iterator[None]:
    """A rule that can never come true is looked for until the year 9999; that is stopped after `PATIENCE` seconds of
    computing. Only the main thread can be interrupted so, and commands run there."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        named = under_way[0].named() if under_way else "the file"
        raise CalendarError([f"{named}: its recurrence takes too long to work out (more than {PATIENCE:g} s)"])

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
