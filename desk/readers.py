"""To whom something is said in private: in which language, on which clock, and where in chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.words import SPOKEN_HERE, Tongue, tongue


@dataclass(frozen=True, slots=True)
class Reader:
    person: str
    t: Tongue
    zone: ZoneInfo
    language: str  # into which viewers' words are translated for them

    def day_time(self, at: datetime) -> str:
        """`Fri 4 Dec 09:00 (Berlin)`"""
        return f"{self.t.day_time(at, self.zone)} ({self.city})"

    def time(self, at: datetime) -> str:
        return f"{self.t.time(at, self.zone)} ({self.city})"

    def stretch(self, start: datetime, end: datetime) -> str:
        """`Fri 4 Dec 09:00–17:00 (Berlin)`; with both days where it ends on another one than it starts."""
        t, zone = self.t, self.zone
        # Until midnight is still the day that ends then.
        same = start.astimezone(zone).date() == end.astimezone(zone).date()
        until = t.time(end, zone) if same else t.day_time(end, zone)
        dash = "–" if same else " – "
        return f"{t.day_time(start, zone)}{dash}{until} ({self.city})"

    @property
    def city(self) -> str:
        return self.t.city(self.zone)


def reader(configuration: Configuration, person: str) -> Reader:
    """How somebody is spoken to: in the first of their languages that we speak, or else in their team's."""
    known = configuration.people.get(person)
    zone = known.zone if known else ZoneInfo("UTC")
    team = next((one for one in configuration.teams.values() if person in one.members), None)
    languages = known.languages if known else ()
    ours = {spoken.partition("_")[0]: spoken for spoken in SPOKEN_HERE}
    own = next((ours[code] for one in languages if (code := one.partition("-")[0]) in ours), None)
    locale = own or (team.locale if team else "en")
    language = languages[0] if languages else (team.language if team else "en")
    return Reader(person, tongue(locale), zone, language)


def way_to(moment: Moment, person: str) -> tuple[str, str] | None:
    """(platform, destination) by which a person is written to in chat; None for a person without one there, and for one
    whom the file does not know (any more)."""
    known = moment.configuration.people.get(person)
    contacts = known.contacts if known else {}
    return (moment.platform, contacts[moment.platform]) if moment.platform in contacts else None
