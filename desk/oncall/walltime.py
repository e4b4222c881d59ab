"""Local wall time and instants, with one answer wherever clocks change.

A wall time that clocks skip moves forward by the length of the gap. One that they show twice is taken at its first
occurrence, or at its last where something ends there. `zoneinfo` says both with `fold` (PEP 495): in a gap,
`fold=0` counts with the offset from before the change, which is the move forward.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

# A calendar has an end (`datetime` counts the years 1 to 9999); a year of room on both sides lets everything in
# between add days and offsets without looking. Nobody is on call outside.
EARLIEST = datetime(2, 1, 1, tzinfo=UTC)
LATEST = datetime(9998, 12, 31, tzinfo=UTC)
FIRST_WALL = EARLIEST.replace(tzinfo=None)
LAST_WALL = LATEST.replace(tzinfo=None)


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a naive wall time: of a hand-off, of the start of a window, of a midnight.

    >>> first_instant(datetime(2026, 3, 29, 2, 30), ZoneInfo("Europe/Berlin")).isoformat()  # 02:30 is skipped: 03:30
    '2026-03-29T01:30:00+00:00'
    >>> first_instant(datetime(2026, 10, 25, 2, 30), ZoneInfo("Europe/Berlin")).isoformat()  # 02:30 comes twice
    '2026-10-25T00:30:00+00:00'
    """
    return (wall - _offset(wall, zone)).replace(tzinfo=UTC)


def last_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a naive wall time at which a restriction window ends.

    >>> last_instant(datetime(2026, 3, 29, 2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-29T01:30:00+00:00'
    >>> last_instant(datetime(2026, 10, 25, 2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-10-25T01:30:00+00:00'
    """
    # The smaller offset is the later instant. Where clocks go back that is the second occurrence, and in a gap it
    # is the offset from before the change, so one line serves both.
    offset = min(_offset(wall, zone), _offset(wall.replace(fold=1), zone))
    return (wall - offset).replace(tzinfo=UTC, fold=0)


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """The naive wall time that clocks in `zone` show at an instant.

    >>> local(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-29T03:00:00'
    """
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def midnight(day: date) -> datetime:
    """The naive wall time at which a date begins, kept within the years that can be counted."""
    return within(datetime.combine(day, time(0)))


def within(wall: datetime) -> datetime:
    """A naive wall time, moved into the years that can be counted."""
    return min(max(wall, FIRST_WALL), LAST_WALL)


def utc(at: datetime) -> datetime:
    """An aware datetime as a UTC one; a naive one is a ValueError. Within hours of the calendar's ends, where UTC has
    no name for it, it is some instant beyond `EARLIEST` or `LATEST`."""
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no offset, and an instant is needed")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return EARLIEST - DAY if at.year == 1 else LATEST + timedelta(hours=23)


def date_exists(day: date, zone: ZoneInfo) -> bool:
    """Whether clocks in `zone` ever show that date.

    >>> date_exists(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))  # Samoa crossed the date line
    False
    """
    begins = datetime.combine(day, time(0))
    if _offset(begins, zone) == _offset(begins.replace(fold=1), zone):
        return True  # midnight itself is an ordinary time
    ends = datetime.combine(day, time.max)
    return any(local(first_instant(wall, zone), zone).date() == day for wall in (begins, ends))


def changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The instants in [start, end) at which clocks in `zone` are moved, in order."""
    return [at for year in range(start.year, end.year + 1) for at in _changes_of(zone, year) if start <= at < end]


@lru_cache(maxsize=8192)
def _changes_of(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """The changes of one UTC year. `zoneinfo` does not publish its table, so offsets are compared day by day; two
    changes within one day that undo each other would be missed, and no zone has such a day."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    found = []
    before = _offset_at(first, zone)
    for number in range(1, 1 + (first.replace(year=year + 1) - first).days):
        until = first + number * DAY
        after = _offset_at(until, zone)
        if after != before:
            found.append(_change_between(zone, until - DAY, until))
            before = after
    return tuple(found)


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The second at which the offset becomes another than it is at `low`; at `high` it is."""
    before = _offset_at(low, zone)
    while high - low > _SECOND:
        middle = low + (high - low) // _SECOND // 2 * _SECOND
        if _offset_at(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def _offset_at(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None  # of an aware datetime
    return offset


def _offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    offset = zone.utcoffset(wall)
    assert offset is not None  # a ZoneInfo has one for every datetime
    return offset
