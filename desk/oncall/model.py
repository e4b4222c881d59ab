"""What a schedule is, as data. Its meaning is in `resolve.py` and, in words, in docs/oncall.md.

All local dates and times are wall time in the zone of the schedule or layer that holds them; overrides and leave
are instants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from desk.oncall.notices import UNSAID, WAITS, HandOver, ShiftNotice

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who takes turns. `lengths` (days) is for `custom` alone, `weekday` for `weekly` alone."""

    type: Literal["daily", "weekly", "hourly", "custom"]
    members: tuple[str, ...]
    start: date
    hand_off: time = time(0)
    every: int = 1
    weekday: Weekday = "mon"
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Restriction:
    """A window of wall time that starts on each of `days`. `end` is an offset from the window's own midnight
    (24:00 = one day); at or before `start` it lies on the next day, equal means 24 hours."""

    days: frozenset[Weekday]
    start: timedelta
    end: timedelta


@dataclass(frozen=True, slots=True)
class Layer:
    name: str
    zone: ZoneInfo
    rotation: Rotation
    restrictions: tuple[Restriction, ...] = ()  # none: always
    start: date | None = None  # first local date with the layer
    end: date | None = None  # first local date without it


@dataclass(frozen=True, slots=True)
class Override:
    """Half-open instants. `person` None means nobody, on purpose. `instead_of` is whom alone it replaces, of several
    who are on call; None: everybody. A file's overrides replace everybody; a swap or a cover may replace one."""

    person: str | None
    start: datetime
    end: datetime
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Follow:
    """What a chat platform shows of the shift, as `platform:id`: a user group whose members are those on call, and a
    channel whose topic names them."""

    user_group: str | None = None
    channel_topic: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    name: str
    zone: ZoneInfo
    layers: tuple[Layer, ...] = ()  # lowest priority first
    overrides: tuple[Override, ...] = ()
    leave: tuple[Leave, ...] = ()
    people: int = 1  # how many at a time
    no_gaps: bool = False  # somebody is wanted at every hour
    holidays: bool = False  # skip people on the public holidays of their country
    countries: Mapping[str, str] = field(default_factory=dict)  # person → country, for `holidays`
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)  # person → own zone: a holiday is their local day
    shift_notice: ShiftNotice = UNSAID  # what its people are told of their shifts
    handover: HandOver | None = WAITS  # None: no notes
    follow: Follow | None = None
