"""What `livedesk.yaml` says, checked and typed. Loading it makes a numbered version; pages and incidents keep theirs.

Reading the file, with line numbers in its errors, is the work of `handlers/configuration`; the desk only ever sees
these values. Keys of mappings are the names used in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from desk.incidents.severity import DEFAULT, Severities
from desk.messages import Severity
from desk.oncall.model import Restriction, Schedule, Weekday
from desk.oncall.notices import UNSAID, ShiftNotice

UTC_ZONE = ZoneInfo("UTC")
REOPEN_WITHIN = timedelta(minutes=20)
EXPIRE_AFTER = timedelta(hours=12)

# How soon somebody must know. High: now; low: in their own morning at the earliest; none: posted, nobody is paged.
Urgency = Literal["high", "low", "none"]
Preference = Literal["awake", "language"]

# A team's own words by language ("any" is for all of them), in the form of `analytics/vocabulary/*.yaml`: phrases as
# one text with commas, by the name of their list, and for complaints by category and part.
Phrases = str | Mapping[str, str | Mapping[str, str]]
Vocabulary = Mapping[str, Mapping[str, Phrases]]


@dataclass(frozen=True, slots=True)
class Notification:
    """One way, or `all`, by which somebody is told of a page, so long after it; of pages of some severities alone, or
    of all."""

    after: timedelta
    by: str
    severities: frozenset[Severity] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    name: str
    zone: ZoneInfo = UTC_ZONE
    languages: tuple[str, ...] = ()
    country: str | None = None
    working_hours: tuple[timedelta, timedelta] = (timedelta(hours=9), timedelta(hours=17))  # local times of day
    # Local times between which low urgency reaches them: from the start of their working hours, where the file says
    # them, to 22:00 or their end; the second at or before the first is the next day's.
    day: tuple[timedelta, timedelta] = (timedelta(hours=8), timedelta(hours=22))
    contacts: Mapping[str, str] = field(default_factory=dict)  # {"slack": "U…", "email": …}
    shift_notice: ShiftNotice = UNSAID  # their own wishes, before those of a schedule
    notify: tuple[Notification, ...] = ()  # how a page reaches them; empty: as `desk.reach.rules` says


@dataclass(frozen=True, slots=True)
class Group:
    """People whom a step may name together. `user_group` (`slack:S…`): and whoever is in that group of a platform."""

    key: str
    members: tuple[str, ...] = ()
    user_group: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    key: str
    name: str
    zone: ZoneInfo = UTC_ZONE
    locale: str = "en"  # of its messages: en or zh_CN
    language: str = "en"  # into which viewers' words are translated for it
    channels: tuple[str, ...] = ()  # "slack:C…"; the first one gets incidents
    members: tuple[str, ...] = ()  # its leads among them
    leads: tuple[str, ...] = ()  # may change anybody in the schedules of the team
    viewers: tuple[str, ...] = ()  # may change nothing, unless they are a member of another team
    markets: tuple[str, ...] = ()  # empty: all
    digest_at: time | None = time(9)
    digest_days: frozenset[Weekday] = frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    gaps_ahead: timedelta | None = timedelta(days=7)  # gaps in on-call are told so long before; None: they are not
    highlights_every: timedelta | None = timedelta(minutes=10)  # at most one message in this time; None: none
    reopen_within: timedelta = REOPEN_WITHIN  # what comes back so soon after its end is the same incident
    expire_after: timedelta = EXPIRE_AFTER  # an open incident ends by itself after so long without complaints


@dataclass(frozen=True, slots=True)
class Signal:
    """How a market is watched for something that viewers do. `floor` is the fewest viewers (of abandoned carts, missing
    checkouts; of silence, minutes) before anybody is told; None: ours."""

    watch: bool = True
    floor: float | None = None


@dataclass(frozen=True, slots=True)
class Market:
    key: str
    name: str
    zone: ZoneInfo = UTC_ZONE
    languages: tuple[str, ...] = ()
    currency: str | None = None
    cover_after: timedelta = timedelta(hours=1)  # how long after a show somebody should still be on call
    prime_time: tuple[timedelta, timedelta] = (timedelta(hours=18), timedelta(hours=23))  # local times of day
    sensitivity: float = 1.0  # multiplies the evidence a spike needs; above 1 pages later and less
    reopen_within: timedelta | None = None  # None: as the team that is told says
    expire_after: timedelta | None = None
    vocabulary: Vocabulary = field(default_factory=dict)  # on top of that for all markets
    severity: Severities = DEFAULT
    signals: Mapping[str, Signal] = field(default_factory=dict)  # by name (`desk.signals`); those left out are watched
    urgency: Mapping[Severity, Urgency] = field(default_factory=dict)  # where the policy does not say


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the run of show, in time since the show's start; half-open."""

    start: timedelta
    end: timedelta
    title: str
    product: str | None = None
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Show:
    key: str
    title: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    markets: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    recording: str = ""  # its address, with `{seconds}` since the start in it where the platform can begin there


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a step notifies: `name` is a schedule's, person's or group's key, or a channel such as `slack:C…`. `next` is
    whoever comes on call in a schedule after those who are now."""

    kind: Literal["schedule", "next", "person", "group", "channel"]
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """`only` are hours on each receiver's own clock; outside of them they are passed over (`skip`), or their page waits
    for the hours to begin (`hold`). With `prefer`, one of those whom the step finds is notified: the best."""

    notify: tuple[Target, ...]
    wait: timedelta = timedelta(minutes=5)  # until the next step, when nobody acknowledged
    only: Restriction | None = None
    otherwise: Literal["skip", "hold"] = "skip"
    prefer: tuple[Preference, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """An escalation policy: its steps in order, the whole `repeat` more times. An acknowledgement that its owner does
    not confirm ends after `acknowledgement_expires`; None: it never does."""

    key: str
    steps: tuple[Step, ...]
    repeat: int = 0
    urgency: Mapping[Severity, Urgency] = field(default_factory=dict)  # of P2 and P3; P1 is always high
    acknowledgement_expires: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a week. `zone` None: on the clock of the market that is asked about."""

    window: Restriction
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A routing rule. The first that matches decides; an empty condition matches everything."""

    markets: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    severities: frozenset[Severity] = frozenset()
    languages: frozenset[str] = frozenset()
    hours: Hours | None = None
    team: str | None = None  # whose first channel gets the incident
    policy: str | None = None  # who is paged; None: posted only


@dataclass(frozen=True, slots=True)
class Source:
    """Defaults for one source of feedback. `resolution` is how coarse its clock is (a minute, say)."""

    key: str
    market: str | None = None
    show: str | None = None
    resolution: timedelta = timedelta(0)
    per_second: int = 2000  # events accepted a second before it is told to slow down
    silence: timedelta | None = timedelta(minutes=2)  # shortest that is worth telling; None: none ever is


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the glossary: what it is in some languages; where it has no translation and `keep`, it stays."""

    keep: bool = False
    translations: Mapping[str, str] = field(default_factory=dict)  # by language


@dataclass(frozen=True, slots=True)
class SuggestedAnswer:
    """What the team would answer; an empty condition matches everything."""

    language: str
    text: str
    markets: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Configuration:
    people: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    markets: Mapping[str, Market] = field(default_factory=dict)
    shows: Mapping[str, Show] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    routing: tuple[Route, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    vocabulary: Vocabulary = field(default_factory=dict)  # what comments are read with, in every market
    glossary: Mapping[str, Term] = field(default_factory=dict)  # what a translation may not get wrong
    answers: tuple[SuggestedAnswer, ...] = ()  # shown on cards, in this order of preference
    admin_channel: str | None = None  # where failures that need a human are shown
    version: int = 0  # given by the store when the file is loaded
    further_ways: tuple[str, ...] = ()  # by what else than chat this installation can send: given at the start
