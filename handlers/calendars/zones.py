"""Which zone a calendar means, and the instant of a wall time in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from handlers.calendars.problems import EventError, plain


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """The instant (UTC) of a naive wall time; one that clocks skip moves forward by the length of the gap, one that
    they show twice is the first (RFC 5545, 3.3.5, says the same).

    >>> instant(datetime(2026, 3, 29, 2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-29T01:30:00+00:00'
    """
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset()
    if offset is None:
        raise EventError("its zone has no offset at that time")
    try:
        return (wall - offset).replace(tzinfo=UTC)
    except OverflowError:
        raise EventError(f"{wall.isoformat()} is beyond the calendar") from None


def zone_named(name: str, own: Mapping[str, Timezone]) -> tzinfo:
    """The zone that a TZID names: IANA's where there is one, for a VTIMEZONE of the file is often years old; else
    Windows' names; else what the file itself describes in `own`. EventError when nobody knows it."""
    found = _iana(name) or _iana(WINDOWS_TO_OLSON.get(name, "")) or _iana(_end_of_path(name))
    if found is not None:
        return found
    described = own.get(name)
    if described is not None:
        found = _iana(str(described.get("X-LIC-LOCATION", "")))
        if found is not None:
            return found
        try:
            made: tzinfo = described.to_tz()
            return made
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            raise EventError(f"the zone {plain(name)!r} is described in a way that cannot be read") from None
    raise EventError(f"neither IANA nor Windows knows the zone {plain(name)!r}, and the file does not describe it")


def _iana(name: str) -> ZoneInfo | None:
    if not name or name.startswith("/"):
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # not found is a KeyError; a folder of zones is an OSError
        return None


def _end_of_path(name: str) -> str:
    """`/freeassociation.sourceforge.net/Europe/Berlin` is Europe/Berlin."""
    parts = name.strip("/").split("/")
    for count in (3, 2):
        if name.startswith("/") and len(parts) > count and _iana("/".join(parts[-count:])):
            return "/".join(parts[-count:])
    return ""
