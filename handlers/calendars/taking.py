"""What is taken of a calendar, as somebody's leave or as a schedule's overrides, and what is left out, with the reason.

It is all or nothing: where one event makes no sense, none is taken. What is left out on purpose is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Event

from desk.configuration.model import Person
from handlers.calendars.problems import CalendarError
from handlers.calendars.reading import Read, Written
from handlers.calendars.recurrence import Time, times
from handlers.calendars.values import Reader
from handlers.calendars.writing import PERSON, SCHEDULE

# How people say in an event that shows them as free that they are away all the same.
_AWAY = ("out of office", "ooo", "vacation", "holiday", "leave", "urlaub", "abwesen", "congé", "vacaciones")
_AWAY_IN_HAN = ("休假", "年假", "请假", "外出", "休暇")
_BUSY = ("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS")


@dataclass(frozen=True, slots=True)
class Taken:
    """One entry of leave or overrides: half-open UTC instants; `person` None is nobody, on purpose."""

    person: str | None
    start: datetime
    end: datetime
    summary: str
    uid: str
    line: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    named: str
    why: str


@dataclass(slots=True)
class Outcome:
    taken: list[Taken] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    endless: list[str] = field(default_factory=list)  # the series that recur without end, cut at the range


def leave(read: Read, person: str, home: ZoneInfo, start: datetime, end: datetime) -> Outcome:
    """The times in [start, end) at which the calendar shows somebody as away. Whole days are those of `home`."""
    outcome = Outcome()
    found = times(read, Reader(read.zones, home), start, end)
    for one in found:
        if reason := _cancelled(read, one) or _free(one) or _empty(one):
            outcome.left_out.append(LeftOut(one.by.named(), reason))
        else:
            outcome.taken.append(_taken(one, person))
    return _finished(outcome, read, found, {person: home}, start, end)


def overrides(
    read: Read,
    schedule: str,
    whose: Callable[[Written], str | None],
    homes: Callable[[str | None], ZoneInfo],
    start: datetime,
    end: datetime,
) -> Outcome:
    """The times in [start, end) as overrides of a schedule. `whose` names the person on call, None for nobody on
    purpose, or raises CalendarError; `homes` is where they live."""
    outcome = Outcome()
    reasons: list[str] = []
    of_person: dict[str | None, list[Written]] = {}
    uids: dict[str, str | None] = {}
    for one in read.events:
        if (other := str(one.event.get(SCHEDULE, schedule))) != schedule:
            outcome.left_out.append(LeftOut(one.named(), f"it is of the schedule {other}"))
            continue
        if _of(one.event, "STATUS") == "CANCELLED" and one.uid in uids:
            of_person[uids[one.uid]].append(one)  # a cancelled exception: whoever it names, it is of its series
            continue
        try:
            person = whose(one)
        except CalendarError as error:
            reasons += error.reasons
            continue
        if one.uid and uids.setdefault(one.uid, person) != person:
            reasons.append(f"{one.named()}: it is of somebody else than the rest of its series; say --person")
            continue
        of_person.setdefault(person, []).append(one)
    found: list[Time] = []
    for person, events in of_person.items():
        part = Read(tuple(events), read.zones, read.cancelled)
        try:
            theirs = times(part, Reader(read.zones, homes(person)), start, end)
        except CalendarError as error:
            reasons += error.reasons
            continue
        found += theirs
        for time in theirs:
            if reason := _cancelled(read, time) or _empty(time):
                outcome.left_out.append(LeftOut(time.by.named(), reason))
            else:
                outcome.taken.append(_taken(time, person))
    if reasons:
        raise CalendarError(reasons)
    lives = {person or "nobody": homes(person) for person in of_person}
    return _without_overlaps(_finished(outcome, read, found, lives, start, end))


def by_mail(people: Mapping[str, Person], written: Written) -> str | None:
    """Who an event is about: the person that Livedesk wrote into it, else the one attendee, or else the organizer,
    whose address stands under `contacts:`. CalendarError when that is nobody or several."""
    own = written.event.get(PERSON)
    if own is not None:
        if not str(own):
            return None
        if str(own) in people:
            return str(own)
        raise CalendarError([f"{written.named()}: there is no {str(own)!r} under people:"])
    known = {one.contacts["email"].casefold(): key for key, one in people.items() if one.contacts.get("email")}
    for name in ("ATTENDEE", "ORGANIZER"):
        found = {known[address] for address in _addresses(written.event, name) if address in known}
        if len(found) == 1:
            return found.pop()
        if found:
            several = ", ".join(sorted(found))
            raise CalendarError([f"{written.named()}: it names several people ({several}); say --person"])
    raise CalendarError(
        [f"{written.named()}: no attendee or organizer has an address under people:; add it, or say --person"]
    )


def _addresses(event: Event, name: str) -> Iterable[str]:
    found = event.get(name, [])
    for one in found if isinstance(found, list) else [found]:
        declined = str(one.params.get("PARTSTAT", "")).upper() == "DECLINED"
        is_thing = str(one.params.get("CUTYPE", "")).upper() in ("ROOM", "RESOURCE")
        if not declined and not is_thing:
            yield str(one).strip().casefold().removeprefix("mailto:")


# ── what is left out ─────────────────────────────────────────────────────────────────────────────────────────────


def _of(event: Event, name: str) -> str:
    return str(event.get(name, "")).strip().upper()


def _cancelled(read: Read, time: Time) -> str:
    return "it is cancelled" if read.cancelled or _of(time.by.event, "STATUS") == "CANCELLED" else ""


def _free(time: Time) -> str:
    if _of(time.by.event, "TRANSP") != "TRANSPARENT" or (time.all_day and _says_away(time.by.event)):
        return ""
    return "it shows as free (TRANSP:TRANSPARENT), and is no whole day out of office"


def _says_away(event: Event) -> bool:
    if any(_of(event, name) == "OOF" for name in _BUSY):
        return True
    text = str(event.get("SUMMARY", "")).casefold()
    padded = f" {' '.join(''.join(one if one.isalnum() else ' ' for one in text).split())} "
    return any(f" {words}" in padded for words in _AWAY) or any(words in text for words in _AWAY_IN_HAN)


def _empty(time: Time) -> str:
    return "" if time.start < time.end else "it has no length, or lies in an hour that clocks skip"


# ── the outcome ──────────────────────────────────────────────────────────────────────────────────────────────────


def _taken(time: Time, person: str | None) -> Taken:
    return Taken(person, time.start, time.end, time.by.summary, time.by.uid, time.by.line)


def _finished(
    outcome: Outcome,
    read: Read,
    found: Sequence[Time],
    homes: Mapping[str, ZoneInfo],
    start: datetime,
    end: datetime,
) -> Outcome:
    """Once each, in order, with what a reader has to know about how times were understood."""
    unique = {(one.person, one.start, one.end): one for one in reversed(outcome.taken)}
    outcome.taken = sorted(unique.values(), key=lambda one: (one.start, one.end, one.person or ""))
    outcome.left_out = list(dict.fromkeys(outcome.left_out))
    zones = ", ".join(dict.fromkeys(f"{zone.key} ({person})" for person, zone in homes.items()))
    if any(one.all_day for one in found):
        outcome.notes.append(f"whole days are those of {zones}")
    if any(one.floating for one in found):
        outcome.notes.append(f"times without a zone are read in {zones}")
    outcome.endless = list(dict.fromkeys(one.by.named() for one in found if one.endless))
    outcome.notes += [
        f"{named}: it recurs without end and is taken until {end:%Y-%m-%d} (--to)" for named in outcome.endless
    ]
    heard = {one.by.line for one in found} | {one.line for one in read.events if one.uid in {f.by.uid for f in found}}
    outside = [one for one in read.events if one.line not in heard and str(one.event.get(SCHEDULE, "")) == ""]
    if outside:
        outcome.notes.append(
            f"{len(outside)} of {len(read.events)} events have nothing between {start:%Y-%m-%d} and {end:%Y-%m-%d}"
        )
    return outcome


def _without_overlaps(outcome: Outcome) -> Outcome:
    """Overrides replace everybody who would be on call, so at a time there is one of them at most."""
    reasons = []
    latest: Taken | None = None
    for one in outcome.taken:
        if latest and one.start < latest.end:
            said = f'line {latest.line}, "{latest.summary}"'
            reasons.append(f'line {one.line}, "{one.summary}": it overlaps {said}, and overrides may not')
        if not latest or one.end > latest.end:
            latest = one
    if reasons:
        raise CalendarError(reasons)
    return outcome
