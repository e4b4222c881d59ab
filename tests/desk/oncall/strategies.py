"""Random schedules around a moment at which something odd happens to a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from desk.oncall.model import WEEKDAYS, Layer, Leave, Override, Restriction, Rotation, Schedule
from desk.oncall.walltime import changes

DAY = timedelta(days=1)
PEOPLE = ("ana", "ben", "chi", "dov", "eva")


@dataclass(frozen=True)
class Moment:
    """`others` are the zones that further layers may be in."""

    zone: str
    at: datetime
    others: tuple[str, ...] = ("UTC", "Asia/Kathmandu")

    def __str__(self) -> str:
        return f"{self.zone.replace('/', '-')}-{self.at:%Y-%m-%d}"


@cache
def times_of_day(moment: Moment) -> st.SearchStrategy[time]:
    """Whole quarters of an hour; mostly those at which clocks are moved near the moment, from and to, and the ones
    beside them, where the rules differ."""
    zone = ZoneInfo(moment.zone)
    quarter = timedelta(minutes=15)
    peculiar = {
        (change + side).astimezone(zone).replace(tzinfo=None, fold=0) + apart * quarter + extra
        for change in changes(zone, moment.at - 2 * DAY, moment.at + 2 * DAY)
        for side, extra in ((-quarter, quarter), (timedelta(0), timedelta(0)))
        for apart in (-4, -2, -1, 0, 1, 2, 4)
    }
    anything = st.integers(0, 95).map(lambda number: time(number // 4, number % 4 * 15))
    if not peculiar:
        return anything
    odd = st.sampled_from(sorted({wall.time() for wall in peculiar}))
    return st.one_of(odd, odd, anything)


@st.composite
def restrictions(draw: st.DrawFn, moment: Moment) -> tuple[Restriction, ...]:
    """None, or windows: whole days, hours, nights, two blocks a day."""
    any_time = times_of_day(moment)
    found = []
    for _ in range(draw(st.sampled_from((0, 1, 1, 2)))):
        days = draw(st.one_of(st.just(frozenset(WEEKDAYS)), st.frozensets(st.sampled_from(WEEKDAYS), min_size=1)))
        opens, closes = (timedelta(hours=at.hour, minutes=at.minute) for at in (draw(any_time), draw(any_time)))
        if draw(st.integers(0, 4)) == 0:
            closes = DAY
        if draw(st.integers(0, 4)) == 0:
            opens = timedelta(0)
        found.append(Restriction(days, opens, closes))
    return tuple(found)


@st.composite
def rotations(draw: st.DrawFn, moment: Moment, earliest: datetime, latest: datetime) -> Rotation:
    days = (latest - earliest) // DAY
    return Rotation(
        type=draw(st.sampled_from(("daily", "weekly", "hourly", "custom"))),
        members=tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4))),
        start=(earliest + draw(st.integers(0, days)) * DAY).date(),
        hand_off=draw(times_of_day(moment)),
        every=draw(st.one_of(st.just(1), st.integers(1, 30))),
        weekday=draw(st.sampled_from(WEEKDAYS)),
        lengths=tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))),
    )


@st.composite
def layers(draw: st.DrawFn, moment: Moment, earliest: datetime, latest: datetime) -> Layer:
    zone = draw(st.sampled_from((moment.zone, moment.zone, moment.zone, *moment.others)))
    start = draw(st.none() | st.integers(-10, 3).map(lambda days: (moment.at + days * DAY).date()))
    end = draw(st.none() | st.integers(0, 10).map(lambda days: (start or moment.at.date()) + (days + 1) * DAY))
    return Layer(
        name=draw(st.sampled_from(("days", "nights", "weekend"))),
        zone=ZoneInfo(zone),
        rotation=draw(rotations(moment, earliest, latest)),
        restrictions=draw(restrictions(moment)),
        start=start,
        end=end,
    )


@st.composite
def schedules(draw: st.DrawFn, moment: Moment, earliest: datetime, latest: datetime) -> Schedule:
    """A schedule whose rotations start in [earliest, latest), with everything else near the moment."""
    span = 8 * DAY // timedelta(minutes=1)

    def near(minutes: int) -> datetime:
        return moment.at - 5 * DAY + timedelta(minutes=minutes)

    instants = st.integers(0, span).map(lambda number: near(number - number % 15))
    ends = sorted(draw(st.lists(instants, max_size=6, unique=True)))
    overrides = [
        Override(draw(st.none() | st.sampled_from(PEOPLE)), start, end)
        for start, end in zip(ends[::2], ends[1::2], strict=False)
    ]
    leave = [
        Leave(draw(st.sampled_from(PEOPLE)), start, start + draw(st.integers(1, 300)) * timedelta(minutes=15))
        for start in draw(st.lists(instants, max_size=4))
    ]
    return Schedule(
        name="emea",
        zone=ZoneInfo(moment.zone),
        layers=tuple(draw(st.lists(layers(moment, earliest, latest), max_size=3))),
        overrides=tuple(overrides),
        leave=tuple(leave),
        people=draw(st.sampled_from((1, 1, 2, 3))),
        holidays=draw(st.booleans()),
        countries={"ana": "DE", "ben": "US", "eva": "JP"},
        zones={
            "ana": ZoneInfo("Europe/Berlin"),
            "ben": ZoneInfo("America/New_York"),
            "eva": ZoneInfo("Asia/Tokyo"),
        },
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Where the odd things are, each by name: one-hour changes on the hour, half an hour, at midnight, a suspended summer
# time, a date that does not exist, and none at all. Christmas is there for its holidays.
MOMENTS = (
    Moment("Europe/Berlin", at("2026-03-29"), ("UTC", "America/New_York")),
    Moment("Europe/Berlin", at("2026-10-25"), ("UTC", "America/New_York")),
    Moment("Europe/Berlin", at("2026-12-25"), ("America/New_York", "Asia/Tokyo")),
    Moment("America/New_York", at("2026-03-08")),
    Moment("America/New_York", at("2026-11-01")),
    Moment("Australia/Lord_Howe", at("2026-04-04")),
    Moment("Australia/Lord_Howe", at("2026-10-03")),
    Moment("Africa/Cairo", at("2026-04-23")),
    Moment("Africa/Cairo", at("2026-10-29")),
    Moment("America/Santiago", at("2026-04-05")),
    Moment("America/Santiago", at("2026-09-06")),
    Moment("America/Havana", at("2026-11-01")),
    Moment("Africa/Casablanca", at("2026-02-15")),
    Moment("Asia/Tehran", at("2021-03-21")),
    Moment("Asia/Tehran", at("2021-09-21")),
    Moment("Pacific/Apia", at("2011-12-30"), ("UTC", "Pacific/Fakaofo")),
    Moment("Asia/Kathmandu", at("2026-03-29"), ("UTC",)),
    Moment("UTC", at("2026-03-29"), ("Europe/Berlin",)),
)
