"""Who could fill a gap, best first, and the override that would."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.oncall.away import Away
from desk.oncall.gaps import Gap, staffed_by
from desk.oncall.spans import Span, common, joined, length
from desk.oncall.walltime import DAY, first_instant, last_instant, local, midnight

NIGHT = timedelta(hours=22), timedelta(hours=7)  # local; a night ends on the day after the one it begins on
_LONGEST_ACTION = 100  # characters, on the strictest platform
_REF = re.compile(r"(.+):(\d{1,11}):(\d{1,11})")
_BOUND = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """`awake` is the share of the gap outside of their night; `speaks` are those of the wanted markets' languages
    that they read; `member` says whether they take turns in this schedule."""

    person: str
    awake: float
    speaks: tuple[str, ...]
    member: bool


def candidates(configuration: Configuration, gap: Gap, most: int = 3) -> tuple[Candidate, ...]:
    """People who are free for the whole gap: not away, and not on call elsewhere. Those who are awake come first,
    then who reads the market's languages, then who takes turns in the schedule anyway."""
    schedule = configuration.schedules[gap.schedule]
    members = {person for layer in schedule.layers for person in layer.rotation.members}
    languages = [
        language
        for market in dict.fromkeys(want.market for want in gap.wants if want.market)
        for language in configuration.markets[market].languages
    ]
    busy = {
        person
        for name in configuration.schedules
        if name != gap.schedule
        for person in staffed_by(configuration, name, gap.start, gap.end)
    }
    aways = [Away(one) for one in configuration.schedules.values()]
    found = []
    for person in configuration.people.values():
        if person.key in busy or any(away.of(person.key, gap.start, gap.end) for away in aways):
            continue
        nights = common(night_spans(person.zone, gap.start, gap.end), [(gap.start, gap.end)])
        awake = 1 - length(nights) / (gap.end - gap.start)
        speaks = tuple(language for language in dict.fromkeys(languages) if language in person.languages)
        found.append(Candidate(person.key, awake, speaks, person.key in members))
    found.sort(key=lambda one: (-round(one.awake, 2), not one.speaks, not one.member, one.person))
    return tuple(found[:most])


def night_spans(zone: ZoneInfo, start: datetime, end: datetime) -> list[Span]:
    """The nights (22:00 to 07:00 on the clock of `zone`) that touch [start, end), not clipped to it."""
    found = []
    day, last = local(start, zone).date() - 2 * DAY, local(end, zone).date()
    while day <= last:
        opens = first_instant(midnight(day) + NIGHT[0], zone)
        closes = last_instant(midnight(day) + DAY + NIGHT[1], zone)
        if opens < closes and opens < end and start < closes:
            found.append((opens, closes))
        day += DAY
    return joined(found)


def ref_of(gap: Gap) -> str | None:
    """A gap as the reference of a button, `gap:emea:1774600000:1774610000`; None when it would be too long for one."""
    ref = f"gap:{gap.schedule}:{int(gap.start.timestamp())}:{int(gap.end.timestamp())}"
    return ref if len(f"fill|{ref}|0") <= _LONGEST_ACTION and "|" not in ref else None


def gap_of(ref: str) -> tuple[str, datetime, datetime]:
    """(schedule, start, end) of what follows `gap:` in such a reference; ValueError when it is none."""
    found = _REF.fullmatch(ref)
    if not found:
        raise ValueError(ref)
    try:
        start, end = (datetime.fromtimestamp(int(text), UTC) for text in found.groups()[1:])
    except (OverflowError, OSError) as beyond:
        raise ValueError(ref) from beyond
    if not _BOUND[0] <= start < end <= _BOUND[1]:
        raise ValueError(ref)
    return found[1], start, end
