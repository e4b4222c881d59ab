"""Feeds of a schedule without a database, and what a client reads in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from desk.calendars.entries import Edition
from desk.calendars.flow import Feed
from desk.oncall.model import Schedule
from tests.desk.oncall.strategies import PEOPLE

MADE_AT = datetime(2026, 3, 20, 12, tzinfo=UTC)


def feed(
    *schedules: Schedule,
    start: datetime,
    end: datetime,
    person: str | None = None,
    names: Mapping[str, str] | None = None,
    locale: str = "en",
) -> Feed:
    known = names or {key: key.title() for key in PEOPLE}
    return Feed("emea", person, schedules, known, locale, Edition(3, MADE_AT), MADE_AT, start, end)
