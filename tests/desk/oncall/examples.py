"""Small schedules for tests: only what a test names matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from desk.oncall.model import Layer, Leave, Override, Restriction, Rotation, Schedule, Weekday

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY: frozenset[Weekday] = frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
WEEKDAYS_ONLY: frozenset[Weekday] = frozenset(("mon", "tue", "wed", "thu", "fri"))
MONDAY = date(2026, 1, 5)


def instant(text: str) -> datetime:
    """A UTC instant, or one with the offset it says."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def window(opens: str, closes: str, days: frozenset[Weekday] = EVERY_DAY) -> Restriction:
    return Restriction(days, clock(opens), clock(closes))


def rotation(*members: str, hand_off: str = "00:00", start: date = MONDAY, **given: Any) -> Rotation:
    return Rotation(members=members, start=start, hand_off=time.fromisoformat(hand_off), **{"type": "daily", **given})


def layer(*members: str, name: str = "days", zone: ZoneInfo = BERLIN, **given: Any) -> Layer:
    of_layer = {key: given.pop(key) for key in ("restrictions", "ends") if key in given}
    begins = given.pop("begins", None)
    return Layer(
        name,
        zone,
        rotation(*members, **given),
        restrictions=of_layer.get("restrictions", ()),
        start=begins,
        end=of_layer.get("ends"),
    )


def schedule(*layers: Layer, zone: ZoneInfo = BERLIN, **given: Any) -> Schedule:
    return Schedule("emea", zone, layers=layers, **given)


def override(person: str | None, start: str, end: str) -> Override:
    return Override(person, instant(start), instant(end))


def leave(person: str, start: str, end: str) -> Leave:
    return Leave(person, instant(start), instant(end))
