"""Calendars for others to subscribe to: who may read which, under a secret link, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from desk.calendars.entries import Edition, Entry, entries, this_week, window
from desk.moment import Moment
from desk.oncall.current import current
from desk.oncall.model import Schedule
from store import calendars, oncall_changes
from store.calendars import Kind, Link


@dataclass(frozen=True, slots=True)
class Feed:
    """Everything that one calendar is made of, so that making it needs no database. `person` is for a calendar of one
    person alone. `stamped_at` moves with the edition and once a week, never with the clock."""

    title: str
    person: str | None
    schedules: tuple[Schedule, ...]
    names: Mapping[str, str]
    locale: str
    edition: Edition
    stamped_at: datetime
    start: datetime
    end: datetime

    def entries(self) -> list[Entry]:
        made = [entry for one in self.schedules for entry in entries(one, self.start, self.end, self.person)]
        return sorted(made, key=lambda entry: (entry.start, entry.schedule, entry.person or ""))

    def zone(self, entry: Entry) -> ZoneInfo:
        """In which the entry's times are told: the reader's own where the calendar is of one person."""
        schedule = next(one for one in self.schedules if one.name == entry.schedule)
        return schedule.zones.get(self.person, schedule.zone) if self.person else schedule.zone


def knows(moment: Moment, kind: Kind, subject: str) -> bool:
    """Whether there is such a schedule or person."""
    known = moment.configuration.schedules if kind == "schedule" else moment.configuration.people
    return subject in known


def make_link(moment: Moment, kind: Kind, subject: str, secret: str, locale: str, by: str) -> bool:
    """Let whoever has `secret` read a calendar; the link before it ends. Whether there was one."""
    return calendars.add(moment.connection, moment.workspace, kind, subject, secret, locale[:20], by, moment.now)


def end_link(moment: Moment, kind: Kind, subject: str, by: str) -> bool:
    """Whether there was a link to end."""
    return bool(calendars.revoke(moment.connection, moment.workspace, kind, subject, by, moment.now))


def feed(moment: Moment, secret: str) -> Feed | None:
    """The calendar behind a link; None when the link is unknown or ended, or its subject is no longer there."""
    link = calendars.find(moment.connection, moment.workspace, secret)
    if link is None or not knows(moment, link.kind, link.subject):
        return None
    edition = _edition(moment)
    start, end = window(moment.now)
    named = [link.subject] if link.kind == "schedule" else list(moment.configuration.schedules)
    return Feed(
        title=_title(moment, link),
        person=link.subject if link.kind == "person" else None,
        schedules=tuple(current(moment, name) for name in named),
        names={key: one.name for key, one in moment.configuration.people.items()},
        locale=link.locale,
        edition=edition,
        stamped_at=max(edition.made_at, this_week(moment.now)),
        start=start,
        end=end,
    )


def _title(moment: Moment, link: Link) -> str:
    return link.subject if link.kind == "schedule" else moment.configuration.people[link.subject].name


def _edition(moment: Moment) -> Edition:
    version = moment.configuration.version
    loaded = calendars.loaded_at(moment.connection, moment.workspace, version)
    made_at = (loaded or this_week(moment.now)).astimezone(UTC)
    newest = oncall_changes.edition(moment.connection, moment.workspace)
    if newest is None:
        return Edition(version, made_at)
    # Both numbers only grow, so their sum does.
    return Edition(version + newest.number, max(made_at, newest.made_at))
